//! The book and the pages around it are whole: every page is in the summary and in the doc tests, every link leads
//! to a file, and a heading in it, that exists; so does every file that a page quotes, with as many lines.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The top of the workspace.
fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The Markdown files of a folder and the folders in it.
fn pages(folder: &Path) -> BTreeSet<PathBuf> {
    let mut pages = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            pages.append(&mut self::pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.insert(path);
        }
    }
    pages
}

/// What of a page is not in code blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n```").step_by(2)
}

/// The links of a page that stay in the repository: the file, and the heading in it if one is named.
fn links_and_headings(page: &Path) -> Vec<(PathBuf, Option<String>)> {
    let folder = page.parent().expect("a page lies in a folder");
    let text = read(page);
    let targets =
        prose(&text).flat_map(|prose| prose.split("](").skip(1)).filter_map(|rest| rest.split_once(')'));
    let inside = targets.map(|(target, _)| target).filter(|target| !target.contains("://"));
    let parts = inside.map(|target| match target.split_once('#') {
        Some((file, heading)) => (file, Some(heading.to_owned())),
        None => (target, None),
    });
    let of_page = |file: &str| if file.is_empty() { page.to_owned() } else { folder.join(file) };
    parts.map(|(file, heading)| (of_page(file), heading)).collect()
}

/// The files that the links of a page lead to.
fn links(page: &Path) -> Vec<PathBuf> {
    links_and_headings(page).into_iter().map(|(file, _)| file).collect()
}

/// The names that links have for the headings of a page, as mdBook and GitHub make them.
fn headings(page: &Path) -> BTreeSet<String> {
    let text = read(page);
    let lines = prose(&text).flat_map(str::lines).filter(|line| line.starts_with('#'));
    let name = |line: &str| {
        let letters = line.trim_start_matches('#').trim().chars().filter_map(|letter| match letter {
            ' ' => Some('-'),
            letter if letter.is_alphanumeric() || letter == '-' || letter == '_' => Some(letter),
            _ => None,
        });
        letters.flat_map(char::to_lowercase).collect()
    };
    lines.map(name).collect()
}

/// What a page quotes of other files: the file, and what of it.
fn quotes(page: &Path) -> Vec<(PathBuf, Vec<String>)> {
    let folder = page.parent().expect("a page lies in a folder");
    let text = read(page);
    let directives = text.split("{{#include ").skip(1).filter_map(|rest| rest.split_once("}}"));
    let parts = directives.map(|(directive, _)| directive.split(':').map(str::to_owned).collect());
    parts.map(|parts: Vec<String>| (folder.join(&parts[0]), parts[1..].to_vec())).collect()
}

#[test]
fn every_page_is_in_the_summary() {
    let source = workspace().join("book/src");
    let summary = source.join("SUMMARY.md");
    let mut listed: BTreeSet<PathBuf> = links(&summary).into_iter().collect();
    listed.insert(summary);
    assert_eq!(listed, pages(&source));
}

#[test]
fn every_page_is_compiled() {
    let tests = read(&workspace().join("tests/src/pages.rs"));
    for page in pages(&workspace().join("book/src")) {
        if !page.ends_with("SUMMARY.md") {
            let name = page.strip_prefix(workspace()).expect("a page of the workspace").display().to_string();
            assert!(tests.contains(&name), "{name} is no doc test: add it to tests/src/pages.rs");
        }
    }
}

/// Some workloads may be measured without the others.
#[test]
fn every_figure_is_in_the_table_of_all() {
    let folder = workspace().join("book/src/design/figures");
    let table = read(&folder.join("summary.txt"));
    let listed: BTreeSet<_> = table.lines().skip(2).filter_map(|line| line.split(' ').nth(1)).collect();
    let files =
        fs::read_dir(&folder).expect("the folder is there").map(|entry| entry.expect("a file").path());
    let charts: BTreeSet<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|ending| ending == "svg")).collect();
    let names = charts.iter().map(|path| path.file_stem().and_then(|name| name.to_str()).expect("a name"));
    assert_eq!(listed, names.collect());
    assert!(!listed.is_empty());
}

