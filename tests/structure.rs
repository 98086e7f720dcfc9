//! The map of `src/lib.rs` is true: what a file imports lies below it, and no two files import each other, be it by way
//! of others. A module and the modules inside it are one place here: those may import each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::Path;

/// Imports that run upwards or in a circle for now: from, to, why. Each must still be there.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// A module of the crate, by its path: `["output", "folder"]` is `src/output/folder.rs`.
type Module = Vec<String>;

/// What a file brings into scope, and what it names in passing.
#[derive(Default)]
struct File {
    /// The names that `use` binds, and the path of each as it is written.
    bound: Vec<(String, Module)>,
    /// All paths that begin at `crate`, `self` or `super`, and those of `use`.
    named: Vec<Module>,
}

/// The words and signs of a source, without comments, literals and white space.
fn tokens(source: &str) -> Vec<String> {
    let text: Vec<char> = source.chars().collect();
    let at = |ix: usize| text.get(ix).copied().unwrap_or('\0');
    let (mut ix, mut found) = (0, Vec::new());
    while ix < text.len() {
        let start = ix;
        match at(ix) {
            '/' if at(ix + 1) == '/' => {
                while ix < text.len() && at(ix) != '\n' {
                    ix += 1;
                }
            }
            'r' if at(ix + 1) == '"' || (at(ix + 1) == '#' && ['#', '"'].contains(&at(ix + 2))) => {
                let hashes = (ix + 1..).take_while(|ix| at(*ix) == '#').count();
                let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                ix += hashes + 2;
                while ix < text.len() && !text[ix..].starts_with(&end) {
                    ix += 1;
                }
                ix += end.len();
            }
            '"' => {
                ix += 1;
                while ix < text.len() && at(ix) != '"' {
                    ix += if at(ix) == '\\' { 2 } else { 1 };
                }
                ix += 1;
            }
            '\'' if at(ix + 1) == '\\' => {
                ix += 3;
                while ix < text.len() && at(ix) != '\'' {
                    ix += 1;
                }
                ix += 1;
            }
            '\'' if at(ix + 2) == '\'' => ix += 3,
            c if c.is_alphanumeric() || c == '_' => {
                while at(ix).is_alphanumeric() || at(ix) == '_' {
                    ix += 1;
                }
                found.push(text[start..ix].iter().collect());
            }
            ':' if at(ix + 1) == ':' => {
                ix += 2;
                found.push("::".to_owned());
            }
            c => {
                ix += 1;
                if !c.is_whitespace() {
                    found.push(c.to_string());
                }
            }
        }
    }
    found
}

/// Reads the tree of a `use` from `ix`, after `prefix`; gives where it ends.
fn tree(tokens: &[String], mut ix: usize, prefix: &[String], file: &mut File) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match tokens[ix].as_str() {
            "{" => {
                while tokens[ix] != "}" {
                    ix += 1;
                    if tokens[ix] != "}" {
                        ix = tree(tokens, ix, &path, file);
                    }
                }
                return ix + 1;
            }
            "::" => {}
            "*" => {
                file.named.push(path);
                return ix + 1;
            }
            word => path.push(word.to_owned()),
        }
        ix += 1;
        if [",", ";", "}", "as"].contains(&tokens[ix].as_str()) {
            if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
                path.pop();
            }
            let alias = tokens[ix] == "as";
            let name = if alias { tokens[ix + 1].clone() } else { path.last().unwrap().clone() };
            file.bound.push((name, path.clone()));
            file.named.push(path);
            return if alias { ix + 2 } else { ix };
        }
    }
}

fn parse(source: &str) -> File {
    let tokens = tokens(source);
    let (mut file, mut ix) = (File::default(), 0);
    let is = |ix: usize, words: &[&str]| tokens[ix..].iter().zip(words).filter(|(a, b)| a == b).count() == words.len();
    while ix < tokens.len() {
        if is(ix, &["use"]) {
            ix = tree(&tokens, ix + 1, &[], &mut file);
        } else if ["crate", "super", "self"].contains(&tokens[ix].as_str()) && is(ix + 1, &["::"]) {
            let mut path = vec![tokens[ix].clone()];
            while is(ix + 1, &["::"]) && tokens[ix + 2].starts_with(|c: char| c.is_alphabetic()) {
                path.push(tokens[ix + 2].clone());
                ix += 2;
            }
            file.named.push(path);
            ix += 1;
        } else {
            ix += 1;
        }
    }
    file
}

