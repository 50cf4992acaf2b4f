//! `[bidders.<code>]`: the SSPs that can be asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::check::positive_ms;
use super::{ConfigError, file};
use crate::bidders::catalogue::Catalogue;
use crate::bidders::config::{BidderConfig, Dialect};
use crate::bidders::definition::compile::OperatorSettings;
use crate::bidders::definition::fault::DefinitionError;

/// Codes that stand for something else in an answer.
const RESERVED: [&str; 4] = ["house", "prebid", "general", "context"];

/// The shipped definitions and those of the folders.
pub(super) fn catalogue(raw: &file::Adapters) -> Result<Catalogue, ConfigError> {
    let fault = |error: DefinitionError| ConfigError::invalid("adapters", error.to_string());
    let mut catalogue = Catalogue::shipped().map_err(fault)?;
    for folder in &raw.directories {
        catalogue.add_folder(Path::new(folder)).map_err(fault)?;
    }
    Ok(catalogue)
}

pub(super) fn check(
    raw: BTreeMap<String, file::Bidder>,
    catalogue: &Catalogue,
) -> Result<BTreeMap<String, BidderConfig>, ConfigError> {
    raw.into_iter()
        .map(|(code, bidder)| {
            let key = format!("bidders.{code}");
            check_code(&key, &code)?;
            let checked = check_one(&key, &code, &bidder, catalogue)?;
            Ok((code, checked))
        })
        .collect()
}

fn check_code(key: &str, code: &str) -> Result<(), ConfigError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if code.is_empty() || !code.chars().all(allowed) {
        return Err(ConfigError::invalid(
            key,
            "a code has only lower-case letters, digits, _ and -",
        ));
    }
    if RESERVED.contains(&code) {
        return Err(ConfigError::invalid(key, "this code is reserved"));
    }
    Ok(())
}

fn check_one(
    key: &str,
    code: &str,
    raw: &file::Bidder,
    catalogue: &Catalogue,
) -> Result<BidderConfig, ConfigError> {
    let timeout = raw
        .timeout_ms
        .map(|ms| positive_ms(&format!("{key}.timeout_ms"), ms))
        .transpose()?;
    Ok(BidderConfig {
        dialect: dialect(key, code, raw, catalogue)?,
        enabled: raw.enabled.unwrap_or(true),
        timeout,
        deduction: Duration::from_millis(raw.tmax_deduction_ms.unwrap_or(0)),
        secondary: raw.secondary.unwrap_or(false),
    })
}

/// The definition that is named; else plain OpenRTB where there is an endpoint; else the definition
/// that has the bidder's code.
fn dialect(
    key: &str,
    code: &str,
    raw: &file::Bidder,
    catalogue: &Catalogue,
) -> Result<Dialect, ConfigError> {
    let endpoint = raw.endpoint.as_ref();
    let endpoint = endpoint.map(|endpoint| endpoint.read(&format!("{key}.endpoint")));
    let endpoint = endpoint.transpose()?;
    if let (None, Some(endpoint)) = (&raw.adapter, &endpoint) {
        if !raw.host.is_empty() {
            let problem = "plain OpenRTB has no host settings; name an adapter";
            return Err(ConfigError::invalid(format!("{key}.host"), problem));
        }
        return plain(&format!("{key}.endpoint"), endpoint);
    }
    let adapter = raw.adapter.as_deref().unwrap_or(code);
    if !catalogue.contains(adapter) {
        let problem = match &raw.adapter {
            Some(adapter) => format!("no adapter is called {adapter:?}"),
            None => "an endpoint is needed, or an adapter".to_owned(),
        };
        return Err(ConfigError::invalid(key, problem));
    }
    let host = raw.host.iter().map(|(name, value)| {
        let value = value.read(&format!("{key}.host.{name}"))?;
        Ok((name.clone(), value))
    });
    let settings = OperatorSettings {
        host: host.collect::<Result<_, ConfigError>>()?,
        endpoint,
    };
    let definition = catalogue.compile(adapter, &settings);
    let definition =
        Arc::new(definition.map_err(|error| ConfigError::invalid(key, error.to_string()))?);
    Ok(match catalogue.rust_dialect(adapter) {
        Some(spoken) => Dialect::InRust(spoken, definition),
        None => Dialect::Defined(definition),
    })
}

fn plain(key: &str, endpoint: &str) -> Result<Dialect, ConfigError> {
    let endpoint =
        Url::parse(endpoint).map_err(|error| ConfigError::invalid(key, error.to_string()))?;
    if !matches!(endpoint.scheme(), "http" | "https") {
        return Err(ConfigError::invalid(key, "must be an http or https URL"));
    }
    Ok(Dialect::Plain(endpoint))
}
