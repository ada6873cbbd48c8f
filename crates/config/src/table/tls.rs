//! TLS: whom to believe, and who we are.

use klamm_cluster::Secret;
use klamm_cluster::transport::{Pem, TlsVersions};

use crate::draft::{Draft, Security};
use crate::error::{Outcome, Problem};
use crate::row::Row;
use crate::row::Takes::{Flag, Later, Never, Path, Secret as Hidden, Text, Word};

const fn security(tls: bool, sasl: bool) -> Security {
    Security { tls, sasl }
}

pub(crate) static ROWS: &[Row] = &[
    Row::both(
        "security.protocol",
        Word(&[
            ("PLAINTEXT", |d| d.security = security(false, false)),
            ("SSL", |d| d.security = security(true, false)),
            ("SASL_PLAINTEXT", |d| d.security = security(false, true)),
            ("SASL_SSL", |d| d.security = security(true, true)),
        ]),
        "Whether TLS protects connections, and whether SASL says who we are.",
    )
    .defaults("PLAINTEXT", "plaintext"),
    Row::java(
        "ssl.truststore.type",
        Text(|d, text| store_type(text, TRUSTSTORE).map(|()| d.tls.truststore.is_pem = true)),
        "The format of `ssl.truststore.location`: PEM.",
    )
    .here("")
    .defaults("JKS", ""),
    Row::java(
        "ssl.truststore.location",
        Path(|d, path| d.tls.truststore.location = Some(path)),
        "A file with the certificates of those whom we believe, instead of public authorities.",
    ),
    Row::java(
        "ssl.truststore.certificates",
        Hidden(|d, text| put_pem(&mut d.tls.roots, text)),
        "The certificates of those whom we believe, as PEM, instead of public authorities.",
    ),
    Row::librdkafka(
        "ssl.ca.location",
        Path(|d, path| d.tls.roots = Some(Pem::File(path))),
        "A file with the certificates of those whom we believe, instead of public authorities.",
    )
    .sets("ssl.ca"),
    Row::librdkafka(
        "ssl.ca.pem",
        Hidden(|d, text| put_pem(&mut d.tls.roots, text)),
        "The certificates of those whom we believe, as PEM, instead of public authorities.",
    )
    .sets("ssl.ca"),
    Row::java(
        "ssl.keystore.type",
        Text(|d, text| store_type(text, KEYSTORE).map(|()| d.tls.keystore.is_pem = true)),
        "The format of `ssl.keystore.location`: PEM.",
    )
    .here("")
    .defaults("JKS", ""),
    Row::java(
        "ssl.keystore.location",
        Path(|d, path| d.tls.keystore.location = Some(path)),
        "A file with our certificate, those that vouch for it, and its key.",
    )
    .clash("a file in PEM, by `ssl.keystore.type`, where librdkafka has PKCS#12"),
    Row::librdkafka("ssl.keystore.location", Never(PKCS12, KEYSTORE.p12), "A file in PKCS#12.")
        .clash("a file in PKCS#12, where the Java client has `ssl.keystore.type`"),
    Row::java(
        "ssl.keystore.certificate.chain",
        Hidden(|d, text| put_pem(&mut d.tls.chain, text)),
        "Our certificate and those that vouch for it, as PEM.",
    ),
    Row::java(
        "ssl.keystore.key",
        Hidden(|d, text| put_pem(&mut d.tls.key, text)),
        "The key of our certificate, as PEM.",
    ),
    Row::librdkafka(
        "ssl.certificate.location",
        Path(|d, path| d.tls.chain = Some(Pem::File(path))),
        "A file with our certificate and those that vouch for it, in PEM.",
    )
    .sets("ssl.certificate"),
    Row::librdkafka(
        "ssl.certificate.pem",
        Hidden(|d, text| put_pem(&mut d.tls.chain, text)),
        "Our certificate and those that vouch for it, as PEM.",
    )
    .sets("ssl.certificate"),
    Row::librdkafka(
        "ssl.key.location",
        Path(|d, path| d.tls.key = Some(Pem::File(path))),
        "A file with the key of our certificate, in PEM.",
    )
    .sets("ssl.key"),
    Row::librdkafka(
        "ssl.key.pem",
        Hidden(|d, text| put_pem(&mut d.tls.key, text)),
        "The key of our certificate, as PEM.",
    )
    .sets("ssl.key"),
    Row::both(
        "ssl.key.password",
        Hidden(|d, password| {
            d.tls.key_password = Some(password);
            Ok(())
        }),
        "The password of an encrypted key.",
    ),
    Row::java(
        "ssl.endpoint.identification.algorithm",
        Word(&[
            ("https", |d| d.tls.base.check_name = true),
            ("", |d| d.tls.base.check_name = false),
        ]),
        "Whether the name in the broker's certificate is checked: `https`, or nothing.",
    )
    .defaults("https", "")
    .clash("an empty value checks no name, which librdkafka calls `none`"),
    Row::librdkafka(
        "ssl.endpoint.identification.algorithm",
        Word(&[
            ("https", |d| d.tls.base.check_name = true),
            ("none", |d| d.tls.base.check_name = false),
        ]),
        "Whether the name in the broker's certificate is checked: `https` or `none`.",
    )
    .defaults("", "https")
    .clash("`none` checks no name, for which the Java client has an empty value"),
    Row::librdkafka(
        "enable.ssl.certificate.verification",
        Flag(|d, yes| d.tls.base.verify = yes),
        "Whether the broker's certificate is looked at: without it, anybody can pose as a broker.",
    )
    .defaults("", "true"),
    Row::java(
        "ssl.protocol",
        Word(&[
            ("TLSv1.3", |d| d.tls.protocol = None),
            ("TLSv1.2", |d| d.tls.protocol = Some(TlsVersions::Only12)),
            ("TLS", |d| d.tls.protocol = None),
        ]),
        "The newest version of TLS that is spoken.",
    )
    .defaults("TLSv1.3", ""),
    Row::java(
        "ssl.enabled.protocols",
        Text(enabled),
        "The versions of TLS that are spoken: `TLSv1.2`, `TLSv1.3` or both with a comma.",
    )
    .defaults("TLSv1.2,TLSv1.3", ""),
    Row::own(
        "klamm.ssl.public.roots",
        Flag(|d, yes| d.tls.public_roots = Some(yes)),
        "Whether public authorities are believed too; without it, only if no others are named.",
    ),
    Row::own(
        "klamm.ssl.server.name",
        Text(|d, name| {
            d.tls.base.server_name = (!name.is_empty()).then(|| name.to_owned());
            Ok(())
        }),
        "The name to ask for and to check, instead of the one that is dialled.",
    ),
    Row::own(
        "klamm.ssl.key.log.location",
        Path(|d, path| d.tls.base.key_log = Some(path)),
        "A file to which the keys of sessions are appended, so that somebody can read the traffic.",
    ),
];

