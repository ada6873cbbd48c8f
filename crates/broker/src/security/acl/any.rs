//! Whether some topic at all may be written to, without looking at the topics that exist.
//!
//! Only rules are compared with rules: a permission counts unless a denial for the same client
//! covers everything that it could give. Implied operations do not count here.

use super::{Acl, Acls, Operation, Pattern, Permission, Resource, ResourceKind};
use crate::security::Principal;

/// A name without meaning: what is allowed to it is allowed by a rule for all names, or by none.
const PROBE: &str = "hardcode";

impl Acls {
    /// Whether there could be a topic to which the principal may do this.
    #[must_use]
    pub fn allows_any_topic(
        &self,
        principal: &Principal,
        host: &str,
        operation: Operation,
    ) -> bool {
        // Super users, and clusters without rules: neither shows in the rules below.
        if self.allows(principal, host, operation, &Resource::Topic(PROBE)) {
            return true;
        }
        let applies = |acl: &&Acl| {
            acl.kind == ResourceKind::Topic
                && acl.is_for(principal, host)
                && acl.operation.covers(operation)
        };
        let (denials, permissions): (Vec<&Acl>, Vec<&Acl>) =
            self.rules.iter().filter(applies).partition(|a| a.permission == Permission::Deny);
        let denied = |pattern| denials.iter().any(|denial| swallows(&denial.pattern, pattern));
        permissions.iter().any(|permission| !denied(&permission.pattern))
    }
}

/// Whether a denial leaves nothing of what a permission gives.
fn swallows(denial: &Pattern, permission: &Pattern) -> bool {
    match (denial, permission) {
        (Pattern::Any, _) => true,
        (_, Pattern::Any) => false,
        (Pattern::Literal(denied), Pattern::Literal(allowed)) => denied == allowed,
        (Pattern::Literal(_), Pattern::Prefixed(_)) => false,
        (Pattern::Prefixed(denied), Pattern::Literal(allowed) | Pattern::Prefixed(allowed)) => {
            // The empty prefix is not among those that Kafka compares.
            !denied.is_empty() && allowed.starts_with(denied.as_str())
        }
    }
}
