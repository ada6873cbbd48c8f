//! The default of a struct: a constant, or a function where a box stands in it.

use super::text::{prints, prints_nothing_like};

#[test]
fn a_default_is_a_constant_with_every_field_in_it() {
    let zero = "F int8 0+, G string 0+, H bytes 0+ nullableVersions=0+ default=null, I bytes 0+, \
        J []int8 0+, K []S 0+ { }, L records 0+";
    let fields = "F int64 0+ default=0x10, G string 0+ nullableVersions=0+, \
        H bytes 0+ nullableVersions=0+, I float64 0+ default=1e300, \
        J uuid 0+ default=AAAAAAAAAAAAAAAAAAAAAg, ErrorCode int16 0+ default=-1, \
        K bool 0+ default=true, L S 0+ nullableVersions=0+ default=null { }, TopicId uuid 0+, \
        M S2 0+ { }";
    let default = "impl Default for A<'_> { fn default() -> Self { Self::DEFAULT } }";
    for (fields, values) in [
        (
            zero,
            r#"f: 0, g: Cow::Borrowed(""), h: None, i: Cow::Borrowed(&[]), j: FixedArray::new(),
               k: Vec::new(), l: Records::new(),"#,
        ),
        (
            fields,
            r#"f: 16, g: Some(Cow::Borrowed("")), h: Some(Cow::Borrowed(&[])), i: 1e300,
               j: Uuid::from_u128(0x2), error_code: ErrorCode(-1), k: true, l: None,
               topic_id: TopicId(Uuid::ZERO), m: S2::DEFAULT,"#,
        ),
    ] {
        let constant = "/// Every field at its default.\npub const DEFAULT: Self";
        let value = format!("Self {{ {values} unknown_tags: UnknownTags::new(), }}");
        prints(&[
            (fields, "#[derive(Clone, Debug, PartialEq)] pub struct A<'a>"),
            (fields, &format!("impl A<'_> {{ {constant} = {value}; }} {default}")),
        ]);
    }
}

#[test]
fn a_default_with_a_box_in_it_is_no_constant() {
    let fields = "F S 1+ { G T 0+ nullableVersions=0+ { H int8 0+ } }, \
        I []U 0+ { J V 0+ { K W 0+ nullableVersions=0+ { } } }";
    let tags = "unknown_tags: UnknownTags::new(),";
    for (ty, values) in [
        ("A", "f: S::default(), i: Vec::new(),"),
        ("S", "g: Some(Box::default()),"),
        ("U", "j: V::default(),"),
        ("V", "k: Some(Box::default()),"),
    ] {
        let default = format!("fn default() -> Self {{ Self {{ {values} {tags} }} }}");
        prints(&[(fields, &format!("impl Default for {ty}<'_> {{ {default} }}"))]);
        prints_nothing_like(&[(fields, &format!("impl {ty}<'_> {{"))]);
    }
    prints(&[
        (fields, &format!("pub const DEFAULT: Self = Self {{ h: 0, {tags} }};")),
        (fields, "else if self.f != S::default() {"),
    ]);
    let boxed = "F S 1+ nullableVersions=1+ { G T 0+ nullableVersions=0+ { } }";
    prints(&[(boxed, "else if self.f.as_deref() != Some(&S::default()) {")]);
}
