//! A web server that answers when the record is in the log, and says what it knows when not.
//!
//! Run: `cargo run -p klamm --example axum_handler`
//! Last line: `the client heard: 201 Created, orders-…@0`

mod common;

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use klamm::{ErrorKind, Fate, Producer, Record, Topic};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Cheap to clone, as handlers want it: both are handles.
#[derive(Clone)]
struct Shop {
    producer: Producer,
    orders: Topic,
}

async fn order(State(shop): State<Shop>, body: Bytes) -> (StatusCode, String) {
    match shop.producer.send(Record::to(&shop.orders).value(&body)).await {
        Ok(acked) => (StatusCode::CREATED, acked.to_string()),
        Err(error) => (status_of(&error), error.to_string()),
    }
}

fn status_of(error: &klamm::Error) -> StatusCode {
    match (error.kind(), error.fate()) {
        (ErrorKind::InvalidRecord, _) => StatusCode::UNPROCESSABLE_ENTITY,
        // Nothing was written: the client may try again.
        (_, Fate::NotWritten) => StatusCode::SERVICE_UNAVAILABLE,
        // It may be in the log, so that a second try may make a second order.
        _ => StatusCode::GATEWAY_TIMEOUT,
    }
}

/// One request by hand, in place of a browser.
async fn ask(listener: std::net::SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(listener).await?;
    let request = "POST /orders HTTP/1.1\r\nhost: shop\r\ncontent-length: 12\r\n\
                   connection: close\r\n\r\ntwo of those";
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> common::Outcome {
    let (builder, _cluster) = common::begin().await?;
    // What a request waits for is bounded by the two time-outs together.
    let builder = builder.set("linger.ms", 1).set("max.block.ms", 5_000);
    let producer = builder.build().await?;
    let shop = Shop { orders: producer.topic("orders").await?, producer: producer.clone() };

    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/orders", post(order)).with_state(shop);
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    let answer = ask(address).await?;
    server.abort();
    producer.close(Duration::from_secs(10)).await?;
    let status = answer.lines().next().and_then(|line| line.strip_prefix("HTTP/1.1 "));
    let body = answer.lines().last();
    println!("the client heard: {}, {}", status.unwrap_or("?"), body.unwrap_or("?"));
    Ok(())
}
