//! A track of an ISO base media file: what its boxes say, in whatever order they come.
//!
//! ISO/IEC 14496-12 §8.3 to §8.5; protected entries §8.12; configuration records ISO/IEC 14496-15

use crate::media::cursor::{Fields, find, tags};
use crate::media::error::Stop;
use crate::media::isobmff::boxes::{Atom, number};
use crate::media::{Fact, Orientation, Size, codecs, h264, h265, size};

tags! {
    TKHD = b"tkhd";
    MDHD = b"mdhd";
    HDLR = b"hdlr";
    VMHD = b"vmhd";
    SMHD = b"smhd";
    STSD = b"stsd";
    STTS = b"stts";
    // Handlers of media, and the sort of handler that is none.
    VIDE = b"vide";
    SOUN = b"soun";
    // Of pictures that are shown one after another.
    PICT = b"pict";
    DATA_HANDLER = b"dhlr";
}
/// What of a sample entry is looked at: its boxes come first, and a configuration is short.
const ENTRY: u64 = 2048;

#[derive(Default)]
pub(crate) struct Track {
    pub(crate) id: u32,
    /// Whether a player is to show it.
    pub(crate) is_enabled: bool,
    handler: u32,
    /// Ticks of the movie's clock, as edited; then of its own.
    pub(crate) edited: u64,
    pub(crate) timescale: u32,
    pub(crate) duration: u64,
    /// From the first sample entry, if it is a picture's.
    coded: (u32, u32),
    /// From the track header.
    shown: (u32, u32),
    pub(crate) turned: Option<Orientation>,
    pub(crate) codec: Option<&'static str>,
    /// Whether the sample entry has been seen.
    is_described: bool,
    /// Whether the movie box lists samples, once that has been seen.
    pub(crate) has_samples: Option<bool>,
}

impl Track {
    /// Reads a box of the track. The first of each counts, should it be repeated.
    pub(crate) fn read(&mut self, part: &Atom<'_>) -> Result<(), Stop> {
        match part.kind {
            TKHD if self.turned.is_none() => {
                let fields = part.fields(96)?;
                // Two dates and the duration before the rest are twice as wide in version 1.
                let shift = if fields.u8(0) == 0 { 0 } else { 12 };
                self.is_enabled = fields.u8(3) & 1 != 0;
                self.id = fields.be32(12 + shift / 3 * 2);
                self.edited = number(fields, 20, 28);
                let sign = |at: usize| fields.be32(40 + shift + at * 4).cast_signed().signum();
                self.turned = Some(turned(sign(0), sign(1), sign(3), sign(4)));
                // Fixed point, 16.16.
                self.shown = (fields.be16(76 + shift).into(), fields.be16(80 + shift).into());
            }
            MDHD if self.timescale == 0 => (self.timescale, self.duration) = clock(part)?,
            HDLR => {
                // QuickTime has a second one, for where the data is.
                let fields = part.fields(12)?;
                if self.handler == 0 && fields.be32(4) != DATA_HANDLER {
                    self.handler = if fields.be32(8) == PICT { VIDE } else { fields.be32(8) };
                }
            }
            // They tell the same, should the handler be missing or not do so.
            VMHD => self.media_header(VIDE),
            SMHD => self.media_header(SOUN),
            STSD if !self.is_described => {
                self.is_described = true;
                let mut entries = part.body;
                // Behind a version and a count.
                entries.skip(8)?;
                self.describe(&Atom::next(&mut entries)?)?;
            }
            STTS => self.has_samples = Some(part.fields(8)?.be32(4) > 0),
            _ => {}
        }
        Ok(())
    }

    fn media_header(&mut self, handler: u32) {
        if !self.is_video() && !self.is_audio() {
            self.handler = handler;
        }
    }

    fn describe(&mut self, entry: &Atom<'_>) -> Result<(), Stop> {
        let bytes = { entry.body }.rest(ENTRY)?;
        let fields = Fields(bytes);
        let behind = |name: &[u8]| bytes.get(find(bytes, name)? + 4..);
        // What is protected has its own format inside.
        let tag = behind(b"frma").map_or(entry.kind, |format| Fields(format).be32(0));
        self.codec = behind(b"esds").map_or_else(|| codecs::by_tag(tag), codecs::by_descriptor);
        self.coded = (fields.be16(24).into(), fields.be16(26).into());
        if self.coded.0 == 0 {
            let configured = behind(b"avcC").and_then(h264::configuration);
            self.coded = configured.or_else(|| behind(b"hvcC").and_then(h265::configuration)).unwrap_or_default();
        }
        Ok(())
    }

    /// The size of its pictures; some sample entries leave it to the track header.
    pub(crate) fn size(&self) -> Fact<Size> {
        match size(self.coded.0, self.coded.1) {
            Fact::Unknown(_) => size(self.shown.0, self.shown.1),
            known => known,
        }
    }

    /// Whether every box that matters has been seen. The sample tables are most of a movie box and say nothing more.
    pub(crate) const fn is_told(&self) -> bool {
        self.is_described && self.turned.is_some() && self.timescale > 0 && self.handler != 0
    }

    pub(crate) const fn is_video(&self) -> bool {
        self.handler == VIDE
    }

    pub(crate) const fn is_audio(&self) -> bool {
        self.handler == SOUN
    }
}

/// Ticks per second and the ticks that pass, which open the headers of movies and media alike.
pub(crate) fn clock(header: &Atom<'_>) -> Result<(u32, u64), Stop> {
    let fields = header.fields(32)?;
    let timescale = fields.be32(if fields.u8(0) == 0 { 12 } else { 20 });
    Ok((timescale, number(fields, 16, 24)))
}

/// The orientation of a transformation matrix (ISO/IEC 14496-12 §8.3.2), by the signs of its numbers:
/// x' = a·x + c·y and y' = b·x + d·y, with y growing downwards.
fn turned(a: i32, b: i32, c: i32, d: i32) -> Orientation {
    // As one number: a `match` over four compares four times for each of its lines.
    const fn signs(a: i32, b: i32, c: i32, d: i32) -> i32 {
        ((a * 3 + b) * 3 + c) * 3 + d
    }
    const MIRRORED: i32 = signs(-1, 0, 0, 1);
    const HALF: i32 = signs(-1, 0, 0, -1);
    const HALF_MIRRORED: i32 = signs(1, 0, 0, -1);
    const RIGHT_MIRRORED: i32 = signs(0, 1, 1, 0);
    const RIGHT: i32 = signs(0, 1, -1, 0);
    const LEFT_MIRRORED: i32 = signs(0, -1, -1, 0);
    const LEFT: i32 = signs(0, -1, 1, 0);
    let exif = match signs(a, b, c, d) {
        MIRRORED => 2,
        HALF => 3,
        HALF_MIRRORED => 4,
        RIGHT_MIRRORED => 5,
        RIGHT => 6,
        LEFT_MIRRORED => 7,
        LEFT => 8,
        _ => 1,
    };
    Orientation::from_exif(exif).unwrap_or(Orientation::UPRIGHT)
}
