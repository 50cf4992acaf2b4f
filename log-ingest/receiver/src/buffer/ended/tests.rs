//! A disk that cannot cut is seldom asked, and what waits leaves in order once it can.

use super::*;

fn ended(name: &str, uncut: bool) -> EndedSegment {
    EndedSegment {
        segment: SealedSegment {
            name: name.to_owned(),
            length: 100,
            began_us: 0,
        },
        uncut,
    }
}

/// Segments that were handed over, and how often the disk was asked to cut.
#[derive(Debug, Default)]
struct Disk {
    broken: bool,
    cuts: u32,
    got: Vec<String>,
}

impl Disk {
    fn settle(&mut self, ended: &EndedSegment) -> io::Result<()> {
        if ended.uncut {
            self.cuts += 1;
            if self.broken {
                return Err(io::Error::other("input/output error"));
            }
        }
        self.got.push(ended.segment.name.clone());
        Ok(())
    }
}

#[test]
fn a_broken_disk_is_asked_ever_more_seldom_and_nobody_overtakes() {
    let mut segments = EndedSegments::new(Duration::from_secs(10));
    let mut disk = Disk {
        broken: true,
        ..Disk::default()
    };
    segments.push(ended("uncut", true));
    segments.push(ended("behind", false));
    // An hour of commits, one every 100 ms.
    let mut now = Instant::now();
    for _ in 0..36_000 {
        if segments.are_due(now) {
            segments.hand_over(now, |ended| disk.settle(ended));
        }
        now += Duration::from_millis(100);
    }
    assert!(disk.got.is_empty());
    // 0.1, 0.2, 0.4, … 6.4 seconds, and every 10 seconds from there.
    assert_eq!(disk.cuts, 7 + 1 + (3600 - 12) / 10);
    disk.broken = false;
    now += Duration::from_secs(10);
    assert!(segments.are_due(now));
    segments.hand_over(now, |ended| disk.settle(ended));
    assert_eq!(disk.got, ["uncut", "behind"]);
    assert!(!segments.are_due(now));
}

#[test]
fn what_goes_on_is_told_once_a_minute_with_its_count() {
    let mut seldom = LogThrottle::default();
    let mut throttle = Vec::new();
    let began = Instant::now();
    for second in 0..150 {
        let now = began + Duration::from_secs(second);
        throttle.extend(seldom.times_to_log(now).map(|times| (second, times)));
    }
    assert_eq!(throttle, [(0, 1), (60, 60), (120, 60)]);
}
