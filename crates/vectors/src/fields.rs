//! The fields of a line, each with the type that the format gives it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::bytewise;

/// What is wrong with a line, in one sentence.
pub(crate) type Problem = String;

/// The fields of one line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(crate) fn has(self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The value of a field that must be there.
    pub(crate) fn value(self, key: &str) -> Result<&'a Value, Problem> {
        self.0.get(key).ok_or_else(|| format!("the line lacks its field `{key}`"))
    }

    pub(crate) fn text(self, key: &str) -> Result<&'a str, Problem> {
        self.value(key)?.as_str().ok_or_else(|| format!("`{key}` is no text"))
    }

    pub(crate) fn bool(self, key: &str) -> Result<bool, Problem> {
        self.value(key)?.as_bool().ok_or_else(|| format!("`{key}` is neither true nor false"))
    }

    /// A mark that is there only where it applies.
    pub(crate) fn mark(self, key: &str) -> Result<bool, Problem> {
        if self.has(key) { self.bool(key) } else { Ok(false) }
    }

    pub(crate) fn integer<T: TryFrom<i64>>(self, key: &str) -> Result<T, Problem> {
        integer(self.value(key)?, key)
    }

    /// An integer, or null.
    pub(crate) fn nullable_integer<T: TryFrom<i64>>(self, key: &str) -> Result<Option<T>, Problem> {
        let value = self.value(key)?;
        if value.is_null() { Ok(None) } else { integer(value, key).map(Some) }
    }

    /// The entries of an array that is there only where it applies.
    pub(crate) fn entries(self, key: &str) -> Result<&'a [Value], Problem> {
        let Some(value) = self.0.get(key) else { return Ok(&[]) };
        value.as_array().map(Vec::as_slice).ok_or_else(|| format!("`{key}` is no array"))
    }

    /// The entries of an array that must be there.
    pub(crate) fn array(self, key: &str) -> Result<&'a [Value], Problem> {
        self.value(key).and_then(|_| self.entries(key))
    }

    /// Bytes as base64, or null.
    pub(crate) fn nullable_base64(self, key: &str) -> Result<Option<Vec<u8>>, Problem> {
        nullable_base64(self.value(key)?).map_err(|problem| format!("`{key}`: {problem}"))
    }

    pub(crate) fn bytes(self, key: &str) -> Result<Vec<u8>, Problem> {
        bytewise::from_hex(self.text(key)?).map_err(|problem| format!("`{key}`: {problem}"))
    }
}

/// The bytes of base64, or of null.
pub(crate) fn nullable_base64(value: &Value) -> Result<Option<Vec<u8>>, Problem> {
    if value.is_null() {
        return Ok(None);
    }
    let bytes = value.as_str().and_then(|text| STANDARD.decode(text).ok());
    bytes.map(Some).ok_or_else(|| "neither base64 nor null".to_owned())
}

fn integer<T: TryFrom<i64>>(value: &Value, key: &str) -> Result<T, Problem> {
    let wide = value.as_i64().ok_or_else(|| format!("`{key}` is no integer"))?;
    T::try_from(wide).map_err(|_| format!("`{key}` is out of range: {wide}"))
}

/// Notes it if a field of the line is not what it should be.
pub(crate) fn compare<T: PartialEq + std::fmt::Debug>(
    problems: &mut Vec<Problem>,
    key: &str,
    line: Result<T, Problem>,
    ours: &T,
) {
    match line {
        Ok(line) if line == *ours => {}
        Ok(line) => problems.push(format!("`{key}`: the line has {line:?}, ours is {ours:?}")),
        Err(problem) => problems.push(problem),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_problem_names_the_field() {
        let line = json!({"text": "abc", "number": 40_000, "null": null, "list": 1});
        let line = Fields(line.as_object().unwrap());
        let problem = |found: Result<(), Problem>| found.unwrap_err();
        let absent = problem(line.text("absent").map(drop));
        assert_eq!(absent, "the line lacks its field `absent`");
        assert_eq!(problem(line.text("number").map(drop)), "`number` is no text");
        let large = problem(line.integer::<i16>("number").map(drop));
        assert_eq!(large, "`number` is out of range: 40000");
        assert_eq!(problem(line.integer::<i16>("null").map(drop)), "`null` is no integer");
        assert_eq!(problem(line.bool("text").map(drop)), "`text` is neither true nor false");
        assert_eq!(problem(line.entries("list").map(drop)), "`list` is no array");
        assert!(problem(line.bytes("text").map(drop)).starts_with("`text`: "));
    }

    #[test]
    fn what_may_be_missing_has_a_value_then() {
        let line = json!({"mark": true, "null": null});
        let line = Fields(line.as_object().unwrap());
        assert_eq!(line.mark("mark"), Ok(true));
        assert_eq!(line.mark("absent"), Ok(false));
        assert_eq!(line.nullable_integer::<i16>("null"), Ok(None));
        assert_eq!(line.entries("absent"), Ok(&[][..]));
    }

    #[test]
    fn a_field_that_is_not_as_expected_is_noted() {
        let mut problems = Vec::new();
        compare(&mut problems, "version", Ok(3), &3);
        compare(&mut problems, "version", Ok(3), &4);
        compare(&mut problems, "version", Err("lost".to_owned()), &3);
        assert_eq!(problems, ["`version`: the line has 3, ours is 4", "lost"]);
    }
}
