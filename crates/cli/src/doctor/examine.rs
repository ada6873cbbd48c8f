//! The examination: from the bootstrap servers to the right to write, one finding after the other.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use klamm_cluster::failure::next_step_for;
use klamm_cluster::request::Typed;
use klamm_cluster::{Blame, Cause, ConnFailure, HostPort, Payload, Reason, RequestFailure};
use klamm_protocol::ApiKey;
use klamm_protocol::frame::{DecodeFrameError, ResponseFrame};
use klamm_protocol::init_producer_id::{InitProducerIdRequest, InitProducerIdResponse};
use klamm_wire::ErrorCode;
use tokio::time::{Instant, sleep};

use super::finding::{Finding, Outcome, Stage, Trouble};
use super::ladder::{Fallen, Ladder, Reached, trouble};
use super::options::Options;
use super::picture::{self, Picture};
use super::report::Report;
use super::setup::Setup;
use super::{brokers, opinion, topic, watch};
use crate::exit::Exit;

/// The stages of one server, in order.
const WAY: [Stage; 5] = [Stage::Resolve, Stage::Connect, Stage::Tls, Stage::Versions, Stage::Sasl];

/// For how long a broker that needs a moment is asked again.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long it is left alone meanwhile.
const PAUSE: Duration = Duration::from_millis(250);

const NO_OTHER: &str = "the other servers are not tried: an account may be locked when it is \
                        refused again and again";

/// What came of trying one server.
enum Tried {
    Reached(Box<Reached>),
    /// Another server may be there.
    Elsewhere,
    /// Another server would say the same.
    Nowhere,
}

/// Whether who we are was refused, as all servers of a cluster would.
fn is_refused(failure: &ConnFailure) -> bool {
    matches!(failure.cause, Cause::Sasl(_)) && failure.cause.blame() == Blame::Credentials
}

/// An examination on its way.
pub(super) struct Examination<'a, W> {
    pub(super) setup: Arc<Setup>,
    pub(super) options: &'a Options,
    pub(super) report: Report<W>,
}

