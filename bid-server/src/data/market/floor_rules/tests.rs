//! The life of a file: wanted, fetched, used, stale, forgotten; and the limits.

use super::*;

const ADDRESS: &str = "https://floors.example/a.json";

fn rules(files: usize, bytes: usize) -> FloorRules {
    FloorRules::new(&FloorFetchConfig {
        hosts: AllowedHosts {
            names: vec!["floors.example".to_owned()],
            private: false,
        },
        enabled: true,
        max_files: files,
        max_bytes: bytes,
        max_concurrent: 2,
    })
}

fn settings() -> FloorFetch {
    FloorFetch {
        enabled: true,
        ..FloorFetch::default()
    }
}

fn some(bytes: usize) -> Option<Got> {
    Some(Got {
        rules: FloorData::default(),
        bytes,
        max_age: None,
    })
}

#[test]
fn a_file_is_fetched_once_and_again_after_its_period() {
    let (rules, now) = (rules(9, 99), Instant::now());
    let at = |seconds| now + Duration::from_secs(seconds);
    assert_eq!(rules.get(ADDRESS, &settings(), now), Fetched::InProgress);
    let (jobs, _) = rules.due(now, 9);
    assert_eq!(jobs.len(), 1);
    assert_eq!(rules.due(now, 9).0, []);
    rules.done(&jobs[0], some(5), now);
    assert!(matches!(
        rules.get(ADDRESS, &settings(), at(1)),
        Fetched::Rules(_)
    ));
    assert_eq!(rules.due(at(3599), 9), (Vec::new(), Some(at(3600))));
    let (jobs, _) = rules.due(at(3600), 9);
    // After a failure the rules stay until they are too old.
    rules.done(&jobs[0], None, at(3600));
    assert!(matches!(
        rules.get(ADDRESS, &settings(), at(86_400)),
        Fetched::Rules(_)
    ));
    assert_eq!(rules.get(ADDRESS, &settings(), at(86_401)), Fetched::Failed);
}

#[test]
fn what_nobody_asks_for_is_forgotten() {
    let (rules, now) = (rules(9, 99), Instant::now());
    rules.get(ADDRESS, &settings(), now);
    let (jobs, _) = rules.due(now, 9);
    rules.done(&jobs[0], some(5), now);
    let later = now + Duration::from_secs(86_401);
    assert_eq!(rules.due(later, 9), (Vec::new(), None));
    assert_eq!(rules.get(ADDRESS, &settings(), later), Fetched::InProgress);
}

#[test]
fn only_allowed_hosts_and_only_if_wanted() {
    let (rules, now) = (rules(9, 99), Instant::now());
    assert_eq!(
        rules.get("https://other.example/", &settings(), now),
        Fetched::None
    );
    assert_eq!(rules.get("", &settings(), now), Fetched::None);
    assert_eq!(
        rules.get(ADDRESS, &FloorFetch::default(), now),
        Fetched::None
    );
    assert_eq!(rules.due(now, 9), (Vec::new(), None));
}

#[test]
fn number_bytes_and_concurrency_are_bounded() {
    let (rules, now) = (rules(2, 10), Instant::now());
    let address = |name| format!("https://floors.example/{name}");
    for name in ["a", "b"] {
        assert_eq!(
            rules.get(&address(name), &settings(), now),
            Fetched::InProgress
        );
    }
    assert_eq!(rules.get(&address("c"), &settings(), now), Fetched::None);
    let (first, _) = rules.due(now, 1);
    let (second, _) = rules.due(now, 1);
    assert_ne!(first, second);
    rules.done(&first[0], some(6), now);
    rules.done(&second[0], some(6), now);
    assert!(matches!(
        rules.get(&address("a"), &settings(), now),
        Fetched::Rules(_)
    ));
    assert_eq!(rules.get(&address("b"), &settings(), now), Fetched::Failed);
}

#[track_caller]
fn check_good_for(said: Option<u64>, expected: u64) {
    let (rules, now) = (rules(9, 99), Instant::now());
    rules.get(ADDRESS, &settings(), now);
    let (jobs, _) = rules.due(now, 9);
    let got = Got {
        max_age: said.map(Duration::from_secs),
        ..some(5).unwrap()
    };
    rules.done(&jobs[0], Some(got), now);
    let known = |seconds| rules.get(ADDRESS, &settings(), now + Duration::from_secs(seconds));
    assert!(matches!(known(expected), Fetched::Rules(_)), "{said:?}");
    assert_eq!(known(expected + 1), Fetched::Failed, "{said:?}");
}

#[test]
fn the_servers_max_age_counts_between_the_next_fetch_and_the_accounts() {
    check_good_for(None, 86_400);
    check_good_for(Some(7200), 7200);
    check_good_for(Some(0), 3603);
    check_good_for(Some(1 << 31), 86_400);
}
