//! The page that shows a heap.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread;

use gc::{Gc, Heap, InspectError, ReportError, Trace};
use tests::watchdog::watched;

/// A file for one test, in the folder that cargo gives to tests.
fn place(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.html", std::process::id()))
}

/// Writes a page and reads it.
#[track_caller]
fn page(heap: &Heap, name: &str) -> String {
    let path = place(name);
    heap.write_report(&path).unwrap();
    let page = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    page
}

/// How often a tag is opened and closed.
fn count(page: &str, tag: &str) -> (usize, usize) {
    let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
    (opened, page.matches(&format!("</{tag}>")).count())
}

#[derive(Trace)]
struct Pair<A, B>(A, B);

#[test]
fn the_page_shows_types_and_cycles() {
    let heap = Heap::builder().automatic(false).diagnose(true).name("<shown> & \"quoted\"").build();
    let kept = heap.mutate(|mc| [1, 2, 3].map(|n| mc.root(Gc::new(mc, Pair(n, vec![n; 100])))));
    for _ in 0..5 {
        heap.mutate(|mc| _ = Gc::new(mc, [0_u64; 100]));
        heap.collect().unwrap();
    }
    let page = page(&heap, "shown");
    assert!(page.contains("&lt;shown&gt; &amp; &quot;quoted&quot;") && !page.contains("<shown>"));
    let pair = page.lines().find(|line| line.contains("Pair&lt;i32, alloc::vec::Vec&lt;i32&gt;&gt;"));
    let pair = pair.expect("a row of the census");
    assert!(pair.contains("<td>3</td>") && pair.contains("<td>1.2 KiB</td>"), "{pair}");
    assert!(page.contains("<td>Cycles</td><td>5, 0 of them automatic</td>"));
    assert_eq!(count(&page, "svg"), (2, 2));
    for tag in
        ["html", "main", "table", "tr", "td", "th", "div", "figure", "figcaption", "span", "p", "h2", "text"]
    {
        let (opened, closed) = count(&page, tag);
        // Some are closed by the end of the file, which is `</html>`.
        assert_eq!(opened, closed, "{tag}");
    }
    // Nothing is fetched, and every colour is one of the style's.
    assert!(!page.contains("src=") && !page.contains("href=") && !page.contains("@import"));
    assert!(!page.replace("http://www.w3.org/2000/svg", "").contains("://"));
    let charts = &page[page.find("<svg").unwrap()..];
    assert!(!charts.contains("=\"#"), "a colour without a name");
    drop(kept);
}

#[test]
fn a_heap_without_objects_or_cycles_has_a_page() {
    let page = page(&tests::on_request().automatic(false).build(), "empty");
    assert!(page.contains("No cycle has run.") && !page.contains("<svg"));
}

#[test]
fn mutations_that_were_waited_for_are_listed() {
    watched("a page about waiting", || {
        // The first attempt may fail on a busy machine; then the stop waits for nobody.
        loop {
            let heap = Heap::builder().automatic(false).build();
            heap.mutate(|mc| _ = Gc::new(mc, 1_u64));
            let (inside, entered) = channel();
            thread::scope(|scope| {
                let heap = &heap;
                let stay = move || {
                    heap.mutate(|mc| {
                        inside.send(()).unwrap();
                        while !mc.should_leave() {
                            std::hint::spin_loop();
                        }
                    });
                };
                thread::Builder::new().name("a <slow> one".to_owned()).spawn_scoped(scope, stay).unwrap();
                entered.recv().unwrap();
                heap.collect().unwrap();
            });
            if heap.recent_cycles()[0].waited_for.is_none() {
                continue;
            }
            let page = page(&heap, "waiting");
            let row = page.lines().find(|line| line.contains("a &lt;slow&gt; one")).expect("a row");
            assert!(row.contains("report.rs:") && row.contains("<td>1</td>"), "{row}");
            break;
        }
    });
}

/// Then what was there is still there.
#[test]
fn a_page_that_cannot_be_written_is_an_error() {
    let heap = Heap::builder().automatic(false).build();
    let kept = heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64)));
    let folder = place("folder");
    fs::create_dir(&folder).unwrap();
    let error = heap.write_report(&folder).unwrap_err();
    assert!(matches!(&error, ReportError::Write { path, .. } if *path == folder), "{error}");
    let part = folder.with_extension("html.part");
    assert!(!part.exists(), "nothing is left of it");
    fs::remove_dir(&folder).unwrap();
    let error = heap.mutate(|_| heap.write_report(&folder)).unwrap_err();
    assert!(matches!(error, ReportError::Inspect(InspectError::InsideMutation { .. })), "{error}");
    assert!(!folder.exists());
    heap.mutate(|mc| assert_eq!(*kept.get(mc), 7));
}
