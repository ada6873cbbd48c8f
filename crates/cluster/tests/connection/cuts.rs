//! Both streams are cut after every byte, in every way.
//!
//! Each connection ends by its deadline, and no request is in doubt of which the last byte was
//! never handed over; the rig holds every test to the latter.

#![cfg(test)]

use std::collections::BTreeMap;
use std::time::Duration;

use klamm_cluster::connection::Input;
use klamm_cluster::sasl::Credentials;
use klamm_cluster::settings::ConnectionSettings;
use klamm_cluster::{Cause, Fate};

use crate::peer::Script;
use crate::rig::{Rig, Setup, Told, metadata, plain, scram};

/// How a stream is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    Eof,
    Reset,
    Silence,
}

/// Which stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    TowardsUs,
    TowardsThem,
}

/// Longer than every deadline one after the other.
const LONG: Duration = Duration::from_secs(100);

/// Lets a connection live until a request for metadata is answered, or until as many bytes went
/// the way that is cut; then cuts it. How it ended, and whether the cut was reached.
fn live(credentials: Option<Credentials>, way: Way, cut: Cut, after: usize) -> (String, bool) {
    let settings = ConnectionSettings {
        handshake_timeout: Duration::from_secs(9),
        request_timeout: Duration::from_secs(8),
        ..Default::default()
    };
    let mut rig = Rig::open(Script::default(), Setup { settings, credentials, ..Setup::default() });
    let mut left = after;
    let mut sent = false;
    while rig.conn.in_flight() > 0 || !sent {
        if rig.conn.can_send() && !sent {
            sent = true;
            rig.send(2, &metadata());
        }
        let waiting = match way {
            Way::TowardsUs => rig.towards_us.len(),
            Way::TowardsThem => rig.to_write().len(),
        };
        let step = waiting.min(left);
        match way {
            Way::TowardsUs => rig.read(step),
            Way::TowardsThem => rig.hand(step),
        }
        rig.handle(Input::Flushed);
        left -= step;
        if step < waiting {
            rig.told.retain(|told| *told != Told::Ready);
            disturb(&mut rig, cut);
            return (name(&mut rig, sent), true);
        }
        match way {
            Way::TowardsUs => rig.write(),
            Way::TowardsThem => rig.read(rig.towards_us.len()),
        }
        rig.handle(Input::Flushed);
        rig.work();
    }
    (name(&mut rig, sent), false)
}

fn disturb(rig: &mut Rig, cut: Cut) {
    match cut {
        Cut::Eof => rig.handle(Input::Lost(Cause::ClosedByPeer)),
        Cut::Reset => rig.handle(Input::Lost(Cause::Reset)),
        Cut::Silence => rig.pass(LONG),
    }
}

/// The end in a few words: the stage and the cause, and what may be believed of the request.
fn name(rig: &mut Rig, sent: bool) -> String {
    let Some(failure) = rig.failure().cloned() else {
        assert!(rig.conn.can_send(), "it hangs");
        return "ready, and answered".to_owned();
    };
    assert_eq!(rig.conn.next_wake(), None);
    let fate = rig
        .told
        .iter()
        .find_map(|told| if let Told::Failed(_, fate) = told { Some(*fate) } else { None });
    assert_eq!(fate.is_some(), sent);
    let fate = match fate {
        Some(Fate::Unknown) => "; the request may have been processed",
        Some(Fate::NotWritten) => "; the request was not written",
        None => "",
    };
    format!("{failure}{fate}")
}

#[test]
fn a_cut_anywhere_ends_in_a_typed_failure_by_the_deadline() {
    let mut histogram: BTreeMap<String, usize> = BTreeMap::new();
    let mut cuts = 0;
    for credentials in [None, plain(), scram()] {
        for way in [Way::TowardsUs, Way::TowardsThem] {
            for cut in [Cut::Eof, Cut::Reset, Cut::Silence] {
                for after in 0.. {
                    let (end, reached) = live(credentials.clone(), way, cut, after);
                    *histogram.entry(end).or_default() += 1;
                    cuts += usize::from(reached);
                    if !reached {
                        break;
                    }
                }
            }
        }
    }
    for (end, count) in &histogram {
        println!("{count:6}  {end}");
    }
    println!("{cuts:6}  cuts, 0 hangs");
    assert_eq!(histogram["ready, and answered"], 18, "each time once without a cut");
    let stages = ["ApiVersions: ", "SASL: ", "ready: "];
    for stage in stages {
        assert!(histogram.keys().any(|end| end.starts_with(stage)), "{stage}");
    }
    let failed = histogram.keys().filter(|end| *end != "ready, and answered");
    for end in failed {
        assert!(stages.iter().any(|stage| end.starts_with(stage)), "{end}");
    }
}