/// What is known of TLS and refused.
pub(crate) static UNSUPPORTED: &[Row] = &[
    Row::java("ssl.truststore.password", Never(NO_PASSWORD, MAKE_PEM), STORE_PASSWORD),
    Row::both("ssl.keystore.password", Never(NO_PASSWORD, USE_KEY_PASSWORD), STORE_PASSWORD),
    Row::both("ssl.cipher.suites", Later, "The cipher suites that are offered."),
    Row::java("ssl.provider", Never(JAVAS, "Leave it out"), "A provider of Java."),
    Row::java("security.providers", Never(JAVAS, "Leave it out"), "Providers of Java."),
    Row::java("ssl.engine.factory.class", Never(JAVAS, "Leave it out"), "A class of Java."),
    Row::java("ssl.keymanager.algorithm", Never(JAVAS, "Leave it out"), "A part of Java."),
    Row::java("ssl.trustmanager.algorithm", Never(JAVAS, "Leave it out"), "A part of Java."),
    Row::java("ssl.secure.random.implementation", Never(JAVAS, "Leave it out"), "A part of Java."),
    Row::librdkafka("ssl.providers", Never(OPENSSLS, "Leave it out"), "Providers of OpenSSL."),
    Row::librdkafka("ssl.engine.location", Never(OPENSSLS, "Leave it out"), "OpenSSL's engine."),
    Row::librdkafka("ssl.engine.id", Never(OPENSSLS, "Leave it out"), "OpenSSL's engine."),
    Row::librdkafka("ssl.curves.list", Later, "The curves that are offered."),
    Row::librdkafka("ssl.sigalgs.list", Later, "The signatures that are offered."),
    Row::librdkafka("ssl.crl.location", Later, "A list of certificates that were called back."),
    Row::librdkafka("ssl.ca.certificate.stores", Later, "Stores of Windows."),
    Row::librdkafka("https.ca.location", Later, "Whom to believe when tokens are fetched."),
    Row::librdkafka("https.ca.pem", Later, "Whom to believe when tokens are fetched."),
];

