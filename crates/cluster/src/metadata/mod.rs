//! The picture of the cluster: brokers, topics, leaders and their epochs, and how old it is.
//!
//! The one home of the rule that the epoch of a leader never goes back. Whoever changes the picture
//! (a refresh, a hint) leaves events behind; the layers above read those and never compare
//! pictures themselves.

mod event;
mod machine;
mod topic;

pub use event::{Event, Gone};
pub use machine::{Broker, Hint, Metadata, Query};
pub use topic::{LeaderAt, Partition, Topic, TopicRef};
