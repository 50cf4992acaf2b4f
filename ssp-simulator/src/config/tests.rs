//! The configuration file: what is taken, and that a bad key is named.

use super::{Config, Price};

fn with_ssp(lines: &str) -> String {
    format!("[[ssp]]\ncode = \"alpha\"\nlatency_ms = {{ median = 50, p95 = 90 }}\n{lines}\n")
}

fn refusal(lines: &str) -> String {
    Config::parse(&with_ssp(lines)).unwrap_err().to_string()
}

#[test]
fn the_demo_file_describes_its_five_ssps() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../demo-site/demo/ssp-simulator.toml"
    );
    let config = Config::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    let codes: Vec<&str> = config.ssps.iter().map(|ssp| ssp.code.as_str()).collect();
    assert_eq!(codes, ["alpha", "beta", "gamma", "delta", "omega"]);
    assert_eq!(config.listen.to_string(), "127.0.0.1:7000");
}

#[test]
fn takes_each_form_of_price() {
    let price = |text: &str| {
        let config = Config::parse(&with_ssp(&format!("bid_rate = 1\nprice = {text}"))).unwrap();
        config.ssps[0].price.clone()
    };
    assert!(matches!(price("{ fixed = 0.8 }"), Price::Fixed(_)));
    assert!(matches!(
        price("{ min = 0.5, max = 2 }"),
        Price::Uniform { .. }
    ));
    assert!(matches!(
        price("{ median = 1, p95 = 3, max = 5 }"),
        Price::LogNormal { .. }
    ));
}

#[test]
fn a_bad_value_is_named_with_its_key_and_ssp() {
    let price = "price = { fixed = 1 }";
    for (lines, key) in [
        (format!("bid_rate = 1.5\n{price}"), "`bid_rate`"),
        (
            "bid_rate = 1\nprice = { min = 3, max = 1 }".to_owned(),
            "`price`",
        ),
        (
            "bid_rate = 1\nprice = { fixed = 1, max = 1 }".to_owned(),
            "`price`",
        ),
        (
            format!("bid_rate = 1\n{price}\nsizes = [[0, 90]]"),
            "`sizes`",
        ),
        (format!("bid_rate = 1\n{price}\ncolour = 1"), "`colour`"),
        (format!("bid_rate = 1\n{price}\nfault = \"sulk\""), "`sulk`"),
    ] {
        let message = refusal(&lines);
        assert!(message.contains(key), "{key} is not in: {message}");
    }
}

#[test]
fn the_same_code_twice_is_refused() {
    let one = with_ssp("bid_rate = 1\nprice = { fixed = 1 }");
    let message = Config::parse(&format!("{one}{one}")).unwrap_err();
    assert_eq!(message.to_string(), "ssp `alpha` is configured twice");
}
