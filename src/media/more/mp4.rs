//! MP4, QuickTime, M4A and 3GP: the brand, the tracks of the movie box, and how long they run.
//!
//! ISO/IEC 14496-12; <https://developer.apple.com/documentation/quicktime-file-format>; brands: <https://mp4ra.org/registered-types/brands>

use core::time::Duration;

use super::boxes::{Atom, number};
use super::cursor::{Cursor, is_listed, tags};
use super::fragments::Fragments;
use super::window::{Stop, lenient};
use super::{Fact, Format, Media, Orientation, Reason, codecs, seconds, size};

tags! {
    FTYP = b"ftyp";
    MOOV = b"moov";
    MDAT = b"mdat";
    WIDE = b"wide";
    FREE = b"free";
    SKIP = b"skip";
    PNOT = b"pnot";
    META = b"meta";
    SIDX = b"sidx";
    MOOF = b"moof";
    CMOV = b"cmov";
    MVHD = b"mvhd";
    MVEX = b"mvex";
    MEHD = b"mehd";
    TREX = b"trex";
    TRAK = b"trak";
    TKHD = b"tkhd";
    MDIA = b"mdia";
    MDHD = b"mdhd";
    HDLR = b"hdlr";
    MINF = b"minf";
    STBL = b"stbl";
    STSD = b"stsd";
    // Handlers of tracks.
    VIDE = b"vide";
    SOUN = b"soun";
    // Brands.
    AVIF = b"avif";
    AVIS = b"avis";
    QUICKTIME = b"qt  ";
}
/// Brands of files for sound, whatever pictures they bring along.
const SOUND_BRANDS: &[u8] = b"M4A M4B M4P F4A F4B ";
/// More tracks than any player lists.
const MAX_TRACKS: usize = 128;

pub(super) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    let first = Atom::next(&mut file)?;
    match first.kind {
        // QuickTime had no file type box at first. Where one of these is cut, nothing else is there to be sent.
        MOOV | WIDE | FREE | SKIP | PNOT if first.cut => Err(file.window().refuse("an incomplete movie")),
        FTYP | MDAT | MOOV | WIDE | FREE | SKIP | PNOT => Ok(true),
        _ => Ok(false),
    }
}

/// Brands of the file type box that stand for something else, one after the other.
const REFUSED: [(&[u8], &str); 5] = [
    (b"avifavisavio", "AVIF"),
    // The first few also go with other codecs than HEVC, and with AV1 under their own brand.
    (b"mif1mif2msf1miafheicheixheimheishevchevxhevmhevsavciavcsjpegjpgsj2ki1pic", "HEIC"),
    (b"jp2 jpx jpm mjp2", "JPEG 2000"),
    (b"jxl ", "JPEG XL"),
    (b"crx ", "camera raw"),
];

/// What a file type box stands for, where that is no movie.
fn refused(mut brands: Cursor<'_>) -> Result<Option<&'static str>, Stop> {
    let major = brands.be32()?;
    let name = REFUSED.iter().find(|(brands, _)| is_listed(brands, major)).map(|(_, name)| *name);
    let is_avif = |compatible: &[u8]| is_listed(compatible, AVIF) || is_listed(compatible, AVIS);
    Ok(if name == Some("HEIC") && is_avif(brands.rest(256)?) { Some("AVIF") } else { name })
}

/// What the boxes say, gathered in the order of the file.
pub(super) struct Movie {
    brand: u32,
    pub(super) timescale: u32,
    duration: u64,
    tracks: Vec<Track>,
    fragments: Fragments,
    complete: Fact<bool>,
}

#[derive(Default)]
struct Track {
    id: u32,
    handler: u32,
    /// Ticks of the movie's clock, as edited; then of its own.
    edited: u64,
    timescale: u32,
    duration: u64,
    /// From the first sample entry, if it is a picture's.
    coded: (u16, u16),
    /// From the track header, as 16.16 fixed point.
    shown: (u32, u32),
    turned: Option<Orientation>,
    codec: Option<&'static str>,
    /// Whether the sample entry has been seen.
    described: bool,
}

pub(super) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let mut movie = Movie {
        // Of a file without a file type box.
        brand: QUICKTIME,
        timescale: 0,
        duration: 0,
        tracks: Vec::new(),
        fragments: Fragments::default(),
        complete: Fact::Unknown(Reason::Budget),
    };
    let walked = movie.walk(file);
    media.format = movie.format();
    walked?;
    movie.tell(file.window().size(), media);
    Ok(())
}

