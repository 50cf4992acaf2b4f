//! [`Profile`]: a named part of a request or an imp that several requests may share.
//!
//! A request is laid over one stored request; any number of profiles can then change the result.

use openrtb::Members;
use serde::Deserialize;
use serde_json::Value;

/// A profile as it is stored.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// What it is a part of.
    #[serde(rename = "type")]
    pub(crate) part_of: PartOf,
    /// Whose values take precedence.
    #[serde(default, rename = "mergeprecedence")]
    pub(crate) precedence: Precedence,
    /// The account that alone may use it; left out = every account may.
    #[serde(default)]
    pub(crate) account: Option<String>,
    /// The part.
    pub(crate) body: Members,
}

/// What a profile is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PartOf {
    /// A bid request.
    #[serde(alias = "REQUEST")]
    Request,
    /// An imp.
    #[serde(alias = "IMP")]
    Imp,
}

/// Which value is used if both have one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Precedence {
    /// The request's value.
    #[default]
    #[serde(alias = "REQUEST")]
    Request,
    /// The profile's value.
    #[serde(alias = "PROFILE")]
    Profile,
}

impl PartOf {
    /// The name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Request => "requests",
            Self::Imp => "imps",
        }
    }
}

/// Reads a profile. It cannot name stored data of its own to be laid over.
pub(super) fn read(value: &Value) -> Result<Profile, String> {
    let profile: Profile = serde_path_to_error::deserialize(value)
        .map_err(|error| format!("{}: {}", error.path(), error.inner()))?;
    let prebid = profile.body.get("ext").and_then(|ext| ext.get("prebid"));
    for name in ["storedrequest", "profiles"] {
        if prebid.is_some_and(|prebid| prebid.get(name).is_some()) {
            return Err(format!(
                "body.ext.prebid.{name}: has no meaning in a profile"
            ));
        }
    }
    Ok(profile)
}
