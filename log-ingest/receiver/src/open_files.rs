//! How many files and sockets the process may have open, and how many of those connections may take.
//!
//! Connections that used up all of them would keep the buffer from opening its next segment.

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::receive::ConnectionLimits;

/// Kept for segments, tables, outputs and whatever else opens files.
const RESERVE: u64 = 128;

/// Raises the number of files that the process may open to its maximum, and returns it. `None` = there is no limit.
pub fn raise_open_file_limit() -> Option<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(error = %error, "limit of open files not raised");
        }
    }
    getrlimit(Resource::Nofile).current
}

/// The caps of several inputs, lowered in proportion where the process may not open that many files.
pub(crate) fn within(
    open_files: Option<u64>,
    inputs: [ConnectionLimits; 2],
) -> [ConnectionLimits; 2] {
    let wanted: u64 = inputs.iter().map(|limits| as_u64(limits.all)).sum();
    let available = open_files.map_or(u64::MAX, |limit| limit.saturating_sub(RESERVE));
    if wanted <= available {
        return inputs;
    }
    tracing::warn!(
        wanted,
        available,
        "fewer connections than configured: the process may not open so many files"
    );
    inputs.map(|limits| {
        let share = u128::from(as_u64(limits.all)) * u128::from(available) / u128::from(wanted);
        ConnectionLimits {
            all: usize::try_from(share).unwrap_or(limits.all).max(1),
            ..limits
        }
    })
}

fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{RESERVE, raise_open_file_limit, within};
    use crate::receive::ConnectionLimits;

    const fn caps(all: usize) -> ConnectionLimits {
        ConnectionLimits { all, per_client: 7 }
    }

    #[test]
    fn connections_leave_room_for_files() {
        let inputs = [caps(3000), caps(1000)];
        for enough in [None, Some(4000 + RESERVE)] {
            assert_eq!(within(enough, inputs), inputs);
        }
        let lowered = within(Some(400 + RESERVE), inputs);
        assert_eq!(lowered, [caps(300), caps(100)]);
        assert_eq!(within(Some(0), inputs), [caps(1), caps(1)]);
    }

    #[test]
    fn as_many_files_as_the_process_may_open() {
        let limit = raise_open_file_limit();
        let now = rustix::process::getrlimit(rustix::process::Resource::Nofile);
        assert_eq!((now.current, now.current), (now.maximum, limit));
    }
}
