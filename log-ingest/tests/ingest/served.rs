//! The real program: records in at one end, answers out at the other, through restart and kill.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

#[tokio::test]
async fn what_is_posted_can_be_queried_and_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path()).await;
    assert_eq!(program.post_event("e-0").await, 204);
    program.until_stored(1).await;
    program.terminate().await;

    let program = Program::start(directory.path()).await;
    assert_eq!(program.post_event("e-1").await, 204);
    program.until_stored(2).await;
    program.terminate().await;
}

#[tokio::test]
async fn what_was_acknowledged_before_a_kill_is_there_once_after_the_restart() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..3_u64 {
        let mut program = Program::start(directory.path()).await;
        for event in 0..5 {
            assert_eq!(program.post_event(&format!("e-{round}-{event}")).await, 204);
        }
        program.child.kill().await.unwrap();
    }
    let program = Program::start(directory.path()).await;
    program.until_stored(15).await;
    let distinct = program
        .ask("SELECT COUNT(DISTINCT event_id) AS n FROM render_events")
        .await;
    assert_eq!(distinct, json!([{"n": 15}]));
    program.terminate().await;
}

#[tokio::test]
async fn a_bad_configuration_stops_the_start_and_names_the_key() {
    let directory = tempfile::tempdir().unwrap();
    for (text, expected) in [
        ("[query]\ntimeout = 1\n", "timeout"),
        ("[query]\nmax_rows = 0\n", "query.max_rows"),
    ] {
        let config = directory.path().join("bad.toml");
        std::fs::write(&config, text).unwrap();
        let output = command("serve", &config).output().await.unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(errors.contains(expected), "{errors}");
    }
}

#[tokio::test]
async fn what_another_process_holds_stops_the_start_with_one_line_that_names_it() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    let same_buffer = config(directory.path());
    let same_port = config(other.path());
    let text = std::fs::read_to_string(&same_port).unwrap();
    let sql = format!("[sql]\nlisten = {:?}", program.sql);
    let text = text.replace("[sql]\nlisten = \"127.0.0.1:0\"", &sql);
    std::fs::write(&same_port, text).unwrap();
    for (config, expected) in [(same_buffer, "buffer"), (same_port, "sql.listen")] {
        let output = command("serve", &config).output().await.unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(errors.contains(expected), "{errors}");
        assert!(!errors.contains("panicked"), "{errors}");
    }
    program.terminate().await;
}

struct Program {
    child: Child,
    http: String,
    sql: String,
}

impl Program {
    async fn start(directory: &Path) -> Self {
        let mut child = command("serve", &config(directory))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).await.unwrap();
        let address = |name: &str| {
            let found = line
                .split_whitespace()
                .find_map(|word| word.strip_prefix(&format!("{name}=")));
            found
                .unwrap_or_else(|| panic!("no {name} in {line:?}"))
                .to_owned()
        };
        assert!(line.starts_with("listening http="), "{line:?}");
        address("forward");
        address("postgres");
        Self {
            http: address("http"),
            sql: address("sql"),
            child,
        }
    }

    async fn post_event(&self, id: &str) -> u16 {
        let events = json!([{"event_id": id, "event": "page_started", "elapsed_ms": 0}]);
        exchange(&self.http, "/ads.render", &events.to_string())
            .await
            .0
    }

    async fn ask(&self, sql: &str) -> Value {
        let (status, body) = exchange(&self.sql, "/query", sql).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Rows show up when their segment has landed; the test's own time limit ends a wait that is in vain.
    async fn until_stored(&self, rows: u64) {
        loop {
            let count = self.ask("SELECT COUNT(*) AS n FROM render_events").await;
            let stored = count[0]["n"].as_u64().unwrap();
            assert!(stored <= rows, "{stored} rows of {rows}");
            if stored == rows {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn terminate(mut self) {
        let id = self.child.id().unwrap().to_string();
        assert!(
            Command::new("kill")
                .arg(id)
                .status()
                .await
                .unwrap()
                .success()
        );
        assert!(self.child.wait().await.unwrap().success());
    }
}

pub(crate) fn command(name: &str, config: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_log-ingest"));
    command.args([name, "--config"]).arg(config);
    command
}

pub(crate) fn config(directory: &Path) -> PathBuf {
    let path = directory.join("log-ingest.toml");
    let (buffer, tables) = (directory.join("buffer"), directory.join("tables"));
    let any = "listen = \"127.0.0.1:0\"";
    let text = format!(
        "[http]\n{any}\n[forward]\n{any}\n[sql]\n{any}\n[postgres]\n{any}\n\
         [buffer]\ndirectory = {buffer:?}\nsegment_age_ms = 50\n[tables]\ndirectory = {tables:?}\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}

async fn exchange(address: &str, path: &str, body: &str) -> (u16, String) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}
