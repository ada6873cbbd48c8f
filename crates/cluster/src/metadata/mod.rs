//! The picture of the cluster: brokers, topics, leaders and their epochs, and how old it is.
//!
//! The one home of the rule that the epoch of a leader never goes back. Whoever changes the picture
//! (a refresh, a hint) leaves events behind; the layers above read those and never compare
//! pictures themselves. The rules that hold here stand in the crate's `RULES.md`.

mod answer;
mod asking;
mod brokers;
mod event;
mod in_sync;
mod interest;
mod leaders;
mod machine;
mod oddities;
mod picture;
mod query;
mod reading;
mod schedule;
mod topic;

pub use brokers::Broker;
pub use event::{Event, Gone};
pub use machine::{Hint, Metadata};
pub use oddities::Oddities;
pub use query::Query;
pub use topic::{LeaderAt, Partition, Topic, TopicRef};
