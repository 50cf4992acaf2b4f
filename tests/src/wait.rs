//! Waiting for something to become true, with an end. Tests never sleep for a guessed time.

use std::time::Duration;

use tokio::time::Instant;

/// How long anything in a test may take before the test fails; generous, for loaded machines.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How often to look again.
const STEP: Duration = Duration::from_millis(20);

/// Looks until there is something to see.
///
/// # Errors
/// When [`PATIENCE`] is over; the error says what was waited for and what was seen last.
pub async fn until<T>(
    what: &str,
    mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        let seen = look().await;
        if let Ok(Some(found)) = seen {
            return Ok(found);
        }
        if Instant::now() >= end {
            let last = match seen {
                Ok(_) => "nothing".to_owned(),
                Err(error) => format!("{error:#}"),
            };
            anyhow::bail!("waited {PATIENCE:?} for {what}; seen last: {last}");
        }
        tokio::time::sleep(STEP).await;
    }
}
