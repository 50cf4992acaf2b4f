//! Which of an imp's media types is offered to bidders that take only one.

use std::collections::BTreeMap;

use openrtb::MediaType;
use openrtb::ext::RequestPrebid;
use serde_json::Value;

use crate::bidder_names;
use crate::data::accounts::AccountSettings;

/// Media types by bidder; those of the request take precedence over those of its account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PreferredTypes(BTreeMap<String, MediaType>);

impl PreferredTypes {
    /// `ext.prebid.biddercontrols.<bidder>.prefmtype`, laid over the account's `preferredmediatype`.
    ///
    /// Validation and the account check have refused any other names.
    pub(super) fn new(prebid: Option<&RequestPrebid>, account: &AccountSettings) -> Self {
        let of_account = account.preferredmediatype.iter();
        let of_account = of_account.map(|(bidder, name)| (bidder.clone(), name.as_str()));
        let controls = prebid.and_then(|prebid| prebid.other.get("biddercontrols")?.as_object());
        let own = controls.into_iter().flatten().filter_map(|(bidder, of)| {
            let name = of.get("prefmtype").and_then(Value::as_str)?;
            Some((bidder.clone(), name))
        });
        let all = of_account.chain(own);
        Self(
            all.filter_map(|(bidder, name)| {
                Some((bidder_names::key(&bidder), MediaType::from_name(name)?))
            })
            .collect(),
        )
    }

    /// The type for a bidder, by the name under which it is asked.
    pub(crate) fn of(&self, bidder: &str) -> Option<MediaType> {
        bidder_names::find_by_key(&self.0, bidder).copied()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn request_goes_before_the_account() {
        let mut account = AccountSettings::default();
        for (bidder, name) in [("A", "native"), ("b", "audio")] {
            account
                .preferredmediatype
                .insert(bidder.into(), name.into());
        }
        let prebid = json!({"biddercontrols": {"a": {"prefmtype": "video"}, "c": {}}});
        let prebid = serde_json::from_value(prebid).unwrap();
        let types = PreferredTypes::new(Some(&prebid), &account);
        assert_eq!(types.of("A"), Some(MediaType::Video));
        assert_eq!(types.of("b"), Some(MediaType::Audio));
        assert_eq!(types.of("c"), None);
    }
}