const PKCS12: &str = "stores in PKCS#12 are not read, only PEM is";
const STORE_PASSWORD: &str = "The password of a store in JKS or PKCS#12.";
const NO_PASSWORD: &str = "it belongs to stores in JKS or PKCS#12, and only PEM is read";
const MAKE_PEM: &str = "Leave it out, and make PEM of the store: `keytool -list -rfc -keystore \
    STORE > ca.pem`, `ssl.truststore.type=PEM` and `ssl.truststore.location=ca.pem`";
const USE_KEY_PASSWORD: &str = "Leave it out; the password of an encrypted key in PEM is \
    `ssl.key.password`";
const JAVAS: &str = "it names a part of Java, and there is no Java here";
const OPENSSLS: &str = "it names a part of OpenSSL, and there is no OpenSSL here";

/// How the stores of Java become PEM.
#[derive(Clone, Copy)]
pub(crate) struct Conversion {
    pub(crate) jks: &'static str,
    pub(crate) p12: &'static str,
}

pub(crate) const TRUSTSTORE: Conversion = Conversion {
    jks: "Run `keytool -list -rfc -keystore STORE > ca.pem`, then set `ssl.truststore.type=PEM` \
        and `ssl.truststore.location=ca.pem`",
    p12: "Run `openssl pkcs12 -in STORE -nokeys -out ca.pem`, then set `ssl.truststore.type=PEM` \
        and `ssl.truststore.location=ca.pem`",
};

pub(crate) const KEYSTORE: Conversion = Conversion {
    jks: "Run `keytool -importkeystore -srckeystore STORE -destkeystore client.p12 \
        -deststoretype PKCS12` and `openssl pkcs12 -in client.p12 -out client.pem`, then set \
        `ssl.keystore.type=PEM`, `ssl.keystore.location=client.pem` and `ssl.key.password`",
    p12: "Run `openssl pkcs12 -in STORE -out client.pem`, then set `client.pem` as \
        `ssl.certificate.location` and `ssl.key.location` (in the Java client's names as \
        `ssl.keystore.location` with `ssl.keystore.type=PEM`), and `ssl.key.password`",
};

fn store_type(text: &str, how: Conversion) -> Outcome {
    match text.to_ascii_uppercase().as_str() {
        "PEM" => Ok(()),
        "JKS" => Err(Problem::new("stores in JKS are not read, only PEM is", how.jks)),
        "PKCS12" => Err(Problem::new(PKCS12, how.p12)),
        _ => Err(Problem::new("stores of this kind are not known", "Write `PEM`")),
    }
}

fn put_pem(place: &mut Option<Pem>, text: Secret) -> Outcome {
    if !text.reveal_text().is_some_and(|text| text.contains("-----BEGIN ")) {
        let fix = "Write it with its lines `-----BEGIN …` and `-----END …`; in a file, `\\n\\` \
            at the end of each line goes on in the next";
        return Err(Problem::new("this is no PEM", fix));
    }
    *place = Some(Pem::Text(text));
    Ok(())
}

fn enabled(d: &mut Draft, text: &str) -> Outcome {
    let (mut has_12, mut has_13) = (false, false);
    for version in text.split(',').map(str::trim).filter(|version| !version.is_empty()) {
        match version {
            "TLSv1.2" => has_12 = true,
            "TLSv1.3" => has_13 = true,
            _ => {
                let problem = "only versions 1.2 and 1.3 of TLS are spoken";
                return Err(Problem::new(problem, "Write `TLSv1.2`, `TLSv1.3` or both"));
            }
        }
    }
    d.tls.enabled = match (has_12, has_13) {
        (true, true) => Some(TlsVersions::Both),
        (true, false) => Some(TlsVersions::Only12),
        (false, true) => Some(TlsVersions::Only13),
        (false, false) => None,
    };
    Ok(())
}
