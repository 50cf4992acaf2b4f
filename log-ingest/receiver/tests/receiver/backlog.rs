//! Many clients that connect at the same time.

use std::time::Duration;

use log_receiver::{Listeners, ReceiverConfig};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::setup::settings;

/// More than the 128 that listeners have by default, and as many as the system allows.
fn crowd() -> usize {
    let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
    most.trim().parse::<usize>().unwrap().min(600)
}

/// Nobody accepts yet: what is not in the queue would have to try again.
#[tokio::test]
async fn a_crowd_connects_before_anybody_is_accepted() {
    let config = ReceiverConfig::check(&settings()).unwrap();
    let listeners = Listeners::bind(&config).await.unwrap();
    for listener in [&listeners.http, &listeners.forward] {
        let address = listener.local_addr().unwrap();
        let mut clients = JoinSet::new();
        for _ in 0..crowd() {
            clients.spawn(TcpStream::connect(address));
        }
        let connected = tokio::time::timeout(Duration::from_secs(60), clients.join_all()).await;
        let connected = connected.unwrap();
        assert!(connected.iter().all(Result::is_ok));
    }
}
