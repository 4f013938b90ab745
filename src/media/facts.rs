//! The facts that a probe finds, and how certain each is.

use core::time::Duration;

use crate::text_enum::text_enum;

/// A fact, or why it is unknown. Rules distinguish the cases; an estimate never counts as known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// Read from the file's own structure.
    Known(T),
    /// Computed from a part of the file, for example from a constant bit rate.
    Estimated(T),
    /// Not available.
    Unknown(Reason),
}

impl<T: Copy> Fact<T> {
    /// Returns the value, known or estimated.
    #[must_use]
    pub const fn value(&self) -> Option<T> {
        match *self {
            Self::Known(value) | Self::Estimated(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Returns the value, only if it is known.
    #[must_use]
    pub const fn known(&self) -> Option<T> {
        match *self {
            Self::Known(value) => Some(value),
            Self::Estimated(_) | Self::Unknown(_) => None,
        }
    }

    /// Applies a function to the value; how certain the fact is does not change.
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(f(value)),
            Self::Estimated(value) => Fact::Estimated(f(value)),
            Self::Unknown(reason) => Fact::Unknown(reason),
        }
    }
}

text_enum! {
    /// Why a fact is unknown. 32 bits wide, like the values that it shares a place with: the compiler would copy a byte
    /// separately.
    #[repr(u32)]
    pub enum Reason {
        /// The fact does not apply to this kind of file, for example the duration of a still image.
        NotApplicable = "not_applicable",
        /// The file could contain the fact, but does not.
        Absent = "absent",
        /// The file is truncated or damaged at the place of the fact.
        Damaged = "damaged",
        /// Finding the fact would exceed the probe's read budget.
        Budget = "budget",
    }
}

text_enum! {
    /// Image, video or audio.
    pub enum Kind {
        /// A still or animated image.
        Image = "image",
        /// A file with a video track.
        Video = "video",
        /// A file with audio tracks only.
        Audio = "audio",
    }
}

impl Kind {
    /// Returns the kind with this name, ignoring case.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str().eq_ignore_ascii_case(name))
    }
}

/// A size in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

/// How stored pixels are rotated and mirrored for display: an EXIF value from 1 to 8. Videos use 1, 3, 6 and 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    /// Displayed as stored.
    pub const UPRIGHT: Self = Self(1);

    /// Returns the orientation with this EXIF value (tag 0x0112), or `None` if the value is invalid.
    #[must_use]
    pub const fn from_exif(value: u16) -> Option<Self> {
        match value {
            #[expect(clippy::cast_possible_truncation, reason = "1 to 8 fits")]
            1..=8 => Some(Self(value as u8)),
            _ => None,
        }
    }

    /// Returns the EXIF value.
    #[must_use]
    pub const fn exif(self) -> u8 {
        self.0
    }

    /// Returns whether width and height are swapped for display.
    #[must_use]
    pub const fn is_sideways(self) -> bool {
        self.0 >= 5
    }
}

/// Everything that a probe reports about a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Media {
    /// The format, detected by content.
    pub format: super::Format,
    /// The size in pixels as stored, even if they are not square.
    pub stored_size: Fact<Size>,
    /// How the pixels are rotated and mirrored for display.
    pub orientation: Fact<Orientation>,
    /// Whether there is more than one frame.
    pub animated: Fact<bool>,
    /// The running time.
    pub duration: Fact<Duration>,
    /// Whether a video track is present.
    pub has_video: Fact<bool>,
    /// Whether an audio track is present.
    pub has_audio: Fact<bool>,
    /// The codecs in the order of the tracks, by their usual names ("H.264", "AAC").
    pub codecs: Vec<&'static str>,
    /// `Known(false)` if the file ends before its own structure does.
    pub complete: Fact<bool>,
    /// Whether the EXIF data of an image states where it was recorded. `false` also if that could not be read.
    pub has_location: bool,
}

impl Media {
    /// Returns the size in pixels as displayed. The rules check this size.
    #[must_use]
    pub fn displayed_size(&self) -> Fact<Size> {
        let sideways = self.orientation.value().is_some_and(Orientation::is_sideways);
        self.stored_size.map(|size| if sideways { Size { width: size.height, height: size.width } } else { size })
    }
}
