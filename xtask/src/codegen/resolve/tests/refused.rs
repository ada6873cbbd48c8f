//! Specs that break a rule, and the sentence that says which.

use serde_json::json;

use super::super::super::small_spec::Spec;

/// Each pair is the fields of a data message, versions 0-4, flexible from 2, and the error.
fn refused(cases: &[(&str, &str)]) {
    for (fields, error) in cases {
        refused_whole(&[(Spec::data(fields), error)]);
    }
}

/// Each pair is a spec and the error.
fn refused_whole(cases: &[(Spec, &str)]) {
    for (spec, error) in cases {
        let found = spec.resolved().map(|message| message.map(|one| one.name));
        assert_eq!(found, Err((*error).to_owned()));
    }
}

#[test]
fn a_key_that_no_rule_knows() {
    refused(&[
        ("F int32 0+ nulable=0+", "A.json: F: key `nulable` is not known"),
        ("F S 0+ { G int8 0+ tags=1 }", "A.json: F: G: key `tags` is not known"),
    ]);
    let shared = json!({ "name": "S", "versions": "0+", "fields": [], "type": "data" });
    refused_whole(&[
        (Spec::data("").with("version", "0"), "A.json: A: key `version` is not known"),
        (Spec::data("").with("commonStructs", shared), "A.json: S: key `type` is not known"),
    ]);
}

#[test]
fn a_key_that_is_missing() {
    refused(&[
        ("F int32 -", "A.json: A.F: versions is missing"),
        ("F S - { G int8 0+ }", "A.json: A.F: versions is missing"),
        ("F - 0+", "A.json: F: type is missing"),
        ("name=-", "A.json: name is missing"),
    ]);
    let shared = json!({ "name": "S", "fields": [] });
    refused_whole(&[
        (Spec::data("").without("type"), "A.json: type is missing"),
        (Spec::data("").without("name"), "A.json: name is missing"),
        (Spec::data("").without("validVersions"), "A.json: validVersions is missing"),
        (Spec::data("").without("flexibleVersions"), "A.json: flexibleVersions is missing"),
        (Spec::request("").without("apiKey"), "A.json: apiKey is missing"),
        (Spec::response("").without("apiKey"), "A.json: apiKey is missing"),
        (Spec::data("").with("commonStructs", shared), "A.json: S: versions is missing"),
    ]);
}

#[test]
fn a_value_of_the_wrong_form() {
    refused(&[
        ("F int32 zero", "A.json: F: versions: `zero` is not a range of versions"),
        ("F int32 4-2", "A.json: F: versions: `4-2` is not a range of versions"),
        ("F string 2+ tag=-1 taggedVersions=2+", "A.json: F: tag `-1` is out of range"),
        ("F string 2+ tag=one taggedVersions=2+", "A.json: F: tag `one` is out of range"),
        ("F int32 0+ ignorable=yes", "A.json: F: ignorable is `yes`, not true or false"),
    ]);
    let shared = json!({ "name": "S", "versions": "x", "fields": [] });
    let list = json!({ "name": "F", "type": ["int32"], "versions": "0+" });
    refused_whole(&[
        (Spec::data("").with("type", "query"), "A.json: type `query` is not known"),
        (Spec::request("").with("apiKey", 40_000), "A.json: apiKey `40000` is out of range"),
        (Spec::request("").with("apiKey", -1), "A.json: apiKey -1 is negative"),
        (
            Spec::data("").with("commonStructs", shared),
            "A.json: S: versions: `x` is not a range of versions",
        ),
        (Spec::data("").with("fields", list), "A.json: F: `[\"int32\"]` is no scalar"),
        (Spec::data("").with("fields", 5), "A.json: expected an object, found 5"),
    ]);
}

