//! The one home of the rule that the epoch of a leader never goes back.

use klamm_wire::NodeId;

use super::topic::{LeaderAt, Partition};

/// The first version of Metadata whose epochs can be relied on: brokers before it may name an old
/// one while partitions are being moved.
const FIRST_RELIABLE: i16 = 9;

/// What an answer says of the leadership of a partition.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    /// The leader, if there is one and it is a broker.
    pub(super) leader: Option<NodeId>,
    /// The generation; `None` where the answer does not say.
    pub(super) epoch: Option<i32>,
}

/// What came of news about a leadership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// They are older than what is known.
    Old,
    /// They say what is known.
    Same,
    /// There is another leader, or another generation of the same one, or none any more.
    Changed,
}

/// The epoch that an answer at a version states, if it can be relied on.
pub(super) fn stated(version: i16, epoch: i32) -> Option<i32> {
    (version >= FIRST_RELIABLE && epoch >= 0).then_some(epoch)
}

//= R13 an older epoch is old news; an equal one is the newest view of the same generation
/// What a Metadata answer changes.
pub(super) fn refresh(known: &mut Partition, said: Said) -> News {
    let epoch = said.epoch.unwrap_or(known.epoch);
    if epoch < known.epoch {
        return News::Old;
    }
    let leader = said.leader.map(|node| LeaderAt { node, epoch });
    let news = if leader == known.leader { News::Same } else { News::Changed };
    *known = Partition { leader, epoch };
    news
}

//= R13 a hint speaks of one moment of one leadership: only a newer epoch makes it news
/// Whether a hint is news, which it then becomes part of.
pub(super) fn hint(known: &mut Partition, leader: LeaderAt) -> News {
    let repeats = known.leader == Some(leader);
    if leader.epoch > known.epoch {
        *known = Partition { leader: Some(leader), epoch: leader.epoch };
    } else if !repeats {
        return News::Old;
    }
    if repeats { News::Same } else { News::Changed }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Partition =
        Partition { leader: Some(LeaderAt { node: NodeId(1), epoch: 5 }), epoch: 5 };

    fn refreshed(leader: Option<i32>, epoch: Option<i32>) -> (News, Partition) {
        let mut known = KNOWN;
        let news = refresh(&mut known, Said { leader: leader.map(NodeId), epoch });
        (news, known)
    }

    //= type=test R13
    #[test]
    fn an_older_epoch_is_old_news_and_an_equal_one_is_not() {
        assert_eq!(refreshed(Some(2), Some(4)), (News::Old, KNOWN));
        assert_eq!(refreshed(None, Some(4)), (News::Old, KNOWN));
        assert_eq!(refreshed(Some(1), Some(5)), (News::Same, KNOWN));
        let (news, known) = refreshed(Some(2), Some(5));
        assert_eq!((news, known.leader.map(|at| at.node.0)), (News::Changed, Some(2)));
        let (news, known) = refreshed(None, Some(5));
        assert_eq!((news, known), (News::Changed, Partition { leader: None, epoch: 5 }));
        let (news, known) = refreshed(Some(1), Some(6));
        assert_eq!((news, known.epoch), (News::Changed, 6));
    }

    //= type=test R13 F14
    #[test]
    fn an_answer_without_epochs_leaves_the_last_real_one() {
        let (news, known) = refreshed(None, None);
        assert_eq!((news, known), (News::Changed, Partition { leader: None, epoch: 5 }));
        let (_, known) = refreshed(Some(2), None);
        assert_eq!(known.leader, Some(LeaderAt { node: NodeId(2), epoch: 5 }));
    }

    //= type=test R13
    #[test]
    fn a_hint_is_news_only_with_a_newer_epoch() {
        for (node, epoch, news) in [
            (1, 5, News::Same),
            (2, 5, News::Old),
            (2, 4, News::Old),
            (2, -1, News::Old),
            (2, 6, News::Changed),
        ] {
            let mut known = KNOWN;
            let leader = LeaderAt { node: NodeId(node), epoch };
            assert_eq!(hint(&mut known, leader), news);
            let taken =
                if news == News::Changed { leader } else { LeaderAt { node: NodeId(1), epoch: 5 } };
            assert_eq!(known.leader, Some(taken));
        }
    }

    //= type=test R13
    #[test]
    fn epochs_of_old_versions_are_not_relied_on() {
        assert_eq!(stated(8, 3), None);
        assert_eq!(stated(9, 3), Some(3));
        assert_eq!(stated(13, -1), None);
    }
}
