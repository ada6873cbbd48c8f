//! What the layers above are told, in the order in which it came about.

use klamm_protocol::frame::ResponseFrame;
use klamm_wire::Time;

use crate::dial::Target;
use crate::failure::{ConnFailure, RequestFailure};
use crate::metadata;
use crate::names::{ConnId, RequestId};

/// One thing that a layer above may want to know.
#[derive(Debug)]
#[non_exhaustive]
pub enum News {
    /// A request was answered. The frame is whole and bears the right number; nothing in it has
    /// been looked at. Who finds it malformed says so with
    /// [`Cluster::distrust`](super::Cluster::distrust).
    Answered {
        /// The request.
        request: RequestId,
        /// Where the answer came from.
        conn: ConnId,
        /// The answer.
        frame: ResponseFrame,
    },
    /// The last byte of a request left the writer. For a request that is not answered this is the
    /// end.
    Flushed {
        /// The request.
        request: RequestId,
    },
    /// A request ended without an answer.
    Failed {
        /// The request.
        request: RequestId,
        /// Why, and what may be believed.
        failure: RequestFailure,
    },
    /// A connection can be used.
    Up {
        /// The connection.
        conn: ConnId,
        /// Whose it is.
        target: Target,
    },
    /// A connection that could be used is gone. What was sent on it has been reported before.
    Down {
        /// The connection.
        conn: ConnId,
        /// Whose it was.
        target: Target,
        /// Why.
        failure: ConnFailure,
    },
    /// A server could not be reached, or not be agreed with; it is tried again while it is wanted.
    Unreachable {
        /// Which.
        target: Target,
        /// The last failure.
        failure: ConnFailure,
    },
    /// A broker asked for a pause.
    Throttled {
        /// The connection that is silent until then.
        conn: ConnId,
        /// The end of the pause.
        until: Time,
    },
    /// The picture of the cluster changed.
    Metadata(metadata::Event),
}
