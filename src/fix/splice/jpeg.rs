//! JPEG: removes application segments, comments, and what follows the end of the image.
//!
//! Kept: JFIF's density, the ICC profile, Adobe's segment, which defines the colours, and the orientation. Segments:
//! <https://www.w3.org/Graphics/JPEG/itu-t81.pdf> annex B, <https://exiftool.org/TagNames/JPEG.html>
//!
//! Without a location, every part is as long as before, because the index of further images (MPF) contains offsets.

use super::embedded::{APP1, PACKET, PART_OF_PACKET, blank_packet, remove_exif_location};
use super::output::Output;
use super::reader::{DAMAGED, Reader, Stop};
use super::{Removal, Strip, TELLS_KINDS, exif, photoshop, position, xmp};
use crate::media::{EXIF_PREFIX, EXIF_PREFIX_LEN};

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP2: u8 = 0xE2;
const APP13: u8 = 0xED;
const APP14: u8 = 0xEE;
const APP15: u8 = 0xEF;
const COM: u8 = 0xFE;
/// JFIF's segment without a thumbnail, up to the sides of the thumbnail.
const JFIF: usize = 12;
/// Photoshop's data. More than fits into a segment continues in the next one, which cannot be read alone.
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\08BIM";

#[derive(Debug, Default)]
pub(super) struct Jpeg {
    at: u64,
    part: Part,
    /// Whether a scan was found.
    has_scan: bool,
    /// Whether EXIF data with an orientation was found, which is the one that counts.
    has_orientation: bool,
}

/// What is at the current offset.
#[derive(Clone, Copy, Debug, Default)]
enum Part {
    #[default]
    Marker,
    Scan,
    /// What follows the end of the image.
    End,
}

impl Jpeg {
    pub(super) fn run(&mut self, reader: &Reader, output: &mut Output, strip: Option<Strip>) -> Result<(), Stop> {
        let Some(strip) = strip else { return Ok(()) };
        while self.at < reader.size() {
            match self.part {
                Part::Marker => self.marker(reader, output, strip)?,
                Part::Scan => self.scan(reader, output)?,
                Part::End => self.end(reader, output, strip)?,
            }
        }
        if self.has_scan { Ok(()) } else { Err(DAMAGED) }
    }

    fn keep(&mut self, output: &mut Output, len: u64) -> Result<(), Stop> {
        output.keep(self.at, len)?;
        self.at += len;
        Ok(())
    }

    fn remove(&mut self, output: &mut Output, kind: Removal, len: u64) {
        output.removed(kind, len);
        self.at += len;
    }

    /// Copies or removes the next marker with its segment, or the junk before it.
    fn marker(&mut self, reader: &Reader, output: &mut Output, strip: Strip) -> Result<(), Stop> {
        if self.has_scan && reader.size() - self.at < 4 && !reader.up_to(self.at, 2)?.starts_with(&[0xFF, EOI]) {
            return self.cut(reader, output);
        }
        let bytes = reader.next(self.at)?;
        // Fill bytes, and what is stuffed (JPEG-LS stuffs a bit), are junk to the probe and to decoders too.
        let junk = match bytes {
            [0xFF, 0xFF, ..] => 1,
            [0xFF, ..=0x7F, ..] => 2,
            [0xFF, ..] => 0,
            _ => bytes.iter().position(|byte| *byte == 0xFF).unwrap_or(bytes.len()),
        };
        if junk > 0 {
            // In a damaged scan, it may be a part of the image.
            if strip == Strip::Location || self.has_scan {
                return self.keep(output, junk as u64);
            }
            self.remove(output, Removal::Other, junk as u64);
            return Ok(());
        }
        let marker = reader.get(self.at, 2)?.last().copied().ok_or(DAMAGED)?;
        match marker {
            0 | 0xFF => return Ok(()),
            0x01 | 0xD0..=SOI => return self.keep(output, 2),
            EOI if !self.has_scan => return Err(DAMAGED),
            EOI => {
                self.part = Part::End;
                return self.keep(output, 2);
            }
            _ => {}
        }
        let len = match reader.get(self.at, 4)? {
            [_, _, high, low] => u16::from_be_bytes([*high, *low]),
            _ => return Err(DAMAGED),
        };
        if len < 2 {
            return Err(DAMAGED);
        }
        let len = 2 + u64::from(len);
        if len > reader.size() - self.at {
            return self.cut(reader, output);
        }
        if matches!(marker, APP0..=APP15 | COM) {
            let len = usize::try_from(len).map_err(|_| DAMAGED)?;
            let (segment, next) = reader.up_to(self.at, len as u64 + 2)?.split_at_checked(len).ok_or(DAMAGED)?;
            // What looks like a segment may be a part of a damaged scan.
            if self.has_scan && !matches!(next, [] | [0xFF, 0xC0..=0xFE]) {
                return Err(DAMAGED);
            }
            return match strip {
                Strip::Location => self.without_location(marker, segment, output),
                Strip::Metadata => self.without_metadata(marker, segment, output),
            };
        }
        self.keep(output, len)?;
        if marker == SOS {
            self.has_scan = true;
            self.part = Part::Scan;
        }
        Ok(())
    }

