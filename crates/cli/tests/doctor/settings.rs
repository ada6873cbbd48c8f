//! Command lines and settings that make no sense end with 2, before anything is dialled.

use crate::bed::doctor;

async fn refused(words: &[&str]) -> String {
    let output = doctor(words.iter().map(|word| (*word).to_owned()).collect()).await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(output.stdout.is_empty());
    said
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_way_to_help() {
    for (words, wanted) in [
        (&["--nonsense"][..], "there is no option `--nonsense`"),
        (&[], "bootstrap.servers: it is not set"),
        (&["-b", "kafka"], "has no port"),
        (&["-b", "kafka:1", "-X", "bootstrap.server=x"], "bootstrap.servers"),
        (&["-b", "kafka:1", "-F", "/nowhere/at.all"], "cannot be read"),
        (&["-b", "kafka:1", "-X", "sasl.password=@/nowhere/at.all"], "cannot be read"),
        (&["-b", "kafka:1", "-X", "sasl.password=env:NOT_THERE"], "has no `NOT_THERE`"),
        (&["-b", "kafka:1", "-X", "wrong-MARKER"], "-X is written NAME=VALUE"),
        (&["-b", "kafka:1", "-X", "sasl.mechanism=GSSAPI"], "Kerberos"),
    ] {
        let said = refused(words).await;
        assert!(said.contains(wanted), "{said}");
        assert!(said.contains("klamm help doctor"), "{said}");
    }
}

#[tokio::test]
async fn secrets_are_kept_in_what_is_refused() {
    let jaas = "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
                username=\"a\" password=\"wrong-MARKER";
    let protocol = "security.protocol=SASL_SSL";
    let said = refused(&["-b", "kafka:1", "-X", protocol, "-X", jaas]).await;
    assert!(said.contains("sasl.jaas.config"), "{said}");
    let file = "ssl.keystore.key=wrong-MARKER";
    let said = refused(&["-b", "kafka:1", "-X", "security.protocol=SSL", "-X", file]).await;
    assert!(said.contains("ssl.keystore"), "{said}");
}
