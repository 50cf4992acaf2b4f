//! Keeps personal data out of the tables, whatever a sender puts into a record.
//!
//! A user agent becomes the classes of its browser and system, an address loses its last part, and
//! both happen before anything is stored in a table, `quarantine` included.

use std::net::IpAddr;

use serde_json::{Map, Value};

const USER_AGENTS: [&str; 3] = ["user_agent", "ua", "http_user_agent"];
const ADDRESSES: [&str; 5] = ["ip", "client_ip", "remote_addr", "remote_host", "ipv6"];

/// Replaces what identifies a person by what describes a group.
pub(crate) fn minimise(fields: &mut Map<String, Value>) {
    let is_personal =
        |name: &String| USER_AGENTS.contains(&name.as_str()) || ADDRESSES.contains(&name.as_str());
    // Most records have none of them.
    if !fields.keys().any(is_personal) {
        return;
    }
    for name in USER_AGENTS {
        if let Some(Value::String(agent)) = fields.shift_remove(name) {
            let classes = [("browser", browser(&agent)), ("os", system(&agent))];
            for (column, class) in classes {
                let entry = fields.entry(column);
                entry.or_insert_with(|| Value::String(class.to_owned()));
            }
        }
    }
    for name in ADDRESSES {
        if let Some(value) = fields.get_mut(name) {
            let shortened = value.as_str().and_then(truncated);
            *value = shortened.map_or(Value::Null, Value::String);
        }
    }
}

/// An address without the part that tells households apart: 24 bits of IPv4, 48 of IPv6.
fn truncated(text: &str) -> Option<String> {
    Some(match text.trim().parse().ok()? {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::")
        }
    })
}

/// The first class whose mark is in the text; the order matters, since most browsers name others.
fn class(agent: &str, classes: &[(&str, &'static str)]) -> &'static str {
    let found = classes.iter().find(|(mark, _)| agent.contains(mark));
    found.map_or("other", |(_, name)| name)
}

fn browser(agent: &str) -> &'static str {
    class(
        agent,
        &[
            ("Edg", "edge"),
            ("SamsungBrowser", "samsung"),
            ("OPR/", "other"),
            ("Firefox/", "firefox"),
            ("FxiOS", "firefox"),
            ("Chrome/", "chrome"),
            ("CriOS", "chrome"),
            ("Safari/", "safari"),
        ],
    )
}

fn system(agent: &str) -> &'static str {
    class(
        agent,
        &[
            ("Android", "android"),
            ("iPhone", "ios"),
            ("iPad", "ios"),
            ("Windows", "windows"),
            ("Mac OS", "macos"),
            ("Linux", "linux"),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn user_agents_become_classes_and_addresses_lose_their_end() {
        let mut fields = json!({
            "user_agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "ip": "203.0.113.77", "client_ip": "2001:db8:7:9::1", "remote_addr": "no address", "os": "kept",
        });
        minimise(fields.as_object_mut().unwrap());
        let expected = json!({
            "ip": "203.0.113.0", "client_ip": "2001:db8:7::", "remote_addr": null,
            "os": "kept", "browser": "chrome",
        });
        assert_eq!(fields, expected);
    }

    #[test]
    fn classes_are_told_by_their_marks() {
        let cases = [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
                "safari",
                "ios",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0",
                "edge",
                "windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "firefox",
                "linux",
            ),
            ("curl/8.0", "other", "other"),
        ];
        for (agent, of_browser, of_system) in cases {
            assert_eq!(
                (browser(agent), system(agent)),
                (of_browser, of_system),
                "{agent}"
            );
        }
    }
}
