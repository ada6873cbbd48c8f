//! FRM: frames and request headers, well-formed and not.

mod frames;
mod headers;

use crate::case::Case;

pub(super) const CASES: &[Case] = &[
    Case::must(
        "FRM-01",
        "a request comes byte by byte",
        "A frame is what its length says, however the network cuts it.",
        &["NR"],
        frames::byte_by_byte,
    ),
    Case::must(
        "FRM-02",
        "two requests in one segment",
        "Requests of one connection are answered one by one, in their order.",
        &["PG"],
        frames::two_at_once,
    ),
    Case::must(
        "FRM-03",
        "a hundred Metadata requests without waiting",
        "Answers come in the order of the requests and carry their correlation ids.",
        &["PG"],
        frames::a_hundred_at_once,
    ),
    Case::must(
        "FRM-04",
        "Produce with acks -1, and Metadata behind it",
        "A slow request is answered before a quick one that was sent after it.",
        &["PG"],
        frames::slow_before_quick,
    ),
    Case::must(
        "FRM-05",
        "half a frame, then the end",
        "A connection that ends inside a frame disturbs no other.",
        &["NR"],
        frames::half_a_frame,
    ),
    Case::must(
        "FRM-07",
        "a length of -1",
        "A negative length ends the connection without an answer.",
        &["NR", "RH"],
        |run| frames::length_alone(run, -1),
    ),
    Case::must(
        "FRM-08",
        "a length of 0",
        "A frame without a header ends the connection without an answer.",
        &["NR", "RH"],
        |run| frames::length_alone(run, 0),
    ),
    Case::must(
        "FRM-09",
        "a length of 100 MiB and 1, with a few bytes",
        "A length above the limit of requests ends the connection before the body comes.",
        &["NR"],
        |run| frames::length_alone(run, 100 * 1024 * 1024 + 1),
    ),
    Case::must(
        "FRM-10",
        "the greatest length, with a few bytes",
        "A length above the limit of requests ends the connection before the body comes.",
        &["NR"],
        |run| frames::length_alone(run, i32::MAX),
    ),
    Case::must(
        "FRM-11",
        "a length that is one too great, and a request behind it",
        "No answer carries a correlation id that was not sent.",
        &["NR"],
        frames::one_too_long,
    )
    .reference(),
    Case::must(
        "FRM-12",
        "bytes behind the body, within the frame",
        "What follows the body is ignored.",
        &["RC"],
        frames::bytes_behind,
    )
    .quirk(),
    Case::must(
        "FRM-13",
        "a length that ends inside the body",
        "A body that is cut ends the connection without an answer.",
        &["GEN"],
        frames::cut_body,
    )
    .reference(),
    Case::must(
        "FRM-14",
        "API key 32767",
        "A key that nobody knows ends the connection without an answer.",
        &["RH"],
        |run| headers::unknown_key(run, i16::MAX),
    )
    .reference(),
    Case::must(
        "FRM-15",
        "API key -1",
        "A key that nobody knows ends the connection without an answer.",
        &["RH"],
        |run| headers::unknown_key(run, -1),
    )
    .reference(),
    Case::must(
        "FRM-16",
        "Metadata one version too new",
        "A version that is not advertised ends the connection without an answer.",
        &["RH"],
        headers::version_too_new,
    )
    .reference(),
    Case::must(
        "FRM-17",
        "Metadata version -1",
        "A version that is not advertised ends the connection without an answer.",
        &["RH"],
        headers::negative_version,
    )
    .reference(),
    Case::must(
        "FRM-18",
        "a request for controllers only",
        "An API of controllers ends a client's connection without an answer.",
        &["RH"],
        headers::controller_only,
    )
    .reference(),
    Case::must(
        "FRM-19",
        "a client id of null",
        "The client id may be null.",
        &["RH"],
        headers::null_client_id,
    ),
    Case::must(
        "FRM-20",
        "a client id of length -2",
        "Any negative length stands for null.",
        &["GEN"],
        headers::negative_client_id,
    )
    .quirk(),
    Case::must(
        "FRM-21",
        "a client id that is longer than its frame",
        "A header that is cut ends the connection without an answer.",
        &["GEN"],
        headers::client_id_past_the_end,
    )
    .reference(),
    Case::must(
        "FRM-22",
        "a client id that is not UTF-8",
        "Nothing is promised.",
        &["GEN"],
        headers::garbled_client_id,
    )
    .quirk(),
    Case::must(
        "FRM-23",
        "the first bytes of TLS on a plain listener",
        "Their first four bytes are a length above the limit, which ends the connection.",
        &["NR"],
        |run| frames::foreign(run, frames::CLIENT_HELLO),
    )
    .reference(),
    Case::must(
        "FRM-24",
        "HTTP on a plain listener",
        "Its first four bytes are a length above the limit, which ends the connection.",
        &["NR"],
        |run| frames::foreign(run, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    )
    .reference(),
    Case::must(
        "FRM-25",
        "a kibibyte at random behind its right length",
        "Garbage is answered by an error or by the end of the connection, and by nothing else.",
        &["RH"],
        frames::garbage,
    ),
];
