//! The site's own script: search suggestions need the recipes' words in the browser.

use serde_json::json;

use crate::recipes::{Catalogue, Recipe};

/// The script for this catalogue.
pub fn of(catalogue: &Catalogue) -> String {
    let entry = |recipe: &Recipe| {
        let names: Vec<&str> = recipe.ingredients.iter().map(|i| i.name.as_str()).collect();
        json!({
            "slug": recipe.slug,
            "title": recipe.title,
            "category": recipe.category,
            "words": format!("{} {} {}", recipe.teaser, names.join(" "), recipe.intro.join(" ")),
        })
    };
    let index: Vec<_> = catalogue.all().iter().map(entry).collect();
    let script = include_str!("../assets/js/site.js");
    format!("const RECIPE_INDEX = {};\n{script}", json!(index))
}
