//! Exchanges that others computed.
//!
//! The first is the example of RFC 7677. Python made the others with `hashlib.pbkdf2_hmac`,
//! `hashlib.new` and `hmac.new` by the formulas of RFC 5802, in a program that gave the RFC's
//! proofs for the RFC's input.

use super::*;

/// Who, the nonce, the server's first message, our proof, and the server's signature.
struct Vector {
    credentials: Credentials,
    client_first: &'static str,
    server_first: &'static str,
    proof: &'static str,
    signature: &'static str,
}

fn check(vector: &Vector) {
    let (_, nonce) = vector.client_first.split_once(",r=").unwrap();
    let (first, conversation) = sent(begin(&vector.credentials, nonce));
    assert_eq!(String::from_utf8(first).unwrap(), vector.client_first);
    let step = conversation.received(vector.server_first.as_bytes());
    let (last, conversation) = sent(hashed(step));
    let (nonce, _) = vector.server_first.split_once(',').unwrap();
    assert_eq!(String::from_utf8(last).unwrap(), format!("c=biws,{nonce},p={}", vector.proof));
    let signature = format!("v={}", vector.signature);
    assert!(matches!(conversation.received(signature.as_bytes()), Step::Done));
}

#[test]
fn the_example_of_the_rfc_for_sha_256_is_reproduced() {
    check(&Vector {
        credentials: scram(ScramHash::Sha256, "user", "pencil"),
        client_first: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
        server_first: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                       s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        proof: "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        signature: "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    });
}

#[test]
fn the_same_example_with_sha_512_is_as_python_computes_it() {
    check(&Vector {
        credentials: scram(ScramHash::Sha512, "user", "pencil"),
        client_first: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
        server_first: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                       s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        proof: "gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxw\
                nYPJQ==",
        signature: "ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RV\
                    G2rR7N7Zw==",
    });
}

#[test]
fn a_name_with_comma_and_equals_and_a_password_that_saslprep_would_change() {
    check(&Vector {
        credentials: scram(ScramHash::Sha512, "a,b=c", "I\u{ad}X pass\u{a0}w\u{f6}rt"),
        client_first: "n,,n=a=2Cb=3Dc,r=fyko+d2lbbFgONRv9qkxdawL",
        server_first: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,\
                       s=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,i=8192",
        proof: "21RyZ3ojwcEA0gyh/K80Hc2Himlfokb26wdS7rT4KXq7fanN/f366iNzN/7ZY4eL8gR2wBJ5n6UVWthoH\
                s4eIQ==",
        signature: "zY4mmA+OEGQQs7byzXpfnGyBSgZTZIYHfymZtrMuamdZmKndkRl9DcEqQ/FaJ5m2/IR+/Lw2Zc+xw\
                    8j8Mpo0gA==",
    });
}

#[test]
fn a_name_and_a_password_beyond_ascii_are_used_as_typed() {
    check(&Vector {
        credentials: scram(ScramHash::Sha256, "j\u{fc}rgen", "\u{2168}"),
        client_first: "n,,n=j\u{fc}rgen,r=fyko+d2lbbFgONRv9qkxdawL",
        server_first: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=AAECAwQFBg==,i=5000",
        proof: "1aTDoMepmhYZ9GsDeCBFECm557Es+TVcP/SIIeCYTUE=",
        signature: "hGyiYkPw72hO6rjFSXhdOhctSMlZvyvGEKtZ8I2BeiM=",
    });
}

#[test]
fn a_password_longer_than_a_block_is_hashed_as_a_key() {
    let password = "p".repeat(200);
    let server_first = "r=abcdef,s=MDEyMzQ1Njc4OWFiY2RlZg==,i=4096";
    check(&Vector {
        credentials: scram(ScramHash::Sha256, "long", &password),
        client_first: "n,,n=long,r=abc",
        server_first,
        proof: "eB527t4aDLnTQRZcVfjhx5ZnfC7e2XpjTynBG03o92o=",
        signature: "QKQUar+ScwLPBctZxxqAH+ZiPhxgpMOt0y5p9UlmOhQ=",
    });
    check(&Vector {
        credentials: scram(ScramHash::Sha512, "long", &password),
        client_first: "n,,n=long,r=abc",
        server_first,
        proof: "K+uQQ1Gas92Qha/CswmaKec8TsGRr5gnjQ7L5aFcLJoWw5uGTE9J1TQ8KI2qbOpbywZ1q82BRTXI6fUgP\
                Qpgng==",
        signature: "F4Gf+VCsL08z74YjxdaABAPo0YYCQzCdfg1nQrlQWXZ+Nid1ToRenGDx/oRtqyjLNyGdk21Ks5hcZ\
                    1knqkEBvQ==",
    });
}
