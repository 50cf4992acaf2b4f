//! Who gets a place, and who makes room.

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::{Activity, ConnectionLimits, Connections, NoPlace, Place};

fn connections(all: usize, per_client: usize) -> Connections {
    Connections::new(ConnectionLimits { all, per_client })
}

fn client(text: &str) -> Option<IpAddr> {
    Some(text.parse().unwrap())
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn no_client_gets_all_places() {
    let (connections, now) = (connections(10, 2), Instant::now());
    let admit = |client: Option<IpAddr>| connections.admit(client, now);
    let flood = [(); 2].map(|()| admit(client("192.0.2.1")).unwrap());
    let refused = admit(client("::ffff:192.0.2.1"));
    assert_eq!(refused.unwrap_err(), NoPlace::Client);
    let others = ["192.0.2.2", "2001:db8::1", "2001:db8::2"];
    let admitted = others.map(|other| admit(client(other)).unwrap());
    let of_one_customer = admit(client("2001:db8::3"));
    assert_eq!(of_one_customer.unwrap_err(), NoPlace::Client);
    // A connection whose address says nothing counts only towards the total.
    let unknown = [(); 5].map(|()| admit(None).unwrap());
    assert_eq!(admit(None).unwrap_err(), NoPlace::All);
    drop((flood, admitted, unknown));
    assert!(admit(client("192.0.2.1")).is_ok());
    assert!(connections.0.lock().by_client.is_empty());
}

#[test]
fn the_one_that_waited_longest_makes_room_and_none_at_work() {
    let (connections, start) = (connections(4, 4), Instant::now());
    let activities = [
        Activity::Working,
        Activity::Receiving,
        Activity::Idle,
        Activity::Idle,
    ];
    let mut places = Vec::new();
    for (number, activity) in (1..).zip(activities) {
        let place = connections.admit(None, start).unwrap();
        place.turn_to(Activity::Working, start);
        place.turn_to(activity, start + seconds(number));
        places.push(place);
    }
    let evicted = |place: &Place| place.eviction().is_cancelled();
    let mut newcomers = Vec::new();
    let mut steps = Vec::new();
    // At the first of them the last place has only just turned idle.
    for number in 4..8 {
        let now = start + seconds(number);
        let newcomer = connections.admit(None, now);
        if let Ok(place) = &newcomer {
            place.turn_to(Activity::Working, now);
        }
        newcomers.extend(newcomer);
        steps.push(places.iter().map(evicted).collect::<Vec<_>>());
    }
    assert_eq!(
        steps,
        [
            [false, false, true, false],
            [false, false, true, true],
            [false, true, true, true],
            [false, true, true, true],
        ]
    );
    assert_eq!(newcomers.len(), 3);
}

#[tokio::test]
async fn a_client_at_its_cap_gives_up_its_own_idle_connection() {
    let (connections, start) = (connections(10, 1), Instant::now());
    let own = connections.admit(client("192.0.2.1"), start).unwrap();
    let other = connections.admit(client("192.0.2.2"), start).unwrap();
    let later = start + seconds(2);
    let newer = connections.admit(client("192.0.2.1"), later).unwrap();
    assert!(own.eviction().is_cancelled() && !other.eviction().is_cancelled());
    drop(own);
    newer.turn_to(Activity::Working, later);
    let refused = connections.admit_when_free(client("192.0.2.1")).await;
    assert!(refused.is_none());
}

#[tokio::test]
async fn who_waits_gets_the_place_that_is_given_back() {
    let connections = connections(1, 1);
    let place = connections.admit(None, Instant::now()).unwrap();
    place.turn_to(Activity::Working, Instant::now());
    let freeing = async { drop(place) };
    let (admitted, ()) = tokio::join!(connections.admit_when_free(None), freeing);
    assert!(admitted.is_some());
}
