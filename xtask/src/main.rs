//! `cargo xtask …`: everything that a developer or an operator runs from a checkout.
//!
//! Each command first prepares what it needs, so that a fresh clone needs no other step:
//!
//! ```text
//! demo ─┐                   ┌─ wasm: SDK, loader, Prebid.js bundle → target/sdk, target/prebid
//! test ─┼─▶ setup ─▶ build ─┤
//! bench ┘                   └─ the servers → target/debug
//! ```
//!
//! This is a program for people at a terminal: it prints, and its errors are `anyhow`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program talks to its user"
)]

mod bench;
mod build;
mod demo;
mod docs;
mod metadata;
mod notices;
mod paths;
mod process;
mod report;
mod setup;
mod step;
mod style;
mod test;
mod tidy;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Earlybid's commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install what the other commands need: Wasm target, npm packages, Chromium, Ruby.
    Setup,
    /// Start the whole pipeline, drive real page views and print the latency table.
    Demo(demo::Options),
    /// Run every check: format, lints, documents, unit, wire, browser, gem and crash tests.
    Test(test::Options),
    /// Write down the licences of what the programs and the SDK are made of.
    Notices,
    /// Put all files into their format: Rust, JavaScript, TypeScript, CSS, Ruby, SQL.
    Format,
    /// Measure one thing and print its table.
    Bench(bench::Options),
    /// Build the SDK, the loader and the Prebid.js bundle, and weigh them.
    Wasm,
    /// Follow the links of the documents and build them as a site with search.
    Docs(docs::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Setup => setup::run(),
        Command::Demo(options) => demo::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Notices => notices::run(),
        Command::Format => style::run(),
        Command::Bench(options) => bench::run(&options),
        Command::Wasm => wasm::run(),
        Command::Docs(options) => docs::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
