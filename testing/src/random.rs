//! Pseudorandom numbers that are the same in every run.

/// Marsaglia's xorshift, with its seed.
pub struct Random(pub u64);

impl Random {
    /// A number below this one.
    pub fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).unwrap()
    }
}
