//! Specs that keep every rule, and what they become.

use serde_json::json;

use super::super::super::ir::{self, Element, Field, Message, Type};
use super::super::super::small_spec::Spec;
use crate::specs::model::HeaderRange;
use crate::specs::versions::Versions;

/// Each pair is a field of a data message, versions 0-4, flexible from 2, and what it becomes.
fn becomes(cases: &[(&str, &str)]) {
    for (field, expected) in cases {
        assert_eq!(lines(&Spec::data(field).message()), ["A 0-4 flexible 2-4", expected]);
    }
}

/// A line for each struct and each field, in their order.
fn lines(message: &Message) -> Vec<String> {
    let one = |one: &ir::Struct| {
        let head = format!("{} {} flexible {}", one.name, one.versions, one.flexible);
        [head].into_iter().chain(one.fields.iter().map(line)).collect::<Vec<_>>()
    };
    message.structs.iter().flat_map(one).collect()
}

/// Name, type and versions, then whatever else there is to say.
fn line(field: &Field) -> String {
    let ranged = |word: &str, range: Versions| match range {
        none if none.is_empty() => String::new(),
        some => format!(" {word} {some}"),
    };
    let default = match format!("{:?}", field.default) {
        implicit if implicit == "Implicit" => String::new(),
        other => format!(" default {other}"),
    };
    [
        format!("{} {} {}", field.name, type_name(&field.ty), field.presence),
        ranged("compact", field.compact),
        ranged("nullable", field.nullable),
        field
            .tag
            .map(|tag| ranged(&format!("tag {}", tag.number), tag.versions))
            .unwrap_or_default(),
        default,
        if field.ignorable { " ignorable".to_owned() } else { String::new() },
    ]
    .concat()
}

fn type_name(ty: &Type) -> String {
    let fixed = |fixed: &ir::Fixed| fixed.newtype.unwrap_or(fixed.primitive.rust()).to_owned();
    match ty {
        Type::Fixed(one) => fixed(one),
        Type::String => "string".to_owned(),
        Type::Bytes => "bytes".to_owned(),
        Type::Records => "records".to_owned(),
        Type::Struct(name) => name.clone(),
        Type::Array(Element::Fixed(one)) => format!("[]{}", fixed(one)),
        Type::Array(Element::String) => "[]string".to_owned(),
        Type::Array(Element::Bytes) => "[]bytes".to_owned(),
        Type::Array(Element::Struct(name)) => format!("[]{name}"),
    }
}

#[test]
fn every_type_has_its_place() {
    for (ty, rust) in [
        ("bool", "bool"),
        ("int8", "i8"),
        ("int16", "i16"),
        ("uint16", "u16"),
        ("int32", "i32"),
        ("uint32", "u32"),
        ("int64", "i64"),
        ("float64", "f64"),
        ("uuid", "Uuid"),
    ] {
        becomes(&[(&format!("F {ty} 0+"), &format!("F {rust} 0-4 compact 2-4"))]);
    }
    for ty in ["string", "bytes", "records", "[]string", "[]bytes"] {
        becomes(&[(&format!("F {ty} 0+"), &format!("F {ty} 0-4 compact 2-4"))]);
    }
    for (ty, rust) in [("int8", "i8"), ("int16", "i16"), ("int32", "i32"), ("uuid", "Uuid")] {
        becomes(&[(&format!("F []{ty} 0+"), &format!("F []{rust} 0-4 compact 2-4"))]);
    }
}

#[test]
fn numbers_with_a_meaning_become_newtypes() {
    becomes(&[
        ("F int32 0 entityType=brokerId", "F NodeId 0"),
        ("F []int32 0 entityType=brokerId", "F []NodeId 0"),
        ("F int64 0 entityType=producerId", "F ProducerId 0"),
        ("F string 0 entityType=topicName", "F string 0"),
        ("F []string 0 entityType=groupId", "F []string 0"),
        ("ErrorCode int16 0 default=-1", "ErrorCode ErrorCode 0 default Int(-1)"),
        ("TopicId uuid 0", "TopicId TopicId 0"),
        ("PartitionIndexes []int32 0", "PartitionIndexes []PartitionIndex 0"),
    ]);
}

