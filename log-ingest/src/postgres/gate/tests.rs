//! The gate's list.

use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;

use super::*;

#[test]
fn reading_statements_are_planned_and_checked() {
    for sql in [
        "SELECT 1",
        "EXPLAIN SELECT 1",
        "SHOW TABLES",
        "WITH a AS (SELECT 1) TABLE a",
        "VALUES (1)",
    ] {
        assert!(matches!(verdict(sql), Verdict::Read), "{sql}");
    }
}

#[test]
fn small_talk_is_answered() {
    for sql in [
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SET TIME ZONE 'UTC'",
        "SET search_path = 'public'",
        "SHOW server_version",
    ] {
        assert!(matches!(verdict(sql), Verdict::Pass), "{sql}");
    }
    for sql in [
        "SET standard_conforming_strings = on",
        "DISCARD ALL",
        "DEALLOCATE ALL",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    ] {
        assert!(matches!(verdict(sql), Verdict::Acknowledge(_)), "{sql}");
    }
}

#[test]
fn everything_else_is_refused() {
    for sql in [
        "INSERT INTO auctions VALUES (1)",
        "DELETE FROM auctions",
        "UPDATE auctions SET imps = 0",
        "DROP TABLE auctions",
        "TRUNCATE auctions",
        "CREATE TABLE t (a INT)",
        "CREATE VIEW v AS SELECT 1",
        "ALTER TABLE auctions ADD COLUMN a INT",
        "COPY auctions TO '/tmp/x'",
        "EXPLAIN DELETE FROM auctions",
        "PREPARE p AS DELETE FROM auctions",
        "DECLARE c CURSOR FOR SELECT 1",
        "SET datafusion.execution.batch_size = 1",
        "SET \"datafusion.execution.batch_size\" = 1",
        "SET \"datafusion\".\"execution\".\"batch_size\" TO 1",
        "SET SESSION datafusion.execution.batch_size = 1",
        "SET LOCAL DataFusion.Execution.batch_size = 1",
        "GRANT ALL ON auctions TO public",
        "VACUUM",
    ] {
        assert!(matches!(verdict(sql), Verdict::Refuse(_)), "{sql}");
    }
}

fn verdict(sql: &str) -> Verdict {
    let statements = Parser::parse_sql(&PostgreSqlDialect {}, sql).unwrap();
    judge(&statements[0])
}
