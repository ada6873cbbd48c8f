//! What to do next about a failure: a sentence for a person, with the property to set.
//!
//! Properties are named as librdkafka and Java both know them; where they differ, Java's name
//! follows in brackets. A sentence never repeats a password, a token or a key: the failures that
//! it is made from do not hold any.

mod codes;
mod provider;
mod sasl;
mod tls;

use klamm_protocol::ApiKey;
use klamm_protocol::frame::{Foreign, FrameError};
use klamm_protocol::negotiate::NegotiationError;

use super::{Cause, ConnFailure, Reason, RequestFailure, Stage};

pub use codes::next_step_for;
pub use provider::Provider;

/// Says what to do when the two sides are not of one mind about TLS, and we speak plaintext.
const USE_TLS: &str = "Set `security.protocol` to SSL, or to SASL_SSL where the broker wants to \
                       know who the client is.";

/// Says what to do when we speak TLS, and the broker does not.
const USE_PLAINTEXT: &str = "Use the port of a TLS listener, or set `security.protocol` to \
                             PLAINTEXT, or to SASL_PLAINTEXT where the broker wants to know who \
                             the client is.";

const PEER_IS_BROKEN: &str = "Look at what stands between here and the broker (a proxy, a load \
                              balancer); if nothing does, report this with the broker's version.";

const BROKER_IS_STUCK: &str = "Look at the broker: it is overloaded, stopped or cut off. If it is \
                               only slow, raise `request.timeout.ms` (librdkafka: \
                               `socket.timeout.ms`).";

const NO_SUCH_HOST: &str = "Check `bootstrap.servers` for a slip of the pen, and whether this \
                            machine asks the right name service (VPN, /etc/hosts, the cluster's \
                            own DNS).";

const LOOKUP_FAILED: &str = "Check that this machine reaches its name service (network, VPN, \
                             resolv.conf), and try again.";

const REFUSED: &str = "Check that the broker runs and that `bootstrap.servers` names the port of \
                       one of its listeners.";

const UNREACHABLE: &str = "Check the way to the broker: network, VPN, routes, firewalls, and \
                           whether IPv4 or IPv6 is wanted (librdkafka: `broker.address.family`).";

const LOOK_UP_WORDS: &str = "Look up the system's words; if they say nothing, look at the \
                             broker's log of the same time.";

const CHECK_PROXY: &str =
    "Check `klamm.proxy`: its kind, its address, and its user name and password.";

const TOO_OLD_FOR_US: &str = "Upgrade the broker: Kafka 0.11 is the oldest that takes idempotent \
                              producers; some services switch single APIs off.";

const OUR_DEFECT: &str = "Report this as a defect of the client.";

impl ConnFailure {
    /// What to do next; `None` where nothing is wrong, or the cause says it already.
    pub fn next_step(&self) -> Option<String> {
        let said = match &self.cause {
            Cause::Tls(failure) => return tls::next_step(failure),
            Cause::Sasl(error) => return Some(sasl::next_step(error)),
            Cause::Frame(error) => return Some(frame(*error)),
            Cause::Negotiation(error) => return Some(negotiation(error)),
            Cause::TimedOut | Cause::RequestTimedOut => return Some(timed_out(self.stage)),
            Cause::ClosedByPeer | Cause::Reset => return Some(closed(self.stage)),
            Cause::Idle | Cause::Unneeded | Cause::AddressChanged => return None,
            Cause::NoSuchHost => NO_SUCH_HOST,
            Cause::LookupFailed(_) => LOOKUP_FAILED,
            Cause::Refused => REFUSED,
            Cause::Unreachable(_) => UNREACHABLE,
            Cause::Io(_) => LOOK_UP_WORDS,
            Cause::Proxy(_) => CHECK_PROXY,
            Cause::Malformed(_) | Cause::OutOfStep { .. } | Cause::Unsolicited { .. } => {
                PEER_IS_BROKEN
            }
            Cause::Unsupported(_) => TOO_OLD_FOR_US,
            Cause::NotFlushed => BROKER_IS_STUCK,
            Cause::Internal(_) => OUR_DEFECT,
        };
        Some(said.to_owned())
    }
}

