//! Any sequence of calls: nothing panics, and what a group promises holds throughout.

use std::collections::BTreeSet;

use klamm_protocol::encode;
use proptest::prelude::*;

use super::roster::Roster;
use super::*;

/// One step of a story. Numbers choose among clients, and whose id or generation is used.
#[derive(Debug, Clone)]
enum Step {
    Join { who: usize, id: usize, version: i16, named: bool, protocol: usize },
    Sync { who: usize, back: i32 },
    Beat { who: usize, back: i32 },
    Leave { who: usize },
    Forget { who: usize },
    Pass { millis: u64 },
    Reload,
}

const CLIENTS: usize = 4;
const NAMES: [&str; CLIENTS] = ["a", "b", "c", "d"];

fn step() -> impl Strategy<Value = Step> {
    let who = 0..CLIENTS;
    let back = prop_oneof![8 => Just(0), 1 => -2..3];
    let join = (who.clone(), 0..8_usize, 0..=9_i16, any::<bool>(), 0..4_usize);
    prop_oneof![
        8 => join.prop_map(|(who, id, version, named, protocol)| {
            Step::Join { who, id, version, named, protocol }
        }),
        8 => (who.clone(), back.clone()).prop_map(|(who, back)| Step::Sync { who, back }),
        3 => (who.clone(), back).prop_map(|(who, back)| Step::Beat { who, back }),
        2 => who.clone().prop_map(|who| Step::Leave { who }),
        1 => who.prop_map(|who| Step::Forget { who }),
        6 => (0..9_000_u64).prop_map(|millis| Step::Pass { millis }),
        1 => Just(Step::Reload),
    ]
}

/// What was asked under a token, to judge the answer by.
#[derive(Debug)]
struct Asked {
    who: usize,
    version: i16,
    member: String,
    generation: i32,
}

/// Clients that know what they were told, and do as they please with it.
struct Story {
    groups: Groups,
    now: Now,
    open: BTreeMap<Token, Asked>,
    tokens: u64,
    known: Vec<(String, i32)>,
    ids: BTreeSet<String>,
    generation: i32,
    static_ids: BTreeSet<String>,
}

impl Story {
    fn new() -> Self {
        let week = Duration::from_secs(7 * 24 * 3600);
        let settings = GroupSettings { retention_check: week, max_size: 3, ..<_>::default() };
        Self {
            groups: Groups::new(settings, 3),
            now: at(Time(0)),
            open: BTreeMap::new(),
            tokens: 0,
            known: vec![(String::new(), -1); CLIENTS],
            ids: BTreeSet::new(),
            generation: 0,
            static_ids: BTreeSet::new(),
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Join { who, id, version, named, protocol } => {
                let named = named && who < 2 && version >= 5;
                self.join(who, (id, version), named, protocol);
            }
            Step::Sync { who, back } => self.sync(who, back),
            Step::Beat { who, back } => self.beat(who, back),
            Step::Leave { who } => self.leave(who),
            Step::Forget { who } => self.forget(who),
            Step::Pass { millis } => self.pass(Duration::from_millis(millis)),
            Step::Reload => self.groups.reload(self.now),
        }
        self.judge();
    }

    /// Usually with one's own id, sometimes with none, another's or a wrong one.
    fn join(&mut self, who: usize, (id, version): (usize, i16), named: bool, protocol: usize) {
        let member = match id {
            0 => String::new(),
            1 => self.known[(who + 1) % CLIENTS].0.clone(),
            2 => "stranger".to_owned(),
            _ => self.known[who].0.clone(),
        };
        let protocols =
            [vec![("x", "1")], vec![("x", "1"), ("y", "")], vec![("y", "2"), ("x", "")]];
        let person = Person {
            id: member.clone(),
            instance: named.then_some(NAMES[who]),
            generation: -1,
            version,
            protocols: protocols.into_iter().nth(protocol).unwrap_or_default(),
            waits: None,
        };
        let token = self.ask(Asked { who, version, member, generation: -1 });
        let client = Member { client_id: "c", client_host: "" };
        let request = join_request(&person);
        self.groups.join(self.now, token, client, version, &request);
    }

    /// With assignments in case that one leads: each names the generation and the member.
    fn sync(&mut self, who: usize, back: i32) {
        let (member, generation) = self.known[who].clone();
        let generation = generation - back;
        let assign = |id: &String| SyncGroupRequestAssignment {
            member_id: id.clone().into(),
            assignment: Cow::Owned(format!("{generation}/{id}").into_bytes()),
            ..SyncGroupRequestAssignment::DEFAULT
        };
        let request = SyncGroupRequest {
            group_id: GROUP.into(),
            member_id: member.clone().into(),
            generation_id: generation,
            assignments: self.ids.iter().map(assign).collect(),
            ..SyncGroupRequest::DEFAULT
        };
        let token = self.ask(Asked { who, version: 4, member, generation });
        self.groups.sync(self.now, token, 4, &request);
    }

    fn beat(&mut self, who: usize, back: i32) {
        let (member, generation) = self.known[who].clone();
        let request = HeartbeatRequest {
            group_id: GROUP.into(),
            member_id: member.into(),
            generation_id: generation - back,
            ..HeartbeatRequest::DEFAULT
        };
        let code = self.groups.heartbeat(self.now, 4, &request).error_code;
        let current = generation - back == self.generation;
        assert!(current || !code.is_ok(), "another generation is alive");
    }

