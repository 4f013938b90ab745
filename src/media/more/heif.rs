//! HEIC, HEIF and AVIF: the size of the primary picture, and how it is turned. No provider takes them, but people have them.
//!
//! ISO/IEC 14496-12 §8.11 (items), ISO/IEC 23008-12 §6.5 (their properties)

use super::boxes::Atom;
use super::cursor::{Cursor, is_listed, tags};
use super::window::Stop;
use super::{Fact, Format, Media, Orientation, size};

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
/// Brands of the file type box: of AVIF, of HEVC, and of pictures with whatever codec.
const BRANDS: [(&[u8], Format); 3] = [
    (b"avifavisavio", Format::Avif),
    (b"heicheixheimheishevchevxhevmhevs", Format::Heic),
    (b"mif1mif2mif3msf1miafavciavcsjpegjpgsj2ki1pic", Format::Heif),
];
/// EXIF's numbers for turns to the right by a quarter each; then the same behind a mirror that swaps left and right.
const TURNS: [u16; 8] = [1, 6, 3, 8, 2, 7, 4, 5];
const MIRRORED: u8 = 4;

/// The format of pictures that a file type box stands for, if it does.
///
/// The major brand may be the general one of HEIF. Then a compatible brand says which it is.
pub(super) fn format(major: u32, compatible: &[u8]) -> Option<Format> {
    let has = |brands: &[u8], brand: &[u8]| {
        brand.first_chunk().is_some_and(|brand| is_listed(brands, u32::from_be_bytes(*brand)))
    };
    let of = |list: &[u8]| BRANDS.iter().find(|(brands, _)| list.chunks_exact(4).any(|brand| has(brands, brand)));
    let (_, general) = of(&major.to_be_bytes())?;
    Some(if *general == Format::Heif { of(compatible).map_or(*general, |(_, special)| *special) } else { *general })
}

/// Reads the meta box of a file.
pub(super) fn read(mut meta: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let (mut primary, mut properties, mut associations) = (0, Vec::new(), Vec::new());
    // A version and flags.
    meta.skip(4)?;
    while meta.left() >= 8 {
        let part = Atom::next(&mut meta)?;
        match part.kind {
            PITM => {
                let mut body = part.body;
                body.skip(4)?;
                primary = item(&mut body, &part)?;
            }
            IPRP => meta = meta.enter(part.body),
            IPCO => {
                let mut container = part.body;
                while container.left() >= 8 {
                    let property = Atom::next(&mut container)?;
                    properties.push((property.kind, property.fields(16)?));
                }
            }
            IPMA => associations.push(part),
            _ => {}
        }
    }
    for part in &associations {
        let mut entries = part.body;
        let is_wide = entries.be32()? & 1 != 0;
        for _ in 0..entries.be32()? {
            let item = item(&mut entries, part)?;
            // In the order in which they are applied (§6.5.1); the highest bit says that it must not be ignored.
            let (mut turn, mut pixels) = (0, media.stored_size);
            for _ in 0..entries.u8()? {
                let index = if is_wide { entries.be16()? & 0x7FFF } else { u16::from(entries.u8()? & 0x7F) };
                let property = usize::from(index).checked_sub(1).and_then(|at| properties.get(at));
                let Some((kind, fields)) = property.filter(|_| item == primary) else { continue };
                match *kind {
                    ISPE => pixels = size(fields.be32(4), fields.be32(8)),
                    // What is to be shown of it, as fractions.
                    CLAP => {
                        let side = |at| fields.be32(at).checked_div(fields.be32(at + 4)).unwrap_or(0);
                        pixels = size(side(0), side(8));
                    }
                    // To the left by so many quarters.
                    IROT => turn = turn & MIRRORED | turn.wrapping_sub(fields.u8(0)) & 3,
                    // 0 swaps top and bottom, which is the other mirror and half a turn.
                    IMIR => {
                        turn =
                            turn & MIRRORED ^ MIRRORED | (fields.u8(0) & 1 ^ 1).wrapping_mul(2).wrapping_sub(turn) & 3
                    }
                    _ => {}
                }
            }
            if item == primary {
                media.stored_size = pixels;
                let exif = TURNS.get(usize::from(turn)).copied().and_then(Orientation::from_exif);
                media.orientation = exif.map_or(media.orientation, Fact::Known);
            }
        }
    }
    Ok(())
}

/// The number of an item, which is wider in later versions of the box.
fn item(at: &mut Cursor<'_>, part: &Atom<'_>) -> Result<u32, Stop> {
    if part.fields(1)?.u8(0) == 0 { at.be16().map(u32::from) } else { at.be32() }
}
