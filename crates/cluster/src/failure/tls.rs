//! Why TLS could not be agreed on, in facts: the shell that speaks TLS fills them in.

use std::fmt;

use super::Blame;

/// Why TLS could not be agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsFailure {
    /// The peer does not speak TLS; its first bytes, as many as make the case.
    NotTls {
        /// What they look like, in words.
        looks_like: String,
    },
    /// The peer closed before it had said anything.
    ClosedAtOnce,
    /// Nobody whom we believe vouches for the peer.
    UnknownIssuer {
        /// Whose certificate the peer showed.
        subject: String,
        /// Who issued the last certificate that the peer showed.
        issuer: String,
        /// Whom we believe, in words: "the 145 built-in roots", "1 certificate of ca.pem".
        roots: String,
    },
    /// The certificate is for others.
    WrongName {
        /// The name that we asked for.
        expected: String,
        /// The names that the certificate is for.
        presented: Vec<String>,
    },
    /// The certificate is no longer valid.
    Expired {
        /// Whose certificate.
        subject: String,
        /// Until when it was valid, in words.
        until: String,
    },
    /// The certificate is not valid yet.
    NotYetValid {
        /// Whose certificate.
        subject: String,
        /// From when on it is valid, in words.
        from: String,
    },
    /// The certificate is bad in another way; in words.
    BadCertificate(String),
    /// The peer sent an alert, by its name: it does not like what we offer or show.
    Alert(String),
    /// The two sides have no version or cipher suite in common; in words.
    Incompatible(String),
    /// This machine or build cannot do TLS; in words, with the remedy.
    NoProvider(String),
    /// Our own certificates or keys are of no use; in words.
    BadSettings(String),
    /// Anything else; in words.
    Other(String),
}

impl TlsFailure {
    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::NotTls { .. }
            | Self::UnknownIssuer { .. }
            | Self::WrongName { .. }
            | Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::BadCertificate(_)
            | Self::Incompatible(_)
            | Self::NoProvider(_)
            | Self::BadSettings(_) => Blame::Settings,
            Self::Alert(_) => Blame::Credentials,
            Self::ClosedAtOnce | Self::Other(_) => Blame::Network,
        }
    }
}

impl fmt::Display for TlsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotTls { looks_like } => {
                write!(f, "the peer does not speak TLS: its bytes look like {looks_like}")
            }
            Self::ClosedAtOnce => f.write_str("the peer closed before TLS began"),
            Self::UnknownIssuer { subject, issuer, roots } => write!(
                f,
                "nobody believed vouches for `{subject}`: it was issued by `{issuer}`, and {roots} \
                 are believed"
            ),
            Self::WrongName { expected, presented } => write!(
                f,
                "the certificate is not for `{expected}` but for {}",
                presented.join(", ")
            ),
            Self::Expired { subject, until } => {
                write!(f, "the certificate of `{subject}` was valid until {until}")
            }
            Self::NotYetValid { subject, from } => {
                write!(f, "the certificate of `{subject}` is valid from {from} on")
            }
            Self::BadCertificate(words) => write!(f, "the certificate is bad: {words}"),
            Self::Alert(name) => write!(f, "the peer refused with the TLS alert `{name}`"),
            Self::Incompatible(words) => write!(f, "the two sides have nothing in common: {words}"),
            Self::NoProvider(words) | Self::BadSettings(words) | Self::Other(words) => {
                f.write_str(words)
            }
        }
    }
}
