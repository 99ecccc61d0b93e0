//! What was measured, as tables for people and as JSON for programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::results;

use crate::measuring::Size;
use crate::peers::Peer;

/// A peer, and the medians of its runs or why there are none.
type Row<'r> = (&'r Peer, Result<Value, &'static str>);

/// Prints the table of a workload.
pub(crate) fn table(workload: &str, allocator: &str, size: Size, rows: &[Row<'_>]) {
    let quick = if size.quick { ", quick" } else { "" };
    println!(
        "\n{:<34}{:>10}{:>8}{:>10}{:>8}{:>12}{:>12}{:>12}",
        format!("{workload} on {allocator}{quick}"),
        "ns per op",
        "ratio",
        "peak MiB",
        "ratio",
        "longest",
        "p99.9",
        "p99.99"
    );
    let [best_time, best_peak] = ["ns_per_operation", "peak_bytes"].map(|key| best(rows, key));
    let mut missing = BTreeMap::<_, Vec<_>>::new();
    for (peer, run) in rows {
        let Ok(run) = run.as_ref().inspect_err(|why| missing.entry(*why).or_default().push(peer.name)) else {
            continue;
        };
        let number = |key: &str| run[key].as_f64();
        let (time, peak) = (number("ns_per_operation"), number("peak_bytes"));
        println!(
            "{:<34}{}{}{}{}{}{}{}",
            peer.name,
            cell(10, time),
            cell(8, ratio(time, best_time)),
            cell(10, peak.map(|bytes| bytes / f64::from(1 << 20))),
            cell(8, ratio(peak, best_peak)),
            time_cell(number("longest_ns")),
            time_cell(number("p99_9_ns")),
            time_cell(number("p99_99_ns")),
        );
    }
    missing.iter().for_each(|(why, peers)| println!("({why}: {})", peers.join(", ")));
}

/// The least of all peers, of which neither this library nor a limit is one.
fn best(rows: &[Row<'_>], key: &str) -> Option<f64> {
    let peers = rows.iter().filter(|(peer, _)| !peer.is_ours && !peer.is_limit);
    peers.filter_map(|(_, run)| run.as_ref().ok()?[key].as_f64()).min_by(f64::total_cmp)
}

fn ratio(number: Option<f64>, best: Option<f64>) -> Option<f64> {
    Some(number? / best?)
}

fn cell(width: usize, number: Option<f64>) -> String {
    number.map_or_else(|| format!("{:>width$}", "-"), |number| format!("{number:>width$.2}"))
}

/// Nanoseconds, in a unit that suits them.
fn time_cell(ns: Option<f64>) -> String {
    let text = ns.map_or_else(
        || "-".into(),
        |ns| match ns {
            ns if ns >= 1e6 => format!("{:.2} ms", ns / 1e6),
            ns if ns >= 1e3 => format!("{:.2} us", ns / 1e3),
            ns => format!("{ns:.0} ns"),
        },
    );
    format!("{text:>12}")
}

/// Writes the rows for programs.
pub(crate) fn write(workload: &str, allocator: &str, size: Size, rows: &[Row<'_>]) {
    let row = |(peer, run): &Row<'_>| {
        let mut row = run.clone().unwrap_or_else(|why| json!({ "missing": why }));
        row["limit"] = peer.is_limit.into();
        (peer.name.into(), row)
    };
    results::write(allocator, workload, size.quick, rows.iter().map(row).collect());
}
