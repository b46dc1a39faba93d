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

/// Returns a text without its tests and comments.
fn code(text: &str) -> String {
    let tests = ["#[cfg(test)]", "#[cfg(all(test,"];
    let end = tests.iter().filter_map(|tests| text.find(tests)).min();
    let code = &text[..end.unwrap_or(text.len())];
    let lines = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the modules that a text names after `crate::`, apart from its tests and comments.
fn named(text: &str) -> BTreeSet<String> {
    let paths = paths(&code(text), "crate::");
    let first = paths.into_iter().filter_map(|path| path.into_iter().nth(1));
    first.collect()
}

/// Returns the paths in a text that begin with this word, one for each item of a group.
fn paths(code: &str, first: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(first) {
        let before = code[..at].chars().next_back();
        if !before.is_some_and(|last| is_of_name(last) || last == ':') {
            read_path(&code[at..], &[], &mut found);
        }
    }
    found
}

const fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Reads a path or a group of them, and returns what comes after it.
fn read_path<'c>(code: &'c str, before: &[String], found: &mut Vec<Vec<String>>) -> &'c str {
    let mut path = before.to_vec();
    let mut code = code.trim_start();
    loop {
        if let Some(group) = code.strip_prefix('{') {
            code = group.trim_start();
            while !code.is_empty() && !code.starts_with('}') {
                let item = code;
                code = read_path(code, &path, found).trim_start();
                if let Some(alias) = code.strip_prefix("as ") {
                    code = alias.trim_start_matches(is_of_name).trim_start();
                }
                code = code.strip_prefix(',').unwrap_or(code).trim_start();
                if code.len() == item.len() {
                    break;
                }
            }
            return code.strip_prefix('}').unwrap_or(code);
        }
        let rest = code.trim_start_matches(is_of_name);
        path.push(code[..code.len() - rest.len()].to_owned());
        let Some(next) = rest.strip_prefix("::") else {
            found.push(path);
            return rest;
        };
        code = next;
    }
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

/// Returns the path of each module in a folder, and its text.
fn texts(folder: &Path) -> BTreeMap<Vec<String>, String> {
    let files = workspace::sources(folder).unwrap().into_iter();
    let texts = files.map(|file| {
        let inside = file.strip_prefix(folder).unwrap().with_extension("");
        let names = inside.iter().map(|name| name.to_str().unwrap().to_owned());
        let mut path: Vec<String> = names.collect();
        path.pop_if(|name| matches!(name.as_str(), "lib" | "main" | "mod"));
        (path, fs::read_to_string(&file).unwrap())
    });
    // The tests of a module may use whatever is beside it.
    texts
        .filter(|(path, _)| path.last().is_none_or(|name| name != "tests"))
        .collect()
}

/// How often an item may be passed on.
const PASSED_ON: usize = 5;

/// The modules of a crate, each with the paths that it imports, and by which it may pass on what is elsewhere.
type Modules = BTreeMap<Vec<String>, Vec<Vec<String>>>;

/// Returns the module that a path in `module` leads to: the one that has the item, even if others pass it on.
fn target(path: &[String], module: &[String], modules: &Modules) -> Vec<String> {
    let (mut path, mut target) = (path, module.to_vec());
    for _ in 0..PASSED_ON {
        let mut names = path.iter();
        let item = names.find(|name| match name.as_str() {
            "crate" => {
                target.clear();
                false
            }
            "super" => {
                target.pop();
                false
            }
            "self" => false,
            _ => {
                target.push((*name).clone());
                !modules.contains_key(&target)
            }
        });
        let Some(item) = item else { break };
        target.pop();
        let mut imports = modules.get(&target).into_iter().flatten();
        match imports.find(|import| import.len() > 1 && import.last() == Some(item)) {
            Some(import) => path = import,
            None => break,
        }
    }
    target
}

/// Returns the imports between the modules of each folder: of one or what is in it, from another or what is in that.
fn siblings(texts: &BTreeMap<Vec<String>, String>) -> BTreeMap<Vec<String>, Imports> {
    let modules = texts
        .iter()
        .map(|(module, text)| {
            let code = code(text);
            let mut found = Vec::new();
            for (at, word) in code.match_indices("use ") {
                read_path(&code[at + word.len()..], &[], &mut found);
            }
            (module.clone(), found)
        })
        .collect();
    let mut siblings: BTreeMap<Vec<String>, Imports> = BTreeMap::new();
    for (module, text) in texts {
        let code = code(text);
        for path in ["crate::", "super::"]
            .map(|first| paths(&code, first))
            .concat()
        {
            let target = target(&path, module, &modules);
            let pairs = module.iter().zip(&target);
            let depth = pairs.take_while(|(own, other)| own == other).count();
            if let (Some(own), Some(other)) = (module.get(depth), target.get(depth)) {
                let folder = siblings.entry(module[..depth].to_vec()).or_default();
                folder.entry(own.clone()).or_default().insert(other.clone());
            }
        }
    }
    siblings
}

/// Returns the modules that are in a circle.
fn circle(imports: &Imports) -> Vec<&str> {
    let leads_back = |start: &&String| {
        let mut seen = BTreeSet::new();
        let mut next = vec![*start];
        while let Some(module) = next.pop() {
            let from = imports.get(module).into_iter().flatten();
            next.extend(from.filter(|other| seen.insert(*other)));
        }
        seen.contains(start)
    };
    let circle = imports.keys().filter(leads_back);
    circle.map(String::as_str).collect()
}

/// Returns the folders of a crate's test programs, by name.
fn suites(sources: &Path) -> Vec<(String, PathBuf)> {
    let folder = fs::read_dir(sources.with_file_name("tests"));
    let paths = folder
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    let suites = paths.filter(|path| path.join("main.rs").exists());
    let named = suites.map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, path)
    });
    named.collect()
}

#[test]
fn no_modules_of_a_folder_import_from_each_other() {
    let mut circles = Vec::new();
    let suites = crates().into_values().flat_map(|sources| suites(&sources));
    for (name, folder) in crates().into_iter().chain(suites) {
        for (place, imports) in siblings(&texts(&folder)) {
            let circle = circle(&imports);
            if !circle.is_empty() {
                circles.push(format!("{name}/{}: {}", place.join("/"), circle.join(", ")));
            }
        }
    }
    assert!(circles.is_empty(), "circles in\n{}", circles.join("\n"));
}

#[test]
fn a_circle_is_seen_however_it_is_closed() {
    let texts = |b: &str| {
        let texts = [
            ("a", "mod b; mod c; mod d; pub use c::Y;"),
            ("a b", b),
            ("a c", "use super::{b::{self, X}, e};"),
            ("a d", "mod e;"),
            ("a d e", "use super::super::c::Y as Z;"),
        ];
        let texts = texts.map(|(path, text)| {
            let path = path.split(' ').map(str::to_owned).collect::<Vec<_>>();
            (path, text.to_owned())
        });
        siblings(&BTreeMap::from(texts))
    };
    for (b, expected) in [
        ("use super::X;", [].as_slice()),
        ("use super::Y;", &["b", "c"]),
        ("use super::c::X;", &["b", "c"]),
        ("fn x() { crate::a::c::y(); }", &["b", "c"]),
        ("use crate::{a::{x, d::e::X}, y};", &["b", "c", "d"]),
        (
            "// super::c\n#[cfg(test)]\nmod tests { use super::c; }",
            &[],
        ),
    ] {
        let siblings = texts(b);
        assert_eq!(circle(&siblings[&vec!["a".to_owned()]]), expected, "{b}");
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
