//! Each rule of the machine by itself.

use super::*;

#[test]
fn a_wish_is_looked_up_once_told_once_and_remembered() {
    let mut scene = Scene::wanting(&[group("a")]);
    assert_eq!(scene.all.next_wake(), Some(scene.now));
    let lookup = scene.due();
    assert_eq!(names(&lookup), [group("a")]);
    assert_eq!((scene.all.due(scene.now, true), scene.all.next_wake()), (None, None));
    scene.answer(lookup, &listed(&[("a", Ok(2))])).unwrap();
    assert_eq!(scene.found(), [at(group("a"), 2)]);
    assert_eq!(scene.want(&group("a")), Some(NodeId(2)));
    assert_eq!((scene.all.due(scene.now, true), scene.all.next_wake()), (None, None));
}

#[test]
fn an_old_broker_answers_for_the_one_key_that_was_asked() {
    let mut scene = Scene::wanting(&[group("a")]);
    let lookup = scene.due();
    scene.answer(lookup, &single(Ok(2))).unwrap();
    assert_eq!(scene.found(), [at(group("a"), 2)]);
}

#[test]
fn keys_are_asked_for_one_by_one_unless_lists_are_taken() {
    let keys = [group("a"), group("b"), group("c")];
    let mut scene = Scene::wanting(&keys);
    let one = scene.all.due(scene.now, false).unwrap();
    assert_eq!((names(&one), one.is_batch()), (vec![group("a")], false));
    assert_eq!(scene.all.due(scene.now, true), None);
    scene.answer(one, &single(Ok(1))).unwrap();
    let both = scene.due();
    assert_eq!((names(&both), both.is_batch()), (vec![group("b"), group("c")], true));
}

#[test]
fn a_group_and_a_transaction_of_one_name_are_different() {
    let mut scene = Scene::wanting(&[group("a"), transaction("a")]);
    let first = scene.due();
    let second = scene.due();
    assert_eq!((names(&first), names(&second)), (vec![transaction("a")], vec![group("a")]));
    scene.answer(second, &listed(&[("a", Ok(2))])).unwrap();
    scene.answer(first, &listed(&[("a", Ok(1))])).unwrap();
    assert_eq!(scene.found(), [at(group("a"), 2), at(transaction("a"), 1)]);
}

#[test]
fn a_request_asks_for_a_hundred_keys_at_most() {
    let mut scene = Scene::new();
    for index in 0..250 {
        scene.want(&group(&format!("{index:03}")));
    }
    for expected in [100, 100, 50] {
        let lookup = scene.due();
        assert_eq!(lookup.keys().len(), expected);
        let keys: Vec<_> = lookup.keys.clone();
        let said: Vec<_> = keys.iter().map(|key| (key.as_str(), Ok(1))).collect();
        scene.answer(lookup, &listed(&said)).unwrap();
    }
    assert_eq!((scene.found().len(), scene.all.next_wake()), (250, None));
}

#[test]
fn who_has_waited_longest_is_asked_for_first() {
    let mut scene = Scene::wanting(&[group("z")]);
    scene.now = Time(2);
    scene.want(&group("a"));
    let lookup = scene.all.due(scene.now, false).unwrap();
    assert_eq!(names(&lookup), [group("z")]);
}

#[test]
fn what_passes_is_repeated_after_waits_that_double() {
    let passing = [
        ErrorCode::COORDINATOR_NOT_AVAILABLE,
        ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
        ErrorCode::NOT_COORDINATOR,
        ErrorCode::REQUEST_TIMED_OUT,
        ErrorCode::COORDINATOR_NOT_AVAILABLE,
        ErrorCode::COORDINATOR_NOT_AVAILABLE,
    ];
    for answer in [single as fn(Said) -> ResponseFrame, |said| listed(&[("a", said)])] {
        let mut scene = Scene::wanting(&[transaction("a")]);
        for (code, around) in passing.into_iter().zip([100, 200, 400, 800, 1000, 1000]) {
            let lookup = scene.due();
            scene.answer(lookup, &answer(Err(code))).unwrap();
            assert_eq!((scene.found(), scene.all.due(scene.now, true)), (vec![], None));
            assert_about(scene.wait(), around);
        }
    }
}

#[test]
fn a_refusal_is_told_once_and_ends_the_wish() {
    for code in [
        ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        ErrorCode::GROUP_AUTHORIZATION_FAILED,
        ErrorCode::TRANSACTION_ABORTABLE,
        ErrorCode::INVALID_REQUEST,
        ErrorCode::UNKNOWN_SERVER_ERROR,
        ErrorCode(12_345),
    ] {
        let mut scene = Scene::wanting(&[transaction("a")]);
        let lookup = scene.due();
        scene.answer(lookup, &single(Err(code))).unwrap();
        assert_eq!(scene.found(), [Found::Refused { key: transaction("a"), code }]);
        assert_eq!((scene.all.due(scene.now, true), scene.all.next_wake()), (None, None));
    }
}

#[test]
fn a_coordinator_that_cannot_be_is_asked_for_again() {
    for (node_id, host, port) in [(-1, "broker", 9092), (1, "", 9092), (1, "a b", 1), (1, "b", 0)] {
        let mut scene = Scene::wanting(&[group("a")]);
        let lookup = scene.due();
        let answer = FindCoordinatorResponse {
            node_id: NodeId(node_id),
            host: Cow::Borrowed(host),
            port,
            ..FindCoordinatorResponse::default()
        };
        scene.answer(lookup, &frame(&answer, 1)).unwrap();
        assert_eq!(scene.found(), []);
        assert_about(scene.wait(), 100);
        assert_eq!(names(&scene.due()), [group("a")]);
    }
}

