//! The directories of TIFF data, in memory: reading their entries, and removing one with its value.
//!
//! <https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf> §2

use super::position;
use crate::media::{EXIF_PREFIX as PREFIX, EXIF_PREFIX_LEN as PREFIX_LEN};

/// The entry that refers to the directory of the location.
pub(super) const GPS: u16 = 0x8825;
/// The most directories that are visited.
pub(super) const MAX_DIRECTORIES: usize = 32;
/// Bytes of an entry: tag, type, count, value.
const ENTRY: usize = 12;
/// How often an edit may pass over data of this length.
const PASSES: usize = 64;
/// Bytes of a value by its type; the first type is 1.
const SIZES: [usize; 13] = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

/// TIFF data, which offsets are relative to.
pub(super) struct Tiff<'a> {
    bytes: &'a mut [u8],
    is_big_endian: bool,
    /// Bytes that may still be read in directories, overwritten or moved. In hostile data, all of them overlap.
    left: usize,
}

impl<'a> Tiff<'a> {
    /// Returns the data after its prefix, or `None` if it is something else.
    pub(super) fn of(exif: &'a mut [u8]) -> Option<Self> {
        // Some writers copy JPEG's prefix into PNG and WebP.
        let prefix = if exif.starts_with(PREFIX) { PREFIX_LEN } else { 0 };
        let bytes = exif.get_mut(prefix..)?;
        let is_big_endian = match bytes.get(..4)? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        let left = bytes.len() * PASSES;
        Some(Self { bytes, is_big_endian, left })
    }

    pub(super) fn u8(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    pub(super) fn u32(&self, at: usize) -> Option<usize> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        usize::try_from(if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }).ok()
    }

    /// Accounts for the work on so many bytes.
    fn spend(&mut self, bytes: usize) -> Option<()> {
        self.left = self.left.checked_sub(bytes)?;
        Some(())
    }

    /// Accounts for a visit of a directory.
    pub(super) fn visit(&mut self, directory: usize) -> Option<()> {
        self.spend(usize::from(self.u16(directory)?) * ENTRY)
    }

    /// Returns the offset of an entry of a directory.
    pub(super) fn entry(&self, directory: usize, at: usize) -> Option<usize> {
        let entry = directory.checked_add(2 + at * ENTRY)?;
        self.bytes.get(entry..entry.checked_add(ENTRY)?).map(|_| entry)
    }

    /// Returns the offset after the last entry.
    pub(super) fn end_of(&self, directory: usize) -> Option<usize> {
        directory.checked_add(2 + usize::from(self.u16(directory)?) * ENTRY)
    }

    /// Returns the offset and the length of a value that is not in the entry itself.
    fn outside(&self, entry: usize) -> Option<(usize, usize)> {
        let size = SIZES.get(usize::from(self.u16(entry + 2)?).wrapping_sub(1)).copied().unwrap_or(1);
        let len = self.u32(entry + 4)?.checked_mul(size)?;
        if len > 4 { Some((self.u32(entry + 8)?, len)) } else { None }
    }

    /// Returns whether a value of bytes or letters may state a location.
    pub(super) fn may_have_location(&mut self, entry: usize) -> Option<bool> {
        let is_text = matches!(self.u16(entry + 2)?, 1 | 2 | 7);
        let Some((offset, len)) = self.outside(entry).filter(|_| is_text) else { return Some(false) };
        let end = offset.saturating_add(len).min(self.bytes.len());
        let Some(value) = self.bytes.get(offset..end) else { return Some(false) };
        let may_have_location = position::may_be_in(value);
        // It is read once for each word.
        self.spend(16 * (end - offset))?;
        Some(may_have_location)
    }

    /// Overwrites the value of an entry with zeros, and the directory that it may refer to.
    pub(super) fn erase_value(&mut self, entry: usize) -> Option<u64> {
        let mut erased = ENTRY as u64 + self.erase_outside(entry)?;
        if self.u16(entry)? == GPS {
            let directory = self.u32(entry + 8)?;
            let count = usize::from(self.u16(directory).unwrap_or(0));
            for at in 0..count {
                let Some(entry) = self.entry(directory, at) else { break };
                erased += self.erase_outside(entry)?;
            }
            erased += self.erase(directory, 2 + count * ENTRY)?;
        }
        Some(erased)
    }

    fn erase_outside(&mut self, entry: usize) -> Option<u64> {
        self.outside(entry).map_or(Some(0), |(offset, len)| self.erase(offset, len))
    }

    fn erase(&mut self, offset: usize, len: usize) -> Option<u64> {
        let end = offset.saturating_add(len).min(self.bytes.len());
        // The header, without which nothing is readable, is never a part of a value.
        let Some(bytes) = self.bytes.get_mut(offset.max(8)..end) else { return Some(0) };
        bytes.fill(0);
        let len = bytes.len();
        self.spend(len)?;
        Some(len as u64)
    }

    /// Removes an entry of a directory; the later entries, and the offset of the next directory if there is one, move up.
    pub(super) fn remove(&mut self, directory: usize, at: usize, has_next: bool) -> Option<()> {
        let count = self.u16(directory)?.checked_sub(1)?;
        let entry = self.entry(directory, at)?;
        let end =
            (directory + 2 + (usize::from(count) + 1) * ENTRY + if has_next { 4 } else { 0 }).min(self.bytes.len());
        let rest = self.bytes.get_mut(entry..end)?;
        let kept = rest.len().checked_sub(ENTRY)?;
        rest.copy_within(ENTRY.., 0);
        rest.get_mut(kept..)?.fill(0);
        let count = if self.is_big_endian { count.to_be_bytes() } else { count.to_le_bytes() };
        *self.bytes.get_mut(directory..)?.first_chunk_mut()? = count;
        self.spend(kept)
    }

    /// Appends the directories that an entry refers to.
    pub(super) fn pointers(&self, entry: usize, found: &mut Vec<usize>) {
        let (start, count) = match self.outside(entry) {
            Some((offset, len)) => (offset, (len / 4).min(MAX_DIRECTORIES)),
            None => (entry + 8, 1),
        };
        found.extend((0..count).filter_map(|at| self.u32(start.checked_add(at * 4)?)).filter(|offset| *offset > 0));
    }
}
