//! Bounded reads of a file whose bytes arrive in ranges: every read is answered from memory or asks for the range it lacks.
//!
//! A parser is a plain function that reads with `?`. Where a range is missing, the read ends the parser with
//! [`Stop::Need`]; once the range has arrived the parser runs again from its start, now with that range in memory.
//! Parsers therefore keep no state between ranges, and the budgets below bound all of them at once.

use core::cell::Cell;

/// The first read: enough for everything an ordinary file says about itself.
pub(super) const HEAD: usize = 64 << 10;
/// The tail that parsers look at.
pub(super) const TAIL: u64 = 64 << 10;
/// What a later jump reads, once three ranges have been read.
const JUMP: usize = 16 << 10;
/// Ranges that may be read of one file.
const MAX_RANGES: usize = 64;
/// Bytes that may be read of one file.
const MAX_BYTES: usize = 8 << 20;
/// Single reads by parsers, over all their runs.
const MAX_STEPS: u32 = 200_000;

/// Why a parser ended before its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// This range must be read first.
    Need {
        /// From here.
        offset: u64,
        /// So many bytes.
        len: usize,
    },
    /// The file ends before its own structure says it does.
    End,
    /// The structure contradicts itself.
    Damaged,
    /// More reads than a probe allows itself.
    Budget,
    /// Closer inspection shows something else, which people call so.
    Refused(&'static str),
}

/// Bears with damage to a part that the rest can do without.
pub(super) fn lenient<T>(part: Result<T, Stop>) -> Result<Option<T>, Stop> {
    match part {
        Ok(value) => Ok(Some(value)),
        Err(Stop::End | Stop::Damaged) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// The ranges of a file that have been read so far.
#[derive(Debug)]
pub(super) struct Window {
    size: u64,
    /// In order of offset, never touching each other.
    ranges: Vec<Range>,
    reads: usize,
    bytes: usize,
    steps: Cell<u32>,
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
    pub(super) const fn new(size: u64) -> Self {
        Self { size, ranges: Vec::new(), reads: 0, bytes: 0, steps: Cell::new(0) }
    }

    /// Bytes of the whole file.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// Ranges read so far.
    pub(super) const fn reads(&self) -> usize {
        self.reads
    }

    /// The bytes at `offset`, if they are in memory.
    pub(super) fn peek(&self, offset: u64, len: usize) -> Option<&[u8]> {
        self.ranges.iter().find_map(|range| range.get(offset, len))
    }

    /// The bytes at `offset`.
    pub(super) fn read(&self, offset: u64, len: usize) -> Result<&[u8], Stop> {
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

    /// Up to `len` bytes at `offset`: fewer only at the end of the file.
    pub(super) fn read_up_to(&self, offset: u64, len: u64) -> Result<&[u8], Stop> {
        let len = len.min(self.size.saturating_sub(offset));
        self.read(offset, usize::try_from(len).map_err(|_| Stop::Budget)?)
    }

    /// The last `len` bytes of the file, or all of a smaller one, with their offset.
    pub(super) fn tail(&self, len: u64) -> Result<(u64, &[u8]), Stop> {
        let offset = self.size.saturating_sub(len);
        Ok((offset, self.read_up_to(offset, len)?))
    }

    /// The range to read so that `len` bytes at `offset` are in memory: the missing part, rounded up to a worthwhile read.
    fn need(&self, offset: u64, len: usize) -> Stop {
        let Some(end) = offset.checked_add(len as u64).filter(|end| *end <= self.size) else { return Stop::End };
        let before = self.ranges.iter().rfind(|range| range.offset <= offset);
        let known = before.map_or(0, Range::end);
        let limit = self.ranges.iter().find(|range| range.offset > offset).map_or(self.size, |range| range.offset);
        // A parser that reads on and on gets ever longer ranges, one that jumps gets small ones.
        let (start, least) = match before {
            Some(range) if known >= offset => (known, (range.bytes.len() / 2).max(HEAD)),
            _ => (offset, if self.reads < 3 { HEAD } else { JUMP }),
        };
        let end = end.min(limit).max(limit.min(start.saturating_add(least as u64)));
        // At the end of the file, a read of the usual length starts earlier.
        let start = if end == self.size { start.min(end.saturating_sub(least as u64)).max(known) } else { start };
        match usize::try_from(end - start) {
            Ok(len) if self.reads < MAX_RANGES && len <= MAX_BYTES - self.bytes => Stop::Need { offset: start, len },
            _ => Stop::Budget,
        }
    }

    /// Keeps a range that was asked for, joined to its neighbours.
    pub(super) fn insert(&mut self, offset: u64, bytes: &[u8]) {
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
            _ => self.ranges.insert(at, Range { offset, bytes: [bytes, &after].concat() }),
        }
    }

    /// The whole file, to be read from its start.
    pub(super) const fn cursor(&self) -> Cursor<'_> {
        self.span(0, self.size)
    }

    /// The bytes from `start` to `end`, or to the end of the file.
    pub(super) const fn span(&self, start: u64, end: u64) -> Cursor<'_> {
        Cursor { window: self, at: start, end: if end < self.size { end } else { self.size } }
    }
}

