//! Tests of one's own code against a cluster in the same process, with faults, without containers.
//!
//! Run: `cargo run -p klamm --example mock`, its tests: `cargo test -p klamm --example mock`
//! Last line: `paid once, although the leader died`

use klamm::{Acked, Error, Producer, Record};
use klamm_broker::server::TestCluster;

/// The code that is to be tested: the application's own.
async fn pay(producer: &Producer, customer: &str) -> Result<Acked, Error> {
    producer.send(Record::to("payments").key(customer).value("paid").partition(0)).await
}

/// A producer and a cluster of three nodes.
async fn world() -> Result<(Producer, TestCluster), Box<dyn std::error::Error>> {
    let cluster = TestCluster::builder().nodes(3).topic("payments", 1).start().await?;
    let builder = Producer::builder().bootstrap(&cluster.bootstrap()).set("linger.ms", 0);
    Ok((builder.build().await?, cluster))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (producer, mut cluster) = world().await?;
    // The answer to the first payment gets lost, and the leader dies before the second one.
    cluster.inject("produce: after-append drop-connection times 1".parse()?);
    pay(&producer, "customer 7").await?;
    let leader = cluster.leaders("payments").first().copied().flatten();
    cluster.kill(leader.ok_or("nobody leads")?).await;
    let second = pay(&producer, "customer 8").await?;
    if second.offset != Some(1) {
        return Err(format!("the second payment is {second}").into());
    }
    println!("paid once, although the leader died");
    Ok(())
}

#[cfg(test)]
mod tests {
    use klamm::Fate;

    use super::*;

    #[tokio::test]
    async fn a_payment_whose_answer_is_lost_stands_in_the_log_once() {
        let (producer, cluster) = world().await.unwrap();
        let fault = cluster.inject("produce: after-append drop-connection".parse().unwrap());
        let paid = pay(&producer, "customer 7");
        let withdrawn = async {
            while cluster.fired(fault) == 0 {
                tokio::task::yield_now().await;
            }
            cluster.withdraw(fault);
        };
        let (paid, ()) = tokio::join!(paid, withdrawn);
        assert_eq!(paid.unwrap().offset, Some(0));
        assert_eq!(cluster.log("payments", 0).len(), 1);
    }

    #[tokio::test]
    async fn a_payment_that_is_refused_is_not_written() {
        let (producer, cluster) = world().await.unwrap();
        cluster.inject("produce: on-receipt error POLICY_VIOLATION".parse().unwrap());
        let error = pay(&producer, "customer 7").await.unwrap_err();
        assert_eq!(error.fate(), Fate::NotWritten);
        assert!(cluster.log("payments", 0).is_empty());
    }
}
