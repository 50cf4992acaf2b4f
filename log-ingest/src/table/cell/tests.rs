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
