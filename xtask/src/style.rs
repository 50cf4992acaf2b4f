//! `cargo xtask format`, and the checks of it: one tool for each language, with its settings in the checkout.
//!
//! | language | tool | settings |
//! |---|---|---|
//! | Rust | rustfmt (the lints are Clippy's, in `cargo xtask test`) | `rustfmt.toml`, `clippy.toml` |
//! | JavaScript, TypeScript, CSS | Biome | `biome.json` |
//! | Ruby | `RuboCop` | `rails-helper/.rubocop.yml` |
//! | SQL | sqlfluff | `log-ingest/.sqlfluff` |

use std::process::Command;

use anyhow::Result;

use crate::{paths, setup, step};

/// Puts all files into their format, as far as a program can.
pub(crate) fn run() -> Result<()> {
    setup::for_style()?;
    step::run(step::cargo().args(["fmt", "--all"]))?;
    step::run(biome().args(["check", "--write"]))?;
    step::run(rubocop().arg("--autocorrect"))?;
    step::run(sqlfluff().args(["fix", "--quiet", "."]))
}

/// Whether rustfmt would change anything.
pub(crate) fn check_rust() -> Result<()> {
    step::run(step::cargo().args(["fmt", "--all", "--check"]))
}

/// Format and lints of JavaScript, TypeScript and CSS.
pub(crate) fn check_javascript() -> Result<()> {
    step::run(biome().args(["check", "--error-on-warnings"]))
}

/// Format and lints of the gem.
pub(crate) fn check_ruby() -> Result<()> {
    step::run(&mut rubocop())
}

/// Format and lints of the queries.
pub(crate) fn check_sql() -> Result<()> {
    step::run(sqlfluff().args(["lint", "."]))
}

fn biome() -> Command {
    step::command(paths::npm_program("biome"))
}

fn rubocop() -> Command {
    let mut rubocop = step::command("rubocop");
    rubocop.current_dir(paths::root().join("rails-helper"));
    rubocop.args(["--format", "quiet"]);
    rubocop
}

fn sqlfluff() -> Command {
    let mut sqlfluff = step::command("python3");
    sqlfluff.current_dir(paths::root().join("log-ingest"));
    sqlfluff.env("PYTHONPATH", setup::sqlfluff());
    sqlfluff.args(["-m", "sqlfluff"]);
    sqlfluff
}
