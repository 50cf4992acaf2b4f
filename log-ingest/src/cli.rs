//! The command line: `serve`, `query`, `forget`, `drop-file` and `describe`, and `answer-queries`, which only `serve`
//! calls.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::maintain::{DroppedFile, drop_file};
use crate::query::engine::Engine;
use crate::query::format::Format;
use crate::query_process;
use crate::serve::{Addresses, serve};
use crate::table::lake::Lake;

/// Receives telemetry, keeps it in tables, answers SQL.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Receive, store and answer until SIGTERM or Ctrl+C
    Serve {
        /// Settings; without it, the defaults
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Answer one SQL statement from the tables on disk, whether log-ingest runs or not
    Query {
        /// Settings; without it, the defaults
        #[arg(long)]
        config: Option<PathBuf>,
        /// How the answer is written
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        /// The statement; it may begin with a comment
        #[arg(allow_hyphen_values = true)]
        sql: String,
    },
    /// Remove every row of a page view from all tables, whether log-ingest runs or not
    Forget {
        /// Settings; without it, the defaults
        #[arg(long)]
        config: Option<PathBuf>,
        /// The page view
        #[arg(long)]
        page_view_id: String,
    },
    /// Take a file that cannot be read out of its table, so that queries are answered without its rows
    DropFile {
        /// Settings; without it, the defaults
        #[arg(long)]
        config: Option<PathBuf>,
        /// The table
        #[arg(long)]
        table: String,
        /// The file, as `table_loads`, `/status` or the query that failed names it
        #[arg(long)]
        path: String,
    },
    /// Print every table and column as Markdown
    Describe,
    /// Answer queries for the server that started this process
    #[command(hide = true)]
    AnswerQueries,
}

impl Cli {
    /// A runtime for what is to be done: one that runs statements has larger stacks.
    ///
    /// # Errors
    /// Threads cannot be started.
    pub fn runtime(&self) -> std::io::Result<Runtime> {
        match self.command {
            Command::Query { .. } | Command::AnswerQueries => query_process::runtime(),
            Command::Serve { .. }
            | Command::Forget { .. }
            | Command::DropFile { .. }
            | Command::Describe => Builder::new_multi_thread().enable_all().build(),
        }
    }
}

/// Does what the command line says.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve { config } => run_server(config).await,
        Command::Query {
            config,
            format,
            sql,
        } => run_query(config, format, &sql).await,
        Command::Forget {
            config,
            page_view_id,
        } => run_forget(config, &page_view_id).await,
        Command::DropFile {
            config,
            table,
            path,
        } => run_drop_file(config, (&table, &path)).await,
        Command::AnswerQueries => Ok(query_process::run().await?),
        Command::Describe => print(crate::describe::markdown().as_bytes()),
    }
}

async fn run_server(config: Option<PathBuf>) -> anyhow::Result<()> {
    let config = Config::load(config.as_deref())?;
    let shutdown = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    let running = serve(config, own_program()?, announce, shutdown.clone());
    tokio::pin!(running);
    tokio::select! {
        ended = &mut running => return Ok(ended?),
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("shutting down");
    shutdown.cancel();
    Ok(running.await?)
}

/// The file that this process runs, even after an upgrade has put another one in its place.
fn own_program() -> anyhow::Result<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() {
        return Ok(running);
    }
    std::env::current_exe().context("cannot tell which program this is")
}

/// Tells whoever started us that everything listens, and where.
fn announce(addresses: Addresses) {
    if let Err(error) = print(format!("{addresses}\n").as_bytes()) {
        tracing::warn!(error = %error, "nobody reads our standard output");
    }
}

async fn run_query(config: Option<PathBuf>, format: Format, sql: &str) -> anyhow::Result<()> {
    let config = Config::load(config.as_deref())?;
    query_process::bound(&config.query);
    let lake = Lake::open(&config.tables).await?;
    let answer = Engine::new(lake, config.query)?.query(sql).await?;
    print(&format.write(&answer)?)
}

async fn run_forget(config: Option<PathBuf>, page_view_id: &str) -> anyhow::Result<()> {
    anyhow::ensure!(!page_view_id.is_empty(), "the page view id is empty");
    let config = Config::load(config.as_deref())?;
    let lake = Lake::open(&config.tables).await?;
    let tables = crate::maintain::forget(&lake, page_view_id).await?;
    print(format!("removed from {tables} tables\n").as_bytes())
}

async fn run_drop_file(config: Option<PathBuf>, (table, path): (&str, &str)) -> anyhow::Result<()> {
    let config = Config::load(config.as_deref())?;
    let lake = Lake::open(&config.tables).await?;
    let table = lake.table(table).context("there is no such table")?;
    match drop_file(table, path).await? {
        DroppedFile::Dropped => print(b"dropped\n"),
        DroppedFile::Readable => anyhow::bail!("the file stays, for it can be read"),
        DroppedFile::Unknown => anyhow::bail!("the table has no such file"),
    }
}

fn print(text: &[u8]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text)?;
    Ok(out.flush()?)
}

/// The error with its causes, each named once: some of our errors include their cause.
pub fn explain(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
