//! One process for queries: how it is started, how it is ended, and why it ended by itself.

use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, ChildStderr, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::wire::{self, Ready, Settings};
use crate::query::QueryError;
use crate::query::limits::TIMED_OUT;

/// A process, and the socket to it. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    /// The socket, until it is taken away.
    pub(crate) socket: UnixStream,
    signs: Arc<Signs>,
    errors: JoinSet<()>,
    spill: Option<SpillDirectory>,
}

/// What is known of a process besides what it says on its socket; shared with what watches it.
#[derive(Debug, Default)]
pub(super) struct Signs {
    /// Its number in the system.
    pub(super) pid: u32,
    /// It was ended because all of them took too much memory.
    pub(super) over_memory: AtomicBool,
    /// What it wrote last on its standard error.
    last_line: Mutex<String>,
}

impl Signs {
    /// Ends the process for the memory that it takes.
    pub(super) fn end(&self) {
        if !self.over_memory.swap(true, Ordering::Relaxed) {
            tracing::warn!("queries take too much memory, stopped the largest");
            self.signal(Signal::KILL);
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        // One that is gone needs no signal.
        if let Some(pid) = pid
            && let Err(error) = kill_process(pid, signal)
        {
            tracing::debug!(error = %error, "a query process was gone already");
        }
    }
}

/// How long opening the tables may take.
const OPENING: Duration = Duration::from_secs(20);

impl Worker {
    /// Starts one and waits until it has the tables open.
    pub(super) async fn start(program: &Path, settings: &Settings) -> Result<Self, QueryError> {
        let unavailable = |error: io::Error| QueryError::Unavailable(error.to_string());
        let mut worker = Self::spawn(program).map_err(unavailable)?;
        let settings = Settings {
            spill: worker.spill.as_ref().map(|directory| directory.0.clone()),
            ..settings.clone()
        };
        let ready = timeout(OPENING, async {
            wire::send_value(&mut worker.socket, &settings).await?;
            wire::receive_value(&mut worker.socket).await
        });
        match ready.await {
            Ok(Ok(Ready::Yes)) => Ok(worker),
            Ok(Ok(Ready::No(why))) => Err(QueryError::Unavailable(why)),
            Ok(Err(_gone)) => Err(worker.why_it_ended().await),
            Err(_elapsed) => Err(QueryError::Unavailable(
                "the tables could not be opened in time".to_owned(),
            )),
        }
    }

    fn spawn(program: &Path) -> io::Result<Self> {
        let (ours, theirs) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let mut child = Command::new(program)
            .arg("answer-queries")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let signs = Arc::new(Signs {
            pid: child.id().unwrap_or_default(),
            ..Signs::default()
        });
        let mut errors = JoinSet::new();
        if let Some(stderr) = child.stderr.take() {
            errors.spawn(pass_on(stderr, Arc::clone(&signs)));
        }
        Ok(Self {
            child,
            socket: UnixStream::from_std(ours)?,
            signs,
            errors,
            spill: SpillDirectory::create(),
        })
    }

    /// Takes the socket away, to be read and written beside the process.
    pub(crate) fn take_socket(&mut self) -> io::Result<UnixStream> {
        let (closed, _) = UnixStream::pair()?;
        Ok(std::mem::replace(&mut self.socket, closed))
    }

    pub(super) fn signs(&self) -> &Arc<Signs> {
        &self.signs
    }

    /// Asks it to stop what it does; it goes on living.
    pub(crate) fn interrupt(&self) {
        self.signs.signal(Signal::INT);
    }

    /// Why it is gone, after its socket has ended.
    pub(crate) async fn why_it_ended(&mut self) -> QueryError {
        const A_MOMENT: Duration = Duration::from_secs(1);
        let status = timeout(A_MOMENT, self.child.wait()).await;
        // What it wrote at its end may still be under way.
        drop(timeout(A_MOMENT, self.errors.join_next()).await);
        let last_line = self.signs.last_line.lock();
        let last_line = last_line.unwrap_or_else(PoisonError::into_inner).clone();
        if self.signs.over_memory.load(Ordering::Relaxed)
            || last_line.contains("memory allocation of")
        {
            return QueryError::TooLarge("it was stopped".to_owned());
        }
        let allowed = last_line.strip_prefix(TIMED_OUT);
        if let Some(allowed) = allowed.and_then(|text| text.trim().parse().ok()) {
            return QueryError::TimedOut(Duration::from_millis(allowed));
        }
        if last_line.contains("overflowed its stack") || last_line.contains("stack overflow") {
            return QueryError::TooComplex("it is nested too deeply".to_owned());
        }
        let status = status.map(|status| status.map(|status| status.to_string()));
        tracing::error!(?status, last_line, "a query process ended by itself");
        QueryError::Internal("the process of the query ended".to_owned())
    }
}

/// Writes what the process logs into our own log, which is the same stream.
async fn pass_on(stderr: ChildStderr, signs: Arc<Signs>) {
    let mut lines = BufReader::new(stderr).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line).into_owned();
        // If our own standard error is closed, nothing is left to be done.
        drop(writeln!(io::stderr(), "{line}"));
        if !line.trim().is_empty() {
            let mut last = signs
                .last_line
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            // Rust's message of an overflowed stack has two lines, the second of which says less.
            if !last.contains("overflowed its stack") && !last.contains("memory allocation of") {
                *last = line;
            }
        }
    }
}

/// A directory that is removed with its process, however that ends.
#[derive(Debug)]
struct SpillDirectory(PathBuf);

/// Begins the name of each such directory.
const SPILL_PREFIX: &str = "log-ingest-spill-";

impl SpillDirectory {
    /// `None` where files cannot be written: queries do without.
    fn create() -> Option<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{SPILL_PREFIX}{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        match std::fs::create_dir(&path) {
            Ok(()) => Some(Self(path)),
            Err(error) => {
                tracing::warn!(error = %error, "queries cannot spill to the disk");
                None
            }
        }
    }
}

impl Drop for SpillDirectory {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::debug!(error = %error, "a spill directory could not be removed");
        }
    }
}

/// Removes what killed servers left behind.
pub(super) fn remove_left_over() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(owner) = name
            .to_str()
            .and_then(|name| name.strip_prefix(SPILL_PREFIX))
        else {
            continue;
        };
        let owner = owner.split('-').next().unwrap_or_default();
        if Path::new("/proc/self").exists() && !Path::new("/proc").join(owner).exists() {
            drop(std::fs::remove_dir_all(entry.path()));
        }
    }
}
