//! A column of a batch in the making: cells go in, an Arrow array comes out.

use std::sync::Arc;

use ad_events::table::ColumnType;
use deltalake::arrow::array::{
    Array as _, ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder,
    StringBuilder, TimestampMicrosecondBuilder,
};

use super::cell::Cell;

/// Gathers the cells of one column.
#[derive(Debug)]
pub(crate) enum ColumnBuilder {
    Date(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
    Text(StringBuilder),
    Float(Float64Builder),
    Int(Int64Builder),
    Bool(BooleanBuilder),
}

impl ColumnBuilder {
    /// An empty column of that type.
    pub(crate) fn new(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Date => Self::Date(Date32Builder::new()),
            ColumnType::Timestamp => {
                Self::Timestamp(TimestampMicrosecondBuilder::new().with_timezone("UTC"))
            }
            ColumnType::Text | ColumnType::Json => Self::Text(StringBuilder::new()),
            ColumnType::Float => Self::Float(Float64Builder::new()),
            ColumnType::Int => Self::Int(Int64Builder::new()),
            ColumnType::Bool => Self::Bool(BooleanBuilder::new()),
        }
    }

    /// Adds a cell. One of another type than the column's counts as empty; [`super::cell::fit`]
    /// never makes one.
    pub(crate) fn push(&mut self, cell: Cell) {
        match (self, cell) {
            (Self::Date(column), Cell::Date(day)) => column.append_value(day),
            (Self::Timestamp(column), Cell::Timestamp(micros)) => column.append_value(micros),
            (Self::Text(column), Cell::Text(text)) => column.append_value(text),
            (Self::Float(column), Cell::Float(number)) => column.append_value(number),
            (Self::Int(column), Cell::Int(number)) => column.append_value(number),
            (Self::Bool(column), Cell::Bool(flag)) => column.append_value(flag),
            (column, _) => column.push_null(),
        }
    }

    /// The cells so far, in no more memory than they take; the column is empty then.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        let mut cells: ArrayRef = match self {
            Self::Date(column) => Arc::new(column.finish()),
            Self::Timestamp(column) => Arc::new(column.finish()),
            Self::Text(column) => Arc::new(column.finish()),
            Self::Float(column) => Arc::new(column.finish()),
            Self::Int(column) => Arc::new(column.finish()),
            Self::Bool(column) => Arc::new(column.finish()),
        };
        cells.shrink_to_fit();
        cells
    }

    fn push_null(&mut self) {
        match self {
            Self::Date(column) => column.append_null(),
            Self::Timestamp(column) => column.append_null(),
            Self::Text(column) => column.append_null(),
            Self::Float(column) => column.append_null(),
            Self::Int(column) => column.append_null(),
            Self::Bool(column) => column.append_null(),
        }
    }
}
