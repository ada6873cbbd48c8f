//! Any server, in a conversation about who we are.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sasl::reference::{Server, answer};
use crate::sasl::{
    Conversation, Credentials, HashJob, Nonce, SaslError, ScramHash, Step, Token, TokenError,
};
use crate::secret::Secret;

/// What must not be seen anywhere.
const MARKER: &str = "hunter2-MARKER";
const OURS: &str = "ours";
/// No conversation takes more: named, hashed, proven, at its end.
const MOST_STEPS: usize = 4;
/// A password hashed more often takes longer than the rest of an input.
const QUICK_ITERATIONS: u32 = 8_192;

static SERVERS: LazyLock<[Server; 2]> = LazyLock::new(|| {
    [ScramHash::Sha256, ScramHash::Sha512]
        .map(|hash| Server::enrol(hash, MARKER.as_bytes(), b"salt of a test", 4_096))
});

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The broker says that it believes us, and has nothing to prove.
    Accepted,
    /// The server has proven that it knows the password.
    Proven,
    /// The server says no.
    Refused,
    /// The server broke the rules.
    Misbehaved,
    /// The server demands too little or too much.
    Unsafe,
    /// Something of ours cannot be sent.
    Unprepared,
    /// There was no token.
    NoToken,
    /// The password would be hashed too often for a quick test.
    Slow,
}

/// Any conversation: it ends, shows no secret, and believes nobody without proof.
pub fn cluster_sasl(data: &[u8]) {
    end_of_sasl(data);
}

/// The same, and how the conversation ended.
///
/// The first byte names the mechanism. Then come messages of the server: a byte for the kind, one
/// for a length, and as many bytes as that says.
pub fn end_of_sasl(data: &[u8]) -> End {
    let (mechanism, data) = data.split_first().unwrap_or((&0, &[]));
    let mut peer = Peer { data, hash: None, exchange: Vec::new(), right: None };
    let mut step = peer.meet(*mechanism);
    let mut steps = 0_usize;
    loop {
        steps = steps.saturating_add(1);
        assert!(steps <= MOST_STEPS, "the conversation goes on without end");
        search(&format!("{step:?}"));
        step = match step {
            Step::Send(token, conversation) => peer.hears(token.reveal(), conversation),
            Step::Hash(job, conversation) => match hash(job, conversation) {
                Some(step) => step,
                None => return End::Slow,
            },
            Step::NeedToken(conversation) => {
                assert_eq!(conversation.note(), None);
                conversation.provided(peer.token())
            }
            Step::Done => return peer.check_belief(),
            Step::Failed(error) => return end_of(&error),
        };
    }
}

/// The server, which does what the input says.
struct Peer<'a> {
    data: &'a [u8],
    /// The hash function, if the mechanism is SCRAM.
    hash: Option<ScramHash>,
    /// What both said, one after the other, the client first.
    exchange: Vec<Vec<u8>>,
    /// What an honest server would say next, which in SCRAM knows the password.
    right: Option<Vec<u8>>,
}

