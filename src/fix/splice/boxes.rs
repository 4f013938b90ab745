//! Boxes in memory: reading them one after another, and writing them.

use super::reader::{DAMAGED, Stop};

/// A box in memory.
#[derive(Clone, Copy)]
pub(super) struct Atom<'a> {
    pub(super) kind: u32,
    pub(super) body: &'a [u8],
    /// The box with its header.
    pub(super) whole: &'a [u8],
}

/// Returns the next box, and moves past it. Returns `None` at the end, and if only padding is left: `QuickTime` ends
/// some lists with four zeros.
pub(super) fn next<'a>(boxes: &mut &'a [u8]) -> Result<Option<Atom<'a>>, Stop> {
    let Some((header, rest)) = boxes.split_first_chunk::<8>() else { return Ok(None) };
    let [a, b, c, d, kind @ ..] = *header;
    let (len, header) = match u32::from_be_bytes([a, b, c, d]) {
        0 if boxes.iter().all(|byte| *byte == 0) => return Ok(None),
        1 => (rest.first_chunk().map_or(0, |len| u64::from_be_bytes(*len)), 16),
        len => (len.into(), 8),
    };
    let whole = usize::try_from(len).ok().and_then(|len| boxes.get(..len)).ok_or(DAMAGED)?;
    let body = whole.get(header..).ok_or(DAMAGED)?;
    *boxes = boxes.get(whole.len()..).unwrap_or_default();
    Ok(Some(Atom { kind: u32::from_be_bytes(kind), body, whole }))
}

/// Returns the first box of this kind.
pub(super) fn find(mut boxes: &[u8], kind: u32) -> Result<Option<&[u8]>, Stop> {
    while let Some(atom) = next(&mut boxes)? {
        if atom.kind == kind {
            return Ok(Some(atom.body));
        }
    }
    Ok(None)
}

/// Appends a box that `write` fills. A generic function would be in the module once for each box.
pub(super) fn put(
    out: &mut Vec<u8>,
    kind: u32,
    write: &mut dyn FnMut(&mut Vec<u8>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let start = out.len();
    out.extend([0; 4]);
    out.extend(kind.to_be_bytes());
    write(out)?;
    let len = u32::try_from(out.len() - start).map_err(|_| DAMAGED)?;
    let header = out.get_mut(start..).and_then(<[u8]>::first_chunk_mut).ok_or(DAMAGED)?;
    *header = len.to_be_bytes();
    Ok(())
}

/// Returns a big-endian number of 16 bits.
pub(super) fn be16(bytes: &[u8], at: usize) -> Result<u16, Stop> {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map(|bytes| u16::from_be_bytes(*bytes)).ok_or(DAMAGED)
}

/// Returns a big-endian number of 32 bits.
pub(super) fn be32(bytes: &[u8], at: usize) -> Result<u32, Stop> {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map(|bytes| u32::from_be_bytes(*bytes)).ok_or(DAMAGED)
}

/// Returns the entries of a table: a version, a count, and as many entries of `N` bytes.
pub(super) fn table<const N: usize>(body: &[u8]) -> Result<&[[u8; N]], Stop> {
    let count = be32(body, 4)? as usize;
    body.get(8..).and_then(|rest| rest.as_chunks().0.get(..count)).ok_or(DAMAGED)
}
