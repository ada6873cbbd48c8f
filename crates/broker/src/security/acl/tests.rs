//! Rights, one rule of Kafka's authorizer at a time.

use super::*;

const HOST: &str = "127.0.0.1";

fn alice() -> Principal {
    Principal::user("alice")
}

fn topic(operation: Operation, pattern: &str) -> Acl {
    Acl::allow(alice(), operation, ResourceKind::Topic, named(pattern))
}

fn no_topic(operation: Operation, pattern: &str) -> Acl {
    Acl::deny(alice(), operation, ResourceKind::Topic, named(pattern))
}

/// `*`, a prefix such as `a-*`, or a name.
fn named(pattern: &str) -> Pattern {
    match pattern.strip_suffix('*') {
        Some("") => Pattern::Any,
        Some(prefix) => Pattern::Prefixed(prefix.to_owned()),
        None => Pattern::Literal(pattern.to_owned()),
    }
}

fn acls<const N: usize>(rules: [Acl; N]) -> Acls {
    rules.into_iter().fold(Acls::new(), Acls::with)
}

fn may(acls: &Acls, operation: Operation, name: &str) -> bool {
    acls.allows(&alice(), HOST, operation, &Resource::Topic(name))
}

#[test]
fn without_rules_the_setting_decides_and_with_them_it_does_not() {
    let open = Acls::new().allow_if_no_acl_found(true);
    assert!(!may(&Acls::new(), Operation::Write, "a"));
    assert!(may(&open, Operation::Write, "a"));
    let other = Acl::allow(
        Principal::user("bob"),
        Operation::Read,
        ResourceKind::Topic,
        Pattern::Literal("a".to_owned()),
    );
    let open = open.with(other);
    assert!(!may(&open, Operation::Write, "a"), "somebody else's rule closes the topic");
    assert!(may(&open, Operation::Write, "b"));
}

#[test]
fn patterns_are_literal_prefixed_or_all() {
    let acls = acls([topic(Operation::Write, "exact"), topic(Operation::Write, "pre-*")]);
    for (name, allowed) in
        [("exact", true), ("exactly", false), ("pre-", true), ("pre-x", true), ("pr", false)]
    {
        assert_eq!(may(&acls, Operation::Write, name), allowed, "{name}");
    }
    assert!(may(&acls.with(topic(Operation::Write, "*")), Operation::Write, "anything"));
}

#[test]
fn a_denial_wins_over_every_permission() {
    for denial in ["a", "a*", "*"] {
        for permission in ["a", "a*", "*"] {
            let rules = [topic(Operation::All, permission), no_topic(Operation::Write, denial)];
            assert!(!may(&acls(rules), Operation::Write, "a"), "{denial} over {permission}");
        }
    }
}

#[test]
fn changing_implies_describing_and_denying_implies_nothing() {
    for operation in [Operation::Read, Operation::Write, Operation::Delete, Operation::Alter] {
        assert!(may(&acls([topic(operation, "a")]), Operation::Describe, "a"), "{operation:?}");
        let rules = [topic(Operation::Describe, "a"), no_topic(operation, "a")];
        assert!(may(&acls(rules), Operation::Describe, "a"), "{operation:?}");
    }
    assert!(!may(&acls([topic(Operation::Create, "a")]), Operation::Describe, "a"));
    let configs = acls([topic(Operation::AlterConfigs, "a")]);
    assert!(may(&configs, Operation::DescribeConfigs, "a"));
    assert!(!may(&configs, Operation::Describe, "a"));
}

#[test]
fn a_rule_holds_for_its_principal_and_its_address() {
    let acls = acls([topic(Operation::Write, "a").from_host("10.0.0.1")]);
    let wants = |who: &str, host: &str| {
        acls.allows(&Principal::user(who), host, Operation::Write, &Resource::Topic("a"))
    };
    assert!(wants("alice", "10.0.0.1"));
    assert!(!wants("alice", HOST));
    assert!(!wants("bob", "10.0.0.1"));
}

#[test]
fn everybody_is_a_principal_and_a_super_user_needs_no_rule() {
    let everybody =
        Acl::allow(Principal::user("*"), Operation::Read, ResourceKind::Topic, Pattern::Any);
    assert!(may(&acls([everybody]), Operation::Read, "a"));
    let denied = acls([no_topic(Operation::All, "*")]).super_user(alice());
    assert!(may(&denied, Operation::Write, "a"));
    assert!(denied.allows_any_topic(&alice(), HOST, Operation::Write));
}

#[test]
fn kinds_of_resources_are_apart() {
    let acls = acls([topic(Operation::All, "*")]);
    let allows = |resource: Resource<'_>| acls.allows(&alice(), HOST, Operation::Read, &resource);
    assert!(allows(Resource::Topic("a")));
    assert!(!allows(Resource::Group("a")));
    assert!(!allows(Resource::TransactionalId("a")));
    assert!(!allows(Resource::Cluster));
}

#[test]
fn the_cluster_is_found_by_its_name() {
    let pattern = Pattern::Literal(CLUSTER_NAME.to_owned());
    let acl = Acl::allow(alice(), Operation::IdempotentWrite, ResourceKind::Cluster, pattern);
    assert!(acls([acl]).allows_idempotent_write(&alice(), HOST));
    assert!(!Acls::new().allows_idempotent_write(&alice(), HOST));
}

#[test]
fn writing_to_any_topic_is_enough_to_be_idempotent() {
    for pattern in ["a", "a*", "*"] {
        let acls = acls([topic(Operation::Write, pattern)]);
        assert!(acls.allows_idempotent_write(&alice(), HOST), "{pattern}");
    }
    assert!(!acls([topic(Operation::Read, "*")]).allows_idempotent_write(&alice(), HOST));
    assert!(Acls::new().allow_if_no_acl_found(true).allows_idempotent_write(&alice(), HOST));
}

#[test]
fn a_permission_that_a_denial_swallows_is_no_topic() {
    let any = |permission: &str, denial: &str| {
        acls([topic(Operation::Write, permission), no_topic(Operation::Write, denial)])
            .allows_any_topic(&alice(), HOST, Operation::Write)
    };
    for (permission, denial) in [("ab", "ab"), ("ab", "a*"), ("ab*", "a*"), ("ab", "*"), ("*", "*")]
    {
        assert!(!any(permission, denial), "{permission} under {denial}");
    }
    for (permission, denial) in [("ab", "abc"), ("a*", "ab*"), ("ab*", "ab"), ("*", "a*")] {
        assert!(any(permission, denial), "{permission} under {denial}");
    }
}

#[test]
fn authorized_operations_are_bits() {
    let acls = acls([topic(Operation::Write, "a"), topic(Operation::AlterConfigs, "a")]);
    let bits = acls.authorized_operations(&alice(), HOST, &Resource::Topic("a"));
    assert_eq!(bits, 1 << 4 | 1 << 8 | 1 << 10 | 1 << 11);
    assert_eq!(acls.authorized_operations(&alice(), HOST, &Resource::Topic("b")), 0);
}

#[test]
fn a_rule_can_be_taken_back() {
    let mut acls = acls([topic(Operation::Write, "a")]);
    assert!(!acls.add(topic(Operation::Write, "a")));
    assert_eq!(acls.rules().count(), 1);
    assert!(acls.remove(&topic(Operation::Write, "a")));
    assert!(!acls.remove(&topic(Operation::Write, "a")));
    assert!(!may(&acls, Operation::Write, "a"));
}
