//! The driver's loop over pipes in memory, on a clock that stands still.
#![cfg(test)]

mod world;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use klamm_cluster::{Cause, Command, ConnFailure, ConnId, Stage};
use klamm_wire::Time;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::Instant;
use world::{Endless, Plan, World, chopped, pass, settle};

const CLOSED: &str = "the peer closed the connection";
const RESET: &str = "the peer reset the connection";

async fn read(peer: &mut DuplexStream, count: usize) -> Vec<u8> {
    let mut got = vec![0; count];
    peer.read_exact(&mut got).await.unwrap();
    got
}

fn numbered(count: usize) -> Vec<u8> {
    (0..count).map(|n| u8::try_from(n % 251).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn writes_of_every_size_arrive_whole_and_in_order() {
    for size in 1..40 {
        for stutters in [false, true] {
            let (ours, _, mut peer) = chopped(size, stutters);
            let world = World::over(ours).await;
            let parts = |script: &mut world::Script| {
                for part in numbered(100).chunks(7) {
                    script.send(1, part);
                }
            };
            world.with(parts).await;
            assert_eq!(read(&mut peer, 100).await, numbered(100), "{size} bytes at once");
            let heard = world.heard().await;
            assert_eq!(heard.last().unwrap(), "flushed c1 at 100", "{size} bytes at once");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn reads_of_every_size_are_reported_whole_and_in_order() {
    for size in 1..40 {
        for stutters in [false, true] {
            let (ours, _, mut peer) = chopped(size, stutters);
            let world = World::over(ours).await;
            peer.write_all(&numbered(500)).await.unwrap();
            assert_eq!(world.received(1).await, numbered(500), "{size} bytes at once");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_slowly_gets_everything() {
    let (ours, mut peer) = duplex(64);
    let world = World::over(ours).await;
    world.send(1, &numbered(100_000)).await;
    let handed = world.with(|script| script.handed[&ConnId(1)]).await;
    assert_eq!(handed, 64, "as much as the pipe holds");
    assert_eq!(read(&mut peer, 100_000).await, numbered(100_000));
    assert_eq!(world.heard().await.last().unwrap(), "flushed c1 at 100000");
}

#[tokio::test(start_paused = true)]
async fn more_slices_than_one_write_takes_all_leave() {
    let (ours, mut peer) = duplex(1 << 20);
    let world = World::over(ours).await;
    let send = |script: &mut world::Script| {
        for part in numbered(5000).chunks(1) {
            script.send(1, part);
        }
    };
    world.with(send).await;
    assert_eq!(read(&mut peer, 5000).await, numbered(5000));
}

#[tokio::test(start_paused = true)]
async fn flushed_is_said_only_when_the_writer_is_empty() {
    let (ours, chops, mut peer) = chopped(1000, false);
    let world = World::over(ours).await;
    chops.hold_flush();
    world.send(1, b"one").await;
    assert_eq!(read(&mut peer, 3).await, b"one");
    assert_eq!(world.heard().await, ["connected c1"]);
    world.send(1, b"two").await;
    chops.let_flush();
    assert_eq!(world.heard().await, ["flushed c1 at 6"]);
    assert!(world.heard().await.is_empty(), "once");
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_the_end_is_reported_before_it() {
    let (ours, mut peer) = duplex(1 << 20);
    let world = World::over(ours).await;
    peer.write_all(&numbered(1_000_000)).await.unwrap();
    drop(peer);
    let end = format!("closed c1 after 1000000: {CLOSED}");
    assert_eq!(world.heard().await, ["connected c1", &end]);
}

#[tokio::test(start_paused = true)]
async fn what_a_peer_said_before_it_stopped_reading_is_still_reported() {
    let (ours, chops, mut peer) = chopped(1000, false);
    let world = World::over(ours).await;
    peer.write_all(b"last words").await.unwrap();
    chops.fail_writes();
    world.with(|script| script.send(1, b"into the void")).await;
    let end = format!("closed c1 after 10: {RESET}");
    assert_eq!(world.heard().await, ["connected c1", &end]);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_and_never_ends_is_cut_off() {
    let world = World::new();
    world.plan(Plan::Open(Box::new(Endless)));
    world.with(|script| script.dial(1)).await;
    // Until it is cut off there is no rest, and no time passes.
    while !world.with(|script| script.received.contains_key(&ConnId(1))).await {}
    world.with(|script| script.send(1, b"into the void")).await;
    let heard = world.heard().await;
    assert!(heard.last().unwrap().ends_with(RESET), "{heard:?}");
}

#[tokio::test(start_paused = true)]
async fn closing_lets_what_was_handed_over_leave_and_is_not_reported() {
    let (ours, mut peer) = duplex(1000);
    let world = World::over(ours).await;
    world.send(1, b"last").await;
    world.with(|script| script.commands.push_back(Command::Close(ConnId(1)))).await;
    let mut all = Vec::new();
    peer.read_to_end(&mut all).await.unwrap();
    assert_eq!(all, b"last");
    drop(peer);
    assert_eq!(world.heard().await, ["connected c1", "flushed c1 at 4"]);
}

#[tokio::test(start_paused = true)]
async fn a_closed_connection_that_goes_on_talking_is_dropped() {
    let (ours, chops, mut peer) = chopped(10, false);
    let world = World::over(ours).await;
    world.with(|script| script.commands.push_back(Command::Close(ConnId(1)))).await;
    settle().await;
    assert!(chops.is_shut.load(Ordering::SeqCst));
    let spoken = peer.write_all(&numbered(100_000)).await;
    assert!(spoken.is_err(), "nobody reads for ever");
}

#[tokio::test(start_paused = true)]
async fn many_connections_that_do_not_end_are_not_kept() {
    let world = World::new();
    let mut peers = Vec::new();
    for conn in 0..40 {
        let (ours, peer) = duplex(10);
        peers.push(peer);
        world.open(conn, ours).await;
        world.with(move |script| script.commands.push_back(Command::Close(ConnId(conn)))).await;
    }
    settle().await;
    let mut gone = 0;
    for peer in &mut peers {
        gone += usize::from(peer.write_all(b"x").await.is_err());
    }
    assert_eq!(gone, 8, "the oldest of 40 make room");
}

#[tokio::test(start_paused = true)]
async fn a_dial_that_is_given_up_is_dropped() {
    let (world, held) = (World::new(), Arc::new(()));
    world.plan(Plan::Hang(Arc::clone(&held)));
    world.with(|script| script.dial(1)).await;
    settle().await;
    assert_eq!(Arc::strong_count(&held), 2);
    world.with(|script| script.commands.push_back(Command::Close(ConnId(1)))).await;
    settle().await;
    assert_eq!(Arc::strong_count(&held), 1);
    assert!(world.heard().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_dial_that_fails_is_reported_with_its_stage() {
    let world = World::new();
    world.plan(Plan::Fail(ConnFailure { stage: Stage::Tls, cause: Cause::Reset }));
    world.with(|script| script.dial(1)).await;
    assert_eq!(world.heard().await, [format!("no c1: TLS: {RESET}")]);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_nobody_provides_is_an_error() {
    let (ours, _peer) = duplex(10);
    let world = World::over(ours).await;
    let fetch = |script: &mut world::Script| {
        script.commands.push_back(Command::FetchToken { conn: ConnId(1) });
    };
    world.with(fetch).await;
    let heard = world.heard().await;
    assert!(heard.last().unwrap().contains("no provider of tokens was given"), "{heard:?}");
}

#[tokio::test(start_paused = true)]
async fn a_tick_comes_when_it_is_due_and_once() {
    let world = World::new();
    let begun = Instant::now();
    let later = Time(0).saturating_add(Duration::from_micros(7_654_321));
    world.with(move |script| script.wake = Some(later)).await;
    while world.heard().await.is_empty() {}
    let late = begun.elapsed() - Duration::from_micros(7_654_321);
    assert!(late <= Duration::from_millis(4), "{late:?} late");
    pass(Duration::from_secs(60)).await;
    assert!(world.heard().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_wake_earlier_or_later_is_followed() {
    let world = World::new();
    for (wish, comes) in [(50, None), (10, Some(20)), (30, Some(40))] {
        let wake = Time(0).saturating_add(Duration::from_secs(wish));
        world.with(move |script| script.wake = Some(wake)).await;
        if let Some(comes) = comes {
            let by = Duration::from_secs(comes);
            pass(by.saturating_sub(Duration::from_secs(comes - 20))).await;
            assert_eq!(world.heard().await, ["tick after 0"], "wished for {wish} s");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_came_are_reported_before_the_tick_that_is_due() {
    let (ours, _, mut peer) = chopped(3, false);
    let world = World::over(ours).await;
    let due = Duration::from_millis(500);
    world.with(move |script| script.wake = Some(Time(0).saturating_add(due))).await;
    pass(Duration::from_millis(490)).await;
    // Written and due in one go: nobody runs in between.
    peer.write_all(&numbered(300)).await.unwrap();
    tokio::time::advance(Duration::from_millis(20)).await;
    assert_eq!(world.heard().await, ["connected c1", "tick after 300"]);
}

#[tokio::test(start_paused = true)]
async fn a_busy_connection_starves_neither_others_nor_the_clock() {
    let (ours, mut peer) = duplex(100);
    let world = World::over(ours).await;
    world.plan(Plan::Open(Box::new(Endless)));
    let soon = |script: &mut world::Script| {
        script.dial(2);
        script.wake = Some(Time(0).saturating_add(Duration::from_millis(5)));
    };
    world.with(soon).await;
    peer.write_all(b"me too").await.unwrap();
    tokio::time::advance(Duration::from_millis(20)).await;
    let mut rounds = 0;
    loop {
        let look = |script: &mut world::Script| {
            script.received.remove(&ConnId(2));
            let ticked = script.log.iter().any(|line| line.starts_with("tick"));
            (script.received.get(&ConnId(1)).cloned(), ticked)
        };
        let (mine, ticked) = world.with(look).await;
        if ticked && mine.as_deref() == Some(b"me too") {
            break;
        }
        rounds += 1;
        assert!(rounds < 1000, "starved");
    }
}

#[tokio::test(start_paused = true)]
async fn a_driver_without_work_rests() {
    let (ours, _peer) = duplex(100);
    let world = World::over(ours).await;
    let before = world.with(|script| script.polls).await;
    settle().await;
    pass(Duration::from_secs(3600)).await;
    let after = world.with(|script| script.polls).await;
    assert!(after - before < 10, "{} looks for commands in an idle hour", after - before);
}

#[tokio::test]
async fn a_wake_from_any_thread_is_heard() {
    let world = World::new();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let remote = world.remote.clone();
            thread::spawn(move || (0..1000).for_each(|_| remote.wake()))
        })
        .collect();
    for thread in threads {
        let joined = tokio::task::spawn_blocking(move || thread.join());
        joined.await.unwrap().unwrap();
    }
    let heard = world.with(|script| script.log.len()).await;
    assert!((1..=4000).contains(&heard), "{heard}");
    world.with(|script| script.log.clear()).await;
    world.remote.wake();
    while world.with(|script| script.log.is_empty()).await {}
    assert_eq!(world.with(|script| script.log.len()).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_driver_ends_when_told_and_its_connections_with_it() {
    let (ours, mut peer) = duplex(100);
    let world = World::over(ours).await;
    world.plan(Plan::Hang(Arc::new(())));
    world.with(|script| script.dial(2)).await;
    world.send(1, b"bye").await;
    let remote = world.remote.clone();
    let script = world.end().await;
    assert_eq!(script.log, ["connected c1", "flushed c1 at 3"]);
    let mut all = Vec::new();
    peer.read_to_end(&mut all).await.unwrap();
    assert_eq!(all, b"bye");
    assert!(remote.is_over());
    assert_eq!(remote.with(|_, _| ()).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_driver_ends_when_nobody_can_reach_it() {
    let (ours, mut peer) = duplex(100);
    let World { remote, driver, .. } = World::over(ours).await;
    drop(remote);
    driver.await.unwrap();
    assert_eq!(peer.read(&mut [0; 8]).await.unwrap(), 0);
}
