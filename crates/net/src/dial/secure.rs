//! TLS where it is wanted, and a sentence where it was not built in.

#[cfg(feature = "tls")]
pub(super) use with::Secure;
#[cfg(not(feature = "tls"))]
pub(super) use without::Secure;

#[cfg(feature = "tls")]
mod with {
    use klamm_cluster::TlsFailure;
    use klamm_cluster::transport::TlsSettings;
    use tokio::net::TcpStream;

    use crate::dial::{Transport, over_tls};
    use crate::tls::Connector;

    /// What agrees on TLS.
    #[derive(Clone)]
    pub(in crate::dial) struct Secure(pub(in crate::dial) Connector);

    impl Secure {
        pub(in crate::dial) fn new(settings: &TlsSettings) -> Result<Self, TlsFailure> {
            Connector::new(settings).map(Self)
        }

        pub(in crate::dial) async fn agree(
            &self,
            host: &str,
            stream: TcpStream,
        ) -> Result<Box<dyn Transport>, TlsFailure> {
            over_tls(&self.0, host, stream).await
        }
    }
}

#[cfg(not(feature = "tls"))]
mod without {
    use std::convert::Infallible;

    use klamm_cluster::TlsFailure;
    use klamm_cluster::transport::TlsSettings;
    use tokio::net::TcpStream;

    use crate::dial::Transport;

    /// What there is none of.
    #[derive(Clone)]
    pub(in crate::dial) struct Secure(Infallible);

    impl Secure {
        pub(in crate::dial) fn new(_: &TlsSettings) -> Result<Self, TlsFailure> {
            let why = "this program was built without TLS: enable the feature `tls` of klamm-net";
            Err(TlsFailure::NoProvider(why.to_owned()))
        }

        pub(in crate::dial) async fn agree(
            &self,
            _: &str,
            _: TcpStream,
        ) -> Result<Box<dyn Transport>, TlsFailure> {
            match self.0 {}
        }
    }
}
