//! Services that are recognised by the name of the host, and what is particular about each.

use std::fmt;

use crate::failure::{Blame, Cause, ConnFailure, Stage};
use crate::sasl::SaslError;

/// A service that runs brokers for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Provider {
    /// Azure Event Hubs by its Kafka endpoint.
    AzureEventHubs,
    /// Amazon MSK, serverless or not.
    AmazonMsk,
    /// Confluent Cloud.
    ConfluentCloud,
    /// Aiven.
    Aiven,
    /// Google Cloud's Managed Service for Apache Kafka.
    GoogleManagedKafka,
    /// Redpanda Cloud.
    RedpandaCloud,
}

impl Provider {
    /// Every service that is recognised.
    pub const ALL: [Self; 6] = [
        Self::AzureEventHubs,
        Self::AmazonMsk,
        Self::ConfluentCloud,
        Self::Aiven,
        Self::GoogleManagedKafka,
        Self::RedpandaCloud,
    ];

    /// The service that a host belongs to, by its name.
    pub fn of_host(host: &str) -> Option<Self> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let is_in =
            |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        if is_in("servicebus.windows.net") {
            return Some(Self::AzureEventHubs);
        }
        if is_in("confluent.cloud") {
            return Some(Self::ConfluentCloud);
        }
        if is_in("aivencloud.com") {
            return Some(Self::Aiven);
        }
        if is_in("cloud.redpanda.com") {
            return Some(Self::RedpandaCloud);
        }
        let has_label = |label: &str| host.split('.').any(|part| part == label);
        let is_amazon = is_in("amazonaws.com") || is_in("amazonaws.com.cn");
        if is_amazon && (has_label("kafka") || has_label("kafka-serverless")) {
            return Some(Self::AmazonMsk);
        }
        (is_in("cloud.goog") && has_label("managedkafka")).then_some(Self::GoogleManagedKafka)
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AzureEventHubs => "Azure Event Hubs",
            Self::AmazonMsk => "Amazon MSK",
            Self::ConfluentCloud => "Confluent Cloud",
            Self::Aiven => "Aiven",
            Self::GoogleManagedKafka => "Google Managed Service for Apache Kafka",
            Self::RedpandaCloud => "Redpanda Cloud",
        }
    }

    /// What its customers have to set, in a sentence.
    pub const fn settings(self) -> &'static str {
        match self {
            Self::AzureEventHubs => {
                "Event Hubs takes `security.protocol=SASL_SSL` on port 9093 with PLAIN, the user \
                 name '$ConnectionString' (in single quotes in a shell) and the connection string \
                 as the password, or OAUTHBEARER; the Basic tier has no Kafka endpoint."
            }
            Self::AmazonMsk => {
                "MSK takes IAM on port 9098 (9198 from outside; OAUTHBEARER with a signed token), \
                 SCRAM-SHA-512 on 9096 (9196), certificates on 9094 (9194) and plaintext on 9092, \
                 each only where the cluster has it switched on; serverless clusters take IAM \
                 alone."
            }
            Self::ConfluentCloud => {
                "Confluent Cloud takes `security.protocol=SASL_SSL` on port 9092 with PLAIN, the \
                 API key as user name and its secret as password, or OAUTHBEARER with the \
                 extensions `logicalCluster` and `identityPoolId`; topics are never created by \
                 being asked for."
            }
            Self::Aiven => {
                "Aiven wants its project's `ca.pem` as `ssl.ca.location` on every port, and either \
                 a client certificate (`security.protocol=SSL`) or SASL_SSL on a port of its own."
            }
            Self::GoogleManagedKafka => {
                "Google's service takes `security.protocol=SASL_SSL` on port 9092 with \
                 OAUTHBEARER, or PLAIN with a service account and its key."
            }
            Self::RedpandaCloud => {
                "Redpanda Cloud takes `security.protocol=SASL_SSL` with SCRAM-SHA-256 or \
                 SCRAM-SHA-512."
            }
        }
    }

    /// What else to think of when a connection to it fails so; `None` where it is no particular
    /// matter of the service.
    pub fn hint(self, failure: &ConnFailure) -> Option<&'static str> {
        let cause = &failure.cause;
        let is_about_names = matches!(cause, Cause::NoSuchHost | Cause::LookupFailed(_));
        if is_about_names || cause.blame() == Blame::Nobody {
            None
        } else if matches!(cause, Cause::Sasl(SaslError::Refused { .. })) {
            Some(self.refusal())
        } else if failure.stage == Stage::Ready {
            Some(self.closing())
        } else {
            Some(self.settings())
        }
    }

    /// What a refusal of credentials means besides wrong ones.
    const fn refusal(self) -> &'static str {
        match self {
            Self::AzureEventHubs => {
                "Event Hubs: put '$ConnectionString' and the connection string in single quotes, \
                 or the shell changes them; a connection from outside its IP firewall is refused \
                 in the same words."
            }
            Self::AmazonMsk => {
                "MSK: SCRAM users are secrets whose names begin with `AmazonMSK_`, associated with \
                 the cluster; a token of IAM is valid for 15 minutes at most."
            }
            Self::ConfluentCloud => {
                "Confluent Cloud: an API key belongs to one cluster, and takes some minutes to \
                 work after it was made."
            }
            Self::Aiven | Self::GoogleManagedKafka | Self::RedpandaCloud => self.settings(),
        }
    }

    /// Why it closes connections that were fine.
    const fn closing(self) -> &'static str {
        match self {
            Self::AzureEventHubs => {
                "Event Hubs closes connections that are idle for 240 s and those that send more \
                 than 1046528 bytes at once: set `connections.max.idle.ms` and \
                 `metadata.max.age.ms` to 180000, and `max.request.size` below that."
            }
            Self::AmazonMsk | Self::GoogleManagedKafka => {
                "The service ends sessions whose token has run out: the token must be renewed in \
                 time."
            }
            Self::ConfluentCloud | Self::Aiven | Self::RedpandaCloud => self.settings(),
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_recognised_by_the_names_of_their_hosts() {
        for (host, wanted) in [
            ("ns.servicebus.windows.net", Some(Provider::AzureEventHubs)),
            ("NS.ServiceBus.Windows.NET.", Some(Provider::AzureEventHubs)),
            ("pkc-1.eu-west-1.aws.confluent.cloud", Some(Provider::ConfluentCloud)),
            ("b-1.demo.abc.c2.kafka.eu-west-1.amazonaws.com", Some(Provider::AmazonMsk)),
            ("boot-x.c3.kafka-serverless.eu-west-1.amazonaws.com", Some(Provider::AmazonMsk)),
            ("kafka-1.aivencloud.com", Some(Provider::Aiven)),
            ("bootstrap.c.eu.managedkafka.p.cloud.goog", Some(Provider::GoogleManagedKafka)),
            ("seed.x.fmc.prd.cloud.redpanda.com", Some(Provider::RedpandaCloud)),
            ("servicebus.windows.net", None),
            ("evilservicebus.windows.net", None),
            ("ec2-1.eu-west-1.compute.amazonaws.com", None),
            ("kafka", None),
        ] {
            assert_eq!(Provider::of_host(host), wanted, "{host}");
        }
    }

    #[test]
    fn a_hint_is_given_where_the_service_is_particular() {
        let lost = ConnFailure { stage: Stage::Ready, cause: Cause::Reset };
        for provider in Provider::ALL {
            assert!(provider.hint(&lost).is_some(), "{provider}");
            let unknown = ConnFailure { stage: Stage::Resolve, cause: Cause::NoSuchHost };
            assert_eq!(provider.hint(&unknown), None, "{provider}");
        }
        assert!(Provider::AzureEventHubs.hint(&lost).unwrap().contains("240 s"));
    }
}
