//! Draws: repeatable, and of the distributions they claim.

use super::{Draw, LogNormal, Price};

fn many(f: impl Fn(&mut Draw) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = (0..4000)
        .map(|n| f(&mut Draw::new(7, &["request", &n.to_string()])))
        .collect();
    values.sort_by(f64::total_cmp);
    values
}

#[test]
fn the_same_words_give_the_same_draws() {
    let draws = |seed, words: &[&str]| {
        let mut draw = Draw::new(seed, words);
        [draw.unit(), draw.unit()].map(f64::to_bits)
    };
    assert_eq!(draws(1, &["a", "b"]), draws(1, &["a", "b"]));
    assert_ne!(draws(1, &["a", "b"]), draws(2, &["a", "b"]));
    assert_ne!(draws(1, &["a", "b"]), draws(1, &["ab"]));
}

#[test]
fn log_normal_meets_its_quantiles() {
    let latency = LogNormal::from_quantiles(60.0, 120.0).unwrap();
    let values = many(|draw| latency.sample(draw));
    assert!((57.0..63.0).contains(&values[2000]), "{}", values[2000]);
    assert!((112.0..128.0).contains(&values[3800]), "{}", values[3800]);
}

#[test]
fn refuses_quantiles_that_no_log_normal_has() {
    assert!(LogNormal::from_quantiles(0.0, 1.0).is_none());
    assert!(LogNormal::from_quantiles(2.0, 1.0).is_none());
}

#[test]
fn prices_stay_within_their_range_and_are_whole_cents() {
    let shape = LogNormal::from_quantiles(1.0, 4.0).unwrap();
    for price in [
        Price::Uniform { min: 0.6, max: 3.0 },
        Price::LogNormal {
            shape,
            min: 0.6,
            max: 3.0,
        },
    ] {
        let values = many(|draw| price.sample(draw));
        assert!(values[0] >= 0.6 && values[3999] <= 3.0);
        assert!(
            values
                .iter()
                .all(|v| ((v * 100.0).round() - v * 100.0).abs() < 1e-9)
        );
    }
}

#[test]
fn choose_takes_every_choice_in_the_end_and_none_of_none() {
    let picks = many(|draw| *draw.choose(&[1.0, 2.0, 3.0]).unwrap());
    assert!([0, 2000, 3999].map(|n| picks[n].to_bits()) == [1.0, 2.0, 3.0].map(f64::to_bits));
    assert!(Draw::new(1, &[]).choose::<u8>(&[]).is_none());
}
