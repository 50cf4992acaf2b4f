//! House rules that no lint holds, as tests over the files that git tracks.

#[cfg(test)]
mod tests;
