//! Where two JSON values part, as a path and the two sides.

use serde_json::{Map, Number, Value};

use crate::fields::Problem;

/// How much of a value is shown.
const SHOWN: usize = 60;

/// The first place where our JSON differs from that of the line.
pub(crate) fn difference(ours: &Value, line: &Value) -> Option<Problem> {
    at(&mut String::new(), ours, line)
}

fn at(path: &mut String, ours: &Value, line: &Value) -> Option<Problem> {
    match (ours, line) {
        (Value::Object(ours), Value::Object(line)) => in_object(path, ours, line),
        (Value::Array(ours), Value::Array(line)) => in_array(path, ours, line),
        (Value::Number(ours_number), Value::Number(line_number)) => {
            (!is_same(ours_number, line_number)).then(|| differ(path, ours, line))
        }
        _ => (ours != line).then(|| differ(path, ours, line)),
    }
}

/// Integers are compared exactly; `0.5` and `5e-1` are one number, `0.0` and `-0.0` are two.
fn is_same(ours: &Number, line: &Number) -> bool {
    if ours.is_f64() || line.is_f64() {
        ours.as_f64().map(f64::to_bits) == line.as_f64().map(f64::to_bits)
    } else {
        ours == line
    }
}

fn in_object(
    path: &mut String,
    ours: &Map<String, Value>,
    line: &Map<String, Value>,
) -> Option<Problem> {
    let mut keys: Vec<&String> = ours.keys().chain(line.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter().find_map(|key| {
        let dot = if path.is_empty() { "" } else { "." };
        within(path, &format!("{dot}{key}"), |path| match (ours.get(key), line.get(key)) {
            (Some(ours), Some(line)) => at(path, ours, line),
            (Some(ours), None) => {
                Some(format!("`{path}`: ours is {}, the line has no such field", shown(ours)))
            }
            (None, line) => {
                let line = line.map(shown).unwrap_or_default();
                Some(format!("`{path}`: ours has no such field, the line has {line}"))
            }
        })
    })
}

fn in_array(path: &mut String, ours: &[Value], line: &[Value]) -> Option<Problem> {
    if ours.len() != line.len() {
        let (ours, line) = (ours.len(), line.len());
        return Some(format!("`{path}`: ours has {ours} elements, the line has {line}"));
    }
    ours.iter().zip(line).enumerate().find_map(|(index, (ours, line))| {
        within(path, &format!("[{index}]"), |path| at(path, ours, line))
    })
}

/// Goes one step down and comes back.
fn within<T>(path: &mut String, step: &str, of: impl FnOnce(&mut String) -> T) -> T {
    let before = path.len();
    path.push_str(step);
    let found = of(path);
    path.truncate(before);
    found
}

fn differ(path: &str, ours: &Value, line: &Value) -> Problem {
    let path = if path.is_empty() { "json" } else { path };
    format!("`{path}`: ours is {}, the line has {}", shown(ours), shown(line))
}

/// A value as text, cut where it is long.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn equal_values_have_no_difference() {
        let value = json!({"a": [1, null, {"b": "text"}], "c": true});
        assert_eq!(difference(&value, &value.clone()), None);
    }

    #[test]
    fn a_difference_is_found_at_its_path() {
        let ours = json!({"topics": [{"name": "a"}, {"partitions": [{"id": 1}, {"id": 2}]}]});
        let line = json!({"topics": [{"name": "a"}, {"partitions": [{"id": 1}, {"id": 3}]}]});
        let expected = "`topics[1].partitions[1].id`: ours is 2, the line has 3";
        assert_eq!(difference(&ours, &line).as_deref(), Some(expected));
    }

    #[test]
    fn a_field_on_one_side_alone_is_a_difference() {
        let (with, without) = (json!({"a": {"b": 1}}), json!({"a": {}}));
        let ours = "`a.b`: ours is 1, the line has no such field";
        let line = "`a.b`: ours has no such field, the line has 1";
        assert_eq!(difference(&with, &without).as_deref(), Some(ours));
        assert_eq!(difference(&without, &with).as_deref(), Some(line));
    }

    #[test]
    fn arrays_of_other_lengths_differ() {
        let expected = "`a`: ours has 1 elements, the line has 2";
        let found = difference(&json!({"a": [1]}), &json!({"a": [1, 2]}));
        assert_eq!(found.as_deref(), Some(expected));
    }

    #[test]
    fn large_integers_are_compared_exactly() {
        let (one, other) = (parsed("9223372036854775807"), parsed("9223372036854775806"));
        assert!(difference(&one, &other).is_some());
        assert_eq!(difference(&one, &one.clone()), None);
    }

    #[test]
    fn floats_are_compared_by_value_and_sign() {
        assert_eq!(difference(&parsed("0.5"), &parsed("5e-1")), None);
        assert_eq!(difference(&parsed("3.0"), &parsed("3")), None);
        assert!(difference(&parsed("0.0"), &parsed("-0.0")).is_some());
        assert!(difference(&parsed("4.9E-324"), &parsed("0.0")).is_some());
    }

    #[test]
    fn values_of_other_types_differ() {
        for pair in [(json!(1), json!("1")), (json!(null), json!([])), (json!({}), json!([]))] {
            assert!(difference(&pair.0, &pair.1).is_some(), "{pair:?}");
        }
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        let text = shown(&json!("é".repeat(100)));
        assert_eq!(text.chars().count(), SHOWN + 1);
        assert!(text.ends_with("é…"));
    }
}
