//! The code that turns a struct into JSON and back.

use super::super::super::small_spec::Spec;
use super::super::json_file;
use super::text::squeezed;

#[test]
fn json_has_a_field_where_its_version_has_a_place_for_it() {
    let fields = "F int8 1-3, G string 0+ tag=0 taggedVersions=2+, H int8 3+ ignorable=true";
    let message = Spec::data(fields).message();
    let code = squeezed(&json_file("a", &[&message]));
    for part in [
        r#"if (1..=3).contains(&version) { object.set("f", &self.f)?; }"#,
        r#"if !(1..=3).contains(&version) && self.f != 0 { return Err(object.no_place("A.f")); }"#,
        r#"if version <= 1 { object.set("g", &self.g)?; }"#,
        r#"if version >= 2 && !self.g.is_empty() { object.set("g", &self.g)?; }"#,
        r#"if version >= 3 { object.set("h", &self.h)?; }"#,
        r#"f: fields.get("f", (1..=3).contains(&version), || 0)?,"#,
        r#"g: fields.get("g", version <= 1, || Cow::Borrowed(""))?,"#,
    ] {
        assert!(code.contains(&squeezed(part)), "lacks {part}\n{code}");
    }
    assert!(!code.contains("\"A.h\""), "{code}");
}

#[test]
fn json_of_a_struct_that_is_never_flexible_refuses_unknown_tags() {
    let json = |spec: Spec| squeezed(&json_file("a", &[&spec.message()]));
    let refusal = "version)?; fields.no_unknown_tags()?; Ok(Self { f: ";
    let kept = "unknown_tags: fields.unknown_tags()?,";
    let never = json(Spec::data("F int8 0+").with("flexibleVersions", "none"));
    assert!(never.contains(&squeezed(refusal)) && !never.contains(&squeezed(kept)), "{never}");
    let later = json(Spec::data("F int8 0+"));
    assert!(later.contains(&squeezed(kept)) && !later.contains("no_unknown_tags"), "{later}");
}

#[test]
fn json_takes_the_defaults_of_the_struct_in_a_form_that_is_a_function() {
    let fields = "F bytes 0+, G bytes 0+ nullableVersions=0+, H S 0+ { }, \
        I T 0+ { J U 0+ nullableVersions=0+ { } }";
    let code = squeezed(&json_file("a", &[&Spec::data(fields).message()]));
    for part in [
        r#"f: fields.get("f", true, Cow::default)?,"#,
        r#"g: fields.get("g", true, || Some(Cow::default()))?,"#,
        r#"h: fields.get("h", true, || S::DEFAULT)?,"#,
        r#"i: fields.get("i", true, T::default)?,"#,
        r#"j: fields.get("j", true, || Some(Box::default()))?,"#,
    ] {
        assert!(code.contains(&squeezed(part)), "lacks {part}\n{code}");
    }
}
