//! Whatever is said in whatever order, the promises hold.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const TARGETS: u8 = 3;

#[derive(Debug, Clone)]
enum Op {
    Place(u8, u8),
    Remove(u8),
    Want(u8),
    Unwant(u8),
    Resolved(u64, Option<u8>),
    Connected(u64),
    Failed(u64),
    Ready(u64),
    Lost(u64, bool),
    Sleep(u16),
    Wake,
    Poll,
}

fn op() -> impl Strategy<Value = Op> {
    let target = || 0..TARGETS;
    let id = || 0u64..24;
    prop_oneof![
        1 => (target(), 0u8..2).prop_map(|(target, place)| Op::Place(target, place)),
        1 => target().prop_map(Op::Remove),
        3 => target().prop_map(Op::Want),
        1 => target().prop_map(Op::Unwant),
        4 => (id(), proptest::option::of(0u8..3)).prop_map(|(id, found)| Op::Resolved(id, found)),
        3 => id().prop_map(Op::Connected),
        2 => id().prop_map(Op::Failed),
        2 => id().prop_map(Op::Ready),
        2 => (id(), any::<bool>()).prop_map(|(id, idle)| Op::Lost(id, idle)),
        1 => any::<u16>().prop_map(Op::Sleep),
        2 => Just(Op::Wake),
        5 => Just(Op::Poll),
    ]
}

fn target(index: u8) -> Target {
    match index {
        0 => Target::Bootstrap(0),
        other => Target::Node(NodeId(i32::from(other))),
    }
}

/// What an owner knows who believes nothing but the orders.
#[derive(Default)]
struct Owner {
    placed: BTreeSet<Target>,
    /// Connections of which the end was neither reported nor ordered.
    alive: BTreeMap<ConnId, Target>,
    /// Those of them that were reported as open: to close them is the owner's business.
    open: BTreeSet<ConnId>,
    conns: BTreeSet<ConnId>,
    lookups: BTreeSet<LookupId>,
}

impl Owner {
    fn new() -> Self {
        Self { placed: BTreeSet::from([NODE]), ..Self::default() }
    }

    fn remove(&mut self, gone: Target) {
        self.placed.remove(&gone);
        let open = &self.open;
        self.alive.retain(|conn, target| *target != gone || !open.contains(conn));
    }

    fn take(&mut self, order: &Order) {
        match order {
            Order::Resolve { lookup, .. } => assert!(self.lookups.insert(*lookup)),
            Order::Connect { conn, target, .. } => {
                assert!(self.conns.insert(*conn), "{conn} is used twice");
                assert!(self.placed.contains(target), "{target:?} was removed");
                assert!(!self.alive.values().any(|other| other == target), "two attempts");
                self.alive.insert(*conn, *target);
            }
            Order::Abandon(conn) => {
                assert!(self.conns.contains(conn));
                self.alive.remove(conn);
            }
            Order::Failed { target, .. } => assert!(self.placed.contains(target)),
        }
    }
}

fn apply(scene: &mut Scene, owner: &mut Owner, op: &Op) {
    let (dial, now) = (&mut scene.dial, scene.now);
    match *op {
        Op::Place(index, place) => {
            owner.placed.insert(target(index));
            dial.place(target(index), &host(["here", "there"][usize::from(place)]));
        }
        Op::Remove(index) => {
            owner.remove(target(index));
            dial.remove(target(index));
        }
        Op::Want(index) => dial.want(now, target(index)),
        Op::Unwant(index) => dial.unwant(target(index)),
        Op::Resolved(id, found) => {
            let found = found.map(|count| (0..count).map(ip).collect());
            dial.resolved(now, LookupId(id), found.ok_or(Cause::NoSuchHost));
        }
        Op::Connected(id) => {
            owner.open.extend(owner.alive.get(&ConnId(id)).map(|_| ConnId(id)));
            dial.connected(now, ConnId(id));
        }
        Op::Failed(id) if owner.alive.contains_key(&ConnId(id)) => end(scene, owner, id, None),
        Op::Lost(id, idle) if owner.alive.contains_key(&ConnId(id)) => {
            end(scene, owner, id, Some(if idle { Cause::Idle } else { Cause::Reset }));
        }
        Op::Failed(id) => dial.failed(now, ConnId(id), REFUSED),
        Op::Lost(id, _) => dial.lost(now, ConnId(id), &REFUSED),
        Op::Ready(id) => dial.ready(ConnId(id)),
        Op::Sleep(by) => scene.now = now.saturating_add(millis(u64::from(by))),
        Op::Wake => tick(scene),
        Op::Poll => dial.poll().iter().for_each(|order| owner.take(order)),
    }
}

/// A connection is reported as gone: as one that was open, or as one that never was.
fn end(scene: &mut Scene, owner: &mut Owner, id: u64, cause: Option<Cause>) {
    let conn = ConnId(id);
    let before = scene.dial.target_of(conn);
    match cause {
        None => scene.dial.failed(scene.now, conn, REFUSED),
        Some(cause) => scene.lose(conn, cause),
    }
    let went = scene.dial.target_of(conn).is_none();
    if before.is_none() || went {
        let gone = owner.alive.remove(&conn);
        assert!(before.is_none() || gone == before);
    }
}

fn tick(scene: &mut Scene) {
    let wake = scene.dial.next_wake().unwrap_or(scene.now);
    let limit = scene.now.saturating_add(millis(36_000));
    assert!(wake <= limit, "{wake:?} is too far from {:?}", scene.now);
    scene.now = scene.now.max(wake);
    scene.dial.tick(scene.now);
    assert!(scene.dial.next_wake().is_none_or(|wake| wake > scene.now));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn no_order_breaks_a_promise(ops in proptest::collection::vec(op(), 1..150)) {
        let mut scene = Scene::with(DialSettings::default());
        let mut owner = Owner::new();
        for op in &ops {
            apply(&mut scene, &mut owner, op);
            let taken = owner.conns.len();
            prop_assert!(scene.dial.queued() <= 2 * usize::from(TARGETS) + taken);
            for index in 0..TARGETS {
                let rest = scene.dial.resting_until(target(index));
                let limit = scene.now.saturating_add(millis(1200));
                prop_assert!(rest.is_none_or(|until| until <= limit));
            }
        }
    }

    #[test]
    fn a_server_that_stays_wanted_is_reached_once_it_answers(
        ops in proptest::collection::vec(op(), 0..60),
    ) {
        let mut scene = Scene::new();
        let mut owner = Owner::new();
        ops.iter().for_each(|op| apply(&mut scene, &mut owner, op));
        scene.dial.remove(NODE);
        scene.orders();
        scene.dial.place(NODE, &host("again"));
        scene.want();
        let lookup = scene.asked();
        scene.resolve(lookup, &[1]);
        let conn = scene.dialled().0;
        scene.open(conn);
        prop_assert_eq!(scene.dial.target_of(conn), Some(NODE));
    }
}
