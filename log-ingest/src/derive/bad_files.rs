//! Files that cannot be read, named in `table_loads` whoever came across them.

use crate::table::TableError;
use crate::table::lake::LakeTable;

use super::Deriver;
use super::aside::SetAside;

/// Names those that are new, and forgets those that their table does not have any more. What fails is tried again after
/// the next step.
pub(super) async fn name(deriver: &Deriver) {
    for table in deriver.lake.tables() {
        if !deriver.lake.bad_files().any(table.name()) {
            continue;
        }
        if let Err(error) = name_of(deriver, table).await {
            tracing::warn!(table = table.name(), error = %error, "bad files are not named in table_loads yet");
        }
    }
}

async fn name_of(deriver: &Deriver, table: &LakeTable) -> Result<(), TableError> {
    let bad_files = deriver.lake.bad_files();
    bad_files.keep(table.name(), &table.live_paths().await?);
    let mut unnamed = bad_files.unnamed();
    unnamed.retain(|file| file.table == table.name());
    let Some(first) = unnamed.first() else {
        return Ok(());
    };
    let row = SetAside {
        keys: unnamed.iter().map(|file| file.path.clone()).collect(),
        reason: Some(first.fault.to_string()),
    };
    row.store(deriver, table.description()).await?;
    bad_files.named(&unnamed);
    Ok(())
}