/// All files of a folder below `src`, by module.
fn collect(folder: &Path, module: &[String], files: &mut BTreeMap<Module, File>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let stem = name.trim_end_matches(".rs");
        let mut module = module.to_vec();
        if entry.path().is_dir() {
            module.push(stem.to_owned());
            collect(&entry.path(), &module, files);
        } else if name.ends_with(".rs") && name != "main.rs" {
            if !["lib", "mod"].contains(&stem) {
                module.push(stem.to_owned());
            }
            files.insert(module, parse(&fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

/// The module that a path in `from` leads to, through what others import under that name; none for other crates.
fn target(files: &BTreeMap<Module, File>, from: &[String], path: &[String], hops: usize) -> Option<Module> {
    let mut at = match path.first()?.as_str() {
        "crate" => Vec::new(),
        "self" => from.to_vec(),
        "super" => from[..from.len().checked_sub(1)?].to_vec(),
        child => {
            let module: Module = from.iter().cloned().chain([child.to_owned()]).collect();
            if !files.contains_key(&module) {
                return None;
            }
            module
        }
    };
    for (ix, word) in path.iter().enumerate().skip(1) {
        if word == "super" {
            at.pop();
            continue;
        }
        at.push(word.clone());
        if files.contains_key(&at) {
            continue;
        }
        at.pop();
        let bound = files[&at].bound.iter().find(|(name, _)| name == word).filter(|_| hops < 8 && at != from);
        let through = bound.and_then(|(_, path)| target(files, &at, path, hops + 1));
        if let Some(through) = through {
            let rest: Module =
                std::iter::once("crate".to_owned()).chain(through).chain(path[ix + 1..].to_vec()).collect();
            return target(files, &[], &rest, hops + 1);
        }
        break;
    }
    Some(at)
}

fn name(module: &[String]) -> String {
    module.join("::")
}

/// Which file imports which: modules that lie in each other left out.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let mut files = BTreeMap::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &[], &mut files);
    assert!(files.len() > 100 && files.values().map(|file| file.named.len()).sum::<usize>() > 1_000);
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, file) in &files {
        for to in file.named.iter().filter_map(|path| target(&files, from, path, 0)) {
            if !from.starts_with(&to) && !to.starts_with(from) {
                imports.entry(name(from)).or_default().insert(name(&to));
            }
        }
    }
    imports
}

fn is_excepted(from: &str, to: &str) -> bool {
    EXCEPTIONS.iter().any(|(a, b, _)| *a == from && *b == to)
}

/// The modules of each level of the map, the lowest first.
fn levels() -> Vec<Vec<String>> {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let text: String = lib.lines().filter_map(|line| line.strip_prefix("//! ")).collect::<Vec<_>>().join(" ");
    let map = text.split("Imports run downwards only: ").nth(1).expect("the map").split('.').next().unwrap();
    let names = |level: &str| level.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    map.split('→').map(names).collect()
}

#[test]
fn imports_run_downwards_in_the_order_of_the_map() {
    let levels = levels();
    let level = |file: &str| {
        let top = file.split("::").next().unwrap();
        levels
            .iter()
            .position(|level| level.iter().any(|name| name == top))
            .unwrap_or_else(|| panic!("{top} is on no map"))
    };
    let mut upwards = Vec::new();
    for (from, to) in imports().iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to))) {
        let same = from.split("::").next() == to.split("::").next();
        if !same && level(to) >= level(from) && !is_excepted(from, to) {
            upwards.push(format!("{from} imports {to}"));
        }
    }
    assert!(upwards.is_empty(), "against the map of src/lib.rs:\n{}", upwards.join("\n"));
}

#[test]
fn no_imports_go_in_a_circle() {
    let imports = imports();
    let mut circles = BTreeSet::new();
    for start in imports.keys() {
        // The shortest way back to where it began.
        let mut ways: BTreeMap<&str, &str> = BTreeMap::new();
        let mut next = VecDeque::from([start.as_str()]);
        while let Some(from) = next.pop_front() {
            for to in imports.get(from).into_iter().flatten().filter(|to| !is_excepted(from, to)) {
                if !ways.contains_key(to.as_str()) {
                    ways.insert(to, from);
                    next.push_back(to);
                }
            }
        }
        if ways.contains_key(start.as_str()) {
            let (mut way, mut at) = (vec![start.as_str()], ways[start.as_str()]);
            while at != start {
                way.push(at);
                at = ways[at];
            }
            way.reverse();
            let first = way.iter().enumerate().min_by_key(|(_, file)| **file).map_or(0, |(ix, _)| ix);
            way.rotate_left(first);
            circles.insert(way.join(" → "));
        }
    }
    assert!(circles.is_empty(), "circles:\n{}", circles.into_iter().collect::<Vec<_>>().join("\n"));
}

