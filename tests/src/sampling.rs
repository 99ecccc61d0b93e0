//! How far an estimate may be from the truth, where objects are sampled.
//!
//! An object of `s` bytes is sampled with the chance `p = 1 - exp(-s / rate)`, whatever others are: distances of samples
//! are exponential, and have no memory. So of `n` objects a binomial number is sampled, with the variance `n p (1 - p)`,
//! and each stands for `1 / p`. By Bernstein's inequality, which holds for every `n`, the number that is sampled is off by
//! more than `t` with a chance of at most `2 exp(-t² / 2 (n p (1 - p) + t / 3))`.

/// The chance that a bound does not hold.
const CHANCE: f64 = 1e-12;

/// By how many objects the estimate of `n` objects is off at most, but for one time in 10¹².
pub fn bound(n: u64, object_bytes: usize, rate: usize) -> f64 {
    // Of nothing nothing is sampled, and at a rate of one everything.
    if n == 0 || rate <= 1 {
        return 0.0;
    }
    let p = -(-(object_bytes as f64) / rate as f64).exp_m1();
    let variance = n as f64 * p * (1.0 - p);
    // Where that chance is `CHANCE`.
    let log = (2.0 / CHANCE).ln();
    let t = log / 3.0 + (log * log / 9.0 + 2.0 * log * variance).sqrt();
    t / p
}

#[cfg(test)]
mod tests {
    use super::bound;

    #[test]
    fn the_bound_is_near_seven_standard_deviations_of_many() {
        assert!(bound(1000, 32, 1) == 0.0, "everything is sampled");
        // A tenth is sampled, as 1 - exp(-1000 / 9491) is: the deviation of n objects is 3 sqrt(n).
        let rate = 9491;
        let deviations = bound(1_000_000, 1000, rate) / 3000.0;
        assert!((7.0..8.0).contains(&deviations), "{deviations}");
        assert!(bound(2, 1000, rate) > 2.0, "of a few nothing may be sampled");
        assert!(bound(0, 1000, rate) == 0.0);
    }
}
