//! Accounts on disk, changed step by step.

use serde_json::json;
use tempfile::TempDir;
use tokio::time::Instant;

use super::*;
use crate::config::Config;
use crate::data::accounts::AccountError;
use crate::data::stored::Store;

struct Disk {
    folder: TempDir,
    config: AccountsConfig,
    accounts: Arc<Accounts>,
}

impl Disk {
    fn new(settings: &str) -> Self {
        let config = Config::parse(settings).unwrap().accounts;
        Self {
            folder: TempDir::new().unwrap(),
            accounts: Arc::new(Accounts::new(&config)),
            config,
        }
    }

    /// Replaces the file by a rename: the new inode is noticed even within one tick of the clock.
    fn write(&self, name: &str, text: &str) {
        let beside = self.folder.path().join(format!("{name}.new"));
        std::fs::write(&beside, text).unwrap();
        std::fs::rename(beside, self.folder.path().join(name)).unwrap();
    }

    fn open(&self) -> Result<AccountFiles, FileFault> {
        AccountFiles::open(self.folder.path(), &self.config, Arc::clone(&self.accounts))
    }

    async fn ask(&self, id: &str) -> Result<(), AccountError> {
        let request = json!({"site": {"publisher": {"id": id}}});
        let request = serde_json::from_value(request).unwrap();
        let stored = Store::new(&Config::parse("").unwrap().stored);
        let account = self.accounts.of(&request, &stored, Instant::now());
        account.await.map(drop)
    }
}

fn disabled(id: &str) -> Result<(), AccountError> {
    Err(AccountError::Disabled(id.to_owned()))
}

#[tokio::test]
async fn files_are_laid_over_the_default_and_replace_those_of_the_configuration() {
    let disk =
        Disk::new("[accounts.default]\ndisabled = true\n[accounts.by_id.both]\ndisabled = true");
    disk.write("open.json", "{\"disabled\":false}");
    disk.write("both.toml", "disabled = false");
    disk.write("silent.toml", "");
    let mut files = disk.open().unwrap();
    assert_eq!(disk.ask("open").await, Ok(()));
    assert_eq!(disk.ask("both").await, Ok(()));
    assert_eq!(disk.ask("silent").await, disabled("silent"));
    assert_eq!(disk.ask("stranger").await, disabled("stranger"));

    disk.write("_default.toml", "disabled = false");
    assert_eq!(files.refresh(), []);
    assert_eq!(disk.ask("silent").await, Ok(()));
    assert_eq!(disk.ask("stranger").await, Ok(()));
}

#[tokio::test]
async fn change_that_is_broken_leaves_the_account_as_it_was() {
    let disk = Disk::new("");
    disk.write("a.toml", "disabled = true");
    let mut files = disk.open().unwrap();
    disk.write("a.toml", "disabled = 'no'");
    disk.write("b.toml", "disabled = true");
    let faults = files.refresh();
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0].to_string().contains("a.toml: disabled: "),
        "{}",
        faults[0]
    );
    assert_eq!(disk.ask("a").await, disabled("a"));
    assert_eq!(disk.ask("b").await, disabled("b"));
}

#[test]
fn broken_file_stops_the_start() {
    let disk = Disk::new("");
    disk.write("a.json", "{\"nonsense\":1}");
    assert!(disk.open().unwrap_err().problem.contains("nonsense"));
}

#[tokio::test]
async fn unknown_accounts_are_refused_where_configured() {
    let disk = Disk::new("[accounts]\nunknown = 'refuse'\n[accounts.by_id.known]");
    assert_eq!(disk.ask("known").await, Ok(()));
    assert_eq!(
        disk.ask("other").await,
        Err(AccountError::Unknown("other".to_owned()))
    );
    assert!(matches!(disk.ask("").await, Err(AccountError::Missing)));
}
