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
//! `registry.rs` lists all formats, and says which wasm module contains each.

#![cfg_attr(
    not(all(feature = "core", feature = "formats")),
    allow(dead_code, reason = "what only the part that is not built uses")
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

use error::Stop;
pub use facts::{Fact, Kind, Media, Orientation, Reason, Size};
pub use format::Format;
use registry::{BUILT_IN, Part};
use window::Window;

/// Why there is nothing to say about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeError {
    /// None of the [`Format`]s.
    Unrecognised {
        /// What it looks like to people, where that can be told: "PDF", "HEIC", "text".
        looks_like: Option<&'static str>,
    },
    /// None of the formats that are built in, and others are not: see the features of this crate.
    NotBuiltIn,
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
    parts: &'static [Part],
    window: Window,
    /// Why there is nothing to look at.
    failed: Option<ProbeError>,
}

impl Probe {
    /// A probe of a file with this many bytes.
    #[must_use]
    pub const fn new(size: u64) -> Self {
        let failed = if size == 0 { Some(ProbeError::Unrecognised { looks_like: None }) } else { None };
        Self { parts: BUILT_IN, window: Window::new(size), failed }
    }

    /// What to do next. Asking again without supplying anything gives the same answer.
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
        // Another run is to come as far as this one.
        self.window.set_steps(steps);
        ProbeStep::Done(match found {
            Some(Err(_)) => Err(ProbeError::Unrecognised { looks_like: self.window.looks_like() }),
            Some(Ok(media)) => Ok(media),
            None => Err(ProbeError::NotBuiltIn),
        })
    }

    /// Answers the last [`ProbeStep::Need`]. Fewer bytes than it asked for mean that the file has shrunk.
    ///
    /// Every probe asks for the same first range: one that another probe of the file has read may be supplied before the
    /// first step.
    pub fn supply(&mut self, bytes: &[u8]) {
        if self.window.supply(bytes).is_none() {
            self.failed = Some(ProbeError::Unreadable);
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

/// Pixels. Nothing has a side of 0, or of 2^31 or more: PNG and BMP forbid it, and nobody decodes it.
const fn size(width: u32, height: u32) -> Fact<Size> {
    let is_size = width.cast_signed() > 0 && height.cast_signed() > 0;
    if is_size { Fact::Known(Size { width, height }) } else { Fact::Unknown(Reason::Damaged) }
}

#[cfg(test)]
impl Probe {
    /// The probe as the core has it.
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
    fn the_parts_one_after_the_other_are_the_whole() {
        let mut handed_over = 0;
        for path in fixtures() {
            let file = fs::read(&path).unwrap();
            let size = file.len() as u64;
            let mut found = run(Probe::of_core_formats(size), &file);
            if found == Err(ProbeError::NotBuiltIn) {
                handed_over += 1;
                let mut other = Probe { parts: &[registry::extended], ..Probe::new(size) };
                // As in a browser, what the first part has read is not read again.
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
