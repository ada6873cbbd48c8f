//! Transactions: begin, send, commit or abort, of both generations of the protocol.
