//! What can go wrong: at the start (the program ends) and in a request (the visitor gets a page that says so).

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// The site cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A listener failed.
    #[error("listener: {0}")]
    Listener(#[from] std::io::Error),
    /// The shared HTTP client could not be built.
    #[error("http client: {0}")]
    HttpClient(#[from] reqwest::Error),
    /// A template that is part of the program does not parse.
    #[error("template: {0}")]
    Template(#[from] minijinja::Error),
    /// The recipes that are part of the program do not parse.
    #[error("recipes: {0}")]
    Recipes(#[from] crate::recipes::RecipeError),
}

/// A page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// No such page.
    #[error("page not found")]
    NotFound,
    /// The template failed; the visitor cannot help it.
    #[error("template failed: {0}")]
    Template(#[from] minijinja::Error),
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                Html(include_str!("../templates/not_found.html")),
            )
                .into_response(),
            Self::Template(error) => {
                tracing::error!(%error, "page template failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    Html(include_str!("../templates/failed.html")),
                )
                    .into_response()
            }
        }
    }
}
