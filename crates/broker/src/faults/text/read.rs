//! Reads the text of a fault, word by word.

use std::num::{NonZeroU64, NonZeroUsize};
use std::str::FromStr;
use std::time::Duration;

use klamm_wire::{ErrorCode, NodeId, PartitionIndex};

use super::super::fault::{Afterwards, Fault, Intercept, Place, Spoil, Welcome, When, Withhold};
use super::words::Words;
use super::{ParseFaultError, values};

const API: &str = "`any` or an API such as `produce`";
const WHICH: &str = "`above`, `node`, `client`, `topic`, `partition` or `:`";
const PLACE: &str = "`on-accept`, `on-receipt`, `before-append`, `after-append`, `answering` or \
                     `after-answer`";
const PLACE_OF_REQUEST: &str = "another place, as `on-accept` goes with `any` and `node` alone";
const WELCOME: &str = "`drop-connection` or `hang`";
const INTERCEPT: &str = "`drop-connection`, `reset-connection`, `hang`, `delay` or `error`";
const WITHHOLD: &str = "`drop-connection`, `hang`, `delay`, `error` or `slow-disk`";
const SPOIL: &str = "`cut`, `duplicate`, `unsolicited`, `wrong-correlation-id`, `garbage`, \
                     `garble-body`, `claim-length`, `pieces` or `throttle`";
const AFTERWARDS: &str = "`drop-connection` or `mute`";
const LIMIT: &str = "`skip`, `every`, `chance`, `times` or the end";
const DURATION: &str = "a duration such as `200ms`";
const COUNT: &str = "a number of bytes above 0";

type Read<T> = Result<T, ParseFaultError>;

impl FromStr for Fault {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Read<Self> {
        let mut words = Words::of(text)?;
        let mut when = When::default();
        which(&mut words, &mut when)?;
        let place = place(&mut words, &when)?;
        limits(&mut words, &mut when)?;
        Ok(Self { place, when })
    }
}

fn wrong<T>(expected: &str, found: Option<&str>) -> Read<T> {
    Err(ParseFaultError::new(expected, found))
}

/// A word that means something, by a function that knows what.
fn value<T>(words: &mut Words, expected: &str, of: fn(&str) -> Option<T>) -> Read<T> {
    let word = words.next(expected)?;
    of(&word).map_or_else(|| wrong(expected, Some(&word)), Ok)
}

fn parsed<T: FromStr>(word: &str) -> Option<T> {
    word.parse().ok()
}

fn which(words: &mut Words, when: &mut When) -> Read<()> {
    match words.keyword(API)?.as_deref() {
        Some("any") => {}
        Some(name) => match values::api(name) {
            Some(api) => when.api = Some(api),
            None => return wrong(API, Some(name)),
        },
        None => return wrong(API, None),
    }
    loop {
        match words.keyword(WHICH)?.as_deref() {
            Some(":") => return Ok(()),
            Some("above") => when.above = Some(value(words, "a version", parsed)?),
            Some("node") => when.node = Some(NodeId(value(words, "the id of a node", parsed)?)),
            Some("client") => when.client = Some(words.next("a client id")?),
            Some("topic") => when.topic = Some(words.next("the name of a topic")?),
            Some("partition") => {
                let index = value(words, "the number of a partition", parsed)?;
                when.partition = Some(PartitionIndex(index));
            }
            other => return wrong(WHICH, other),
        }
    }
}

fn place(words: &mut Words, when: &When) -> Read<Place> {
    Ok(match words.keyword(PLACE)?.as_deref() {
        Some(found @ "on-accept") if when.is_of_requests() => {
            return wrong(PLACE_OF_REQUEST, Some(found));
        }
        Some("on-accept") => Place::OnAccept(welcome(words)?),
        Some("on-receipt") => Place::OnReceipt(intercept(words)?),
        Some("before-append") => Place::BeforeAppend(intercept(words)?),
        Some("after-append") => Place::AfterAppend(withhold(words)?),
        Some("answering") => Place::Answering(spoil(words)?),
        Some("after-answer") => Place::AfterAnswer(afterwards(words)?),
        other => return wrong(PLACE, other),
    })
}

