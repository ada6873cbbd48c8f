//! Who writes, by mode: whose stamps, which column of the table, and whether a batch may leave.

use klamm_wire::Time;

use crate::ids::Ids;
use crate::names::{Part, TxnTag};
use crate::outbox::Outbox;
use crate::partition::lane::{Lane, Left};
use crate::settings::{Acks, Generation, Mode, Settings};
use crate::stamp::Identity;
use crate::transaction::Transactions;
use crate::verdict::produce::Column;

/// The producer's part in what partitions do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Writer {
    /// Nobody in particular.
    Plain(Acks),
    /// A producer id of our own.
    Idempotent(Ids),
    /// A transactional id.
    Transactional(Box<Transactions>),
}

impl Writer {
    pub(crate) fn new(settings: &Settings) -> Self {
        match settings.mode {
            Mode::Plain(acks) => Self::Plain(acks),
            Mode::Idempotent => Self::Idempotent(Ids::default()),
            Mode::Transactional => Self::Transactional(Box::new(Transactions::new(settings))),
        }
    }

    /// The column of the table of verdicts.
    pub(crate) fn column(&self) -> Column {
        match self {
            Self::Plain(acks) => Column::Plain(*acks),
            Self::Idempotent(_) => Column::Idempotent,
            Self::Transactional(all) => Column::Transactional(all.generation()),
        }
    }

    /// The generation of the open transaction, or of the next.
    pub(crate) fn generation(&self) -> Option<Generation> {
        match self {
            Self::Plain(_) | Self::Idempotent(_) => None,
            Self::Transactional(all) => Some(all.generation()),
        }
    }

    /// Whether batches carry stamps.
    pub(crate) const fn stamps(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }

    /// Whether writing a request is all the acknowledgement there is.
    pub(crate) const fn takes_flush_for_ack(&self) -> bool {
        matches!(self, Self::Plain(Acks::None))
    }

    /// Whether partitions may take another epoch by themselves.
    pub(crate) const fn raises_epochs(&self) -> bool {
        matches!(self, Self::Idempotent(_))
    }

    /// The transaction that a new batch must belong to.
    pub(crate) fn writable_tag(&self) -> Option<TxnTag> {
        match self {
            Self::Plain(_) | Self::Idempotent(_) => None,
            Self::Transactional(all) => all.writable_tag(),
        }
    }

    /// Whether a batch of that partition may leave, new or not.
    pub(crate) fn may_send(&self, part: Part) -> bool {
        match self {
            Self::Plain(_) | Self::Idempotent(_) => true,
            Self::Transactional(all) => all.may_send(part),
        }
    }

    /// As whom a partition writes that never wrote.
    pub(crate) fn identity(&self) -> Option<Identity> {
        match self {
            Self::Plain(_) => None,
            Self::Idempotent(ids) => ids.current(),
            Self::Transactional(all) => all.identity(),
        }
    }

    /// As whom a partition writes after it has left that identity.
    pub(crate) fn after(&mut self, left: Left, settings: &Settings) -> Option<Identity> {
        match self {
            Self::Plain(_) => None,
            Self::Idempotent(ids) => ids.after(left, settings),
            Self::Transactional(all) => all.identity().filter(|now| *now != left.identity),
        }
    }

    /// Whether it is known as whom a partition writes next.
    pub(crate) fn offers(&self, lane: &Lane, settings: &Settings) -> bool {
        match (self, lane) {
            (_, Lane::Open(_)) => true,
            (_, Lane::Fresh) => self.identity().is_some(),
            (Self::Plain(_), Lane::Left(_)) => false,
            (Self::Idempotent(ids), Lane::Left(left)) => ids.offers(*left, settings).is_some(),
            (Self::Transactional(_), Lane::Left(left)) => self.has_left(left.identity),
        }
    }

    /// Whether a lane of that identity is of the past.
    //= I19 in transactions sequences begin anew if the identity is another, and only then
    pub(crate) fn has_left(&self, identity: Identity) -> bool {
        match self {
            Self::Plain(_) | Self::Idempotent(_) => false,
            Self::Transactional(all) => all.identity().is_some_and(|now| now != identity),
        }
    }

    /// Whether a partition should go on under another producer id as soon as nothing of it is in
    /// doubt.
    ///
    /// A late copy is kept out of the log by a newer epoch of its own id alone, so the way to
    /// another id should never be taken with a batch in doubt. Half of the epochs are left for
    /// troubles in a row.
    //= R19 leave early, with nothing in doubt
    pub(crate) fn is_worn(&self, identity: Identity, settings: &Settings) -> bool {
        let half = settings.epoch_limit.saturating_add(1).checked_div(2).unwrap_or_default();
        self.raises_epochs() && identity.epoch.0 >= half
    }

    /// The cluster does not know the producer id.
    pub(crate) fn forget(&mut self, identity: Identity) {
        if let Self::Idempotent(ids) = self {
            ids.forget(identity);
        }
    }

    /// Asks for a producer id, for a producer that has work and none.
    pub(crate) fn want_identity(&mut self, now: Time, out: &mut Outbox) {
        if let Self::Idempotent(ids) = self {
            ids.want(now, out);
        }
    }

    /// Whether nothing but batches keeps a producer from being closed.
    pub(crate) const fn is_settled(&self) -> bool {
        match self {
            Self::Plain(_) | Self::Idempotent(_) => true,
            Self::Transactional(all) => all.is_settled(),
        }
    }

    pub(crate) fn next_wake(&self, now: Time) -> Option<Time> {
        match self {
            Self::Plain(_) => None,
            Self::Idempotent(ids) => ids.next_wake(now),
            Self::Transactional(all) => all.next_wake(),
        }
    }
}
