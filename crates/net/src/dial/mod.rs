//! Opening connections: names, sockets and their options, proxies, TLS.

mod causes;
mod connector;
mod names;
mod proxy;
mod secure;
mod tcp;

pub(crate) use causes::cause_of;
pub use connector::{Connector, Dialled, TcpConnector, Transport};
