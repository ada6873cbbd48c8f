//! Access control lists: who may do what, decided as Kafka's own authorizer decides it.
//!
//! A denial that matches wins over every permission. Allowing somebody to read, write, delete or
//! alter allows to describe; denying these denies nothing else. Where no rule at all speaks of a
//! resource, a setting decides; where rules speak of it, but of others, the answer is no.

mod any;
mod text;
mod words;

use std::collections::BTreeSet;

use super::Principal;

pub use text::NoAcl;
pub use words::{CLUSTER_NAME, Operation, Pattern, Permission, Resource, ResourceKind};

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Acl {
    /// Which sort of resource it is about.
    pub kind: ResourceKind,
    /// Which of them.
    pub pattern: Pattern,
    /// Whom it is about; `User:*` is everybody.
    pub principal: Principal,
    /// The address it holds for; `*` for any.
    pub host: String,
    /// Which operation.
    pub operation: Operation,
    /// Whether it gives or takes.
    pub permission: Permission,
}

impl Acl {
    /// A rule that allows an operation from any address.
    #[must_use]
    pub fn allow(
        principal: Principal,
        operation: Operation,
        kind: ResourceKind,
        pattern: Pattern,
    ) -> Self {
        let (host, permission) = ("*".to_owned(), Permission::Allow);
        Self { kind, pattern, principal, host, operation, permission }
    }

    /// A rule that denies an operation from any address.
    #[must_use]
    pub fn deny(
        principal: Principal,
        operation: Operation,
        kind: ResourceKind,
        pattern: Pattern,
    ) -> Self {
        Self { permission: Permission::Deny, ..Self::allow(principal, operation, kind, pattern) }
    }

    /// The same rule for one address.
    #[must_use]
    pub fn from_host(self, host: impl Into<String>) -> Self {
        Self { host: host.into(), ..self }
    }

    fn is_about(&self, resource: &Resource<'_>) -> bool {
        self.kind == resource.kind() && self.pattern.matches(resource.name())
    }

    fn is_for(&self, principal: &Principal, host: &str) -> bool {
        let everybody = || self.principal.kind() == "User" && self.principal.name() == "*";
        (self.host == "*" || self.host == host) && (self.principal == *principal || everybody())
    }

    fn speaks_of(&self, operation: Operation) -> bool {
        match self.permission {
            Permission::Allow => self.operation.allows(operation),
            Permission::Deny => self.operation.covers(operation),
        }
    }
}

/// All rules of a cluster.
///
/// Without rules and super users, nobody may do anything: a cluster without an authorizer is one
/// that does not ask, or one made with [`Acls::allow_if_no_acl_found`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Acls {
    rules: BTreeSet<Acl>,
    super_users: BTreeSet<Principal>,
    allow_if_none: bool,
}

impl Acls {
    /// No rules, no super users.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a user to whom no rule applies (`super.users`).
    #[must_use]
    pub fn super_user(mut self, principal: Principal) -> Self {
        self.super_users.insert(principal);
        self
    }

    /// What is said of a resource that no rule matches (`allow.everyone.if.no.acl.found`).
    #[must_use]
    pub fn allow_if_no_acl_found(mut self, allow: bool) -> Self {
        self.allow_if_none = allow;
        self
    }

    /// The same with one more rule.
    #[must_use]
    pub fn with(mut self, acl: Acl) -> Self {
        self.add(acl);
        self
    }

    /// Adds a rule; false when it was there already.
    pub fn add(&mut self, acl: Acl) -> bool {
        self.rules.insert(acl)
    }

    /// Removes a rule; false when it was not there.
    pub fn remove(&mut self, acl: &Acl) -> bool {
        self.rules.remove(acl)
    }

    /// Every rule, in a stable order.
    pub fn rules(&self) -> impl Iterator<Item = &Acl> {
        self.rules.iter()
    }

    /// Whether the principal, from this address, may do this to that.
    #[must_use]
    pub fn allows(
        &self,
        principal: &Principal,
        host: &str,
        operation: Operation,
        resource: &Resource<'_>,
    ) -> bool {
        if self.super_users.contains(principal) {
            return true;
        }
        let mut about = self.rules.iter().filter(|acl| acl.is_about(resource)).peekable();
        if about.peek().is_none() {
            return self.allow_if_none;
        }
        // Of the rules that apply the strictest decides, so one denial outweighs the rest.
        about
            .filter(|acl| acl.is_for(principal, host) && acl.speaks_of(operation))
            .map(|acl| acl.permission)
            .max()
            .is_some_and(|strictest| strictest == Permission::Allow)
    }

    /// What the principal may do to a resource, a bit for each [`Operation::code`], as answers
    /// carry it.
    #[must_use]
    pub fn authorized_operations(
        &self,
        principal: &Principal,
        host: &str,
        resource: &Resource<'_>,
    ) -> i32 {
        let operations = resource.kind().operations().iter();
        operations
            .filter(|operation| self.allows(principal, host, **operation, resource))
            .fold(0, |bits, operation| bits | 1 << operation.code())
    }

    /// Whether the principal may produce idempotently: by the right of the cluster, or because it
    /// may write to some topic, which is enough for brokers since 3.0 (KIP-679).
    #[must_use]
    pub fn allows_idempotent_write(&self, principal: &Principal, host: &str) -> bool {
        self.allows(principal, host, Operation::IdempotentWrite, &Resource::Cluster)
            || self.allows_any_topic(principal, host, Operation::Write)
    }
}

#[cfg(test)]
mod tests;
