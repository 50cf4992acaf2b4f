//! Which shapes are taken.

use datafusion::sql::sqlparser::parser::Parser;

use super::*;

fn check(sql: &str) -> Result<(), QueryError> {
    check_text(sql)?;
    let statements = Parser::parse_sql(&PostgreSqlDialect {}, sql).unwrap();
    statements.iter().try_for_each(check_tree)
}

fn is_too_complex(sql: &str) -> bool {
    matches!(check(sql), Err(QueryError::TooComplex(_)))
}

#[test]
fn chains_are_taken_up_to_a_length() {
    for (first, next) in [
        ("SELECT 1", " + 1"),
        ("SELECT 1", "::bigint"),
        ("SELECT true", " OR true"),
        ("SELECT 'a'", " || 'a'"),
        ("SELECT a", "[1]"),
        ("SELECT 1", " UNION ALL SELECT 1"),
        ("SELECT 1", " IS NULL"),
    ] {
        let chain = |length: usize| format!("{first}{}", next.repeat(length));
        assert!(check_text(&chain(1_600)).is_ok(), "{next}");
        assert!(is_too_complex(&chain(2_001)), "{next}");
    }
}

#[test]
fn joins_and_brackets_are_taken_up_to_a_number() {
    let joined = |count: usize| format!("SELECT 1 FROM a{}", " JOIN b ON true".repeat(count));
    assert_eq!(check(&joined(100)), Ok(()));
    assert!(is_too_complex(&joined(101)));
    let nested = |depth: usize| format!("SELECT {}1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(check_text(&nested(100)), Ok(()));
    assert!(is_too_complex(&nested(101)));
    let listed = |count: usize| format!("SELECT 1 FROM {}", vec!["a"; count].join(", "));
    assert_eq!(check(&listed(1_000)), Ok(()));
    assert!(is_too_complex(&listed(1_001)));
    assert!(is_too_complex(&format!("SELECT '{}'", "x".repeat(70_000))));
}

/// Each names the one before it twice: the last would be planned 2 ^ n times.
#[test]
fn with_queries_count_as_often_as_they_are_named() {
    let doubled = |levels: usize, wrap: &str| {
        let levels = (1..=levels).map(|n| {
            let before = n - 1;
            format!(", c{n} AS (SELECT * FROM c{before} UNION ALL SELECT * FROM c{before})")
        });
        let with = format!("WITH c0 AS (SELECT 1 AS n){}", levels.collect::<String>());
        wrap.replace("{with}", &with)
    };
    let plain = "{with} SELECT * FROM c1";
    assert_eq!(check(&doubled(9, plain)), Ok(()));
    assert!(is_too_complex(&doubled(24, plain)));
    let hidden = "SELECT * FROM (SELECT * FROM ({with} SELECT * FROM c1) AS a) AS b";
    assert!(is_too_complex(&doubled(24, hidden)));
    assert!(is_too_complex(&doubled(
        24,
        "EXPLAIN {with} SELECT * FROM C24"
    )));
}

#[test]
fn what_people_ask_is_taken() {
    for named in crate::query::named::NAMED_QUERIES {
        assert_eq!(check(named.sql), Ok(()), "{}", named.name);
    }
    let list = (0..5_000).map(|n| n.to_string()).collect::<Vec<_>>();
    let in_list = format!("SELECT 1 FROM bids WHERE imp_id IN ({})", list.join(", "));
    assert_eq!(check(&in_list), Ok(()));
}

#[test]
fn a_sample_is_refused_and_not_left_out() {
    let sql = "SELECT COUNT(*) FROM (SELECT * FROM bids TABLESAMPLE BERNOULLI (10)) AS some";
    let error = check(sql).unwrap_err();
    assert_eq!(error.sql_state(), "0A000", "{error}");
}
