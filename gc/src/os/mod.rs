//! The system: address ranges, and the contract that each platform keeps for them; [fences](fence); the C library's
//! allocator; the [end of a thread](thread_end); the [calls](calls) that a thread is in.
//!
//! A [`Reservation`] is a range of addresses that is ours until it is dropped. A page of it is
//!
//! * *reserved*: ours, and nothing else. Its contents are unspecified.
//! * *committed*: backed by memory, from the first touch on.
//! * *reserved* again after [`Reservation::decommit`], if the platform can; the contents are lost.
//!
//! So reserving much more than is used costs address space only. What the platform cannot do it leaves out:
//! decommitting and large pages are requests.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

#[cfg(feature = "profile")]
pub(crate) mod calls;
pub(crate) mod fence;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(test, not(target_os = "linux")))]
mod portable;
mod thread_end;

pub(crate) use thread_end::run_at_end;

#[cfg(target_os = "linux")]
pub(crate) use linux::Reservation;
#[cfg(not(target_os = "linux"))]
pub(crate) use portable::Reservation;

/// Makes the C library's allocator give back what was freed: it keeps most, also when nothing is left in use. What objects
/// own lies there, unless the program has another allocator, which is left alone. Takes a time that grows with what that
/// allocator has ever given out.
pub(crate) fn trim_allocator() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: the C library documents it as safe beside any other thread's use of the allocator, whose locks it takes, and
    // pages that it gives back hold no block that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// The processor time that the process has used, by all of its threads; the time since the first call where the system
/// does not tell.
pub(crate) fn processor_time() -> Duration {
    #[cfg(unix)]
    {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the function writes a time to where it is told.
        let failed = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
        if failed == 0 {
            let part = |part| u64::try_from(part).unwrap_or(0);
            return Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec));
        }
    }
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

/// The contract, as tests that every platform's module runs.
#[cfg(test)]
macro_rules! contract_tests {
    ($Reservation:ty) => {
        #[test]
        fn ranges_are_aligned_and_writable() {
            for (bytes, align) in [(4096, 4096), (1 << 20, 1 << 20), (5 << 20, 4 << 20), (64 << 20, 64 << 20)]
            {
                let range = <$Reservation>::new(bytes, align).unwrap();
                assert!(range.base().addr().get().is_multiple_of(align));
                assert_eq!(range.bytes(), bytes);
                for offset in [0, bytes / 2, bytes - 1] {
                    // SAFETY: in the range.
                    unsafe { range.base().add(offset).write(7) };
                }
            }
        }

        #[test]
        fn decommitted_pages_can_be_used_again() {
            let range = <$Reservation>::new(1 << 20, 1 << 20).unwrap();
            // SAFETY: in the range.
            unsafe { range.base().write_bytes(1, 1 << 20) };
            // SAFETY: nothing in it is used.
            unsafe { range.decommit(4096, 8192) };
            // SAFETY: in the range.
            let kept = unsafe { (range.base().read(), range.base().add(4096 + 8192).read()) };
            assert_eq!(kept, (1, 1), "only the pages that were named lose their contents");
            // SAFETY: in the range.
            unsafe { range.base().add(4096).write_bytes(2, 8192) };
            // SAFETY: in the range, and just written.
            assert_eq!(unsafe { range.base().add(8192).read() }, 2);
            range.prefer_large_pages(0, 1 << 20);
        }

        #[test]
        fn what_cannot_be_had_is_refused() {
            assert!(<$Reservation>::new(1 << 60, 4096).is_none());
            assert!(<$Reservation>::new(usize::MAX - 4095, 4096).is_none());
        }
    };
}
#[cfg(test)]
use contract_tests;
