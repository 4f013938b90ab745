//! What a probe finds out: facts, each with how sure it is.

use core::time::Duration;

use crate::text_enum::text_enum;

/// A fact, or why there is none. A rule can tell them apart; a guess never passes for a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// Read from the file's own structure.
    Known(T),
    /// Computed from a part of the file, for example a constant bit rate.
    Estimated(T),
    /// Not to be had.
    Unknown(Reason),
}

impl<T: Copy> Fact<T> {
    /// The value, known or estimated.
    #[must_use]
    pub const fn value(&self) -> Option<T> {
        match *self {
            Self::Known(value) | Self::Estimated(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// The value, only if it is known.
    #[must_use]
    pub const fn known(&self) -> Option<T> {
        match *self {
            Self::Known(value) => Some(value),
            Self::Estimated(_) | Self::Unknown(_) => None,
        }
    }

    /// The same fact about something computed from the value.
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
    /// Why a fact is unknown. As wide as a number, for it stands in the place of one: a byte there is copied on its own.
    #[repr(u32)]
    pub enum Reason {
        /// This kind of file has no such fact: a duration of a still picture.
        NotApplicable = "not_applicable",
        /// The file could say it but does not.
        Absent = "absent",
        /// The file ends, or is damaged, where the fact should be.
        Damaged = "damaged",
        /// Finding it would cost more reads than the probe allows itself.
        Budget = "budget",
    }
}

text_enum! {
    /// Picture, moving picture or sound.
    pub enum Kind {
        /// A still or animated picture.
        Image = "image",
        /// A file with a video track.
        Video = "video",
        /// A file with sound only.
        Audio = "audio",
    }
}

impl Kind {
    /// The kind of this name, in whichever case.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str().eq_ignore_ascii_case(name))
    }
}

/// Pixels, width by height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// How stored pixels are turned for display: EXIF's values 1 to 8; a video's rotation uses 1, 3, 6 and 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    /// Displayed as stored.
    pub const UPRIGHT: Self = Self(1);

    /// The orientation with this EXIF value (tag 0x0112), if it is one.
    #[must_use]
    pub const fn from_exif(value: u16) -> Option<Self> {
        match value {
            #[expect(clippy::cast_possible_truncation, reason = "1 to 8 fits")]
            1..=8 => Some(Self(value as u8)),
            _ => None,
        }
    }

    /// The EXIF value.
    #[must_use]
    pub const fn exif(self) -> u8 {
        self.0
    }

    /// Whether width and height trade places for display.
    #[must_use]
    pub const fn is_sideways(self) -> bool {
        self.0 >= 5
    }
}

/// Everything a probe says about a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Media {
    /// The format, by content.
    pub format: super::Format,
    /// Pixels as they are stored.
    pub stored_size: Fact<Size>,
    /// How they are turned for display.
    pub orientation: Fact<Orientation>,
    /// More than one picture.
    pub animated: Fact<bool>,
    /// Running time.
    pub duration: Fact<Duration>,
    /// Whether a video track is present.
    pub has_video: Fact<bool>,
    /// Whether an audio track is present.
    pub has_audio: Fact<bool>,
    /// Codecs in the order of the tracks, by their usual names ("H.264", "AAC").
    pub codecs: Vec<&'static str>,
    /// `Known(false)` where the file ends before its own structure says it does.
    pub complete: Fact<bool>,
}

impl Media {
    /// Pixels as a viewer sees them; the rules judge these.
    #[must_use]
    pub fn displayed_size(&self) -> Fact<Size> {
        let sideways = self.orientation.value().is_some_and(Orientation::is_sideways);
        self.stored_size.map(|size| if sideways { Size { width: size.height, height: size.width } } else { size })
    }
}
