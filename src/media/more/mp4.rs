//! MP4, QuickTime, M4A and 3GP: the brand, the tracks of the movie box, and how long they run.
//!
//! ISO/IEC 14496-12; <https://developer.apple.com/documentation/quicktime-file-format>; brands: <https://mp4ra.org/registered-types/brands>

use core::time::Duration;

use super::boxes::Atom;
use super::cursor::{Cursor, is_listed, is_tag, tags};
use super::fragments::Fragments;
use super::names::names;
use super::track::{Track, clock};
use super::window::{HEAD, Stop, lenient};
use super::{Fact, Format, Kind, Media, Reason, heif, is_near, seconds};

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
/// Brands of files for sound, whatever pictures they bring along.
const SOUND_BRANDS: &[u8] = b"M4A M4B M4P F4A F4B ";
/// Boxes of a file. Behind the movie box, anything else that the file ends in is a tag or junk.
const BOXES: &[u8] = b"mdatimdamoofmfrasidxstypfreeskipwideuuidudtametaemsgprft";
/// Boxes that a file without a type starts with.
const QUICKTIME_BOXES: &[u8] = b"moovwidefreeskippnot";
/// Boxes that may precede one that tells what the file is.
const FIRST_BOXES: usize = 8;
/// The shortest track, of two boxes' headers. A movie box that lacks as much may have lost one.
const TRACK: u64 = 16;
/// More tracks than any player lists.
const MAX_TRACKS: usize = 128;

