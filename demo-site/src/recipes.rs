//! The recipes and the search over them; the same content for every variant.

use serde::{Deserialize, Serialize};

/// One recipe, as written in `content/recipes.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The name in the URL and of the picture.
    pub slug: String,
    /// The dish.
    pub title: String,
    /// One line under the title.
    pub teaser: String,
    /// Kind of dish.
    pub category: String,
    /// Minutes until it is on the table.
    pub minutes: u32,
    /// How many it feeds.
    pub serves: u32,
    /// How hard it is.
    pub effort: String,
    /// The story before the recipe, a paragraph each.
    pub intro: Vec<String>,
    /// What is needed.
    pub ingredients: Vec<Ingredient>,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// A last word of advice.
    pub tip: String,
}

/// One ingredient; the amount scales with the number of servings.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ingredient {
    /// How much, if it is counted or weighed.
    pub amount: Option<f64>,
    /// Unit of the amount.
    #[serde(default)]
    pub unit: String,
    /// The ingredient.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    recipe: Vec<Recipe>,
}

/// The content that is part of the program is broken.
#[derive(Debug, thiserror::Error)]
#[error("content/recipes.toml: {0}")]
pub struct RecipeError(#[from] toml::de::Error);

/// All recipes.
#[derive(Debug)]
pub struct Catalogue {
    recipes: Vec<Recipe>,
}

impl Catalogue {
    /// Reads the recipes that are part of the program.
    pub fn load() -> Result<Self, RecipeError> {
        let file: File = toml::from_str(include_str!("../content/recipes.toml"))?;
        Ok(Self {
            recipes: file.recipe,
        })
    }

    /// All of them, in the order of the home page.
    pub fn all(&self) -> &[Recipe] {
        &self.recipes
    }

    /// The recipe of that name.
    pub fn find(&self, slug: &str) -> Option<&Recipe> {
        self.recipes.iter().find(|recipe| recipe.slug == slug)
    }

    /// Others to read next: the same category first.
    pub fn related(&self, to: &Recipe) -> Vec<&Recipe> {
        let mut others: Vec<&Recipe> = self.recipes.iter().filter(|r| r.slug != to.slug).collect();
        others.sort_by_key(|recipe| recipe.category != to.category);
        others.truncate(3);
        others
    }

    /// Recipes that contain every word of the query, best match first; an empty query finds all.
    pub fn search(&self, query: &str) -> Vec<&Recipe> {
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let scored = self.recipes.iter().filter_map(|recipe| {
            let scores: Option<Vec<usize>> = words.iter().map(|word| score(recipe, word)).collect();
            Some((scores?.into_iter().sum::<usize>(), recipe))
        });
        let mut found: Vec<(usize, &Recipe)> = scored.collect();
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        found.into_iter().map(|(_, recipe)| recipe).collect()
    }
}

fn score(recipe: &Recipe, word: &str) -> Option<usize> {
    let has = |text: &str| text.to_lowercase().contains(word);
    let ingredient = recipe.ingredients.iter().any(|item| has(&item.name));
    let total = [
        (has(&recipe.title), 8),
        (has(&recipe.category), 4),
        (ingredient, 2),
        (
            has(&recipe.teaser) || recipe.intro.iter().any(|text| has(text)),
            1,
        ),
    ]
    .into_iter()
    .filter_map(|(hit, points)| hit.then_some(points))
    .sum();
    (total > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::Catalogue;

    #[test]
    fn there_are_recipes_with_texts_and_pictures() {
        let catalogue = Catalogue::load().unwrap();
        assert!(catalogue.all().len() >= 6);
        for recipe in catalogue.all() {
            assert!(recipe.steps.len() >= 4, "{}", recipe.slug);
            assert!(recipe.ingredients.len() >= 5, "{}", recipe.slug);
            let picture = crate::assets::find(&format!("pictures/{}.svg", recipe.slug));
            assert!(picture.is_some(), "no picture of {}", recipe.slug);
        }
    }

    #[test]
    fn search_ranks_titles_first_and_needs_every_word() {
        let catalogue = Catalogue::load().unwrap();
        let found = catalogue.search("Soup");
        assert!(found[0].title.to_lowercase().contains("soup"));
        assert!(catalogue.search("soup zeppelin").is_empty());
        assert_eq!(catalogue.search(" ").len(), catalogue.all().len());
    }

    #[test]
    fn related_leaves_out_the_recipe_itself() {
        let catalogue = Catalogue::load().unwrap();
        let first = &catalogue.all()[0];
        let related = catalogue.related(first);
        assert_eq!(related.len(), 3);
        assert!(related.iter().all(|recipe| recipe.slug != first.slug));
    }
}
