//! A small generator of random numbers: xorshift64*, so that a seed means the same program for ever.

/// A stream of numbers that depends on the seed only.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        // Neighbouring seeds give unlike streams, and the state is never zero.
        Self(mix(seed) | 1)
    }

    /// The next 32 bits.
    pub fn bits(&mut self) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as u32
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        self.bits() % end
    }

    /// A small number below `end`.
    pub fn small(&mut self, end: u8) -> u8 {
        u8::try_from(self.below(u32::from(end))).expect("below a small number")
    }

    /// A number below `end`, for what is counted by `usize`.
    ///
    /// # Panics
    ///
    /// `end` is 0 or beyond 32 bits.
    pub fn index(&mut self, end: usize) -> usize {
        self.below(u32::try_from(end).expect("few")) as usize
    }

    /// One of several.
    ///
    /// # Panics
    ///
    /// There are none, or more than a `u32` counts.
    pub fn choose<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(u32::try_from(of.len()).expect("few")) as usize]
    }

    /// Sixteen bits.
    pub fn pick(&mut self) -> u16 {
        let [.., a, b] = self.bits().to_le_bytes();
        u16::from_le_bytes([a, b])
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }
}

/// Spreads a number over all 64 bits.
pub fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}