impl Peer<'_> {
    /// Begins a conversation by the mechanism of that number.
    fn meet(&mut self, mechanism: u8) -> Step {
        let (username, password) = ("alice".to_owned(), Secret::from(MARKER));
        let credentials = match mechanism % 4 {
            0 => Credentials::Plain { username, password },
            1 => Credentials::OAuthBearer,
            number => {
                let hash = if number == 2 { ScramHash::Sha256 } else { ScramHash::Sha512 };
                self.hash = Some(hash);
                Credentials::Scram { hash, username, password }
            }
        };
        Conversation::begin(&credentials, Nonce(OURS.to_owned()))
    }

    /// A token of ours, with an extension that the input makes up, or none at all.
    fn token(&mut self) -> Result<Token, TokenError> {
        let (kind, bytes) = self.take();
        let extension = String::from_utf8_lossy(&bytes).into_owned();
        let extensions = match kind % 4 {
            0 => return Err(TokenError(String::from("there is none"))),
            1 => vec![],
            2 => vec![(String::from("name"), extension)],
            _ => vec![(extension, String::from("value"))],
        };
        Ok(Token { value: Secret::from(MARKER), extensions })
    }

    /// The server hears a token, and answers or refuses.
    fn hears(&mut self, token: &[u8], conversation: Conversation) -> Step {
        search(&format!("{conversation:?}"));
        if let Some(note) = conversation.note() {
            assert!(note.len() <= 1_024);
            search(note);
        }
        self.exchange.push(token.to_vec());
        self.right = self.make_right();
        let proven = self.hash.is_some() && self.exchange.len() == 3;
        assert!(!proven || self.right.is_some(), "a server that knows the password must believe");
        let (kind, bytes) = self.take();
        if kind == u8::MAX {
            let words = String::from_utf8_lossy(&bytes);
            return Step::Failed(conversation.refused(None, &format!("{words}{MARKER}{words}")));
        }
        let message = self.message(kind, bytes);
        let step = conversation.received(&message);
        self.exchange.push(message);
        step
    }

    /// The next kind and the next bytes of the input.
    fn take(&mut self) -> (u8, Vec<u8>) {
        let (header, rest) = self.data.split_at(self.data.len().min(2));
        let (kind, len) = match *header {
            [kind, len] => (kind, usize::from(len)),
            [kind] => (kind, 0),
            _ => (0, 0),
        };
        let (taken, rest) = rest.split_at(rest.len().min(len));
        self.data = rest;
        (kind, taken.to_vec())
    }

    /// What the server says: bytes of the input, or what is right, changed by them.
    fn message(&self, kind: u8, bytes: Vec<u8>) -> Vec<u8> {
        let right = || self.right.clone().unwrap_or_default();
        match kind % 6 {
            0 => bytes,
            1 => right(),
            2 => changed(right(), &bytes),
            3 => [right(), bytes].concat(),
            4 => [format!("r={OURS}").into_bytes(), bytes].concat(),
            _ => [b"v=".to_vec(), STANDARD.encode(bytes).into_bytes()].concat(),
        }
    }

    fn make_right(&self) -> Option<Vec<u8>> {
        let hash = self.hash?;
        let server = SERVERS.iter().find(|server| server.hash == hash)?;
        let greeting = server.greeting(self.exchange.first()?, "theirs")?.into_bytes();
        match self.exchange.as_slice() {
            [_] => Some(greeting),
            [first, said, proof] => {
                let exchange: [&[u8]; 3] = [first, said, proof];
                // The answer to its own greeting takes no password to be hashed again.
                let right = if *said == greeting {
                    server.judge(exchange)
                } else {
                    answer(hash, MARKER.as_bytes(), exchange)
                };
                Some(right?.into_bytes())
            }
            _ => None,
        }
    }

    /// Nobody is believed who has not shown to know the password, where that can be shown.
    fn check_belief(mut self) -> End {
        if self.hash.is_none() {
            return End::Accepted;
        }
        let said = self.exchange.pop().unwrap_or_default();
        let right = self.right.unwrap_or_default();
        assert!(self.exchange.len() == 3 && !right.is_empty(), "believed too early");
        let said = said.split(|byte| *byte == b',').next().unwrap_or_default();
        assert_eq!(said, right, "believed without proof");
        End::Proven
    }
}

/// Does the work, unless it takes too long; it is never more than what is safe.
fn hash(job: HashJob, conversation: Conversation) -> Option<Step> {
    let iterations = job.iterations();
    assert!((4_096..=1_000_000).contains(&iterations));
    (iterations <= QUICK_ITERATIONS).then(|| conversation.hashed(job.run()))
}

/// Each pair of bytes is a place and what changes there.
fn changed(mut message: Vec<u8>, changes: &[u8]) -> Vec<u8> {
    for change in changes.chunks_exact(2) {
        if let [at, mask] = *change
            && let Some(byte) = message.get_mut(usize::from(at))
        {
            *byte ^= mask;
        }
    }
    message
}

fn end_of(error: &SaslError) -> End {
    search(&format!("{error} {error:?}"));
    match error {
        SaslError::Refused { message, .. } => {
            assert!(message.len() <= 2_100);
            End::Refused
        }
        SaslError::Misbehaved(_) => End::Misbehaved,
        SaslError::Unsafe(_) => End::Unsafe,
        SaslError::Unprepared(_) => End::Unprepared,
        SaslError::NoToken(_) => End::NoToken,
        SaslError::UnsupportedMechanism { .. }
        | SaslError::NoCredentials
        | SaslError::OutOfTurn(_) => {
            assert!(error.to_string().is_empty(), "no mechanism comes to that: {error}");
            End::Refused
        }
    }
}

/// Nothing that can be printed holds the secret.
fn search(printed: &str) {
    assert!(!printed.contains(MARKER), "the secret is in {printed}");
    assert!(!printed.contains(&STANDARD.encode(MARKER)), "the secret is in {printed}");
}
