//! Lossless changes as a splice list: the new file as a list of new bytes and of ranges of the original.
//!
//! [`Splicer`] performs no I/O. It requests ranges of the file, accepts their bytes, and returns a [`Splice`] at the end:
//!
//! ```
//! use mediaferry::fix::splice::{Changes, Piece, Removal, SpliceStep, Splicer, Strip};
//!
//! let file = b"\xFF\xD8\xFF\xFE\0\x07Hello\xFF\xDA\0\x03\0\x12\x34\xFF\xD9";
//! let changes = Changes { strip: Some(Strip::Metadata), ..Changes::default() };
//! let mut splicer = Splicer::new(file.len() as u64, changes);
//! let splice = loop {
//!     match splicer.step() {
//!         SpliceStep::Read { offset, len } => {
//!             let start = usize::try_from(offset).unwrap();
//!             splicer.supply(&file[start..start + len]);
//!         }
//!         SpliceStep::Done(splice) => break splice,
//!         SpliceStep::Unsafe(reason) => panic!("{reason:?}"),
//!     }
//! };
//! assert_eq!(splice.pieces, [Piece::Range { offset: 0, len: 2 }, Piece::Range { offset: 11, len: 9 }]);
//! assert_eq!(splice.removed[0].kind, Removal::Comment);
//! ```
//!
//! Read [`Splicer`] first, then `reader.rs`, which explains how a format requests bytes, and any format. A format keeps
//! what it knows to be needed for display, and removes the rest: see `docs/decisions/0017-splice-list.md`.

mod boxes;
mod embedded;
mod exif;
mod gif;
mod heif;
mod jpeg;
mod movie;
mod output;
mod photoshop;
mod png;
mod position;
mod reader;
mod sound;
mod tiff;
mod webp;
mod xmp;

use output::Output;
use reader::{Reader, Stop};

use crate::media::Format;
use crate::text_enum::text_enum;

/// What to change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The metadata to remove, if any.
    pub strip: Option<Strip>,
    /// Whether to make an MP4 or M4A file of a `QuickTime` file. This also removes its metadata and its tracks other
    /// than video and audio.
    pub remux: bool,
    /// Whether to move the index of an MP4 or `QuickTime` file before its media data.
    pub faststart: bool,
}

/// The metadata to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strip {
    /// Where the media was recorded: GPS positions, names of places.
    Location,
    /// Everything that is not needed for display. The orientation and the ICC profile remain.
    Metadata,
}

text_enum! {
    /// A kind of data that was removed.
    pub enum Removal {
        /// Where the media was recorded.
        Gps = "gps",
        /// EXIF data, except the orientation.
        Exif = "exif",
        /// An XMP packet.
        Xmp = "xmp",
        /// IPTC or Photoshop data.
        Iptc = "iptc",
        /// Comments and texts.
        Comment = "comment",
        /// A small copy of the image.
        Thumbnail = "thumbnail",
        /// Further images of the file: the gain map of an HDR photo, other views.
        Image = "image",
        /// Data after the end of the image, for example the video of a motion photo.
        Trailer = "trailer",
        /// Tags of a video or audio file.
        Tags = "tags",
        /// The dates of a video or audio file.
        Dates = "dates",
        /// Tracks other than video and audio, for example timecodes.
        Tracks = "tracks",
        /// Data that only the software that wrote it knows.
        Other = "other",
    }
}

/// Whether the kinds of removed data are told apart. In a page, nobody reads them, and finding them is a part of the module.
const TELLS_KINDS: bool = !cfg!(target_arch = "wasm32");

/// A kind of data that was removed, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The kind.
    pub kind: Removal,
    /// The number of bytes that were removed or overwritten.
    pub bytes: u64,
}

text_enum! {
    /// Why a file cannot be changed losslessly.
    pub enum UnsafeReason {
        /// No lossless change is possible in this format.
        Format = "format",
        /// The target container does not support a codec of the file.
        Codec = "codec",
        /// The video consists of fragments.
        Fragmented = "fragmented",
        /// The video is encrypted.
        Encrypted = "encrypted",
        /// The media data is in another file.
        ExternalData = "external_data",
        /// The index of the video is compressed.
        CompressedIndex = "compressed_index",
        /// The metadata or the index is too large, or has too many parts.
        TooLarge = "too_large",
        /// The file is truncated, or its structure contradicts itself.
        Damaged = "damaged",
        /// The file returned fewer bytes than its size: it shrank, or was deleted.
        Unreadable = "unreadable",
    }
}

/// A part of the new file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// New bytes.
    Bytes(Vec<u8>),
    /// A range of the original. It is within the file and not empty.
    Range {
        /// The offset of the first byte.
        offset: u64,
        /// The number of bytes.
        len: u64,
    },
}

