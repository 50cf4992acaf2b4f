//! Writes an answer for its reader: a table for people, JSON for programs, CSV for spreadsheets.

use datafusion::arrow::csv;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::{ArrayWriter, WriterBuilder, writer::JsonArray};
use datafusion::arrow::util::display::FormatOptions;
use datafusion::arrow::util::pretty::pretty_format_batches_with_options;

use super::engine::Answer;

/// How an answer is written.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Aligned columns.
    Table,
    /// An array of objects, one per row, every column in each.
    #[default]
    Json,
    /// Comma-separated values with a header line.
    Csv,
}

impl Format {
    /// The media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Table => "text/plain; charset=utf-8",
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// The answer's text.
    pub fn write(self, answer: &Answer) -> Result<Vec<u8>, ArrowError> {
        match self {
            Self::Table => table(answer),
            Self::Json => json(answer),
            Self::Csv => comma_separated(answer),
        }
    }
}

fn table(answer: &Answer) -> Result<Vec<u8>, ArrowError> {
    let options = FormatOptions::default();
    let empty = [datafusion::arrow::array::RecordBatch::new_empty(
        answer.schema.clone(),
    )];
    let batches = if answer.batches.is_empty() {
        &empty[..]
    } else {
        &answer.batches
    };
    let mut text = pretty_format_batches_with_options(batches, &options)?.to_string();
    text.push('\n');
    Ok(text.into_bytes())
}

fn json(answer: &Answer) -> Result<Vec<u8>, ArrowError> {
    let mut writer: ArrayWriter<Vec<u8>> = WriterBuilder::new()
        .with_explicit_nulls(true)
        .build::<_, JsonArray>(Vec::new());
    for batch in &answer.batches {
        writer.write(batch)?;
    }
    writer.finish()?;
    Ok(writer.into_inner())
}

fn comma_separated(answer: &Answer) -> Result<Vec<u8>, ArrowError> {
    let mut text = Vec::new();
    let mut writer = csv::Writer::new(&mut text);
    if answer.batches.is_empty() {
        let empty = datafusion::arrow::array::RecordBatch::new_empty(answer.schema.clone());
        writer.write(&empty)?;
    }
    for batch in &answer.batches {
        writer.write(batch)?;
    }
    drop(writer);
    Ok(text)
}
