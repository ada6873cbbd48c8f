//! Ids of the table that no case has, and why.

/// The ids, with a reason for each.
pub const NOT_RUN: &[(&str, &str)] = &[
    ("API-11", "ApiVersions v5 is not in the specs"),
    ("API-12", "ApiVersions v5 is not in the specs"),
    ("FRM-06", "takes the idle limit of the broker, ten minutes by default"),
    ("PRD-17", "needs a second broker"),
    ("PRD-18", "needs a second broker"),
    ("PRD-24", "needs rights to be taken away"),
    ("SEQ-15", "needs a restart"),
    ("SEQ-16", "needs a second broker"),
    ("PID-12", "needs a second broker"),
    ("PID-14", "takes thirty thousand round trips"),
    ("PID-13", "needs rights to be taken away"),
    ("TXN-10", "needs rights to be taken away"),
    ("TXN-22", "needs a second broker and a restart"),
    ("QUO-01", "needs quotas to be set"),
    ("QUO-02", "needs quotas to be set"),
    ("QUO-03", "needs quotas to be set"),
    ("ROB-04", "needs restarts"),
];
