//! Which addresses a notice may go to: an SSP writes its URLs, and could write one of our own network.

use url::Url;

use crate::public_address::is_public_host;

/// The URL, if it may be called. Names are looked at when they are resolved.
pub(super) fn parse(text: &str, allow_private: bool) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    let allowed = allow_private || is_public_host(&url.host()?);
    (web && allowed).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_networks_are_not_called() {
        for url in [
            "http://127.0.0.1/",
            "http://10.1.2.3/",
            "http://192.168.0.1/",
            "http://169.254.169.254/latest",
            "http://100.64.0.1/",
            "http://0.0.0.0/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://[::1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "ftp://ssp.example/",
            "file:///etc/passwd",
            "nonsense",
        ] {
            assert_eq!(parse(url, false), None, "{url}");
        }
    }

    #[test]
    fn public_addresses_and_names_are_called() {
        for url in [
            "https://ssp.example/n?p=1",
            "http://9.9.9.9/",
            "http://[2620:fe::fe]/",
        ] {
            assert!(parse(url, false).is_some(), "{url}");
        }
        assert!(parse("http://127.0.0.1:1/", true).is_some());
    }
}
