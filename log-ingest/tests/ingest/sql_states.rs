//! What is wrong with a statement, in the codes of Postgres, and what is refused instead of answered wrongly.

use serde_json::json;

use crate::fixture::{Fixture, one_of_each, record};
use crate::psql::Server;
use crate::wire_client::{WireClient, state, value};

const FAULTS: &[(&str, &str)] = &[
    ("SELEC 1", "42601"),
    ("SELECT 'abc", "42601"),
    ("SELECT 1 +", "42601"),
    ("SELECT 1 / 0", "22012"),
    ("SELECT 1 % 0", "22012"),
    ("SELECT cpm, 1 / (1 - 1) FROM bids", "22012"),
    ("SELECT CAST('x' AS BIGINT)", "22P02"),
    ("SELECT bidder::int FROM bids", "22P02"),
    ("SELECT CAST('nonsense' AS TIMESTAMP)", "22P02"),
    ("SELECT nothing FROM bids", "42703"),
    ("SELECT bids.nothing FROM bids", "42703"),
    ("SELECT bidder FROM bids a, bids b", "42702"),
    ("SELECT * FROM nowhere", "42P01"),
    ("SELECT no_such_function(1)", "42883"),
    ("SELECT * FROM bids TABLESAMPLE BERNOULLI (10)", "0A000"),
    (
        "SELECT * FROM bids TABLESAMPLE SYSTEM (10) REPEATABLE (1)",
        "0A000",
    ),
    ("SELECT to_char(event_time, 'Day') FROM bids", "0A000"),
    ("DROP TABLE bids", "25006"),
    ("SET \"datafusion.execution.batch_size\" = 1", "25006"),
    ("SET datafusion.execution.batch_size TO 1", "25006"),
    ("SELECT CAST(1e30 AS BIGINT)", "22003"),
];

#[tokio::test]
async fn faults_have_the_codes_of_postgres() {
    let server = Server::start().await;
    let mut client = WireClient::connect(server.address).await;
    for (sql, expected) in FAULTS {
        let simple = client.query(sql).await;
        assert_eq!(
            state(&simple).as_deref(),
            Some(*expected),
            "{sql}: {simple:?}"
        );
    }
    for (sql, expected) in FAULTS {
        let mut prepared = client.prepare("", sql).await;
        if state(&prepared).is_none() {
            prepared = client.execute("").await;
        }
        assert_eq!(
            state(&prepared).as_deref(),
            Some(*expected),
            "prepared {sql}: {prepared:?}"
        );
    }
    assert_eq!(value(&client.query("SELECT 1").await), b"1");
}

#[tokio::test]
async fn several_statements_are_not_prepared_as_one() {
    let server = Server::start().await;
    let mut client = WireClient::connect(server.address).await;
    let answer = client.prepare("", "SELECT 1; SELECT 2").await;
    assert_eq!(state(&answer).as_deref(), Some("42601"));
    let answer = client.prepare("", "SELECT 'a;b' ; ").await;
    assert_eq!(state(&answer), None, "{answer:?}");
}

#[tokio::test]
async fn times_are_written_by_the_patterns_of_postgres() {
    let fixture = Fixture::new().await;
    fixture.land(1, one_of_each()).await;
    let sql = "SELECT to_char(event_time, 'YYYY-MM-DD HH24:MI:SS') AS a, to_char(event_time, '%d.%m.%Y') AS b, \
               to_char(event_date, 'YYYYMM') AS c, to_char(event_time, 'FMMonth \"of\" YYYY') AS d FROM bids";
    let expected = json!([{
        "a": "2026-09-21 14:13:20", "b": "21.09.2026", "c": "202609", "d": "September of 2026"
    }]);
    assert_eq!(fixture.rows(sql).await, expected);
}

#[tokio::test]
async fn json_in_attrs_is_read_by_operators_and_functions() {
    let fixture = Fixture::new().await;
    let fields =
        json!({"event": "x", "mood": {"good": true, "list": [1, "two"]}, "n": 7, "word": "w"});
    let other = json!({"event": "y"});
    fixture
        .land(
            1,
            vec![record("ads.render", fields), record("ads.render", other)],
        )
        .await;
    let sql = "SELECT attrs->>'word' AS word, attrs->'mood'->>'good' AS good, (attrs->>'n')::int + 1 AS n, \
               attrs->'mood'->'list'->>1 AS second, attrs#>>'{mood,list,0}' AS first, \
               attrs::json->>'missing' AS missing, json_extract_path_text(attrs, 'mood', 'good') AS path, \
               json_array_length(attrs->'mood'->'list') AS length, attrs->'mood' AS mood \
               FROM render_events WHERE attrs->>'word' = 'w'";
    let expected = json!([{
        "word": "w", "good": "true", "n": 8, "second": "two", "first": "1", "missing": null, "path": "true",
        "length": 2, "mood": "{\"good\":true,\"list\":[1,\"two\"]}"
    }]);
    assert_eq!(fixture.rows(sql).await, expected);
    let counted =
        "SELECT attrs->>'word' AS word, COUNT(*) AS n FROM render_events GROUP BY 1 ORDER BY 1";
    let expected = json!([{"word": "w", "n": 1}, {"word": null, "n": 1}]);
    assert_eq!(fixture.rows(counted).await, expected);
}
