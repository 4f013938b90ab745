//! What a media file is, by its content: format, pixels, orientation, running time, tracks, from a few small ranges.
//!
//! [`Probe`] performs no I/O. It says which range of the file it needs, takes the bytes, and in the end gives a [`Media`]:
//!
//! ```
//! use mediaferry::media::{Probe, ProbeStep};
//!
//! let file = *b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x06\0\0\0\x35\xd1\xdc\xe4";
//! let mut probe = Probe::new(file.len() as u64);
//! let media = loop {
//!     match probe.step() {
//!         ProbeStep::Need { offset, len } => {
//!             let start = usize::try_from(offset).unwrap();
//!             probe.supply(&file[start..start + len]);
//!         }
//!         ProbeStep::Done(result) => break result.unwrap(),
//!     }
//! };
//! assert_eq!(media.format.mime(), "image/png");
//! assert_eq!(media.stored_size.known().map(|size| size.width), Some(640));
//! assert_eq!(media.complete.known(), Some(false), "its pixels are missing");
//! ```
//!
//! The order of reading: [`Probe`], then `window.rs`, which explains how a parser asks for bytes, `cursor.rs`, with which it reads, and any format.
//! Nothing here trusts a name, a declared type, or a number in the file.
//!
//! Without the feature `all-formats` only PNG, JPEG, GIF, WebP and the MP4 family are recognised: the wasm that ships is
//! built so, for its budget. See `docs/decisions/0006-formats-in-the-wasm.md`.

#![cfg_attr(not(feature = "all-formats"), allow(dead_code, reason = "what only the other formats use"))]

#[cfg(feature = "all-formats")]
mod adts;
#[cfg(feature = "all-formats")]
mod amf;
#[cfg(feature = "all-formats")]
mod asf;
#[cfg(feature = "all-formats")]
mod avi;
#[cfg(feature = "all-formats")]
mod bits;
#[cfg(feature = "all-formats")]
mod bmp;
mod boxes;
mod codecs;
mod cursor;
#[cfg(feature = "all-formats")]
mod ebml;
mod exif;
mod facts;
#[cfg(feature = "all-formats")]
mod flac;
#[cfg(feature = "all-formats")]
mod flv;
#[cfg(feature = "all-formats")]
mod flv_video;
mod format;
mod fragments;
#[cfg(feature = "all-formats")]
mod frames;
mod gif;
#[cfg(feature = "all-formats")]
mod h264;
#[cfg(feature = "all-formats")]
mod id3;
mod jpeg;
#[cfg(feature = "all-formats")]
mod matroska;
#[cfg(feature = "all-formats")]
mod mp3;
mod mp4;
mod names;
#[cfg(feature = "all-formats")]
mod ogg;
mod png;
mod refused;
mod riff;
#[cfg(feature = "all-formats")]
mod tiff;
#[cfg(feature = "all-formats")]
mod wav;
mod webp;
mod window;

use core::time::Duration;

use cursor::Cursor;
pub use facts::{Fact, Kind, Media, Orientation, Reason, Size};
pub use format::Format;
use window::{Stop, Window};