impl Movie {
    /// The boxes of the file, by their headers.
    fn walk(&mut self, mut file: Cursor<'_>) -> Result<(), Stop> {
        let window = file.window();
        let (mut found, mut cut, mut pictures) = (false, false, false);
        while file.left() >= 8 {
            let start = file.at();
            let next = match Atom::next(&mut file) {
                Err(Stop::Need) if found && self.fragments.are_known(window.size()) => break,
                Err(Stop::Need) if found && self.fragments.are_many(window) => {
                    return self.fragments.skip_to_last(window);
                }
                // What follows the last box is padding, or too much to visit.
                Err(Stop::Damaged | Stop::Budget) if found => return Ok(()),
                next => next?,
            };
            cut |= next.cut;
            match next.kind {
                FTYP => {
                    self.brand = { next.body }.be32()?;
                    if let Some(name) = refused(next.body)? {
                        return Err(window.refuse(name));
                    }
                }
                // A picture's boxes under a movie's brand.
                META if !found => pictures = true,
                MOOV if next.cut => return Err(Stop::End),
                // Nothing would tell that tracks are missing; only media data may do so.
                MOOV if next.open => return Err(Stop::Damaged),
                MOOV if !found => {
                    found = true;
                    self.movie(next.body)?;
                }
                SIDX if !next.cut => {
                    lenient(self.fragments.index(&next))?;
                }
                MOOF => {
                    lenient(self.fragments.read(start, next.body))?;
                }
                _ => {}
            }
        }
        if !found {
            return Err(if pictures && !cut { window.refuse("HEIC") } else { Stop::End });
        }
        self.complete = if cut { Fact::Known(false) } else { self.fragments.are_complete(window.size()) };
        Ok(())
    }

