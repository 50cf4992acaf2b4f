//! `[debug]`, checked.

/// `[debug]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugConfig {
    /// The value of the header `x-pbs-debug-override` that shows everything; `None` = no value does.
    pub override_secret: Option<String>,
    /// The most bytes of debugging information in an answer.
    pub max_bytes: usize,
}
