//! What is said of the heap: how it did, and that it is full.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};

use gc::Heap;

/// What the heap did, a line each.
pub(crate) fn statistics(heap: &Heap) -> String {
    let stats = heap.stats();
    let mut text = String::new();
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<24}{value:>16}");
    };
    line("collections", stats.cycles.to_string());
    line("objects allocated", stats.objects_allocated.to_string());
    line("bytes allocated", stats.bytes_allocated.to_string());
    line("objects alive", stats.live_objects.to_string());
    line("bytes alive", stats.live_bytes.to_string());
    line("bytes in use", stats.bytes_in_use.to_string());
    line("pauses", stats.pauses.count.to_string());
    line("  in all, ms", format!("{:.2}", millis(stats.pauses.total)));
    line("  longest, ms", format!("{:.2}", millis(stats.pauses.longest)));
    line("sweeping, ms", format!("{:.2}", millis(stats.sweep_time)));
    text
}

/// Runs something that gives the code of the process, and makes an error of the panic that tells of a full heap. An
/// interpreter that used only functions that return errors would need no such thing.
pub(crate) fn out_of_memory_as_error(run: impl FnOnce() -> u8) -> u8 {
    panic::set_hook(Box::new(|_| ()));
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    let _ = panic::take_hook();
    result.unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("something went wrong");
        let _ = writeln!(io::stderr(), "scheme: {text}");
        1
    })
}
