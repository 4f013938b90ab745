//! MP4, QuickTime, M4A and 3GP: the brand, the tracks of the movie box, and the running time.
//!
//! ISO/IEC 14496-12; <https://developer.apple.com/documentation/quicktime-file-format>;
//! brands: <https://mp4ra.org/registered-types/brands>

pub(crate) mod boxes;
pub(crate) mod fragments;
pub(crate) mod heif;
pub(crate) mod track;

use core::time::Duration;

use crate::media::cursor::{Cursor, is_listed, is_tag, tags};
use crate::media::duration::{is_near, seconds};
use crate::media::error::{Stop, optional};
use crate::media::format_names::names;
use crate::media::isobmff::boxes::Atom;
use crate::media::isobmff::fragments::Fragments;
use crate::media::isobmff::track::{Track, clock};
use crate::media::window::HEAD;
use crate::media::{Fact, Format, Kind, Media, Reason};

tags! {
    FTYP = b"ftyp";
    MOOV = b"moov";
    MDAT = b"mdat";
    IMDA = b"imda";
    META = b"meta";
    SIDX = b"sidx";
    MOOF = b"moof";
    CMOV = b"cmov";
    MVHD = b"mvhd";
    MVEX = b"mvex";
    MEHD = b"mehd";
    TREX = b"trex";
    TRAK = b"trak";
    MDIA = b"mdia";
    MINF = b"minf";
    STBL = b"stbl";
    STSD = b"stsd";
    QUICKTIME = b"qt  ";
}
/// Brands of audio files, even if they contain images.
const AUDIO_BRANDS: &[u8] = b"m4a m4b m4p f4a f4b ";
/// Boxes of a file. After the movie box, any other box at the end of the file is a tag or junk.
const BOXES: &[u8] = b"mdatimdamoofmfrasidxstypfreeskipwideuuidudtametaemsgprft";
/// Boxes that a file without a file type box starts with.
const QUICKTIME_BOXES: &[u8] = b"moovwidefreeskippnot";
/// Boxes that may precede the one that identifies the file.
const FIRST_BOXES: usize = 8;
/// The shortest track, of two boxes' headers. A movie box that lacks as much may have lost one.
const TRACK: u64 = 16;
/// More tracks than any player lists.
const MAX_TRACKS: usize = 128;

pub(crate) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    for _ in 0..FIRST_BOXES {
        let next = Atom::next(&mut file)?;
        match next.kind {
            FTYP | MDAT => return Ok(true),
            // Early QuickTime files have no file type box. If one of these boxes is truncated, the file has no other
            // content.
            kind if is_listed(QUICKTIME_BOXES, kind) => {
                return if next.is_short() { Err(file.window().refuse("an incomplete movie")) } else { Ok(true) };
            }
            // Readers pass over what they do not know, if it looks like a box.
            kind if next.is_short() || !is_tag(kind) => break,
            _ => {}
        }
    }
    Ok(false)
}

names! {
    /// Brands of the file type box that stand for something else, one after the other.
    REFUSED:
    0, b"jp2 jpx jpm mjp2" => "JPEG 2000";
    0, b"jxl " => "JPEG XL";
    0, b"crx " => "camera raw";
}

/// The data of the boxes, in the order of the file.
pub(crate) struct Movie {
    brand: u32,
    pub(crate) timescale: u32,
    duration: u64,
    tracks: Vec<Track>,
    /// Of the tracks that are shown: the first video track, whether there is audio, and the codecs.
    video: Option<usize>,
    has_audio: bool,
    codecs: Vec<&'static str>,
    fragments: Fragments,
    complete: Fact<bool>,
}

pub(crate) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let mut movie = Movie {
        brand: 0,
        timescale: 0,
        duration: 0,
        tracks: Vec::new(),
        video: None,
        has_audio: false,
        codecs: Vec::new(),
        fragments: Fragments::default(),
        complete: Fact::Unknown(Reason::Budget),
    };
    let walked = movie.walk(file, media);
    if media.format.kind() != Kind::Image {
        media.format = movie.format();
    }
    walked?;
    movie.fill(file.window().size(), media);
    Ok(())
}

