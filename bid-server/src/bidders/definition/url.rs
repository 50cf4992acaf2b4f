//! [`check_url`]: addresses with holes that cannot leave their host.

use url::Url;

use super::template::Template;

/// Checks that it is a URL once the holes are filled, and that the holes cannot choose another host.
pub(super) fn check_url(template: &Template) -> Result<(), String> {
    // Neither filling is a host by itself, so either both URLs have the same registered domain, or the hole
    // decides it.
    let parse = |filling: &str| {
        Url::parse(&template.filled_with(filling)).map_err(|error| error.to_string())
    };
    let (one, other) = (parse("hole-a.x1")?, parse("hole-b.y2")?);
    if !matches!(one.scheme(), "http" | "https") || one.scheme() != other.scheme() {
        return Err("must be an http or https URL".to_owned());
    }
    let last = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.rsplit('.')
            .take(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    if one.host_str() != other.host_str() && last(&one) != last(&other) {
        return Err(
            "params must not decide the host; only labels before a fixed domain".to_owned(),
        );
    }
    if one.port() != other.port() || !one.username().is_empty() {
        return Err("params must not decide user or port".to_owned());
    }
    Ok(())
}
