//! Reads a slot's key-values the way a header bidding line item targets them.

use super::wire::KeyValues;
use crate::cpm::Cpm;
use crate::slots::Size;

/// What the page says its best bid is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderBid {
    /// The bucket in `hb_pb`: the price of the line item that targets it.
    pub price: Cpm,
    /// The size in `hb_size`.
    pub size: Size,
}

/// The bid in the key-values, if they describe one that a line item could show in one of `sizes`.
pub fn header_bid(targeting: &KeyValues, sizes: &[Size]) -> Option<HeaderBid> {
    let price = Cpm::from_bucket(first(targeting, "hb_pb")?)?;
    first(targeting, "hb_adid")?;
    let size = parse_size(first(targeting, "hb_size")?)?;
    (price > Cpm::ZERO && sizes.contains(&size)).then_some(HeaderBid { price, size })
}

fn first<'a>(targeting: &'a KeyValues, key: &str) -> Option<&'a str> {
    let value = targeting.get(key)?.first()?.as_str();
    (!value.is_empty()).then_some(value)
}

fn parse_size(text: &str) -> Option<Size> {
    let (width, height) = text.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::header_bid;
    use crate::ad_server::wire::KeyValues;

    fn keys(pairs: &[(&str, &str)]) -> KeyValues {
        let entry = |(key, value): &(&str, &str)| ((*key).to_owned(), vec![(*value).to_owned()]);
        pairs.iter().map(entry).collect()
    }

    #[test]
    fn reads_price_and_size() {
        let targeting = keys(&[("hb_pb", "1.20"), ("hb_adid", "a1"), ("hb_size", "728x90")]);
        let bid = header_bid(&targeting, &[(728, 90)]).unwrap();
        assert_eq!(bid.price.to_string(), "1.2");
        assert_eq!(bid.size, (728, 90));
    }

    #[test]
    fn ignores_what_no_line_item_could_show() {
        let cases = [
            keys(&[]),
            keys(&[("hb_pb", "1.20"), ("hb_size", "728x90")]),
            keys(&[("hb_pb", "0.00"), ("hb_adid", "a1"), ("hb_size", "728x90")]),
            keys(&[("hb_pb", "high"), ("hb_adid", "a1"), ("hb_size", "728x90")]),
            keys(&[("hb_pb", "1.20"), ("hb_adid", "a1"), ("hb_size", "300x250")]),
        ];
        for targeting in cases {
            assert_eq!(header_bid(&targeting, &[(728, 90)]), None, "{targeting:?}");
        }
    }
}