/// Reads in order, within a span of the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'w> {
    window: &'w Window,
    at: u64,
    end: u64,
}

/// Fixed-width integers at the cursor.
macro_rules! integers {
    ($($name:ident: $type:ident, $from:ident;)+) => {
        $(pub(super) fn $name(&mut self) -> Result<$type, Stop> {
            self.array().map($type::$from)
        })+
    };
}

impl<'w> Cursor<'w> {
    integers! {
        u8: u8, from_be_bytes;
        be16: u16, from_be_bytes;
        be32: u32, from_be_bytes;
        be64: u64, from_be_bytes;
        le16: u16, from_le_bytes;
        le32: u32, from_le_bytes;
        le64: u64, from_le_bytes;
    }

    pub(super) const fn window(&self) -> &'w Window {
        self.window
    }

    /// Where the next read starts, in the file.
    pub(super) const fn at(&self) -> u64 {
        self.at
    }

    /// Where the span ends, in the file.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    /// Bytes left in the span.
    pub(super) const fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    /// The next `len` bytes.
    pub(super) fn take(&mut self, len: usize) -> Result<&'w [u8], Stop> {
        if len as u64 > self.left() {
            return Err(self.past_end());
        }
        let bytes = self.window.read(self.at, len)?;
        self.at += len as u64;
        Ok(bytes)
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        self.take(N)?.try_into().map_err(|_| Stop::Damaged)
    }

    /// All bytes of the span that are left, if they are no more than `max`.
    pub(super) fn rest(&mut self, max: u64) -> Result<&'w [u8], Stop> {
        self.take(usize::try_from(self.left().min(max)).map_err(|_| Stop::Budget)?)
    }

    /// Passes over `len` bytes without reading them. The span may end exactly there, not before.
    pub(super) fn skip(&mut self, len: u64) -> Result<(), Stop> {
        if len > self.left() {
            return Err(self.past_end());
        }
        self.at += len;
        Ok(())
    }

    /// The next `len` bytes as a span of their own, cut where this one ends; this cursor goes on behind them.
    pub(super) fn split(&mut self, len: u64) -> Self {
        let start = self.at;
        self.at = self.at.saturating_add(len).min(self.end.max(start));
        Self { end: self.at, ..Self { at: start, ..*self } }
    }

    /// This span from where `inner` stands: steps into a part without leaving the whole.
    pub(super) const fn enter(self, inner: Self) -> Self {
        Self { at: inner.at, ..self }
    }

    /// Reading past a span is damage; past the file, its end.
    const fn past_end(&self) -> Stop {
        if self.end == self.window.size { Stop::End } else { Stop::Damaged }
    }
}

/// The positions of `needle` in `bytes`.
pub(super) fn find_all<'a>(bytes: &'a [u8], needle: &'a [u8]) -> impl DoubleEndedIterator<Item = usize> + 'a {
    bytes.windows(needle.len().max(1)).enumerate().filter(move |(_, part)| *part == needle).map(|(at, _)| at)
}
