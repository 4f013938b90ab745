//! A track of an ISO base media file: the data of its boxes, which may come in any order.
//!
//! ISO/IEC 14496-12 §8.3 to §8.5; protected entries §8.12; configuration records ISO/IEC 14496-15

use crate::media::cursor::{Fields, find, is_listed, tags};
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
    // Media handlers; `dhlr` is not one.
    VIDE = b"vide";
    SOUN = b"soun";
    // A track of images that are shown one after another.
    PICT = b"pict";
    DATA_HANDLER = b"dhlr";
}
/// Bytes of a sample entry that are read. Its boxes come first, and a configuration is short.
const ENTRY: u64 = 2048;
/// Sample entries that contain the name of their codec: those of MPEG-4, and protected ones.
const WRAPPERS: &[u8] = b"mp4amp4vencvencadrmsdrmiresv";

#[derive(Default)]
pub(crate) struct Track {
    pub(crate) id: u32,
    /// Whether a player shows the track.
    pub(crate) is_enabled: bool,
    handler: u32,
    /// Ticks of the movie's clock, as edited; then ticks of the track's own clock.
    pub(crate) edited: u64,
    pub(crate) timescale: u32,
    pub(crate) duration: u64,
    /// The size from the first sample entry, if it is a video's.
    coded: (u32, u32),
    /// The size from the track header.
    shown: (u32, u32),
    pub(crate) orientation: Option<Orientation>,
    pub(crate) codec: Option<&'static str>,
    /// Whether the sample entry has been read.
    is_described: bool,
    /// Whether the movie box lists samples; `None` until that has been read.
    pub(crate) has_samples: Option<bool>,
}

impl Track {
    /// Reads a box of the track. If a box is repeated, the first counts.
    pub(crate) fn read(&mut self, part: &Atom<'_>) -> Result<(), Stop> {
        match part.kind {
            TKHD if self.orientation.is_none() => {
                let fields = part.fields(96)?;
                // The fields before this one, two dates and a duration, are twice as wide in version 1.
                let shift = if fields.u8(0) == 0 { 0 } else { 12 };
                self.is_enabled = fields.u8(3) & 1 != 0;
                self.id = fields.be32(12 + shift / 3 * 2);
                self.edited = number(fields, 20, 28);
                let sign = |at: usize| fields.be32(40 + shift + at * 4).cast_signed().signum();
                self.orientation = Some(orientation_from_matrix(sign(0), sign(1), sign(3), sign(4)));
                // Fixed-point numbers, 16.16.
                self.shown = (fields.be16(76 + shift).into(), fields.be16(80 + shift).into());
            }
            MDHD if self.timescale == 0 => (self.timescale, self.duration) = clock(part)?,
            HDLR => {
                // QuickTime has a second handler, for the location of the data.
                let fields = part.fields(12)?;
                if self.handler == 0 && fields.be32(4) != DATA_HANDLER {
                    self.handler = if fields.be32(8) == PICT { VIDE } else { fields.be32(8) };
                }
            }
            // These boxes also identify the kind of media, if the handler is missing or unknown.
            VMHD => self.media_header(VIDE),
            SMHD => self.media_header(SOUN),
            STSD if !self.is_described => {
                self.is_described = true;
                let mut entries = part.body;
                // A version and a count precede the entries.
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
        let after = |name: &[u8]| bytes.get(find(bytes, name)? + 4..);
        self.codec = if is_listed(WRAPPERS, entry.kind) {
            // A protected entry contains its original format.
            let tag = after(b"frma").map_or(entry.kind, |format| Fields(format).be32(0));
            after(b"esds").map_or_else(|| codecs::by_tag(tag), codecs::by_descriptor)
        } else {
            codecs::by_tag(entry.kind)
        };
        self.coded = (fields.be16(24).into(), fields.be16(26).into());
        if self.coded.0 == 0 {
            let configured = after(b"avcC").and_then(h264::configuration);
            self.coded = configured.or_else(|| after(b"hvcC").and_then(h265::configuration)).unwrap_or_default();
        }
        Ok(())
    }

    /// Returns the video's size. Some sample entries leave it to the track header.
    pub(crate) fn size(&self) -> Fact<Size> {
        match size(self.coded.0, self.coded.1) {
            Fact::Unknown(_) => size(self.shown.0, self.shown.1),
            known => known,
        }
    }

    /// Returns whether all relevant boxes have been read. The sample tables are most of a movie box, and contain no
    /// other facts.
    pub(crate) const fn is_complete(&self) -> bool {
        self.is_described && self.orientation.is_some() && self.timescale > 0 && self.handler != 0
    }

    pub(crate) const fn is_video(&self) -> bool {
        self.handler == VIDE
    }

    pub(crate) const fn is_audio(&self) -> bool {
        self.handler == SOUN
    }
}

/// Returns the ticks per second and the duration in ticks, from the header of a movie or of media.
pub(crate) fn clock(header: &Atom<'_>) -> Result<(u32, u64), Stop> {
    let fields = header.fields(32)?;
    let timescale = fields.be32(if fields.u8(0) == 0 { 12 } else { 20 });
    Ok((timescale, number(fields, 16, 24)))
}

/// Returns the orientation of a transformation matrix (ISO/IEC 14496-12 §8.3.2), by the signs of its numbers:
/// x' = a·x + c·y and y' = b·x + d·y, with y growing downwards.
fn orientation_from_matrix(a: i32, b: i32, c: i32, d: i32) -> Orientation {
    // Combined into one number: a `match` over four numbers compiles to four comparisons for each arm.
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
