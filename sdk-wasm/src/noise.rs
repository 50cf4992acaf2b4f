//! A limit on what a creative can make us record: it can post as many messages as it likes.

use ad_events::render::Step;

/// Records of a kind that one ad may cause. Any others are counted and not kept.
const MOST_OF_A_KIND: u32 = 10;

/// What an ad has caused so far, of the steps that its creative can bring about at will.
#[derive(Debug, Default)]
pub struct Noise {
    clicks: u32,
    errors: u32,
    dropped: u32,
}

impl Noise {
    /// Counts a step, and says whether it may be recorded.
    pub fn admits(&mut self, step: Step) -> bool {
        let count = match step {
            Step::AdClicked => &mut self.clicks,
            Step::ErrorRaised => &mut self.errors,
            _ => return true,
        };
        *count = count.saturating_add(1);
        let admitted = *count <= MOST_OF_A_KIND;
        if !admitted {
            self.dropped = self.dropped.saturating_add(1);
        }
        admitted
    }

    /// How many were not recorded since the last call.
    pub fn take_dropped(&mut self) -> u32 {
        core::mem::take(&mut self.dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_OF_A_KIND, Noise};
    use ad_events::render::Step;

    #[test]
    fn a_kind_has_its_own_limit_and_the_rest_is_counted() {
        let mut noise = Noise::default();
        let admitted = |noise: &mut Noise, step| (0..100).filter(|_| noise.admits(step)).count();
        assert_eq!(
            admitted(&mut noise, Step::AdClicked),
            MOST_OF_A_KIND as usize
        );
        assert_eq!(
            admitted(&mut noise, Step::ErrorRaised),
            MOST_OF_A_KIND as usize
        );
        assert_eq!(admitted(&mut noise, Step::AdSeen), 100);
        assert_eq!((noise.take_dropped(), noise.take_dropped()), (180, 0));
    }
}
