//! Brings up a cluster and takes it down again.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::conformance::Target;
use super::guard::Guard;
use super::options::{Options, Transactions};
use super::ports;
use super::probe::{self, Coordination};
use super::process::{LONG, Process};
use super::settings::{self, HERE, Layout, USERS};
use super::state::State;
use super::{home, tls, tools};
use crate::support::{self, Outcome};

/// The identity of every cluster here: sixteen bytes in the letters of Base64.
const CLUSTER_ID: &str = "a2xhbW0ta2Fma2EtdGVzdA";

/// What a broker says when somebody else was quicker to take its port.
const PORT_TAKEN: &str = "Address already in use";

/// Mebibytes for a broker, and for everything else.
const BROKER_MEMORY: u32 = 512;
const TOOL_MEMORY: u32 = 256;

/// A cluster that answers; dropping it ends it.
pub(crate) struct Cluster {
    layout: Layout,
    /// Brokers first: ZooKeeper ends last.
    pub(super) processes: Vec<Process>,
    guard: Guard,
}

impl Cluster {
    /// Starts a cluster and waits until its brokers answer and its coordinators are at work.
    pub(crate) fn start(options: Options) -> Result<Self, String> {
        let certificates = prepare(options)?;
        let folder = fresh_folder(options)?;
        let mut attempts = 3;
        loop {
            let mut cluster = Self::planned(options, &folder, &certificates)?;
            let outcome = cluster.bring_up();
            attempts -= 1;
            match outcome {
                Ok(()) => return Ok(cluster),
                Err(_) if attempts > 0 && cluster.lost_a_port() => {
                    cluster.kill()?;
                    clear(&folder.join("zookeeper"))?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn planned(
        options: Options,
        folder: &Path,
        certificates: &tls::Certificates,
    ) -> Result<Self, String> {
        let (nodes, zookeeper) = ports::free(options.nodes)?;
        let (folder, certificates) = (folder.to_owned(), certificates.clone());
        let layout = Layout { options, folder, nodes, zookeeper, certificates };
        Ok(Self { layout, processes: Vec::new(), guard: Guard::new()? })
    }

    fn bring_up(&mut self) -> Outcome {
        for (number, ports) in self.layout.numbered() {
            let data = self.layout.data(number);
            clear(&data)?;
            let text = settings::broker(&self.layout, number, ports);
            support::write(&self.layout.file(number), &text)?;
        }
        if self.layout.options.release.needs_zookeeper() {
            self.start_zookeeper()?;
        } else {
            self.format()?;
        }
        self.start_brokers()?;
        self.wait_for_brokers()?;
        self.wait_for_coordinators()
    }

    /// Whether somebody else listens where one of the processes was told to.
    fn lost_a_port(&self) -> bool {
        self.processes.iter().any(|process| process.printed().contains(PORT_TAKEN))
    }

    fn kill(&mut self) -> Outcome {
        self.processes.iter_mut().try_for_each(Process::kill)
    }

    fn start_process(&mut self, name: &str, program: &Command) -> Result<Process, String> {
        let log = self.layout.folder.join(format!("{}.log", name.replace(' ', "-")));
        self.guard.start(name, program, &log)
    }

    /// Runs several programs side by side; all of them must succeed.
    fn succeed(&mut self, programs: &[(String, Command)]) -> Outcome {
        let started: Result<Vec<Process>, String> =
            programs.iter().map(|(name, program)| self.start_process(name, program)).collect();
        for mut process in started? {
            process.succeed(LONG)?;
            self.guard.forget(process.id(), true)?;
        }
        Ok(())
    }

    fn format(&mut self) -> Outcome {
        let options = self.layout.options;
        let mut programs = Vec::new();
        for (number, _) in self.layout.numbered() {
            let mut java = java_of(self.layout.options, TOOL_MEMORY, "kafka.tools.StorageTool");
            java.args(["format", "-t", CLUSTER_ID, "-c"]).arg(self.layout.file(number));
            if options.release.has_two_generations() && options.transactions == Transactions::V1 {
                java.args(["--feature", "transaction.version=1"]);
            }
            if options.secure {
                scram_users().into_iter().for_each(|user| {
                    java.arg("--add-scram").arg(user);
                });
            }
            programs.push((format!("format {number}"), java));
        }
        self.succeed(&programs)
    }

    fn start_zookeeper(&mut self) -> Outcome {
        let file = self.layout.zookeeper_file();
        support::write(&file, &settings::zookeeper(&self.layout))?;
        let class = "org.apache.zookeeper.server.quorum.QuorumPeerMain";
        let mut java = java_of(self.layout.options, TOOL_MEMORY, class);
        java.arg(file);
        let zookeeper = self.start_process("zookeeper", &java)?;
        self.processes.push(zookeeper);
        let port = self.layout.zookeeper;
        for zookeeper in &mut self.processes {
            zookeeper.wait_until("listening", LONG, || probe::listens(port))?;
        }
        if self.layout.options.secure { self.add_users_to_zookeeper() } else { Ok(()) }
    }

    fn add_users_to_zookeeper(&mut self) -> Outcome {
        let address = format!("{HERE}:{}", self.layout.zookeeper);
        let mut programs = Vec::new();
        for (name, word) in USERS {
            let credentials =
                format!("SCRAM-SHA-256=[password={word}],SCRAM-SHA-512=[password={word}]");
            let mut java = java_of(self.layout.options, TOOL_MEMORY, "kafka.admin.ConfigCommand");
            java.args(["--zookeeper", &address, "--alter", "--add-config", &credentials]);
            java.args(["--entity-type", "users", "--entity-name", name]);
            programs.push((format!("add {name}"), java));
        }
        self.succeed(&programs)
    }

    fn start_brokers(&mut self) -> Outcome {
        for number in 1..=self.layout.nodes.len() {
            let mut java = java_of(self.layout.options, BROKER_MEMORY, "kafka.Kafka");
            java.arg(self.layout.file(number));
            let broker = self.start_process(&format!("broker {number}"), &java)?;
            self.processes.insert(number - 1, broker);
        }
        Ok(())
    }

    /// Waits until each broker answers and knows of all the others.
    fn wait_for_brokers(&mut self) -> Outcome {
        let nodes = &self.layout.nodes;
        for (broker, ports) in self.processes.iter_mut().zip(nodes) {
            broker.wait_until("ready", LONG, || probe::answers(ports.plain))?;
        }
        for (broker, ports) in self.processes.iter_mut().zip(nodes) {
            let knows_all = || probe::brokers_seen_by(ports.plain) == Some(nodes.len());
            broker.wait_until("aware of all brokers", LONG, knows_all)?;
        }
        Ok(())
    }

    /// Waits until every partition of the coordinators' topics has one that is at work.
    ///
    /// A cluster makes these topics when it is first asked, and what it answers until then is a
    /// matter of time; two runs of the same cases would differ by it.
    fn wait_for_coordinators(&mut self) -> Outcome {
        let ports: Vec<u16> = self.layout.nodes.iter().map(|ports| ports.plain).collect();
        let first = self.processes.first_mut().ok_or("there is no broker")?;
        for of in [Coordination::Groups, Coordination::Transactions] {
            // There are as many partitions as nodes, and Java's hash of a digit is its letter's
            // number: consecutive digits are on different partitions.
            for key in (0..ports.len()).map(|digit| digit.to_string()) {
                let known = || ports.iter().all(|port| probe::knows_coordinator(*port, of, &key));
                first.wait_until("aware of a coordinator", LONG, known)?;
                let at_work = || ports.iter().any(|port| probe::coordinates(*port, of, &key));
                first.wait_until("beside a coordinator at work", LONG, at_work)?;
            }
        }
        Ok(())
    }

    /// Waits until every broker has ids for producers, which it fetches when it is first asked.
    pub(super) fn wait_for_producer_ids(&mut self) -> Outcome {
        for (broker, ports) in self.processes.iter_mut().zip(&self.layout.nodes) {
            let has_ids = || probe::gives_producer_ids(ports.plain);
            broker.wait_until("giving ids to producers", LONG, has_ids)?;
        }
        Ok(())
    }

    /// Where its parts are.
    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Where the judge finds the cluster.
    pub(super) fn target(&self) -> Target {
        let secure = self.layout.options.secure;
        Target {
            plain: self.layout.addresses(|ports| ports.plain),
            sasl: secure.then(|| self.layout.addresses(|ports| ports.sasl_plain)),
        }
    }

    pub(super) fn guard(&mut self) -> &mut Guard {
        &mut self.guard
    }

    /// Writes down what `status` and `stop` need to know.
    pub(super) fn note(&self) -> Outcome {
        let options = self.layout.options;
        let what = format!(
            "Kafka {}, nodes: {}, secure: {}, transactions: {}",
            options.release.version(),
            options.nodes,
            options.secure,
            options.transactions.digit()
        );
        let process = |process: &Process| (process.name().to_owned(), process.id());
        let processes = self.processes.iter().map(process).collect();
        let state = State { what, processes, variables: self.layout.variables() };
        state.write(&self.layout.folder)
    }

    /// Leaves the cluster running when this program ends.
    pub(super) fn leave(self) -> Outcome {
        self.note()?;
        self.guard.release()
    }

    /// Ends the cluster and forgets what it stored.
    pub(crate) fn stop(mut self) -> Outcome {
        self.kill()?;
        clear(&self.layout.folder)
    }
}

/// A Java program of the release that is wanted.
fn java_of(options: Options, memory: u32, class: &str) -> Command {
    options.release.java(&home(), memory, class)
}

/// Fetches jars and makes certificates, one at a time: they are shared by all clusters.
fn prepare(options: Options) -> Result<tls::Certificates, String> {
    if let Some(missing) = tools::missing() {
        return Err(missing);
    }
    let home = home();
    let lock = home.join("lock");
    support::write(&lock, "")?;
    let failed = |error| format!("cannot lock {}: {error}", lock.display());
    let held = std::fs::File::open(&lock).map_err(failed)?;
    held.lock().map_err(failed)?;
    options.release.fetch(&home)?;
    let folder = home.join("certificates");
    if options.secure {
        tls::make(&folder)?;
    }
    Ok(tls::Certificates::below(&folder))
}

/// The folder of a cluster that this process starts; the number keeps it apart from all others.
fn fresh_folder(options: Options) -> Result<PathBuf, String> {
    let name = format!("{}-{}", options.release.version(), std::process::id());
    let folder = super::runs().join(name);
    clear(&folder)?;
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    Ok(folder)
}

/// Removes a folder with all that is in it, if it is there.
pub(super) fn clear(folder: &Path) -> Outcome {
    if !folder.exists() {
        return Ok(());
    }
    std::fs::remove_dir_all(folder)
        .map_err(|error| format!("cannot remove {}: {error}", folder.display()))
}

/// The users as they are told to a node that is being formatted.
fn scram_users() -> Vec<String> {
    let user = |(name, word): (&str, &str)| {
        ["SCRAM-SHA-256", "SCRAM-SHA-512"]
            .map(|mechanism| format!("{mechanism}=[name={name},password={word}]"))
    };
    USERS.into_iter().flat_map(user).collect()
}
