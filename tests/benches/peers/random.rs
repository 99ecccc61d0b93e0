//! Numbers and texts at random, the same for every peer.

/// Marsaglia's xorshift.
pub(crate) struct Random(u64);

/// What texts are parts of.
const LETTERS: &str = "the quick brown fox jumps over the lazy dog while pack my box with five dozen liquor jugs is typed \
    by how vexingly quick daft zebras jump and sphinx of black quartz judge my vow is read aloud to the five boxing \
    wizards who jump quickly; bright vixens jump as dozy fowl quack and jackdaws love my big sphinx of quartz.";

impl Random {
    pub(crate) const fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    /// A place in something of this length.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("below a length")
    }

    /// A text of `least` to `most` bytes, 200 at most.
    pub(crate) fn text(&mut self, least: usize, most: usize) -> &'static str {
        let length = least + self.index(most - least + 1);
        let start = self.index(LETTERS.len() - 200);
        &LETTERS[start..start + length]
    }
}

/// What a text adds to a checksum.
pub(crate) fn weight(text: &str) -> u64 {
    text.len() as u64 * 256 + u64::from(text.as_bytes()[0])
}
