//! The tables' descriptions in `ad-events`, as an Arrow schema and as Delta columns.
//!
//! Every column may be empty: a changed client must never stop the load. The types are chosen so
//! that the tables stay at reader version 1 and writer version 2 of the Delta protocol, which
//! every engine reads.

use std::sync::Arc;

use ad_events::table::{ColumnType, Table};
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use deltalake::kernel::{DataType as DeltaType, PrimitiveType, StructField};

/// Arrow schema of a table, in the order of its description.
pub fn arrow_schema(table: &Table) -> SchemaRef {
    let fields: Vec<Field> = table
        .columns
        .iter()
        .map(|column| Field::new(column.name, arrow_type(column.kind), true))
        .collect();
    Arc::new(Schema::new(fields))
}

/// Columns of a table as Delta describes them.
pub fn delta_fields(table: &Table) -> Vec<StructField> {
    table
        .columns
        .iter()
        .map(|column| StructField::new(column.name, delta_type(column.kind), true))
        .collect()
}

/// The type of a column in files.
pub fn delta_type(kind: ColumnType) -> DeltaType {
    DeltaType::Primitive(match kind {
        ColumnType::Date => PrimitiveType::Date,
        // With a time zone: the kind without one would raise the protocol version.
        ColumnType::Timestamp => PrimitiveType::Timestamp,
        ColumnType::Text | ColumnType::Json => PrimitiveType::String,
        ColumnType::Float => PrimitiveType::Double,
        ColumnType::Int => PrimitiveType::Long,
        ColumnType::Bool => PrimitiveType::Boolean,
    })
}

/// The type of a column in SQL, in the words of docs/tables.md.
pub fn sql_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Date => "date",
        ColumnType::Timestamp => "timestamp",
        ColumnType::Text => "text",
        ColumnType::Float => "double",
        ColumnType::Int => "bigint",
        ColumnType::Bool => "boolean",
        ColumnType::Json => "text (JSON)",
    }
}

fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::Text | ColumnType::Json => DataType::Utf8,
        ColumnType::Float => DataType::Float64,
        ColumnType::Int => DataType::Int64,
        ColumnType::Bool => DataType::Boolean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_schemas_have_the_columns_of_the_description() {
        for table in ad_events::TABLES {
            let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            let arrow = arrow_schema(table);
            let in_arrow: Vec<&str> = arrow.fields().iter().map(|f| f.name().as_str()).collect();
            let delta = delta_fields(table);
            let in_delta: Vec<&str> = delta.iter().map(|f| f.name().as_str()).collect();
            assert_eq!(in_arrow, names);
            assert_eq!(in_delta, names);
        }
    }
}
