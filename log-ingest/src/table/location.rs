//! Where the tables are: a directory of this machine, or a prefix in an S3-compatible store.

use std::fmt;
use std::path::{Path, PathBuf};

use deltalake::{DeltaResult, ensure_table_uri};
use url::Url;

use super::s3::S3Access;

/// A place with what is needed to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LakeAddress {
    /// Where.
    pub location: Location,
    /// How it is reached, if it is a store.
    pub s3: S3Access,
}

impl From<&Path> for LakeAddress {
    fn from(path: &Path) -> Self {
        Self {
            location: Location::Local(path.to_owned()),
            s3: S3Access::default(),
        }
    }
}

impl From<&PathBuf> for LakeAddress {
    fn from(path: &PathBuf) -> Self {
        Self::from(path.as_path())
    }
}

impl From<&Self> for LakeAddress {
    fn from(place: &Self) -> Self {
        place.clone()
    }
}

/// The place of a lake or of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A directory.
    Local(PathBuf),
    /// `s3://bucket/prefix`.
    Remote(Url),
}

impl Location {
    /// `s3://…` is a store, everything else a directory.
    pub fn parse(text: &str) -> Result<Self, url::ParseError> {
        if text.starts_with("s3://") {
            let url = Url::parse(text.trim_end_matches('/'))?;
            let named = url.host_str().is_some_and(|bucket| !bucket.is_empty());
            return named
                .then_some(Self::Remote(url))
                .ok_or(url::ParseError::EmptyHost);
        }
        Ok(Self::Local(PathBuf::from(text)))
    }

    /// The place of a table of that name.
    pub(crate) fn join(&self, name: &str) -> Self {
        match self {
            Self::Local(path) => Self::Local(path.join(name)),
            Self::Remote(url) => {
                let mut url = url.clone();
                let path = format!("{}/{name}", url.path().trim_end_matches('/'));
                url.set_path(&path);
                Self::Remote(url)
            }
        }
    }

    /// The directory, if it is one.
    pub fn local(&self) -> Option<&Path> {
        match self {
            Self::Local(path) => Some(path),
            Self::Remote(_) => None,
        }
    }

    pub(crate) fn url(&self) -> DeltaResult<Url> {
        match self {
            Self::Local(path) => ensure_table_uri(path.to_string_lossy()),
            Self::Remote(url) => Ok(url.clone()),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => write!(formatter, "{}", path.display()),
            Self::Remote(url) => write!(formatter, "{url}"),
        }
    }
}