    /// The boxes of the movie box, in one pass: those that hold others are entered by passing over their header only,
    /// so nothing nests, however deep the file does.
    fn movie(&mut self, mut moov: Cursor<'_>) -> Result<(), Stop> {
        let mut behind_track = moov;
        while moov.left() >= 8 {
            let next = match Atom::next(&mut moov) {
                Err(Stop::Damaged) if moov.at() < behind_track.at() => {
                    moov = behind_track;
                    continue;
                }
                next => next?,
            };
            match next.kind {
                TRAK if self.tracks.len() < MAX_TRACKS => {
                    self.tracks.push(Track::default());
                    behind_track = moov;
                    moov = moov.enter(next.body);
                }
                MDIA | MINF | STBL | MVEX => moov = moov.enter(next.body),
                MVHD => (self.timescale, self.duration) = clock(&next)?,
                // QuickTime's compressed movie: what it says would have to be inflated.
                CMOV => return Err(Stop::Budget),
                MEHD | TREX => self.fragments.announce(&next)?,
                _ if moov.at() < behind_track.at() => {
                    let Some(track) = self.tracks.last_mut() else { continue };
                    lenient(track.read(&next))?;
                    // The sample tables are most of a movie box and say nothing more.
                    if track.is_told() {
                        moov = behind_track;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Ticks per second and the ticks that pass, which open the headers of movies and media alike.
fn clock(header: &Atom<'_>) -> Result<(u32, u64), Stop> {
    let fields = header.fields(32)?;
    let timescale = fields.be32(if fields.u8(0) == 0 { 12 } else { 20 });
    Ok((timescale, number(fields, 16, 24)))
}

impl Track {
    fn read(&mut self, part: &Atom<'_>) -> Result<(), Stop> {
        match part.kind {
            TKHD => {
                let fields = part.fields(96)?;
                // Two dates and the duration before the rest are twice as wide in version 1.
                let shift = if fields.u8(0) == 0 { 0 } else { 12 };
                self.id = fields.be32(12 + shift / 3 * 2);
                self.edited = number(fields, 20, 28);
                let sign = |at: usize| fields.be32(40 + shift + at * 4).cast_signed().signum();
                self.turned = Some(turned(sign(0), sign(1), sign(3), sign(4)));
                self.shown = (fields.be32(76 + shift), fields.be32(80 + shift));
            }
            MDHD => (self.timescale, self.duration) = clock(part)?,
            HDLR if self.handler == 0 => self.handler = part.fields(12)?.be32(8),
            STSD => {
                self.described = true;
                // A count; then the first entry's size, type, and what a picture's begins with.
                let fields = part.fields(44)?;
                self.codec = codecs::by_tag(fields.be32(12));
                self.coded = (fields.be16(40), fields.be16(42));
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether every box that matters has been seen.
    fn is_told(&self) -> bool {
        self.described && self.turned.is_some() && self.timescale > 0 && self.handler != 0
    }

    fn is_video(&self) -> bool {
        self.handler == VIDE
    }

    fn is_audio(&self) -> bool {
        self.handler == SOUN
    }
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

impl Movie {
    fn format(&self) -> Format {
        let has = |kind: fn(&Track) -> bool| self.tracks.iter().any(kind);
        match self.brand {
            QUICKTIME => Format::Mov,
            brand if is_listed(SOUND_BRANDS, brand) => Format::M4a,
            // 3gp4, 3gp5, 3g2a and so on.
            brand if brand.to_be_bytes().starts_with(b"3g") => Format::ThreeGp,
            _ if has(Track::is_audio) && !has(Track::is_video) => Format::M4a,
            _ => Format::Mp4,
        }
    }

    fn tell(&self, size_of_file: u64, media: &mut Media) {
        media.has_video = Fact::Known(self.tracks.iter().any(Track::is_video));
        media.has_audio = Fact::Known(self.tracks.iter().any(Track::is_audio));
        for track in &self.tracks {
            media.codecs.extend(track.codec);
        }
        if let Some(track) = self.tracks.iter().find(|track| track.is_video()) {
            let (width, height) = track.coded;
            media.stored_size = match size(width.into(), height.into()) {
                // Some sample entries leave it to the track header.
                Fact::Unknown(_) => size(track.shown.0 >> 16, track.shown.1 >> 16),
                known => known,
            };
            media.orientation = track.turned.map_or(Fact::Unknown(Reason::Absent), Fact::Known);
        }
        media.duration = self.duration(size_of_file);
        media.complete = self.complete;
    }

    /// The running time: what a fragmented file says about all of its fragments, else the movie's, else the longest track's.
    fn duration(&self, size_of_file: u64) -> Fact<Duration> {
        if let Some(duration) = self.fragments.duration(self, size_of_file) {
            return duration;
        }
        let longest = |time: fn(&Track, u32) -> Fact<Duration>| {
            self.tracks.iter().filter_map(|track| time(track, self.timescale).value()).max()
        };
        let tracks = [
            longest(|track, _| seconds(track.duration, track.timescale)),
            longest(|track, movie_scale| seconds(track.edited, movie_scale)),
        ];
        match seconds(self.duration, self.timescale) {
            Fact::Known(movie) => {
                // A movie and its tracks that tell different times: one of them lies.
                let agrees = |track: &Duration| track.abs_diff(movie) <= movie / 8;
                // Fragments that are not there, or not yet, would add to it.
                let is_all = !self.fragments.are_announced;
                let is_sure = is_all && (tracks == [None, None] || tracks.iter().flatten().any(agrees));
                if is_sure { Fact::Known(movie) } else { Fact::Estimated(movie) }
            }
            other => tracks.into_iter().flatten().next().map_or(other, Fact::Known),
        }
    }

    /// Ticks per second of a track, by its number, and those of the samples that the movie box lists.
    pub(super) fn clock_of(&self, id: u32) -> (u32, u64) {
        self.tracks.iter().find(|track| track.id == id).map_or((0, 0), |track| (track.timescale, track.duration))
    }
}
