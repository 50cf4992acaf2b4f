//! When an ad counts as viewable.
//!
//! Half of its pixels have to be on screen for one continuous second in a visible tab; of large
//! ads, 30 %. Times come from the monotonic clock: a timer that the browser delays also delays the
//! report, but never makes it wrong.

use crate::units::Elapsed;

/// Pixels from which an ad is large, by the rule of the Media Rating Council.
const LARGE_AREA: u32 = 242_500;
/// How long the share has to be on screen.
const NEEDED: Elapsed = Elapsed::millis(1000);

/// The time that one ad has spent on the screen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Viewability {
    enough_on_screen: bool,
    page_hidden: bool,
    since: Option<Elapsed>,
    before: Elapsed,
    reported: Elapsed,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing until the situation changes.
    Idle,
    /// Look again after this time.
    Wait(Elapsed),
    /// The rule is met.
    Viewable,
}

impl Viewability {
    /// For an ad that has just been rendered.
    pub fn new(page_hidden: bool) -> Self {
        Self {
            page_hidden,
            ..Self::default()
        }
    }

    /// The observer reports the share on screen in thousandths, and the ad's area in pixels.
    pub fn on_screen(&mut self, permille: u32, area: u32, now: Elapsed) -> Progress {
        let needed = if area >= LARGE_AREA { 300 } else { 500 };
        self.enough_on_screen = area > 0 && permille >= needed;
        self.progress(now)
    }

    /// The tab went away or came back.
    pub fn page_hidden(&mut self, hidden: bool, now: Elapsed) -> Progress {
        self.page_hidden = hidden;
        self.progress(now)
    }

    /// Time on screen in all, in a visible tab.
    pub fn total(&self, now: Elapsed) -> Elapsed {
        let current = self.since.map_or(Elapsed(0), |since| now.since(since));
        Elapsed(self.before.0 + current.0)
    }

    /// The same, if it has grown since the last call.
    pub fn take_growth(&mut self, now: Elapsed) -> Option<Elapsed> {
        let total = self.total(now);
        let reported = core::mem::replace(&mut self.reported, total);
        (total > reported).then_some(total)
    }

    /// Where things stand. The rule requires a continuous second, so an interruption starts it again.
    pub fn progress(&mut self, now: Elapsed) -> Progress {
        if !self.enough_on_screen || self.page_hidden {
            self.before = self.total(now);
            self.since = None;
            return Progress::Idle;
        }
        let shown = now.since(*self.since.get_or_insert(now));
        if shown >= NEEDED {
            Progress::Viewable
        } else {
            Progress::Wait(NEEDED.since(shown))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, Viewability};
    use crate::units::Elapsed;

    const MEDIUM: u32 = 300 * 250;
    const BILLBOARD: u32 = 970 * 250;

    fn at(millis: u32) -> Elapsed {
        Elapsed::millis(millis)
    }

    #[test]
    fn needs_half_of_the_ad_for_a_second() {
        let mut ad = Viewability::new(false);
        assert_eq!(ad.on_screen(499, MEDIUM, at(0)), Progress::Idle);
        assert_eq!(ad.on_screen(500, MEDIUM, at(100)), Progress::Wait(at(1000)));
        assert_eq!(ad.progress(at(700)), Progress::Wait(at(400)));
        assert_eq!(ad.progress(at(1100)), Progress::Viewable);
    }

    #[test]
    fn large_ads_need_thirty_percent() {
        assert_eq!(
            Viewability::new(false).on_screen(300, BILLBOARD, at(0)),
            Progress::Wait(at(1000))
        );
        assert_eq!(
            Viewability::new(false).on_screen(299, BILLBOARD, at(0)),
            Progress::Idle
        );
        assert_eq!(
            Viewability::new(false).on_screen(1000, 0, at(0)),
            Progress::Idle
        );
    }

    #[test]
    fn an_interruption_starts_the_second_anew() {
        let mut ad = Viewability::new(false);
        ad.on_screen(1000, MEDIUM, at(0));
        assert_eq!(ad.on_screen(100, MEDIUM, at(900)), Progress::Idle);
        assert_eq!(
            ad.on_screen(1000, MEDIUM, at(950)),
            Progress::Wait(at(1000))
        );
        assert_eq!(ad.page_hidden(true, at(1500)), Progress::Idle);
        assert_eq!(ad.progress(at(9000)), Progress::Idle);
        assert_eq!(ad.page_hidden(false, at(9000)), Progress::Wait(at(1000)));
        assert_eq!(ad.progress(at(10_000)), Progress::Viewable);
    }

    #[test]
    fn time_on_screen_adds_up_over_interruptions() {
        let mut ad = Viewability::new(false);
        ad.on_screen(1000, MEDIUM, at(0));
        ad.page_hidden(true, at(700));
        assert_eq!(ad.total(at(5000)), at(700));
        ad.page_hidden(false, at(5000));
        assert_eq!(ad.total(at(5400)), at(1100));
    }

    #[test]
    fn a_late_timer_only_delays_the_report() {
        let mut ad = Viewability::new(false);
        ad.on_screen(1000, MEDIUM, at(0));
        assert_eq!(ad.progress(at(60_000)), Progress::Viewable);
        let mut hidden = Viewability::new(true);
        assert_eq!(hidden.on_screen(1000, MEDIUM, at(0)), Progress::Idle);
    }
}