impl Movie {
    /// Walks over the headers of the file's boxes.
    fn walk(&mut self, mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
        let window = file.window();
        // Whether a movie box, an image's boxes, media data, or a truncated box were found, and whether boxes were
        // skipped.
        let (mut found, mut has_image, mut data, mut cut, mut skipped) = (false, false, false, false, false);
        while file.left() >= 8 {
            let start = file.at();
            let next = match Atom::next(&mut file) {
                Err(Stop::Need) if found && self.fragments.are_known(window.size()) => break,
                // The last fragments are enough to find the end. Visiting all fragments would take a read each.
                Err(Stop::Need) if self.fragments.are_dated && !skipped => {
                    skipped = true;
                    let Some(last) = Fragments::last(window)? else {
                        self.fragments.give_up();
                        return Ok(());
                    };
                    file = window.span(last.max(start), window.size());
                    continue;
                }
                // Padding or junk follows the last box, or more boxes than the budget allows.
                Err(Stop::Damaged) if found || has_image => break,
                Err(Stop::Budget) if found => {
                    self.fragments.give_up();
                    return Ok(());
                }
                next => next?,
            };
            if next.open && !is_tag(next.kind) && !(found && data) && start < HEAD as u64 {
                // Padding.
                file = window.span(start + 4, window.size());
                continue;
            }
            cut |= next.is_cut() && (!(found || has_image) || is_listed(BOXES, next.kind));
            match next.kind {
                FTYP if self.brand == 0 => self.file_type(next.body, media)?,
                MDAT | IMDA => data = true,
                // Nothing would tell that tracks are missing; only media data may do so.
                MOOV if next.open => return Err(Stop::Damaged),
                MOOV if next.lacks(TRACK) => return Err(Stop::End),
                META if !found && next.is_short() => return Err(Stop::End),
                // The first one counts.
                META if !found && !has_image && optional(heif::read(next.body, media))?.is_some() => has_image = true,
                MOOV if !found => {
                    found = true;
                    self.movie(next.body, next.is_short())?;
                    self.show_tracks();
                }
                SIDX if !next.is_short() => {
                    optional(self.fragments.index(&next))?;
                }
                MOOF => {
                    optional(self.fragments.read(start, next.body))?;
                }
                _ => {}
            }
        }
        let is_image = media.format.kind() == Kind::Image;
        if !found && !is_image {
            if self.fragments.present {
                return Err(window.refuse("an MP4 segment"));
            }
            // An image's boxes under a movie's brand.
            if !has_image || cut {
                return Err(Stop::End);
            }
            media.format = Format::Heif;
        }
        // The movie lists samples, but there is no media data.
        cut |= found && !data && self.tracks.iter().any(|track| track.has_samples == Some(true));
        self.complete = if cut { Fact::Known(false) } else { self.fragments.are_complete(window.size()) };
        Ok(())
    }

    fn file_type(&mut self, mut brands: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
        let window = brands.window();
        let brands = brands.fields_up_to(256)?;
        self.brand = brands.be32(0);
        if let Some(name) = REFUSED.find(&|_, brands| is_listed(brands, self.brand)) {
            return Err(window.refuse(name));
        }
        // The compatible brands follow a version.
        let compatible = brands.0.get(8..).unwrap_or_default();
        media.format = heif::format(&brands.array::<4>(0), compatible).unwrap_or(media.format);
        Ok(())
    }

    /// Reads the boxes of the movie box in one pass. Boxes that contain others are entered by skipping only their
    /// header, so nothing recurses, however deeply the file nests. If the box `is_short`, a few of its bytes are
    /// missing, or its length is a few bytes too large.
    fn movie(&mut self, mut moov: Cursor<'_>, is_short: bool) -> Result<(), Stop> {
        let mut after_track = moov;
        while moov.left() >= 8 {
            let is_in_track = moov.at() < after_track.at();
            let next = match Atom::next(&mut moov) {
                Err(Stop::Damaged) if is_in_track => {
                    moov = after_track;
                    continue;
                }
                // Padding.
                Err(Stop::Damaged) => break,
                next => next?,
            };
            if is_short && next.is_short() {
                return Err(Stop::End);
            }
            match next.kind {
                TRAK if self.tracks.len() < MAX_TRACKS => {
                    self.tracks.push(Track::default());
                    after_track = moov;
                    moov = moov.enter(next.body);
                }
                MDIA | MINF | STBL | MVEX => moov = moov.enter(next.body),
                MVHD if self.timescale == 0 => (self.timescale, self.duration) = clock(&next)?,
                // QuickTime's compressed movie box. Reading it would require inflating it.
                CMOV => return Err(Stop::Budget),
                MEHD | TREX => self.fragments.announce(&next)?,
                _ if is_in_track => {
                    let Some(track) = self.tracks.last_mut() else { continue };
                    optional(track.read(&next))?;
                    // The box after the description shows whether there are samples.
                    if next.kind != STSD && track.is_complete() {
                        moov = after_track;
                    }
                }
                _ => {}
            }
        }
        // A few bytes, too short for a box's header, are left.
        if is_short && matches!(moov.left(), 1..8) { Err(Stop::End) } else { Ok(()) }
    }