impl<W: Write + Send> Examination<'_, W> {
    /// Examines everything that can be, and prints the report.
    pub(super) async fn run(mut self) -> Exit {
        let Some((host, reached)) = self.reach_any().await else {
            self.report.say(&Finding::skipped(Stage::Cluster, "no server was reached"));
            self.skip_the_rest("no server was reached");
            return self.report.end();
        };
        let Some(picture) = self.see_cluster(&host, &reached).await else {
            self.skip_the_rest("the cluster could not be seen");
            return self.report.end();
        };
        for finding in brokers::dial(&self.setup, &picture.brokers).await {
            self.report.say(&finding);
        }
        if let Some(name) = &self.options.topic {
            let finding = see_topic(&host, &reached, name).await;
            self.report.say(&finding);
        }
        let finding = ask_for_identity(&host, &reached).await;
        self.report.say(&finding);
        if let Some(time) = self.options.watch {
            let way = watch::Way { setup: &self.setup, host: &host };
            watch::watch(way, reached, time, &mut |finding| self.report.say(&finding)).await;
        }
        self.report.end()
    }

    /// The first bootstrap server that can be reached. That others cannot is worth a warning: a
    /// client that begins with one of them loses time.
    async fn reach_any(&mut self) -> Option<(HostPort, Reached)> {
        let setup = Arc::clone(&self.setup);
        let servers = &setup.settings.bootstrap;
        for (at, host) in (1_usize..).zip(servers) {
            let is_last = at == servers.len();
            match self.reach(&setup, host, is_last).await {
                Tried::Reached(reached) => return Some((host.clone(), *reached)),
                Tried::Elsewhere => {}
                Tried::Nowhere => return None,
            }
        }
        None
    }

    async fn reach(&mut self, setup: &Setup, host: &HostPort, is_last: bool) -> Tried {
        let ladder = Ladder { verbose: self.options.verbose, ..Ladder::new(setup, host) };
        let report = &mut self.report;
        let fallen = match ladder.climb(&mut |finding| report.say(&finding)).await {
            Ok(reached) => return Tried::Reached(Box::new(reached)),
            Err(fallen) => fallen,
        };
        let is_refused = is_refused(&fallen.failure);
        let (finding, reached) = looked_at_again(&ladder, *fallen).await;
        let is_hopeless = reached.is_none();
        let failed = finding.stage;
        let finding = match &finding.outcome {
            Outcome::Bad(..) if !is_last && is_refused => finding.detail(NO_OTHER),
            Outcome::Bad(trouble, _) if !is_last => {
                let trouble = trouble.clone();
                finding.doubtful(trouble)
            }
            Outcome::Good | Outcome::Doubtful(_) | Outcome::Bad(..) | Outcome::Skipped => finding,
        };
        self.report.say(&finding);
        if is_hopeless {
            let rest = WAY.into_iter().skip_while(|stage| *stage != failed).skip(1);
            for stage in rest.filter(|stage| is_wanted(setup, *stage)) {
                let why = format!("{host} was not reached");
                self.report.say(&Finding::skipped(stage, why));
            }
        }
        match reached {
            Some((reached, findings)) => {
                findings.iter().for_each(|finding| self.report.say(finding));
                Tried::Reached(Box::new(reached))
            }
            None if is_refused => Tried::Nowhere,
            None => Tried::Elsewhere,
        }
    }

    async fn see_cluster(&mut self, host: &HostPort, reached: &Reached) -> Option<Picture> {
        let begun = Instant::now();
        let answer = ask(reached, picture::ask_for_cluster(&reached.versions)).await;
        let base = |finding: Finding| finding.after(begun.elapsed());
        let seen = answer.and_then(|frame| picture::cluster(&frame).map_err(Told::Malformed));
        match seen {
            Ok(picture) => {
                self.report.say(&base(brokers::finding(&picture)));
                Some(picture)
            }
            Err(told) => {
                let finding = base(Finding::good(Stage::Cluster, format!("asked {host}")));
                let finding = bad(finding, host, &told);
                let finding = self.named(finding, host, reached, &told).await;
                self.report.say(&finding);
                None
            }
        }
    }

    /// A broker hangs up on who should have said who they are.
    async fn named(
        &self,
        finding: Finding,
        host: &HostPort,
        reached: &Reached,
        told: &Told,
    ) -> Finding {
        let is_lost = matches!(
            told,
            Told::Failed(RequestFailure { reason: Reason::Lost(failure), .. })
                if matches!(failure.cause, Cause::ClosedByPeer | Cause::Reset)
        );
        if !is_lost || self.setup.protocol().sasl {
            return finding;
        }
        match opinion::wants_a_name(&self.setup, host, reached.address).await {
            Some(opinion) => opinion.added_to(finding),
            None => finding,
        }
    }

    fn skip_the_rest(&mut self, why: &str) {
        self.report.say(&Finding::skipped(Stage::Broker, why));
        if self.options.topic.is_some() {
            self.report.say(&Finding::skipped(Stage::Topic, why));
        }
        self.report.say(&Finding::skipped(Stage::Identity, why));
        if self.options.watch.is_some() {
            self.report.say(&Finding::skipped(Stage::Watch, why));
        }
    }
}

/// Whether a stage would have been tried.
fn is_wanted(setup: &Setup, stage: Stage) -> bool {
    let protocol = setup.protocol();
    match stage {
        Stage::Tls => protocol.tls,
        Stage::Sasl => protocol.sasl,
        Stage::Resolve
        | Stage::Connect
        | Stage::Versions
        | Stage::Cluster
        | Stage::Broker
        | Stage::Topic
        | Stage::Identity
        | Stage::Watch => true,
    }
}

/// What another look at a failure shows: an opinion, or that an older way of asking works, and what
/// is to be said of that.
async fn looked_at_again(
    ladder: &Ladder<'_>,
    fallen: Fallen,
) -> (Finding, Option<(Reached, Vec<Finding>)>) {
    if let Some(opinion) = opinion::on(ladder.setup, ladder.host, &fallen).await {
        return (opinion.added_to(fallen.finding), None);
    }
    if !fallen.at_once {
        return (fallen.finding, None);
    }
    let mut findings = Vec::new();
    let elder = ladder.elder();
    let Ok(reached) = elder.climb(&mut |finding| findings.push(finding)).await else {
        return (fallen.finding, None);
    };
    findings.retain(|finding| matches!(finding.stage, Stage::Versions | Stage::Sasl));
    let (newer, oldest) = (ladder.ask.version(), elder.ask.version());
    let cause = format!("the broker hangs up on ApiVersions {newer}, and answers version {oldest}");
    let next = "Nothing: the client finds this out after two attempts, and remembers it for an \
                hour. Newer brokers do not do so.";
    let quirk = fallen.finding.with("quirks", ["hangs up on newer ApiVersions"].to_vec());
    let quirk = quirk.doubtful(Trouble::new(cause, Some(next.to_owned())));
    (quirk, Some((reached, findings)))
}