#[test]
fn versions_are_cut_to_the_valid_ones() {
    becomes(&[
        ("F int8 1+", "F i8 1-4 compact 2-4"),
        ("F int8 0-9", "F i8 0-4 compact 2-4"),
        ("F int8 1", "F i8 1"),
        ("F string 3+ nullableVersions=0+", "F string 3-4 compact 3-4 nullable 3-4"),
        ("F string 0+ nullableVersions=3+", "F string 0-4 compact 2-4 nullable 3-4"),
        ("F string 0+ nullableVersions=1-3", "F string 0-4 compact 2-4 nullable 1-3"),
        ("F records 0-1 nullableVersions=2", "F records 0-1"),
        ("F string 0+ nullableVersions=7+", "F string 0-4 compact 2-4"),
        ("F int8 0+ nullableVersions=none", "F i8 0-4 compact 2-4"),
    ]);
}

#[test]
fn a_field_that_no_valid_version_has_is_left_out() {
    let fields = "F int8 5+, G []S 7+ { H int8 0+ }, I int8 none, J int8 0+";
    assert_eq!(
        lines(&Spec::data(fields).message()),
        ["A 0-4 flexible 2-4", "J i8 0-4 compact 2-4"]
    );
}

#[test]
fn a_tag_may_begin_later_than_its_field_and_stand_alone() {
    becomes(&[
        ("F int8 0+ tag=0 taggedVersions=2+", "F i8 0-4 compact 2-4 tag 0 2-4"),
        ("F int8 3+ tag=0 taggedVersions=3+", "F i8 3-4 compact 3-4 tag 0 3-4"),
        ("F int8 - tag=0 taggedVersions=3+", "F i8 3-4 compact 3-4 tag 0 3-4"),
        ("F int8 0+ tag=0 taggedVersions=9+", "F i8 0-4 compact 2-4"),
        (
            "F string 0+ nullableVersions=2+ tag=0 taggedVersions=3+",
            "F string 0-4 compact 2-4 nullable 2-4 tag 0 3-4",
        ),
        (
            "F string 0+ nullableVersions=0-1 tag=0 taggedVersions=2+",
            "F string 0-4 compact 2-4 nullable 0-1 tag 0 2-4",
        ),
    ]);
}

#[test]
fn tags_may_be_declared_in_any_order() {
    let fields = "F int8 - tag=2 taggedVersions=4+, G int8 - tag=0 taggedVersions=2+, \
        H int8 - tag=1 taggedVersions=3+";
    assert_eq!(
        lines(&Spec::data(fields).message()),
        [
            "A 0-4 flexible 2-4",
            "F i8 4 compact 4 tag 2 4",
            "G i8 2-4 compact 2-4 tag 0 2-4",
            "H i8 3-4 compact 3-4 tag 1 3-4",
        ]
    );
}

#[test]
fn a_string_may_be_less_flexible_than_its_message() {
    becomes(&[
        ("F string 0+ flexibleVersions=none", "F string 0-4"),
        ("F bytes 0+ flexibleVersions=3+", "F bytes 0-4 compact 3-4"),
        ("F bytes 0+ flexibleVersions=9+", "F bytes 0-4"),
    ]);
}

#[test]
fn numbers_are_their_own_default() {
    for (ty, text, expected) in [
        ("bool", "TRUE", "True"),
        ("bool", "false", "Implicit"),
        ("int8", "-128", "Int(-128)"),
        ("int16", "32767", "Int(32767)"),
        ("uint16", "0xffff", "Int(65535)"),
        ("int32", "-2147483648", "Int(-2147483648)"),
        ("uint32", "4294967295", "Int(4294967295)"),
        ("int64", "0x0badcafe0badcafe", "Int(841551897854593790)"),
        ("int64", "-9223372036854775808", "Int(-9223372036854775808)"),
        ("int64", "-0", "Implicit"),
        ("int64", "", "Implicit"),
        ("float64", "-2.5e-3", "Float(\"-0.0025\")"),
        ("float64", "7", "Float(\"7.0\")"),
        ("float64", "-0.0", "Implicit"),
        ("uuid", "ZmFjdHMgYXJlIG91cnMhIQ", "Uuid(136086925549986832421637870464227549473)"),
        ("uuid", "AAAAAAAAAAAAAAAAAAAAAA", "Implicit"),
    ] {
        let message = Spec::data(&format!("F {ty} 0+ default={text}")).message();
        let default = &message.root().fields[0].default;
        assert_eq!(format!("{default:?}"), expected, "{ty} {text}");
    }
}

