//! Which cryptography TLS runs on: looked for before it is used, because it would panic otherwise.

use std::collections::BTreeSet;
use std::sync::Arc;

use klamm_cluster::TlsFailure;
use rustls::crypto::CryptoProvider;

/// What the built-in cryptography needs of an x86-64 processor.
const NEEDED_X86_64: &[&str] = &["aes", "pclmulqdq", "ssse3", "bmi1", "bmi2", "adx", "avx", "avx2"];

/// What it needs of an aarch64 processor.
const NEEDED_AARCH64: &[&str] = &["neon", "aes", "pmull", "sha2"];

/// What somebody can do about cryptography that is not there.
const REMEDIES: &str = "build klamm with the feature `tls-ring` or `tls-aws-lc` (both need a C \
                        compiler), or hand in a provider of your own";

/// What a processor is and can do, as far as the built-in cryptography asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CpuFeatures {
    /// What kind of processor it is.
    pub architecture: Architecture,
    /// What it can do, by the names of its maker's manual.
    pub present: BTreeSet<&'static str>,
}

/// Kinds of processors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Architecture {
    /// 64-bit ones of Intel and AMD.
    X86_64,
    /// 64-bit ones of ARM.
    Aarch64,
    /// All others.
    Other,
}

impl Architecture {
    /// What the built-in cryptography needs of it; `None` if it does not run there at all.
    pub const fn needed(self) -> Option<&'static [&'static str]> {
        match self {
            Self::X86_64 => Some(NEEDED_X86_64),
            Self::Aarch64 => Some(NEEDED_AARCH64),
            Self::Other => None,
        }
    }
}

/// What this machine's processor can do.
pub fn probe() -> CpuFeatures {
    let (architecture, found) = found();
    let present = found.iter().filter(|(_, present)| *present).map(|(name, _)| *name).collect();
    CpuFeatures { architecture, present }
}

#[cfg(target_arch = "x86_64")]
fn found() -> (Architecture, Vec<(&'static str, bool)>) {
    let found = vec![
        ("aes", std::arch::is_x86_feature_detected!("aes")),
        ("pclmulqdq", std::arch::is_x86_feature_detected!("pclmulqdq")),
        ("ssse3", std::arch::is_x86_feature_detected!("ssse3")),
        ("bmi1", std::arch::is_x86_feature_detected!("bmi1")),
        ("bmi2", std::arch::is_x86_feature_detected!("bmi2")),
        ("adx", std::arch::is_x86_feature_detected!("adx")),
        ("avx", std::arch::is_x86_feature_detected!("avx")),
        ("avx2", std::arch::is_x86_feature_detected!("avx2")),
    ];
    (Architecture::X86_64, found)
}

#[cfg(target_arch = "aarch64")]
fn found() -> (Architecture, Vec<(&'static str, bool)>) {
    let found = vec![
        ("neon", std::arch::is_aarch64_feature_detected!("neon")),
        ("aes", std::arch::is_aarch64_feature_detected!("aes")),
        ("pmull", std::arch::is_aarch64_feature_detected!("pmull")),
        ("sha2", std::arch::is_aarch64_feature_detected!("sha2")),
    ];
    (Architecture::Aarch64, found)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn found() -> (Architecture, Vec<(&'static str, bool)>) {
    (Architecture::Other, Vec::new())
}

/// The cryptography for a processor that can do this.
///
/// A provider that somebody switched on by its feature comes before the built-in one, and asks
/// nothing of the processor.
///
/// # Errors
///
/// [`TlsFailure::NoProvider`] where the built-in one cannot run; the words name what the processor
/// lacks and what can be done.
pub fn choose(features: &CpuFeatures) -> Result<Arc<CryptoProvider>, TlsFailure> {
    if let Some(provider) = asked_for() {
        return Ok(Arc::new(provider));
    }
    let Some(needed) = features.architecture.needed() else {
        return Err(TlsFailure::NoProvider(format!(
            "the built-in cryptography of TLS runs on x86-64 and aarch64 alone: {REMEDIES}"
        )));
    };
    let missing: Vec<&str> =
        needed.iter().copied().filter(|name| !features.present.contains(name)).collect();
    if missing.is_empty() {
        return built_in();
    }
    Err(TlsFailure::NoProvider(format!(
        "this processor lacks {}, which the built-in cryptography of TLS needs: {REMEDIES}",
        missing.join(", ")
    )))
}

/// The provider that a feature asked for.
fn asked_for() -> Option<CryptoProvider> {
    #[cfg(feature = "tls-aws-lc")]
    return Some(rustls::crypto::aws_lc_rs::default_provider());
    #[cfg(all(feature = "tls-ring", not(feature = "tls-aws-lc")))]
    return Some(rustls::crypto::ring::default_provider());
    #[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
    None
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[expect(clippy::unnecessary_wraps, reason = "other processors have none")]
fn built_in() -> Result<Arc<CryptoProvider>, TlsFailure> {
    Ok(Arc::new(rustls_graviola::default_provider()))
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn built_in() -> Result<Arc<CryptoProvider>, TlsFailure> {
    Err(TlsFailure::NoProvider(format!("this build has no cryptography for TLS: {REMEDIES}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(architecture: Architecture, lacking: &str) -> CpuFeatures {
        let needed = architecture.needed().unwrap_or_default();
        let present = needed.iter().copied().filter(|name| *name != lacking).collect();
        CpuFeatures { architecture, present }
    }

    /// Whether a feature brought a provider that asks nothing of the processor.
    const ANY_PROCESSOR: bool = cfg!(any(feature = "tls-ring", feature = "tls-aws-lc"));

    #[test]
    fn a_provider_of_a_feature_asks_nothing_of_the_processor() {
        assert_eq!(choose(&features(Architecture::Other, "")).is_ok(), ANY_PROCESSOR);
    }

    #[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
    #[test]
    fn a_processor_without_a_feature_gives_an_error_that_names_it_and_the_remedies() {
        for architecture in [Architecture::X86_64, Architecture::Aarch64] {
            for name in architecture.needed().expect("a list") {
                let refused = choose(&features(architecture, name)).expect_err("a refusal");
                let words = refused.to_string();
                assert!(matches!(refused, TlsFailure::NoProvider(_)), "{words}");
                assert!(words.contains(&format!("lacks {name}, which")), "{words}");
                for remedy in ["`tls-ring`", "`tls-aws-lc`", "provider of your own"] {
                    assert!(words.contains(remedy), "{words}");
                }
            }
        }
    }

    #[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
    #[test]
    fn another_kind_of_processor_gives_an_error_that_names_the_kinds() {
        let refused = choose(&features(Architecture::Other, "")).expect_err("a refusal");
        assert!(refused.to_string().contains("x86-64 and aarch64 alone"), "{refused}");
    }

    #[test]
    fn a_processor_with_all_features_gets_suites_of_both_versions() {
        let provider = choose(&features(Architecture::X86_64, "")).expect("a provider");
        assert!(provider.cipher_suites.len() >= 3);
    }

    #[test]
    fn the_probe_knows_every_feature_that_is_needed() {
        let (architecture, found) = found();
        let names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
        assert_eq!(architecture.needed().unwrap_or_default(), names);
    }
}
