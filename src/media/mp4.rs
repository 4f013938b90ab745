//! MP4, QuickTime, M4A and 3GP: the brand, the tracks of the movie box, and how long they run.
//!
//! ISO/IEC 14496-12; <https://developer.apple.com/documentation/quicktime-file-format>; brands: <https://mp4ra.org/registered-types/brands>

use super::boxes::Atom;
use super::fragments::Fragments;
use core::time::Duration;

use super::window::{Cursor, Stop, lenient};
use super::{Fact, Format, Media, Orientation, Reason, codecs, seconds, size};

/// More tracks than any player lists.
const MAX_TRACKS: usize = 128;

pub(super) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    let first = Atom::next(&mut file)?;
    Ok(match &first.kind {
        b"ftyp" | b"mdat" => true,
        // QuickTime had no file type box at first.
        b"moov" | b"wide" | b"free" | b"skip" | b"pnot" => !first.cut,
        _ => false,
    })
}

/// What a file type box stands for, where that is no movie.
fn refused(mut brands: Cursor<'_>) -> Option<&'static str> {
    Some(match &brands.array().ok()? {
        b"avif" | b"avis" | b"avio" => "AVIF",
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => "HEIC",
        b"mif1" | b"mif2" | b"msf1" | b"miaf" | b"avci" | b"avcs" | b"jpeg" | b"jpgs" | b"j2ki" | b"1pic" => {
            let is_avif = |brand: &[u8]| matches!(brand, b"avif" | b"avis");
            if brands.rest(256).ok()?.chunks(4).any(is_avif) { "AVIF" } else { "HEIC" }
        }
        b"jp2 " | b"jpx " | b"jpm " | b"mjp2" => "JPEG 2000",
        b"jxl " => "JPEG XL",
        b"crx " => "camera raw",
        _ => return None,
    })
}

/// What the boxes say, gathered in the order of the file.
#[derive(Default)]
pub(super) struct Movie {
    brand: [u8; 4],
    pub(super) timescale: u32,
    duration: u64,
    tracks: Vec<Track>,
    fragments: Fragments,
    complete: Option<bool>,
}

#[derive(Default)]
struct Track {
    id: u32,
    handler: [u8; 4],
    timescale: u32,
    duration: u64,
    /// From the first sample entry.
    coded: (u16, u16),
    /// From the track header, as 16.16 fixed point.
    shown: (u32, u32),
    turned: Option<Orientation>,
    codec: Option<&'static str>,
    /// Whether the sample entry has been seen.
    described: bool,
}

pub(super) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let mut movie = Movie { brand: *b"qt  ", ..Movie::default() };
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
                Err(Stop::Need { .. }) if found && self.fragments.are_known(window.size()) => return Ok(()),
                Err(Stop::Need { .. }) if found && self.fragments.are_many(window) => {
                    return self.fragments.skip_to_tail(window);
                }
                // What follows the last box is padding, or too much to visit.
                Err(Stop::Damaged | Stop::Budget) if found => return Ok(()),
                next => next?,
            };
            cut |= next.cut;
            match &next.kind {
                b"ftyp" => {
                    self.brand = { next.body }.array()?;
                    if let Some(name) = refused(next.body) {
                        return Err(Stop::Refused(name));
                    }
                }
                // A picture's boxes under a movie's brand.
                b"meta" if !found => pictures = true,
                b"moov" if next.cut => return Err(Stop::End),
                b"moov" if !found => {
                    found = true;
                    self.movie(next.body)?;
                }
                b"sidx" => self.fragments.index(next)?,
                b"moof" => self.fragments.fragment(start, next.body)?,
                _ => {}
            }
        }
        if !found {
            return Err(if pictures && !cut { Stop::Refused("HEIC") } else { Stop::End });
        }
        self.complete = Some(!cut && !self.fragments.are_cut(window.size()));
        Ok(())
    }

    /// The boxes of the movie box, in one pass: those that hold others are entered by passing over their header only,
    /// so nothing nests, however deep the file does.
    fn movie(&mut self, mut moov: Cursor<'_>) -> Result<(), Stop> {
        let mut behind_track = moov;
        while moov.left() >= 8 {
            let mut next = match Atom::next(&mut moov) {
                Err(Stop::Damaged) if moov.at() < behind_track.at() => {
                    moov = behind_track;
                    continue;
                }
                next => next?,
            };
            match &next.kind {
                b"trak" if self.tracks.len() < MAX_TRACKS => {
                    self.tracks.push(Track::default());
                    behind_track = moov;
                    moov = moov.enter(next.body);
                }
                b"mdia" | b"minf" | b"stbl" | b"mvex" => moov = moov.enter(next.body),
                b"mvhd" => (self.timescale, self.duration) = clock(&mut next)?,
                b"mehd" | b"trex" => self.fragments.announce(next)?,
                _ if moov.at() < behind_track.at() => {
                    let Some(track) = self.tracks.last_mut() else { continue };
                    lenient(track.read(next))?;
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
fn clock(header: &mut Atom<'_>) -> Result<(u32, u64), Stop> {
    let (version, _) = header.version()?;
    header.body.skip(if version == 0 { 8 } else { 16 })?;
    Ok((header.body.be32()?, header.number(version)?))
}

impl Track {
    fn read(&mut self, mut part: Atom<'_>) -> Result<(), Stop> {
        match &part.kind {
            b"tkhd" => {
                let (version, _) = part.version()?;
                part.body.skip(if version == 0 { 8 } else { 16 })?;
                self.id = part.body.be32()?;
                // Reserved, duration, reserved, layer, group, volume, reserved.
                part.body.skip(if version == 0 { 24 } else { 28 })?;
                let mut sign = || part.body.be32().map(|fixed| fixed.cast_signed().signum());
                let (a, b, _, c, d) = (sign()?, sign()?, sign()?, sign()?, sign()?);
                self.turned = Some(turned(a, b, c, d));
                part.body.skip(16)?;
                self.shown = (part.body.be32()?, part.body.be32()?);
            }
            b"mdhd" => (self.timescale, self.duration) = clock(&mut part)?,
            b"hdlr" if self.handler == [0; 4] => {
                part.body.skip(8)?;
                self.handler = part.body.array()?;
            }
            b"stsd" => {
                self.described = true;
                part.body.skip(8)?;
                let mut entry = Atom::next(&mut part.body)?;
                self.codec = codecs::by_tag(entry.kind);
                if &self.handler == b"vide" {
                    entry.body.skip(24)?;
                    self.coded = (entry.body.be16()?, entry.body.be16()?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether every box that matters has been seen.
    fn is_told(&self) -> bool {
        self.described && self.turned.is_some() && self.timescale > 0 && self.handler != [0; 4]
    }

    fn is_video(&self) -> bool {
        &self.handler == b"vide"
    }

    fn is_audio(&self) -> bool {
        &self.handler == b"soun"
    }
}

/// The orientation of a transformation matrix (ISO/IEC 14496-12 §8.3.2), by the signs of its numbers:
/// x' = a·x + c·y and y' = b·x + d·y, with y growing downwards.
fn turned(a: i32, b: i32, c: i32, d: i32) -> Orientation {
    let exif = match (a, b, c, d) {
        (-1, 0, 0, 1) => 2,
        (-1, 0, 0, -1) => 3,
        (1, 0, 0, -1) => 4,
        (0, 1, 1, 0) => 5,
        (0, 1, -1, 0) => 6,
        (0, -1, -1, 0) => 7,
        (0, -1, 1, 0) => 8,
        _ => 1,
    };
    Orientation::from_exif(exif).unwrap_or(Orientation::UPRIGHT)
}

impl Movie {
    fn format(&self) -> Format {
        let has = |kind: fn(&Track) -> bool| self.tracks.iter().any(kind);
        match &self.brand {
            b"qt  " => Format::Mov,
            b"M4A " | b"M4B " | b"M4P " | b"F4A " | b"F4B " => Format::M4a,
            [b'3', b'g', ..] => Format::ThreeGp,
            _ if has(Track::is_audio) && !has(Track::is_video) => Format::M4a,
            _ => Format::Mp4,
        }
    }

    fn tell(&self, size_of_file: u64, media: &mut Media) {
        media.has_video = Fact::Known(self.tracks.iter().any(Track::is_video));
        media.has_audio = Fact::Known(self.tracks.iter().any(Track::is_audio));
        media.codecs = self.tracks.iter().filter_map(|track| track.codec).collect();
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
        media.complete = self.complete.map_or(Fact::Unknown(Reason::Budget), Fact::Known);
    }

    /// The running time: what a fragmented file says about all of its fragments, else the movie's, else the longest track's.
    fn duration(&self, size_of_file: u64) -> Fact<Duration> {
        self.fragments.duration(self, size_of_file).unwrap_or_else(|| {
            let tracks = self.tracks.iter().map(|track| seconds(track.duration, track.timescale));
            let longest = tracks.filter_map(|fact| fact.value()).max();
            match seconds(self.duration, self.timescale) {
                Fact::Unknown(reason) => longest.map_or(Fact::Unknown(reason), Fact::Known),
                known => known,
            }
        })
    }

    /// Ticks per second of a track, by its number.
    pub(super) fn timescale_of(&self, id: u32) -> u32 {
        self.tracks.iter().find(|track| track.id == id).map_or(0, |track| track.timescale)
    }
}
