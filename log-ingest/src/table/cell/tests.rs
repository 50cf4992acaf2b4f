//! What fits which column.

use super::*;
use serde_json::json;

#[test]
fn takes_values_of_the_columns_own_type() {
    let cases = [
        (
            ColumnType::Text,
            json!("div-top"),
            Cell::Text("div-top".to_owned()),
        ),
        (ColumnType::Float, json!(12.5), Cell::Float(12.5)),
        (ColumnType::Int, json!(-3), Cell::Int(-3)),
        (ColumnType::Bool, json!(true), Cell::Bool(true)),
        (ColumnType::Date, json!("1970-01-03"), Cell::Date(2)),
        (
            ColumnType::Timestamp,
            json!(1_500),
            Cell::Timestamp(1_500_000),
        ),
        (
            ColumnType::Json,
            json!({"a": [1]}),
            Cell::Text("{\"a\":[1]}".to_owned()),
        ),
        (ColumnType::Int, Value::Null, Cell::Null),
    ];
    check(cases);
}

#[test]
fn takes_values_of_another_type_where_nothing_is_lost() {
    let cases = [
        (ColumnType::Text, json!(7), Cell::Text("7".to_owned())),
        (
            ColumnType::Text,
            json!(false),
            Cell::Text("false".to_owned()),
        ),
        (ColumnType::Float, json!(3), Cell::Float(3.0)),
        (ColumnType::Float, json!(" 1.25 "), Cell::Float(1.25)),
        (ColumnType::Int, json!(4.0), Cell::Int(4)),
        (ColumnType::Int, json!("12"), Cell::Int(12)),
        (ColumnType::Bool, json!("true"), Cell::Bool(true)),
        (ColumnType::Timestamp, json!(1.25), Cell::Timestamp(1_250)),
        (
            ColumnType::Timestamp,
            json!("1970-01-01T00:00:01Z"),
            Cell::Timestamp(1_000_000),
        ),
    ];
    check(cases);
}

#[test]
fn hands_back_what_does_not_fit() {
    let cases = [
        (ColumnType::Text, json!({"a": 1})),
        (ColumnType::Float, json!("fast")),
        (ColumnType::Float, json!("NaN")),
        (ColumnType::Float, json!(9_007_199_254_740_993_i64)),
        (ColumnType::Int, json!(1.5)),
        (ColumnType::Int, json!(1e300)),
        (ColumnType::Bool, json!(1)),
        (ColumnType::Timestamp, json!(1e18)),
        (ColumnType::Timestamp, json!("yesterday")),
        (ColumnType::Date, json!(5)),
    ];
    for (kind, value) in cases {
        assert_eq!(fit(kind, value.clone()), Err(value));
    }
}

#[test]
fn hands_back_what_no_column_can_mean() {
    let row = |name: &str| ad_events::render::RENDER_EVENTS.column(name).unwrap();
    let cases = [
        ("elapsed_ms", json!(1e16)),
        ("elapsed_ms", json!("1e300")),
        ("elapsed_ms", json!(-1e9)),
        ("seq", json!(i64::MAX)),
        ("seq", json!(u64::MAX)),
        ("seq", json!(-1)),
        ("seq", json!("9223372036854775807")),
        ("refresh_no", json!(1_u64 << 33)),
        ("cpm", json!(1e10)),
        ("cpm", json!(-1e300)),
        ("slot", json!("x".repeat(LONGEST_TEXT + 1))),
        ("client_time", json!("+262142-12-31T00:00:00Z")),
        ("client_time", json!(-1e14)),
    ];
    for (name, value) in cases {
        let column = row(name);
        let fitted = fit_within(column.kind, column.range().as_ref(), value.clone());
        assert_eq!(fitted, Err(value), "{name}");
    }
    assert_eq!(
        fit(ColumnType::Date, json!("+262142-12-31")),
        Err(json!("+262142-12-31"))
    );
}

#[test]
fn the_ends_of_a_range_are_taken() {
    let cases = [
        (
            "elapsed_ms",
            json!(2_678_400_000.0),
            Cell::Float(2_678_400_000.0),
        ),
        ("seq", json!(1_000_000), Cell::Int(1_000_000)),
        (
            "refresh_no",
            json!(u32::MAX),
            Cell::Int(i64::from(u32::MAX)),
        ),
        ("cpm", json!(0), Cell::Float(0.0)),
    ];
    for (name, value, expected) in cases {
        let column = ad_events::render::RENDER_EVENTS.column(name).unwrap();
        let fitted = fit_within(column.kind, column.range().as_ref(), value);
        assert_eq!(fitted, Ok(expected), "{name}");
    }
}

#[test]
fn a_day_begins_at_midnight_utc() {
    assert_eq!(day_of(0), 0);
    assert_eq!(day_of(86_400_000_000 - 1), 0);
    assert_eq!(day_of(86_400_000_000), 1);
    assert_eq!(day_of(-1), -1);
    assert_eq!(day_of(i64::MAX), 2_932_896);
}

fn check<const N: usize>(cases: [(ColumnType, Value, Cell); N]) {
    for (kind, value, expected) in cases {
        assert_eq!(fit(kind, value), Ok(expected));
    }
}
