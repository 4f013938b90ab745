//! The tracks of a movie: which are kept, and whether their samples can be moved.
//!
//! ISO/IEC 14496-12 §8.3 to §8.8; encryption §8.12

use super::chunks::{self, Extent};
use super::entry;
use crate::fix::splice::boxes::{Atom, be32, find, next};
use crate::fix::splice::reader::{DAMAGED, Stop};
use crate::fix::splice::{Changes, Strip, UnsafeReason, xmp};
use crate::media::{is_listed, tags};

tags! {
    TKHD = b"tkhd";
    MDIA = b"mdia";
    HDLR = b"hdlr";
    MINF = b"minf";
    VMHD = b"vmhd";
    SMHD = b"smhd";
    DINF = b"dinf";
    DREF = b"dref";
    STBL = b"stbl";
    STSD = b"stsd";
    VIDE = b"vide";
    SOUN = b"soun";
    MEBX = b"mebx";
}
/// Handlers of captions and subtitles.
const TEXTS: &[u8] = b"textsbtlsubtclcp";
/// Handlers of tracks without a location, besides those of media and texts.
const HARMLESS: &[u8] = b"tmcdhintpict";
/// Sample entries of encrypted samples, and boxes that describe them.
const ENCRYPTED: &[u8] = b"encvencaencsenctencmdrmsdrmidrmt";
const AUXILIARY: &[u8] = b"sencsaizsaio";

/// A track.
pub(super) struct Track<'a> {
    pub(super) id: u32,
    pub(super) is_kept: bool,
    pub(super) handler: u32,
    pub(super) stbl: &'a [u8],
    is_enabled: bool,
}

impl<'a> Track<'a> {
    /// Reads the boxes of a track.
    fn of(body: &'a [u8]) -> Result<Self, Stop> {
        let part = |boxes, kind| find(boxes, kind)?.ok_or(DAMAGED);
        let tkhd = part(body, TKHD)?;
        let version = tkhd.first().copied().ok_or(DAMAGED)?;
        let mdia = part(body, MDIA)?;
        let minf = part(mdia, MINF)?;
        let track = Self {
            id: be32(tkhd, if version == 0 { 12 } else { 20 })?,
            is_enabled: be32(tkhd, 0)? & 1 != 0,
            is_kept: true,
            handler: handler(be32(part(mdia, HDLR)?, 8)?, minf)?,
            stbl: part(minf, STBL)?,
        };
        if let Some(dinf) = find(minf, DINF)? {
            refuse_external(part(dinf, DREF)?)?;
        }
        track.refuse_encrypted()?;
        Ok(track)
    }

    fn refuse_encrypted(&self) -> Result<(), Stop> {
        let mut boxes = self.stbl;
        while let Some(atom) = next(&mut boxes)? {
            if is_listed(AUXILIARY, atom.kind) {
                return Err(Stop::Unsafe(UnsafeReason::Encrypted));
            }
        }
        for_each_entry(self.description()?, &mut |entry| {
            if is_listed(ENCRYPTED, entry.kind) { Err(Stop::Unsafe(UnsafeReason::Encrypted)) } else { Ok(()) }
        })
    }

    fn description(&self) -> Result<&'a [u8], Stop> {
        find(self.stbl, STSD)?.ok_or(DAMAGED)
    }

    /// Whether this is a video or an audio track.
    pub(super) const fn is_media(&self) -> bool {
        matches!(self.handler, VIDE | SOUN)
    }

    /// Whether this is a video track.
    pub(super) const fn is_video(&self) -> bool {
        self.handler == VIDE
    }

    /// Returns why the track cannot be part of an MP4 file, if it cannot.
    fn remux(&self) -> Result<(), Stop> {
        let mut out = Vec::new();
        for_each_entry(self.description()?, &mut |entry| entry::put(&entry, self.handler, &mut out))?;
        if out.is_empty() { Err(Stop::Unsafe(UnsafeReason::Codec)) } else { Ok(()) }
    }

    fn has_location(&self) -> Result<bool, Stop> {
        if self.is_media() || is_listed(TEXTS, self.handler) || is_listed(HARMLESS, self.handler) {
            return Ok(false);
        }
        // Timed metadata with a list of its keys.
        let mut has_location = false;
        for_each_entry(self.description()?, &mut |entry| {
            has_location |= entry.kind != MEBX || xmp::has_location(entry.body);
            Ok(())
        })?;
        Ok(has_location)
    }
}

