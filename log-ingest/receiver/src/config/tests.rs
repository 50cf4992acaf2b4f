//! Defaults hold together, and a bad value is named.

use super::{ReceiverConfig, ReceiverFile};

fn check(text: &str) -> Result<ReceiverConfig, String> {
    let file: ReceiverFile = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    ReceiverConfig::check(&file).map_err(|error| error.to_string())
}

#[test]
fn an_empty_file_gives_the_defaults() {
    let config = check("").unwrap();
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:9880");
    assert_eq!(config.forward.listen.to_string(), "127.0.0.1:24224");
}

#[test]
fn names_the_key_of_a_bad_value() {
    let cases = [
        ("[forward]\nmax_depth = 1000", "forward.max_depth"),
        ("[forward]\nmax_connections = 0", "forward.max_connections"),
        ("[http]\nbody_timeout_ms = 0", "http.body_timeout_ms"),
        ("[buffer]\nqueue_bytes = 5000000000", "buffer.queue_bytes"),
        ("[buffer]\nmax_bytes = 1000", "buffer.max_bytes"),
        ("[buffer]\nreceive_bytes = 1000", "buffer.receive_bytes"),
        ("[buffer]\nreceive_bytes = 1000000", "buffer.receive_bytes"),
        ("[http]\nrate_burst = 0", "http.rate_burst"),
        (
            "[http]\nallowed_origins = [\"example\"]",
            "http.allowed_origins",
        ),
        (
            "[http]\ntrusted_proxies = [\"proxy\"]",
            "http.trusted_proxies",
        ),
        (
            "[forward]\nunix_permissions = \"rw\"",
            "forward.unix_permissions",
        ),
        ("[forward.tls]\ncertificate = \"x\"", "forward.tls"),
        (
            "[forward.security]\nusers = [{ name = \"u\", password = \"p\" }]",
            "forward.security.shared_key",
        ),
        (
            "[forward.security]\nallow_anonymous = false",
            "forward.security.shared_key",
        ),
        (
            "[forward.security]\nshared_key = \"\"\nhostname = \"\"",
            "forward.security.hostname",
        ),
        (
            "[forward.security]\nshared_key = \"\"\nclients = [{ network = \"x\" }]",
            "forward.security.clients",
        ),
        (
            "[forward.security]\nshared_key = \"\"\nclients = [{ network = \"::1\", users = [\"u\"] }]",
            "forward.security.clients",
        ),
        ("[buffer]\ndir = \"x\"", "unknown field `dir`"),
    ];
    for (text, key) in cases {
        let error = check(text).unwrap_err();
        assert!(error.starts_with(key), "{text}: {error}");
    }
}

#[test]
fn a_key_turns_the_handshake_on_and_is_not_shown() {
    assert_eq!(check("").unwrap().forward.security, None);
    let empty = check("[forward.security]\nshared_key = \"\"").unwrap();
    assert!(empty.forward.security.is_some());
    let text = "[forward.security]\nshared_key = \"sesame\"\nusers = [{ name = \"u\", password = \"sesame\" }]";
    let shown = format!("{:?}", check(text).unwrap());
    assert!(!shown.contains("sesame"), "{shown}");
}
