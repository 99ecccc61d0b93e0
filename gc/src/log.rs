//! A line for each cycle, on standard error.
//!
//! The lines are made for `grep` and `cut` as well as for people: each figure has its place and its unit, whatever happened.
//! (In the spirit of Go's `GODEBUG=gctrace=1`.)

use core::fmt;
use std::env;
use std::ffi::OsStr;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::json::Quoted;
use crate::stall::ThreadInside;
use crate::stats::CycleStats;

/// The environment variable that is asked.
const VARIABLE: &str = "GC_LOG";

/// In which form a heap writes a line for each cycle. See [`HeapBuilder::log`](crate::HeapBuilder::log).
///
/// # Examples
///
/// ```
/// use gc::{Heap, LogFormat};
///
/// let heap = Heap::builder().name("sessions").log(LogFormat::Text).build();
/// heap.collect()?; // writes a line
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogFormat {
    /// For people.
    Text,
    /// An object of JSON.
    Json,
}

/// What the environment asks for.
pub(crate) fn of_environment() -> Option<LogFormat> {
    parse(&env::var_os(VARIABLE)?).unwrap_or_else(|| {
        static IS_SAID: AtomicBool = AtomicBool::new(false);
        // Relaxed: it is about nothing else.
        if !IS_SAID.swap(true, Ordering::Relaxed) {
            write(&format!("gc: {VARIABLE} is neither 0, 1, text nor json: nothing is logged\n"));
        }
        None
    })
}

/// What a value of the variable asks for; `None` if it makes no sense.
fn parse(value: &OsStr) -> Option<Option<LogFormat>> {
    match value.to_str()? {
        "" | "0" => Some(None),
        "1" | "text" => Some(Some(LogFormat::Text)),
        "json" => Some(Some(LogFormat::Json)),
        _ => None,
    }
}

/// Writes the line of a cycle. `share` is that of the heap's time that went into collecting.
pub(crate) fn write_cycle(format: LogFormat, heap: &str, share: f64, cycle: &CycleStats) {
    let line = Line { heap, share, cycle };
    match format {
        LogFormat::Text => write(&format!("{}\n", Text(line))),
        LogFormat::Json => write(&format!("{}\n", Json(line))),
    }
}

/// One call, so that lines of several threads do not mix. Whoever collects has nobody to tell that it failed.
fn write(line: &str) {
    let _ = std::io::stderr().write_all(line.as_bytes());
}

struct Line<'a> {
    heap: &'a str,
    share: f64,
    cycle: &'a CycleStats,
}

struct Text<'a>(Line<'a>);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line { heap, share, cycle } = &self.0;
        let (millis, mib) = (|time: core::time::Duration| time.as_secs_f64() * 1e3, 1_048_576.0);
        write!(f, "gc {} @{:.3}s {:.0}%: ", cycle.number, cycle.began.as_secs_f64(), share * 100.0)?;
        let [stopping, marking, pause] = [cycle.stopping, cycle.marking, cycle.pause].map(millis);
        write!(f, "{stopping:.3}+{marking:.3}/{pause:.3} ms, {} threads, ", cycle.mark_threads)?;
        let [live, owned, in_use] =
            [cycle.live_bytes, cycle.owned_bytes, cycle.bytes_in_use as u64].map(|bytes| bytes as f64 / mib);
        write!(f, "{} live + {} dead, ", cycle.live_objects, cycle.dead_objects)?;
        write!(f, "{live:.1}+{owned:.1}/{in_use:.1} MiB, ")?;
        write!(f, "{}, {heap}", if cycle.automatic { "automatic" } else { "asked for" })?;
        match &cycle.waited_for {
            Some(ThreadInside { thread, entered, .. }) => write!(f, ", waited for `{thread}` in {entered}"),
            None => Ok(()),
        }
    }
}

