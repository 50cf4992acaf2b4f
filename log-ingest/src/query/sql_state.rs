//! What is wrong with a statement, in the codes that Postgres has for it.
//!
//! Drivers and dashboards decide by them: whether to try again, and what to show.

use datafusion::arrow::error::ArrowError;
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;

/// A fault of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SqlState {
    /// It does not parse.
    Syntax,
    /// There is no such column.
    UndefinedColumn,
    /// A column's name could mean several.
    AmbiguousColumn,
    /// There is no such table.
    UndefinedTable,
    /// There is no such function, or none for these types.
    UndefinedFunction,
    /// Types that do not go together.
    DatatypeMismatch,
    /// A division by zero.
    DivisionByZero,
    /// A text that is not what it is cast to.
    InvalidText,
    /// A number beyond its type.
    OutOfRange,
    /// Something that is not served.
    Unsupported,
    /// A parameter of a function that it does not take.
    InvalidParameter,
    /// A message that has no place there.
    ProtocolViolation,
    /// Any other fault of the statement.
    Other,
}

impl SqlState {
    /// The code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Syntax => "42601",
            Self::UndefinedColumn => "42703",
            Self::AmbiguousColumn => "42702",
            Self::UndefinedTable => "42P01",
            Self::UndefinedFunction => "42883",
            Self::DatatypeMismatch => "42804",
            Self::DivisionByZero => "22012",
            Self::InvalidText => "22P02",
            Self::OutOfRange => "22003",
            Self::Unsupported => "0A000",
            Self::InvalidParameter => "22023",
            Self::ProtocolViolation => "08P01",
            Self::Other => "42000",
        }
    }

    /// The state of an error of the engine that is the statement's fault.
    pub(super) fn of(error: &DataFusionError, message: &str) -> Self {
        match error {
            DataFusionError::SQL(parse, _) => match **parse {
                ParserError::TokenizerError(_)
                | ParserError::ParserError(_)
                | ParserError::RecursionLimitExceeded => Self::Syntax,
            },
            DataFusionError::SchemaError(schema, _) => of_schema(schema),
            DataFusionError::ArrowError(arrow, _) => of_arrow(arrow),
            DataFusionError::NotImplemented(_) => Self::Unsupported,
            _ => of_message(message),
        }
    }
}

fn of_schema(error: &SchemaError) -> SqlState {
    match error {
        SchemaError::FieldNotFound { .. } => SqlState::UndefinedColumn,
        SchemaError::AmbiguousReference { .. }
        | SchemaError::DuplicateQualifiedField { .. }
        | SchemaError::DuplicateUnqualifiedField { .. } => SqlState::AmbiguousColumn,
    }
}

fn of_arrow(error: &ArrowError) -> SqlState {
    match error {
        ArrowError::DivideByZero => SqlState::DivisionByZero,
        ArrowError::ArithmeticOverflow(_) => SqlState::OutOfRange,
        ArrowError::CastError(message) if is_beyond_range(message) => SqlState::OutOfRange,
        ArrowError::CastError(_) | ArrowError::ParseError(_) => SqlState::InvalidText,
        ArrowError::NotYetImplemented(_) => SqlState::Unsupported,
        other => of_message(&other.to_string()),
    }
}

/// A number that is cast, and not a text.
fn is_beyond_range(message: &str) -> bool {
    message.contains("out of range") || message.contains("Can't cast value")
}

/// The engine puts many faults into one variant, told apart only by what they say.
fn of_message(message: &str) -> SqlState {
    const MARKS: &[(&str, SqlState)] = &[
        ("divide by zero", SqlState::DivisionByZero),
        ("division by zero", SqlState::DivisionByZero),
        ("no field named", SqlState::UndefinedColumn),
        ("table not found", SqlState::UndefinedTable),
        ("invalid function", SqlState::UndefinedFunction),
        ("no function matches", SqlState::UndefinedFunction),
        ("failed to coerce", SqlState::UndefinedFunction),
        ("can't cast", SqlState::InvalidText),
        ("cannot cast", SqlState::InvalidText),
        ("error parsing", SqlState::InvalidText),
        ("parser error", SqlState::InvalidText),
        ("overflow", SqlState::OutOfRange),
        ("out of range", SqlState::OutOfRange),
        ("cannot coerce", SqlState::DatatypeMismatch),
        ("cannot infer common", SqlState::DatatypeMismatch),
        ("unsupported", SqlState::Unsupported),
        ("not supported", SqlState::Unsupported),
        ("not implemented", SqlState::Unsupported),
    ];
    let message = message.to_lowercase();
    if message.contains("table '") && message.contains("not found") {
        return SqlState::UndefinedTable;
    }
    let mut marks = MARKS.iter();
    let mark = marks.find(|(mark, _)| message.contains(mark));
    mark.map_or(SqlState::Other, |(_, state)| *state)
}
