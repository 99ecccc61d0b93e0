//! The table of a workload, as Markdown.

use std::fmt::Write as _;

use crate::row::{Workload, mib, three_digits, time};

/// What is in the columns, beside ratios to the best peer.
const COLUMNS: [(&str, &str); 5] = [
    ("an operation", "ns_per_operation"),
    ("peak memory", "peak_bytes"),
    ("longest stop", "longest_ns"),
    ("p99.9", "p99_9_ns"),
    ("p99.99", "p99_99_ns"),
];
/// Those that have a ratio.
const WITH_RATIO: [&str; 2] = ["ns_per_operation", "peak_bytes"];

/// The table, without columns in which nothing is, and what there is to say with it.
pub(crate) fn markdown(workload: &Workload) -> String {
    let is_there = |what: &str| workload.rows.iter().any(|row| row.number(what).is_some());
    let columns: Vec<_> = COLUMNS.into_iter().filter(|(_, what)| is_there(what)).collect();
    let mut text = String::from("|");
    for (name, what) in &columns {
        let ratio = if WITH_RATIO.contains(what) { " | ratio" } else { "" };
        write!(text, " | {name}{ratio}").expect("a string grows");
    }
    let n_columns = text.matches('|').count() - 1;
    writeln!(text, " |\n|---|{}", "--:|".repeat(n_columns)).expect("a string grows");
    for row in &workload.rows {
        let name = if row.is_ours { format!("**{}**", row.name) } else { row.name.clone() };
        write!(text, "| {name} |").expect("a string grows");
        for (_, what) in &columns {
            let unit = if *what == "peak_bytes" { mib } else { time };
            write!(text, " {} |", cell(row.number(what), unit)).expect("a string grows");
            if WITH_RATIO.contains(what) {
                let ratio = row.number(what).zip(workload.best(what)).map(|(number, best)| number / best);
                write!(text, " {} |", cell(ratio, three_digits)).expect("a string grows");
            }
        }
        text.push('\n');
    }
    writeln!(text, "\n{}", workload.caption).expect("a string grows");
    for (why, peers) in &workload.missing {
        let peers: Vec<&str> = peers.iter().filter_map(|peer| peer.split(',').next()).collect();
        writeln!(text, "Not there, {why}: {}.", peers.join(", ")).expect("a string grows");
    }
    text
}

fn cell(number: Option<f64>, text: impl Fn(f64) -> String) -> String {
    number.map_or_else(|| "-".into(), text)
}
