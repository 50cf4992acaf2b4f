//! The sample file states the defaults; faults name their key.

use super::*;

#[test]
fn sample_file_parses_to_the_defaults() {
    let sample = include_str!("../../config/bid-server.toml");
    assert_eq!(Config::parse(sample).unwrap(), Config::parse("").unwrap());
}

#[test]
fn sample_file_lists_every_key() {
    let sample = include_str!("../../config/bid-server.toml");
    let sources = [include_str!("file.rs"), include_str!("file/bids.rs")].concat();
    for line in sources.lines() {
        let line = line.trim();
        let field = line.strip_prefix("pub(super) ");
        let Some(field) = field.or_else(|| line.strip_prefix("pub(in crate::config) ")) else {
            continue;
        };
        let Some((name, _)) = field.split_once(':') else {
            continue;
        };
        if field.starts_with("use ") {
            continue;
        }
        assert!(sample.contains(name), "{name} is not in the sample file");
    }
}

#[test]
fn examples_in_the_sample_file_are_valid() {
    let sample = include_str!("../../config/bid-server.toml");
    let (head, tail) = sample.split_once("# SSPs by code").unwrap();
    let (examples, _) = tail.split_once("[log_output]").unwrap();
    let live: String = examples
        .lines()
        .filter(|line| {
            let code = line.strip_prefix("# ").unwrap_or_default();
            code.starts_with('[') || code.contains(" = ")
        })
        .map(|line| line.trim_start_matches("# ").to_owned() + "\n")
        .collect();
    let config = Config::parse(&(head.to_owned() + &live)).unwrap();
    assert_eq!(config.bidders.len(), 2);
    assert_eq!(config.stored.imps.len(), 1);
    assert_eq!(config.line_items.len(), 1);
}

#[track_caller]
fn check_fault(text: &str, names: &str) {
    let fault = Config::parse(text).unwrap_err().to_string();
    assert!(fault.contains(names), "{fault}");
}

#[test]
fn faults_name_their_key() {
    check_fault("[listen]\nhttp = 'nowhere'", "listen.http");
    check_fault("[listen]\nhtpp = 'x'", "htpp");
    check_fault("[auction]\nmax_body_bytes = 0", "auction.max_body_bytes");
    check_fault("[auction]\nmax_tmax_ms = 90000", "auction.max_tmax_ms");
    check_fault(
        "[accounts]\nfrom_stored_data_server = true",
        "accounts.from_stored_data_server",
    );
    check_fault(
        "[auction]\ndefault_tmax_ms = 9000",
        "auction.default_tmax_ms",
    );
    check_fault("[bidders.'a b']\nendpoint = 'http://x/'", "bidders.a b");
    check_fault("[bidders.house]\nendpoint = 'http://x/'", "bidders.house");
    check_fault("[bidders.a]\nendpoint = 'ftp://x/'", "bidders.a.endpoint");
    check_fault(
        "[bidders.a]\nenabled = true",
        "bidders.a: an endpoint is needed",
    );
    check_fault(
        "[bidders.a]\nadapter = 'x'",
        "bidders.a: no adapter is called",
    );
    check_fault(
        "[bidders.a]\nendpoint = 'http://x/'\nhost.b = 'c'",
        "bidders.a.host",
    );
    check_fault(
        "[bidders.medianet]\nhost.b = 'c'",
        "host.b: the adapter has no such",
    );
    check_fault("[adapters]\ndirectories = ['/none']", "adapters: /none");
    check_fault("[currency]\ndefault = 'usd'", "currency.default");
    check_fault("[currency.rates.USD]\nEUR = 0", "currency.rates.USD.EUR");
    check_fault("[stored_imps.s]\nbanner = 1", "stored_imps.s");
    check_fault(
        "[stored_imps.s.ext.prebid.bidder]\nnone = {}",
        "bidder.none",
    );
    check_fault("[log_output]\naddress = 'here'", "log_output.address");
    check_fault("[auction]\nmax_imps = 'x'", "max_imps");
    check_fault("[listen]\npublic_url = 'here'", "listen.public_url");
    check_fault("[cache]\nstore = 'disk'", "cache.store");
    check_fault("[cache]\nstore = 'redis'", "cache.redis_url");
    for key in [
        "bidders.a.endpoint",
        "bidders.medianet.host.region",
        "cache.redis_url",
        "debug.override_secret",
    ] {
        check_fault(&format!("{key} = {{ env = 'NO_SUCH_VARIABLE_HERE' }}"), key);
    }
    check_fault("[cache]\nmax_ttl_s = 1", "cache.default_ttl_s");
    check_fault("[cache]\nexternal_url = 'ftp://x/'", "cache.external_url");
    check_fault("[notices]\npending_s = 0", "notices.pending_s");
    check_fault(
        "[debug]\noverride_secret = 'short'",
        "debug.override_secret",
    );
}

#[test]
fn line_item_faults_name_their_key() {
    let item = |more: &str| {
        format!(
            "[[house.line_items]]\nid = 'a'\nprice = 1\n{more}\ncreatives = [{{ id = 'c', w = 1, h = 1, html = '-' }}]"
        )
    };
    assert!(Config::parse(&item("")).is_ok());
    check_fault(&item("priority = 17"), "house.line_items[0].priority");
    check_fault(&item("starts = 'soon'"), "house.line_items[0].starts");
    check_fault(&item("currency = 'euro'"), "house.line_items[0].currency");
    let creative = |what: &str| {
        format!(
            "[[house.line_items]]\nid = 'a'\nprice = 1\ncreatives = [{{ id = 'c', w = 1, h = 1, {what} }}]"
        )
    };
    for (what, key) in [
        ("alt = 'nothing to see'", "html"),
        ("html = '-', text = 'both'", "html"),
        ("image = 'javascript:alert(1)'", "image"),
        ("text = 't', click_url = 'ftp://x/'", "click_url"),
        ("text = 't', impressions = ['/relative']", "impressions"),
        ("text = 't', clicks = ['data:,']", "clicks"),
    ] {
        let key = format!("house.line_items[0].creatives[0].{key}");
        check_fault(&creative(what), &key);
    }
}

#[test]
fn demo_file_is_valid_and_has_a_floor_for_every_ad_unit() {
    let config = Config::parse(include_str!("../../../demo-site/demo/bid-server.toml")).unwrap();
    assert_eq!(config.bidders.len(), 5);
    assert_eq!(config.stored.imps.len(), 7);
    for (id, imp) in &config.stored.imps {
        assert!(imp.contains_key("bidfloor"), "{id}");
    }
    assert_eq!(config.line_items.len(), 3);
}