/// The headings of `docs/rules.md` that a source cites: `docs/rules.md, "Carry"`, several one after the other.
fn cited(source: &str) -> Vec<String> {
    let lines = source.lines().map(|line| line.trim_start().trim_start_matches(['/', '!']).trim());
    let text = lines.collect::<Vec<_>>().join(" ").replace('`', "");
    let mut found = Vec::new();
    for mut rest in text.split("docs/rules.md").skip(1) {
        while let Some((heading, after)) = rest.strip_prefix(", \"").and_then(|rest| rest.split_once('"')) {
            found.push(heading.to_owned());
            rest = after;
        }
    }
    found
}

/// Shows every source of a folder.
fn sources(folder: &Path, show: &mut impl FnMut(&str)) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            sources(&path, show);
        } else {
            show(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_heading_that_is_cited_is_there() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md")).unwrap();
    let headings: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("## ")?.split_once(". ")).map(|(_, name)| name).collect();
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |source| all.extend(cited(source)));
    assert!(all.len() > 20, "{} citations", all.len());
    let missing: Vec<&String> = all.iter().filter(|heading| !headings.contains(&heading.as_str())).collect();
    assert!(missing.is_empty(), "cited, and no heading of docs/rules.md: {missing:?}");
    assert_eq!(cited("//! (docs/rules.md, \"A\",\n//! \"B\") `docs/rules.md`, \"C\""), ["A", "B", "C"]);
}

/// The library is compiled once, without tests of its own: one that stood there would not be run.
#[test]
fn no_test_stands_in_the_sources() {
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |source| {
        let line =
            source.lines().find(|line| ["#[test]", "cfg(test)", "cfg!(test)"].iter().any(|is| line.contains(is)));
        assert_eq!(line, None, "tests stand in tests/");
    });
}

/// A file that no module names is not compiled, and its tests are not run. `mutants` and `schemas` are packages of their own.
#[test]
fn every_file_of_the_tests_is_a_module_of_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut seen = 0;
    for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        let (inside, root) = (fs::read_dir(&entry).is_ok() && entry.join("mod.rs").exists(), folder.join("all.rs"));
        if inside {
            let files = fs::read_dir(&entry).unwrap().map(|file| file.unwrap().path());
            files.filter(|file| !file.ends_with("mod.rs")).for_each(|file| assert_named(&file, &entry.join("mod.rs")));
        }
        if inside || entry.extension().is_some_and(|e| e == "rs") && entry != root {
            assert_named(&entry, &root);
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen} modules");
}

/// That `parent` has a module of the name of this file.
fn assert_named(file: &Path, parent: &Path) {
    let name = file.file_stem().unwrap().to_string_lossy();
    let named = |line: &str| line.trim_start_matches("pub ") == format!("mod {name};");
    assert!(fs::read_to_string(parent).unwrap().lines().any(named), "{} is in no module", file.display());
}

#[test]
fn every_exception_is_still_needed() {
    let imports = imports();
    for (from, to, why) in EXCEPTIONS {
        let there = imports.get(*from).is_some_and(|all| all.contains(*to));
        assert!(there, "{from} does not import {to} any more ({why}): take the exception out");
    }
}

#[test]
fn paths_are_found_wherever_they_stand() {
    let file = parse(
        "use crate::a::{self, b::C as D, e::*}; // use crate::comment;\n\
         fn f<'a>(x: &'a str) -> super::g::H { format!(\"crate::string {}\", crate::i::j('\"', '\\'')) }",
    );
    let named: Vec<String> = file.named.iter().map(|path| name(path)).collect();
    assert_eq!(named, ["crate::a", "crate::a::b::C", "crate::a::e", "super::g::H", "crate::i::j"]);
    assert_eq!(file.bound[1].0, "D");
}
