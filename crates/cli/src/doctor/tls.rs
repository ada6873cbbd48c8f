//! TLS as the doctor needs it, and what takes its place in a build without.

#[cfg(feature = "tls")]
pub(super) use klamm_net::tls::{CertificateFacts, Connector, Peer};

#[cfg(not(feature = "tls"))]
pub(super) use without::{CertificateFacts, Connector, Peer};

#[cfg(not(feature = "tls"))]
mod without {
    use klamm_cluster::TlsFailure;
    use klamm_cluster::transport::TlsSettings;
    use tokio::io::DuplexStream;

    /// Never made.
    pub(in crate::doctor) struct Connector(Never);

    #[derive(Clone, Copy)]
    enum Never {}

    impl Connector {
        pub(in crate::doctor) fn new(_: &TlsSettings) -> Result<Self, TlsFailure> {
            let why = "this program was built without TLS: build it with the feature `tls`";
            Err(TlsFailure::NoProvider(why.to_owned()))
        }
    }
}
