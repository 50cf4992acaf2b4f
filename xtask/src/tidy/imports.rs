//! What the files of a crate import, read from their syntax: `use` lines, paths in code, paths in macros. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// One file of a crate, the module that it is, and the absolute paths that it names.
///
/// A path of the same crate starts with `crate`, any other with the name of a crate.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) file: PathBuf,
    pub(super) module: Vec<String>,
    pub(super) paths: BTreeSet<Vec<String>>,
}

/// All files of a crate whose top file is in `folder`, with the names that its top file re-exports traced to where they come from.
pub(super) fn of_crate(folder: &Path) -> Vec<Source> {
    let mut files = Vec::new();
    rust_files(folder, &mut files);
    files.sort();
    let mut sources: Vec<_> = files.into_iter().map(|file| read(folder, file)).collect();
    let exported = exported(&sources);
    for source in &mut sources {
        source.paths = std::mem::take(&mut source.paths)
            .into_iter()
            .map(|path| follow(path, &exported))
            .collect();
    }
    sources
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "tests" {
            rust_files(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

fn read(folder: &Path, file: PathBuf) -> Source {
    let module = module_of(file.strip_prefix(folder).unwrap_or(&file));
    let text = std::fs::read_to_string(&file).unwrap();
    let paths = paths_in(&text, module.clone())
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Source {
        file,
        module,
        paths,
    }
}

fn module_of(file: &Path) -> Vec<String> {
    let mut module: Vec<_> = file
        .with_extension("")
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if module == ["lib"] || module == ["main"] {
        module.clear();
    }
    module
}

/// The absolute paths that a module's text names.
pub(super) fn paths_in(text: &str, module: Vec<String>) -> syn::Result<BTreeSet<Vec<String>>> {
    let mut reader = Reader {
        module,
        paths: BTreeSet::new(),
    };
    reader.visit_file(&syn::parse_file(text)?);
    Ok(reader.paths)
}

/// Where the names at the top of the crate come from, if the top file only passes them on.
fn exported(sources: &[Source]) -> BTreeMap<String, Vec<String>> {
    let modules: BTreeSet<_> = sources
        .iter()
        .filter_map(|source| source.module.first())
        .collect();
    let top = sources.iter().filter(|source| source.module.is_empty());
    top.flat_map(|source| &source.paths)
        .filter_map(|path| {
            let [crate_or_module, rest @ ..] = path.as_slice() else {
                return None;
            };
            let rest = if crate_or_module == "crate" {
                rest
            } else {
                path
            };
            let name = rest.last().filter(|name| !modules.contains(name))?;
            rest.first().filter(|module| modules.contains(module))?;
            let absolute = std::iter::once("crate".to_owned()).chain(rest.iter().cloned());
            Some((name.clone(), absolute.collect()))
        })
        .collect()
}

fn follow(path: Vec<String>, exported: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    match path.as_slice() {
        [top, name, ..] if top == "crate" => exported.get(name).cloned().unwrap_or(path),
        _ => path,
    }
}

struct Reader {
    module: Vec<String>,
    paths: BTreeSet<Vec<String>>,
}

impl Reader {
    fn note(&mut self, path: &[String]) {
        let mut base: Vec<String> = Vec::new();
        let mut rest = path;
        if path
            .first()
            .is_some_and(|first| first == "self" || first == "super")
        {
            base = std::iter::once("crate".to_owned())
                .chain(self.module.iter().cloned())
                .collect();
            while let [first, after @ ..] = rest {
                match first.as_str() {
                    "self" => {}
                    "super" => drop(base.pop()),
                    _ => break,
                }
                rest = after;
            }
        }
        base.extend_from_slice(rest);
        if base.len() > 1 {
            self.paths.insert(base);
        }
    }

    fn note_tree(&mut self, tree: &syn::UseTree, before: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.note_tree(&path.tree, before);
                before.pop();
            }
            syn::UseTree::Name(name) => self.note_leaf(before, &name.ident),
            syn::UseTree::Rename(name) => self.note_leaf(before, &name.ident),
            syn::UseTree::Glob(_) => self.note(before),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.note_tree(tree, before);
                }
            }
        }
    }

    fn note_leaf(&mut self, before: &[String], name: &syn::Ident) {
        let mut path = before.to_vec();
        if name != "self" {
            path.push(name.to_string());
        }
        self.note(&path);
    }

    /// Paths among the tokens of a macro: names joined by `::`.
    fn note_tokens(&mut self, tokens: proc_macro2::TokenStream) {
        use proc_macro2::TokenTree;
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) if path.is_empty() || colons == 2 => {
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                }
                other => {
                    self.note(&std::mem::take(&mut path));
                    colons = 0;
                    match other {
                        TokenTree::Ident(name) => path.push(name.to_string()),
                        TokenTree::Group(group) => self.note_tokens(group.stream()),
                        _ => {}
                    }
                }
            }
        }
        self.note(&path);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.note_tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<_> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        self.note(&segments);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.note_tokens(called.tokens.clone());
    }

    // `pub(in crate::x)` says who may see something, not what is used.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// `#[cfg(test)]`, alone or among what else has to hold.
fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else {
            return false;
        };
        let tokens = list.tokens.to_string();
        list.path.is_ident("cfg") && (tokens == "test" || tokens.starts_with("all (test ,"))
    })
}