impl RequestFailure {
    /// What to do next; `None` where nothing is wrong, or the reason says it already.
    pub fn next_step(&self) -> Option<String> {
        match &self.reason {
            Reason::Lost(failure)
            | Reason::NotAccepted(failure)
            | Reason::DeadlinePassed(Some(failure)) => failure.next_step(),
            Reason::DeadlinePassed(None) => Some(BROKER_IS_STUCK.to_owned()),
            Reason::NoSuchNode(_) => Some(
                "Wait until the broker is back, or look why it is not part of the cluster."
                    .to_owned(),
            ),
            Reason::Unsupported(error) => Some(too_old(error.key)),
            Reason::CoordinatorRefused(code) => {
                next_step_for(*code, ApiKey::FindCoordinator).map(str::to_owned)
            }
            Reason::NoSuchConnection | Reason::NotEncoded(_) | Reason::Closed => None,
        }
    }
}

fn timed_out(stage: Stage) -> String {
    match stage {
        Stage::Resolve => {
            "Check the name service of this machine: it does not answer in time.".to_owned()
        }
        Stage::Connect => "Check firewalls, security groups and the port: packets vanish on the \
                           way. `socket.connection.setup.timeout.ms` says how long to wait."
            .to_owned(),
        Stage::Tls => format!("The port may not speak TLS. {USE_PLAINTEXT}"),
        Stage::Versions => format!(
            "Something accepts connections there and says nothing: a broker that is overloaded or \
             stopped, or a port that speaks TLS. In the latter case: {USE_TLS}"
        ),
        Stage::Authenticate => {
            "Look at the broker's log: what it asks about users (LDAP, a token's issuer) may not \
             answer."
                .to_owned()
        }
        Stage::Ready => BROKER_IS_STUCK.to_owned(),
    }
}

fn closed(stage: Stage) -> String {
    match stage {
        Stage::Resolve | Stage::Connect => {
            "Look at what stands before the broker: a proxy or load balancer that has no broker \
             to pass connections on to closes them like this."
                .to_owned()
        }
        Stage::Tls => format!("The port may not speak TLS. {USE_PLAINTEXT}"),
        Stage::Versions => format!(
            "The port may speak TLS. {USE_TLS} If it does not: brokers older than 0.10 and some \
             services hang up on a version of ApiVersions that they do not know, and so do those \
             that allow no connection from this address."
        ),
        Stage::Authenticate => "Look at the broker's log: it closed instead of saying what it \
                                dislikes. Check `sasl.mechanism`, `sasl.username` and \
                                `sasl.password`."
            .to_owned(),
        Stage::Ready => "Look at the broker's log of the same time. Brokers close connections \
                         that are idle (`connections.max.idle.ms`), that send more than they \
                         take at once (`socket.request.max.bytes`), or whose client did not say \
                         who it is where it has to (`security.protocol`)."
            .to_owned(),
    }
}

fn frame(error: FrameError) -> String {
    match (error.foreign(), error) {
        (Some(Foreign::Tls), _) => format!("The port speaks TLS. {USE_TLS}"),
        (Some(Foreign::Http), _) => "Use the port of a Kafka listener (9092 by custom): this one \
                                     speaks HTTP."
            .to_owned(),
        (_, FrameError::TooLong { .. }) => "Check that the port is that of a Kafka listener. If \
                                            it is, and the answer is really so long, raise \
                                            `receive.message.max.bytes`."
            .to_owned(),
        (_, _) => {
            format!("Check that the port is that of a Kafka listener. {PEER_IS_BROKEN}")
        }
    }
}

fn negotiation(error: &NegotiationError) -> String {
    if let NegotiationError::NoCommonVersion(error) = error {
        return too_old(error.key);
    }
    let code = if let NegotiationError::Refused(code) = error { Some(*code) } else { None };
    let said = code.and_then(|code| next_step_for(code, ApiKey::ApiVersions));
    said.unwrap_or(PEER_IS_BROKEN).to_owned()
}

fn too_old(key: ApiKey) -> String {
    format!(
        "Upgrade the broker or the client until both speak a version of {} in common; some \
         services switch single APIs off.",
        key.name()
    )
}

#[cfg(test)]
mod tests;
