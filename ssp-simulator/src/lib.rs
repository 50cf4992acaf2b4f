//! The SSP simulator: one program that plays any number of SSPs.
//!
//! The path of a bid request: `router` finds the SSP named in the URL, `bid_endpoint`
//! records the call and waits as long as the SSP's latency says, `fault` may spoil the
//! answer, `answer` decides on each imp and writes the bids, `creative` draws the banner.
//! Everything random comes from `draw`, which knows only the SSP's seed and code and the id of the
//! request, so that the same request always gets the same answer. The simulator reads the
//! wire by itself and shares no OpenRTB types with the bid server: each must notice what
//! the other writes wrongly.

pub mod answer;
pub mod bid_endpoint;
pub mod calls;
pub mod config;
pub mod connection;
pub mod creative;
pub mod draw;
pub mod fault;
pub mod router;
pub mod ssp;

use std::net::SocketAddr;

use tokio::net::TcpListener;

use config::Config;
use connection::ResettableListener;
use ssp::Ssps;

/// Answers bid requests on the listener until `shutdown` resolves.
///
/// Hanging answers are part of the job, so stopping does not wait for them.
///
/// # Errors
/// When the listener has no address, or serving fails.
pub async fn run(
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let address: SocketAddr = listener.local_addr()?;
    let public_url = config
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    let app = router::router(Ssps::new(config.ssps, &public_url));
    let make_service = app.into_make_service_with_connect_info::<connection::Connection>();
    tokio::select! {
        served = async { axum::serve(ResettableListener::new(listener), make_service).await } => served,
        () = shutdown => Ok(()),
    }
}
