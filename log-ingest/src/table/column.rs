//! A column of a batch in the making: cells go in, an Arrow array comes out.

use std::sync::Arc;

use ad_events::table::ColumnType;
use deltalake::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
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
    /// never makes such a one.
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

    /// The finished column.
    pub(crate) fn finish(self) -> ArrayRef {
        match self {
            Self::Date(mut column) => Arc::new(column.finish()),
            Self::Timestamp(mut column) => Arc::new(column.finish()),
            Self::Text(mut column) => Arc::new(column.finish()),
            Self::Float(mut column) => Arc::new(column.finish()),
            Self::Int(mut column) => Arc::new(column.finish()),
            Self::Bool(mut column) => Arc::new(column.finish()),
        }
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