    /// Keeps the rest of a file that ends before its last segment or marker does. Decoders show what is there.
    fn cut(&mut self, reader: &Reader, output: &mut Output) -> Result<(), Stop> {
        if !self.has_scan {
            return Err(DAMAGED);
        }
        self.keep(output, reader.size() - self.at)
    }

    /// Copies a scan up to the next marker.
    fn scan(&mut self, reader: &Reader, output: &mut Output) -> Result<(), Stop> {
        let bytes = reader.next(self.at)?;
        // Below C0 are stuffed bytes (JPEG-LS stuffs a bit), D0 to D7 are restarts.
        let is_marker = |pair: &[u8]| matches!(pair, [0xFF, 0xC0..=0xCF | 0xD8..=0xFE]);
        match bytes.windows(2).position(is_marker) {
            Some(at) => {
                self.part = Part::Marker;
                self.keep(output, at as u64)
            }
            // The last byte may be the first of a marker.
            None if bytes.len() > 1 => self.keep(output, bytes.len() as u64 - 1),
            None if self.at + 1 == reader.size() => self.keep(output, 1),
            None => reader.get(self.at, 2).map(drop),
        }
    }

    /// What follows the image: further images, the video of a motion photo, padding, or data of the camera.
    fn end(&mut self, reader: &Reader, output: &mut Output, strip: Strip) -> Result<(), Stop> {
        let rest = reader.size() - self.at;
        let is_image = reader.up_to(self.at, 3)? == [0xFF, SOI, 0xFF];
        match strip {
            Strip::Metadata => {
                self.remove(output, if is_image { Removal::Image } else { Removal::Trailer }, rest);
            }
            Strip::Location if is_image => {
                (self.part, self.has_scan, self.has_orientation) = (Part::Marker, false, false);
            }
            Strip::Location => {
                // Padding may precede a further image.
                let zeros = reader.next(self.at)?.iter().take_while(|byte| **byte == 0).count();
                let after = reader.up_to(self.at, zeros as u64 + 3)?.get(zeros..).unwrap_or_default();
                if zeros > 0 && matches!(after, [] | [0, ..] | [0xFF, SOI, 0xFF]) {
                    return self.keep(output, zeros as u64);
                }
                // A video has a location of its own.
                self.remove(output, Removal::Trailer, rest);
            }
        }
        Ok(())
    }

    fn without_metadata(&mut self, marker: u8, segment: &[u8], output: &mut Output) -> Result<(), Stop> {
        let len = segment.len() as u64;
        let data = segment.get(4..).unwrap_or_default();
        let kind = match (marker, data) {
            (APP0, [b'J', b'F', b'I', b'F', 0, ..]) if data.len() > JFIF + 2 => {
                output.push(&[0xFF, APP0, 0, 16])?;
                output.push(data.get(..JFIF).unwrap_or_default())?;
                output.push(&[0, 0])?;
                self.at += len;
                output.removed(Removal::Thumbnail, len.saturating_sub(18));
                return Ok(());
            }
            (APP0, [b'J', b'F', b'I', b'F', 0, ..] | [b'A', b'V', b'I', b'1', ..])
            | (APP14, [b'A', b'd', b'o', b'b', b'e', ..]) => return self.keep(output, len),
            (APP2, data) if data.starts_with(b"ICC_PROFILE\0") => return self.keep(output, len),
            (APP1, data) if data.starts_with(EXIF_PREFIX) => return self.orientation_alone(segment, output),
            _ if !TELLS_KINDS => Removal::Other,
            (APP0, [b'J', b'F', b'X', b'X', ..]) => Removal::Thumbnail,
            (APP1, data) if data.starts_with(b"http://ns.adobe.com/") => Removal::Xmp,
            (APP2, data) if data.starts_with(b"MPF\0") || data.starts_with(b"urn:iso:std:iso:ts:21496") => {
                Removal::Image
            }
            (APP13, data) if data.starts_with(b"Photoshop") || data.starts_with(b"Adobe_") => Removal::Iptc,
            (COM, _) => Removal::Comment,
            _ => Removal::Other,
        };
        self.remove(output, kind, len);
        Ok(())
    }

