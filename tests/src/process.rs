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

/// The same in nanoseconds, and by a clock that is as fine.
pub fn processor_nanoseconds() -> u64 {
    #[cfg(unix)]
    {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        #[expect(unsafe_code, reason = "nothing safe does it")]
        // SAFETY: there is room for the time.
        unsafe {
            libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time)
        };
        u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
    }
    #[cfg(not(unix))]
    0
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
