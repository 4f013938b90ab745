//! A bit reader, most significant bit first.

/// Reads bits. All bits past the end are 0; [`Bits::checked`] reports such a read.
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Returns the next `count` bits, at most 32, as a number.
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

    /// Returns an Exp-Golomb number: as many bits as there are zeros before it. Codes with more than 31 zeros do not
    /// occur.
    pub(crate) fn golomb(&mut self) -> u32 {
        let mut zeros = 0;
        while zeros < 31 && !self.flag() {
            zeros += 1;
        }
        (1 << zeros) - 1 + self.take(zeros)
    }

    /// Returns `value`, or `None` if more bits were read than there are.
    pub(crate) fn checked<T>(&self, value: T) -> Option<T> {
        (self.at <= self.bytes.len() * 8).then_some(value)
    }
}
