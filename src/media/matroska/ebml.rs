//! The elements of EBML, the basis of Matroska and WebM: an identifier, a length, a body.
//!
//! <https://www.rfc-editor.org/rfc/rfc8794>

use crate::media::cursor::Cursor;
use crate::media::error::Stop;

pub(crate) struct Element<'w> {
    pub(crate) id: u32,
    /// The length; `None` if the element ends at the first element that it cannot contain.
    pub(crate) len: Option<u64>,
    pub(crate) body: Cursor<'w>,
}

impl<'w> Element<'w> {
    /// Returns the element at the cursor or after zeros, and moves the cursor past it, or to the end if its length is
    /// unknown.
    pub(crate) fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        // Some writers pad with zeros.
        let first = loop {
            match file.u8()? {
                0 => file.skip_zeros()?,
                first => break first,
            }
        };
        let (id, _) = coded_after(first, file, 4)?;
        let id = u32::try_from(id).map_err(|_| Stop::Damaged)?;
        let (len, mask) = coded(file, 8)?;
        let len = Some(len & mask).filter(|len| *len != mask);
        Ok(Self { id, len, body: file.split(len.unwrap_or(u64::MAX)) })
    }

    /// Returns the body, unless the file ends in it. Only segments and clusters may have an unknown length.
    pub(crate) fn whole(&self) -> Result<Cursor<'w>, Stop> {
        let len = self.len.ok_or(Stop::Damaged)?;
        if len > self.body.left() { Err(Stop::End) } else { Ok(self.body) }
    }

    pub(crate) fn number(&mut self) -> Result<u64, Stop> {
        Ok(self.body.rest(8)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    pub(crate) fn float(&mut self) -> Result<f64, Stop> {
        let is_single = self.body.left() == 4;
        let bits = self.number()?;
        Ok(if is_single { f32::from_bits(u32::try_from(bits).unwrap_or(0)).into() } else { f64::from_bits(bits) })
    }
}

/// Returns a number that starts with as many zero bits as there are bytes after the first (§4), including that marker,
/// and a mask of its value bits.
pub(crate) fn coded(file: &mut Cursor<'_>, longest: u32) -> Result<(u64, u64), Stop> {
    let first = file.u8()?;
    coded_after(first, file, longest)
}

/// Returns the number whose first byte has been read.
fn coded_after(first: u8, file: &mut Cursor<'_>, longest: u32) -> Result<(u64, u64), Stop> {
    let len = first.leading_zeros() + 1;
    if len > longest {
        return Err(Stop::Damaged);
    }
    let rest = file.take(len as usize - 1)?;
    let number = rest.iter().fold(u64::from(first), |number, byte| number << 8 | u64::from(*byte));
    Ok((number, (1 << (7 * len)) - 1))
}