pub(super) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    for _ in 0..FIRST_BOXES {
        let next = Atom::next(&mut file)?;
        match next.kind {
            FTYP | MDAT => return Ok(true),
            // QuickTime had no file type box at first. Where one of these is cut, nothing else is there to be sent.
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

/// What the boxes say, gathered in the order of the file.
pub(super) struct Movie {
    brand: u32,
    pub(super) timescale: u32,
    duration: u64,
    tracks: Vec<Track>,
    /// Of the tracks that are shown: which one is the first of pictures, whether there is sound, and their codecs.
    picture: Option<usize>,
    has_audio: bool,
    codecs: Vec<&'static str>,
    fragments: Fragments,
    complete: Fact<bool>,
}

pub(super) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let mut movie = Movie {
        brand: 0,
        timescale: 0,
        duration: 0,
        tracks: Vec::new(),
        picture: None,
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
    movie.tell(file.window().size(), media);
    Ok(())
}

impl Movie {
    /// The boxes of the file, by their headers.
    fn walk(&mut self, mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
        let window = file.window();
        // The movie box, a picture's boxes and media data; a box that is cut, and whether boxes have been skipped.
        let (mut found, mut pictures, mut data, mut cut, mut skipped) = (false, false, false, false, false);
        while file.left() >= 8 {
            let start = file.at();
            let next = match Atom::next(&mut file) {
                Err(Stop::Need) if found && self.fragments.are_known(window.size()) => break,
                // The last fragments tell as much as all of them. One by one, they would take a read each.
                Err(Stop::Need) if self.fragments.are_dated && !skipped => {
                    skipped = true;
                    let Some(last) = Fragments::last(window)? else {
                        self.fragments.give_up();
                        return Ok(());
                    };
                    file = window.span(last.max(start), window.size());
                    continue;
                }
                // What follows the last box is padding or junk, or too much to visit.
                Err(Stop::Damaged) if found || pictures => break,
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
            cut |= next.is_cut() && (!(found || pictures) || is_listed(BOXES, next.kind));
            match next.kind {
                FTYP if self.brand == 0 => self.file_type(next.body, media)?,
                MDAT | IMDA => data = true,
                // Nothing would tell that tracks are missing; only media data may do so.
                MOOV if next.open => return Err(Stop::Damaged),
                MOOV if next.lacks(TRACK) => return Err(Stop::End),
                META if !found && next.is_short() => return Err(Stop::End),
                // The first one counts.
                META if !found && !pictures && lenient(heif::read(next.body, media))?.is_some() => pictures = true,
                MOOV if !found => {
                    found = true;
                    self.movie(next.body, next.is_short())?;
                    self.show_tracks();
                }
                SIDX if !next.is_short() => {
                    lenient(self.fragments.index(&next))?;
                }
                MOOF => {
                    lenient(self.fragments.read(start, next.body))?;
                }
                _ => {}
            }
        }
        let is_picture = media.format.kind() == Kind::Image;
        if !found && !is_picture {
            if self.fragments.present {
                return Err(window.refuse("an MP4 segment"));
            }
            // A picture's boxes under a movie's brand.
            if !pictures || cut {
                return Err(Stop::End);
            }
            media.format = Format::Heif;
        }
        // A movie that lists samples of its own has lost them.
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
        // Behind a version follow those that it is compatible with.
        let compatible = brands.0.get(8..).unwrap_or_default();
        media.format = heif::format(&brands.array::<4>(0), compatible).unwrap_or(media.format);
        Ok(())
    }

    /// The boxes of the movie box, in one pass: those that hold others are entered by passing over their header only,
    /// so nothing nests, however deep the file does. If the box `is_short`, a few of its bytes are missing, or it counts
    /// a few too many.
    fn movie(&mut self, mut moov: Cursor<'_>, is_short: bool) -> Result<(), Stop> {
        let mut behind_track = moov;
        while moov.left() >= 8 {
            let is_in_track = moov.at() < behind_track.at();
            let next = match Atom::next(&mut moov) {
                Err(Stop::Damaged) if is_in_track => {
                    moov = behind_track;
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
                    behind_track = moov;
                    moov = moov.enter(next.body);
                }
                MDIA | MINF | STBL | MVEX => moov = moov.enter(next.body),
                MVHD if self.timescale == 0 => (self.timescale, self.duration) = clock(&next)?,
                // QuickTime's compressed movie: what it says would have to be inflated.
                CMOV => return Err(Stop::Budget),
                MEHD | TREX => self.fragments.announce(&next)?,
                _ if is_in_track => {
                    let Some(track) = self.tracks.last_mut() else { continue };
                    lenient(track.read(&next))?;
                    // The box behind the description tells whether there are samples.
                    if next.kind != STSD && track.is_told() {
                        moov = behind_track;
                    }
                }
                _ => {}
            }
        }
        // A part of a box's header.
        if is_short && matches!(moov.left(), 1..8) { Err(Stop::End) } else { Ok(()) }
    }

    /// Finds the tracks that a player shows: those that are enabled, or all if none is.
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
                self.picture.get_or_insert(at);
            }
            self.codecs.extend(track.codec);
        }
    }

    fn format(&self) -> Format {
        match self.brand {
            // There is no file type box.
            0 | QUICKTIME => Format::Mov,
            brand if is_listed(SOUND_BRANDS, brand) => Format::M4a,
            // 3gp4, 3gp5, 3g2a and so on.
            brand if brand.to_be_bytes().starts_with(b"3g") => Format::ThreeGp,
            _ if self.has_audio && self.picture.is_none() => Format::M4a,
            _ => Format::Mp4,
        }
    }

    fn tell(self, size_of_file: u64, media: &mut Media) {
        let picture = self.picture.and_then(|at| self.tracks.get(at));
        media.has_video = Fact::Known(picture.is_some());
        media.has_audio = Fact::Known(self.has_audio);
        if let Some(track) = picture
            && media.stored_size.value().is_none()
            && media.orientation.value().is_none()
        {
            media.stored_size = track.size();
            media.orientation = track.turned.map_or(Fact::Unknown(Reason::Absent), Fact::Known);
        }
        media.duration = self.duration(size_of_file);
        media.complete = self.complete;
        media.codecs = self.codecs;
    }

    /// The running time: what a fragmented file says about all of its fragments, else the movie's, else the longest track's.
    fn duration(&self, size_of_file: u64) -> Fact<Duration> {
        if let Some(duration) = self.fragments.duration(self, size_of_file) {
            return duration;
        }
        // Of the tracks' own media, and as edited.
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
                // A movie and its tracks that tell different times: one of them lies. Fragments that are not there, or not
                // yet, would add to them.
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

    /// Ticks per second of a track, by its number, and those of the samples that the movie box lists.
    pub(super) fn clock_of(&self, id: u32) -> (u32, u64) {
        let track = self.tracks.iter().find(|track| track.id == id);
        track.map_or((0, 0), |track| {
            (track.timescale, if track.has_samples == Some(false) { 0 } else { track.duration })
        })
    }
}