/// A file format as the probe sees it: how to tell it, and how to read it.
///
/// Both see the file from its start, or from behind the ID3 tags there. `matches` decides by as little as is certain;
/// `parse` writes what it finds into the media, as it finds it, and changes the format where one container serves several.
struct Container {
    format: Format,
    matches: fn(Cursor<'_>) -> Result<bool, Stop>,
    parse: fn(Cursor<'_>, &mut Media) -> Result<(), Stop>,
}

macro_rules! containers {
    ($($(#[$meta:meta])* $module:ident: $format:ident,)+) => {
        &[$(
            $(#[$meta])*
            Container { format: Format::$format, matches: $module::matches, parse: $module::parse },
        )+]
    };
}

/// Every container, told by its first bytes.
const CONTAINERS: &[Container] = containers![
    png: Png,
    jpeg: Jpeg,
    gif: Gif,
    webp: Webp,
    #[cfg(feature = "all-formats")]
    tiff: Tiff,
    mp4: Mp4,
    #[cfg(feature = "all-formats")]
    matroska: Webm,
    #[cfg(feature = "all-formats")]
    avi: Avi,
    #[cfg(feature = "all-formats")]
    wav: Wav,
    #[cfg(feature = "all-formats")]
    asf: Wmv,
    #[cfg(feature = "all-formats")]
    flv: Flv,
    #[cfg(feature = "all-formats")]
    ogg: Ogg,
    #[cfg(feature = "all-formats")]
    flac: Flac,
    // Two letters that a text may start with.
    #[cfg(feature = "all-formats")]
    bmp: Bmp,
];

/// The streams without a container. They have no signature, so they are looked for, even behind junk, once the file is
/// known to be nothing else that has a name: transport streams and archives may hold the very same frames.
const FRAMES: &[Container] = containers![
    // Before MP3, whose frames start with eleven of the same twelve bits.
    #[cfg(feature = "all-formats")]
    adts: Aac,
    #[cfg(feature = "all-formats")]
    mp3: Mp3,
];

/// Why there is nothing to say about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeError {
    /// None of the [`Format`]s.
    Unrecognised {
        /// What it looks like to people, where that can be told: "PDF", "HEIC", "text".
        looks_like: Option<&'static str>,
    },
    /// The file gave fewer bytes than it has: it shrank, or went away.
    Unreadable,
}

/// What a [`Probe`] wants next.
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeStep {
    /// Bytes to hand to [`Probe::supply`].
    Need {
        /// From here.
        offset: u64,
        /// So many bytes, all of them within the file.
        len: usize,
    },
    /// The answer.
    Done(Result<Media, ProbeError>),
}

/// Finds out what a file is, from ranges that somebody else reads.
///
/// An ordinary file takes at most 3 ranges and 192 KiB; none takes more than 64 ranges and 8 MiB.
#[derive(Debug)]
pub struct Probe {
    window: Window,
    done: Option<Result<Media, ProbeError>>,
}

impl Probe {
    /// A probe of a file with this many bytes.
    #[must_use]
    pub const fn new(size: u64) -> Self {
        let done = if size == 0 { Some(Err(ProbeError::Unrecognised { looks_like: None })) } else { None };
        Self { window: Window::new(size), done }
    }

    /// What to do next. Asking again without supplying anything gives the same answer.
    pub fn step(&mut self) -> ProbeStep {
        if let Some(done) = &self.done {
            return ProbeStep::Done(done.clone());
        }
        let result = match probe(&self.window) {
            Err(Stop::Need) => {
                let (offset, len) = self.window.wanted();
                return ProbeStep::Need { offset, len };
            }
            Err(_) => Err(ProbeError::Unrecognised { looks_like: self.window.looks_like() }),
            Ok(media) => Ok(media),
        };
        self.done = Some(result.clone());
        ProbeStep::Done(result)
    }

    /// Answers the last [`ProbeStep::Need`]. Fewer bytes than it asked for mean that the file has shrunk.
    pub fn supply(&mut self, bytes: &[u8]) {
        if self.window.supply(bytes).is_none() {
            self.done = Some(Err(ProbeError::Unreadable));
        }
    }
}

/// One run over what has been read so far.
fn probe(window: &Window) -> Result<Media, Stop> {
    let head = window.read_up_to(0, window::HEAD as u64)?;
    if let Some(name) = refused::text(head) {
        return Err(window.refuse(name));
    }
    let file = window.cursor();
    #[cfg(feature = "all-formats")]
    let file = id3::behind(file)?;
    let find = |containers: &'static [Container]| {
        for container in containers {
            if window::lenient((container.matches)(file))? == Some(true) {
                return Ok(Some(container));
            }
        }
        Ok(None)
    };
    if let Some(container) = find(CONTAINERS)? {
        return container.read(file);
    }
    if let Some(name) = refused::name(head) {
        return Err(window.refuse(name));
    }
    find(FRAMES)?.ok_or(Stop::Damaged)?.read(file)
}

impl Container {
    fn read(&self, file: Cursor<'_>) -> Result<Media, Stop> {
        let mut media = Media::unknown(self.format);
        match (self.parse)(file, &mut media) {
            Ok(()) => {}
            Err(stop @ (Stop::Need | Stop::Refused)) => return Err(stop),
            Err(Stop::Budget) => media.explain(Reason::Budget),
            Err(Stop::Damaged) => media.explain(Reason::Damaged),
            Err(Stop::End) => {
                media.explain(Reason::Damaged);
                media.complete = Fact::Known(false);
            }
        }
        media.leave_out();
        Ok(media)
    }
}

impl Media {
    fn unknown(format: Format) -> Self {
        let absent = Reason::Absent;
        Self {
            format,
            stored_size: Fact::Unknown(absent),
            orientation: Fact::Unknown(absent),
            animated: Fact::Unknown(absent),
            duration: Fact::Unknown(absent),
            has_video: Fact::Unknown(absent),
            has_audio: Fact::Unknown(absent),
            codecs: Vec::new(),
            complete: Fact::Unknown(absent),
        }
    }

    /// Gives this reason for every fact that the parser did not come to.
    fn explain(&mut self, reason: Reason) {
        self.stored_size.explain(reason);
        self.orientation.explain(reason);
        self.animated.explain(reason);
        self.duration.explain(reason);
        self.has_video.explain(reason);
        self.has_audio.explain(reason);
        self.complete.explain(reason);
    }

    /// Marks the facts that this format has not.
    fn leave_out(&mut self) {
        let none = Reason::NotApplicable;
        if !matches!(self.format, Format::Png | Format::Gif | Format::Webp) {
            self.animated = Fact::Unknown(none);
        }
        match self.format.kind() {
            Kind::Image => {
                self.duration = Fact::Unknown(none);
                self.has_video = Fact::Unknown(none);
                self.has_audio = Fact::Unknown(none);
            }
            Kind::Video => {}
            Kind::Audio => {
                self.stored_size = Fact::Unknown(none);
                self.orientation = Fact::Unknown(none);
            }
        }
    }
}

impl<T: Copy> Fact<T> {
    /// The same, no surer than an estimate.
    const fn estimated(self) -> Self {
        match self {
            Self::Known(value) => Self::Estimated(value),
            other => other,
        }
    }

    fn explain(&mut self, reason: Reason) {
        if matches!(self, Self::Unknown(Reason::Absent)) {
            *self = Self::Unknown(reason);
        }
    }
}

/// Pixels; a picture without any is damaged.
const fn size(width: u32, height: u32) -> Fact<Size> {
    if width == 0 || height == 0 { Fact::Unknown(Reason::Damaged) } else { Fact::Known(Size { width, height }) }
}

/// The time that so many ticks take; none at all says nothing.
fn seconds(ticks: u64, per_second: u32) -> Fact<Duration> {
    let scale = u64::from(per_second);
    let (Some(whole), Some(rest)) = (ticks.checked_div(scale), ticks.checked_rem(scale)) else {
        return Fact::Unknown(Reason::Damaged);
    };
    let time = Duration::from_secs(whole) + Duration::from_nanos(rest * 1_000_000_000 / scale);
    if time.is_zero() { Fact::Unknown(Reason::Absent) } else { Fact::Known(time) }
}