#[test]
fn a_type_that_cannot_be() {
    refused(&[
        ("F int24 0+", "A.json: A.F: type `int24` is not known"),
        ("F []int24 0+", "A.json: A.F: type `[]int24` is not known"),
        ("F [] 0+", "A.json: A.F: type `[]` is not known"),
        ("F inner 0+", "A.json: A.F: type `inner` is not known"),
        ("F [][]int32 0+", "A.json: A.F: an array of arrays cannot be"),
        ("F [][]S 0+ { G int8 0+ }", "A.json: A.F: an array of arrays cannot be"),
        ("F []records 0+", "A.json: A.F: an array of records cannot be"),
        ("F []bool 0+", "A.json: A.F: an array of bool is not supported yet"),
        ("F []uint16 0+", "A.json: A.F: an array of uint16 is not supported yet"),
        ("F []uint32 0+", "A.json: A.F: an array of uint32 is not supported yet"),
        ("F []float64 0+", "A.json: A.F: an array of float64 is not supported yet"),
    ]);
}

#[test]
fn a_name_that_cannot_be() {
    let not_a_name = "a name is a letter, then letters and digits";
    let not_a_struct = "a name is a capital, then letters and digits";
    for name in ["F-1", "1F", "F_G", "Fö", ""] {
        refused(&[(
            &format!("name={name} type=int8 versions=0+"),
            &format!("A.json: A.{name}: {not_a_name}"),
        )]);
    }
    refused(&[("F S-1 0+ { }", &format!("A.json: A.F: struct `S-1`: {not_a_struct}"))]);
    refused_whole(&[
        (Spec::data("").with("name", "a"), &format!("A.json: struct `a`: {not_a_struct}")),
        (Spec::data("").common("s", "0+", ""), &format!("A.json: struct `s`: {not_a_struct}")),
    ]);
}

#[test]
fn a_name_that_is_taken() {
    refused(&[
        ("F int8 0+, F int16 0+", "A.json: A.F: is there twice"),
        ("S S 0+ { G int8 0+, G int8 0+ }", "A.json: S.G: is there twice"),
        ("IsrNodes int8 0+, ISRNodes int8 0+", "A.json: A.ISRNodes: `isr_nodes` is taken in Rust"),
        ("UnknownTags int8 0+", "A.json: A.UnknownTags: `unknown_tags` is taken in Rust"),
        ("F S 0+ { }, G S 0+ { }", "A.json: A.G: struct `S` is defined twice"),
        ("F S 0+ { G S 0+ { } }", "A.json: S.G: struct `S` is defined twice"),
        ("F A 0+ { }", "A.json: A.F: struct `A` is defined twice"),
    ]);
    let shared = Spec::data("F S 0+ { }").common("S", "0+", "G int8 0+");
    let twice = Spec::data("F S 0+").common("S", "0+", "").common("S", "0+", "");
    refused_whole(&[
        (shared, "A.json: A.F: struct `S` is defined twice"),
        (twice, "A.json: struct `S` is defined twice"),
    ]);
}

#[test]
fn a_struct_that_is_not_there_to_be_used() {
    refused(&[
        ("F S 0+", "A.json: A.F: struct `S` is not defined"),
        ("F []S 0+", "A.json: A.F: struct `S` is not defined"),
        ("F S 9+", "A.json: A.F: struct `S` is not defined"),
        ("F S 0+ { }, G S 0+", "A.json: A.G: struct `S` is not a common one"),
        ("F A 0+", "A.json: A.F: struct `A` is not a common one"),
        ("F int32 0+ { G int8 0+ }", "A.json: A.F: int32 has no fields"),
        ("F []string 0+ { }", "A.json: A.F: []string has no fields"),
    ]);
}

