//! What was measured, as tables for people and as JSON for programs.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

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
    for (peer, run) in rows {
        let Ok(run) = run.as_ref().inspect_err(|why| println!("{:<34}{:>10}  ({why})", peer.name, "-"))
        else {
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

/// Writes what was measured to `peers.json` in the target directory, in the place of what was there of this workload on
/// this allocator.
pub(crate) fn write(workload: &str, allocator: &str, size: Size, rows: &[Row<'_>]) {
    let path = path();
    let known = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Map<_, _>>(&text).ok());
    let mut all = known.unwrap_or_default();
    let mut peers = Map::new();
    for (peer, run) in rows {
        let run = run.clone().unwrap_or_else(|why| json!({ "missing": why }));
        peers.insert(peer.name.into(), run);
    }
    let of_allocator = all.entry(allocator).or_insert_with(|| json!({}));
    of_allocator[workload] = json!({ "quick": size.quick, "peers": peers });
    let text = serde_json::to_string_pretty(&all).expect("it is JSON");
    std::fs::write(&path, text).expect("the target directory can be written");
}

/// The program is in `target/release/deps`.
fn path() -> PathBuf {
    let this = std::env::current_exe().expect("the program has a path");
    this.ancestors().nth(3).expect("a target directory").join("peers.json")
}
