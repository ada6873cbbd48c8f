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
async fn the_file_of_a_producer_is_enough_and_what_it_says_of_producing_is_no_warning() {
    let folder = std::env::temp_dir().join(format!("klamm-producer-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("producer.properties");
    let text = "bootstrap.servers=127.0.0.1:1\nacks=1\nretries=3\nclient.rack=a\n";
    std::fs::write(&file, text).unwrap();
    let words = ["-F", file.to_str().unwrap()].map(str::to_owned);
    let output = doctor(words.to_vec()).await;
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(output.status.code(), Some(4));
    let said = String::from_utf8(output.stderr).unwrap();
    let name = "warning: client.rack: this has no effect";
    assert!(said.starts_with(name) && said.lines().count() == 1, "{said}");
}

#[tokio::test]
async fn what_is_warned_of_is_told_where_something_is_refused_too() {
    let quoted = ["-b", "k:1", "-X", "client.id=\"a\"", "-X", "security.protocol=SSL"];
    let said = refused(&[&quoted[..], &["-X", "ssl.ca.location=/nowhere"]].concat()).await;
    assert!(said.contains("warning: client.id: its quotes"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_refused_and_not_repeated() {
    use std::os::unix::ffi::OsStrExt as _;
    let secret = std::ffi::OsStr::from_bytes(b"sasl.password=wrong-MARKER\xff");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_klamm"));
    let output = command.arg("doctor").arg("-X").arg(secret).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), said.as_str()),
        (Some(2), "klamm: an argument is not in UTF-8\n")
    );
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

#[tokio::test]
async fn files_hold_properties_and_secrets() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = free.local_addr().unwrap();
    drop(free);
    let folder = std::env::temp_dir().join(format!("klamm-doctor-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (properties, password) = (folder.join("a.properties"), folder.join("password"));
    let text = format!("bootstrap.servers={place}\nsecurity.protocol=SASL_PLAINTEXT\n");
    std::fs::write(&properties, text).unwrap();
    std::fs::write(&password, "right-MARKER\n").unwrap();
    let secret = format!("sasl.password=@{}", password.display());
    let words = ["-F", properties.to_str().unwrap(), "-X", "sasl.mechanism=SCRAM-SHA-256"];
    let words = [&words[..], &["-X", "sasl.username=alice", "-X", &secret]].concat();
    let output = doctor(words.into_iter().map(str::to_owned).collect()).await;
    std::fs::remove_dir_all(&folder).unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("skip  SASL"), "{said}");
}
