//! Bounded reads of a file whose bytes arrive in ranges: every read returns bytes from memory or requests the range
//! that is missing.
//!
//! A parser is a plain function that reads with `?`. If a range is missing, the read ends the parser with
//! [`Stop::Need`]. Once the range has arrived, the parser runs again from its start, now with that range in memory.
//! Parsers therefore keep no state between ranges, and the budgets below bound all of them at once.

use core::cell::Cell;

use crate::media::error::Stop;

/// Bytes in the first read: enough for all facts of an ordinary file.
pub(crate) const HEAD: usize = 64 << 10;
/// Bytes at the end of the file that parsers read.
pub(crate) const TAIL: u64 = 64 << 10;
/// Lengths of the tails that are searched, one after the other, for the last piece of a recording without an index.
/// Browsers record pieces of a few hundred kilobytes; others record pieces of a few seconds, with up to 5 MB.
pub(crate) const LONG_TAILS: [u64; 5] = [TAIL, 128 << 10, 256 << 10, 1 << 20, 5 << 20];
/// Bytes that a jump reads, once three ranges have been read.
const JUMP: usize = 16 << 10;
/// The most ranges that are read from one file.
const MAX_RANGES: usize = 64;
/// The most bytes that are read from one file.
const MAX_BYTES: usize = 8 << 20;
/// The most single reads by parsers, over all their runs.
const MAX_STEPS: u32 = 200_000;

/// The ranges of a file that have been read so far.
#[derive(Debug)]
pub(crate) struct Window {
    size: u64,
    /// Ordered by offset; adjacent ranges are merged.
    ranges: Vec<Range>,
    reads: usize,
    bytes: usize,
    steps: Cell<u32>,
    wanted: Cell<(u64, usize)>,
    looks_like: Cell<Option<&'static str>>,
}

#[derive(Debug)]
struct Range {
    offset: u64,
    bytes: Vec<u8>,
}

impl Range {
    fn end(&self) -> u64 {
        self.offset.saturating_add(self.bytes.len() as u64)
    }

    fn get(&self, offset: u64, len: usize) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.offset)?).ok()?;
        self.bytes.get(start..start.checked_add(len)?)
    }
}

impl Window {
    pub(crate) const fn new(size: u64) -> Self {
        // Every parser starts with the head, so the head may be supplied before it is requested.
        #[expect(clippy::cast_possible_truncation, reason = "shorter than the head")]
        let head = if size < HEAD as u64 { size as usize } else { HEAD };
        let (steps, wanted, looks_like) = (Cell::new(0), Cell::new((0, head)), Cell::new(None));
        Self { size, ranges: Vec::new(), reads: 0, bytes: 0, steps, wanted, looks_like }
    }

    /// Returns the number of single reads so far.
    pub(crate) const fn steps(&self) -> u32 {
        self.steps.get()
    }

    pub(crate) fn set_steps(&self, steps: u32) {
        self.steps.set(steps);
    }

    /// Returns the size of the whole file in bytes.
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// Returns the number of ranges read so far.
    pub(crate) const fn reads(&self) -> usize {
        self.reads
    }

    /// Returns `len` bytes at `offset`, if they are in memory.
    pub(crate) fn peek(&self, offset: u64, len: usize) -> Option<&[u8]> {
        self.ranges.iter().find_map(|range| range.get(offset, len))
    }

    /// Returns `len` bytes at `offset`.
    pub(crate) fn read(&self, offset: u64, len: usize) -> Result<&[u8], Stop> {
        let steps = self.steps.get() + 1;
        if steps > MAX_STEPS {
            return Err(Stop::Budget);
        }
        self.steps.set(steps);
        match self.peek(offset, len) {
            Some(bytes) => Ok(bytes),
            None if len == 0 => Ok(&[]),
            None => Err(self.need(offset, len)),
        }
    }

    /// Returns up to `len` bytes at `offset`; fewer only at the end of the file.
    pub(crate) fn read_up_to(&self, offset: u64, len: u64) -> Result<&[u8], Stop> {
        let len = len.min(self.size.saturating_sub(offset));
        self.read(offset, usize::try_from(len).map_err(|_| Stop::Budget)?)
    }

    /// Returns the last `len` bytes of the file, or all bytes of a smaller file, with their offset.
    pub(crate) fn tail(&self, len: u64) -> Result<(u64, &[u8]), Stop> {
        let offset = self.size.saturating_sub(len);
        Ok((offset, self.read_up_to(offset, len)?))
    }

    /// Requests the range that brings `len` bytes at `offset` into memory: the missing part, rounded up to a worthwhile
    /// read.
    fn need(&self, offset: u64, len: usize) -> Stop {
        let Some(end) = offset.checked_add(len as u64).filter(|end| *end <= self.size) else { return Stop::End };
        let before = self.ranges.iter().rfind(|range| range.offset <= offset);
        let known = before.map_or(0, Range::end);
        let limit = self.ranges.iter().find(|range| range.offset > offset).map_or(self.size, |range| range.offset);
        // Sequential reads request increasingly long ranges; a jump requests a small one.
        let (start, least) = match before {
            Some(range) if known >= offset => (known, (range.bytes.len() / 2).max(HEAD)),
            _ => (offset, if self.reads < 3 { HEAD } else { JUMP }),
        };
        let end = end.min(limit).max(limit.min(start.saturating_add(least as u64)));
        // At the end of the file, a read of the usual length starts earlier.
        let start = if end == self.size { start.min(end.saturating_sub(least as u64)).max(known) } else { start };
        match usize::try_from(end - start) {
            Ok(len) if self.reads < MAX_RANGES && len <= MAX_BYTES - self.bytes => {
                self.wanted.set((start, len));
                Stop::Need
            }
            _ => Stop::Budget,
        }
    }

