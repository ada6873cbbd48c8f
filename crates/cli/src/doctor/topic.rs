//! The topic that is to be written to: whether it is there, and who leads its partitions.

use std::collections::BTreeMap;

use klamm_cluster::failure::next_step_for;
use klamm_protocol::ApiKey;
use klamm_wire::{ErrorCode, NodeId, TopicId};
use serde_json::{Value, json};

use super::finding::{Finding, Stage, Trouble};
use super::picture::{PartitionSeen, TopicSeen};
use crate::exit::Exit;

/// So many numbers of partitions are listed in a sentence.
const LISTED: usize = 10;

/// What can be said of a topic.
pub(super) fn finding(name: &str, seen: &TopicSeen) -> Finding {
    let base = Finding::good(Stage::Topic, format!("`{name}`")).with("topic", name);
    if seen.code != ErrorCode::NONE && seen.code != ErrorCode::LEADER_NOT_AVAILABLE {
        let next = next_step_for(seen.code, ApiKey::Metadata).map(str::to_owned);
        let base = base.with("error_code", seen.code.0);
        return base.bad(Trouble::new(seen.code, next), Exit::Failed);
    }
    let id =
        if seen.id == TopicId::default() { "no id".to_owned() } else { format!("id {}", seen.id) };
    let finding = Finding { said: format!("`{name}`: {id}, {}", led(seen)), ..base }
        .with("topic_id", seen.id.to_string())
        .with("partitions", seen.partitions.iter().map(row).collect::<Vec<_>>());
    judged(finding, &seen.partitions)
}

fn judged(finding: Finding, partitions: &[PartitionSeen]) -> Finding {
    let those = |is_one: fn(&PartitionSeen) -> bool| -> Vec<i32> {
        partitions.iter().filter(|one| is_one(one)).map(|one| one.index).collect()
    };
    let next = |code| next_step_for(code, ApiKey::Metadata).map(str::to_owned);
    let leaderless = those(|one| one.leader.0 < 0);
    if partitions.is_empty() || !leaderless.is_empty() {
        let cause = if partitions.is_empty() {
            "the broker names no partitions of it".to_owned()
        } else {
            format!("{} without a leader: {}", of(&leaderless, partitions), some(&leaderless))
        };
        let trouble = Trouble::new(cause, next(ErrorCode::LEADER_NOT_AVAILABLE));
        return finding.with("leaderless", leaderless).bad(trouble, Exit::Failed);
    }
    let behind = those(|one| one.in_sync < one.replicas);
    if behind.is_empty() {
        return finding;
    }
    let cause = format!("{} with replicas that lag: {}", of(&behind, partitions), some(&behind));
    let next = "Look at the brokers that are behind: with too few in sync (`min.insync.replicas`) \
                nothing can be written with acks=all.";
    finding.with("lagging", behind).doubtful(Trouble::new(cause, Some(next.to_owned())))
}

/// How many partitions there are, and how many each broker leads.
fn led(seen: &TopicSeen) -> String {
    let mut leaders: BTreeMap<NodeId, usize> = BTreeMap::new();
    for partition in seen.partitions.iter().filter(|one| one.leader.0 >= 0) {
        let led = leaders.entry(partition.leader).or_default();
        *led = led.saturating_add(1);
    }
    let count = match seen.partitions.len() {
        1 => "1 partition".to_owned(),
        many => format!("{many} partitions"),
    };
    let leaders =
        leaders.iter().take(LISTED).map(|(node, led)| format!("{led} on broker {}", node.0));
    let leaders: Vec<String> = leaders.collect();
    if leaders.is_empty() { count } else { format!("{count}, led: {}", leaders.join(", ")) }
}

fn of(some: &[i32], all: &[PartitionSeen]) -> String {
    format!("{} of {} partitions", some.len(), all.len())
}

fn some(numbers: &[i32]) -> String {
    let listed: Vec<String> = numbers.iter().take(LISTED).map(ToString::to_string).collect();
    let more = if numbers.len() > LISTED { ", …" } else { "" };
    format!("{}{more}", listed.join(", "))
}

fn row(partition: &PartitionSeen) -> Value {
    json!({
        "partition": partition.index,
        "leader": partition.leader.0,
        "replicas": partition.replicas,
        "in_sync": partition.in_sync,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Outcome;

    fn topic(leaders: &[i32], in_sync: usize) -> TopicSeen {
        let partitions = (0..).zip(leaders).map(|(index, leader)| PartitionSeen {
            index,
            leader: NodeId(*leader),
            replicas: 2,
            in_sync,
        });
        let id = TopicId::default();
        TopicSeen { code: ErrorCode::NONE, id, partitions: partitions.collect() }
    }

    #[test]
    fn a_good_topic_is_told_with_its_leaders() {
        let finding = finding("orders", &topic(&[1, 2, 1], 2));
        assert_eq!(finding.outcome, Outcome::Good);
        let wanted = "`orders`: no id, 3 partitions, led: 2 on broker 1, 1 on broker 2";
        assert_eq!(finding.said, wanted);
        assert_eq!(finding.facts["partitions"][1]["leader"], 2);
    }

    #[test]
    fn partitions_without_a_leader_are_told_by_number() {
        let finding = finding("orders", &topic(&[1, -1, -1], 2));
        assert_eq!(finding.exit(), Some(Exit::Failed));
        let trouble = finding.trouble().unwrap();
        assert_eq!(trouble.cause, "2 of 3 partitions without a leader: 1, 2");
        assert!(trouble.next_step.as_deref().unwrap().starts_with("Wait for a leader"));
    }

    #[test]
    fn a_topic_without_partitions_is_told_so() {
        let finding = finding("orders", &topic(&[], 2));
        assert_eq!(finding.exit(), Some(Exit::Failed));
        assert_eq!(finding.trouble().unwrap().cause, "the broker names no partitions of it");
    }

    #[test]
    fn replicas_that_lag_are_warned_of() {
        let finding = finding("orders", &topic(&[1], 1));
        assert_eq!(finding.exit(), None);
        let wanted = "1 of 1 partitions with replicas that lag: 0";
        assert_eq!(finding.trouble().unwrap().cause, wanted);
    }

    #[test]
    fn a_topic_that_cannot_be_seen_has_cause_and_next_step() {
        for (code, wanted) in [
            (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, "Create the topic"),
            (ErrorCode::TOPIC_AUTHORIZATION_FAILED, "Grant this client Write and Describe"),
        ] {
            let seen = TopicSeen { code, ..topic(&[], 0) };
            let finding = finding("orders", &seen);
            let trouble = finding.trouble().unwrap();
            assert_eq!(trouble.cause, code.to_string());
            assert!(trouble.next_step.as_deref().unwrap().starts_with(wanted), "{code}");
        }
    }
}
