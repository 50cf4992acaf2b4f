//! The sample files parse, and a bad value is refused by its key's name.

use super::parse;

#[test]
fn sample_shows_the_defaults() {
    let sample = parse(include_str!("../../config/demo-site.toml")).unwrap();
    assert_eq!(sample, parse("").unwrap());
}

#[test]
fn demo_file_is_valid() {
    let demo = parse(include_str!("../../demo/demo-site.toml")).unwrap();
    assert_eq!(demo.ad_server.networks.len(), 5);
}

#[test]
fn bad_values_are_refused_by_name() {
    let cases = [
        ("listen = \"nowhere\"", "listen"),
        ("floor = -1.0", "floor"),
        ("tmax = 5", "tmax"),
        ("tmax = 900\nfailsafe = 800", "failsafe"),
        ("sql_url = \"ftp://x\"", "sql_url"),
        ("colour = 1", "colour"),
        (
            "[[network]]\ncode = \"\"\nendpoint = \"http://x\"",
            "network[0].code",
        ),
        (
            "[[house]]\nname=\"a\"\ncpm=1.0\nsizes=[]\nheadline=\"b\"",
            "house[0].sizes",
        ),
        (
            "[[house]]\nname=\"a\"\ncpm=1.0\nsizes=[[1,1]]\nheadline=\"b\"\ncolor=\"red\"",
            "house[0].color",
        ),
    ];
    for (text, key) in cases {
        let message = parse(text).unwrap_err().to_string();
        assert!(message.contains(key), "{text}: {message}");
    }
}
