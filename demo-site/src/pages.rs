//! The pages of the site: each handler gathers what its template shows.

pub mod compare;
pub mod page_head;
pub mod recipe_pages;
pub mod start;
