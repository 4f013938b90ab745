//! AVI: the stream headers, and the length that the `OpenDML` extension adds.
//!
//! <https://learn.microsoft.com/windows/win32/directshow/avi-riff-file-reference>

use super::cursor::{Cursor, tags};
use super::riff::{self, Chunk};
use super::window::Stop;
use super::{Fact, Media, Reason, Size, codecs, seconds, size};

tags! {
    AVI = b"AVI ";
    LIST = b"LIST";
    HDRL = b"hdrl";
    AVIH = b"avih";
    STRL = b"strl";
    STRH = b"strh";
    STRF = b"strf";
    ODML = b"odml";
    DMLH = b"dmlh";
    MOVI = b"movi";
    VIDS = b"vids";
    AUDS = b"auds";
    IAVS = b"iavs";
}

/// A chunk's name and length.
const CHUNK: u64 = 8;

pub(super) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    riff::is_form(file, AVI)
}

pub(super) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let (mut chunks, complete) = riff::open(file)?;
    media.complete = complete;
    let mut streams = Streams::default();
    loop {
        let mut chunk = Chunk::next(&mut chunks)?;
        if chunk.id == LIST {
            match chunk.data.be32()? {
                // Lists are entered by passing over their header only, so nothing nests.
                HDRL | STRL | ODML => chunks = chunks.enter(chunk.data),
                MOVI => break,
                _ => {}
            }
        } else {
            streams.read(&chunk, media)?;
        }
    }
    streams.tell(file.window().size(), media);
    Ok(())
}

#[derive(Default)]
struct Streams {
    /// Of the stream whose headers are being read.
    kind: u32,
    tag: u32,
    video: Option<Clock>,
    audio: Option<Clock>,
    /// Frames in all parts of an `OpenDML` file; the headers of a stream count those of the first part.
    frames: u32,
    /// From the main header: frames, and microseconds for each.
    main: (u32, u32),
    /// Of the main header, and of the first video stream.
    shown: Option<Fact<Size>>,
    coded: Option<Fact<Size>>,
}

/// A stream's units, and how many of them take how many seconds.
#[derive(Clone, Copy)]
struct Clock {
    scale: u32,
    rate: u32,
    length: u32,
}

impl Streams {
    fn read(&mut self, chunk: &Chunk<'_>, media: &mut Media) -> Result<(), Stop> {
        let data = { chunk.data }.fields_up_to(40)?;
        match chunk.id {
            AVIH => {
                self.main = (data.le32(16), data.le32(0));
                self.shown = Some(size(data.le32(32), data.le32(36)));
            }
            STRH => {
                (self.kind, self.tag) = (data.be32(0), data.be32(4));
                let clock = Clock { scale: data.le32(20), rate: data.le32(24), length: data.le32(32) };
                match self.kind {
                    // Digital video with its sound in one stream.
                    VIDS | IAVS => self.video.get_or_insert(clock),
                    AUDS => self.audio.get_or_insert(clock),
                    _ => return Ok(()),
                };
            }
            STRF if self.kind == VIDS => {
                let coded = size(data.le32(4), data.le32(8).cast_signed().unsigned_abs());
                self.coded.get_or_insert(coded);
                media.codecs.extend(codecs::by_tag(data.be32(16)).or_else(|| codecs::by_tag(self.tag)));
            }
            STRF if self.kind == AUDS => media.codecs.extend(codecs::by_wave_tag(data.le16(0))),
            DMLH => self.frames = data.le32(0),
            _ => {}
        }
        Ok(())
    }

    fn tell(&self, size_of_file: u64, media: &mut Media) {
        media.stored_size = self.coded.or(self.shown).unwrap_or(media.stored_size);
        media.has_video = Fact::Known(self.video.is_some());
        media.has_audio = Fact::Known(self.audio.is_some() || self.kind == IAVS);
        let clock = self.video.map(|video| Clock { length: video.length.max(self.frames), ..video }).or(self.audio);
        media.duration =
            clock.map_or(media.duration, |clock| seconds(u64::from(clock.length) * u64::from(clock.scale), clock.rate));
        if media.duration.value().is_none() {
            let (frames, micros) = self.main;
            media.duration = seconds(u64::from(frames) * u64::from(micros), 1_000_000);
        }
        // A writer that could not go back leaves any number; but every frame takes a chunk, if an empty one.
        if media.complete.value().is_none() {
            let frames = clock.map_or(0, |clock| u64::from(clock.length));
            let is_possible = self.video.is_none() || frames * CHUNK <= size_of_file;
            media.duration = if is_possible { media.duration.estimated() } else { Fact::Unknown(Reason::Absent) };
        }
    }
}
