//! HEIC, HEIF and AVIF: the size of the primary picture, and how it is turned. No provider takes them, but people have them.
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
/// Brands of the file type box, as [`Format::UNSUPPORTED`] has the formats: of HEVC, of AV1, and of pictures with whatever
/// codec.
const BRANDS: [&[u8]; 3] = [b"heicheixheimheishevchevxhevmhevs", b"avifavisavio", b"mif1mif2msf1avciavcsjpegjpgs"];
/// More than any writer needs to say which item has which properties.
const ASSOCIATIONS: u64 = 64 << 10;
/// EXIF's numbers for turns to the right by a quarter each; then the same behind a mirror that swaps left and right.
const TURNS: [u16; 8] = [1, 6, 3, 8, 2, 7, 4, 5];
const MIRRORED: u8 = 4;

/// The format of pictures that a file type box stands for, if it does.
///
/// The major brand may be the general one of HEIF. Then a compatible brand says which it is.
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
    // A version and flags.
    meta.skip(4)?;
    // Boxes that hold others are entered by passing over their header only. A box is a property if it is in their container.
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
    // A version and flags, a count, and for each item its number and those of its properties.
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
            // The highest bit says that it must not be ignored.
            let index =
                if index_len == 1 { u16::from(associations.u8(at) & 0x7F) } else { associations.be16(at) & 0x7FFF };
            at += index_len;
            let Some((kind, fields)) = properties.get(usize::from(index).wrapping_sub(1)).filter(|_| is_primary) else {
                continue;
            };
            // In the order in which they are applied (§6.5.1).
            match *kind {
                ISPE => media.stored_size = size(fields.be32(4), fields.be32(8)),
                // What is to be shown of it, as fractions.
                CLAP => {
                    let side = |at| fields.be32(at).checked_div(fields.be32(at + 4)).unwrap_or(0);
                    media.stored_size = size(side(0), side(8));
                }
                // To the left by so many quarters.
                IROT => turn = turn & MIRRORED | turn.wrapping_sub(fields.u8(0)) & 3,
                // 0 swaps top and bottom, which is the other mirror and half a turn.
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

/// The number of an item, which is wider in later versions of the box.
fn item(full: Fields<'_>, at: usize) -> u32 {
    if full.u8(0) == 0 { full.be16(at).into() } else { full.be32(at) }
}
