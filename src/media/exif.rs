//! TIFF's directory of tags, as TIFF files and as EXIF inside of JPEG, PNG and WebP: the tags that say how big and how turned.
//!
//! <https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf>, BigTIFF: <https://www.awaresystems.be/imaging/tiff/bigtiff.html>

use super::window::{Cursor, Stop, lenient};
use super::{Fact, Orientation, Reason};

/// The first directory, entry by entry.
pub(super) struct Directory<'w> {
    entries: Cursor<'w>,
    count: u64,
    encoding: Encoding,
}

/// A tag and its first value, where the value is a number stored in the entry itself.
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
    fn short(self, at: &mut Cursor<'_>) -> Result<u16, Stop> {
        if self.big_endian { at.be16() } else { at.le16() }
    }

    fn long(self, at: &mut Cursor<'_>) -> Result<u32, Stop> {
        if self.big_endian { at.be32() } else { at.le32() }
    }

    /// An offset or a count.
    fn word(self, at: &mut Cursor<'_>) -> Result<u64, Stop> {
        match self {
            Self { wide: false, .. } => self.long(at).map(u64::from),
            Self { big_endian: true, .. } => at.be64(),
            Self { big_endian: false, .. } => at.le64(),
        }
    }
}

impl<'w> Directory<'w> {
    /// The first directory of the TIFF that fills this span.
    pub(super) fn first(tiff: Cursor<'w>) -> Result<Self, Stop> {
        let mut header = tiff;
        let big_endian = match &header.array()? {
            b"II" => false,
            b"MM" => true,
            _ => return Err(Stop::Damaged),
        };
        let mut encoding = Encoding { big_endian, wide: false };
        match encoding.short(&mut header)? {
            42 => {}
            43 if encoding.short(&mut header)? == 8 => {
                header.skip(2)?;
                encoding.wide = true;
            }
            _ => return Err(Stop::Damaged),
        }
        let mut entries = tiff;
        entries.skip(encoding.word(&mut header)?)?;
        let count = if encoding.wide { encoding.word(&mut entries)? } else { encoding.short(&mut entries)?.into() };
        Ok(Self { entries, count, encoding })
    }

    /// The next entry.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, Stop> {
        let Some(left) = self.count.checked_sub(1) else { return Ok(None) };
        self.count = left;
        let Encoding { wide, .. } = self.encoding;
        let mut entry = self.entries.split(if wide { 20 } else { 12 });
        let tag = self.encoding.short(&mut entry)?;
        let kind = self.encoding.short(&mut entry)?;
        self.encoding.word(&mut entry)?;
        let value = match kind {
            1 => entry.u8()?.into(),
            3 => self.encoding.short(&mut entry)?.into(),
            4 => self.encoding.long(&mut entry)?.into(),
            // LONG8 only exists where it fits.
            16 if wide => self.encoding.word(&mut entry)?,
            // An offset to something else, or no number: only the tag matters.
            _ => 0,
        };
        Ok(Some(Entry { tag, value }))
    }
}

/// The tag that says how a picture is turned.
pub(super) const ORIENTATION: u16 = 0x0112;

/// What a tag's value says about orientation.
pub(super) fn turned(value: u64) -> Fact<Orientation> {
    let orientation = u16::try_from(value).ok().and_then(Orientation::from_exif);
    orientation.map_or(Fact::Unknown(Reason::Damaged), Fact::Known)
}

/// The orientation in the EXIF that fills this span. Damaged EXIF is no damage to the picture: browsers ignore it too.
pub(super) fn orientation(mut exif: Cursor<'_>) -> Result<Fact<Orientation>, Stop> {
    let start = exif;
    // JPEG's prefix, which some writers carry over into PNG and WebP.
    if !matches!(exif.take(6), Ok(b"Exif\0\0")) {
        exif = start;
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