    /// Replaces EXIF data by its orientation.
    fn orientation_alone(&mut self, segment: &[u8], output: &mut Output) -> Result<(), Stop> {
        let data = segment.get(4 + EXIF_PREFIX_LEN..).unwrap_or_default();
        let minimal = if self.has_orientation { None } else { exif::minimal(data) };
        self.has_orientation |= exif::has_orientation(data);
        if let Some(minimal) = minimal {
            if data == minimal && segment.get(9) == Some(&0) {
                return self.keep(output, segment.len() as u64);
            }
            output.push(&[0xFF, APP1, 0, 2 + 6 + 26])?;
            output.push(EXIF_PREFIX)?;
            output.push(&[0])?;
            output.push(&minimal)?;
        }
        report_exif(data, segment.len(), output);
        self.at += segment.len() as u64;
        Ok(())
    }

    /// Overwrites the locations in a segment.
    fn without_location(&mut self, marker: u8, segment: &[u8], output: &mut Output) -> Result<(), Stop> {
        let mut edited = segment.to_vec();
        let data = edited.get_mut(4..).unwrap_or_default();
        let removed = match marker {
            APP1 if data.starts_with(EXIF_PREFIX) => {
                remove_exif_location(data.get_mut(EXIF_PREFIX_LEN..).unwrap_or_default())
            }
            APP13 if data.starts_with(PHOTOSHOP) => photoshop::remove_location(data),
            // A camera's own data may state a position, as that of FLIR, GoPro and drones does.
            _ if !self.has_scan && !is_known(marker, data) && data.iter().any(|byte| *byte != 0) => {
                data.fill(0);
                data.len() as u64
            }
            APP1 => blank_packet(data),
            COM if xmp::has_location(data) || position::is_in(data) => {
                data.fill(b' ');
                data.len() as u64
            }
            _ => 0,
        };
        if removed == 0 {
            return self.keep(output, segment.len() as u64);
        }
        // What looks like a segment may be a part of a damaged scan, of which nothing is overwritten.
        if self.has_scan {
            return Err(DAMAGED);
        }
        output.push(&edited)?;
        output.removed(Removal::Gps, removed);
        self.at += segment.len() as u64;
        Ok(())
    }
}

/// Returns whether a segment is one without a location, or one whose locations are found.
fn is_known(marker: u8, data: &[u8]) -> bool {
    let names: &[&[u8]] = match marker {
        APP0 => &[b"JFIF", b"JFXX", b"AVI1"],
        APP1 => &[PACKET, PART_OF_PACKET],
        APP2 => &[b"ICC_PROFILE\0", b"MPF\0", b"urn:iso:std:iso:ts:21496"],
        APP14 => &[b"Adobe"],
        _ => return marker == COM,
    };
    names.iter().any(|name| data.starts_with(name))
}

/// Reports EXIF data of this length that was removed.
pub(super) fn report_exif(data: &[u8], len: usize, output: &mut Output) {
    if !TELLS_KINDS {
        return output.removed(Removal::Exif, len as u64);
    }
    let contents = exif::contents(data);
    for (kind, bytes) in [(Removal::Gps, contents.location), (Removal::Thumbnail, contents.thumbnail)] {
        if bytes > 0 {
            output.removed(kind, bytes.min(len as u64));
        }
    }
    output.removed(Removal::Exif, (len as u64).saturating_sub(contents.location + contents.thumbnail));
}
