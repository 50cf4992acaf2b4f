//! All cent prices of all presets against whole-number arithmetic, and the edges.

use super::*;

/// The definition again, in cents and without decimals.
fn expected(cents: i64, steps: &[(i64, i64)]) -> String {
    let top = steps[steps.len() - 1].0;
    let cents = cents.min(top);
    let mut min = 0;
    let mut bucket = 0;
    for (max, step) in steps {
        if cents >= min && cents <= *max {
            bucket = (cents - min) / step * step + min;
        }
        min = *max;
    }
    format!("{}.{:02}", bucket / 100, bucket % 100)
}

#[test]
fn every_cent_price_falls_into_its_bucket() {
    type Preset = (&'static str, &'static [(i64, i64)]);
    let presets: [Preset; 5] = [
        ("low", &[(500, 50)]),
        ("medium", &[(2000, 10)]),
        ("high", &[(2000, 1)]),
        ("auto", &[(500, 5), (1000, 10), (2000, 50)]),
        ("dense", &[(300, 1), (800, 5), (2000, 50)]),
    ];
    for (name, steps) in presets {
        let granularity = Granularity::preset(name).unwrap();
        for cents in 1..=2_500 {
            // By way of the float that the wire would carry.
            let price: Price = serde_json::from_str(&Decimal::new(cents, 2).to_string()).unwrap();
            let bucket = granularity.bucket(price).unwrap();
            assert_eq!(bucket, expected(cents, steps), "{name} {cents}");
        }
    }
}

#[track_caller]
fn check_custom(json: &str, price: &str, bucket: &str) {
    let wish: PriceGranularity = serde_json::from_str(json).unwrap();
    let granularity = Granularity::from_wire(&wish).unwrap();
    assert_eq!(granularity.bucket(price.parse().unwrap()).unwrap(), bucket);
}

#[test]
fn custom_ranges_and_precision() {
    check_custom(
        r#"{"ranges":[{"max":1000,"increment":50}]}"#,
        "149.9",
        "100.00",
    );
    check_custom(
        r#"{"precision":0,"ranges":[{"max":1000,"increment":50}]}"#,
        "149.9",
        "100",
    );
    check_custom(
        r#"{"precision":4,"ranges":[{"min":0,"max":1,"increment":0.0005}]}"#,
        "0.12345",
        "0.1230",
    );
    check_custom(
        r#"{"ranges":[{"max":3,"increment":0.2},{"max":9,"increment":1}]}"#,
        "3",
        "3.00",
    );
}

#[track_caller]
fn check_refused(json: &str) {
    let wish: PriceGranularity = serde_json::from_str(json).unwrap();
    assert!(Granularity::from_wire(&wish).is_err(), "{json}");
}

#[test]
fn refuses_tables_that_make_no_sense() {
    check_refused(r#""coarse""#);
    check_refused(r#"{"ranges":[]}"#);
    check_refused(r#"{"precision":16,"ranges":[{"max":1,"increment":1}]}"#);
    check_refused(r#"{"ranges":[{"max":5,"increment":1},{"max":5,"increment":1}]}"#);
    check_refused(r#"{"ranges":[{"max":5,"increment":0}]}"#);
}

#[test]
fn absurd_steps_give_no_bucket_and_no_panic() {
    let wish = r#"{"ranges":[{"max":1e27,"increment":1e-27}]}"#;
    let wish: PriceGranularity = serde_json::from_str(wish).unwrap();
    let granularity = Granularity::from_wire(&wish).unwrap();
    assert_eq!(
        granularity.bucket("1e26".parse().unwrap_or(Price::new(Decimal::MAX))),
        None
    );
}

#[test]
fn huge_prices_at_high_precision_do_no_harm() {
    let wish = r#"{"precision":15,"ranges":[{"max":7e28,"increment":1}]}"#;
    let wish: PriceGranularity = serde_json::from_str(wish).unwrap();
    let granularity = Granularity::from_wire(&wish).unwrap();
    let bucket = granularity.bucket(Price::new(Decimal::MAX)).unwrap();
    assert!(
        bucket.starts_with("70000000000000000000000000000"),
        "{bucket}"
    );
}
