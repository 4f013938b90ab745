//! The movie box, written again: without what is removed, and with the new offsets of the samples.
//!
//! ISO/IEC 14496-12 §8

use super::tracks::{Track, for_each_entry};
use super::{chunks, entry, user_data};
use crate::fix::splice::boxes::{self, Atom, be16, next};
use crate::fix::splice::reader::{DAMAGED, Stop, TOO_LARGE};
use crate::fix::splice::{Changes, Removal, Removed, Strip, TELLS_KINDS, UnsafeReason, position, xmp};
use crate::media::{is_listed, tags};

tags! {
    MOOV = b"moov";
    MVHD = b"mvhd";
    TRAK = b"trak";
    TKHD = b"tkhd";
    TREF = b"tref";
    MDIA = b"mdia";
    MDHD = b"mdhd";
    HDLR = b"hdlr";
    MINF = b"minf";
    DINF = b"dinf";
    DREF = b"dref";
    URL = b"url ";
    STBL = b"stbl";
    STSD = b"stsd";
    STCO = b"stco";
    CO64 = b"co64";
    UDTA = b"udta";
    META = b"meta";
    UUID = b"uuid";
}
/// Boxes of MP4 that contain no metadata, by the box that contains them.
const IN_MOVIE: &[u8] = b"iods";
const IN_TRACK: &[u8] = b"edtstrgr";
const IN_MEDIA: &[u8] = b"hdlrelng";
/// Other boxes that tell `QuickTime` how to display a movie.
const QUICKTIME: &[u8] = b"ctabclipprflfreeskipwidetaptloadmattimaptxas";
/// The spherical projection of a video, as a `uuid` box.
const SPHERICAL: &[u8] = b"\xFF\xCC\x82\x63\xF8\x55\x4A\x93\x88\x14\x58\x7A\x02\x52\x1F\xDD";
/// More tracks than any player lists.
const MAX_TRACKS: usize = 128;
/// The undetermined language, in three letters of 5 bits.
const UNDETERMINED: u16 = 0x55C4;

/// A range of media data that is kept: its start and end, and its new start.
pub(super) type Moved = (u64, u64, u64);

/// What is written.
pub(super) struct Index<'a> {
    pub(super) moov: &'a [u8],
    pub(super) tracks: &'a [Track<'a>],
    pub(super) changes: Changes,
    /// The media data. The new starts are relative to `base`.
    pub(super) data: &'a [Moved],
    pub(super) base: u64,
    /// Whether offsets need 64 bits.
    pub(super) is_wide: bool,
    pub(super) removed: Vec<Removed>,
}