#[test]
fn text_empty_and_null_are_defaults_of_what_has_a_length() {
    becomes(&[
        ("F string 0 default=some", "F string 0 default Text(\"some\")"),
        ("F string 0 default=", "F string 0"),
        ("F string 0 nullableVersions=0+", "F string 0 nullable 0"),
        ("F string 0 nullableVersions=0+ default=null", "F string 0 nullable 0 default Null"),
        ("F bytes 0 default=", "F bytes 0"),
        ("F bytes 0 nullableVersions=0+ default=null", "F bytes 0 nullable 0 default Null"),
        ("F []int8 0 nullableVersions=0+ default=null", "F []i8 0 nullable 0 default Null"),
        (
            "F string - default=null nullableVersions=2+ tag=0 taggedVersions=2+",
            "F string 2-4 compact 2-4 nullable 2-4 tag 0 2-4 default Null",
        ),
    ]);
}

#[test]
fn a_key_without_effect_on_the_bytes_changes_nothing() {
    let plain = Spec::data("F []S 0+ { G string 0+ }, H bytes 0+").message();
    let keyed = "F []S 0+ about=prose { G string 0+ mapKey=true entityType=groupId }, \
        H bytes 0+ zeroCopy=true";
    let keyed = Spec::data(keyed).with("deprecatedVersions", "0").message();
    assert_eq!(format!("{keyed:?}"), format!("{plain:?}"));
}

#[test]
fn a_message_keeps_what_it_says_about_its_api() {
    let listeners = json!(["broker", "controller"]);
    let spec = Spec::request("").with("apiKey", 22).with("latestVersionUnstable", true);
    let message = spec.with("listeners", listeners).message();
    assert_eq!((message.api_key, message.latest_version_unstable), (Some(22), true));
    assert_eq!(Spec::data("").with("apiKey", 0).message().api_key, Some(0));
    assert_eq!(Spec::header("").message().api_key, None);
}

#[test]
fn header_versions_begin_at_zero_or_at_the_first_valid_version() {
    let range = |min, max, header| HeaderRange { versions: Versions { min, max }, header };
    let spec = Spec::response("").with("validVersions", "1-11");
    for (ranges, expected) in [
        (json!({ "0+": 0 }), vec![range(0, i16::MAX, 0)]),
        (json!({ "10+": "1", "1-9": "0" }), vec![range(1, 9, 0), range(10, i16::MAX, 1)]),
    ] {
        let message = spec.clone().with("headerVersions", ranges).message();
        assert_eq!(message.header_versions, expected);
    }
}

#[test]
fn a_message_without_a_valid_version_is_nothing() {
    assert!(Spec::removed().resolved().unwrap().is_none());
    let spec = Spec::removed().with("headerVersions", json!({ "0+": "1" }));
    assert!(spec.resolved().unwrap().is_none());
}

#[test]
fn flexible_versions_may_be_none_or_lie_beyond_the_valid_ones() {
    for flexible in ["none", "5+"] {
        let message = Spec::data("F string 0+").with("flexibleVersions", flexible).message();
        assert_eq!(lines(&message), ["A 0-4 flexible none", "F string 0-4"]);
    }
}

#[test]
fn a_common_struct_has_the_versions_of_all_its_uses() {
    let spec = Spec::data("F S 0-1, G T 1+ { H []S 3+ }, I U 9+").common("S", "0+", "J int8 1+");
    let spec = spec.common("U", "9+", "K V 9+ { L int8 9+ }");
    assert_eq!(
        lines(&spec.message()),
        [
            "A 0-4 flexible 2-4",
            "F S 0-1",
            "G T 1-4 compact 2-4",
            "S 0-4 flexible 2-4",
            "J i8 1-4 compact 2-4",
            "T 1-4 flexible 2-4",
            "H []S 3-4 compact 3-4",
        ]
    );
}

