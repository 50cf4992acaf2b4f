//! All cent prices of all presets checked with integer arithmetic, and the edges.

use openrtb::MediaType;
use openrtb::ext::Targeting;

use super::*;

/// The same definition in cents, without decimals.
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
        let granularity = preset::named(name, PresetScale::default()).unwrap();
        for cents in 1..=2_500 {
            // Goes through the float that the wire would carry.
            let price: Price = serde_json::from_str(&Decimal::new(cents, 2).to_string()).unwrap();
            let bucket = granularity.bucket(price, Rounding::Down).unwrap();
            assert_eq!(bucket, expected(cents, steps), "{name} {cents}");
        }
    }
}

#[track_caller]
fn check_custom(json: &str, price: &str, bucket: &str) {
    let wire: PriceGranularity = serde_json::from_str(json).unwrap();
    let granularity = Granularity::from_wire(&wire, PresetScale::default()).unwrap();
    let found = granularity.bucket(price.parse().unwrap(), Rounding::Down);
    assert_eq!(found.as_deref(), Some(bucket));
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
    let wire: PriceGranularity = serde_json::from_str(json).unwrap();
    assert!(
        Granularity::from_wire(&wire, PresetScale::default()).is_err(),
        "{json}"
    );
}

#[test]
fn refuses_tables_that_make_no_sense() {
    check_refused(r#""coarse""#);
    check_refused(r#"{"ranges":[]}"#);
    check_refused(r#"{"precision":2}"#);
    check_refused(r#"{"precision":-1,"ranges":[{"max":1,"increment":1}]}"#);
    check_refused(r#"{"ranges":[{"max":5}]}"#);
    check_refused(r#"{"ranges":[{"max":5,"increment":1},{"max":4,"increment":1}]}"#);
    check_refused(r#"{"precision":16,"ranges":[{"max":1,"increment":1}]}"#);
    check_refused(r#"{"ranges":[{"max":5,"increment":1},{"max":5,"increment":1}]}"#);
    check_refused(r#"{"ranges":[{"max":5,"increment":0}]}"#);
}

#[test]
fn absurd_steps_give_no_bucket_and_no_panic() {
    let wire = r#"{"ranges":[{"max":1e27,"increment":1e-27}]}"#;
    let wire: PriceGranularity = serde_json::from_str(wire).unwrap();
    let granularity = Granularity::from_wire(&wire, PresetScale::default()).unwrap();
    assert_eq!(
        granularity.bucket(
            "1e26".parse().unwrap_or(Price::new(Decimal::MAX)),
            Rounding::Up
        ),
        None
    );
}

#[test]
fn huge_prices_at_high_precision_do_no_harm() {
    let wire = r#"{"precision":15,"ranges":[{"max":7e28,"increment":1}]}"#;
    let wire: PriceGranularity = serde_json::from_str(wire).unwrap();
    let granularity = Granularity::from_wire(&wire, PresetScale::default()).unwrap();
    let bucket = granularity
        .bucket(Price::new(Decimal::MAX), Rounding::Up)
        .unwrap();
    assert!(
        bucket.starts_with("70000000000000000000000000000"),
        "{bucket}"
    );
}

#[test]
fn each_range_begins_where_the_one_before_ends() {
    let wire =
        r#"{"ranges":[{"min":0,"max":1.5,"increment":1},{"min":2,"max":2.5,"increment":0.4}]}"#;
    check_custom(wire, "1.4", "1.00");
    check_custom(wire, "1.5", "1.50");
    check_custom(wire, "2", "1.90");
    check_custom(wire, "9", "2.50");
}

#[test]
fn few_digits_show_the_nearest_number() {
    let wire = r#"{"precision":1,"ranges":[{"max":1,"increment":0.07}]}"#;
    check_custom(wire, "0.13", "0.1");
    check_custom(wire, "0.2", "0.1");
    check_custom(wire, "0.21", "0.2");
}

#[track_caller]
fn check_rounding(rounding: Rounding, price: &str, bucket: &str) {
    let auto = preset::named("auto", PresetScale::default()).unwrap();
    let found = auto.bucket(price.parse().unwrap(), rounding);
    assert_eq!(found.as_deref(), Some(bucket), "{rounding:?} {price}");
}

#[test]
fn an_account_may_round_up_or_to_the_nearer_bucket() {
    check_rounding(Rounding::Down, "1.049", "1.00");
    check_rounding(Rounding::Up, "1.001", "1.05");
    check_rounding(Rounding::Up, "1.05", "1.05");
    check_rounding(Rounding::Up, "19.7", "20.00");
    check_rounding(Rounding::Up, "31", "20.00");
    check_rounding(Rounding::Nearest, "1.024", "1.00");
    check_rounding(Rounding::Nearest, "1.025", "1.05");
    check_rounding(Rounding::Nearest, "4.99", "5.00");
    check_rounding(Rounding::Nearest, "5.04", "5.00");
}

#[test]
fn yen_have_whole_buckets_a_hundred_times_as_large() {
    let yen = PresetScale {
        multiplier: Decimal::ONE_HUNDRED,
        precision: 0,
    };
    for (name, price, bucket) in [
        ("low", "149.9", "100"),
        ("medium", "149.9", "140"),
        ("high", "149.9", "149"),
        ("auto", "149.9", "145"),
        ("dense", "2500", "2000"),
        ("high", "0.4", "0"),
    ] {
        let found = preset::named(name, yen).unwrap();
        let found = found.bucket(price.parse().unwrap(), Rounding::Down);
        assert_eq!(found.as_deref(), Some(bucket), "{name} {price}");
    }
}

#[test]
fn media_types_may_have_their_own() {
    let targeting: Targeting = serde_json::from_str(
        r#"{"pricegranularity":"low","mediatypepricegranularity":{"banner":"high","video":{"precision":0,"ranges":[{"max":9,"increment":3}]},"native":"dense"}}"#,
    )
    .unwrap();
    let (granularities, faults) = Granularities::read(Some(&targeting), PresetScale::default());
    assert_eq!(faults, []);
    let price = "7.77".parse().unwrap();
    let bucket = |media_type| {
        granularities
            .bucket(price, media_type, Rounding::Down)
            .unwrap()
    };
    assert_eq!(bucket(MediaType::Banner), "7.77");
    assert_eq!(bucket(MediaType::Video), "6");
    assert_eq!(bucket(MediaType::Native), "7.75");
    assert_eq!(bucket(MediaType::Audio), "5.00");
}
