//! Bounded reads of a file whose bytes arrive in ranges, of which one is in memory at a time.
//!
//! A format is a state machine that reads with `?`. If a range is missing, the read ends the run with [`Stop::Need`].
//! Once the range has arrived, the format runs again from its state, which it changes only after a whole element: a
//! segment, a chunk or a box. All reads between two changes of the state start at the same offset, because a range
//! replaces the one before.

use core::cell::Cell;

use super::UnsafeReason;

/// Bytes in the first read, and in reads that follow another.
const HEAD: u64 = 64 << 10;
/// Bytes in a read elsewhere in the file.
const JUMP: u64 = 16 << 10;
/// The most bytes in a read that follows another.
const MAX_SEQUENTIAL: u64 = 1 << 20;
/// The most bytes that a format may request at once.
const MAX_LEN: usize = 16 << 20;
/// The most ranges that are read from one file.
const MAX_READS: u32 = 4096;

/// Why a run ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The range in the reader's `wanted` must be read first.
    Need,
    /// The file cannot be changed without a risk.
    Unsafe(UnsafeReason),
}

/// The file ends before its own structure does, or its structure contradicts itself.
pub(super) const DAMAGED: Stop = Stop::Unsafe(UnsafeReason::Damaged);
/// The file exceeds a limit of these changes.
pub(super) const TOO_LARGE: Stop = Stop::Unsafe(UnsafeReason::TooLarge);

/// The file, of which one range is in memory.
#[derive(Debug)]
pub(super) struct Reader {
    size: u64,
    offset: u64,
    bytes: Vec<u8>,
    reads: u32,
    /// The length of the last sequential read.
    ahead: Cell<u64>,
    wanted: Cell<(u64, usize)>,
}

impl Reader {
    pub(super) const fn new(size: u64) -> Self {
        Self { size, offset: 0, bytes: Vec::new(), reads: 0, ahead: Cell::new(HEAD), wanted: Cell::new((0, 0)) }
    }

    /// Returns the size of the file in bytes.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// Returns the offset and the length of the range that the last [`Stop::Need`] requested.
    pub(super) const fn wanted(&self) -> (u64, usize) {
        self.wanted.get()
    }

    /// Returns `len` bytes at `offset`.
    pub(super) fn get(&self, offset: u64, len: usize) -> Result<&[u8], Stop> {
        let start = offset.checked_sub(self.offset).and_then(|start| usize::try_from(start).ok());
        let bytes = start.and_then(|start| self.bytes.get(start..start.checked_add(len)?));
        match bytes {
            Some(bytes) => Ok(bytes),
            None if len == 0 => Ok(&[]),
            None => Err(self.need(offset, len)),
        }
    }

    /// Returns up to `len` bytes at `offset`; fewer only at the end of the file.
    pub(super) fn up_to(&self, offset: u64, len: u64) -> Result<&[u8], Stop> {
        let len = len.min(self.size.saturating_sub(offset));
        self.get(offset, usize::try_from(len).map_err(|_| TOO_LARGE)?)
    }

    /// Returns the bytes in memory at `offset`, at least one, to search through the file in order.
    pub(super) fn next(&self, offset: u64) -> Result<&[u8], Stop> {
        self.get(offset, 1)?;
        let start = usize::try_from(offset.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        Ok(self.bytes.get(start..).unwrap_or_default())
    }

    /// Requests a range with at least these bytes.
    fn need(&self, offset: u64, len: usize) -> Stop {
        let Some(end) = offset.checked_add(len as u64).filter(|end| *end <= self.size) else { return DAMAGED };
        if len > MAX_LEN || self.reads >= MAX_READS {
            return TOO_LARGE;
        }
        let known = self.offset.saturating_add(self.bytes.len() as u64);
        let is_sequential = offset >= self.offset && offset < known.saturating_add(HEAD);
        let least = if self.reads == 0 {
            HEAD
        } else if is_sequential {
            // A repeated step requests the same range.
            if self.wanted.get().1 == 0 {
                self.ahead.set((self.ahead.get() * 2).min(MAX_SEQUENTIAL));
            }
            self.ahead.get()
        } else {
            JUMP
        };
        let end = end.max(self.size.min(offset.saturating_add(least)));
        match usize::try_from(end - offset) {
            Ok(len) => {
                self.wanted.set((offset, len));
                Stop::Need
            }
            Err(_) => TOO_LARGE,
        }
    }

    /// Accepts the range that was last requested, in place of the one in memory. Returns `None` if bytes are missing.
    pub(super) fn supply(&mut self, bytes: &[u8]) -> Option<()> {
        let (offset, len) = self.wanted.take();
        self.bytes = bytes.get(..len)?.to_vec();
        self.offset = offset;
        self.reads += 1;
        Some(())
    }
}