    /// Returns the offset and the length of the range that the last [`Stop::Need`] requested.
    pub(crate) const fn wanted(&self) -> (u64, usize) {
        self.wanted.get()
    }

    /// Ends a parser because the file is something else, with this common name.
    pub(crate) fn refuse(&self, name: &'static str) -> Stop {
        self.looks_like.set(Some(name));
        Stop::Refused
    }

    /// Returns the name that was passed to [`Window::refuse`].
    pub(crate) const fn looks_like(&self) -> Option<&'static str> {
        self.looks_like.get()
    }

    /// Accepts the range that was last requested, and merges it with its neighbours. Returns `None` if bytes are
    /// missing.
    pub(crate) fn supply(&mut self, bytes: &[u8]) -> Option<()> {
        let (offset, len) = self.wanted.take();
        let bytes = bytes.get(..len)?;
        self.reads += 1;
        self.bytes += bytes.len();
        let at = self.ranges.partition_point(|range| range.offset <= offset);
        let end = offset.saturating_add(bytes.len() as u64);
        let after = if self.ranges.get(at).is_some_and(|range| range.offset == end) {
            self.ranges.remove(at).bytes
        } else {
            Vec::new()
        };
        match at.checked_sub(1).and_then(|before| self.ranges.get_mut(before)) {
            Some(before) if before.end() == offset => {
                before.bytes.extend_from_slice(bytes);
                before.bytes.extend(after);
            }
            _ => {
                let mut bytes = bytes.to_vec();
                bytes.extend(after);
                self.ranges.insert(at, Range { offset, bytes });
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads from a file of zeros, and returns the ranges that were requested.
    fn ranges(size: u64, reads: &[(u64, usize)]) -> Vec<(u64, usize)> {
        let mut window = Window::new(size);
        let mut ranges = Vec::new();
        for (offset, len) in reads {
            while let Err(stop) = window.read(*offset, *len) {
                assert_eq!(stop, Stop::Need);
                let (offset, len) = window.wanted();
                ranges.push((offset, len));
                window.supply(&vec![0; len]).unwrap();
            }
        }
        ranges
    }

    const KIB: usize = 1 << 10;
    const MIB: u64 = 1 << 20;

    #[test]
    fn small_read_is_rounded_up() {
        assert_eq!(ranges(100, &[(0, 8)]), [(0, 100)]);
        assert_eq!(ranges(MIB, &[(0, 8), (500_000, 8)]), [(0, 64 * KIB), (500_000, 64 * KIB)]);
    }

    #[test]
    fn fourth_jump_requests_a_smaller_range() {
        let reads = [(0, 8), (MIB, 8), (2 * MIB, 8), (3 * MIB, 8)];
        assert_eq!(ranges(5 * MIB, &reads).last(), Some(&(3 * MIB, 16 * KIB)));
    }

    #[test]
    fn read_at_the_end_of_the_file_starts_earlier() {
        let last = 64 * KIB;
        assert_eq!(ranges(MIB, &[(0, 8), (MIB - 10, 8)]), [(0, last), (MIB - last as u64, last)]);
    }

    #[test]
    fn adjacent_ranges_are_merged_and_not_read_again() {
        let step = 64 << 10;
        // The head, the next range, the gap before a third range, and then one read over all of them.
        let reads = [(0, 8), (3 * step, 8), (step, 8), (2 * step, 8), (10, 200_000)];
        let expected = [(0, 64 * KIB), (3 * step, 64 * KIB), (step, 64 * KIB), (2 * step, 64 * KIB)];
        assert_eq!(ranges(MIB, &reads), expected);
    }

    #[test]
    fn sequential_reads_grow_within_the_budget() {
        let reads: Vec<_> = (0..100_u64).map(|at| (at * 80_000, 80_000)).collect();
        let taken = ranges(8 * MIB, &reads);
        assert!(taken.len() < 16, "{taken:?}");
        assert_eq!(taken.iter().map(|(_, len)| len).sum::<usize>(), 8 << 20);
    }

    #[test]
    fn read_beyond_a_budget_or_the_file_is_an_error() {
        let window = Window::new(100 * MIB);
        assert_eq!(window.read(0, 9 << 20), Err(Stop::Budget));
        assert_eq!(window.read(100 * MIB - 7, 8), Err(Stop::End));
        assert_eq!(window.read(u64::MAX, 8), Err(Stop::End));
        let left = 200_000 - window.steps.get();
        assert!((0..left).all(|_| window.read(0, 0).is_ok()));
        assert_eq!(window.read(0, 0), Err(Stop::Budget));
    }
}
