//! How long steps took.

use std::time::Duration;

/// Durations, in order.
#[derive(Clone, Debug)]
pub struct Times(Vec<Duration>);

impl Times {
    pub(super) fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// A duration that `per_mille` of 1000 steps did not exceed: 500 for the median, 1000 for the maximum.
    pub fn quantile(&self, per_mille: usize) -> Duration {
        let rank = (self.0.len() * per_mille).div_ceil(1000);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Times;

    #[test]
    fn quantiles_are_steps() {
        let times = Times::new((1..=2000).rev().map(Duration::from_millis).collect());
        let millis = [500, 999, 1000].map(|per_mille| times.quantile(per_mille).as_millis());
        assert_eq!(millis, [1000, 1998, 2000]);
        assert_eq!(Times::new(Vec::new()).quantile(500), Duration::ZERO);
    }
}
