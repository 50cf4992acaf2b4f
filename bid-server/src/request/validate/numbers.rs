//! Rules for numbers that cannot be right: device sizes below 0, accuracy of a location below 0.

use std::fmt::Display;

use openrtb::BidRequest;
use serde_json::Value;

/// Collects the faults of device and user.
pub(super) fn check(request: &BidRequest, faults: &mut Vec<String>) {
    if let Some(device) = &request.device {
        let sizes = [("w", device.w), ("h", device.h)];
        for (name, _) in sizes
            .iter()
            .filter(|(_, size)| size.is_some_and(|size| size < 0))
        {
            faults.push(format!("request.device.{name}: must not be negative"));
        }
        not_negative(&"request.device", "ppi", device.other.get("ppi"), faults);
        accuracy(&"request.device", device.other.get("geo"), faults);
    }
    if let Some(user) = &request.user {
        accuracy(&"request.user", user.other.get("geo"), faults);
    }
}

fn accuracy(path: &dyn Display, geo: Option<&Value>, faults: &mut Vec<String>) {
    let accuracy = geo.and_then(|geo| geo.get("accuracy"));
    not_negative(&format_args!("{path}.geo"), "accuracy", accuracy, faults);
}

fn not_negative(path: &dyn Display, name: &str, value: Option<&Value>, faults: &mut Vec<String>) {
    if value
        .and_then(Value::as_f64)
        .is_some_and(|number| number < 0.0)
    {
        faults.push(format!("{path}.{name}: must not be negative"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_below_zero_is_not() {
        let request = json!({
            "id": "r",
            "device": {"w": -1, "h": -2, "ppi": -3, "geo": {"accuracy": -4}},
            "user": {"geo": {"accuracy": -0.5}},
        });
        let request: BidRequest = serde_json::from_value(request).unwrap();
        let mut faults = Vec::new();
        check(&request, &mut faults);
        let places = [
            "device.w",
            "device.h",
            "device.ppi",
            "device.geo.accuracy",
            "user.geo.accuracy",
        ];
        let expected: Vec<String> = places
            .iter()
            .map(|place| format!("request.{place}: must not be negative"))
            .collect();
        assert_eq!(faults, expected);
        let fine =
            json!({"id": "r", "device": {"w": 0, "geo": {"accuracy": 0}}, "user": {"geo": {}}});
        let fine: BidRequest = serde_json::from_value(fine).unwrap();
        faults.clear();
        check(&fine, &mut faults);
        assert!(faults.is_empty());
    }
}
