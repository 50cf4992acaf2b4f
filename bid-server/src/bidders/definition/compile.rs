//! From the TOML of a definition to a [`Definition`].

use axum::http::{HeaderName, HeaderValue, Method};
use serde_json::Value;
use toml::Table;

use super::fault::KeyFault;
use super::operation::Operation;
use super::path::Root;
use super::template::Template;
use super::url::check_url;
use super::{
    BidsPlan, CallPlan, Definition, HostSettings, Plan, Split, Version, file, media_type,
    media_types, timeout_notice,
};
use crate::bidders::info::{BidderInfo, Capabilities, UserSync};
use crate::bidders::params_schema::ParamsSchema;

/// OpenRTB 2.6 section 4.2.1: prices are in USD if `cur` is left out.
const WIRE_DEFAULT_CURRENCY: &str = "USD";
/// Statuses that mean "no bid" for nearly every SSP.
const NO_BID: [u16; 1] = [204];

/// What the configuration says about a bidder with a definition.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct OperatorSettings {
    /// Values of `{{host.<name>}}`.
    pub(crate) host: HostSettings,
    /// Replaces the definition's `call.url`.
    pub(crate) endpoint: Option<String>,
}

/// Compiles the table of a definition and the text of its params schema.
pub(crate) fn compile(
    code: &str,
    table: Table,
    schema: Option<Value>,
    settings: &OperatorSettings,
) -> Result<Definition, KeyFault> {
    let raw = read(table)?;
    let host = host_settings(&raw, &settings.host)?;
    let params = schema.map(ParamsSchema::compile).transpose();
    let params = params.map_err(|problem| KeyFault::new("params.json", problem))?;
    let call = call(&raw.call, settings, &host)?;
    let info = info(code, &raw, &call, params.as_ref())?;
    let version = version(raw.openrtb.as_deref())?;
    let (imp, request) = changes(raw.request, &host)?;
    Ok(Definition {
        info,
        params,
        plan: Plan {
            version,
            gzip: raw.gzip,
            call,
            imp,
            request,
            bids: bids(raw.bids, &host)?,
        },
    })
}

/// Reads the file from its table; a fault names the key.
fn read(table: Table) -> Result<file::File, KeyFault> {
    serde_path_to_error::deserialize(table).map_err(|error| {
        let path = error.path().to_string();
        let key = if path == "." {
            "adapter.toml"
        } else {
            path.as_str()
        };
        KeyFault::new(key, error.inner().message().to_owned())
    })
}

/// A name and its default.
type Declared = (String, Option<String>);

/// The names of all host settings that a definition declares, with their defaults.
pub(crate) fn declared_host_settings(table: &Table) -> Vec<Declared> {
    let host = table.get("host").and_then(toml::Value::as_table);
    let setting = |(name, value): (&String, &toml::Value)| {
        let default = value.get("default").and_then(toml::Value::as_str);
        (name.clone(), default.map(str::to_owned))
    };
    host.into_iter().flatten().map(setting).collect()
}

fn host_settings(raw: &file::File, given: &HostSettings) -> Result<HostSettings, KeyFault> {
    if let Some(name) = given.keys().find(|name| !raw.host.contains_key(*name)) {
        return Err(KeyFault::new(
            format!("host.{name}"),
            "the adapter has no such setting",
        ));
    }
    let mut host = HostSettings::new();
    for (name, setting) in &raw.host {
        let value = given.get(name).or(setting.default.as_ref());
        let value = value.ok_or_else(|| {
            KeyFault::new(
                format!("host.{name}"),
                "must be set in the configuration of the bidder",
            )
        })?;
        host.insert(name.clone(), value.clone());
    }
    Ok(host)
}

fn version(name: Option<&str>) -> Result<Version, KeyFault> {
    match name {
        None | Some("2.6") => Ok(Version::V26),
        Some("2.5") => Ok(Version::V25),
        Some(_) => Err(KeyFault::new("openrtb", "must be \"2.5\" or \"2.6\"")),
    }
}

fn call(
    raw: &file::Call,
    settings: &OperatorSettings,
    host: &HostSettings,
) -> Result<CallPlan, KeyFault> {
    let method = match raw.method.as_deref() {
        None | Some("POST") => Method::POST,
        Some("GET") => Method::GET,
        Some(_) => return Err(KeyFault::new("call.method", "must be \"POST\" or \"GET\"")),
    };
    let fault = |problem: String| KeyFault::new("call.url", problem);
    let text = settings.endpoint.as_deref().unwrap_or(&raw.url);
    let url = Template::parse(text, host).map_err(fault)?;
    check_url(&url).map_err(fault)?;
    let query = raw.query.iter().map(|(name, value)| {
        let template = Template::parse(value, host);
        let template =
            template.map_err(|problem| KeyFault::new(format!("call.query.{name}"), problem))?;
        Ok((name.clone(), template))
    });
    let late = raw.timeout_notice.as_ref();
    let late = late.map(|raw| timeout_notice::compile(raw, host));
    Ok(CallPlan {
        method,
        timeout_notice: late.transpose()?,
        url,
        split: split(raw, host)?,
        query: query.collect::<Result<_, KeyFault>>()?,
        headers: headers(raw, host)?,
    })
}

