//! Sends render events with tracing-fluentd: `tracing-fluentd ADDRESS PREFIX COUNT`. It does not support acks.

use std::error::Error;
use std::net::{SocketAddr, TcpStream};

use tracing_subscriber::layer::SubscriberExt;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, address, prefix, count] = arguments.as_slice() else {
        return Err("tracing-fluentd ADDRESS PREFIX COUNT".into());
    };
    let address: SocketAddr = address.parse()?;
    let (layer, guard) = tracing_fluentd::Builder::new("ads.render")
        .flatten()
        .with_writer(move || TcpStream::connect(address))
        .layer_guarded()?;
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, || {
        for number in 0..count.parse::<u32>()? {
            tracing::info!(
                event_id = format!("{prefix}-{number}"),
                page_view_id = prefix.as_str(),
                event = "ad_rendered",
                elapsed_ms = f64::from(number) + 0.5,
            );
        }
        Ok::<(), Box<dyn Error>>(())
    })?;
    // Waits until all is written.
    drop(guard);
    Ok(())
}
