//! Sessions that end, and are renewed in time, over pipes on a clock that stands still.
#![cfg(test)]

mod cuts;
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cuts::peer::{HOST, PORT, Peer};
use cuts::wire::{Taken, tapped, times_taken};
use klamm_broker::cluster::{ClusterSettings, Listener};
use klamm_broker::security::Sasl;
use klamm_broker::security::sasl::{Credentials as Users, Iterations};
use klamm_cluster::sasl::{Credentials, ScramHash};
use klamm_cluster::{Address, Cause, Destination, DnsLookup, HostPort, Settings, Typed};
use klamm_net::dial::Dialled;
use klamm_net::{BoxFuture, Client, Connector, ShellSettings};
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use tokio::io::duplex;
use world::pass;

/// The number of SaslAuthenticate in the protocol.
const AUTHENTICATE: i16 = 36;
const LIFETIME: Duration = Duration::from_secs(60);

struct Pipes {
    peer: Arc<Peer>,
    dialled: AtomicUsize,
    taken: Taken,
}

impl Connector for Pipes {
    fn resolve(&self, _: &HostPort, _: DnsLookup) -> BoxFuture<Result<Vec<Address>, Cause>> {
        Box::pin(async { Ok(vec![Address::Ip("127.0.0.1".parse().unwrap())]) })
    }

    fn connect(&self, _: &HostPort, _: Address) -> BoxFuture<Dialled> {
        self.dialled.fetch_add(1, Ordering::SeqCst);
        let (ours, theirs) = duplex(1 << 16);
        tokio::spawn(Arc::clone(&self.peer).serve(theirs));
        let ours = tapped(ours, &self.taken);
        Box::pin(async { Ok(Box::new(ours) as Box<dyn klamm_net::Transport>) })
    }
}

fn settings(credentials: Credentials) -> Settings {
    let mut settings = Settings::new(vec![HostPort::new(HOST, PORT).unwrap()]);
    settings.sasl = Some(credentials);
    settings.dial.max_idle = None;
    settings
}

async fn ask(client: &Client) {
    let none = InitProducerIdRequest { transactional_id: None, ..InitProducerIdRequest::DEFAULT };
    let asking = client.ask(Destination::Any, Typed::new(none), Duration::from_secs(10));
    asking.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn saying_again_who_we_are_disturbs_no_question() {
    let (username, password) = ("alice".to_owned(), "alice-secret");
    for credentials in [
        Credentials::Plain { username: username.clone(), password: password.into() },
        Credentials::Scram { hash: ScramHash::Sha256, username, password: password.into() },
    ] {
        let users = Users::new(1, Iterations::MIN).with_user("alice", password);
        let mut broker = ClusterSettings::of(1);
        broker.security.sasl = Sasl::new(users).with_max_reauth(LIFETIME);
        let peer = Peer::new(broker, Listener::SaslPlain);
        let pipes = Arc::new(Pipes { peer, dialled: AtomicUsize::new(0), taken: Taken::default() });
        let connector = Arc::clone(&pipes) as Arc<dyn Connector>;
        let shell = ShellSettings::default();
        let settings = settings(credentials);
        let client = Client::start_over(connector, settings, shell, Box::new(|_| {})).unwrap();
        for _ in 0..300 {
            ask(&client).await;
            pass(Duration::from_secs(1)).await;
        }
        assert_eq!(pipes.dialled.load(Ordering::SeqCst), 1, "five lifetimes on one connection");
        assert!(times_taken(&pipes.taken, AUTHENTICATE) >= 5, "one for each lifetime");
    }
}
