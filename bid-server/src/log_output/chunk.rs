//! [`Chunk`]: a forward message that is ready to be sent, as often as it takes.

use forward_protocol::encode::packed_forward;

use super::rows::Rows;
use crate::clock;

/// Its id stays the same over all attempts.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) id: String,
    pub(super) message: Vec<u8>,
}

/// One chunk per tag.
pub(super) fn chunks(rows: &[Rows]) -> Vec<Chunk> {
    let mut all = Rows::default();
    for rows in rows {
        all.append(rows);
    }
    let by_tag = all.by_tag().into_iter();
    let chunk = |(tag, entries)| {
        let id = clock::new_id();
        Chunk {
            message: packed_forward(tag, entries, Some(&id)),
            id,
        }
    };
    by_tag
        .filter(|(_, entries)| !entries.is_empty())
        .map(chunk)
        .collect()
}
