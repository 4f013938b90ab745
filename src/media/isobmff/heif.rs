//! HEIC, HEIF and AVIF: the size and the orientation of the primary image. No provider accepts them, but users have
//! such files.
//!
//! ISO/IEC 14496-12 §8.11 (items), ISO/IEC 23008-12 §6.5 (their properties)

use crate::media::cursor::{Cursor, Fields, tags};
use crate::media::error::Stop;
use crate::media::isobmff::boxes::Atom;
use crate::media::{Fact, Format, Media, Orientation, size};

tags! {
    PITM = b"pitm";
    IPRP = b"iprp";
    IPCO = b"ipco";
    IPMA = b"ipma";
    ISPE = b"ispe";
    CLAP = b"clap";
    IROT = b"irot";
    IMIR = b"imir";
}
/// Brands of the file type box, in the order of [`Format::UNSUPPORTED`]: of HEVC, of AV1, and of images with any codec.
const BRANDS: [&[u8]; 3] = [b"heicheixheimheishevchevxhevmhevs", b"avifavisavio", b"mif1mif2msf1avciavcsjpegjpgs"];
/// More bytes than any writer needs for the properties of all items.
const ASSOCIATIONS: u64 = 64 << 10;
/// EXIF values of clockwise quarter turns; then the same with left and right mirrored.
const TURNS: [u16; 8] = [1, 6, 3, 8, 2, 7, 4, 5];
const MIRRORED: u8 = 4;

/// Returns the image format of a file type box, if it is one.
///
/// If the major brand is the general one of HEIF, a compatible brand determines the format.
pub(crate) fn format(major: &[u8], compatible: &[u8]) -> Option<Format> {
    let place = |brand: &[u8]| BRANDS.iter().position(|brands| brands.chunks_exact(4).any(|known| known == brand));
    let mut format = place(major)?;
    for brand in compatible.chunks_exact(4) {
        if format == 2 {
            format = place(brand).unwrap_or(format);
        }
    }
    Format::UNSUPPORTED.get(format).copied()
}

/// Reads the meta box of a file.
pub(crate) fn read(mut meta: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let (mut primary, mut properties, mut associations) = (0, Vec::new(), Fields(&[]));
    // The version and flags.
    meta.skip(4)?;
    // Boxes that contain others are entered by skipping only their header. A box in the property container is a
    // property.
    let mut container = 0;
    while meta.left() >= 8 {
        let is_property = meta.at() < container;
        let part = Atom::next(&mut meta)?;
        let fields = part.fields(16)?;
        match part.kind {
            _ if is_property => properties.push((part.kind, fields)),
            PITM => primary = item(fields, 4),
            IPRP => meta = meta.enter(part.body),
            IPCO => {
                meta = meta.enter(part.body);
                container = part.body.end();
            }
            IPMA => associations = part.fields(ASSOCIATIONS)?,
            _ => {}
        }
    }
    // The version and flags, a count, and for each item its number and the numbers of its properties.
    let (number_len, index_len) =
        (if associations.u8(0) == 0 { 2 } else { 4 }, 1 + usize::from(associations.u8(3) & 1));
    let mut at = 8;
    while at < associations.0.len() {
        let is_primary = item(associations, at) == primary;
        at += number_len;
        let count = associations.u8(at);
        at += 1;
        let mut turn = 0;
        for _ in 0..count {
            // The highest bit means that the property is essential.
            let index =
                if index_len == 1 { u16::from(associations.u8(at) & 0x7F) } else { associations.be16(at) & 0x7FFF };
            at += index_len;
            let Some((kind, fields)) = properties.get(usize::from(index).wrapping_sub(1)).filter(|_| is_primary) else {
                continue;
            };
            // The properties are in the order in which they are applied (§6.5.1).
            match *kind {
                ISPE => media.stored_size = size(fields.be32(4), fields.be32(8)),
                // The size to display, as fractions.
                CLAP => {
                    let side = |at| fields.be32(at).checked_div(fields.be32(at + 4)).unwrap_or(0);
                    media.stored_size = size(side(0), side(8));
                }
                // Counterclockwise quarter turns.
                IROT => turn = turn & MIRRORED | turn.wrapping_sub(fields.u8(0)) & 3,
                // 0 swaps top and bottom, which equals the other mirroring and half a turn.
                IMIR => {
                    turn = turn & MIRRORED ^ MIRRORED | (fields.u8(0) & 1 ^ 1).wrapping_mul(2).wrapping_sub(turn) & 3;
                }
                _ => {}
            }
        }
        if is_primary {
            let exif = TURNS.get(usize::from(turn)).copied().and_then(Orientation::from_exif);
            media.orientation = exif.map_or(media.orientation, Fact::Known);
        }
    }
    Ok(())
}

/// Returns the number of an item, which is wider in later versions of the box.
fn item(full: Fields<'_>, at: usize) -> u32 {
    if full.u8(0) == 0 { full.be16(at).into() } else { full.be32(at) }
}
