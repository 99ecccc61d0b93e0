//! What the process takes from the system.

/// Bytes of memory that the process has from the system; zero where it cannot be told.
pub fn resident_bytes() -> usize {
    of_status("VmRSS:")
}

/// Processor time that the process has taken, in hundredths of a second; zero where it cannot be told.
pub fn processor_time() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may contain anything: the state, then numbers.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// The most that it has had.
pub fn peak_bytes() -> usize {
    of_status("VmHWM:")
}

fn of_status(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<usize>().ok());
    kib.unwrap_or(0) * 1024
}

/// Makes the C library give back what was freed: what objects and tests own lies there, and it keeps some.
pub fn trim_malloc() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        #[expect(unsafe_code, reason = "nothing safe does it")]
        mod c {
            unsafe extern "C" {
                pub(super) safe fn malloc_trim(pad: usize) -> core::ffi::c_int;
            }
        }
        c::malloc_trim(0);
    }
}
