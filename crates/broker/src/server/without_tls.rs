//! What stands in the place of TLS in a build that has none: a thing that cannot be made.

use std::io;

use tokio::net::TcpStream;

use super::builder::{Certificate, ClientAuth};
use crate::security::Principal;

pub(super) enum Tls {}

impl Tls {
    pub(super) fn new(
        _seed: u64,
        _clients: ClientAuth,
        _shown: Certificate,
    ) -> Result<Self, String> {
        Err("this build has none: its feature `tls` is off".to_owned())
    }

    pub(super) fn ca_pem(&self) -> String {
        match *self {}
    }

    pub(super) async fn accept(
        &self,
        _stream: TcpStream,
    ) -> io::Result<(TcpStream, Option<Principal>)> {
        match *self {}
    }
}
