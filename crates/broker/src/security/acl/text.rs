//! Rules as people write them: `allow User:alice Write topic:orders`.

use std::fmt;
use std::str::FromStr;

use super::{Acl, Operation, Pattern, Permission, ResourceKind};

/// A text that is no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAcl {
    text: String,
    expected: &'static str,
}

impl fmt::Display for NoAcl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, expected } = self;
        write!(
            f,
            "`{text}` is no rule, for want of {expected}: one is written like `allow User:alice \
             Write topic:orders from 127.0.0.1`, the last two words being optional"
        )
    }
}

impl std::error::Error for NoAcl {}

impl FromStr for Acl {
    type Err = NoAcl;

    /// Reads `allow|deny PRINCIPAL OPERATION RESOURCE [from HOST]`. A resource is `cluster`, or
    /// `topic:`, `group:` or `txn:` with a name behind it; a name that ends with `*` means every
    /// name that begins so.
    fn from_str(text: &str) -> Result<Self, NoAcl> {
        let wanted = |expected| NoAcl { text: text.to_owned(), expected };
        let mut words = text.split_whitespace();
        let permission = match words.next() {
            Some("allow") => Permission::Allow,
            Some("deny") => Permission::Deny,
            _ => return Err(wanted("`allow` or `deny`")),
        };
        let principal = words.next().and_then(|word| word.parse().ok());
        let principal = principal.ok_or_else(|| wanted("a principal"))?;
        let operation = words.next().and_then(Operation::from_name);
        let operation = operation.ok_or_else(|| wanted("an operation"))?;
        let resource = words.next().and_then(resource);
        let (kind, pattern) = resource.ok_or_else(|| wanted("a resource"))?;
        let host = match (words.next(), words.next(), words.next()) {
            (None, ..) => "*".to_owned(),
            (Some("from"), Some(host), None) => host.to_owned(),
            _ => return Err(wanted("`from` and an address")),
        };
        Ok(Self { kind, pattern, principal, host, operation, permission })
    }
}

fn resource(word: &str) -> Option<(ResourceKind, Pattern)> {
    if word == "cluster" {
        let name = super::CLUSTER_NAME.to_owned();
        return Some((ResourceKind::Cluster, Pattern::Literal(name)));
    }
    let (kind, name) = word.split_once(':')?;
    let kind = match kind {
        "topic" => ResourceKind::Topic,
        "group" => ResourceKind::Group,
        "txn" => ResourceKind::TransactionalId,
        _ => return None,
    };
    let pattern = match name.strip_suffix('*') {
        Some("") => Pattern::Any,
        Some(prefix) => Pattern::Prefixed(prefix.to_owned()),
        None if name.is_empty() => return None,
        None => Pattern::Literal(name.to_owned()),
    };
    Some((kind, pattern))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::Principal;

    #[test]
    fn rules_are_read_as_people_write_them() {
        let alice = || Principal::user("alice");
        let (topic, write) = (ResourceKind::Topic, Operation::Write);
        let literal = Pattern::Literal("orders".to_owned());
        let read = |text: &str| text.parse::<Acl>().expect(text);
        let acl = Acl::allow(alice(), write, topic, literal.clone());
        assert_eq!(read("allow User:alice Write topic:orders"), acl);
        let acl = Acl::deny(alice(), Operation::All, topic, literal).from_host("10.0.0.1");
        assert_eq!(read("deny User:alice All topic:orders from 10.0.0.1"), acl);
        let prefixed = Pattern::Prefixed("t-".to_owned());
        let acl = Acl::allow(alice(), write, ResourceKind::TransactionalId, prefixed);
        assert_eq!(read("allow User:alice Write txn:t-*"), acl);
        assert_eq!(read("allow User:alice Read group:*").pattern, Pattern::Any);
        let cluster = read("allow User:alice IdempotentWrite cluster");
        assert_eq!(cluster.kind, ResourceKind::Cluster);
    }

    #[test]
    fn what_is_no_rule_is_told_what_it_lacks() {
        for (text, expected) in [
            ("", "`allow` or `deny`"),
            ("allow alice Write topic:orders", "a principal"),
            ("allow User:alice Fly topic:orders", "an operation"),
            ("allow User:alice Write orders", "a resource"),
            ("allow User:alice Write topic:", "a resource"),
            ("allow User:alice Write topic:orders in haste", "`from` and an address"),
        ] {
            let error = text.parse::<Acl>().expect_err(text);
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
