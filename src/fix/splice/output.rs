//! The splice list while it is made.

use super::reader::{Stop, TOO_LARGE};
use super::{Piece, Removal, Removed, Splice, TELLS_KINDS};
use crate::media::Format;

/// The most pieces of a list.
const MAX_PIECES: usize = 20_000;

/// The pieces so far, and what was removed.
#[derive(Debug, Default)]
pub(super) struct Output {
    pieces: Vec<Piece>,
    removed: Vec<Removed>,
}

impl Output {
    pub(super) const fn new() -> Self {
        Self { pieces: Vec::new(), removed: Vec::new() }
    }

    /// Appends a range of the original.
    pub(super) fn keep(&mut self, offset: u64, len: u64) -> Result<(), Stop> {
        let is_full = self.pieces.len() >= MAX_PIECES;
        match self.pieces.last_mut() {
            _ if len == 0 => {}
            Some(Piece::Range { offset: start, len: before }) if *start + *before == offset => *before += len,
            _ if is_full => return Err(TOO_LARGE),
            _ => self.pieces.push(Piece::Range { offset, len }),
        }
        Ok(())
    }

    /// Appends new bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let is_full = self.pieces.len() >= MAX_PIECES;
        match self.pieces.last_mut() {
            _ if bytes.is_empty() => {}
            Some(Piece::Bytes(before)) => before.extend_from_slice(bytes),
            _ if is_full => return Err(TOO_LARGE),
            _ => self.pieces.push(Piece::Bytes(bytes.to_vec())),
        }
        Ok(())
    }

    /// Prepends new bytes.
    pub(super) fn prepend(&mut self, bytes: &[u8]) {
        self.pieces.insert(0, Piece::Bytes(bytes.to_vec()));
    }

    /// Reports what was removed.
    pub(super) fn removed(&mut self, kind: Removal, bytes: u64) {
        match self.removed.iter_mut().find(|removed| removed.kind == kind || !TELLS_KINDS) {
            Some(removed) => removed.bytes += bytes,
            None => self.removed.push(Removed { kind, bytes }),
        }
    }

    /// Returns whether nothing was removed so far.
    pub(super) const fn is_unchanged(&self) -> bool {
        self.removed.is_empty()
    }

    /// Removes all pieces, so that the original remains.
    pub(super) fn clear(&mut self) {
        self.pieces.clear();
    }

    /// Returns the number of bytes of the new file so far.
    pub(super) fn len(&self) -> u64 {
        let len = |piece: &Piece| match piece {
            Piece::Bytes(bytes) => bytes.len() as u64,
            Piece::Range { len, .. } => *len,
        };
        self.pieces.iter().map(len).sum()
    }

    /// Returns the list of a file of this size. If nothing was changed, it is the original.
    pub(super) fn finish(mut self, size: u64, format: Option<Format>) -> Splice {
        if self.pieces.is_empty() && size > 0 {
            self.pieces.push(Piece::Range { offset: 0, len: size });
        }
        Splice { pieces: self.pieces, removed: self.removed, format }
    }
}
