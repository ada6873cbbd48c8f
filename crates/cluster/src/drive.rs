//! The seam between what decides and what moves bytes: events in, commands and bytes out.

use std::fmt;
use std::io::IoSlice;

use bytes::Bytes;
use klamm_wire::{Now, Time};

use crate::address::{Address, HostPort};
use crate::failure::{Cause, ConnFailure};
use crate::names::{ConnId, LookupId};
use crate::sasl::{HashJob, Salted, Token, TokenError};

/// What a shell drives: the cluster machine alone, or a whole client around it.
///
/// A turn of the shell is: hand in everything that happened ([`handle`](Self::handle), all
/// readable bytes before [`Event::Tick`]), carry out every command ([`poll`](Self::poll) until it
/// has none), write what [`chunks`](Self::chunks) shows for each connection that
/// [wants it](Command::Write), report how much of it was taken, and sleep until something happens
/// or [`next_wake`](Self::next_wake). A shell decides nothing: no timeout, no retry, no order.
pub trait Drive {
    /// Takes one thing that happened.
    fn handle(&mut self, now: Now, event: Event);

    /// The next thing to do; `None` until another event.
    fn poll(&mut self, now: Now) -> Option<Command>;

    /// When [`Event::Tick`] is due, if ever.
    fn next_wake(&self) -> Option<Time>;

    /// The bytes to write on a connection next, as slices of memory that is not copied, and how
    /// many slices were filled. None for a connection that has nothing to write or is not known.
    fn chunks<'a>(&'a self, conn: ConnId, slices: &mut [IoSlice<'a>]) -> usize;
}

/// One thing that happened in the outside world.
#[derive(Debug)]
pub enum Event {
    /// Time has passed.
    Tick,
    /// Somebody outside has something to say; only a driven client that knows what reads it.
    Woken,
    /// A name was looked up: its addresses, in the order in which to try them.
    Resolved {
        /// The question.
        lookup: LookupId,
        /// The answer; an empty list counts as [`Cause::NoSuchHost`].
        result: Result<Vec<Address>, Cause>,
    },
    /// The transport is open, TLS included: bytes can be sent.
    Connected {
        /// The connection.
        conn: ConnId,
    },
    /// The transport could not be opened. The connection's name is spent.
    ConnectFailed {
        /// The connection.
        conn: ConnId,
        /// Where and why.
        failure: ConnFailure,
    },
    /// Bytes came.
    Received {
        /// The connection.
        conn: ConnId,
        /// Some of them, at least one.
        bytes: Bytes,
    },
    /// The TCP or TLS writer took bytes of those that [`Drive::chunks`] showed.
    Handed {
        /// The connection.
        conn: ConnId,
        /// How many.
        count: usize,
    },
    /// All that was handed over so far has left the writer.
    Flushed {
        /// The connection.
        conn: ConnId,
    },
    /// The connection is gone. Everything that could still be read was reported before.
    Closed {
        /// The connection.
        conn: ConnId,
        /// Why; [`Cause::ClosedByPeer`] for the ordinary end of the stream.
        cause: Cause,
    },
    /// A password was hashed.
    Hashed {
        /// The connection that asked.
        conn: ConnId,
        /// The hash.
        salted: Salted,
    },
    /// A token was provided, or was not.
    Token {
        /// The connection that asked.
        conn: ConnId,
        /// The token.
        token: Result<Token, TokenError>,
    },
}

/// One thing for the shell to do.
pub enum Command {
    /// Look a name up, and report [`Event::Resolved`].
    Resolve {
        /// The question.
        lookup: LookupId,
        /// The host; the port matters to nobody but a proxy.
        host: HostPort,
        /// Which addresses are wanted.
        how: DnsLookup,
    },
    /// Open a connection, and report [`Event::Connected`] or [`Event::ConnectFailed`].
    Connect {
        /// The connection.
        conn: ConnId,
        /// The broker's name, which TLS checks and a proxy is told.
        host: HostPort,
        /// The address.
        address: Address,
    },
    /// The connection has bytes to write; said once until they have all been taken.
    Write(ConnId),
    /// Close the connection, or give up opening it. Nothing more is reported of it.
    ///
    /// Bytes that were handed over may still leave: a shell closes in order if it can.
    Close(ConnId),
    /// Hash a password off the loop, and report [`Event::Hashed`].
    Hash {
        /// The connection that asks.
        conn: ConnId,
        /// The work.
        job: HashJob,
    },
    /// Provide a token, and report [`Event::Token`].
    FetchToken {
        /// The connection that asks.
        conn: ConnId,
    },
}

/// What a name means, as the setting `client.dns.lookup` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DnsLookup {
    /// All addresses of the name, tried in turn.
    #[default]
    UseAllDnsIps,
    /// All addresses of a bootstrap name, each under its own canonical name, for Kerberos' sake.
    ResolveCanonicalBootstrapServersOnly,
}

/// Without the work of [`Command::Hash`], which holds a secret.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resolve { lookup, host, how } => write!(f, "Resolve({lookup}, {host}, {how:?})"),
            Self::Connect { conn, host, address } => {
                write!(f, "Connect({conn}, {host}, {address})")
            }
            Self::Write(conn) => write!(f, "Write({conn})"),
            Self::Close(conn) => write!(f, "Close({conn})"),
            Self::Hash { conn, .. } => write!(f, "Hash({conn})"),
            Self::FetchToken { conn } => write!(f, "FetchToken({conn})"),
        }
    }
}
