//! TIFF's directory of tags, as TIFF files and as EXIF inside of JPEG, PNG and WebP: the tags that say how big and how turned.
//!
//! <https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf>, BigTIFF: <https://www.awaresystems.be/imaging/tiff/bigtiff.html>

use super::cursor::{Cursor, Fields};
use super::window::{Stop, lenient};
use super::{Fact, Orientation, Reason};

/// The first directory, entry by entry.
pub(super) struct Directory<'w> {
    entries: Cursor<'w>,
    count: u64,
    encoding: Encoding,
}

/// A tag and its value; 0 unless it is a single number, which is stored in the entry itself.
pub(super) struct Entry {
    pub(super) tag: u16,
    pub(super) value: u64,
}

#[derive(Clone, Copy)]
struct Encoding {
    big_endian: bool,
    /// BigTIFF: 64-bit offsets and counts.
    wide: bool,
}

impl Encoding {
    fn short(self, fields: Fields<'_>, at: usize) -> u16 {
        if self.big_endian { fields.be16(at) } else { fields.le16(at) }
    }

    fn long(self, fields: Fields<'_>, at: usize) -> u32 {
        if self.big_endian { fields.be32(at) } else { fields.le32(at) }
    }

    /// An offset or a count.
    fn word(self, fields: Fields<'_>, at: usize) -> u64 {
        match self {
            Self { wide: false, .. } => self.long(fields, at).into(),
            Self { big_endian: true, .. } => fields.be64(at),
            Self { big_endian: false, .. } => fields.le64(at),
        }
    }
}

impl<'w> Directory<'w> {
    /// The first directory of the TIFF that fills this span.
    pub(super) fn first(tiff: Cursor<'w>) -> Result<Self, Stop> {
        let header = { tiff }.fields(8)?;
        let big_endian = match &header.array(0) {
            b"II" => false,
            b"MM" => true,
            _ => return Err(Stop::Damaged),
        };
        let mut encoding = Encoding { big_endian, wide: false };
        let first = match encoding.short(header, 2) {
            42 => encoding.word(header, 4),
            43 => {
                encoding.wide = true;
                encoding.word({ tiff }.fields(16)?, 8)
            }
            _ => return Err(Stop::Damaged),
        };
        let mut entries = tiff;
        entries.skip(first)?;
        let count = entries.fields(if encoding.wide { 8 } else { 2 })?;
        let count = if encoding.wide { encoding.word(count, 0) } else { encoding.short(count, 0).into() };
        Ok(Self { entries, count, encoding })
    }

    /// The next entry.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, Stop> {
        let Some(left) = self.count.checked_sub(1) else { return Ok(None) };
        self.count = left;
        let encoding = self.encoding;
        // Tag, type, count, value: the last two take as much as an offset.
        let (len, at) = if encoding.wide { (20, 12) } else { (12, 8) };
        let entry = self.entries.fields(len)?;
        // Several values are stored elsewhere, and none of these tags has several.
        let is_single = encoding.word(entry, 4) == 1;
        let value = match encoding.short(entry, 2) {
            _ if !is_single => 0,
            1 => entry.u8(at).into(),
            3 => encoding.short(entry, at).into(),
            4 => encoding.long(entry, at).into(),
            // LONG8 only exists where it fits.
            16 if encoding.wide => encoding.word(entry, at),
            // An offset to something else, or no number: only the tag matters.
            _ => 0,
        };
        Ok(Some(Entry { tag: encoding.short(entry, 0), value }))
    }
}

/// The tag that says how a picture is turned.
pub(super) const ORIENTATION: u16 = 0x0112;

/// What a tag's value says about orientation.
pub(super) fn turned(value: u64) -> Fact<Orientation> {
    let orientation = u16::try_from(value).ok().and_then(Orientation::from_exif);
    orientation.map_or(Fact::Unknown(Reason::Damaged), Fact::Known)
}

/// What JPEG puts before EXIF.
pub(super) const PREFIX: &[u8] = b"Exif\0\0";

/// The orientation in the EXIF that fills this span. Damaged EXIF is no damage to the picture: browsers ignore it too.
pub(super) fn orientation(mut exif: Cursor<'_>) -> Result<Fact<Orientation>, Stop> {
    // JPEG's prefix, which some writers carry over into PNG and WebP.
    if exif.starts_with(PREFIX)? {
        exif.skip(PREFIX.len() as u64)?;
    }
    let found = (|| {
        let mut directory = Directory::first(exif)?;
        while let Some(entry) = directory.next()? {
            if entry.tag == ORIENTATION {
                return Ok(turned(entry.value));
            }
        }
        Ok(Fact::Unknown(Reason::Absent))
    })();
    Ok(lenient(found)?.unwrap_or(Fact::Unknown(Reason::Damaged)))
}