type Headers = Vec<(HeaderName, Template)>;

/// One entry for each header line of a call.
fn headers(raw: &file::Call, host: &HostSettings) -> Result<Headers, KeyFault> {
    let mut headers = Headers::new();
    for (name, values) in &raw.headers {
        let key = format!("call.headers.{name}");
        let parsed = HeaderName::try_from(name.as_str());
        let parsed = parsed.map_err(|_| KeyFault::new(&key, "is no name of a header"))?;
        for value in values.as_slice() {
            let template = Template::parse(value, host);
            let template = template.map_err(|problem| KeyFault::new(&key, problem))?;
            let tried = HeaderValue::try_from(template.filled_with("x"));
            tried.map_err(|_| KeyFault::new(&key, "is no value of a header"))?;
            headers.push((parsed.clone(), template));
        }
    }
    Ok(headers)
}

fn split(raw: &file::Call, host: &HostSettings) -> Result<Split, KeyFault> {
    match (raw.requests.as_deref(), raw.group_by.as_deref()) {
        (None | Some("all"), None) => Ok(Split::All),
        (Some("imp"), None) => Ok(Split::PerImp),
        (None, Some(by)) => {
            let template = Template::parse(by, host);
            template
                .map(Split::By)
                .map_err(|problem| KeyFault::new("call.group_by", problem))
        }
        _ => Err(KeyFault::new(
            "call.requests",
            "must be \"all\" or \"imp\", or left out beside group_by",
        )),
    }
}

fn info(
    code: &str,
    raw: &file::File,
    call: &CallPlan,
    params: Option<&ParamsSchema>,
) -> Result<BidderInfo, KeyFault> {
    let capabilities = raw.capabilities.as_ref().map(capabilities).transpose()?;
    let user_sync = raw.user_sync.as_ref().map(|sync| UserSync {
        key: sync.key.clone(),
        iframe: sync.iframe.clone(),
        redirect: sync.redirect.clone(),
    });
    Ok(BidderInfo {
        code: code.to_owned(),
        enabled: false,
        maintainer: raw.maintainer.clone(),
        alias_of: raw.alias_of.clone(),
        gvl_id: raw.gvl_id,
        uses_https: call.url.filled_with("x").starts_with("https:"),
        capabilities,
        params_schema: params.map(|params| params.source().clone()),
        debug_allowed: raw.debug_allowed.unwrap_or(true),
        modifying_vast_xml_allowed: raw.modifying_vast_xml_allowed.unwrap_or(false),
        user_sync,
    })
}

fn capabilities(raw: &file::Capabilities) -> Result<Capabilities, KeyFault> {
    let list = |key: &str, names: &[String]| {
        media_types(names).map_err(|problem| KeyFault::new(format!("capabilities.{key}"), problem))
    };
    Ok(Capabilities {
        site: list("site", &raw.site)?,
        app: list("app", &raw.app)?,
        dooh: list("dooh", &raw.dooh)?,
        multi_format: raw.multi_format.unwrap_or(true),
    })
}

type Changes = (Vec<Operation>, Vec<Operation>);

fn changes(raw: Vec<file::Operation>, host: &HostSettings) -> Result<Changes, KeyFault> {
    let (mut imp, mut request) = (Vec::new(), Vec::new());
    for (index, operation) in raw.into_iter().enumerate() {
        let key = format!("request[{index}]");
        let (root, operation) = Operation::compile(operation, &key, host)?;
        match root {
            Root::Imp => imp.push(operation),
            Root::Request => request.push(operation),
            Root::Bid | Root::Params => {
                return Err(KeyFault::new(
                    key,
                    "changes imp or request; bids are changed in bids.change",
                ));
            }
        }
    }
    Ok((imp, request))
}

fn bids(raw: file::Bids, host: &HostSettings) -> Result<BidsPlan, KeyFault> {
    let steps = raw.media_type.map(|steps| {
        let steps = steps.into_iter().enumerate();
        let compiled = steps
            .map(|(index, step)| media_type::compile(step, &format!("bids.media_type[{index}]")));
        compiled.collect::<Result<Vec<_>, _>>()
    });
    let seat = raw.seat.as_deref().map(|seat| Template::parse(seat, host));
    let seat = seat
        .transpose()
        .map_err(|problem| KeyFault::new("bids.seat", problem))?;
    let mut changes = Vec::new();
    for (index, operation) in raw.change.into_iter().enumerate() {
        let key = format!("bids.change[{index}]");
        let (root, operation) = Operation::compile(operation, &key, host)?;
        if root != Root::Bid {
            return Err(KeyFault::new(key, "changes bids only"));
        }
        changes.push(operation);
    }
    Ok(BidsPlan {
        media_type: steps.transpose()?.unwrap_or_else(media_type::usual),
        currency: raw
            .currency
            .unwrap_or_else(|| WIRE_DEFAULT_CURRENCY.to_owned()),
        price_macros: raw.price_macros,
        seat,
        no_bid: raw.no_bid_statuses.unwrap_or_else(|| NO_BID.to_vec()),
        changes,
    })
}
