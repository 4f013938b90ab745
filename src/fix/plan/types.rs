//! A plan as data: its steps, what they need, and what performs them.

use core::time::Duration;

use crate::fix::splice::Changes;
use crate::media::{Format, Size};
use crate::rules::{Rule, Violation};
use crate::text_enum::text_enum;

text_enum! {
    /// What a step of a plan does.
    pub enum StepKind {
        /// Removes metadata. `loses` says whether all of it, or only the location. Lossless.
        StripMetadata = "strip-metadata",
        /// Copies the tracks into another container. Lossless.
        Remux = "remux",
        /// Moves the index of a video to the front, so that playback can start before the file has arrived. Lossless.
        Faststart = "faststart",
        /// Encodes the image in another format.
        Convert = "convert",
        /// Adds borders, up to the smallest size or the largest aspect ratio.
        Pad = "pad",
        /// Cuts off edges, down to the largest aspect ratio.
        Crop = "crop",
        /// Enlarges the picture to the smallest size.
        Upscale = "upscale",
        /// Reduces the number of pixels.
        Downscale = "downscale",
        /// Encodes the image with a lower quality, until it meets the limit in bytes.
        Compress = "compress",
        /// Cuts off the end of a video or a sound.
        Trim = "trim",
        /// Encodes the tracks of a video or a sound anew.
        Transcode = "transcode",
    }
}

impl StepKind {
    /// What a plan may do if the page does not say: everything but what changes the picture's frame.
    pub const BY_DEFAULT: &'static [Self] = &[
        Self::StripMetadata,
        Self::Remux,
        Self::Faststart,
        Self::Convert,
        Self::Downscale,
        Self::Compress,
        Self::Trim,
        Self::Transcode,
    ];
}

text_enum! {
    /// What a step loses.
    pub enum Loss {
        /// The place where the file was recorded.
        Location = "location",
        /// All metadata: dates, the camera, the place, descriptions, thumbnails.
        Metadata = "metadata",
        /// All frames but the first.
        Animation = "animation",
        /// Transparent pixels get the background's colour.
        Transparency = "transparency",
        /// Colours outside sRGB.
        ColorProfile = "color-profile",
        /// Detail, by lossy compression.
        Quality = "quality",
        /// Detail, by fewer pixels.
        Pixels = "pixels",
        /// The edges of the picture.
        Edges = "edges",
        /// Everything after the longest duration.
        End = "end",
    }
}

text_enum! {
    /// What a step needs and the page does not have.
    pub enum Need {
        /// The option `videoTools`.
        VideoTools = "videoTools",
        /// The option `decodeHeic`: this browser cannot decode HEIC.
        DecodeHeic = "decodeHeic",
        /// The option `decodeTiff`: this browser cannot decode TIFF.
        DecodeTiff = "decodeTiff",
        /// Another browser: this one cannot decode the format.
        Decoder = "decoder",
        /// Another browser: this one cannot encode video or sound.
        Encoder = "encoder",
    }
}

text_enum! {
    /// Why a step is needed, besides a limit.
    pub enum Purpose {
        /// The page asked for it: the option `privacy`.
        Privacy = "privacy",
        /// The page asked for it: the option `faststart`.
        Faststart = "faststart",
        /// The browser cannot draw a picture of this size.
        Canvas = "canvas",
    }
}

/// Why a step is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A limit of the provider.
    Limit(Rule),
    /// Something else.
    Purpose(Purpose),
}

impl Why {
    /// The stable text, as JavaScript sees it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Limit(rule) => rule.as_str(),
            Self::Purpose(purpose) => purpose.as_str(),
        }
    }
}

/// A file between two steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    /// The format.
    pub format: Format,
    /// The size in bytes; `None` if only the step shows it.
    pub bytes: Option<u64>,
    /// The displayed size in pixels.
    pub size: Option<Size>,
    /// The running time.
    pub duration: Option<Duration>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// Why it is needed.
    pub reason: Why,
    /// The file before the step.
    pub from: State,
    /// The file after the step.
    pub to: State,
    /// Whether pixels and samples stay as they are.
    pub lossless: bool,
    /// What it loses.
    pub loses: Vec<Loss>,
    /// About how large the file is afterwards. The size after a lossless step is exact, and in `to`.
    pub estimated_bytes: Option<u64>,
    /// What is missing to perform it.
    pub need: Option<Need>,
}

/// How a picture fills another shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The shape stays the same.
    Scale,
    /// Borders are added.
    Pad,
    /// Edges are cut off.
    Crop,
}

impl Fit {
    /// The stable text, as JavaScript sees it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scale => "scale",
            Self::Pad => "pad",
            Self::Crop => "crop",
        }
    }
}

/// What a splice of the file results in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spliced {
    /// A file of this many bytes.
    File(u64),
    /// Nothing: the file has nothing to change.
    Unchanged,
    /// Nothing: it would not be safe.
    Refused,
}

/// The work behind the steps, for whoever performs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Job {
    /// A splice.
    Splice(Changes),
    /// The image is decoded, drawn and encoded.
    Draw(Drawing),
    /// The tracks are converted by the page's tools.
    Convert(Conversion),
}

/// How an image is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawing {
    /// The format to encode.
    pub format: Format,
    /// The size to draw.
    pub size: Size,
    /// How the picture fills that size.
    pub fit: Fit,
    /// The limit in bytes.
    pub max_bytes: Option<u64>,
    /// The smallest size that may be drawn to meet the limit.
    pub min_size: Size,
    /// Whether quality may be reduced to meet the limit.
    pub compresses: bool,
    /// Whether the size may be reduced to meet the limit.
    pub downscales: bool,
}

/// How a video or a sound is converted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conversion {
    /// The format to write.
    pub format: Format,
    /// Where it ends.
    pub end: Option<Duration>,
    /// The size to draw, if it changes.
    pub size: Option<(Size, Fit)>,
    /// The bit rates of video and audio, in bits per second, if the limit in bytes needs them.
    pub bit_rates: Option<(u64, u64)>,
    /// Whether metadata is left out.
    pub strips: bool,
}

/// How a file can be made to fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Every limit that the file violates; empty if the provider accepts it as it is.
    pub violations: Vec<Violation>,
    /// The steps, in order. Empty if there is nothing to do, or nothing can be done.
    pub steps: Vec<Step>,
    /// The limits that no allowed step can meet. The file cannot be fixed if there is one.
    pub impossible: Vec<Violation>,
    /// The work behind the steps; `None` if there is none, or something is missing.
    pub job: Option<Job>,
}

/// The result of planning.
#[derive(Clone, Debug, PartialEq)]
pub enum Planned {
    /// Planning needs to know what these changes would result in.
    Needs(Changes),
    /// The plan.
    Plan(Plan),
}
