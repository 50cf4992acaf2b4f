//! Removes a page view from a table: its files are written again without it.
//!
//! A row is the page view's if it names it, or if it names one of its auctions and no other page
//! view. So rows of `bids` go whose caller did not pass the page view on. In `quarantine` a record
//! is the page view's if one of those ids stands in it by itself, and so is a row of `table_loads` that names it.

use std::collections::HashSet;
use std::sync::Arc;

use deltalake::arrow::array::RecordBatch;

use crate::derive::{KnownKeys, Replacement, Spans, replace, text};
use crate::table::TableError;
use crate::table::commit::ChangeKind;
use crate::table::files::RowSelection;
use crate::table::lake::{Lake, LakeTable};
use crate::table::version::TableVersion;

const ATTEMPTS: u32 = 5;

const PAGE_VIEW: &str = "page_view_id";
const AUCTION: &str = "auction_id";
const RECORD: &str = "record";
/// In `table_loads`, page views that could not be derived.
const SET_ASIDE: &str = "set_aside_keys";

/// What names a page view.
#[derive(Debug)]
pub(super) struct ForgottenIds {
    page_view: String,
    auctions: HashSet<String>,
}

impl ForgottenIds {
    /// The page view and every auction that a row of the tables gives it.
    pub(super) async fn of(lake: &Lake, page_view: &str) -> Result<Self, TableError> {
        let mut auctions = HashSet::new();
        let wanted = page_view.to_owned();
        let of_view = RowSelection::by(&[PAGE_VIEW], move |batch, row| {
            text(batch, PAGE_VIEW, row) == Some(&wanted)
        });
        for table in lake.tables() {
            let description = table.description();
            if [PAGE_VIEW, AUCTION]
                .iter()
                .any(|name| description.column(name).is_none())
            {
                continue;
            }
            let version = TableVersion::newest(table).await?;
            for file in version.files()? {
                let what = (&file, [AUCTION].as_slice());
                let found = version.read_where(what, Some(&of_view)).await?;
                for batch in found.into_iter().flatten() {
                    let ids = (0..batch.num_rows()).filter_map(|row| text(&batch, AUCTION, row));
                    auctions.extend(ids.map(str::to_owned));
                }
            }
        }
        Ok(Self {
            page_view: page_view.to_owned(),
            auctions,
        })
    }

    fn are_in(&self, batch: &RecordBatch, row: usize) -> bool {
        match text(batch, PAGE_VIEW, row) {
            Some(id) => return id == self.page_view,
            None => {
                let auction = text(batch, AUCTION, row);
                if auction.is_some_and(|id| self.auctions.contains(id)) {
                    return true;
                }
            }
        }
        [RECORD, SET_ASIDE].into_iter().any(|column| {
            let mut ids = self.auctions.iter().chain([&self.page_view]);
            let record = text(batch, column, row);
            record.is_some_and(|record| ids.any(|id| stands_in(record, id)))
        })
    }
}

/// Whether the id is in the text and is not part of a longer one.
fn stands_in(record: &str, id: &str) -> bool {
    let goes_on = |next: Option<char>| {
        next.is_some_and(|next| next.is_ascii_alphanumeric() || matches!(next, '-' | '_'))
    };
    record.match_indices(id).any(|(at, _)| {
        let (before, after) = (&record[..at], &record[at + id.len()..]);
        !id.is_empty() && !goes_on(before.chars().next_back()) && !goes_on(after.chars().next())
    })
}

/// Whether the table had rows of it.
pub(super) async fn forget(
    table: &Arc<LakeTable>,
    ids: &Arc<ForgottenIds>,
) -> Result<bool, TableError> {
    let description = table.description();
    let keys: &'static [&'static str] = &[PAGE_VIEW, AUCTION, RECORD, SET_ASIDE];
    if keys.iter().all(|name| description.column(name).is_none()) {
        return Ok(false);
    }
    for _ in 0..ATTEMPTS {
        let version = TableVersion::newest(table).await?;
        let number = version.delta.version();
        let ids = Arc::clone(ids);
        let replacement = Replacement {
            spans: Spans::all(),
            replaced: RowSelection::by(keys, move |batch, row| ids.are_in(batch, row)),
            known: &KnownKeys::default(),
            rows: Vec::new(),
            markers: Vec::new(),
            kind: ChangeKind::Delete,
        };
        if replace(&version, replacement).await? {
            return Ok(table.delta().await?.version() != number);
        }
    }
    Err(TableError::Contended {
        table: table.name(),
        attempts: ATTEMPTS,
    })
}

#[cfg(test)]
mod tests {
    use super::stands_in;

    #[test]
    fn an_id_in_a_record_is_not_one_that_is_longer() {
        let cases = [
            (r#"{"about":"e1"}"#, true),
            (r#"{"about":"e12"}"#, false),
            (r#"{"about":"fee1"}"#, false),
            (r#"{"about":"e1-7"}"#, false),
            ("view=e1&more", true),
            ("e12 e1", true),
            ("ée1é", true),
        ];
        for (record, expected) in cases {
            assert_eq!(stands_in(record, "e1"), expected, "{record}");
        }
        assert!(!stands_in("anything", ""));
    }
}
