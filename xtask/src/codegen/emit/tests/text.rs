//! The code of one struct: what it says, whatever the white space.

use super::super::super::small_spec::Spec;
use super::super::ctx::{by_version, condition, unless};
use super::super::docs::Docs;
use super::super::{pair_file, types};
use crate::specs::versions::Versions;

/// The code of a message, without white space.
fn code(spec: &Spec) -> String {
    squeezed(&types::message(&spec.message(), &Docs::default()))
}

pub(super) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Each pair is the fields of a data message, versions 0-4, flexible from 2, and some of its code.
pub(super) fn prints(cases: &[(&str, &str)]) {
    for (fields, part) in cases {
        let code = code(&Spec::data(fields));
        assert!(code.contains(&squeezed(part)), "{fields}\nlacks {part}\n{code}");
    }
}

pub(super) fn prints_nothing_like(cases: &[(&str, &str)]) {
    for (fields, part) in cases {
        let code = code(&Spec::data(fields));
        assert!(!code.contains(&squeezed(part)), "{fields}\nhas {part}\n{code}");
    }
}

#[test]
fn a_condition_is_the_shortest_there_is() {
    let context = Versions { min: 1, max: 5 };
    for (range, when, when_not) in [
        ("0+", None, None),
        ("1-5", None, None),
        ("1", Some("version == 1"), Some("version > 1")),
        ("5+", Some("version == 5"), Some("version < 5")),
        ("3", Some("version == 3"), Some("!(3..=3).contains(&version)")),
        ("0-3", Some("version <= 3"), Some("version > 3")),
        ("2+", Some("version >= 2"), Some("version < 2")),
        ("2-4", Some("(2..=4).contains(&version)"), Some("!(2..=4).contains(&version)")),
        ("6+", Some("false"), Some("true")),
    ] {
        let range = Versions::parse(range).unwrap();
        assert_eq!(condition(range, context).as_deref(), when, "{range}");
        assert_eq!(unless(range, context).as_deref(), when_not, "{range}");
    }
}

#[test]
fn versions_of_equal_value_share_an_arm() {
    let half = |version: i16| (version / 2).to_string();
    let range = |min, max| Versions { min, max };
    assert_eq!(squeezed(&by_version(range(0, 5), half)), "matchversion{..=1=>0,2..=3=>1,_=>2}");
    assert_eq!(by_version(range(2, 3), half), "1");
}

