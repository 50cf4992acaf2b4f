//! The tables as a page of documentation: `log-ingest describe`, and docs/tables.md.

use std::fmt::Write as _;

use ad_events::TABLES;
use ad_events::table::{FilledBy, Source, Table};

use crate::table::schema::sql_name;

/// Every table and column as Markdown.
pub fn markdown() -> String {
    let mut page = INTRODUCTION.to_owned();
    for table in TABLES {
        // Writing into a String cannot fail.
        describe(&mut page, table).unwrap_or_default();
    }
    page
}

const INTRODUCTION: &str = "\
# Tables

What log-ingest stores and SQL can ask for. `log-ingest describe` writes this page from the same
descriptions that make the tables; a test compares the two.

* Every table is a Delta Lake table in a folder of its own below `tables.directory`, in Parquet
  files partitioned by `event_date`. A filter on `event_date` reads only those days.
* Rows lie in the partition of the day on which they happened, not of the day on which they came.
  An event that comes late is in its own day; one that claims to be more than 21 days older or 3
  days younger than its receipt is in `quarantine`.
* An event that arrives twice with the same `event_id` is one row.
* Times are UTC with microseconds. A sender gives a time as milliseconds since 1970 or as RFC 3339
  text.
* Every column can be NULL. A value of another type is taken where nothing is lost by it (`\"12.5\"`
  for a number); otherwise the column is NULL and the value is kept in `attrs`, together with the
  fields for which there is no column. The same holds for what a column cannot mean: milliseconds of
  more than 31 days or less than minus one, a `seq` beyond 1,000,000, other counts below 0 or beyond 32
  bits, prices and shares beyond a thousand million, times outside the years 1 to 9999, and texts of more
  than 16 KiB.
* \"stored\" columns are filled by log-ingest, the others by the sender of the record.
* No user agent and no full address is stored: fields of such names become `browser` and `os`, or
  lose their last part.
";

fn describe(page: &mut String, table: &Table) -> std::fmt::Result {
    writeln!(page, "\n## {}\n", table.name)?;
    let from = match table.source {
        Source::Tag(tag) => format!(" Log tag `{tag}`."),
        Source::Landing => String::new(),
        Source::Derived => " Derived from other tables.".to_owned(),
    };
    writeln!(
        page,
        "One row: {}.{from} Kept for {} days.\n",
        table.doc, table.keep_days
    )?;
    writeln!(page, "| column | type | filled by | meaning |")?;
    writeln!(page, "|---|---|---|---|")?;
    for column in table.columns {
        let filled_by = match column.filled_by {
            FilledBy::Sender => "sender",
            FilledBy::Store => "stored",
        };
        let (name, kind, doc) = (column.name, sql_name(column.kind), column.doc);
        writeln!(page, "| `{name}` | {kind} | {filled_by} | {doc} |")?;
    }
    Ok(())
}
