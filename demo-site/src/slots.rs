//! The ad positions of each kind of page: the same codes, sizes and paths in every variant.

use serde::Serialize;

/// A kind of page; it decides which slots there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageType {
    /// The list of recipes.
    Home,
    /// One recipe.
    Recipe,
    /// Search results.
    Search,
}

impl PageType {
    /// The name in events, ad unit paths and stored imps.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Recipe => "recipe",
            Self::Search => "search",
        }
    }

    /// The slots of the page, in the order of the page.
    pub fn slots(self) -> Vec<Slot> {
        let top: &[Size] = match self {
            Self::Home => &[(728, 90), (970, 250)],
            Self::Recipe | Self::Search => &[(728, 90)],
        };
        let side: &[Size] = match self {
            Self::Home => &[(300, 250), (300, 600)],
            Self::Recipe | Self::Search => &[(300, 250)],
        };
        let mut slots = vec![self.slot("top", top), self.slot("side", side)];
        if self == Self::Recipe {
            slots.push(self.slot("bottom", &[(728, 90)]));
        }
        slots
    }

    fn slot(self, position: &'static str, sizes: &[Size]) -> Slot {
        let page = self.name();
        Slot {
            code: format!("div-{position}"),
            ad_unit_path: format!("/1234/recipes/{page}/{position}"),
            sizes: sizes.to_vec(),
            stored_imp: format!("{page}-{position}"),
        }
    }
}

/// Width and height in CSS pixels.
pub type Size = (u32, u32);

/// One ad position of a page, in the form that the page's scripts read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Slot {
    /// The element's id, which is also the imp's id.
    pub code: String,
    /// The ad server's name of the position.
    pub ad_unit_path: String,
    /// The sizes that fit, preferred first.
    pub sizes: Vec<Size>,
    /// The imp stored at the bid-server.
    pub stored_imp: String,
}
