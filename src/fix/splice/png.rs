//! PNG and APNG: removes chunks that no decoder needs to display the image, and what follows the last chunk.
//!
//! <https://www.w3.org/TR/png-3/>

use super::jpeg::report_exif;
use super::output::Output;
use super::reader::{DAMAGED, Reader, Stop};
use super::{Removal, Strip, TELLS_KINDS, embedded, exif, position, xmp};
use crate::media::{is_listed, png_profile_orientation, tags};

const SIGNATURE: u64 = 8;
tags! {
    EXIF = b"eXIf";
    TEXT = b"tEXt";
    COMPRESSED_TEXT = b"zTXt";
    UNICODE_TEXT = b"iTXt";
    COMPRESSED_EXIF = b"zxIf";
    TIME = b"tIME";
    IEND = b"IEND";
}
/// Ancillary chunks that change how the image is displayed, in lower case. Apple's iDOT is not one: it contains offsets.
const KEPT: &[u8] = b"trnschrmgamaiccpsrgbcicpmdcvcllisbitbkgdhistphysspltactlfctlfdatoffspcalscalster";
/// Bytes of other data that are read: a keyword, and the first directory of EXIF data as digits.
const START: u64 = 4 << 10;
/// `ImageMagick`'s keyword of EXIF data as hexadecimal digits.
const PROFILE: &[u8] = b"Raw profile type ";

#[derive(Debug, Default)]
pub(super) struct Png {
    at: u64,
    /// Whether an orientation was found, which is the one that counts.
    has_orientation: bool,
    is_done: bool,
}

impl Png {
    pub(super) fn run(&mut self, reader: &Reader, output: &mut Output, strip: Option<Strip>) -> Result<(), Stop> {
        let Some(strip) = strip else { return Ok(()) };
        if self.at == 0 {
            reader.get(0, 8)?;
            output.keep(0, SIGNATURE)?;
            self.at = SIGNATURE;
        }
        while !self.is_done {
            self.chunk(reader, output, strip)?;
        }
        if self.at < reader.size() {
            output.removed(Removal::Trailer, reader.size() - self.at);
        }
        Ok(())
    }

    fn chunk(&mut self, reader: &Reader, output: &mut Output, strip: Strip) -> Result<(), Stop> {
        let header: [u8; 8] = reader.get(self.at, 8)?.try_into().map_err(|_| DAMAGED)?;
        let [a, b, c, d, name @ ..] = header;
        let (len, kind) = (u64::from(u32::from_be_bytes([a, b, c, d])), u32::from_be_bytes(name));
        let whole = len + 12;
        if !name.iter().all(u8::is_ascii_alphabetic) || whole > reader.size() - self.at {
            return Err(DAMAGED);
        }
        let is_metadata = name.first().is_some_and(u8::is_ascii_lowercase) && !is_listed(KEPT, kind);
        let read = match (kind, strip) {
            _ if !is_metadata => 0,
            (EXIF, _) | (_, Strip::Location) => len,
            _ => len.min(START),
        };
        let data = reader.up_to(self.at, 8 + read)?.get(8..).ok_or(DAMAGED)?;
        let change = match strip {
            _ if !is_metadata => Change::Keep,
            Strip::Location => self.without_location(kind, data),
            Strip::Metadata => self.without_metadata(kind, data),
        };
        match &change {
            Change::Keep => output.keep(self.at, whole)?,
            Change::Remove => {}
            Change::Replace(data) => output.push(&chunk(kind, data))?,
        }
        match strip {
            _ if matches!(change, Change::Keep) => {}
            Strip::Location => output.removed(Removal::Gps, whole),
            Strip::Metadata if kind == EXIF => report_exif(data, data.len() + 12, output),
            Strip::Metadata => output.removed(kind_of(kind, data), whole),
        }
        self.at += whole;
        self.is_done = kind == IEND;
        Ok(())
    }

