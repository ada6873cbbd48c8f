//! SAS: who may talk, and what happens to those who may not.

mod handshake;
mod plain;
mod scram;
mod sessions;
mod talk;

use crate::case::{Case, Need};

const SASL: &[Need] = &[Need::Sasl];

pub(super) const CASES: &[Case] = &[
    Case::must(
        "SAS-01",
        "handshake, authentication, Metadata",
        "Who authenticates is served.",
        &["SA"],
        plain::served,
    )
    .needing(SASL),
    Case::must(
        "SAS-02",
        "Produce before authentication",
        "Who has not authenticated is not served: the connection ends.",
        &["SA"],
        handshake::produce_first,
    )
    .needing(SASL),
    Case::must(
        "SAS-03",
        "an unknown mechanism",
        "The mechanisms that exist are told under error 33, and the connection ends.",
        &["SA"],
        handshake::unknown_mechanism,
    )
    .reference()
    .needing(SASL),
    Case::must(
        "SAS-04",
        "a wrong password, and an unknown user",
        "Both are refused by 58 in the same words, and the connection ends.",
        &["SA"],
        plain::refused,
    )
    .needing(SASL),
    Case::must(
        "SAS-05",
        "ApiVersions twice before the handshake",
        "Only one ApiVersions may come before the handshake.",
        &["SA"],
        handshake::versions_twice,
    )
    .reference()
    .needing(SASL),
    Case::must(
        "SAS-06",
        "ApiVersions v32767 first",
        "It is answered by 35, and the client may go on.",
        &["SA"],
        handshake::versions_too_new,
    )
    .reference()
    .needing(SASL),
    Case::must(
        "SAS-07",
        "Metadata between handshake and authentication",
        "It is refused by 34, and the connection ends.",
        &["SA"],
        handshake::metadata_too_early,
    )
    .reference()
    .needing(SASL),
    Case::must(
        "SAS-08",
        "SaslAuthenticate without a handshake",
        "Tokens of no mechanism end the connection.",
        &["SA"],
        handshake::authenticate_first,
    )
    .reference()
    .needing(SASL),
    Case::must(
        "SAS-09",
        "handshake v0 and bare tokens",
        "After version 0 the tokens are frames without a header.",
        &["SA"],
        plain::bare_tokens,
    )
    .reference()
    .needing(SASL),
    Case::must(
        "SAS-10",
        "more than 524,288 bytes before authentication",
        "Strangers may not send large requests: the connection ends.",
        &["SA"],
        handshake::too_large,
    )
    .reference()
    .needing(SASL),
    Case::must(
        "SAS-11",
        "SCRAM: a wrong nonce, proof and binding; a user with a comma and an equals sign",
        "What does not fit is refused by 58; escaped names are names.",
        &["RFC-5802"],
        scram::right_and_wrong,
    )
    .needing(SASL),
    Case::must(
        "SAS-12",
        "SaslHandshake on a plain listener",
        "Where nobody authenticates, a handshake is refused by 34.",
        &["KA"],
        handshake::on_a_plain_listener,
    )
    .reference(),
    Case::must(
        "SAS-13",
        "a request after the session has expired",
        "A session that is over ends the connection.",
        &["K-368"],
        sessions::expired,
    )
    .reference()
    .needing(SASL),
    Case::must(
        "SAS-14",
        "authentication again in time",
        "A session that is renewed goes on.",
        &["K-368"],
        sessions::renewed,
    )
    .reference()
    .needing(SASL),
    Case::must(
        "SAS-15",
        "authentication again as another user",
        "A session keeps its user: another one is refused by 58.",
        &["K-368"],
        sessions::as_another,
    )
    .reference()
    .needing(SASL),
];