#[test]
fn every_link_leads_somewhere() {
    let mut all = pages(&workspace().join("book/src"));
    all.extend([workspace().join("README.md"), workspace().join("gc/CHANGELOG.md")]);
    let mut n_links = 0;
    for page in all {
        for target in links(&page) {
            assert!(target.exists(), "{} links to {}", page.display(), target.display());
            n_links += 1;
        }
    }
    assert!(n_links > 0);
}

#[test]
fn every_heading_that_is_linked_to_is_there() {
    let mut n_links = 0;
    for page in pages(&workspace().join("book/src")) {
        for (target, heading) in links_and_headings(&page) {
            if let Some(heading) = heading {
                assert!(
                    headings(&target).contains(&heading),
                    "{} links to {}#{heading}",
                    page.display(),
                    target.display()
                );
                n_links += 1;
            }
        }
    }
    assert!(n_links > 0);
}

/// Whether a file has what is quoted of it: a part between two marks, each of which is there once; lines; or all.
fn has(text: &str, what: &[String]) -> bool {
    let place_of = |mark: &str, part: &str| {
        let mark = format!("// {mark}: {part}");
        let mut places =
            text.lines().enumerate().filter(|(_, line)| line.trim() == mark).map(|(place, _)| place);
        places.next().filter(|_| places.next().is_none())
    };
    match what {
        [] => !text.is_empty(),
        [part] => match (place_of("ANCHOR", part), place_of("ANCHOR_END", part)) {
            (Some(begin), Some(end)) => begin + 1 < end,
            _ => false,
        },
        [first, last] => {
            let [first, last] =
                [first, last].map(|number| number.parse::<usize>().expect("a line has a number"));
            (1..=last).contains(&first) && last <= text.lines().count()
        }
        _ => false,
    }
}

/// `{{#include file}}`, `{{#include file:part}}` and `{{#include file:first:last}}`. mdBook leaves out a part that is not
/// there and says nothing.
#[test]
fn what_is_quoted_is_there() {
    let mut n_quotes = 0;
    for page in pages(&workspace().join("book/src")) {
        for (file, what) in quotes(&page) {
            assert!(has(&read(&file), &what), "{} quotes {what:?} of {}", page.display(), file.display());
            n_quotes += 1;
        }
    }
    assert!(n_quotes > 0);
}

/// The oldest compiler that a page names, each time that it does.
fn oldest_rust(page: &Path) -> Vec<String> {
    let text = read(page);
    let named = text.split("Rust").skip(1).filter_map(|rest| {
        // `Rust 1.90`; `stable Rust, 1.90 or later`
        let version = rest.trim_start_matches([',', ' ']);
        version.starts_with("1.").then(|| version.split(|letter| !matches!(letter, '0'..='9' | '.')).next())
    });
    named.flatten().map(|version| version.trim_end_matches('.').to_owned()).collect()
}

#[test]
fn one_oldest_rust_is_promised() {
    let manifest = read(&workspace().join("Cargo.toml"));
    let line = manifest.lines().find_map(|line| line.strip_prefix("rust-version = "));
    let promised = line.expect("the workspace says its oldest Rust").trim_matches('"');
    let mut all = pages(&workspace().join("book/src"));
    all.insert(workspace().join("README.md"));
    for page in &all {
        for version in oldest_rust(page) {
            assert_eq!(version, promised, "{}", page.display());
        }
    }
    for page in ["README.md", "book/src/guide/quick-start.md", "book/src/contributing/release.md"] {
        assert!(!oldest_rust(&workspace().join(page)).is_empty(), "{page} does not say which Rust is needed");
    }
}

#[test]
fn the_readme_is_short() {
    assert!(read(&workspace().join("README.md")).lines().count() <= 120);
}
