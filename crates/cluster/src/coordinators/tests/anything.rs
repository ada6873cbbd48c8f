//! Whatever is said in whatever order, the promises hold.

use proptest::prelude::*;

use super::*;

const KEYS: usize = 5;

#[derive(Debug, Clone)]
enum Op {
    Want(usize),
    Unwant(usize),
    Forget(usize),
    ForgetNode(i32),
    Due(bool),
    Lose(usize),
    Answer(usize, bool, Vec<(usize, Result<i32, i16>)>),
    Garbage(usize, Vec<u8>),
    Sleep(u16),
    Wake,
    Poll,
}

fn op() -> impl Strategy<Value = Op> {
    let key = || 0..KEYS;
    let code = prop_oneof![Just(14i16), Just(15), Just(53), -2i16..200];
    let said = (key(), proptest::result::maybe_ok(-2i32..4, code));
    let said = proptest::collection::vec(said, 0..6);
    prop_oneof![
        4 => key().prop_map(Op::Want),
        1 => key().prop_map(Op::Unwant),
        1 => key().prop_map(Op::Forget),
        1 => (0..4).prop_map(Op::ForgetNode),
        4 => any::<bool>().prop_map(Op::Due),
        1 => (0usize..4).prop_map(Op::Lose),
        3 => (0usize..4, any::<bool>(), said).prop_map(|(at, old, said)| Op::Answer(at, old, said)),
        1 => (0usize..4, any::<Vec<u8>>()).prop_map(|(at, bytes)| Op::Garbage(at, bytes)),
        1 => any::<u16>().prop_map(Op::Sleep),
        2 => Just(Op::Wake),
        1 => Just(Op::Poll),
    ]
}

fn key(index: usize) -> CoordinatorKey {
    let name = ["a", "b", "c"][index % 3];
    if index < 3 { group(name) } else { transaction(name) }
}

fn answer(old: bool, said: &[(usize, Result<i32, i16>)]) -> ResponseFrame {
    let said = said.iter().map(|(at, said)| (["a", "b", "c"][at % 3], said.map_err(ErrorCode)));
    let said: Vec<_> = said.collect();
    match said.first() {
        Some((_, said)) if old => single(*said),
        _ => listed(&said),
    }
}

fn apply(scene: &mut Scene, out: &mut Vec<Lookup>, op: &Op) {
    let mut taken = |at: usize| (at < out.len()).then(|| out.remove(at));
    match op {
        Op::Want(index) => _ = scene.want(&key(*index)),
        Op::Unwant(index) => scene.all.unwant(&key(*index)),
        Op::Forget(index) => scene.all.forget(&key(*index)),
        Op::ForgetNode(node) => scene.all.forget_node(NodeId(*node)),
        Op::Due(batches) => _ = due(scene, out, *batches),
        Op::Lose(at) => {
            taken(*at).into_iter().for_each(|lookup| scene.all.lost(scene.now, lookup));
        }
        Op::Answer(at, old, said) => {
            taken(*at).map(|lookup| scene.answer(lookup, &answer(*old, said)));
        }
        Op::Garbage(at, bytes) => {
            let frame = listed(&[]);
            let frame = ResponseFrame { bytes: bytes.clone().into(), ..frame };
            taken(*at).map(|lookup| scene.answer(lookup, &frame));
        }
        Op::Sleep(by) => {
            scene.now = scene.now.saturating_add(Duration::from_millis(u64::from(*by)));
        }
        Op::Wake => {
            scene.now = scene.now.max(scene.all.next_wake().unwrap_or(scene.now));
            while due(scene, out, true) {}
            assert!(scene.all.next_wake().is_none_or(|wake| wake > scene.now));
        }
        Op::Poll => _ = scene.all.poll(),
    }
}

fn due(scene: &mut Scene, out: &mut Vec<Lookup>, batches: bool) -> bool {
    let Some(lookup) = scene.all.due(scene.now, batches) else { return false };
    assert!(lookup.keys().len() >= 1 && (batches || !lookup.is_batch()));
    assert!(out.iter().all(|other| other.kind != lookup.kind), "two of a kind under way");
    out.push(lookup);
    true
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn no_order_breaks_a_promise(ops in proptest::collection::vec(op(), 1..120)) {
        let mut scene = Scene::new();
        let mut out = Vec::new();
        for op in &ops {
            apply(&mut scene, &mut out, op);
            let limit = scene.now.saturating_add(Duration::from_millis(1200));
            prop_assert!(scene.all.next_wake().is_none_or(|wake| wake <= limit));
        }
        prop_assert!(scene.found().len() <= KEYS);
    }

    #[test]
    fn a_wish_is_answered_once_a_broker_answers(ops in proptest::collection::vec(op(), 0..60)) {
        let mut scene = Scene::new();
        let mut out = Vec::new();
        ops.iter().for_each(|op| apply(&mut scene, &mut out, op));
        out.drain(..).for_each(|lookup| scene.all.lost(scene.now, lookup));
        (0..KEYS).for_each(|index| _ = scene.want(&key(index)));
        for _ in 0..KEYS {
            let Some(wake) = scene.all.next_wake() else { break };
            scene.now = scene.now.max(wake);
            let lookup = scene.due();
            scene.answer(lookup, &answer(false, &[(0, Ok(1)), (1, Ok(1)), (2, Ok(1))])).unwrap();
        }
        let known = (0..KEYS).all(|index| scene.want(&key(index)).is_some());
        prop_assert!(known);
    }
}