    fn without_metadata(&mut self, kind: u32, data: &[u8]) -> Change {
        let orientation = match kind {
            EXIF => exif::orientation(data),
            TEXT if data.starts_with(PROFILE) => png_profile_orientation(data),
            _ => None,
        };
        let is_found = if kind == EXIF { exif::has_orientation(data) } else { orientation.is_some() };
        let counts = is_found && !self.has_orientation;
        self.has_orientation |= is_found;
        let Some(orientation) = orientation.filter(|value| counts && *value != 1) else { return Change::Remove };
        let minimal = exif::with_orientation(orientation);
        let replacement = if kind == EXIF { minimal.to_vec() } else { profile(&minimal) };
        if replacement == data { Change::Keep } else { Change::Replace(replacement) }
    }

    fn without_location(&mut self, kind: u32, data: &[u8]) -> Change {
        match kind {
            EXIF => {
                let mut edited = data.to_vec();
                if embedded::remove_exif_location(&mut edited) > 0 { Change::Replace(edited) } else { Change::Keep }
            }
            // A profile in digits, or a compressed text, may contain anything.
            TEXT if data.starts_with(PROFILE) => self.without_metadata(kind, data),
            UNICODE_TEXT if data.starts_with(PROFILE) || is_compressed(data) => Change::Remove,
            COMPRESSED_TEXT | COMPRESSED_EXIF => Change::Remove,
            UNICODE_TEXT if is_packet(data) && !xmp::has_location(data) => Change::Keep,
            _ if position::may_be_in(data) => Change::Remove,
            _ => Change::Keep,
        }
    }
}

/// What becomes of a chunk.
enum Change {
    Keep,
    Remove,
    /// The same kind of chunk with this data.
    Replace(Vec<u8>),
}

/// Returns whether a text is an XMP packet.
fn is_packet(text: &[u8]) -> bool {
    text.starts_with(b"XML:com.adobe.xmp\0")
}

/// Returns whether an international text is compressed: the flag after the keyword.
fn is_compressed(text: &[u8]) -> bool {
    let keyword = text.iter().position(|byte| *byte == 0);
    keyword.and_then(|end| text.get(end + 1)) == Some(&1)
}

fn kind_of(kind: u32, data: &[u8]) -> Removal {
    match kind {
        _ if !TELLS_KINDS => Removal::Other,
        TIME => Removal::Dates,
        TEXT | COMPRESSED_TEXT | UNICODE_TEXT => match data.strip_prefix(PROFILE) {
            Some([b'e', b'x', ..] | [b'A', b'P', ..]) => Removal::Exif,
            Some([b'i', b'p', ..] | [b'8', b'b', ..]) => Removal::Iptc,
            Some([b'x', b'm', ..]) => Removal::Xmp,
            _ if is_packet(data) => Removal::Xmp,
            _ => Removal::Comment,
        },
        _ => Removal::Other,
    }
}

/// Returns EXIF data as a text, as `ImageMagick` writes it: its length, and lines of digits.
fn profile(exif: &[u8]) -> Vec<u8> {
    let mut out = [PROFILE, b"exif\0\nexif\n      32\n457869660000"].concat();
    for byte in exif {
        out.extend(
            [byte >> 4, byte & 0xF].map(|digit| b"0123456789abcdef".get(usize::from(digit)).copied().unwrap_or(0)),
        );
    }
    out.push(b'\n');
    out
}

/// Returns a whole chunk.
fn chunk(kind: u32, data: &[u8]) -> Vec<u8> {
    let checked = [&kind.to_be_bytes()[..], data].concat();
    // The data of a chunk comes from one, so its length fits.
    let len = u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&len[..], &checked, &crc(&checked).to_be_bytes()].concat()
}

/// The checksum of a chunk (§5.5).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ 0xEDB8_8320 & (crc & 1).wrapping_neg())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_the_one_of_the_last_chunk() {
        assert_eq!(chunk(IEND, b""), *b"\0\0\0\0IEND\xAEB`\x82");
    }

    #[test]
    fn profile_is_read_as_it_is_written() {
        for value in 2..=8 {
            assert_eq!(png_profile_orientation(&profile(&exif::with_orientation(value))), Some(value));
        }
    }
}
