//! Functions and operators that people know from Postgres and the engine lacks, or has with another meaning.

mod json;
mod to_char;
mod version;

use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::SessionContext;

pub(super) use json::PostgresTypes;

/// Adds them to an engine.
pub(super) fn register(context: &mut SessionContext) -> Result<()> {
    json::register(context)?;
    context.register_udf(ScalarUDF::new_from_impl(to_char::ToChar::new()));
    context.register_udf(ScalarUDF::new_from_impl(version::Version::new()));
    Ok(())
}
