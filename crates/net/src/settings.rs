//! What a shell is given besides the machine that it drives.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use klamm_cluster::sasl::{Token, TokenError};

/// A future that can be kept without knowing its type.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Where tokens for OAUTHBEARER come from.
///
/// It is asked whenever a connection needs one, also when one that it gave runs out; whether it
/// keeps tokens meanwhile is its own business. How long it may take is decided by the connection,
/// which gives up waiting like for everything else.
pub trait TokenProvider: Send + Sync {
    /// A token that is valid now. The future is polled by the shell's task and must not block it.
    fn token(&self) -> BoxFuture<Result<Token, TokenError>>;
}

/// Provides what a function returns.
impl<F> TokenProvider for F
where
    F: Fn() -> BoxFuture<Result<Token, TokenError>> + Send + Sync,
{
    fn token(&self) -> BoxFuture<Result<Token, TokenError>> {
        self()
    }
}

/// What a shell is given besides the machine that it drives.
#[derive(Clone, Default)]
pub struct ShellSettings {
    /// Where tokens come from; without one, a machine that asks is told so.
    pub tokens: Option<Arc<dyn TokenProvider>>,
}

impl fmt::Debug for ShellSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShellSettings").field("tokens", &self.tokens.is_some()).finish()
    }
}
