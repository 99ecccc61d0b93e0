//! What a heap writes to standard error.

use std::process::Output;

use super::run_with;

/// What the case `log` writes with this value of the variable. It makes a heap that the variable decides of, and one each
/// that is to be loud and silent.
#[track_caller]
fn written(value: Option<&str>) -> Vec<String> {
    let Output { status, stderr, .. } = run_with("log", |command| {
        match value {
            Some(value) => command.env("GC_LOG", value),
            None => command.env_remove("GC_LOG"),
        };
    });
    let written = String::from_utf8(stderr).unwrap();
    assert!(status.success(), "{status}: {written}");
    assert!(written.ends_with('\n'), "{written}");
    written.lines().map(str::to_owned).collect()
}

/// The lines of a heap, of which each cycle has one.
fn of<'l>(lines: &'l [String], heap: &str) -> Vec<&'l str> {
    lines.iter().map(String::as_str).filter(|line| line.contains(heap)).collect()
}

#[test]
fn a_heap_is_silent_unless_it_is_asked() {
    for value in [None, Some(""), Some("0")] {
        let lines = written(value);
        assert_eq!(of(&lines, "loud").len(), 3);
        assert_eq!(lines.len(), 3, "{lines:?}");
    }
}

#[test]
fn each_cycle_is_a_line() {
    for value in ["1", "text"] {
        let lines = written(Some(value));
        for (index, line) in of(&lines, "as the variable says").into_iter().enumerate() {
            assert!(line.starts_with(&format!("gc {} @0.", index + 1)), "{line}");
            assert!(line.contains(" 100 live + 50 dead, ") && line.contains(", asked for, heap "), "{line}");
        }
        assert_eq!((of(&lines, "as the variable says").len(), of(&lines, "loud").len()), (3, 3));
        assert!(of(&lines, "silent").is_empty());
    }
}

#[test]
fn a_line_is_an_object() {
    let lines = written(Some("json"));
    let cycles = of(&lines, "as the variable says");
    assert_eq!(cycles.len(), 3, "{lines:?}");
    for (index, line) in cycles.into_iter().enumerate() {
        let cycle: serde_json::Value = serde_json::from_str(line).expect("one object a line");
        let heap = cycle["heap"].as_str().unwrap();
        assert!(heap.starts_with("heap ") && heap.ends_with("\"as the variable says\""), "{heap}");
        let numbers = ["cycle", "live_objects", "dead_objects"].map(|name| cycle[name].as_u64().unwrap());
        assert_eq!(numbers, [index as u64 + 1, 100, 50]);
        assert_eq!((cycle["automatic"].as_bool(), cycle["waited_for"].is_null()), (Some(false), true));
        let times = ["stopping_us", "marking_us", "pause_us"].map(|name| cycle[name].as_f64().unwrap());
        assert!(times[0] + times[1] <= times[2] + 0.002, "rounded: {times:?}");
    }
}

#[test]
fn a_value_without_meaning_is_told_once() {
    let lines = written(Some("yes, please"));
    assert_eq!(of(&lines, "GC_LOG is neither").len(), 1, "{lines:?}");
    assert_eq!((of(&lines, "as the variable says").len(), of(&lines, "loud").len()), (0, 3));
}

/// A full disk is no reason to stop.
#[cfg(target_os = "linux")]
#[test]
fn a_line_that_cannot_be_written_is_lost() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = run_with("log", |command| {
        command.env("GC_LOG", "1").stderr(full);
    });
    assert!(output.status.success(), "{}", output.status);
}
