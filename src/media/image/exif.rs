//! The directory of tags in TIFF files and in the EXIF data of JPEG, PNG and WebP: the tags for size and orientation.
//!
//! <https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf>;
//! BigTIFF: <https://www.awaresystems.be/imaging/tiff/bigtiff.html>

use crate::media::cursor::{Cursor, Fields};
use crate::media::error::{Stop, optional};
use crate::media::{Fact, Media, Orientation, Reason};

/// The first directory, read entry by entry.
pub(crate) struct Directory<'w> {
    entries: Cursor<'w>,
    count: u64,
    encoding: Encoding,
}

/// A tag and its value. The value is 0 unless it is a single number, which is stored in the entry itself.
pub(crate) struct Entry {
    pub(crate) tag: u16,
    pub(crate) value: u64,
}

#[derive(Clone, Copy)]
struct Encoding {
    big_endian: bool,
    /// BigTIFF: 64-bit offsets and counts.
    wide: bool,
}

impl Encoding {
    /// Returns a number of `len` bytes; 0 past the end of the fields.
    fn number(self, fields: Fields<'_>, at: usize, len: usize) -> u64 {
        let bytes = fields.0.get(at..at + len).unwrap_or_default();
        let with = |number, byte: &u8| number << 8 | u64::from(*byte);
        if self.big_endian { bytes.iter().fold(0, with) } else { bytes.iter().rev().fold(0, with) }
    }

    /// Returns the length in bytes of an offset and of a count.
    const fn word(self) -> usize {
        if self.wide { 8 } else { 4 }
    }
}

impl<'w> Directory<'w> {
    /// Returns the first directory of the TIFF that fills this span.
    pub(crate) fn first(tiff: Cursor<'w>) -> Result<Self, Stop> {
        let header = { tiff }.fields(8)?;
        let big_endian = match &header.array(0) {
            b"II" => false,
            b"MM" => true,
            _ => return Err(Stop::Damaged),
        };
        let mut encoding = Encoding { big_endian, wide: false };
        let first = match encoding.number(header, 2, 2) {
            42 => encoding.number(header, 4, 4),
            43 => {
                encoding.wide = true;
                encoding.number({ tiff }.fields(16)?, 8, 8)
            }
            _ => return Err(Stop::Damaged),
        };
        let mut entries = tiff;
        entries.skip(first)?;
        let len = if encoding.wide { 8 } else { 2 };
        let count = encoding.number(entries.fields(len)?, 0, len);
        Ok(Self { entries, count, encoding })
    }

    /// Returns the next entry.
    pub(crate) fn next(&mut self) -> Result<Option<Entry>, Stop> {
        let Some(left) = self.count.checked_sub(1) else { return Ok(None) };
        self.count = left;
        let encoding = self.encoding;
        // Tag, type, count, value. The count and the value have the length of an offset.
        let word = encoding.word();
        let entry = self.entries.fields(4 + word * 2)?;
        let len = match encoding.number(entry, 2, 2) {
            1 => 1,
            3 => 2,
            4 => 4,
            // LONG8 exists only in BigTIFF.
            16 if encoding.wide => 8,
            // An offset to something else, or not a number: only the tag is used.
            _ => 0,
        };
        // Multiple values are stored elsewhere, and none of the tags that are used has multiple values.
        let is_single = encoding.number(entry, 4, word) == 1;
        let value = if is_single { encoding.number(entry, 4 + word, len) } else { 0 };
        #[expect(clippy::cast_possible_truncation, reason = "made of two bytes")]
        Ok(Some(Entry { tag: encoding.number(entry, 0, 2) as u16, value }))
    }
}

/// The tag of the directory with the position.
pub(crate) const GPS: u16 = 0x8825;

/// The tag of the orientation.
pub(crate) const ORIENTATION: u16 = 0x0112;

/// Converts the value of the orientation tag.
pub(crate) fn orientation_from_tag(value: u64) -> Fact<Orientation> {
    let orientation = u16::try_from(value).ok().and_then(Orientation::from_exif);
    orientation.map_or(Fact::Unknown(Reason::Damaged), Fact::Known)
}

/// The prefix of EXIF data in JPEG, but for its last byte: any, as in browsers.
pub(crate) const PREFIX: &[u8] = b"Exif\0";
pub(crate) const PREFIX_LEN: usize = 6;

/// Reads the orientation, and whether there is a location, from the EXIF data that fills this span. Damaged EXIF does not
/// damage the image: browsers ignore it too.
pub(crate) fn read(exif: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let (orientation, has_location) = tags(exif)?;
    media.orientation = orientation;
    media.has_location |= has_location;
    Ok(())
}

/// Returns the orientation, and whether there is a location.
fn tags(mut exif: Cursor<'_>) -> Result<(Fact<Orientation>, bool), Stop> {
    // Some writers copy JPEG's prefix into PNG and WebP.
    if exif.starts_with(PREFIX)? {
        exif.skip(PREFIX_LEN as u64)?;
    }
    let (mut orientation, mut has_location) = (None, false);
    let found = (|| {
        let mut directory = Directory::first(exif)?;
        while let Some(entry) = directory.next()? {
            match entry.tag {
                ORIENTATION if orientation.is_none() => orientation = Some(orientation_from_tag(entry.value)),
                GPS => has_location = true,
                _ => {}
            }
        }
        Ok(())
    })();
    let reason = if optional(found)?.is_some() { Reason::Absent } else { Reason::Damaged };
    Ok((orientation.unwrap_or(Fact::Unknown(reason)), has_location))
}
