//! Accepting and counting: caps on connections in all and by address, so that one client cannot take the places of all
//! others.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use tokio::net::{TcpListener, TcpStream};

/// The next connection, whatever fails before it comes.
pub(crate) async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                // Small messages go back and forth.
                drop(socket.set_nodelay(true));
                return (socket, peer);
            }
            Err(error) => tracing::warn!(error = %error, "a connection cannot be accepted"),
        }
        // Out of file descriptors, most likely: give the others time to end.
        tokio::time::sleep(RECOVERY).await;
    }
}

const RECOVERY: Duration = Duration::from_millis(100);

/// How many connections a port takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// In all.
    pub total: usize,
    /// From one address.
    pub by_address: usize,
}

/// Connections that got no place, counted.
#[derive(Debug, Clone, Default)]
pub struct ConnectionMetrics {
    refused: Family<RefusedLabel, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusedLabel {
    port: &'static str,
    reason: &'static str,
}

impl ConnectionMetrics {
    /// Metrics that show up in the registry.
    pub fn registered(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register(
            "log_ingest_refused_query_connections",
            "Connections to the ports of queries that were closed because there were too many, in all or from one address",
            metrics.refused.clone(),
        );
        metrics
    }
}

/// The places of a port; clones share them.
#[derive(Debug, Clone)]
pub struct Places {
    port: &'static str,
    limits: ConnectionLimits,
    taken: Arc<Mutex<Taken>>,
    metrics: ConnectionMetrics,
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// All are taken.
    #[error("too many connections")]
    Total,
    /// The address has as many as one may have.
    #[error("too many connections from this address")]
    Address,
}

/// A place that is given back when it is dropped.
#[derive(Debug)]
pub struct TakenPlace {
    places: Places,
    address: IpAddr,
}

impl Places {
    /// So many for the port of that section of the settings, all of them free.
    pub fn new(port: &'static str, limits: ConnectionLimits, metrics: ConnectionMetrics) -> Self {
        Self {
            port,
            limits,
            taken: Arc::default(),
            metrics,
        }
    }

    /// Takes a place for a connection from that address.
    ///
    /// # Errors
    /// There is no free place.
    pub fn take(&self, address: IpAddr) -> Result<TakenPlace, NoPlace> {
        self.count(address).inspect_err(|none| {
            let label = RefusedLabel {
                port: self.port,
                reason: none.name(),
            };
            self.metrics.refused.get_or_create(&label).inc();
        })?;
        Ok(TakenPlace {
            places: self.clone(),
            address,
        })
    }
}

impl Places {
    fn count(&self, address: IpAddr) -> Result<(), NoPlace> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.total >= self.limits.total {
            return Err(NoPlace::Total);
        }
        let of_address = taken.by_address.entry(address).or_default();
        if *of_address >= self.limits.by_address {
            return Err(NoPlace::Address);
        }
        *of_address += 1;
        taken.total += 1;
        Ok(())
    }
}

impl NoPlace {
    const fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Address => "address",
        }
    }
}

impl Drop for TakenPlace {
    fn drop(&mut self) {
        let taken = self.places.taken.lock();
        let mut taken = taken.unwrap_or_else(PoisonError::into_inner);
        taken.total = taken.total.saturating_sub(1);
        if let Some(count) = taken.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_all_and_by_address() {
        let limits = ConnectionLimits {
            total: 3,
            by_address: 2,
        };
        let places = Places::new("sql", limits, ConnectionMetrics::default());
        let (one, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let first = places.take(one);
        let _second = places.take(one);
        assert_eq!(places.take(one).unwrap_err(), NoPlace::Address);
        let _third = places.take(other);
        assert_eq!(places.take(other).unwrap_err(), NoPlace::Total);
        drop(first);
        assert!(places.take(one).is_ok());
    }
}
