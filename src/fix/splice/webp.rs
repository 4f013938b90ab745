//! WebP: removes chunks that no decoder needs, and corrects the sizes and the flags.
//!
//! <https://developers.google.com/speed/webp/docs/riff_container>

use super::jpeg::report_exif;
use super::output::Output;
use super::reader::{DAMAGED, Reader, Stop};
use super::{Removal, Strip, embedded, exif, position, xmp};
use crate::media::{is_listed, tags};

tags! {
    VP8 = b"VP8 ";
    VP8L = b"VP8L";
    VP8X = b"VP8X";
    EXIF = b"EXIF";
    XMP = b"XMP ";
}
/// Chunks of the image, in lower case.
const KEPT: &[u8] = b"vp8 vp8lalphanimanmficcp";
/// The header of the file, and that of a chunk.
const FILE_HEADER: u64 = 12;
const HEADER: u64 = 8;
/// The length of the extended header with its own header.
const EXTENDED: usize = 18;
/// Flags of the extended header.
const ANIMATION: u8 = 0x02;
const HAS_XMP: u8 = 0x04;
const HAS_EXIF: u8 = 0x08;
/// Bytes that the size of the file may be too large by: some writers count a header or a padding byte.
const TOLERANCE: u64 = 8;

#[derive(Debug, Default)]
pub(super) struct Webp {
    at: u64,
    end: u64,
    /// The extended header, of which the flags are corrected at the end.
    extended: Option<[u8; EXTENDED]>,
    /// The flags of the metadata that is kept.
    flags: u8,
    has_orientation: bool,
}

impl Webp {
    pub(super) fn run(&mut self, reader: &Reader, output: &mut Output, strip: Option<Strip>) -> Result<(), Stop> {
        let Some(strip) = strip else { return Ok(()) };
        if self.at == 0 {
            let declared = match reader.get(0, 8)? {
                [_, _, _, _, len @ ..] => u32::from_le_bytes(len.try_into().map_err(|_| DAMAGED)?),
                _ => return Err(DAMAGED),
            };
            let size = reader.size();
            let end = if matches!(declared, 0 | u32::MAX) { size } else { HEADER + u64::from(declared) };
            if end < FILE_HEADER || end > size + TOLERANCE {
                return Err(DAMAGED);
            }
            self.end = end.min(size);
            self.at = FILE_HEADER;
        }
        while self.end - self.at >= HEADER {
            self.chunk(reader, output, strip)?;
        }
        if self.end < reader.size() {
            output.removed(Removal::Trailer, reader.size() - self.end);
        }
        if output.is_unchanged() {
            output.clear();
        } else {
            self.finish(output)?;
        }
        Ok(())
    }

    fn chunk(&mut self, reader: &Reader, output: &mut Output, strip: Strip) -> Result<(), Stop> {
        let [kind @ .., a, b, c, d]: [u8; 8] = reader.get(self.at, 8)?.try_into().map_err(|_| DAMAGED)?;
        let kind = u32::from_be_bytes(kind);
        let len = u64::from(u32::from_le_bytes([a, b, c, d]));
        if len > self.end - self.at - HEADER {
            return Err(DAMAGED);
        }
        // Chunks start at even offsets; the last may lack its padding.
        let whole = (HEADER + len + (len & 1)).min(self.end - self.at);
        let data = || reader.up_to(self.at, HEADER + len)?.get(8..).ok_or(DAMAGED);
        // Decoders expect the image or the extended header first, with the size of the image.
        if self.at == FILE_HEADER && !matches!((kind, len), (VP8 | VP8X, 10..) | (VP8L, 5..)) {
            return Err(DAMAGED);
        }
        match (kind, strip) {
            (VP8X, _) if self.at == FILE_HEADER => {
                let header = reader.get(self.at, EXTENDED)?;
                self.extended = Some(header.try_into().map_err(|_| DAMAGED)?);
                output.keep(self.at + EXTENDED as u64, whole.checked_sub(EXTENDED as u64).ok_or(DAMAGED)?)?;
            }
            (EXIF, Strip::Metadata) => self.orientation_alone(data()?, output)?,
            (EXIF, Strip::Location) => {
                let mut edited = data()?.to_vec();
                self.flags |= self.original_flags() & HAS_EXIF;
                match embedded::remove_exif_location(&mut edited) {
                    0 => output.keep(self.at, whole)?,
                    removed => {
                        output.removed(Removal::Gps, removed);
                        push(EXIF, &edited, output)?;
                    }
                }
            }
            (XMP, Strip::Location) if xmp::has_location(data()?) => output.removed(Removal::Gps, whole),
            (XMP, Strip::Metadata) => output.removed(Removal::Xmp, whole),
            (_, Strip::Metadata) if !is_listed(KEPT, kind) => output.removed(Removal::Other, whole),
            (_, Strip::Location) if !is_listed(KEPT, kind) && kind != XMP && position::may_be_in(data()?) => {
                output.removed(Removal::Gps, whole);
            }
            _ => {
                if kind == XMP {
                    self.flags |= self.original_flags() & HAS_XMP;
                }
                output.keep(self.at, whole)?;
            }
        }
        self.at += whole;
        Ok(())
    }

    /// Returns the flags of the extended header.
    fn original_flags(&self) -> u8 {
        self.extended.map_or(0, |header| header[8])
    }

    /// Replaces EXIF data by its orientation.
    fn orientation_alone(&mut self, data: &[u8], output: &mut Output) -> Result<(), Stop> {
        // Readers look for EXIF data if a flag announces it, or on their way through the frames.
        let is_read = self.original_flags() & (HAS_EXIF | ANIMATION) != 0;
        let minimal = if self.has_orientation || !is_read { None } else { exif::minimal(data) };
        self.has_orientation |= exif::has_orientation(data);
        if let Some(minimal) = minimal {
            self.flags |= HAS_EXIF;
            push(EXIF, &minimal, output)?;
            if data == minimal {
                return Ok(());
            }
        }
        report_exif(data, data.len() + 8, output);
        Ok(())
    }

    /// Adds the headers, once the size is known.
    fn finish(&mut self, output: &mut Output) -> Result<(), Stop> {
        let mut start = b"RIFF\0\0\0\0WEBP".to_vec();
        if let Some(mut header) = self.extended {
            header[8] = header[8] & !(HAS_EXIF | HAS_XMP) | self.flags;
            start.extend(header);
        }
        let size = output.len() + start.len() as u64 - HEADER;
        let size = u32::try_from(size).map_err(|_| DAMAGED)?.to_le_bytes();
        if let Some(declared) = start.get_mut(4..8) {
            declared.copy_from_slice(&size);
        }
        output.prepend(&start);
        Ok(())
    }
}

/// Appends a chunk with padding.
fn push(kind: u32, data: &[u8], output: &mut Output) -> Result<(), Stop> {
    let len = u32::try_from(data.len()).map_err(|_| DAMAGED)?;
    output.push(&kind.to_be_bytes())?;
    output.push(&len.to_le_bytes())?;
    output.push(data)?;
    if data.len() % 2 == 1 { output.push(&[0]) } else { Ok(()) }
}