    fn leave(&mut self, who: usize) {
        let member_id = self.known[who].0.clone().into();
        let request =
            LeaveGroupRequest { group_id: GROUP.into(), member_id, ..LeaveGroupRequest::DEFAULT };
        self.groups.leave(self.now, 2, &request);
    }

    fn forget(&mut self, who: usize) {
        let tokens = self.open.iter().filter(|(_, asked)| asked.who == who);
        for token in tokens.map(|(token, _)| *token).collect::<Vec<_>>() {
            self.groups.forget(token);
            self.open.remove(&token);
        }
    }

    fn pass(&mut self, duration: Duration) {
        let end = self.now.mono.saturating_add(duration);
        while let Some(due) = self.groups.next_wake()
            && due <= end
        {
            assert!(due > self.now.mono, "the machine asks to be woken without end");
            self.now = at(due);
            self.groups.expire(self.now);
            self.judge();
        }
        self.now = at(end);
    }

    fn ask(&mut self, asked: Asked) -> Token {
        self.tokens += 1;
        self.open.insert(Token(self.tokens), asked);
        Token(self.tokens)
    }

    fn judge(&mut self) {
        if let Some(group) = self.groups.groups.get(GROUP) {
            assert!(group.generation >= self.generation, "the generation fell");
            self.generation = group.generation;
            let members = group.roster.members.iter();
            let named = members.filter(|(_, seat)| seat.instance.is_some());
            self.static_ids.extend(named.map(|(id, _)| id.clone()));
            judge_roster(group);
        }
        while let Some((token, answer)) = self.groups.poll() {
            let asked = self.open.remove(&token).expect("a token is answered once, if it is open");
            match answer {
                Answer::Join(answer) => self.judge_join(&asked, &answer),
                Answer::Sync(answer) => self.judge_sync(&asked, &answer),
            }
        }
    }

    fn judge_join(&mut self, asked: &Asked, answer: &JoinGroupResponse<'_>) {
        assert!(encode(answer, asked.version).is_ok(), "{answer:?} fits no version");
        let code = answer.error_code;
        if code.is_ok() || code == ErrorCode::MEMBER_ID_REQUIRED {
            let id = answer.member_id.to_string();
            self.ids.insert(id.clone());
            self.known[asked.who] = (id, answer.generation_id);
        }
        if code.is_ok() {
            assert!(answer.generation_id > 0 && !answer.leader.is_empty());
            let own = |member: &_| -> bool { named(member) == answer.member_id };
            assert!(answer.members.is_empty() || answer.members.iter().any(own));
        }
    }

    /// A static member that came back has what was assigned to its former id.
    fn judge_sync(&self, asked: &Asked, answer: &SyncGroupResponse<'_>) {
        assert!(encode(answer, asked.version).is_ok());
        if !answer.error_code.is_ok() {
            return assert!(answer.assignment.is_empty());
        }
        let text = String::from_utf8(answer.assignment.to_vec()).expect("assignments are text");
        let (generation, member) = text.split_once('/').expect("everyone is assigned something");
        assert_eq!(generation, asked.generation.to_string());
        assert!(member == asked.member || self.static_ids.contains(&asked.member));
    }
}

/// What holds between any two calls.
fn judge_roster(group: &Group) {
    let Roster { members, unsynced, leader, pending, .. } = &group.roster;
    assert_eq!(leader.is_some(), !members.is_empty());
    assert!(leader.as_ref().is_none_or(|leader| members.contains_key(leader)));
    assert!(unsynced.iter().all(|id| members.contains_key(id)));
    assert!(pending.keys().all(|id| !members.contains_key(id)));
    assert_eq!(group.sync_until.is_some(), !unsynced.is_empty());
    let (mut joining, mut syncing) = (false, false);
    for seat in members.values() {
        joining |= seat.joining.is_some();
        syncing |= seat.syncing.is_some();
        let holder = seat.instance.as_deref().map(|name| group.roster.holder(name).is_some());
        assert_ne!(holder, Some(false), "a static name without a holder");
    }
    match group.state {
        State::Empty => assert!(members.is_empty() && unsynced.is_empty()),
        State::Preparing { .. } => assert!(!syncing && unsynced.is_empty()),
        State::Completing => assert!(!joining),
        State::Stable => assert!(!joining && !syncing),
    }
}

fn named<'a>(
    member: &'a klamm_protocol::join_group::response::JoinGroupResponseMember<'_>,
) -> &'a str {
    &member.member_id
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..<_>::default() })]

    #[test]
    fn any_sequence_of_calls_keeps_the_promises(steps in prop::collection::vec(step(), 1..120)) {
        let mut story = Story::new();
        steps.iter().for_each(|step| story.take(step));
        story.pass(Duration::from_secs(3600));
        story.judge();
        prop_assert!(story.open.is_empty(), "some were never answered: {:?}", story.open);
        let state = story.groups.groups.get(GROUP).map_or(State::Empty, |group| group.state);
        prop_assert_eq!(state, State::Empty);
    }
}
