//! The EXIF data and XMP packets of a JPEG, also of one within other data: a thumbnail, or a cover.

use super::{exif, xmp};
use crate::media::{EXIF_PREFIX, EXIF_PREFIX_LEN};

/// The segment with either.
pub(super) const APP1: u8 = 0xE1;
/// The names of XMP segments (XMP specification, part 3, §1.1.3).
pub(super) const PACKET: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
pub(super) const PART_OF_PACKET: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";

/// Overwrites the locations in EXIF data and in its thumbnail. Returns the number of bytes.
pub(super) fn remove_exif_location(exif: &mut [u8]) -> u64 {
    exif::remove_location(exif, remove_locations)
}

/// Overwrites an XMP packet, or a part of a large one, if it names a location. Returns the number of bytes.
pub(super) fn blank_packet(data: &mut [u8]) -> u64 {
    let name = name_len(data);
    let text = data.get_mut(name..).unwrap_or_default();
    if !xmp::has_location(text) {
        return 0;
    }
    if name == PACKET.len() {
        xmp::blank(text);
    } else {
        text.fill(b' ');
    }
    text.len() as u64
}

/// Overwrites the locations in JPEGs among other data. Returns the number of bytes.
pub(super) fn remove_locations(mut bytes: &mut [u8]) -> u64 {
    let mut removed = 0;
    while let Some(at) = crate::text::find(bytes, &[0xFF, APP1]) {
        let (_, rest) = bytes.split_at_mut(at + 2);
        let len = rest.first_chunk().map_or(0, |len| u16::from_be_bytes(*len).into()).min(rest.len());
        let (segment, after) = rest.split_at_mut(len);
        bytes = after;
        let data = segment.get_mut(2..).unwrap_or_default();
        if data.starts_with(EXIF_PREFIX) {
            removed += exif::remove_location(data.get_mut(EXIF_PREFIX_LEN..).unwrap_or_default(), |_| 0);
        } else if data.starts_with(PACKET) {
            removed += blank_packet(data);
        }
    }
    removed
}

/// Returns the length of the name of an XMP segment; the name of a part of a large packet includes its position.
fn name_len(data: &[u8]) -> usize {
    match data {
        _ if data.starts_with(PACKET) => PACKET.len(),
        _ if data.starts_with(PART_OF_PACKET) => PART_OF_PACKET.len() + 40,
        _ => 0,
    }
}