fn duration(words: &mut Words) -> Read<Duration> {
    value(words, DURATION, values::duration)
}

fn code(words: &mut Words) -> Read<ErrorCode> {
    value(words, "the name or the number of an error code", values::code)
}

fn welcome(words: &mut Words) -> Read<Welcome> {
    Ok(match words.keyword(WELCOME)?.as_deref() {
        Some("drop-connection") => Welcome::DropConnection,
        Some("hang") => Welcome::Hang,
        other => return wrong(WELCOME, other),
    })
}

fn intercept(words: &mut Words) -> Read<Intercept> {
    Ok(match words.keyword(INTERCEPT)?.as_deref() {
        Some("drop-connection") => Intercept::DropConnection,
        Some("reset-connection") => Intercept::ResetConnection,
        Some("hang") => Intercept::Hang,
        Some("delay") => Intercept::Delay(duration(words)?),
        Some("error") => Intercept::Error(code(words)?),
        other => return wrong(INTERCEPT, other),
    })
}

fn withhold(words: &mut Words) -> Read<Withhold> {
    Ok(match words.keyword(WITHHOLD)?.as_deref() {
        Some("drop-connection") => Withhold::DropConnection,
        Some("hang") => Withhold::Hang,
        Some("delay") => Withhold::Delay(duration(words)?),
        Some("error") => Withhold::Error(code(words)?),
        Some("slow-disk") => Withhold::SlowDisk(duration(words)?),
        other => return wrong(WITHHOLD, other),
    })
}

fn spoil(words: &mut Words) -> Read<Spoil> {
    Ok(match words.keyword(SPOIL)?.as_deref() {
        Some("cut") => Spoil::Cut(value(words, "a number of bytes", parsed)?),
        Some("duplicate") => Spoil::Duplicate,
        Some("unsolicited") => Spoil::Unsolicited(value(words, "a number of bytes", parsed)?),
        Some("wrong-correlation-id") => Spoil::WrongCorrelationId,
        Some("garbage") => Spoil::Garbage(value(words, "a number of bytes", parsed)?),
        Some("garble-body") => Spoil::GarbleBody,
        Some("claim-length") => Spoil::ClaimLength(value(words, "a length", parsed)?),
        Some("pieces") => pieces(words)?,
        Some("throttle") => Spoil::Throttle(duration(words)?),
        other => return wrong(SPOIL, other),
    })
}

fn pieces(words: &mut Words) -> Read<Spoil> {
    let size = value(words, COUNT, parsed::<NonZeroUsize>)?;
    if !words.takes("pause") {
        let found = words.keyword("`pause`")?;
        return wrong("`pause`", found.as_deref());
    }
    Ok(Spoil::Pieces { size, pause: duration(words)? })
}

fn afterwards(words: &mut Words) -> Read<Afterwards> {
    Ok(match words.keyword(AFTERWARDS)?.as_deref() {
        Some("drop-connection") => Afterwards::DropConnection,
        Some("mute") => Afterwards::Mute(duration(words)?),
        other => return wrong(AFTERWARDS, other),
    })
}

fn limits(words: &mut Words, when: &mut When) -> Read<()> {
    while let Some(word) = words.keyword(LIMIT)? {
        match word.as_str() {
            "skip" => when.skip = value(words, "a number", parsed)?,
            "every" => when.every = value(words, "a number above 0", parsed::<NonZeroU64>)?,
            "chance" => when.chance = value(words, "a share such as `12.5%`", values::chance)?,
            "times" => when.times = Some(value(words, "a number", parsed)?),
            other => return wrong(LIMIT, Some(other)),
        }
    }
    Ok(())
}