#[test]
fn of_an_answer_only_what_was_asked_is_taken_and_the_first_holds() {
    let mut scene = Scene::wanting(&[group("a"), group("b"), group("c")]);
    let lookup = scene.due();
    let said = [("d", Ok(9)), ("b", Ok(1)), ("b", Ok(2)), ("a", Ok(3)), ("a", Err(ErrorCode(42)))];
    scene.answer(lookup, &listed(&said)).unwrap();
    assert_eq!(scene.found(), [at(group("a"), 3), at(group("b"), 1)]);
    assert_eq!(scene.want(&group("d")), None);
    scene.all.unwant(&group("d"));
    assert_about(scene.wait(), 100);
    assert_eq!(names(&scene.due()), [group("c")]);
}

#[test]
fn keys_that_failed_together_are_asked_for_together_again() {
    let mut scene = Scene::wanting(&[group("a"), group("b")]);
    let lookup = scene.due();
    let later = Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
    scene.answer(lookup, &listed(&[("a", later), ("b", later)])).unwrap();
    scene.wait();
    assert_eq!(names(&scene.due()), [group("a"), group("b")]);
}

#[test]
fn after_a_lost_batch_keys_go_singly_until_a_broker_takes_lists() {
    let mut scene = Scene::wanting(&[group("a"), group("b"), group("c"), group("d")]);
    let batch = scene.due();
    scene.all.lost(scene.now, batch);
    assert_about(scene.wait(), 100);
    for (name, answer) in [("a", single(Ok(1))), ("b", listed(&[("b", Ok(1))]))] {
        let lookup = scene.due();
        assert_eq!(names(&lookup), [group(name)]);
        scene.answer(lookup, &answer).unwrap();
    }
    assert_eq!(names(&scene.due()), [group("c"), group("d")]);
}

#[test]
fn a_malformed_answer_is_reported_and_the_look_up_repeated() {
    let good = listed(&[("a", Ok(1))]);
    for len in 0..good.bytes.len() {
        let mut scene = Scene::wanting(&[group("a")]);
        let lookup = scene.due();
        let cut = ResponseFrame { bytes: good.bytes.slice(..len), ..good.clone() };
        assert!(scene.answer(lookup, &cut).is_err(), "{len}");
        assert_eq!(scene.found(), []);
        assert_about(scene.wait(), 100);
        scene.due();
    }
    let mut scene = Scene::wanting(&[group("a")]);
    let lookup = scene.due();
    let other = ResponseFrame { key: ApiKey::Metadata, ..good };
    assert!(scene.answer(lookup, &other).is_err());
    assert_about(scene.wait(), 100);
}

#[test]
fn an_answer_to_a_wish_that_is_over_is_ignored() {
    let mut scene = Scene::wanting(&[group("a")]);
    let lookup = scene.due();
    scene.all.unwant(&group("a"));
    scene.answer(lookup, &listed(&[("a", Ok(1))])).unwrap();
    assert_eq!((scene.found(), scene.all.next_wake()), (vec![], None));
    assert_eq!(scene.want(&group("a")), None);
}

#[test]
fn a_request_that_is_handed_back_twice_counts_once() {
    let mut scene = Scene::wanting(&[group("a")]);
    let lookup = scene.due();
    scene.all.lost(scene.now, lookup.clone());
    scene.answer(lookup, &listed(&[("a", Ok(1))])).unwrap();
    assert_eq!(scene.found(), []);
    assert_about(scene.wait(), 100);
}

#[test]
fn what_is_known_outlives_the_wish_but_not_the_order_to_forget() {
    let mut scene = Scene::wanting(&[group("a")]);
    let lookup = scene.due();
    scene.answer(lookup, &listed(&[("a", Ok(1))])).unwrap();
    scene.all.unwant(&group("a"));
    assert_eq!(scene.want(&group("a")), Some(NodeId(1)));
    scene.all.forget(&group("a"));
    assert_eq!(scene.found(), []);
    assert_eq!(scene.all.next_wake(), None);
    assert_eq!(scene.want(&group("a")), None);
}

#[test]
fn a_coordinator_forgotten_right_away_is_not_asked_for_at_once() {
    let mut scene = Scene::wanting(&[group("a")]);
    let lookup = scene.due();
    scene.answer(lookup, &listed(&[("a", Ok(1))])).unwrap();
    scene.all.forget(&group("a"));
    assert_eq!(scene.want(&group("a")), None);
    assert_eq!(scene.all.due(scene.now, true), None);
    assert_about(scene.wait(), 100);
    let lookup = scene.due();
    scene.answer(lookup, &listed(&[("a", Ok(2))])).unwrap();
    scene.now = scene.now.saturating_add(Duration::from_secs(5));
    scene.all.forget(&group("a"));
    assert_eq!(scene.want(&group("a")), None);
    scene.due();
}

#[test]
fn an_answer_as_old_as_the_order_to_forget_is_not_believed() {
    let mut scene = Scene::wanting(&[group("a")]);
    let lookup = scene.due();
    scene.all.forget(&group("a"));
    assert_eq!((scene.all.due(scene.now, true), scene.all.next_wake()), (None, None));
    scene.answer(lookup, &listed(&[("a", Ok(1))])).unwrap();
    assert_eq!(scene.found(), []);
    assert_eq!(names(&scene.due()), [group("a")]);
}

#[test]
fn a_broker_that_is_gone_coordinates_nothing() {
    let mut scene = Scene::wanting(&[group("a"), group("b")]);
    let lookup = scene.due();
    scene.answer(lookup, &listed(&[("a", Ok(1)), ("b", Ok(2))])).unwrap();
    scene.all.forget_node(NodeId(1));
    assert_eq!(scene.found(), [at(group("b"), 2)]);
    assert_eq!((scene.want(&group("a")), scene.want(&group("b"))), (None, Some(NodeId(2))));
}