/// Returns the handler of a track. The header of its media counts if the handler is another, as in players.
fn handler(handler: u32, minf: &[u8]) -> Result<u32, Stop> {
    Ok(match handler {
        VIDE | SOUN => handler,
        _ if find(minf, VMHD)?.is_some() => VIDE,
        _ if find(minf, SMHD)?.is_some() => SOUN,
        _ => handler,
    })
}

/// Calls a function with each sample entry of a description.
pub(super) fn for_each_entry<'a>(
    stsd: &'a [u8],
    call: &mut dyn FnMut(Atom<'a>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut entries = stsd.get(8..).ok_or(DAMAGED)?;
    for _ in 0..be32(stsd, 4)? {
        call(next(&mut entries)?.ok_or(DAMAGED)?)?;
    }
    Ok(())
}

/// Refuses media data in another file: a reference without the flag that stands for this file.
fn refuse_external(dref: &[u8]) -> Result<(), Stop> {
    for_each_entry(dref, &mut |reference| {
        if be32(reference.body, 0)? & 1 != 0 { Ok(()) } else { Err(Stop::Unsafe(UnsafeReason::ExternalData)) }
    })
}

/// Returns whether players show a video: a kept one that is enabled, or any if no kept track is enabled.
pub(super) fn has_video(tracks: &[Track<'_>]) -> bool {
    let kept = || tracks.iter().filter(|track| track.is_kept && track.is_media());
    let any_is_enabled = kept().any(|track| track.is_enabled);
    kept().any(|track| track.is_video() && (track.is_enabled || !any_is_enabled))
}

/// Returns the chunks of the tracks of texts, with the numbers of the tracks.
pub(super) fn texts(bodies: &[&[u8]]) -> Result<Vec<(usize, Extent)>, Stop> {
    let mut texts = Vec::new();
    for (at, body) in bodies.iter().enumerate() {
        let track = Track::of(body)?;
        if is_listed(TEXTS, track.handler) {
            for extent in chunks::extents(track.stbl)? {
                texts.push((at, extent));
            }
        }
    }
    Ok(texts)
}

/// Reads the tracks of a movie, and decides which are kept. `located` are the numbers of tracks of texts with a location.
pub(super) fn read<'a>(bodies: &[&'a [u8]], changes: Changes, located: &[usize]) -> Result<Vec<Track<'a>>, Stop> {
    let mut tracks = bodies.iter().map(|body| Track::of(body)).collect::<Result<Vec<_>, _>>()?;
    // If none is enabled, players show all.
    let any_is_enabled = tracks.iter().any(|track| track.is_media() && track.is_enabled);
    for (at, track) in tracks.iter_mut().enumerate() {
        track.is_kept = match changes {
            Changes { remux: true, .. } if track.is_media() => match track.remux() {
                // Phones write spatial audio as a second, disabled track.
                Err(Stop::Unsafe(UnsafeReason::Codec)) if any_is_enabled && !track.is_enabled => false,
                other => other.map(|()| true)?,
            },
            Changes { remux: true, .. } => false,
            Changes { strip: Some(_), .. } if located.contains(&at) => false,
            Changes { strip: Some(Strip::Metadata), .. } => track.is_media() || is_listed(TEXTS, track.handler),
            Changes { strip: Some(Strip::Location), .. } => !track.has_location()?,
            Changes { strip: None, .. } => true,
        };
    }
    if tracks.iter().any(|track| track.is_kept) { Ok(tracks) } else { Err(Stop::Unsafe(UnsafeReason::Codec)) }
}
