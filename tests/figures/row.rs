//! What was measured, read from JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A workload, and what all peers took for it.
pub(crate) struct Workload {
    pub(crate) name: String,
    /// Where and when it was measured, and how.
    pub(crate) caption: String,
    /// The quickest first.
    pub(crate) rows: Vec<Row>,
    /// Why some are missing, and who.
    pub(crate) missing: BTreeMap<String, BTreeSet<String>>,
}

/// A peer on an allocator.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) is_ours: bool,
    /// Whether it shows what could be had, but frees nothing.
    pub(crate) is_limit: bool,
    measured: Value,
}

impl Row {
    /// Nanoseconds, or bytes; nothing, if that was not measured.
    pub(crate) fn number(&self, what: &str) -> Option<f64> {
        self.measured[what].as_f64()
    }
}

impl Workload {
    /// All that the file has.
    pub(crate) fn all(file: &Value) -> Vec<Self> {
        let allocators = file["figures"].as_object().into_iter().flatten();
        let names = allocators.flat_map(|(_, workloads)| workloads.as_object().into_iter().flatten());
        let names: BTreeSet<&String> = names.map(|(name, _)| name).collect();
        names.into_iter().map(|name| Self::read(file, name)).collect()
    }

    fn read(file: &Value, name: &str) -> Self {
        let (mut rows, mut dates, mut is_quick) = (Vec::new(), BTreeSet::new(), false);
        let mut missing = BTreeMap::<_, BTreeSet<_>>::new();
        for (allocator, workloads) in file["figures"].as_object().into_iter().flatten() {
            let workload = &workloads[name];
            is_quick |= workload["quick"].as_bool().unwrap_or(false);
            for (peer, measured) in workload["rows"].as_object().into_iter().flatten() {
                dates.extend(measured["date"].as_str());
                match measured["missing"].as_str() {
                    Some(why) => _ = missing.entry(why.to_owned()).or_default().insert(peer.clone()),
                    None => rows.push(row(peer, allocator, measured)),
                }
            }
        }
        let time = |row: &Row| row.number("ns_per_operation").unwrap_or(f64::INFINITY);
        rows.sort_by(|a, b| time(a).total_cmp(&time(b)));
        let caption = caption(&file["setting"], &dates, is_quick);
        Self { name: name.to_owned(), caption, rows, missing }
    }

    /// The least of all peers, of which neither this library nor a limit is one.
    pub(crate) fn best(&self, what: &str) -> Option<f64> {
        let peers = self.rows.iter().filter(|row| !row.is_ours && !row.is_limit);
        peers.filter_map(|row| row.number(what)).min_by(f64::total_cmp)
    }
}

fn row(peer: &str, allocator: &str, measured: &Value) -> Row {
    let is_ours = peer == "gc" || peer.starts_with("gc,");
    // The version of what is not ours stands behind the name.
    let (name, more) = peer.split_once(',').unwrap_or((peer, ""));
    let version = measured["version"].as_str().filter(|_| !is_ours);
    let mut name = version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"));
    for more in [more.trim(), if allocator == "malloc" { "" } else { allocator }] {
        if !more.is_empty() {
            name += &format!(", {more}");
        }
    }
    let is_limit = measured["limit"].as_bool().unwrap_or(false);
    Row { name, is_ours, is_limit, measured: measured.clone() }
}

fn caption(setting: &Value, dates: &BTreeSet<&str>, is_quick: bool) -> String {
    let text = |key: &str| setting[key].as_str().unwrap_or("unknown");
    let dates: Vec<&str> = dates.iter().copied().collect();
    let how = if is_quick { "a short run, good for orders of magnitude only" } else { "medians" };
    format!(
        "{}; {}, {} cores; {}; rustc {}; {how}.",
        dates.join(" and "),
        text("processor"),
        setting["cores"],
        text("system"),
        text("rustc"),
    )
}

/// Nanoseconds, in a unit that suits them, with three digits.
pub(crate) fn time(ns: f64) -> String {
    let (number, unit) = match ns {
        ns if ns >= 1e9 => (ns / 1e9, "s"),
        ns if ns >= 1e6 => (ns / 1e6, "ms"),
        ns if ns >= 1e3 => (ns / 1e3, "µs"),
        ns => (ns, "ns"),
    };
    format!("{} {unit}", three_digits(number))
}

/// Bytes in MiB.
pub(crate) fn mib(bytes: f64) -> String {
    format!("{} MiB", three_digits(bytes / f64::from(1 << 20)))
}

pub(crate) fn three_digits(number: f64) -> String {
    let places = match number {
        number if number >= 99.95 => 0,
        number if number >= 9.995 => 1,
        _ => 2,
    };
    format!("{number:.places$}")
}