/// The new file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// The parts of the new file. If nothing was changed, this is one range: the whole original.
    pub pieces: Vec<Piece>,
    /// What was removed, each kind once.
    pub removed: Vec<Removed>,
    /// The new format, if it differs: MP4 or M4A after a remux.
    pub format: Option<Format>,
}

/// The next step of a [`Splicer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpliceStep {
    /// Read a range, and pass its bytes to [`Splicer::supply`].
    Read {
        /// The offset of the first byte.
        offset: u64,
        /// The number of bytes; all of them are within the file.
        len: usize,
    },
    /// The result.
    Done(Splice),
    /// The file cannot be changed without a risk.
    Unsafe(UnsafeReason),
}

/// Makes lossless changes to a file, from ranges that the caller reads.
///
/// The scans of a JPEG and the blocks of a GIF are read in order, in ranges of up to 1 MiB; of other files only the
/// metadata and the index are read. No more than 16 MiB are in memory at a time, besides a new index of a similar size.
#[derive(Debug)]
pub struct Splicer {
    reader: Reader,
    changes: Changes,
    format: Option<Machine>,
    output: Output,
    /// The result, once there is one.
    end: Option<SpliceStep>,
}

/// The state of a format.
#[derive(Debug)]
enum Machine {
    Jpeg(jpeg::Jpeg),
    Png(png::Png),
    Webp(webp::Webp),
    Gif(gif::Gif),
    Heif(heif::Heif),
    Movie(movie::Movie),
    Sound(sound::Sound),
}

impl Splicer {
    /// Creates a splicer for a file with this many bytes.
    #[must_use]
    pub const fn new(size: u64, changes: Changes) -> Self {
        Self { reader: Reader::new(size), changes, format: None, output: Output::new(), end: None }
    }

    /// Returns the next step. Repeated calls without [`Splicer::supply`] return the same step.
    pub fn step(&mut self) -> SpliceStep {
        if let Some(end) = &self.end {
            return end.clone();
        }
        let end = match self.run() {
            Err(Stop::Need) => {
                let (offset, len) = self.reader.wanted();
                return SpliceStep::Read { offset, len };
            }
            Err(Stop::Unsafe(reason)) => SpliceStep::Unsafe(reason),
            Ok(format) => SpliceStep::Done(core::mem::take(&mut self.output).finish(self.reader.size(), format)),
        };
        self.end.insert(end).clone()
    }

    /// Accepts the bytes of the last [`SpliceStep::Read`]. Fewer bytes than requested mean that the file has shrunk.
    pub fn supply(&mut self, bytes: &[u8]) {
        if self.reader.supply(bytes).is_none() {
            self.end = Some(SpliceStep::Unsafe(UnsafeReason::Unreadable));
        }
    }

    fn run(&mut self) -> Result<Option<Format>, Stop> {
        let (reader, output, changes) = (&self.reader, &mut self.output, self.changes);
        let machine = match &mut self.format {
            Some(machine) => machine,
            None => self.format.insert(Machine::of(reader)?),
        };
        let strip = changes.strip;
        match machine {
            Machine::Movie(movie) => return movie.run(reader, output, changes),
            Machine::Jpeg(jpeg) => jpeg.run(reader, output, strip)?,
            Machine::Png(png) => png.run(reader, output, strip)?,
            Machine::Webp(webp) => webp.run(reader, output, strip)?,
            Machine::Gif(gif) => gif.run(reader, output, strip)?,
            Machine::Heif(heif) => heif.run(reader, output, strip)?,
            Machine::Sound(sound) => sound.run(reader, output, strip)?,
        }
        Ok(None)
    }
}

impl Machine {
    /// Detects the format by the first bytes.
    fn of(reader: &Reader) -> Result<Self, Stop> {
        let head = reader.up_to(0, 12)?;
        Ok(match head {
            [0xFF, 0xD8, 0xFF, ..] => Self::Jpeg(jpeg::Jpeg::default()),
            [0x89, b'P', b'N', b'G', ..] => Self::Png(png::Png::default()),
            [b'G', b'I', b'F', b'8', ..] => Self::Gif(gif::Gif::default()),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => Self::Webp(webp::Webp::default()),
            _ if heif::matches(reader)? => Self::Heif(heif::Heif::default()),
            _ if movie::matches(head) => Self::Movie(movie::Movie::default()),
            _ if sound::matches(head) => Self::Sound(sound::Sound::default()),
            _ => return Err(Stop::Unsafe(UnsafeReason::Format)),
        })
    }
}
