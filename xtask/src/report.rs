//! Tables on the terminal, and the same rows as JSON for programs.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// One row: column names in order, with their values.
pub(crate) type Row = serde_json::Map<String, Value>;

/// Prints rows under their column names, text to the left and numbers to the right.
pub(crate) fn print_table(rows: &[Row]) {
    print!("{}", render_table(rows));
}

/// Puts each pair of `…_p50` and `…_p95` into one column, as `123 / 180` in whole units, and other
/// numbers to two places: what fits a terminal. The JSON keeps the full figures.
pub(crate) fn pair_percentiles(rows: &[Row]) -> Vec<Row> {
    rows.iter().map(pair_row).collect()
}

fn pair_row(row: &Row) -> Row {
    let mut paired = Row::new();
    for (name, value) in row {
        let Some(stem) = name.strip_suffix("_p50") else {
            let merged = name
                .strip_suffix("_p95")
                .is_some_and(|stem| paired.contains_key(stem));
            if !merged {
                paired.insert(name.clone(), round_to_cents(value));
            }
            continue;
        };
        let whole = |value: Option<&Value>| match value.and_then(Value::as_f64) {
            Some(value) => format!("{value:.0}"),
            None => "-".to_owned(),
        };
        let p95 = row.get(&format!("{stem}_p95"));
        let cell = format!("{:>4} / {:>4}", whole(Some(value)), whole(p95));
        paired.insert(stem.to_owned(), cell.into());
    }
    paired
}

fn round_to_cents(value: &Value) -> Value {
    match value.as_f64() {
        Some(number) if value.is_f64() => ((number * 100.0).round() / 100.0).into(),
        _ => value.clone(),
    }
}

/// Writes the rows as a JSON array.
pub(crate) fn write_json(rows: &[Row], file: &Path) -> Result<()> {
    let text = serde_json::to_string_pretty(rows)? + "\n";
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

fn render_table(rows: &[Row]) -> String {
    let Some(first) = rows.first() else {
        return "(no rows)\n".to_owned();
    };
    let columns: Vec<&String> = first.keys().collect();
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| columns.iter().map(|name| cell(row.get(*name))).collect())
        .collect();
    let numeric: Vec<bool> = columns
        .iter()
        .map(|name| {
            rows.iter()
                .all(|row| !matches!(row.get(*name), Some(Value::String(_))))
        })
        .collect();
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let widest = cells.iter().filter_map(|row| row.get(at)).map(String::len);
            widest.chain([name.len()]).max().unwrap_or(0)
        })
        .collect();

    let head: Vec<String> = columns.iter().map(|name| (*name).clone()).collect();
    let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    let mut table = String::new();
    for row in [head, rule].iter().chain(&cells) {
        push_row(&mut table, row, &widths, &numeric);
    }
    table
}

fn push_row(table: &mut String, row: &[String], widths: &[usize], numeric: &[bool]) {
    let mut line = String::new();
    for ((cell, width), numeric) in row.iter().zip(widths).zip(numeric) {
        if *numeric {
            line.push_str(&format!("{cell:>width$}  "));
        } else {
            line.push_str(&format!("{cell:<width$}  "));
        }
    }
    table.push_str(line.trim_end());
    table.push('\n');
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::render_table;

    #[test]
    fn aligns_text_left_and_numbers_right() {
        let rows: Vec<super::Row> = serde_json::from_str(
            r#"[{"variant":"early","p50":12.5},{"variant":"serial","p50":null}]"#,
        )
        .unwrap();
        assert_eq!(
            render_table(&rows),
            "variant   p50\n───────  ────\nearly    12.5\nserial      -\n"
        );
    }

    #[test]
    fn pairs_percentiles_in_one_column() {
        let rows: Vec<super::Row> = serde_json::from_str(
            r#"[{"variant":"early","views":5,"sent_p50":12.5,"sent_p95":30.04,"earned":2.018}]"#,
        )
        .unwrap();
        assert_eq!(
            serde_json::to_string(&super::pair_percentiles(&rows)).unwrap(),
            r#"[{"variant":"early","views":5,"sent":"  12 /   30","earned":2.02}]"#
        );
    }

    #[test]
    fn says_when_there_are_no_rows() {
        assert_eq!(render_table(&[]), "(no rows)\n");
    }
}
