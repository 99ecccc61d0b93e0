//! The page itself.

use core::cmp::Reverse;
use core::fmt::{self, Display};
use std::time::Duration;

use super::{Facts, charts};
use crate::census::CensusRow;
use crate::stall::ThreadInside;
use crate::stats::CycleStats;

/// Types that are listed one by one.
const TYPES: usize = 100;
/// Mutations that are listed.
const MUTATIONS: usize = 10;

/// The page; an error of a chart.
pub(super) fn page(facts: &Facts) -> Result<String, String> {
    let Facts { heap, stats, cycles, .. } = facts;
    let charts = if cycles.is_empty() {
        [const { String::new() }; 2]
    } else {
        [charts::pauses(cycles, stats.age)?, charts::memory(cycles, stats.age)?]
    };
    let [pauses, memory] = &charts;
    let title = Escaped(heap);
    let (style, summary) = (STYLE, table(&["", ""], summary(facts)));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{style}</style>\n<main>\n<h1>{title}</h1>\n{summary}\n<h2>Pauses</h2>\n"
    );
    page += &if cycles.is_empty() {
        "<p>No cycle has run.</p>\n".to_owned()
    } else {
        let legend = legend(&[("second", "until every thread had left"), ("first", "marking and the rest")]);
        let quantiles = table(&["", "not longer than"], quantiles(facts));
        format!("{}{quantiles}", figure(pauses, "Pauses by time", &legend))
    };
    page += &table(&["Waited for", "which had entered at", "cycle", "ms"], mutations(cycles));
    page += "<h2>Memory</h2>\n";
    if !cycles.is_empty() {
        let lines = [("first", "live"), ("second", "live, with what it owns"), ("third", "pages in use")];
        page += &figure(memory, "Memory by time", &legend(&lines));
    }
    page += &table(&["", ""], pages(facts));
    page += "<h2>Objects by type</h2>\n";
    page += &census(facts);
    page += "</main>\n</html>\n";
    Ok(page)
}

fn summary(Facts { stats, .. }: &Facts) -> Vec<Vec<String>> {
    vec![
        row("Age", seconds(stats.age)),
        row(
            "Live after the last cycle",
            format!("{} objects, {}", stats.live_objects, Bytes(stats.live_bytes)),
        ),
        row("Owned elsewhere", Bytes(stats.owned_bytes)),
        row(
            "Allocated",
            format!("{}, {} a second", Bytes(stats.bytes_allocated), Rate(stats.allocation_rate())),
        ),
        row("Cycles", format!("{}, {} of them automatic", stats.cycles, stats.cycles_automatic)),
        row("Share of time spent collecting", format!("{:.1} %", stats.collector_share() * 100.0)),
        row("Roots, pins", format!("{}, {}", stats.roots, stats.pins)),
        row("Weak targets, finalizers, cleanups", {
            format!("{}, {}, {}", stats.weak_targets, stats.finalizers, stats.cleanups)
        }),
        row("Dead objects that wait for destructors", stats.objects_doomed),
        row("Threads attached", stats.attached_threads),
    ]
}

fn quantiles(Facts { stats, .. }: &Facts) -> Vec<Vec<String>> {
    let pauses = &stats.pauses;
    let share = |(name, share)| row(name, Millis(pauses.quantile(share)));
    let shares =
        [("half", 0.5), ("9 of 10", 0.9), ("99 of 100", 0.99), ("99.9 %", 0.999), ("99.99 %", 0.9999)];
    let mut rows: Vec<_> = shares.into_iter().map(share).collect();
    rows.push(row("all", Millis(pauses.longest)));
    rows.push(row("until every thread had left", Millis(pauses.longest_stopping)));
    rows.push(row("marking", Millis(pauses.longest_marking)));
    rows
}

/// The mutations that kept cycles waiting, the longest first.
fn mutations(cycles: &[CycleStats]) -> Vec<Vec<String>> {
    let waited = |cycle: &CycleStats| Some((cycle.stopping, cycle.number, cycle.waited_for.clone()?));
    let mut waits: Vec<_> = cycles.iter().filter_map(waited).collect();
    waits.sort_by_key(|&(time, number, _)| (Reverse(time), number));
    let describe = |(time, number, inside): (Duration, u64, ThreadInside)| {
        let place = inside.entered.to_string();
        vec![inside.thread, place, number.to_string(), Millis(time).to_string()]
    };
    waits.into_iter().take(MUTATIONS).map(describe).collect()
}

fn pages(Facts { stats, .. }: &Facts) -> Vec<Vec<String>> {
    let bytes = |bytes: usize| Bytes(bytes as u64);
    let free = stats.fragmentation() * 100.0;
    vec![
        row("Pages in use", format!("{}, of which no object takes {free:.0} %", bytes(stats.bytes_in_use))),
        row("Free pages with memory", bytes(stats.bytes_idle)),
        row("Free pages without", bytes(stats.bytes_returned)),
        row("Address space", bytes(stats.bytes_reserved)),
    ]
}