/// Why there is no answer that can be read.
enum Told {
    /// The broker wants to be left alone for longer than anybody would wait.
    Throttled,
    Failed(RequestFailure),
    Malformed(DecodeFrameError),
}

/// Asks, and tells apart why there is no answer.
async fn ask(reached: &Reached, payload: impl Payload + 'static) -> Result<ResponseFrame, Told> {
    let answer = reached.link.ask(payload).await;
    answer.map_err(|failed| {
        let is_late = matches!(failed.reason, Reason::DeadlinePassed(_));
        if is_late && reached.link.progress().is_throttled {
            Told::Throttled
        } else {
            Told::Failed(failed)
        }
    })
}

fn bad(finding: Finding, host: &HostPort, told: &Told) -> Finding {
    match told {
        Told::Throttled => {
            let code = ErrorCode::THROTTLING_QUOTA_EXCEEDED;
            let next = next_step_for(code, ApiKey::Metadata).map(str::to_owned);
            let cause =
                "the broker wants this client to be quiet for longer than an answer may take";
            finding.bad(Trouble::new(cause, next), Exit::Unreachable)
        }
        Told::Malformed(error) => {
            let next = "Report this with the broker's version: its answer cannot be read.";
            finding.bad(Trouble::new(error, Some(next.to_owned())), Exit::Failed)
        }
        Told::Failed(failed) => {
            if let Reason::Lost(failure) = &failed.reason {
                return finding.bad(trouble(host, failure), Exit::from(failure));
            }
            let is_late = matches!(failed.reason, Reason::DeadlinePassed(_));
            let exit = if is_late { Exit::Unreachable } else { Exit::Failed };
            finding.bad(Trouble::new(&failed.reason, failed.next_step()), exit)
        }
    }
}

async fn see_topic(host: &HostPort, reached: &Reached, name: &str) -> Finding {
    let begun = Instant::now();
    let answer = ask(reached, picture::ask_for_topic(&reached.versions, name)).await;
    let seen = answer.and_then(|frame| picture::topic(&frame, name).map_err(Told::Malformed));
    let finding = match seen {
        Ok(seen) => topic::finding(name, &seen),
        Err(told) => bad(Finding::good(Stage::Topic, format!("`{name}`")), host, &told),
    };
    finding.after(begun.elapsed())
}

/// Asks for a producer id, which changes nothing but a counter of the cluster. A broker that has
/// just started says that it needs a moment, and is given one.
async fn ask_for_identity(host: &HostPort, reached: &Reached) -> Finding {
    let begun = Instant::now();
    let mut answer = ask_once_for_identity(reached).await;
    while matches!(&answer, Ok(granted) if granted.code.class().is_retriable())
        && begun.elapsed() < PATIENCE
    {
        sleep(PAUSE).await;
        answer = ask_once_for_identity(reached).await;
    }
    let base = Finding::good(Stage::Identity, "the right to write without duplicates");
    let finding = match answer {
        Ok(Granted { code: ErrorCode::NONE, id, epoch }) => Finding {
            said: format!("producer id {id}, epoch {epoch}"),
            ..base.with("producer_id", id).with("epoch", epoch)
        },
        Ok(Granted { code, .. }) => {
            let next = next_step_for(code, ApiKey::InitProducerId).map(str::to_owned);
            base.with("error_code", code.0).bad(Trouble::new(code, next), Exit::Failed)
        }
        Err(told) => bad(base, host, &told),
    };
    finding.after(begun.elapsed())
}

async fn ask_once_for_identity(reached: &Reached) -> Result<Granted, Told> {
    let request = InitProducerIdRequest {
        transactional_id: None,
        transaction_timeout_ms: 60_000,
        ..InitProducerIdRequest::default()
    };
    granted(&ask(reached, Typed::new(request)).await?)
}

/// What a broker said of a producer id.
struct Granted {
    code: ErrorCode,
    id: i64,
    epoch: i16,
}

fn granted(frame: &ResponseFrame) -> Result<Granted, Told> {
    let answer = frame.decode::<InitProducerIdResponse<'_>>().map_err(Told::Malformed)?.body;
    let (id, epoch) = (answer.producer_id.0, answer.producer_epoch.0);
    Ok(Granted { code: answer.error_code, id, epoch })
}
