//! The modules of a crate are layers: none imports from one above it, so there are no cycles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use xtask::workspace;

/// The beginning of the list of layers in a `lib.rs`.
const LIST: &str = "// Layers,";

/// The top-level modules of a crate, each with those that it imports from.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// Returns the folder of each crate's sources, by name.
fn crates() -> BTreeMap<String, PathBuf> {
    let folder = workspace::root().join("crates");
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut crates: BTreeMap<String, PathBuf> = entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, entry.path().join("src"))
        })
        .collect();
    crates.insert("xtask".to_owned(), workspace::root().join("xtask/src"));
    crates
}

fn root(sources: &Path) -> String {
    let library = fs::read_to_string(sources.join("lib.rs"));
    library
        .or_else(|_| fs::read_to_string(sources.join("main.rs")))
        .unwrap()
}

/// Returns the modules that the root of a crate declares.
fn modules(root: &str) -> BTreeSet<String> {
    let names = root.lines().filter_map(|line| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    names.map(str::to_owned).collect()
}

/// Returns the modules that a text names after `crate::`, apart from its tests and comments.
fn named(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut named = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let group = rest
            .strip_prefix('{')
            .map(|group| group.split('}').next().unwrap_or_default());
        for item in group.unwrap_or(rest).split(',') {
            let is_name = |character: &char| character.is_ascii_alphanumeric() || *character == '_';
            named.insert(item.trim_start().chars().take_while(is_name).collect());
            if group.is_none() {
                break;
            }
        }
    }
    named
}

fn imports(folder: &Path) -> Imports {
    let modules = modules(&root(folder));
    let mut imports: Imports = modules
        .iter()
        .map(|module| (module.clone(), BTreeSet::new()))
        .collect();
    for file in workspace::sources(folder).unwrap() {
        let inside = file.strip_prefix(folder).unwrap();
        let first = inside.iter().next().unwrap().to_str().unwrap();
        let module = first.trim_end_matches(".rs");
        if let Some(of_module) = imports.get_mut(module) {
            let named = named(&fs::read_to_string(&file).unwrap());
            let known = named.into_iter();
            of_module.extend(known.filter(|name| name != module && modules.contains(name)));
        }
    }
    imports
}

/// Returns the layers that a root lists, lowest first.
fn layers(root: &str) -> Option<Vec<Vec<&str>>> {
    let mut lines = root.lines().skip_while(|line| !line.starts_with(LIST));
    lines.next()?;
    let list = lines.next()?.strip_prefix("// ")?;
    let layers = list.split(" < ");
    Some(layers.map(|layer| layer.split(' ').collect()).collect())
}

#[test]
fn no_module_imports_from_a_layer_above_it() {
    for (name, folder) in crates() {
        let root = root(&folder);
        let layers = layers(&root).unwrap_or_else(|| panic!("{name} does not list its layers"));
        let place = |module: &str| layers.iter().position(|layer| layer.contains(&module));
        for (module, from) in imports(&folder) {
            let own = place(&module)
                .unwrap_or_else(|| panic!("{name}: `{module}` is missing in the list of layers"));
            for other in &from {
                let below = place(other);
                assert!(
                    below.is_some_and(|below| below < own),
                    "{name}: `{module}` imports from `{other}`, which is not below it"
                );
            }
        }
    }
}

#[test]
fn imports_are_seen_however_they_are_written() {
    let text = "use crate::a::b;\nuse crate::{c, d::{e, f}};\nfn x() { crate::g::y(); } // crate::h\n#[cfg(test)]\nuse crate::i;";
    let named = named(text);
    for name in ["a", "c", "d", "g"] {
        assert!(named.contains(name), "{name}: {named:?}");
    }
    assert!(!named.contains("h") && !named.contains("i"), "{named:?}");
}