#[test]
fn a_struct_that_holds_itself() {
    let direct = Spec::data("F S 0+").common("S", "0+", "G []S 1+");
    let indirect = Spec::data("F S 0+").common("S", "0+", "G T 0+").common("T", "0+", "H S 0+");
    let absent = Spec::data("F S 9+").common("S", "0+", "G S 0+");
    refused_whole(&[
        (direct, "A.json: A.F: S.G: struct `S` holds itself: A > S > S"),
        (indirect, "A.json: A.F: S.G: T.H: struct `S` holds itself: A > S > T > S"),
        (absent, "A.json: A.F: S.G: struct `S` holds itself: A > S > S"),
    ]);
}

#[test]
fn a_common_struct_that_nothing_uses_or_that_ends_too_soon() {
    let ring = Spec::data("").common("S", "0+", "F T 0+").common("T", "0+", "F S 0+");
    let second = Spec::data("F S 9+").common("S", "0+", "").common("T", "0+", "");
    let early = Spec::data("F S 0+").common("S", "0-3", "");
    let late = Spec::data("F T 0+ { G []S 0+ }").common("S", "1+", "");
    refused_whole(&[
        (Spec::data("").common("S", "0+", ""), "A.json: struct `S` is used by no field"),
        (ring, "A.json: struct `S` is used by no field"),
        (second, "A.json: struct `T` is used by no field"),
        (early, "A.json: A.F: struct `S` has versions 0-3 but is used in 0-4"),
        (late, "A.json: A.F: T.G: struct `S` has versions 1+ but is used in 0-4"),
    ]);
}

#[test]
fn a_tag_that_does_not_fit_its_versions() {
    let together = "tag and taggedVersions stand together or not at all";
    refused(&[
        ("F int8 2+ tag=0", &format!("A.json: A.F: {together}")),
        ("F int8 2+ taggedVersions=2+", &format!("A.json: A.F: {together}")),
        (
            "F int8 0+ tag=0 taggedVersions=2-4",
            "A.json: A.F: taggedVersions `2-4` must be open ended",
        ),
        (
            "F int8 0+ tag=0 taggedVersions=none",
            "A.json: A.F: taggedVersions `none` must be open ended",
        ),
        ("F int8 3+ tag=0 taggedVersions=2+", "A.json: A.F: tagged in 2+, but present in 3+"),
        ("F int8 0-3 tag=0 taggedVersions=2+", "A.json: A.F: tagged in 2+, but present in 0-3"),
        ("F int8 0+ tag=0 taggedVersions=1+", "A.json: A.F: tag 0 in 1+, but flexible in 2-4"),
    ]);
}

#[test]
fn a_field_that_cannot_be_tagged() {
    refused(&[
        (
            "F int8 2+ tag=0 taggedVersions=2+ mapKey=true",
            "A.json: A.F: a map key cannot be tagged",
        ),
        ("F records 2+ tag=0 taggedVersions=2+", "A.json: A.F: records cannot be tagged"),
        (
            "F string 0+ tag=0 taggedVersions=2+ nullableVersions=3+",
            "A.json: A.F: nullable in 3+, a part of the tagged versions 2+",
        ),
        (
            "F string 0+ tag=0 taggedVersions=2+ nullableVersions=0-2",
            "A.json: A.F: nullable in 0-2, a part of the tagged versions 2+",
        ),
    ]);
}

#[test]
fn tags_that_are_taken_or_leave_a_gap() {
    refused(&[
        (
            "F int8 - tag=0 taggedVersions=2+, G int8 - tag=0 taggedVersions=3+",
            "A.json: A.G: tag 0 is taken",
        ),
        ("F int8 - tag=1 taggedVersions=2+", "A.json: A.F: tag 1 stands where 0 should"),
        (
            "F int8 - tag=2 taggedVersions=2+, G int8 - tag=0 taggedVersions=2+",
            "A.json: A.F: tag 2 stands where 1 should",
        ),
        ("S S 2+ { F int8 - tag=3 taggedVersions=2+ }", "A.json: S.F: tag 3 stands where 0 should"),
    ]);
}

