//! Faults as text, there and back.

use std::time::Duration;

use klamm_protocol::ApiKey;
use proptest::prelude::*;

use super::*;
use crate::faults::{Chance, Place, Withhold};

const TEXTS: [&str; 22] = [
    "produce: after-append drop-connection skip 2 times 1",
    "any: on-accept drop-connection times 1",
    "any node 2: on-accept hang every 3",
    "any: on-receipt hang",
    "any node 2: on-receipt drop-connection every 3",
    "api-versions above 3 node 1: on-receipt drop-connection",
    "any: before-append reset-connection",
    "produce topic orders partition 3: before-append error NOT_LEADER_OR_FOLLOWER times 2",
    "produce: before-append error 999",
    "init-producer-id client \"a client: \\\"x\\\"\": on-receipt delay 200ms",
    "fetch: after-append delay 1500us chance 12.5%",
    "produce: after-append slow-disk 3s chance 0.0001%",
    "end-txn: after-append hang times 0",
    "any: answering cut 0",
    "any: answering duplicate",
    "any: answering unsolicited 9",
    "any: answering wrong-correlation-id",
    "any: answering garbage 64",
    "any: answering garble-body",
    "any: answering claim-length -1",
    "api-versions: answering pieces 3 pause 0s",
    "metadata: answering throttle 1ns",
];

#[test]
fn what_is_written_reads_the_same() {
    for text in TEXTS {
        let fault: Fault = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(fault.to_string(), text);
    }
    for text in ["any: after-answer drop-connection", "any: after-answer mute 1s"] {
        assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
    }
}

#[test]
fn spaces_and_the_order_of_limits_do_not_matter() {
    let one: Fault = "produce:after-append  hang times 1 skip 2".parse().unwrap();
    let other: Fault = " produce : after-append hang skip 2 times 1 ".parse().unwrap();
    assert_eq!(one, other);
}

#[test]
fn an_error_says_what_was_expected_and_what_stands_there() {
    let complaints = [
        ("", "expected `any` or an API such as `produce`, found the end"),
        ("prduce: x", "expected `any` or an API such as `produce`, found `prduce`"),
        ("produce", "expected `above`, `node`, `client`, `topic`, `partition` or `:`, found "),
        ("produce above all", "expected a version, found `all`"),
        ("produce node x", "expected the id of a node, found `x`"),
        ("any: answering", "expected `cut`, `duplicate`, `unsolicited`, `wrong-correlation-id`, "),
        ("any: later", "expected `on-accept`, `on-receipt`, `before-append`, `after-append`, "),
        ("any: on-accept delay", "expected `drop-connection` or `hang`, found `delay`"),
        ("any client a: on-accept hang", "expected another place, as `on-accept` goes with `any`"),
        ("produce: on-accept hang", "expected another place, as `on-accept` goes with `any` and "),
        ("any: on-receipt cut 3", "expected `drop-connection`, `reset-connection`, `hang`, "),
        ("any: on-receipt delay 5", "expected a duration such as `200ms`, found `5`"),
        ("any: on-receipt error NOPE", "expected the name or the number of an error code, found"),
        ("any: answering pieces 0", "expected a number of bytes above 0, found `0`"),
        ("any: answering pieces 3 stop", "expected `pause`, found `stop`"),
        ("any: on-receipt hang every 0", "expected a number above 0, found `0`"),
        ("any: on-receipt hang chance 101%", "expected a share such as `12.5%`, found `101%`"),
        ("any: on-receipt hang soon", "expected `skip`, `every`, `chance`, `times` or the end, "),
        ("any client \"a", "expected a closing quote, found the end"),
    ];
    for (text, complaint) in complaints {
        let said = text.parse::<Fault>().expect_err(text).to_string();
        assert!(said.starts_with(complaint), "{text}: {said}");
    }
}

#[test]
fn every_api_has_a_name_that_reads_the_same() {
    for api in ApiKey::all().filter(|api| api.versions().is_some()) {
        let fault = Fault::new(Place::AfterAppend(Withhold::Hang)).of(api);
        assert_eq!(fault.to_string().parse(), Ok(fault));
    }
}

proptest! {
    #[test]
    fn any_name_duration_and_chance_reads_the_same(
        client in ".*", nanos in any::<u64>(), millionths in 0..=1_000_000_u32,
    ) {
        let delay = Withhold::Delay(Duration::from_nanos(nanos));
        let fault = Fault::new(Place::AfterAppend(delay))
            .from_client(&client)
            .chance(Chance::millionths(millionths));
        prop_assert_eq!(fault.to_string().parse(), Ok(fault));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*") {
        if let Ok(fault) = text.parse::<Fault>() {
            prop_assert_eq!(fault.to_string().parse(), Ok(fault));
        }
    }
}
