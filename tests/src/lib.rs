//! What tests share.
#![forbid(unsafe_code)]

pub mod canary;
pub mod shapes;
pub mod watchdog;

/// How often a test repeats what it does: fewer times where every safepoint is a whole cycle.
pub fn rounds(n: usize) -> usize {
    if cfg!(gc_zeal) { (n / 100).clamp(1, 200) } else { n }
}