#[test]
fn a_field_is_read_and_written_in_its_versions_only() {
    prints(&[
        ("F int8 0+", r#"let flexible = version >= 2; self.f = r.i8("A.f")?; if flexible"#),
        ("F int8 1+", r#"if version >= 1 { self.f = r.i8("A.f")?; } if flexible"#),
        ("F int8 0-3 default=-5", r#"if version <= 3 { self.f = r.i8("A.f")?; } if flexible"#),
        ("F int8 0-3 default=-5", "pub const DEFAULT: Self = Self { f: -5,"),
        ("F int8 2", r#"if version == 2 { self.f = r.i8("A.f")?; } if flexible"#),
        ("F int8 1-3", r#"if (1..=3).contains(&version) { self.f = r.i8("A.f")?; } if flexible"#),
        ("F int8 1-3", "if (1..=3).contains(&version) { w.i8(self.f); }"),
        ("F uint32 0+", r#"self.f = r.u32("A.f")?;"#),
        ("F uint32 0+", "w.u32(self.f);"),
    ]);
    prints_nothing_like(&[("F int8 0+", "if version >= 0"), ("F int8 0-4", "version <= 4")]);
}

#[test]
fn a_value_without_a_place_is_refused_unless_the_field_is_ignorable() {
    let refusal = r#"{ return Err(s.error(EncodeErrorKind::FieldNotInVersion, "A.f")); }"#;
    for (field, test) in [
        ("F int8 1+", "if version >= 1 { s.fixed(1); } else if self.f != 0"),
        ("F int8 - tag=0 taggedVersions=3+", "if version < 3 && self.f != 0"),
        (
            "F int8 1+ tag=0 taggedVersions=3+",
            "if (1..=2).contains(&version) { s.fixed(1); } else if version < 1 && self.f != 0",
        ),
        ("F bool 1 default=true", "if version == 1 { s.fixed(1); } else if !self.f"),
        ("F string 1+ default=x", r#"else if self.f != "x""#),
        ("F string 1+ nullableVersions=1+", r#"else if self.f.as_deref() != Some("")"#),
        ("F string 1+ nullableVersions=1+ default=null", "else if self.f.is_some()"),
        ("F []int8 1+", "else if !self.f.is_empty()"),
        (
            "F []int8 1+ nullableVersions=1+",
            "else if self.f.as_ref().is_none_or(|some| !some.is_empty())",
        ),
        ("F S 1+ { }", "else if self.f != S::DEFAULT"),
        ("F S 1+ nullableVersions=1+ { }", "else if self.f.as_deref() != Some(&S::DEFAULT)"),
    ] {
        prints(&[(field, &format!("{test} {refusal}"))]);
        let ignorable = field.replacen("F ", "ignorable=true F ", 1);
        prints_nothing_like(&[(&ignorable, refusal)]);
    }
}

#[test]
fn null_is_refused_where_its_versions_end() {
    let refusal = r#"{ return Err(s.error(EncodeErrorKind::NullNotAllowed, "A.f")); }"#;
    for (field, test) in [
        ("F string 0+ nullableVersions=1+", "if self.f.is_none() && version < 1"),
        ("F bytes 0+ nullableVersions=1-3", "if self.f.is_none() && !(1..=3).contains(&version)"),
        (
            "F bytes 0+ nullableVersions=0-1 tag=0 taggedVersions=2+",
            "s.tagged_field(0, |s| { if self.f.is_none()",
        ),
    ] {
        prints(&[(field, &format!("{test} {refusal}"))]);
    }
    prints_nothing_like(&[("F string 0+ nullableVersions=0+", refusal)]);
}

#[test]
fn a_nullable_struct_has_a_marker_where_it_may_be_null() {
    let always = "F S 0+ nullableVersions=0+ { }";
    let bounded = "F S 0+ nullableVersions=1-3 { }";
    let marker = "w.i8(if self.f.is_some() { 1 } else { -1 });";
    let present = r#"{ let mut value = S::default(); value.read(r, version)?;
        self.f = Some(r.boxed(value, "A.f")?); }"#;
    let maybe = format!(r#"if r.is_present("A.f")? {present} else {{ self.f = None; }}"#);
    prints(&[
        (always, "pub f: Option<Box<S<'a>>>"),
        (always, &format!("let flexible = version >= 2; {maybe} if flexible")),
        (always, "s.fixed(1); if let Some(some) = &self.f { some.measure(s, version)?; }"),
        (always, &format!("{marker} if let Some(some) = &self.f {{ some.write(w, version); }}")),
        (
            bounded,
            &format!("if (1..=3).contains(&version) {{ {maybe} }} else {present} if flexible"),
        ),
        (bounded, "if (1..=3).contains(&version) { s.fixed(1); }"),
        (bounded, &format!("if (1..=3).contains(&version) {{ {marker} }}")),
    ]);
}

#[test]
fn a_null_struct_in_the_bytes_replaces_a_default_that_is_not_null() {
    let present = r#"let mut value = S::default(); value.read(r, version)?;
        self.f = Some(r.boxed(value, "A.f")?);"#;
    let null = "F S 0+ nullableVersions=0+ default=null { }";
    let tagged = "F S - nullableVersions=2+ tag=0 taggedVersions=2+ { }";
    let tagged_null = "F S - nullableVersions=2+ tag=0 taggedVersions=2+ default=null { }";
    let maybe = format!(r#"if r.is_present("A.f")? {{ {present} }}"#);
    let maybe_tagged = format!(r#"0 => {{ if r.is_present_tagged("A.f")? {{ {present} }}"#);
    prints(&[
        (null, &format!("{maybe} if flexible")),
        (tagged, &format!("{maybe_tagged} else {{ self.f = None; }} }}")),
        (tagged_null, &format!("{maybe_tagged} }} _ =>")),
    ]);
    prints_nothing_like(&[(null, "self.f = None"), (tagged_null, "self.f = None")]);
}

#[test]
fn the_marker_of_a_tagged_struct_is_a_varint() {
    let field = "F S - nullableVersions=2+ tag=0 taggedVersions=2+ default=null { }";
    prints(&[
        (field, r#"0 => { if r.is_present_tagged("A.f")?"#),
        (field, "w.tagged_field(&mut tags, 0, |w| { w.uvarint(u32::from(self.f.is_some()));"),
        (field, "if self.f.is_some() { known += 1; s.tagged_field(0, |s| { s.fixed(1);"),
    ]);
    let both = "F S 0+ nullableVersions=0+ tag=0 taggedVersions=3+ default=null { }";
    prints(&[
        (both, r#"if version <= 2 && r.is_present("A.f")? { let mut value = S::default();"#),
        (both, r#"0 if version >= 3 => { if r.is_present_tagged("A.f")?"#),
        (both, "if version <= 2 { w.i8(if self.f.is_some() { 1 } else { -1 });"),
        (both, "if version >= 3 && self.f.is_some() { w.tagged_field(&mut tags, 0, |w| {"),
    ]);
}

#[test]
fn tags_are_written_in_the_order_of_their_numbers() {
    let fields = "F int8 - tag=1 taggedVersions=3+, G int8 - tag=2 taggedVersions=2+, \
        H int8 - tag=0 taggedVersions=4+";
    prints(&[
        (
            fields,
            "let mut tags = w.tags(&self.unknown_tags); \
             if version == 4 && self.h != 0 { \
             w.tagged_field(&mut tags, 0, |w| { w.i8(self.h); }); } \
             if version >= 3 && self.f != 0 { \
             w.tagged_field(&mut tags, 1, |w| { w.i8(self.f); }); } \
             if self.g != 0 { w.tagged_field(&mut tags, 2, |w| { w.i8(self.g); }); } \
             w.end_tags(tags);",
        ),
        (
            fields,
            "let reserved: &[u32] = match version { ..=2 => &[2], 3 => &[1, 2], \
             _ => &[0, 1, 2] };",
        ),
        (fields, r#"1 if version >= 3 => { self.f = r.i8("A.f")?; }"#),
        (
            fields,
            r#"2 => { self.g = r.i8("A.g")?; } 0 if version == 4 => { self.h = r.i8("A.h")?; }"#,
        ),
    ]);
}

#[test]
fn a_struct_without_tags_keeps_the_unknown_ones() {
    let field = "F int8 0+";
    prints(&[
        (field, "let flexible = version >= 2;"),
        (field, "unknown_tags: UnknownTags::new(),"),
        (field, r#"if flexible && !r.no_tags() { self.unknown_tags = r.unknown_tags("A")?; }"#),
        (field, "if flexible { w.unknown_tags(&self.unknown_tags); }"),
        (field, r#"else { s.no_tags("A", &self.unknown_tags)?; }"#),
        (field, "Some(&mut self.unknown_tags)"),
    ]);
    let all = code(&Spec::data(field).with("flexibleVersions", "0+"));
    let always = r#"?; if !r.no_tags() { self.unknown_tags = r.unknown_tags("A")?; } Ok(())"#;
    assert!(all.contains(&squeezed(always)), "{all}");
    let none = code(&Spec::data(field).with("flexibleVersions", "none"));
    assert!(!none.contains("unknown_tags") && !none.contains("flexible="), "{none}");
}

#[test]
fn a_length_is_compact_where_field_and_message_are() {
    prints(&[
        ("F string 0+", r#"r.string("A.f", flexible)?"#),
        ("F string 0-1", r#"r.string("A.f", false)?"#),
        ("F string 2+", r#"r.string("A.f", true)?"#),
        ("F string 1-2", r#"r.string("A.f", flexible)?"#),
        ("F string 0+ flexibleVersions=none", r#"r.string("A.f", false)?"#),
        ("F string 0+ flexibleVersions=3+", r#"r.string("A.f", version >= 3)?"#),
        ("F bytes 0+ flexibleVersions=3+", "w.bytes(&self.f, version >= 3);"),
        (
            "F string - tag=0 taggedVersions=2+",
            r#"self.f = Cow::Borrowed(r.string("A.f", true)?);"#,
        ),
    ]);
}

#[test]
fn the_client_id_of_a_request_header_keeps_its_two_byte_length() {
    let field = "ClientId string 1+ nullableVersions=1+ ignorable=true flexibleVersions=none";
    let spec = Spec::header(field).with("validVersions", "1-2");
    let code = code(&spec);
    for part in [
        r#"let flexible = version == 2;"#,
        r#"self.client_id =
           r.nullable_string("RequestHeader.client_id", false)?.map(Cow::Borrowed);"#,
        "w.nullable_string(self.client_id.as_deref(), false);",
        r#"if flexible && !r.no_tags() { self.unknown_tags = r.unknown_tags("RequestHeader")?; }"#,
    ] {
        assert!(code.contains(&squeezed(part)), "lacks {part}\n{code}");
    }
}

#[test]
fn records_are_taken_and_given_as_pieces() {
    let nullable = "F records 0+ nullableVersions=0+";
    prints(&[
        ("F records 0+", r#"self.f = Records::from(r.piece("A.f", flexible)?);"#),
        ("F records 0+", "pub f: Records<'a>"),
        ("F records 0+", r#"self.f.measure(s, "A.f", flexible)?;"#),
        ("F records 0+", "self.f.write(w, flexible);"),
        (nullable, "pub f: Option<Records<'a>>"),
        (nullable, r#"self.f = r.nullable_piece("A.f", flexible)?.map(Records::from);"#),
        (nullable, r#"Records::measure_nullable(self.f.as_ref(), s, "A.f", flexible)?;"#),
        (nullable, "Records::write_nullable(self.f.as_ref(), w, flexible);"),
    ]);
}

#[test]
fn arrays_are_views_where_elements_have_a_width_and_lists_elsewhere() {
    let texts = "F []string 0+ nullableVersions=0+";
    prints(&[
        ("F []int32 0+", "pub f: FixedArray<'a, i32>"),
        ("F []int32 0+", r#"self.f = r.fixed_array("A.f", flexible)?;"#),
        ("F []int32 0+", "w.fixed_array(&self.f, flexible);"),
        ("F []uuid 0+ nullableVersions=0+", "pub f: Option<FixedArray<'a, Uuid>>"),
        ("F []uuid 0+ nullableVersions=0+", "w.nullable_fixed_array(self.f.as_ref(), flexible);"),
        (texts, "pub f: Option<Vec<Cow<'a, str>>>"),
        (
            texts,
            r#"self.f = r.nullable_array("A.f", flexible, if flexible { 1 } else { 2 },
               |r| Ok(Cow::Borrowed(r.string("A.f", flexible)?)))?;"#,
        ),
        (texts, "for item in self.f.as_deref().unwrap_or_default() { w.string(item, flexible); }"),
        ("F []bytes 2+", r#"self.f = r.array("A.f", true, 1, "#),
        ("F []bytes 0-1", r#"self.f = r.array("A.f", false, 4, "#),
    ]);
}

#[test]
fn arrays_of_structs_are_filled_where_they_stand() {
    let structs = "F []S 0-1 { G int8 0+ }";
    let nullable = "F []S 0+ nullableVersions=2+ { G int8 0+ }";
    let tagged = "F []S - tag=0 taggedVersions=2+ { G int8 2+ }";
    let rest = "S::min_size(version), |item, r| item.read(r, version))?;";
    prints(&[
        (structs, "pub f: Vec<S>"),
        (structs, &format!(r#"if version <= 1 {{ r.structs(&mut self.f, "A.f", false, {rest} }}"#)),
        (
            structs,
            "w.array_len(self.f.len(), false); for item in &self.f { item.write(w, version); }",
        ),
        (nullable, "pub f: Option<Vec<S<'a>>>"),
        (
            nullable,
            &format!(
                r#"if version >= 2 {{ r.nullable_structs(&mut self.f, "A.f", true, {rest} }} else {{
                   r.structs(self.f.insert(Vec::new()), "A.f", flexible, {rest} }} if flexible"#
            ),
        ),
        (tagged, &format!(r#"0 => {{ r.structs(&mut self.f, "A.f", true, {rest} }}"#)),
    ]);
}

#[test]
fn the_smallest_size_is_a_match_on_the_version() {
    prints(&[
        (
            "F []S 0+ { G int32 0+, H string 1+ }",
            "const fn min_size(version: i16) -> usize { match version { ..=0 => 4, _ => 6 } }",
        ),
        ("F []S 3+ { G uuid 0+ }", "const fn min_size(_version: i16) -> usize { 17 }"),
    ]);
    prints_nothing_like(&[("F S 0+ { G int8 0+ }", "min_size")]);
}

#[test]
fn a_struct_that_borrows_nothing_has_no_lifetime() {
    let plain = "F S 0-1 { G int8 0+ }";
    prints(&[
        (plain, "pub struct S { "),
        (
            plain,
            "impl S { /// Every field at its default.
 pub const DEFAULT: Self = Self { g: 0, }; } impl Default for S {",
        ),
        (
            plain,
            "impl S { fn read(&mut self, r: &mut Reader<'_>, _version: i16) \
             -> Result<(), DecodeError>",
        ),
        (
            "F S 0+ { G int8 0+ }",
            "impl<'a> S<'a> { fn read(&mut self, r: &mut Reader<'a>, version: i16)",
        ),
        ("F S 0-1 { }", "fn read(&mut self, _r: &mut Reader<'_>, _version: i16)"),
        ("F S 0-1 { }", "fn write(&self, _w: &mut Writer, _version: i16) { }"),
    ]);
    let spec = Spec::data("F int8 0+").with("flexibleVersions", "none");
    let code = code(&spec);
    assert!(code.contains(&squeezed("impl<'a> Message<'a> for A { const NAME")), "{code}");
}

#[test]
fn a_field_may_be_named_like_an_argument_a_local_variable_or_a_keyword() {
    let fields = "Version int8 0+, Tag string - tag=0 taggedVersions=2+, R int8 1+, \
        Flexible bool 0+, Type int8 0+, Self int8 0+";
    prints(&[
        (
            fields,
            r#"let flexible = version >= 2; self.version = r.i8("A.version")?;
               if version >= 1 { self.r = r.i8("A.r")?; } self.flexible = r.bool("A.flexible")?;
               self.r#type = r.i8("A.type")?; self.self_ = r.i8("A.self")?;
               if flexible && !r.no_tags() { self.unknown_tags = r.tagged_fields("A", |r, tag| {
               match tag { 0 => { self.tag = Cow::Borrowed(r.string("A.tag", true)?); }"#,
        ),
        (
            fields,
            r#"Self { version: 0, tag: Cow::Borrowed(""), r: 0, flexible: false, r#type: 0,
               self_: 0, unknown_tags: UnknownTags::new(), }"#,
        ),
        (fields, "w.bool(self.flexible); w.i8(self.r#type); w.i8(self.self_);"),
    ]);
    // Such a field is not the argument of its name, which stays unused.
    prints(&[("F S 0-1 { Version int8 0+, Flexible bool 0+ }", "Reader<'_>, _version: i16)")]);
}

#[test]
fn a_request_names_its_response_and_its_key() {
    let of = |response: Spec| {
        let pair = [Spec::request("").with("apiKey", 3).message(), response.message()];
        let file = pair_file(&pair.iter().collect::<Vec<_>>()).unwrap();
        squeezed(&file.replace("AResponse<'r>", "AResponse<r>"))
    };
    let borrowing = of(Spec::response("").with("apiKey", 3));
    let request = "impl<'a> Request<'a> for ARequest<'a> { const KEY: ApiKey = ApiKey::A; \
        type Response<'r> = super::response::AResponse<r>; }";
    assert!(borrowing.contains(&squeezed(request)), "{borrowing}");
    let response = "impl<'a> Response<'a> for AResponse<'a> { const KEY: ApiKey = ApiKey::A; }";
    assert!(borrowing.contains(&squeezed(response)), "{borrowing}");
    let plain = of(Spec::response("").with("apiKey", 3).with("flexibleVersions", "none"));
    assert!(plain.contains("=super::response::AResponse;"), "{plain}");
}