#[test]
fn structs_know_whether_they_are_elements_and_whether_they_borrow() {
    let fields = "F S 0-1 { G int8 0+ }, H []T 0-1 { I int8 0+ }, J U 0-1 { K []int8 0+ }, \
        L V 0-1 { M W 0+ { N string 0+ } }, O X 2+ { P int8 2+ }, Q Y 0-1 { R records 0+ }";
    let message = Spec::data(fields).message();
    let of = |mark: fn(&ir::Struct) -> bool| {
        let marked = message.structs.iter().filter(|one| mark(one));
        marked.map(|one| one.name.as_str()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(|one| one.is_element), "T");
    assert_eq!(of(|one| one.borrows), "A U V W X Y");
}

#[test]
fn the_smallest_size_counts_what_stands_in_its_place() {
    let fields = "E []S 0+ { F int32 0+, G string 1+, H []int8 0+ tag=0 taggedVersions=3+, \
        I T 1+ nullableVersions=3+ { J int64 0+ }, K records 4+ nullableVersions=4+ }";
    let message = Spec::data(fields).message();
    let sizes = [0, 1, 2, 3, 4].map(|version| ir::min_struct_size(&message, "S", version));
    // F and H; then G and I with J too; compact lengths and two tag sections; a marker in place of
    // I, and H is tagged; K.
    assert_eq!(sizes, [4 + 4, 4 + 2 + 4 + 8, 4 + 1 + 1 + 9 + 1, 4 + 1 + 1 + 1, 4 + 1 + 1 + 1 + 1]);
}

#[test]
fn a_message_with_every_kind_of_number() {
    let fields = "owner uuid 1+, weight float64 1+ default=56.78, port uint16 1+ default=44000, \
        mask uint32 3+ default=7654321, serial int64 - default=0x0dedbeefdedbeef tag=1 \
        taggedVersions=2+, mark uuid - default=AAAAAAAAAAAAAAAAAAAAAw tag=0 taggedVersions=3+, \
        ratio float64 - default=-0.5 ignorable=true tag=2 taggedVersions=2+";
    assert_eq!(
        lines(&Spec::data(fields).message()),
        [
            "A 0-4 flexible 2-4",
            "owner Uuid 1-4 compact 2-4",
            "weight f64 1-4 compact 2-4 default Float(\"56.78\")",
            "port u16 1-4 compact 2-4 default Int(44000)",
            "mask u32 3-4 compact 3-4 default Int(7654321)",
            "serial i64 2-4 compact 2-4 tag 1 2-4 default Int(62729264338681583)",
            "mark Uuid 3-4 compact 3-4 tag 0 3-4 default Uuid(3)",
            "ratio f64 2-4 compact 2-4 tag 2 2-4 default Float(\"-0.5\") ignorable",
        ]
    );
}

#[test]
fn a_message_of_nullable_structs() {
    let fields = "plain S 0+ nullableVersions=0+ default=null { a int8 0+ }, \
        late T 1+ nullableVersions=3+ ignorable=true { b string 1+ }, \
        tagged U - nullableVersions=2+ default=null tag=0 taggedVersions=2+ { c []int32 2+ }, \
        sure W - tag=1 taggedVersions=3+ { d int64 3+ default=9 }";
    assert_eq!(
        lines(&Spec::data(fields).message()),
        [
            "A 0-4 flexible 2-4",
            "plain S 0-4 compact 2-4 nullable 0-4 default Null",
            "late T 1-4 compact 2-4 nullable 3-4 ignorable",
            "tagged U 2-4 compact 2-4 nullable 2-4 tag 0 2-4 default Null",
            "sure W 3-4 compact 3-4 tag 1 3-4",
            "S 0-4 flexible 2-4",
            "a i8 0-4 compact 2-4",
            "T 1-4 flexible 2-4",
            "b string 1-4 compact 2-4",
            "U 2-4 flexible 2-4",
            "c []i32 2-4 compact 2-4",
            "W 3-4 flexible 3-4",
            "d i64 3-4 compact 3-4 default Int(9)",
        ]
    );
}

#[test]
fn a_message_of_arrays_and_one_of_records() {
    let arrays = "goats []Goat 0+ { colour int8 0+, name string 2+ }, bags []int32 2+, \
        spots []string 1+ nullableVersions=1+";
    assert_eq!(
        lines(&Spec::data(arrays).message()),
        [
            "A 0-4 flexible 2-4",
            "goats []Goat 0-4 compact 2-4",
            "bags []i32 2-4 compact 2-4",
            "spots []string 1-4 compact 2-4 nullable 1-4",
            "Goat 0-4 flexible 2-4",
            "colour i8 0-4 compact 2-4",
            "name string 2-4 compact 2-4",
        ]
    );
    becomes(&[
        ("log records 0+", "log records 0-4 compact 2-4"),
        (
            "log records 0+ nullableVersions=0+",
            "log records 0-4 compact 2-4 nullable 0-4 default Null",
        ),
        ("log records 0+ nullableVersions=3+", "log records 0-4 compact 2-4 nullable 3-4"),
    ]);
}
