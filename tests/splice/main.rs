//! Lossless changes: what is removed, what stays, and what is refused.
//!
//! `tools.rs` compares the results with exiftool and ffmpeg: `npm test -- splice`.

#![allow(clippy::trivially_copy_pass_by_ref, reason = "the name of a box is written as a reference")]

mod heif;
mod hostile;
mod images;
mod movie_file;
mod movies;
mod places;
mod sounds;
mod tools;

use mediaferry::fix::splice::{Changes, Removal, Splice, Strip};

const LOCATION: Changes = Changes { strip: Some(Strip::Location), remux: false, faststart: false };
const METADATA: Changes = Changes { strip: Some(Strip::Metadata), remux: false, faststart: false };

/// The kinds of data that a splice removed.
fn kinds(splice: &Splice) -> Vec<Removal> {
    splice.removed.iter().map(|removed| removed.kind).collect()
}

/// EXIF data: a maker, an orientation, and a latitude.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0*\0\0\0\x08\0\x03".to_vec();
    exif.extend(b"\x01\x0F\0\x02\0\0\0\x04Sun\0");
    exif.extend([1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    exif.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x32\0\0\0\0");
    // The directory of the position, and its value.
    exif.extend(b"\0\x01\0\x02\0\x05\0\0\0\x01\0\0\0\x44\0\0\0\0\0\0\0\x34\0\0\0\x01");
    exif
}

/// The same data without the position, as long as before.
fn exif_without_location(orientation: u8) -> Vec<u8> {
    let mut exif = exif(orientation);
    exif[9] = 2;
    exif[34..].fill(0);
    exif
}

/// EXIF data with the orientation alone.
fn minimal_exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0".to_vec();
    exif[19] = orientation;
    exif
}

const XMP: &[u8] = b"<x:xmpmeta exif:GPSLatitude='52,30N' dc:title='A title that is long enough to be replaced'/>";
/// A packet without properties, as long as that one.
fn blank_xmp() -> Vec<u8> {
    let mut packet = b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>".to_vec();
    packet.resize(XMP.len(), b' ');
    packet
}