    /// Selects the tracks that a player shows: those that are enabled, or all if none is enabled.
    fn show_tracks(&mut self) {
        let is_shown = |track: &Track| track.is_video() || track.is_audio();
        let any_is_enabled = self.tracks.iter().any(|track| track.is_enabled && is_shown(track));
        for (at, track) in self.tracks.iter().enumerate() {
            if !is_shown(track) || any_is_enabled && !track.is_enabled {
                continue;
            }
            if track.is_audio() {
                self.has_audio = true;
            } else {
                self.video.get_or_insert(at);
            }
            self.codecs.extend(track.codec);
        }
    }

    fn format(&self) -> Format {
        match self.brand {
            // The file has no file type box.
            0 | QUICKTIME => Format::Mov,
            brand if is_listed(AUDIO_BRANDS, brand) => Format::M4a,
            // 3gp4, 3gp5, 3g2a and others.
            brand if brand.to_be_bytes().starts_with(b"3g") => Format::ThreeGp,
            _ if self.has_audio && self.video.is_none() => Format::M4a,
            _ => Format::Mp4,
        }
    }

    fn fill(self, size_of_file: u64, media: &mut Media) {
        let video = self.video.and_then(|at| self.tracks.get(at));
        media.has_video = Fact::Known(video.is_some());
        media.has_audio = Fact::Known(self.has_audio);
        if let Some(track) = video
            && media.stored_size.value().is_none()
            && media.orientation.value().is_none()
        {
            media.stored_size = track.size();
            media.orientation = track.orientation.map_or(Fact::Unknown(Reason::Absent), Fact::Known);
        }
        media.duration = self.duration(size_of_file);
        media.complete = self.complete;
        media.codecs = self.codecs;
    }

    /// Returns the running time: from the fragments of a fragmented file, otherwise from the movie, otherwise from the
    /// longest track.
    fn duration(&self, size_of_file: u64) -> Fact<Duration> {
        if let Some(duration) = self.fragments.duration(self, size_of_file) {
            return duration;
        }
        // The longest time of the tracks' own media, and as edited.
        let mut longest = [Duration::ZERO; 2];
        for track in &self.tracks {
            let times = [seconds(track.duration, track.timescale), seconds(track.edited, self.timescale)];
            for (longest, time) in longest.iter_mut().zip(times) {
                *longest = (*longest).max(time.value().unwrap_or_default());
            }
        }
        let [own, edited] = longest;
        let longest = if own.is_zero() { edited } else { own };
        match seconds(self.duration, self.timescale) {
            Fact::Known(movie) => {
                // If the movie and its tracks have different times, one of them is wrong. Missing or future fragments
                // would add to both.
                let agrees = longest.is_zero() || is_near(own, movie) || is_near(edited, movie);
                if agrees && !self.fragments.are_announced { Fact::Known(movie) } else { Fact::Estimated(movie) }
            }
            other => {
                if longest.is_zero() {
                    other
                } else {
                    Fact::Known(longest)
                }
            }
        }
    }

    /// Returns a track's ticks per second, by the track's number, and the ticks of the samples that the movie box
    /// lists.
    pub(crate) fn clock_of(&self, id: u32) -> (u32, u64) {
        let track = self.tracks.iter().find(|track| track.id == id);
        track.map_or((0, 0), |track| {
            (track.timescale, if track.has_samples == Some(false) { 0 } else { track.duration })
        })
    }
}
