//! The analysts' queries: the files of `queries/`, each with a comment that says what it answers.

/// One query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct NamedQuery {
    /// Name of its file, without the ending.
    pub name: &'static str,
    /// The whole file.
    pub sql: &'static str,
}

impl NamedQuery {
    /// First sentence of its comment.
    pub fn title(&self) -> &'static str {
        let first = self.sql.lines().next().unwrap_or_default();
        first.trim_start_matches("--").trim()
    }
}

/// All of them, the most asked one first.
pub const NAMED_QUERIES: &[NamedQuery] = &[
    named(
        "latency_by_variant",
        include_str!("../../queries/latency_by_variant.sql"),
    ),
    named(
        "slot_waterfall",
        include_str!("../../queries/slot_waterfall.sql"),
    ),
    named(
        "bidder_latency",
        include_str!("../../queries/bidder_latency.sql"),
    ),
    named("fill_rate", include_str!("../../queries/fill_rate.sql")),
    named("win_rate", include_str!("../../queries/win_rate.sql")),
    named(
        "latency_history",
        include_str!("../../queries/latency_history.sql"),
    ),
];

const fn named(name: &'static str, sql: &'static str) -> NamedQuery {
    NamedQuery { name, sql }
}
