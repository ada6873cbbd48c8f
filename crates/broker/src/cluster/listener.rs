//! The listeners of a node: which ways there are in.

/// A way into a node. A client is told addresses of the listener that it came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listener {
    /// Anyone, in the clear.
    Plain,
    /// Anyone, or those with a certificate, by TLS.
    Tls,
    /// Who authenticates, in the clear.
    SaslPlain,
    /// Who authenticates, by TLS.
    SaslTls,
}

impl Listener {
    /// Every listener.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Tls, Self::SaslPlain, Self::SaslTls];

    /// Whether a client must authenticate itself by SASL before anything else.
    #[must_use]
    pub const fn wants_sasl(self) -> bool {
        matches!(self, Self::SaslPlain | Self::SaslTls)
    }

    /// Whether the bytes are those of TLS.
    #[must_use]
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::SaslTls)
    }

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Tls => "tls",
            Self::SaslPlain => "sasl_plain",
            Self::SaslTls => "sasl_tls",
        }
    }
}
