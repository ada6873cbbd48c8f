//! Every answer, whole and cut in two at every byte, and byte by byte: it makes no difference.

#![cfg(test)]

use klamm_cluster::sasl::Credentials;
use klamm_protocol::ApiKey;

use crate::peer::Script;
use crate::rig::{Rig, Setup, Told, metadata, plain, scram, small};

/// Lets a connection live until two requests are answered. The `count`-th answer comes in pieces
/// of which the first has `first` bytes and each other at most `step`; how long it was.
fn live(
    script: &Script,
    credentials: Option<Credentials>,
    (count, first, step): (usize, usize, usize),
) -> (Vec<Told>, usize) {
    let mut rig = Rig::open(script.clone(), Setup { credentials, ..Setup::default() });
    let (mut answers, mut length) = (0, 0);
    let mut sent = false;
    loop {
        rig.write();
        rig.work();
        if rig.conn.can_send() && !sent {
            sent = true;
            rig.send(2, &small());
            rig.send(4, &metadata());
        }
        let whole = rig.towards_us.len();
        if whole > 0 && answers == count {
            length = whole;
            rig.read(first.min(whole));
            while !rig.towards_us.is_empty() {
                rig.read(step.min(rig.towards_us.len()));
            }
        }
        answers += usize::from(whole > 0);
        rig.read(rig.towards_us.len());
        if sent && rig.conn.in_flight() == 0 {
            return (rig.heard(), length);
        }
    }
}

#[test]
fn an_answer_is_the_same_however_it_comes() {
    let script = Script::default();
    let raw = script.clone().with(ApiKey::SaslAuthenticate, -1);
    let lives = [(&script, None), (&script, plain()), (&script, scram()), (&raw, scram())];
    let mut splits = 0;
    for (script, credentials) in lives {
        let (expected, _) = live(script, credentials.clone(), (usize::MAX, 0, 1));
        assert!(expected.contains(&Told::Answered(4)));
        for answer in 0..6 {
            let (_, length) = live(script, credentials.clone(), (answer, 0, usize::MAX));
            for first in 0..=length {
                let heard = live(script, credentials.clone(), (answer, first, usize::MAX));
                assert_eq!(heard, (expected.clone(), length), "{answer} cut at {first}");
                splits += 1;
            }
            let bit_by_bit = live(script, credentials.clone(), (answer, 1, 1));
            assert_eq!(bit_by_bit, (expected.clone(), length));
        }
    }
    assert!(splits > 900, "{splits}");
}
