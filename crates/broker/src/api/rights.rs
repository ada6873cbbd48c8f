//! Whether the client of a request may do what it asks for.
//!
//! A cluster without lists asks nobody: every answer here is then known before anything is looked
//! up.

use klamm_wire::ErrorCode;

use super::Call;
use crate::security::acl::{Operation, Resource};

impl Call<'_> {
    /// Whether the client may do this.
    pub(super) fn may(&self, operation: Operation, resource: Resource<'_>) -> bool {
        let Some(acls) = &self.state.settings.security.acls else { return true };
        acls.allows(&self.session.principal, self.address(), operation, &resource)
    }

    /// As [`may`](Self::may), with the error that says no.
    pub(super) fn check(
        &self,
        operation: Operation,
        resource: Resource<'_>,
    ) -> Result<(), ErrorCode> {
        if self.may(operation, resource) { Ok(()) } else { Err(refusal(&resource)) }
    }

    /// Whether the client may create a topic: by the right of the cluster, or of the topic.
    pub(super) fn may_create(&self, topic: &str) -> bool {
        self.may(Operation::Create, Resource::Cluster)
            || self.may(Operation::Create, Resource::Topic(topic))
    }

    /// Whether the client may produce idempotently.
    pub(super) fn may_write_idempotently(&self) -> bool {
        let acls = self.state.settings.security.acls.as_ref();
        acls.is_none_or(|acls| {
            acls.allows_idempotent_write(&self.session.principal, self.address())
        })
    }

    /// What the client may do with a resource, a bit for each operation.
    pub(super) fn operations_on(&self, resource: Resource<'_>) -> i32 {
        let operations = resource.kind().operations().iter();
        operations
            .filter(|operation| self.may(**operation, resource))
            .fold(0, |bits, operation| bits | 1 << operation.code())
    }

    /// The operations on the cluster that an answer tells: none to whom it must not be described.
    pub(super) fn operations_on_cluster(&self) -> i32 {
        let resource = Resource::Cluster;
        if self.may(Operation::Describe, resource) { self.operations_on(resource) } else { 0 }
    }

    /// The address that lists are compared with: hosts are kept with a slash in front.
    fn address(&self) -> &str {
        self.session.host.trim_start_matches('/')
    }
}

/// The error that speaks of this kind of resource.
const fn refusal(resource: &Resource<'_>) -> ErrorCode {
    match resource {
        Resource::Topic(_) => ErrorCode::TOPIC_AUTHORIZATION_FAILED,
        Resource::Group(_) => ErrorCode::GROUP_AUTHORIZATION_FAILED,
        Resource::Cluster => ErrorCode::CLUSTER_AUTHORIZATION_FAILED,
        Resource::TransactionalId(_) => ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    }
}