struct Json<'a>(Line<'a>);

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line { heap, share, cycle } = &self.0;
        write!(f, r#"{{"heap":{},"cycle":{}"#, Quoted(heap), cycle.number)?;
        write!(f, r#","began_s":{:.6},"collector_share":{share:.4}"#, cycle.began.as_secs_f64())?;
        let times = [("stopping", cycle.stopping), ("marking", cycle.marking), ("pause", cycle.pause)];
        times
            .iter()
            .try_for_each(|(name, time)| write!(f, r#","{name}_us":{:.3}"#, time.as_secs_f64() * 1e6))?;
        let counts = [
            ("mark_threads", cycle.mark_threads as u64),
            ("live_objects", cycle.live_objects),
            ("dead_objects", cycle.dead_objects),
            ("live_bytes", cycle.live_bytes),
            ("owned_bytes", cycle.owned_bytes),
            ("bytes_in_use", cycle.bytes_in_use as u64),
        ];
        counts.iter().try_for_each(|(name, count)| write!(f, r#","{name}":{count}"#))?;
        write!(f, r#","automatic":{}"#, cycle.automatic)?;
        match &cycle.waited_for {
            Some(ThreadInside { thread, entered, .. }) => {
                write!(f, r#","waited_for":{{"thread":{},"entered":"#, Quoted(thread))?;
                write!(f, "{}}}}}", Quoted(&entered.to_string()))
            }
            None => f.write_str(r#","waited_for":null}"#),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, Line, LogFormat, Text, parse};
    use crate::stall::ThreadInside;
    use crate::stats::CycleStats;
    use core::panic::Location;
    use std::ffi::OsStr;
    use std::time::Duration;

    fn cycle() -> CycleStats {
        CycleStats {
            number: 7,
            automatic: true,
            began: Duration::from_millis(412),
            pause: Duration::from_micros(1331),
            stopping: Duration::from_micros(11),
            marking: Duration::from_nanos(1_310_250),
            mark_threads: 2,
            live_objects: 51_200,
            live_bytes: 4 << 20,
            owned_bytes: 1 << 19,
            bytes_in_use: 9 << 20,
            dead_objects: 1200,
            ..CycleStats::default()
        }
    }

    #[test]
    fn a_line_for_people() {
        let mut cycle = cycle();
        let text = |cycle: &CycleStats| Text(Line { heap: "heap 1", share: 0.034, cycle }).to_string();
        assert_eq!(
            text(&cycle),
            "gc 7 @0.412s 3%: 0.011+1.310/1.331 ms, 2 threads, 51200 live + 1200 dead, 4.0+0.5/9.0 MiB, automatic, \
             heap 1"
        );
        let entered = Location::caller();
        let thread = "reader".to_owned();
        cycle.waited_for = Some(ThreadInside { thread, entered, at_least: Duration::ZERO });
        cycle.automatic = false;
        let line = text(&cycle);
        assert!(
            line.contains(", asked for, heap 1, waited for `reader` in ")
                && line.ends_with(&entered.to_string())
        );
    }

    #[test]
    fn a_line_for_programs() {
        let mut cycle = cycle();
        let json = |heap: &str, cycle: &CycleStats| Json(Line { heap, share: 0.034, cycle }).to_string();
        assert_eq!(
            json("heap 1 \"a\\b\n\"", &cycle),
            r#"{"heap":"heap 1 \"a\\b\u000a\"","cycle":7,"began_s":0.412000,"collector_share":0.0340,"#
                .to_owned()
                + r#""stopping_us":11.000,"marking_us":1310.250,"pause_us":1331.000,"mark_threads":2,"#
                + r#""live_objects":51200,"dead_objects":1200,"live_bytes":4194304,"owned_bytes":524288,"#
                + r#""bytes_in_use":9437184,"automatic":true,"waited_for":null}"#
        );
        let entered = Location::caller();
        cycle.waited_for = Some(ThreadInside { thread: "r".into(), entered, at_least: Duration::ZERO });
        let end = format!(r#""waited_for":{{"thread":"r","entered":"{entered}"}}}}"#);
        assert!(json("heap 1", &cycle).ends_with(&end));
    }

    #[test]
    fn values_of_the_variable() {
        let of = |value: &str| parse(OsStr::new(value));
        assert_eq!([of(""), of("0")], [Some(None); 2]);
        assert_eq!([of("1"), of("text")], [Some(Some(LogFormat::Text)); 2]);
        assert_eq!(of("json"), Some(Some(LogFormat::Json)));
        assert_eq!([of("yes"), of("JSON")], [None; 2]);
    }
}