impl Index<'_> {
    /// Returns the new movie box.
    pub(super) fn write(&mut self) -> Result<Vec<u8>, Stop> {
        self.removed.clear();
        let mut out = Vec::new();
        let mut tracks = self.tracks.iter();
        boxes::put(&mut out, MOOV, &mut |out| {
            each(self.moov, &mut |atom| match atom.kind {
                MVHD => self.header(&atom, out),
                TRAK => {
                    let track = tracks.next().ok_or(DAMAGED)?;
                    if track.is_kept {
                        return self.track(track, &atom, out);
                    }
                    let is_location = self.changes.strip == Some(Strip::Location) && !self.changes.remux;
                    self.remove(if is_location { Removal::Gps } else { Removal::Tracks }, &atom);
                    Ok(())
                }
                _ => {
                    self.other(&atom, IN_MOVIE, out);
                    Ok(())
                }
            })
        })?;
        Ok(out)
    }

    fn remove(&mut self, kind: Removal, atom: &Atom<'_>) {
        self.removed.push(Removed { kind, bytes: atom.whole.len() as u64 });
    }

    /// Whether all metadata is removed.
    fn is_bare(&self) -> bool {
        self.changes.remux || self.changes.strip == Some(Strip::Metadata)
    }

    /// Copies a box that is neither a header nor a table, or removes it.
    fn other(&mut self, atom: &Atom<'_>, known: &[u8], out: &mut Vec<u8>) {
        let is_spherical = atom.kind == UUID && atom.body.starts_with(SPHERICAL);
        let is_known = is_listed(known, atom.kind) || is_spherical;
        match atom.kind {
            UDTA | META if self.is_bare() => {
                // QuickTime's may contain four zeros only.
                if atom.body.iter().any(|byte| *byte != 0) {
                    let location = if TELLS_KINDS { user_data::without_location(atom, &mut Vec::new()) } else { 0 };
                    if location > 0 {
                        self.removed.push(Removed { kind: Removal::Gps, bytes: location });
                    }
                    let bytes = (atom.whole.len() as u64).saturating_sub(location);
                    self.removed.push(Removed { kind: Removal::Tags, bytes });
                }
                return;
            }
            UDTA | META if self.changes.strip.is_some() => {
                let bytes = user_data::without_location(atom, out);
                if bytes > 0 {
                    self.removed.push(Removed { kind: Removal::Gps, bytes });
                }
                return;
            }
            _ if is_known => {}
            kind if is_listed(QUICKTIME, kind) && self.changes.remux => return,
            kind if is_listed(QUICKTIME, kind) => {}
            _ if self.is_bare() => {
                self.remove(Removal::Other, atom);
                return;
            }
            _ if self.changes.strip.is_some() && (xmp::has_location(atom.whole) || position::has_exif(atom.body)) => {
                self.remove(Removal::Gps, atom);
                return;
            }
            _ => {}
        }
        out.extend(atom.whole);
    }

    /// Copies the header of the movie, a track or its media, without dates if they are removed.
    fn header(&mut self, atom: &Atom<'_>, out: &mut Vec<u8>) -> Result<(), Stop> {
        let start = out.len() + atom.whole.len() - atom.body.len();
        out.extend(atom.whole);
        let version = atom.body.first().ok_or(DAMAGED)?;
        let len = if *version == 0 { 8 } else { 16 };
        let dates = out.get_mut(start + 4..start + 4 + len).ok_or(DAMAGED)?;
        if self.changes.strip == Some(Strip::Metadata) && dates.iter().any(|byte| *byte != 0) {
            dates.fill(0);
            self.removed.push(Removed { kind: Removal::Dates, bytes: len as u64 });
        }
        Ok(())
    }

    fn track(&mut self, track: &Track<'_>, whole: &Atom<'_>, out: &mut Vec<u8>) -> Result<(), Stop> {
        boxes::put(out, TRAK, &mut |out| {
            each(whole.body, &mut |atom| match atom.kind {
                TKHD => self.header(&atom, out),
                TREF => self.references(&atom, out),
                MDIA => self.media(track, &atom, out),
                _ => {
                    self.other(&atom, IN_TRACK, out);
                    Ok(())
                }
            })
        })
    }

    /// Copies the references to kept tracks.
    fn references(&self, tref: &Atom<'_>, out: &mut Vec<u8>) -> Result<(), Stop> {
        if self.tracks.iter().all(|track| track.is_kept) {
            out.extend(tref.whole);
            return Ok(());
        }
        let start = out.len();
        let mut is_empty = true;
        boxes::put(out, TREF, &mut |out| {
            each(tref.body, &mut |atom| {
                let is_kept = |id: &&[u8; 4]| {
                    let id = u32::from_be_bytes(**id);
                    self.tracks.iter().any(|track| track.is_kept && track.id == id)
                };
                let kept: Vec<_> = atom.body.as_chunks().0.iter().filter(is_kept).copied().collect();
                if kept.is_empty() {
                    return Ok(());
                }
                is_empty = false;
                boxes::put(out, atom.kind, &mut |out| {
                    out.extend(kept.as_flattened());
                    Ok(())
                })
            })
        })?;
        if is_empty {
            out.truncate(start);
        }
        Ok(())
    }

    fn media(&mut self, track: &Track<'_>, mdia: &Atom<'_>, out: &mut Vec<u8>) -> Result<(), Stop> {
        let is_remux = self.changes.remux;
        boxes::put(out, MDIA, &mut |out| {
            each(mdia.body, &mut |atom| match atom.kind {
                MDHD => {
                    let start = out.len() + atom.whole.len() - atom.body.len();
                    self.header(&atom, out)?;
                    if is_remux {
                        let at = start + if atom.body.first() == Some(&0) { 20 } else { 32 };
                        // Numbers below 0x400 are languages of the Macintosh.
                        if matches!(be16(out, at)?, 0..0x400 | 0x7FFF) {
                            let language = out.get_mut(at..at + 2).ok_or(DAMAGED)?;
                            language.copy_from_slice(&UNDETERMINED.to_be_bytes());
                        }
                    }
                    Ok(())
                }
                HDLR if is_remux => handler(track, out),
                MINF => self.media_information(track, &atom, out),
                _ => {
                    self.other(&atom, IN_MEDIA, out);
                    Ok(())
                }
            })
        })
    }

    fn media_information(&mut self, track: &Track<'_>, minf: &Atom<'_>, out: &mut Vec<u8>) -> Result<(), Stop> {
        boxes::put(out, MINF, &mut |out| {
            each(minf.body, &mut |atom| match atom.kind {
                // QuickTime's second handler, of the location of the data.
                HDLR if self.changes.remux => Ok(()),
                DINF if self.changes.remux => self_reference(out),
                STBL => boxes::put(out, STBL, &mut |out| each(atom.body, &mut |atom| self.table(track, &atom, out))),
                _ => {
                    out.extend(atom.whole);
                    Ok(())
                }
            })
        })
    }

    fn table(&self, track: &Track<'_>, atom: &Atom<'_>, out: &mut Vec<u8>) -> Result<(), Stop> {
        match atom.kind {
            STSD if self.changes.remux => boxes::put(out, STSD, &mut |out| {
                out.extend(atom.body.get(..8).ok_or(DAMAGED)?);
                for_each_entry(atom.body, &mut |entry| entry::put(&entry, track.handler, out))
            }),
            STCO | CO64 => {
                let kind = if self.is_wide { CO64 } else { atom.kind };
                boxes::put(out, kind, &mut |out| self.offsets(kind, atom, out))
            }
            _ => {
                out.extend(atom.whole);
                Ok(())
            }
        }
    }

    fn offsets(&self, kind: u32, atom: &Atom<'_>, out: &mut Vec<u8>) -> Result<(), Stop> {
        out.extend(atom.body.get(..8).ok_or(DAMAGED)?);
        for offset in chunks::offsets_in(atom.kind, atom.body)? {
            let offset = self.moved(offset).ok_or(DAMAGED)?;
            if kind == CO64 {
                out.extend(offset.to_be_bytes());
            } else {
                out.extend(u32::try_from(offset).map_err(|_| DAMAGED)?.to_be_bytes());
            }
        }
        Ok(())
    }

    /// Returns the new offset of a chunk.
    fn moved(&self, offset: u64) -> Option<u64> {
        let at = self.data.partition_point(|(start, ..)| *start <= offset).checked_sub(1)?;
        let (start, end, moved) = *self.data.get(at)?;
        // An empty chunk may be at the end.
        if offset <= end { Some(self.base + moved + (offset - start)) } else { None }
    }
}

