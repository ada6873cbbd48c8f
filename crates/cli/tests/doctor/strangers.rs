//! Peers that are no brokers: what they say is told, and nothing they send does harm.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Output;

use crate::bed::doctor;

/// The doctor at a peer that says this to everybody and hangs up.
async fn examined(greeting: &[u8], more: &[&str]) -> (Output, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let greeting = greeting.to_vec();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // Whoever hangs up on something unread resets.
            let mut ignored = [0; 4096];
            let _ = stream.read(&mut ignored);
            let _ = stream.write_all(&greeting);
        }
    });
    let words = ["-b", &place].into_iter().chain(more.iter().copied());
    let output = doctor(words.map(str::to_owned).collect()).await;
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    (output, said)
}

#[tokio::test]
async fn a_port_of_http_is_recognised() {
    let (output, said) = examined(b"HTTP/1.1 400 Bad Request\r\n\r\n", &[]).await;
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("its bytes look like HTTP"), "{said}");
    assert!(said.contains("Use the port of a Kafka listener"), "{said}");
}

#[tokio::test]
async fn a_peer_that_hangs_up_is_not_taken_for_tls() {
    for more in [&[][..], &["-X", "security.protocol=SSL"]] {
        let (output, said) = examined(b"", more).await;
        assert!(matches!(output.status.code(), Some(3 | 4)), "{said}");
        assert!(!said.contains("second opinion"), "{said}");
        assert!(said.contains("next:"), "{said}");
    }
}

#[tokio::test]
async fn ssh_is_not_taken_for_tls() {
    let greeting = b"SSH-2.0-OpenSSH_9.6\r\n";
    let (output, said) = examined(greeting, &["-X", "security.protocol=SSL"]).await;
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("does not speak TLS: its bytes look like SSH"), "{said}");
}

#[tokio::test]
async fn nonsense_is_an_error_and_no_panic() {
    let huge = [&[0, 0, 0, 20][..], &[0xff; 20]].concat();
    let wrong_number = [&[0, 0, 0, 10, 0, 0, 0, 77][..], &[0; 6]].concat();
    for greeting in [&[0xff; 64][..], &[0, 0, 0, 0], &huge, &wrong_number] {
        let (output, said) = examined(greeting, &["--json"]).await;
        assert!(matches!(output.status.code(), Some(1 | 4)), "{said}");
        assert_eq!(output.stderr, b"", "{said}");
        let last = said.lines().last().unwrap();
        let summary: serde_json::Value = serde_json::from_str(last).unwrap();
        assert_eq!(summary["summary"]["failed"][0], "ApiVersions", "{said}");
    }
}