#[test]
fn a_type_that_cannot_be_null() {
    for ty in ["bool", "int8", "int16", "uint16", "int32", "uint32", "int64", "float64", "uuid"] {
        refused(&[(
            &format!("F {ty} 0+ nullableVersions=0+"),
            &format!("A.json: A.F: {ty} cannot be null"),
        )]);
    }
}

#[test]
fn a_number_as_default_that_its_type_does_not_hold() {
    for (ty, default, rust) in [
        ("int8", "128", "i8"),
        ("int8", "-129", "i8"),
        ("int16", "32768", "i16"),
        ("int16", "-32769", "i16"),
        ("uint16", "65536", "u16"),
        ("uint16", "-1", "u16"),
        ("int32", "2147483648", "i32"),
        ("int32", "0x80000000", "i32"),
        ("uint32", "4294967296", "u32"),
        ("uint32", "-1", "u32"),
        ("int64", "9223372036854775808", "i64"),
        ("int64", "-9223372036854775809", "i64"),
    ] {
        refused(&[(
            &format!("F {ty} 0+ default={default}"),
            &format!("A.json: A.F: default {default} is out of range for {rust}"),
        )]);
    }
}

#[test]
fn a_default_of_another_form() {
    for default in ["010", "-010", "00", "1.5", "one", "0x", "0x-5", "-0x5", "0xg", "null", "--1"] {
        refused(&[(
            &format!("F int32 0+ default={default}"),
            &format!("A.json: A.F: default `{default}` is not a number"),
        )]);
    }
    for (ty, default, rust) in [
        ("bool", "yes", "bool"),
        ("bool", "1", "bool"),
        ("bool", "null", "bool"),
        ("float64", "NaN", "f64"),
        ("float64", "inf", "f64"),
        ("float64", "1e999", "f64"),
        ("uuid", "AAAAAAAAAAAAAAAAAAAAA", "Uuid"),
        ("uuid", "AAAAAAAAAAAAAAAAAAAAAR", "Uuid"),
        ("uuid", "AAAAAAAAAAAAAAAAAAAA/A", "Uuid"),
        ("uuid", "null", "Uuid"),
    ] {
        refused(&[(
            &format!("F {ty} 0+ default={default}"),
            &format!("A.json: A.F: default `{default}` is not a {rust}"),
        )]);
    }
}

#[test]
fn a_default_that_is_neither_empty_nor_null() {
    for (ty, default) in
        [("bytes", "AQ=="), ("[]int32", "[1]"), ("[]string", "x"), ("records", "0")]
    {
        refused(&[(
            &format!("F {ty} 0+ default={default}"),
            &format!("A.json: A.F: default `{default}`: only an empty one or null can be"),
        )]);
    }
    refused(&[(
        "F S 0+ default=x { }",
        "A.json: A.F: default `x`: only an empty one or null can be",
    )]);
}

#[test]
fn a_null_default_where_null_is_not_always_allowed() {
    let error = "A.json: A.F: default null, but null is not allowed everywhere";
    for ty in ["string", "bytes", "records", "[]int32", "[]string"] {
        for nullable in ["", "nullableVersions=1+", "nullableVersions=0-3", "nullableVersions=none"]
        {
            refused(&[(&format!("F {ty} 0+ default=null {nullable}"), error)]);
        }
    }
    refused(&[("F S 0+ default=null nullableVersions=2+ { }", error)]);
}

#[test]
fn ranges_of_a_message_with_the_wrong_end() {
    refused_whole(&[
        (
            Spec::data("").with("validVersions", "0+"),
            "A.json: validVersions must have an upper bound",
        ),
        (
            Spec::data("").with("flexibleVersions", "2-4"),
            "A.json: flexibleVersions `2-4` must be none or open ended",
        ),
        (
            Spec::removed().with("fields", json!({ "name": "F", "type": "int8", "versions": "0" })),
            "A.json: fields, but no valid version",
        ),
        (Spec::removed().common("S", "0+", ""), "A.json: fields, but no valid version"),
    ]);
}

