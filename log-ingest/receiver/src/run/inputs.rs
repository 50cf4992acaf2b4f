//! Starts the inputs: forward protocol, heartbeats, HTTP, and the clock that seals a segment by its age.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::buffer::{Buffer, Shared};
use crate::config::ReceiverConfig;
use crate::listeners::Listeners;
use crate::open_files::{raise_open_file_limit, within};
use crate::output::Statuses;
use crate::receive::{
    CappedListener, ForwardListener, HttpState, Peer, RateLimiter, ReceiveMemory, ReceiveMetrics,
    Session, answer_heartbeats, router,
};

/// How often the open segment's age is looked at, as a share of the age at which it is sealed.
const AGE_CHECKS: u32 = 4;
const SOONEST_CHECK: Duration = Duration::from_millis(10);
/// What a failing disk holds back is looked at on the same occasion, so checks are at most this far apart.
const LATEST_CHECK: Duration = Duration::from_millis(500);

/// What the inputs need from the rest.
pub(super) struct Inputs<'a> {
    pub(super) buffer: &'a Buffer,
    pub(super) shared: &'a Shared,
    pub(super) metrics: &'a ReceiveMetrics,
    pub(super) outputs: Statuses,
}

impl Inputs<'_> {
    /// Everything that holds a handle to the buffer; each ends after `shutdown`.
    pub(super) fn start(
        self,
        mut config: ReceiverConfig,
        listeners: Listeners,
        shutdown: &CancellationToken,
    ) -> JoinSet<()> {
        let caps = [config.http.connections, config.forward.connections];
        let caps = within(raise_open_file_limit(), caps);
        [config.http.connections, config.forward.connections] = caps;
        let Listeners {
            http,
            forward,
            heartbeat,
            forward_tls,
            forward_unix,
        } = listeners;
        let mut inputs = JoinSet::new();
        let memory = ReceiveMemory::new(config.buffer.receive_kib);
        let forward = ForwardListener {
            tcp: forward,
            tls: forward_tls,
            unix: forward_unix,
            session: Session {
                config: config.forward.clone(),
                buffer: self.buffer.clone(),
                metrics: self.metrics.clone(),
                memory: memory.clone(),
            },
        };
        inputs.spawn(forward.run(shutdown.clone()));
        inputs.spawn(answer_heartbeats(heartbeat, shutdown.clone()));
        inputs.spawn(watch_age(
            self.buffer.clone(),
            config.buffer.segment_age,
            shutdown.clone(),
        ));
        let listener = CappedListener::new(http, &config.http, self.metrics.clone());
        let service = router(self.http(config, memory));
        let service = service.into_make_service_with_connect_info::<Peer>();
        let stop = shutdown.clone().cancelled_owned();
        inputs.spawn(async move {
            // axum's accept loop has no error of its own.
            drop(
                axum::serve(listener, service)
                    .with_graceful_shutdown(stop)
                    .await,
            );
        });
        inputs
    }

    fn http(self, config: ReceiverConfig, memory: ReceiveMemory) -> HttpState {
        HttpState {
            limiter: config.http.rate.map(RateLimiter::new),
            config: config.http,
            server_tags: config.forward.server_tags,
            buffer: self.buffer.clone(),
            metrics: self.metrics.clone(),
            buffer_metrics: self.shared.metrics.clone(),
            memory,
            usage: Arc::clone(&self.shared.usage),
            sealed: Arc::clone(&self.shared.sealed),
            max_buffer_bytes: config.buffer.max_bytes,
            outputs: self.outputs,
        }
    }
}

async fn watch_age(buffer: Buffer, age: Duration, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval((age / AGE_CHECKS).clamp(SOONEST_CHECK, LATEST_CHECK));
    loop {
        tokio::select! {
            _ = ticks.tick() => buffer.seal_if_old().await,
            () = shutdown.cancelled() => return,
        }
    }
}
