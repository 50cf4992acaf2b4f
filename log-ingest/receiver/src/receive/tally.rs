//! What a message or a body holds: how many events, and how many things that are not events.

/// Counts of one message or body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Events that go to tables.
    pub(crate) events: u64,
    /// What goes to the quarantine, by the code of the fault.
    faults: Vec<(&'static str, u64)>,
}

/// What got no ack, as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rejected {
    /// `None` = it could not be read.
    pub(crate) tag: Option<String>,
    /// What cannot be counted counts as one.
    pub(crate) events: u64,
}

impl Rejected {
    /// A message or a body that was not read.
    pub(crate) fn unread() -> Self {
        Self {
            tag: None,
            events: 1,
        }
    }

    /// One that was read.
    pub(crate) fn of(tag: &str, tally: &Tally) -> Self {
        Self {
            tag: Some(tag.to_owned()),
            events: tally.all(),
        }
    }
}

impl Tally {
    /// Nothing but good events.
    pub(crate) fn of(events: u64) -> Self {
        Self {
            events,
            faults: Vec::new(),
        }
    }

    pub(crate) fn fault(&mut self, code: &'static str) {
        match self.faults.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += 1,
            None => self.faults.push((code, 1)),
        }
    }

    /// By code.
    pub(crate) fn faults(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.faults.iter().copied()
    }

    /// Events, and what is not an event.
    pub(crate) fn all(&self) -> u64 {
        self.events + self.fault_count()
    }

    pub(crate) fn fault_count(&self) -> u64 {
        self.faults.iter().map(|(_, count)| count).sum()
    }
}
