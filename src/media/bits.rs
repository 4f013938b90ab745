//! Bits in order, the highest of each byte first.

/// Reads bits. Past the end all are 0, and [`Bits::checked`] tells.
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next `count` bits, up to 32, as a number.
    pub(crate) fn take(&mut self, count: u32) -> u32 {
        (0..count).fold(0, |number, _| {
            let byte = self.bytes.get(self.at / 8).copied().unwrap_or(0);
            let bit = byte >> (7 - self.at % 8) & 1;
            self.at += 1;
            number << 1 | u32::from(bit)
        })
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.take(1) != 0
    }

    /// An Exp-Golomb number: as many bits as zeros precede it. Those that need more than 31 do not occur.
    pub(crate) fn golomb(&mut self) -> u32 {
        let mut zeros = 0;
        while zeros < 31 && !self.flag() {
            zeros += 1;
        }
        (1 << zeros) - 1 + self.take(zeros)
    }

    /// What has been made of the bits, if there were as many as were read.
    pub(crate) fn checked<T>(&self, value: T) -> Option<T> {
        (self.at <= self.bytes.len() * 8).then_some(value)
    }
}
