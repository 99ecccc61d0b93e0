//! All workloads in one table, as Markdown: this library, and its ratios to some peers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::row::{Row, Workload, mib, three_digits, time};

/// Whom ratios are to, beside the best peer.
const PEERS: [&str; 5] = ["gc-arena", "Rc", "Java", "Go", "bumpalo"];

/// The table; lines of workloads that were not measured this time are those of the table before.
pub(crate) fn markdown(workloads: &[Workload], before: &str) -> String {
    let mut text = String::from("| workload | an operation | best peer |");
    PEERS.iter().for_each(|peer| write!(text, " {peer} |").expect("a string grows"));
    text += " peak memory | best peer | longest stop |\n|---|--:|--:|";
    text += &"--:|".repeat(PEERS.len());
    text += "--:|--:|--:|\n";
    let mut lines: BTreeMap<&str, String> = before.lines().skip(2).filter_map(named).collect();
    for workload in workloads {
        if let Some(ours) = workload.rows.iter().find(|row| row.is_ours) {
            lines.insert(&workload.name, line(workload, ours));
        }
    }
    for line in lines.values() {
        text += line;
        text.push('\n');
    }
    text
}

/// A line of a table with the workload that it is of.
fn named(line: &str) -> Option<(&str, String)> {
    Some((line.split('|').nth(1)?.trim(), line.to_owned()))
}

fn line(workload: &Workload, ours: &Row) -> String {
    let ratio = |what: &str, to: Option<f64>| ours.number(what).zip(to).map(|(ours, to)| ours / to);
    let mut cells = vec![
        ours.number("ns_per_operation").map(time),
        ratio("ns_per_operation", workload.best("ns_per_operation")).map(three_digits),
    ];
    for peer in PEERS {
        // The quicker one, if there are two allocators: rows are in that order.
        let row = workload.rows.iter().find(|row| row.name.split([' ', ',']).next() == Some(peer));
        let number = row.and_then(|row| row.number("ns_per_operation"));
        cells.push(ratio("ns_per_operation", number).map(three_digits));
    }
    cells.extend([
        ours.number("peak_bytes").map(mib),
        ratio("peak_bytes", workload.best("peak_bytes")).map(three_digits),
        ours.number("longest_ns").map(time),
    ]);
    let mut text = format!("| {} |", workload.name);
    for cell in cells {
        write!(text, " {} |", cell.as_deref().unwrap_or("-")).expect("a string grows");
    }
    text
}
