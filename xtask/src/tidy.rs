//! House rules that no lint holds, as tests over the files that git tracks.

#[cfg(test)]
mod absent;
#[cfg(test)]
mod circles;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod scripts;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod workspace;
