//! Where floors may be fetched from: only hosts on a list, and only public addresses.
//!
//! The address may come from a request, so anybody can choose it.

use url::Url;

use crate::data::public_address::allowed_url;

/// Which hosts may be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AllowedHosts {
    /// Names in lower case; one that begins with `*.` stands for all names below it.
    pub(crate) names: Vec<String>,
    /// Whether addresses of our own network are allowed.
    pub(crate) private: bool,
}

impl AllowedHosts {
    /// The address, if it may be called.
    pub(crate) fn check(&self, address: &str) -> Option<Url> {
        let url = allowed_url(address, self.private)?;
        let plain = url.username().is_empty() && url.password().is_none();
        (plain && self.names(url.host_str()?)).then_some(url)
    }

    fn names(&self, host: &str) -> bool {
        self.names
            .iter()
            .any(|allowed| match allowed.strip_prefix("*.") {
                Some(parent) => host
                    .strip_suffix(parent)
                    .is_some_and(|below| below.len() > 1 && below.ends_with('.')),
                None => allowed == host,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, allowed: bool) {
        let names = [
            "floors.example",
            "*.cdn.example",
            "127.0.0.1",
            "[::1]",
            "8.8.8.8",
        ];
        let hosts = AllowedHosts {
            names: names.map(str::to_owned).into(),
            private: false,
        };
        assert_eq!(hosts.check(address).is_some(), allowed, "{address}");
    }

    #[test]
    fn only_hosts_of_the_list_are_asked() {
        check("https://floors.example/a.json?b=c", true);
        check("http://FLOORS.example:8080/", true);
        check("https://a.b.cdn.example/", true);
        check("https://8.8.8.8/", true);
        check("https://cdn.example/", false);
        check("https://evilcdn.example/", false);
        check("https://floors.example.evil.example/", false);
        check("https://evil.example/floors.example", false);
        check("https://floors.example@evil.example/", false);
        check("https://user:secret@floors.example/", false);
        check("file:///etc/passwd", false);
        check("gopher://floors.example/", false);
        check("floors.example", false);
        check("", false);
    }

    #[test]
    fn numbers_of_the_own_network_are_not_asked_even_if_listed() {
        check("http://127.0.0.1/", false);
        check("http://2130706433/", false);
        check("http://0x7f.1/", false);
        check("http://[::1]/", false);
    }
}