#[test]
fn flexible_versions_of_a_field_that_cannot_have_its_own() {
    refused(&[
        ("F int32 0+ flexibleVersions=3+", "A.json: A.F: flexibleVersions: strings and bytes only"),
        (
            "F []string 0+ flexibleVersions=none",
            "A.json: A.F: flexibleVersions: strings and bytes only",
        ),
        ("F string 0+ flexibleVersions=1+", "A.json: A.F: flexible in 1+, but the message in 2-4"),
    ]);
}

#[test]
fn a_hint_on_a_type_that_it_is_not_for() {
    refused(&[
        ("F string 0+ zeroCopy=true", "A.json: A.F: zeroCopy: bytes only"),
        ("F []bytes 0+ zeroCopy=true", "A.json: A.F: zeroCopy: bytes only"),
        (
            "F int64 0+ entityType=brokerId",
            "A.json: A.F: entityType brokerId goes with int32, not int64",
        ),
        (
            "F []int32 0+ entityType=topicName",
            "A.json: A.F: entityType topicName goes with string, not int32",
        ),
        ("F string 0+ entityType=userName", "A.json: A.F: entityType `userName` is not known"),
    ]);
    for (entity, ty) in
        [("transactionalId", "string"), ("groupId", "string"), ("producerId", "int64")]
    {
        refused(&[(
            &format!("F bytes 0+ entityType={entity}"),
            &format!("A.json: A.F: entityType {entity} goes with {ty}, not bytes"),
        )]);
    }
}

#[test]
fn a_key_of_requests_on_another_message() {
    let listeners = json!(["broker"]);
    refused_whole(&[
        (Spec::response("").with("listeners", listeners), "A.json: listeners: requests only"),
        (
            Spec::response("").with("latestVersionUnstable", true),
            "A.json: latestVersionUnstable: requests only",
        ),
        (
            Spec::data("").with("headerVersions", json!({ "0+": "1" })),
            "A.json: headerVersions: requests and responses only",
        ),
        (Spec::header("").with("apiKey", 3), "A.json: a header has no apiKey"),
        (
            Spec::request("").with("listeners", json!(["broker", "zkBroker"])),
            "A.json: listener `zkBroker` is not known",
        ),
    ]);
}

#[test]
fn a_message_whose_name_does_not_say_what_it_is() {
    let named = |spec: Spec, name: &str| spec.with("name", name);
    refused_whole(&[
        (named(Spec::request(""), "AResponse"), "A.json: the name of a request ends in Request"),
        (named(Spec::response(""), "A"), "A.json: the name of a response ends in Response"),
        (named(Spec::header(""), "A"), "A.json: the name of a header ends in Header"),
    ]);
}

#[test]
fn header_versions_with_a_gap_or_an_end() {
    for (ranges, error) in [
        (json!({ "1+": "1" }), " begin at 1, neither at 0 nor at the first valid version"),
        (json!({ "0-1": "1" }), ": the last range, 0-1, must be open ended"),
        (json!({ "0": "1", "2+": "2" }), ": 0 is not followed by 2+"),
        (json!({ "0-2": "1", "2+": "2" }), ": 0-2 is not followed by 2+"),
        (json!({ "0+": "1", "2+": "2" }), ": 0+ is not followed by 2+"),
        (json!({ "0-x": "1" }), ": `0-x` is not a range of versions"),
        (json!({ "none": "1" }), ": `none` is no range of versions"),
        (json!({ "0+": "one" }), ": `one` is not a header version"),
        (json!({ "0+": ["1"] }), ": `[\"1\"]` is no scalar"),
        (json!("0+"), ": expected an object"),
    ] {
        let spec = Spec::request("").with("headerVersions", ranges);
        refused_whole(&[(spec, &format!("A.json: headerVersions{error}"))]);
    }
}
