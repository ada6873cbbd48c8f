//! The options of `klamm mock` about who clients are and what they may do.

use std::path::PathBuf;
use std::time::Duration;

use klamm_broker::security::acl::Acl;
use klamm_broker::security::sasl::{Credentials, Iterations, Mechanism};
use klamm_broker::security::{Principal, Sasl};
use klamm_broker::server::{Builder, Certificate, ClientAuth, TestCluster};

use crate::arguments::{Arguments, Complaint};

/// The users of a cluster whose users nobody named.
const USERS: [(&str, &str); 2] = [("alice", "alice-secret"), ("bob", "bob-secret")];

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Security {
    /// Nothing for a cluster without SASL.
    mechanisms: Option<Vec<Mechanism>>,
    users: Vec<(String, String)>,
    max_reauth: Option<Duration>,
    tls: bool,
    client_auth: ClientAuth,
    certificate: Certificate,
    ca_out: Option<PathBuf>,
    acls: Vec<Acl>,
    super_users: Vec<Principal>,
}

impl Security {
    /// Takes an option with its value; whether it is one of these.
    pub(super) fn take(
        &mut self,
        option: &str,
        arguments: &mut Arguments<'_>,
    ) -> Result<bool, Complaint> {
        match option {
            "--sasl" => self.mechanisms = Some(mechanisms(arguments.value(option)?)?),
            "--user" => self.users.push(user(arguments.value(option)?)?),
            "--max-reauth" => {
                self.max_reauth = Some(Duration::from_millis(arguments.parsed(option)?));
            }
            "--tls" => self.tls = true,
            "--client-auth" => self.client_auth = client_auth(arguments.value(option)?)?,
            "--certificate" => self.certificate = certificate(arguments.value(option)?)?,
            "--ca-out" => self.ca_out = Some(arguments.parsed(option)?),
            "--acl" => {
                let rule = arguments.value(option)?.parse::<Acl>();
                self.acls.push(rule.map_err(|error| format!("--acl: {error}"))?);
            }
            "--super-user" => self.super_users.push(arguments.parsed(option)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether options are there that mean nothing without others.
    pub(super) fn check(&self) -> Result<(), Complaint> {
        let needs = |is_there, what: &str, other: &str| {
            if is_there { Err(format!("{what} means nothing without {other}")) } else { Ok(()) }
        };
        let is_open = self.mechanisms.is_none();
        needs(is_open && !self.users.is_empty(), "--user", "--sasl")?;
        needs(is_open && self.max_reauth.is_some(), "--max-reauth", "--sasl")?;
        needs(!self.tls && self.ca_out.is_some(), "--ca-out", "--tls")?;
        needs(!self.tls && self.certificate != Certificate::Good, "--certificate", "--tls")?;
        needs(!self.tls && self.client_auth != ClientAuth::None, "--client-auth", "--tls")
    }

    /// The cluster with all of this.
    pub(super) fn describe(&self, mut builder: Builder) -> Builder {
        if let Some(mechanisms) = &self.mechanisms {
            let mut sasl = Sasl::new(self.credentials()).with_mechanisms(mechanisms.clone());
            if let Some(limit) = self.max_reauth {
                sasl = sasl.with_max_reauth(limit);
            }
            builder = builder.sasl(sasl);
        }
        if self.tls {
            builder = builder.tls(self.client_auth).certificate(self.certificate);
        }
        builder = self.acls.iter().cloned().fold(builder, Builder::acl);
        self.super_users.iter().cloned().fold(builder, Builder::super_user)
    }

    fn credentials(&self) -> Credentials {
        let own = self.users.iter().map(|(name, password)| (name.as_str(), password.as_str()));
        let users: Vec<(&str, &str)> =
            if self.users.is_empty() { USERS.to_vec() } else { own.collect() };
        users.iter().fold(Credentials::new(1, Iterations::MIN), |credentials, (name, password)| {
            credentials.with_user(name, password)
        })
    }

    /// Writes down whom clients of the TLS listeners have to believe, if that is asked for.
    pub(super) fn write_ca(&self, cluster: &TestCluster) -> std::io::Result<()> {
        match (&self.ca_out, cluster.ca_pem()) {
            (Some(path), Some(pem)) => std::fs::write(path, pem),
            _ => Ok(()),
        }
    }
}

fn mechanisms(text: &str) -> Result<Vec<Mechanism>, Complaint> {
    if text == "all" {
        return Ok(Mechanism::ALL.to_vec());
    }
    let named = text.split(',').map(|name| {
        let known = Mechanism::ALL.map(Mechanism::name).join(", ");
        let unknown = || format!("there is no mechanism `{name}`, only `all` or any of {known}");
        Mechanism::from_name(name).ok_or_else(unknown)
    });
    named.collect()
}

fn user(text: &str) -> Result<(String, String), Complaint> {
    match text.split_once(':') {
        Some((name, password)) if !name.is_empty() && !password.is_empty() => {
            Ok((name.to_owned(), password.to_owned()))
        }
        _ => Err(format!("--user is written NAME:PASSWORD, not `{text}`")),
    }
}

fn certificate(name: &str) -> Result<Certificate, Complaint> {
    match name {
        "good" => Ok(Certificate::Good),
        "expired" => Ok(Certificate::Expired),
        "not-yet-valid" => Ok(Certificate::NotYetValid),
        "other-name" => Ok(Certificate::OtherName),
        _ => Err(format!("--certificate cannot be `{name}`")),
    }
}

fn client_auth(text: &str) -> Result<ClientAuth, Complaint> {
    match text {
        "none" => Ok(ClientAuth::None),
        "requested" => Ok(ClientAuth::Requested),
        "required" => Ok(ClientAuth::Required),
        _ => Err(format!("--client-auth is none, requested or required, not `{text}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Security, Complaint> {
        let mut security = Security::default();
        let mut arguments = Arguments::new(words);
        while let Some(option) = arguments.next_option() {
            assert!(security.take(option, &mut arguments)?, "{option}");
        }
        security.check().map(|()| security)
    }

    #[test]
    fn options_that_mean_something_are_taken() {
        let words = ["--sasl", "PLAIN,SCRAM-SHA-512", "--user", "carol:a:b", "--tls"];
        let security = read(&words).unwrap();
        let wanted = [Mechanism::Plain, Mechanism::ScramSha512];
        assert_eq!(security.mechanisms.as_deref(), Some(&wanted[..]));
        assert_eq!(security.users, [("carol".to_owned(), "a:b".to_owned())]);
        let rule = "allow User:alice Write topic:orders";
        assert_eq!(read(&["--acl", rule]).unwrap().acls, [rule.parse().unwrap()]);
    }

    #[test]
    fn options_that_mean_nothing_are_told_so() {
        for (words, wanted) in [
            (&["--user", "carol:secret"][..], "without --sasl"),
            (&["--ca-out", "ca.pem"], "without --tls"),
            (&["--client-auth", "required"], "without --tls"),
            (&["--sasl", "GSSAPI"], "no mechanism `GSSAPI`"),
            (&["--sasl", "all", "--user", "carol"], "NAME:PASSWORD"),
            (&["--acl", "allow everything"], "is no rule"),
        ] {
            let complaint = read(words).expect_err(wanted);
            assert!(complaint.contains(wanted), "{complaint}");
        }
    }
}
