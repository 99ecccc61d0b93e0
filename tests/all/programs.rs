//! Random programs against the model: [`tests::program`].
#![forbid(unsafe_code)]

use tests::shrink::run_seed;

/// Under zeal and AddressSanitizer a program takes some times longer.
const PROGRAMS: u64 = if cfg!(any(gc_zeal, gc_asan)) { 2000 } else { 4800 };

/// Programs of all lengths, in parts that run side by side.
fn some(part: u64, parts: u64) {
    for seed in (part..PROGRAMS).step_by(parts as usize) {
        let length = [20, 40, 80, 150, 300][(seed / parts % 5) as usize];
        run_seed(seed, length);
    }
}

#[test]
fn random_programs_1() {
    some(0, 4);
}

#[test]
fn random_programs_2() {
    some(1, 4);
}

#[test]
fn random_programs_3() {
    some(2, 4);
}

#[test]
fn random_programs_4() {
    some(3, 4);
}
