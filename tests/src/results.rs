//! What benchmarks have measured, for programs: one file of JSON, `peers.json` in the target directory.
//!
//! ```text
//! { "setting": { "processor": .., "cores": .., "system": .., "rustc": .. },
//!   "figures": { "malloc": { "cache": { "quick": .., "rows": { "gc-arena": { "date": .., "version": .., .. } } } } } }
//! ```
//!
//! Figures are by allocator, or another kind of run, then by workload, then by who did it. Those of another setting are
//! forgotten, so that all in one file may be compared; so are those of short runs where there is a full one, and the other
//! way round.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

/// Puts rows of a workload into the file, each in the place of what was there of the same name. Others stay.
///
/// # Panics
///
/// The file cannot be written.
pub fn write(kind: &str, workload: &str, quick: bool, mut rows: Map<String, Value>) {
    let date = date();
    for (name, row) in &mut rows {
        row["date"] = date.as_str().into();
        if let Some(version) = version_of(name).filter(|_| row["version"].is_null()) {
            row["version"] = version.into();
        }
    }
    let (path, setting) = (path(), setting());
    let known = read(&path).filter(|known| known["setting"] == setting);
    let mut all = known.unwrap_or_else(|| json!({ "setting": setting, "figures": {} }));
    put(&mut all["figures"][kind][workload], quick, rows);
    let text = serde_json::to_string_pretty(&all).expect("it is JSON");
    std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn put(workload: &mut Value, quick: bool, rows: Map<String, Value>) {
    if workload["quick"] != quick {
        *workload = json!({ "quick": quick, "rows": {} });
    }
    for (name, row) in rows {
        workload["rows"][name] = row;
    }
}

/// What the file at this path says; nothing, if there is none.
pub fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Where the file is.
pub fn path() -> PathBuf {
    target().join("peers.json")
}

/// The target directory, which cargo marks.
///
/// # Panics
///
/// The program does not lie in one.
pub fn target() -> PathBuf {
    let this = std::env::current_exe().expect("the program has a path");
    let target = this.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    target.expect("the program lies in a target directory").to_owned()
}

fn setting() -> Value {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let system = format!("{}, {}", std::env::consts::OS, std::env::consts::ARCH);
    json!({ "processor": processor(), "cores": cores, "system": system, "rustc": rustc() })
}

/// What the system calls the processor.
fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = info.lines().find_map(|line| line.strip_prefix("model name"));
    line.map_or_else(|| "unknown".into(), |line| line.trim_start_matches([' ', '\t', ':']).into())
}

fn rustc() -> String {
    let output = Command::new("rustc").arg("--version").output().ok();
    let text = output.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    text.split(' ').nth(1).unwrap_or("unknown").into()
}

/// The version of the crate that a row is named after, its name up to a space or a comma; nothing for the standard
/// library.
fn version_of(row: &str) -> Option<String> {
    let name = row.split([' ', ',']).next().expect("a split has a first part");
    // The one of that name that is not ours.
    let (name, is_ours) = if name == "rust-gc" { ("gc", false) } else { (name, name == "gc") };
    let package = include_str!("../../Cargo.lock").split("[[package]]").find(|package| {
        package.contains(&format!("\nname = \"{name}\"\n")) && package.contains("\nsource = ") != is_ours
    })?;
    let version = package.lines().find_map(|line| line.strip_prefix("version = "))?;
    Some(version.trim_matches('"').into())
}

fn date() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    day(since.as_secs() / 86_400)
}

/// So many days after the first of 1970, as `2026-11-30`, by the rules of the calendar.
fn day(mut days: u64) -> String {
    let mut year = 1970;
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let months = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= months[month] {
        days -= months[month];
        month += 1;
    }
    format!("{year}-{:02}-{:02}", month + 1, days + 1)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{day, put, version_of};

    #[test]
    fn rows_of_others_stay() {
        let mut workload = Value::Null;
        let mut write = |quick, rows: Value| {
            put(&mut workload, quick, rows.as_object().expect("rows by name").clone());
            workload.clone()
        };
        write(false, json!({ "gc": { "ns": 2 }, "Rc": { "ns": 3 } }));
        let both = write(false, json!({ "gc": { "ns": 1 } }));
        assert_eq!(both, json!({ "quick": false, "rows": { "gc": { "ns": 1 }, "Rc": { "ns": 3 } } }));
        let short = write(true, json!({ "gc": { "ns": 5 } }));
        assert_eq!(short, json!({ "quick": true, "rows": { "gc": { "ns": 5 } } }));
    }

    #[test]
    fn a_day_has_a_date() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(11_016), "2000-02-29");
        assert_eq!(day(20_088), "2024-12-31");
        assert_eq!(day(47_541), "2100-03-01");
    }

    #[test]
    fn a_row_has_the_version_of_its_crate() {
        let ours = env!("CARGO_PKG_VERSION");
        assert_eq!(version_of("gc, 1 worker").as_deref(), Some(ours));
        assert_ne!(version_of("rust-gc").expect("it is in the lock file"), ours);
        assert_eq!(version_of("dumpster sync"), version_of("dumpster"));
        assert!(version_of("dumpster").is_some());
        assert_eq!(version_of("Rc"), None);
    }
}
