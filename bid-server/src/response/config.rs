//! `[debug]`, checked.

/// `[debug]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugConfig {
    /// Value of the header `x-pbs-debug-override` that shows everything; `None` = no value does.
    pub override_secret: Option<String>,
    /// Most of an answer that may be debugging.
    pub max_bytes: usize,
}
