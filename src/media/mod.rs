//! Detects media files by their content: format, size in pixels, orientation, running time and tracks, from a few small
//! ranges.
//!
//! [`Probe`] performs no I/O. It requests ranges of the file, accepts their bytes, and returns a [`Media`] at the end:
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
//! Read [`Probe`] first, then `window.rs`, which explains how a parser requests bytes, `cursor.rs`, which parsers read
//! with, and any format. No code here trusts a name, a declared type, or a number in the file.
//!
//! `registry.rs` lists all formats, and the wasm module that contains each.

#![cfg_attr(
    not(all(feature = "core", feature = "formats", feature = "fix")),
    allow(dead_code, unused_imports, reason = "used only by the part that is not built")
)]

mod asf;
mod bits;
mod codecs;
mod container;
mod cursor;
mod duration;
mod error;
mod facts;
mod flac;
mod flv;
mod format;
mod format_names;
mod h264;
mod h265;
mod image;
mod isobmff;
mod lengths;
mod matroska;
mod mpeg_audio;
mod ogg;
mod plain_text;
mod registry;
mod riff;
mod unsupported;
mod window;
mod wire;

pub(crate) use codecs::by_descriptor as codec_by_descriptor;
pub(crate) use cursor::{is_listed, is_tag, tags};
use error::Stop;
pub use facts::{Fact, Kind, Media, Orientation, Reason, Size};
pub use format::Format;
pub(crate) use image::exif::{PREFIX as EXIF_PREFIX, PREFIX_LEN as EXIF_PREFIX_LEN};
pub(crate) use image::png::orientation_in_text as png_profile_orientation;
pub(crate) use isobmff::heif::format as heif_format;
use registry::{BUILT_IN, Part};
use window::Window;

/// Why a file has no [`Media`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeError {
    /// The file has none of the [`Format`]s.
    Unrecognised {
        /// The common name of what the file looks like, if detected: "PDF", "HEIC", "text".
        looks_like: Option<&'static str>,
    },
    /// The file has none of the built-in formats, and not all formats are built in: see the features of this crate.
    NotBuiltIn,
    /// The file returned fewer bytes than its size: it shrank, or was deleted.
    Unreadable,
}

/// The next step of a [`Probe`].
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeStep {
    /// Read a range, and pass its bytes to [`Probe::supply`].
    Need {
        /// The offset of the first byte.
        offset: u64,
        /// The number of bytes; all of them are within the file.
        len: usize,
    },
    /// The result.
    Done(Result<Media, ProbeError>),
}

/// Detects what a file is, from ranges that the caller reads.
///
/// An ordinary file needs at most 3 ranges and 192 KiB; no file needs more than 64 ranges and 8 MiB.
///
/// ```
/// use mediaferry::media::{Probe, ProbeStep};
///
/// let mut probe = Probe::new(15);
/// assert_eq!(probe.step(), ProbeStep::Need { offset: 0, len: 15 });
/// probe.supply(b"<!doctype html>");
/// assert!(matches!(probe.step(), ProbeStep::Done(Err(_))), "not a media file");
/// ```
#[derive(Debug)]
pub struct Probe {
    parts: &'static [Part],
    window: Window,
    /// The error, if the file cannot be probed.
    failed: Option<ProbeError>,
}

impl Probe {
    /// Creates a probe of a file with this many bytes.
    #[must_use]
    pub const fn new(size: u64) -> Self {
        let failed = if size == 0 { Some(ProbeError::Unrecognised { looks_like: None }) } else { None };
        Self { parts: BUILT_IN, window: Window::new(size), failed }
    }

    /// Returns the next step. Repeated calls without [`Probe::supply`] return the same step.
    pub fn step(&mut self) -> ProbeStep {
        if let Some(error) = self.failed {
            return ProbeStep::Done(Err(error));
        }
        let steps = self.window.steps();
        let found = self.parts.iter().find_map(|look| look(&self.window).transpose());
        if matches!(found, Some(Err(Stop::Need))) {
            let (offset, len) = self.window.wanted();
            return ProbeStep::Need { offset, len };
        }
        // A repeated run must get as far as this one.
        self.window.set_steps(steps);
        ProbeStep::Done(match found {
            Some(Err(_)) => Err(ProbeError::Unrecognised { looks_like: self.window.looks_like() }),
            Some(Ok(media)) => Ok(media),
            None => Err(ProbeError::NotBuiltIn),
        })
    }

    /// Accepts the bytes of the last [`ProbeStep::Need`]. Fewer bytes than requested mean that the file has shrunk.
    ///
    /// Every probe requests the same first range, so a range that another probe of the file has read may be supplied
    /// before the first step.
    pub fn supply(&mut self, bytes: &[u8]) {
        if self.window.supply(bytes).is_none() {
            self.failed = Some(ProbeError::Unreadable);
        }
    }
}

impl<T: Copy> Fact<T> {
    /// Returns the fact as an estimate, if it is known.
    const fn estimated(self) -> Self {
        match self {
            Self::Known(value) => Self::Estimated(value),
            other => other,
        }
    }

    fn set_unknown_reason(&mut self, reason: Reason) {
        if matches!(self, Self::Unknown(Reason::Absent)) {
            *self = Self::Unknown(reason);
        }
    }
}

/// Returns a size in pixels. A side of 0, or of 2^31 or more, is invalid: PNG and BMP forbid it, and no decoder accepts
/// it.
const fn size(width: u32, height: u32) -> Fact<Size> {
    let is_size = width.cast_signed() > 0 && height.cast_signed() > 0;
    if is_size { Fact::Known(Size { width, height }) } else { Fact::Unknown(Reason::Damaged) }
}

#[cfg(test)]
impl Probe {
    /// Creates a probe with only the formats of `core.wasm`.
    pub(crate) fn of_core_formats(size: u64) -> Self {
        Self { parts: &[registry::core], ..Self::new(size) }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn fixtures() -> Vec<PathBuf> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let files = |folder: &str| fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        ["media", "fuzz", "e2e"].into_iter().flat_map(files).filter(|path| path.is_file()).collect()
    }

    fn run(mut probe: Probe, file: &[u8]) -> Result<Media, ProbeError> {
        loop {
            match probe.step() {
                ProbeStep::Need { offset, len } => {
                    let start = usize::try_from(offset).unwrap();
                    probe.supply(&file[start..start + len]);
                }
                ProbeStep::Done(found) => return found,
            }
        }
    }

    #[test]
    fn both_parts_in_turn_equal_the_whole_probe() {
        let mut handed_over = 0;
        for path in fixtures() {
            let file = fs::read(&path).unwrap();
            let size = file.len() as u64;
            let mut found = run(Probe::of_core_formats(size), &file);
            if found == Err(ProbeError::NotBuiltIn) {
                handed_over += 1;
                let mut other = Probe { parts: &[registry::extended], ..Probe::new(size) };
                // As in a browser, the range that the first probe has read is not read again.
                let mut first = Probe::new(size);
                if let ProbeStep::Need { offset, len } = first.step() {
                    assert_eq!(offset, 0);
                    other.supply(&file[..len]);
                    assert_ne!(other.step(), first.step(), "{}", path.display());
                }
                found = run(other, &file);
            }
            assert_eq!(found, run(Probe::new(size), &file), "{}", path.display());
        }
        assert!(handed_over > 80, "{handed_over} files were handed over");
    }
}