fn census(Facts { census, .. }: &Facts) -> String {
    let cells = |row: &CensusRow| {
        let bytes = [row.bytes, row.owned_bytes].map(|bytes| Bytes(bytes).to_string());
        let [slots, owned] = bytes;
        vec![row.type_name.to_owned(), row.objects.to_string(), slots, owned, row.doomed_objects.to_string()]
    };
    let rows = census.rows.iter().take(TYPES).map(cells).collect();
    let mut text = table(&["Type", "objects", "slots", "owned", "doomed"], rows);
    if census.rows.len() > TYPES {
        text += &format!("<p>And {} more types.</p>\n", census.rows.len() - TYPES);
    }
    if !census.exact {
        text += "<p>Types of equal contents are one row here, under the name of one of them. A heap that is built with \
                 <code>diagnose(true)</code> tells them apart.</p>\n";
    }
    text
}

fn row(name: &str, value: impl Display) -> Vec<String> {
    vec![name.to_owned(), value.to_string()]
}

/// A table, with a head if there is something to say in it; nothing if there are no rows.
fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let line = |cells: Vec<String>, tag: &str| {
        let cell = |cell: String| format!("<{tag}>{}</{tag}>", Escaped(&cell));
        format!("<tr>{}</tr>\n", cells.into_iter().map(cell).collect::<String>())
    };
    let head = if head.iter().all(|cell| cell.is_empty()) {
        String::new()
    } else {
        line(head.iter().map(|&cell| cell.to_owned()).collect(), "th")
    };
    let rows: String = rows.into_iter().map(|cells| line(cells, "td")).collect();
    format!("<div class=\"wide\"><table>\n{head}{rows}</table></div>\n")
}

fn figure(svg: &str, title: &str, legend: &str) -> String {
    format!(
        "<figure role=\"img\" aria-label=\"{title}\"><div class=\"wide\">{svg}</div><figcaption>{legend}</figcaption></figure>\n"
    )
}

fn legend(entries: &[(&str, &str)]) -> String {
    let entry = |(colour, text): &(&str, &str)| {
        format!("<span><i style=\"background:var(--{colour})\"></i>{text}</span> ")
    };
    entries.iter().map(entry).collect()
}

fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 1.0 { format!("{:.0} ms", seconds * 1e3) } else { format!("{seconds:.1} s") }
}

/// Milliseconds.
struct Millis(Duration);

impl Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ms", self.0.as_secs_f64() * 1e3)
    }
}

/// Bytes, in a unit that suits.
struct Bytes(u64);

impl Display for Bytes {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Rate(self.0 as f64).fmt(f)
    }
}

/// As [`Bytes`], of which there may be parts.
struct Rate(f64);

impl Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut size, mut unit) = (self.0, "bytes");
        for next in ["KiB", "MiB", "GiB", "TiB"] {
            if size < 1024.0 {
                break;
            }
            (size, unit) = (size / 1024.0, next);
        }
        write!(f, "{size:.*} {unit}", usize::from(unit != "bytes"))
    }
}

/// Text in HTML.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            c => write!(f, "{c}"),
        })
    }
}

/// Light and dark. What is wider than the page scrolls by itself.
const STYLE: &str = "
:root { --ink: #1c2024; --paper: #fcfcfd; --grid: #dfe2e6; --first: #2563c9; --second: #d9730d; --third: #7a8290;
  color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --paper: #16181c; --grid: #34383f; --first: #6ea8ff; --second: #ffa657; --third: #8f97a3; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1rem; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
.wide { overflow-x: auto; } figure { margin: 1rem 0; } svg { display: block; width: 100%; min-width: 40rem; height: auto; }
figcaption span { display: inline-block; margin-right: 1.5rem; } figcaption i { display: inline-block; width: .8rem; height: .8rem; margin-right: .4rem; }
table { border-collapse: collapse; margin: 1rem 0; } th { text-align: left; font-weight: 600; }
th, td { padding: .25rem 1.5rem .25rem 0; border-bottom: 1px solid var(--grid); }
td:not(:first-child) { font-variant-numeric: tabular-nums; } td:first-child { min-width: 8rem; overflow-wrap: anywhere; }
";

#[cfg(test)]
mod tests {
    use super::{Bytes, Escaped};

    #[test]
    fn bytes_have_units_that_suit() {
        let shown = [0, 1023, 1024, 1536, 5 << 20, u64::MAX].map(|bytes| Bytes(bytes).to_string());
        assert_eq!(shown, ["0 bytes", "1023 bytes", "1.0 KiB", "1.5 KiB", "5.0 MiB", "16777216.0 TiB"]);
    }

    #[test]
    fn names_are_text() {
        assert_eq!(Escaped("Vec<\"&\">").to_string(), "Vec&lt;&quot;&amp;&quot;&gt;");
    }
}
