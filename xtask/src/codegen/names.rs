//! Names: of Rust fields, of JSON keys, of modules, and of the newtypes that fields deserve.

use super::ir::Primitive;

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Keywords that cannot even be a raw name.
const NEVER: &[&str] = &["crate", "self", "super"];

/// `TransactionalId` to `transactional_id`, `V3AndBelowId` to `v3_and_below_id`.
pub(crate) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let starts = before.is_some_and(|c| !c.is_uppercase())
            || (before.is_some() && after.is_some_and(|c| c.is_lowercase()));
        if letter.is_uppercase() && starts {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// The Rust field of a spec field.
pub(crate) fn field(name: &str) -> String {
    let snake = snake(name);
    match snake.as_str() {
        keyword if KEYWORDS.contains(&keyword) => format!("r#{snake}"),
        keyword if NEVER.contains(&keyword) => format!("{snake}_"),
        _ => snake,
    }
}

/// The key in the reference's JSON: the first letter in lower case.
pub(crate) fn json(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The newtype of `klamm-wire` for a field, where its spec says what the number means.
pub(crate) fn newtype(
    parent: &str,
    name: &str,
    primitive: Primitive,
    entity: Option<&str>,
) -> Option<&'static str> {
    match (primitive, name, entity) {
        (Primitive::Int32, _, Some("brokerId")) => Some("NodeId"),
        (Primitive::Int64, _, Some("producerId")) => Some("ProducerId"),
        (Primitive::Int16, "ProducerEpoch", _) => Some("Epoch"),
        (Primitive::Uuid, "TopicId", _) => Some("TopicId"),
        (Primitive::Int16, name, _) if name.ends_with("ErrorCode") => Some("ErrorCode"),
        (Primitive::Int32, name, _) if is_partition(parent, name) => Some("PartitionIndex"),
        _ => None,
    }
}

fn is_partition(parent: &str, name: &str) -> bool {
    let names = ["Partition", "PartitionId", "PartitionIndex", "PartitionIndexes", "Partitions"];
    names.contains(&name) || (name == "Index" && parent.starts_with("Partition"))
}

#[cfg(test)]
mod tests {
    use super::super::ir::Primitive;
    use super::{field, json, newtype, snake};

    #[test]
    fn names_are_split_at_their_words() {
        for (from, to) in [
            ("TransactionalId", "transactional_id"),
            ("V3AndBelowTopics", "v3_and_below_topics"),
            ("KRaftVersionFeature", "k_raft_version_feature"),
            ("IsrNodes", "isr_nodes"),
            ("ISRNodes", "isr_nodes"),
            ("Enable2Pc", "enable2_pc"),
            ("simple", "simple"),
        ] {
            assert_eq!(snake(from), to);
        }
        assert_eq!(field("Type"), "r#type");
        assert_eq!(field("Self"), "self_");
        assert_eq!(json("TopicData"), "topicData");
    }

    #[test]
    fn numbers_with_a_meaning_get_their_newtype() {
        let of = |parent, name, primitive, entity| newtype(parent, name, primitive, entity);
        assert_eq!(of("A", "LeaderId", Primitive::Int32, Some("brokerId")), Some("NodeId"));
        assert_eq!(of("A", "Index", Primitive::Int32, None), None);
        let index = of("PartitionProduceData", "Index", Primitive::Int32, None);
        assert_eq!(index, Some("PartitionIndex"));
        assert_eq!(of("A", "TopicErrorCode", Primitive::Int16, None), Some("ErrorCode"));
    }
}
