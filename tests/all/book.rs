//! The book and the pages around it are whole: every page is in the summary and in the doc tests, every link leads
//! to a file that exists, what is quoted is there.

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

/// The targets of the links of a page that are files, outside of code blocks.
fn links(page: &Path) -> Vec<PathBuf> {
    let folder = page.parent().expect("a page lies in a folder");
    let text = read(page);
    let prose = text.split("\n```").step_by(2);
    let targets = prose.flat_map(|prose| prose.split("](").skip(1)).filter_map(|rest| rest.split_once(')'));
    let files = targets.map(|(target, _)| target.split('#').next().unwrap_or_default());
    files.filter(|file| !file.is_empty() && !file.contains("://")).map(|file| folder.join(file)).collect()
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

/// What a page quotes: the file, and the name of the part.
fn quotations(page: &Path) -> Vec<(PathBuf, String)> {
    let folder = page.parent().expect("a page lies in a folder");
    let text = read(page);
    let quotations = text.split("{{#include ").skip(1).filter_map(|rest| rest.split_once("}}"));
    let parts = quotations.map(|(what, _)| what.trim().split_once(':').expect("a part of a file is quoted"));
    parts.map(|(file, part)| (folder.join(file), part.to_owned())).collect()
}

#[test]
fn what_is_quoted_is_there() {
    let mut n_quotations = 0;
    for page in pages(&workspace().join("book/src")) {
        for (file, part) in quotations(&page) {
            let text = read(&file);
            let marks = ["ANCHOR", "ANCHOR_END"].map(|mark| {
                let mark = format!("// {mark}: {part}");
                let lines = text.lines().enumerate().filter(|(_, line)| line.trim() == mark);
                lines.map(|(at, _)| at).collect::<Vec<_>>()
            });
            let [[begin], [end]] = marks.each_ref().map(Vec::as_slice) else {
                panic!("{} quotes `{part}` of {}: {marks:?}", page.display(), file.display());
            };
            assert!(begin + 1 < *end, "{} quotes nothing of {}", page.display(), file.display());
            n_quotations += 1;
        }
    }
    assert!(n_quotations > 0);
}

#[test]
fn the_readme_is_short() {
    assert!(read(&workspace().join("README.md")).lines().count() <= 120);
}
