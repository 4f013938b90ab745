//! AVI: the stream headers, and the length from the `OpenDML` extension.
//!
//! <https://learn.microsoft.com/windows/win32/directshow/avi-riff-file-reference>

use crate::media::cursor::{Cursor, tags};
use crate::media::duration::{is_near, seconds};
use crate::media::error::Stop;
use crate::media::lengths::{is_placeholder, is_whole};
use crate::media::riff::Chunk;
use crate::media::{Fact, Media, Reason, Size, codecs, riff, size};

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

/// Bytes of a chunk's name and length.
const CHUNK: u64 = 8;

pub(crate) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    riff::is_form(file, AVI)
}

pub(crate) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let form_len = { file }.fields(8)?.le32(4);
    let mut streams = Streams::default();
    streams.walk(file, media)?;
    streams.fill(file.window().size(), is_placeholder(form_len.into()), media);
    Ok(())
}

#[derive(Default)]
struct Streams {
    /// The kind of the stream whose headers are being read.
    kind: u32,
    tag: u32,
    video: Option<Clock>,
    audio: Option<Clock>,
    has_audio: bool,
    /// The number of frames in all parts of an `OpenDML` file; the stream headers count only those in the first part.
    frames: u32,
    /// From the main header: the number of frames, and the microseconds per frame.
    main: (u32, u32),
    /// The sizes in the main header, and in the header of the first video stream.
    shown: Option<Fact<Size>>,
    coded: Option<Fact<Size>>,
}

/// The number of units in a stream; `rate` units take `scale` seconds.
#[derive(Clone, Copy)]
struct Clock {
    scale: u32,
    rate: u32,
    length: u32,
}

impl Streams {
    /// Walks over the chunks up to the list of frames. The length of the form may be wrong, so it is not a bound.
    fn walk(&mut self, mut chunks: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
        chunks.skip(12)?;
        loop {
            let chunk = Chunk::next_padded(&mut chunks)?;
            if chunk.id == LIST {
                // The length of the list may be unknown too.
                let mut list = chunks.enter(chunk.data);
                match list.be32()? {
                    // Lists are entered by skipping only their header, so nothing recurses.
                    HDRL | STRL | ODML => chunks = list,
                    MOVI => {
                        // Only an index may follow the frames, and players can rebuild it.
                        media.complete = Fact::Known(is_whole(chunk.len.into(), chunk.data.left(), CHUNK));
                        return Ok(());
                    }
                    _ => {}
                }
            } else {
                self.read(&chunk, media)?;
            }
        }
    }

    /// Reads a header. If a header is repeated, the first counts.
    fn read(&mut self, chunk: &Chunk<'_>, media: &mut Media) -> Result<(), Stop> {
        let data = { chunk.data }.fields_up_to(40)?;
        match chunk.id {
            AVIH if self.shown.is_none() => {
                self.main = (data.le32(16), data.le32(0));
                self.shown = Some(size(data.le32(32), data.le32(36)));
            }
            STRH => {
                (self.kind, self.tag) = (data.be32(0), data.be32(4));
                let clock = Clock { scale: data.le32(20), rate: data.le32(24), length: data.le32(32) };
                // DV streams may contain audio in the same stream.
                self.has_audio |= matches!(self.kind, AUDS | IAVS);
                match self.kind {
                    VIDS | IAVS => self.video.get_or_insert(clock),
                    AUDS => self.audio.get_or_insert(clock),
                    _ => return Ok(()),
                };
            }
            STRF => {
                let kind = core::mem::take(&mut self.kind);
                if kind == VIDS {
                    let coded = size(data.le32(4), data.le32(8).cast_signed().unsigned_abs());
                    self.coded.get_or_insert(coded);
                    media.codecs.extend(codecs::by_tag(data.be32(16)).or_else(|| codecs::by_tag(self.tag)));
                } else if kind == AUDS {
                    media.codecs.extend(codecs::by_wave_tag(data.le16(0)));
                }
            }
            DMLH => self.frames = data.le32(0),
            _ => {}
        }
        Ok(())
    }

    fn fill(&self, size_of_file: u64, is_open: bool, media: &mut Media) {
        media.stored_size = self.coded.or(self.shown).unwrap_or(media.stored_size);
        media.has_video = Fact::Known(self.video.is_some());
        media.has_audio = Fact::Known(self.has_audio);
        let clock = self.video.map(|video| Clock { length: video.length.max(self.frames), ..video }).or(self.audio);
        let stream =
            clock.map_or(media.duration, |clock| seconds(u64::from(clock.length) * u64::from(clock.scale), clock.rate));
        let (frames, micros) = self.main;
        let main = seconds(u64::from(frames) * u64::from(micros), 1_000_000);
        media.duration = match (stream.value(), main.value()) {
            (None, _) => main,
            // In an OpenDML file, the main header counts only the frames in the first part.
            (Some(stream), Some(main)) if self.frames == 0 && !is_near(stream, main) => Fact::Estimated(stream),
            _ => stream,
        };
        // Every frame has a chunk, even if it is empty.
        let frames = clock.map_or(0, |clock| u64::from(clock.length));
        if self.video.is_some() && frames * CHUNK > size_of_file {
            media.duration = Fact::Unknown(Reason::Absent);
        } else if is_open {
            media.duration = media.duration.estimated();
        }
    }
}
