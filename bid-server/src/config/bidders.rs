//! `[bidders.<code>]`: the SSPs that can be asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::check::positive_ms;
use super::{ConfigError, file};
use crate::bidder_names;
use crate::bidders::catalogue::Catalogue;
use crate::bidders::config::{BidderConfig, Dialect};
use crate::bidders::definition::compile::OperatorSettings;
use crate::bidders::definition::fault::DefinitionError;
use crate::bidders::secrets::Secrets;

/// Codes with another meaning in an answer.
const RESERVED: [&str; 4] = ["house", "prebid", "general", "context"];

/// The shipped definitions and those in the folders.
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
    let codes: Vec<String> = raw.keys().cloned().collect();
    raw.into_iter()
        .map(|(code, bidder)| {
            let key = format!("bidders.{code}");
            check_code(&key, &code, &codes)?;
            let checked = check_one(&key, &code, &bidder, catalogue)?;
            Ok((code, checked))
        })
        .collect()
}

/// A code keeps its capitals, but no two codes may differ only in case.
fn check_code(key: &str, code: &str, all: &[String]) -> Result<(), ConfigError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if code.is_empty() || !code.chars().all(allowed) {
        return Err(ConfigError::invalid(
            key,
            "a code has only letters, digits, _ and -",
        ));
    }
    if RESERVED
        .iter()
        .any(|reserved| bidder_names::same(reserved, code))
    {
        return Err(ConfigError::invalid(key, "this code is reserved"));
    }
    if all
        .iter()
        .filter(|other| bidder_names::same(other, code))
        .count()
        > 1
    {
        let problem =
            "another bidder has this code in other capitals; requests could not tell them apart";
        return Err(ConfigError::invalid(key, problem));
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
    let operator = operator_settings(key, raw)?;
    let secrets = Secrets::of(operator.endpoint.as_deref(), operator.host.values());
    Ok(BidderConfig {
        dialect: dialect(key, code, (raw, &operator), catalogue)?,
        secrets,
        enabled: raw.enabled.unwrap_or(true),
        timeout,
        deduction: Duration::from_millis(raw.tmax_deduction_ms.unwrap_or(0)),
        secondary: raw.secondary.unwrap_or(false),
        compressed_answers: raw.compressed_answers.unwrap_or(true),
    })
}

/// The named definition; otherwise the definition with the bidder's code, at another address if there is an
/// endpoint; otherwise plain OpenRTB at the endpoint.
fn dialect(
    key: &str,
    code: &str,
    (raw, operator): (&file::Bidder, &OperatorSettings),
    catalogue: &Catalogue,
) -> Result<Dialect, ConfigError> {
    if let (None, false, Some(endpoint)) =
        (&raw.adapter, catalogue.contains(code), &operator.endpoint)
    {
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
    let definition = catalogue.compile(adapter, operator);
    let definition =
        Arc::new(definition.map_err(|error| ConfigError::invalid(key, error.to_string()))?);
    Ok(match catalogue.rust_dialect(adapter) {
        Some(spoken) => Dialect::InRust(spoken, definition),
        None => Dialect::Defined(definition),
    })
}

/// What the operator sets for it, wherever the texts come from.
fn operator_settings(key: &str, raw: &file::Bidder) -> Result<OperatorSettings, ConfigError> {
    let endpoint = raw.endpoint.as_ref();
    let endpoint = endpoint.map(|endpoint| endpoint.read(&format!("{key}.endpoint")));
    let host = raw.host.iter().map(|(name, value)| {
        let value = value.read(&format!("{key}.host.{name}"))?;
        Ok((name.clone(), value))
    });
    Ok(OperatorSettings {
        endpoint: endpoint.transpose()?,
        host: host.collect::<Result<_, ConfigError>>()?,
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
