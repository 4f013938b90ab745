//! Photoshop's data in a JPEG: IPTC, EXIF data and XMP, which name places.

use super::{embedded, xmp};

/// Overwrites the locations. Returns the number of bytes.
pub(super) fn remove_location(data: &mut [u8]) -> u64 {
    remove_places(data) + remove_resources(data) + embedded::remove_locations(data)
}

/// Overwrites the places in IPTC data with spaces. Returns the number of bytes.
///
/// A dataset is 1C, record 2, a number and a length. <https://www.iptc.org/std/IIM/4.2/specification/IIMV4.2.pdf> §6
fn remove_places(data: &mut [u8]) -> u64 {
    let mut removed = 0;
    let mut at = 0;
    while let Some([0x1C, 2, number, high, low]) = next_dataset(data, &mut at) {
        let len = usize::from(u16::from_be_bytes([high, low]));
        // Content location, city, sublocation, state, country.
        if matches!(number, 26 | 27 | 90 | 92 | 95 | 100 | 101)
            && let end = data.len().min(at + len)
            // The rest may be in the next segment.
            && let Some(text) = data.get_mut(at..end)
            && text.iter().any(|byte| *byte != b' ')
        {
            text.fill(b' ');
            removed += text.len() as u64;
        }
    }
    removed
}

/// Overwrites the locations in EXIF data and in XMP packets that Photoshop writes among its own data. Returns the number of
/// bytes.
///
/// A resource is 8BIM, a number, a name and data, both with their lengths.
/// <https://www.adobe.com/devnet-apps/photoshop/fileformatashtml/#50577409_46269>
fn remove_resources(data: &mut [u8]) -> u64 {
    let mut removed = 0;
    let mut rest = data;
    while let Some(at) = crate::text::find(rest, b"8BIM\x04") {
        let Some(resource) = rest.get_mut(at + 5..) else { break };
        rest = resource;
        let [number @ (0x22 | 0x24), name, ..] = *rest else { continue };
        // The name with its length has an even one.
        let start = 1 + (usize::from(name) | 1) + 1;
        let Some(len) = rest.get(start..).and_then(|len| len.first_chunk()) else { continue };
        let end = (start + 4).saturating_add(u32::from_be_bytes(*len) as usize).min(rest.len());
        // What follows is not in the value, which is searched once.
        let (resource, after) = rest.split_at_mut(end);
        rest = after;
        let Some(value) = resource.get_mut(start + 4..) else { continue };
        if number == 0x22 {
            removed += embedded::remove_exif_location(value);
        } else if xmp::has_location(value) {
            xmp::blank(value);
            removed += value.len() as u64;
        }
    }
    removed
}

/// Returns the header of the next dataset, and moves past it.
fn next_dataset(data: &[u8], at: &mut usize) -> Option<[u8; 5]> {
    let start = *at + crate::text::find(data.get(*at..)?, &[0x1C, 2])?;
    let header = *data.get(start..)?.first_chunk()?;
    *at = start + 5;
    Some(header)
}