/// Calls a function with each box.
pub(super) fn each<'a>(mut boxes: &'a [u8], call: &mut dyn FnMut(Atom<'a>) -> Result<(), Stop>) -> Result<(), Stop> {
    while let Some(atom) = next(&mut boxes)? {
        call(atom)?;
    }
    Ok(())
}

/// Appends a handler of MP4, which has no type of component, and a name that ends with a zero.
fn handler(track: &Track<'_>, out: &mut Vec<u8>) -> Result<(), Stop> {
    boxes::put(out, HDLR, &mut |out| {
        out.extend([0; 8]);
        out.extend(track.handler.to_be_bytes());
        out.extend([0; 12]);
        out.extend(if track.is_video() { b"VideoHandler\0" } else { b"SoundHandler\0" });
        Ok(())
    })
}

/// Appends the data information of a track whose samples are in this file.
fn self_reference(out: &mut Vec<u8>) -> Result<(), Stop> {
    boxes::put(out, DINF, &mut |out| {
        boxes::put(out, DREF, &mut |out| {
            out.extend([0, 0, 0, 0, 0, 0, 0, 1]);
            boxes::put(out, URL, &mut |out| {
                out.extend([0, 0, 0, 1]);
                Ok(())
            })
        })
    })
}

/// Returns the boxes of the tracks. Refuses a movie whose samples are elsewhere, or that cannot be read.
pub(super) fn track_bodies(moov: &[u8]) -> Result<Vec<&[u8]>, Stop> {
    let mut bodies = Vec::new();
    each(moov, &mut |atom| {
        match &atom.kind.to_be_bytes() {
            b"trak" if bodies.len() == MAX_TRACKS => return Err(TOO_LARGE),
            b"trak" => bodies.push(atom.body),
            b"mvex" => return Err(Stop::Unsafe(UnsafeReason::Fragmented)),
            b"cmov" => return Err(Stop::Unsafe(UnsafeReason::CompressedIndex)),
            b"rmra" => return Err(Stop::Unsafe(UnsafeReason::ExternalData)),
            b"pssh" => return Err(Stop::Unsafe(UnsafeReason::Encrypted)),
            _ => {}
        }
        Ok(())
    })?;
    Ok(bodies)
}
