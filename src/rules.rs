//! A provider's limits as data, and the check that reports every violation.

use crate::file::{AcceptedFile, InspectedFile, Shared};
use crate::media::{Format, Kind, Media, Size};
use crate::text_enum::text_enum;

/// 10^6 bytes: MB on the providers' pages.
pub const MB: u64 = 1_000_000;
/// 2^20 bytes.
pub const MIB: u64 = 1 << 20;

text_enum! {
    /// The name of a limit.
    pub enum Rule {
        /// The provider does not accept the format.
        Format = "format",
        /// Minimum size in bytes.
        MinBytes = "min_bytes",
        /// Maximum size in bytes.
        MaxBytes = "max_bytes",
        /// Minimum displayed width in pixels.
        MinWidth = "min_width",
        /// Minimum displayed height in pixels.
        MinHeight = "min_height",
        /// Maximum ratio of the longer displayed side to the shorter one.
        MaxAspectRatio = "max_aspect_ratio",
        /// Minimum duration in seconds.
        MinDuration = "min_duration",
        /// Maximum duration in seconds.
        MaxDuration = "max_duration",
        /// The file is truncated: it ends before its content does.
        Complete = "complete",
        /// The dimensions could not be read, and a limit depends on them.
        KnownSize = "known_size",
        /// The duration could not be read, and a limit depends on it. A warning, because the file may well be within
        /// the limit.
        KnownDuration = "known_duration",
        /// The size in bytes above which the provider recommends a URL; a warning.
        RecommendedMaxBytes = "recommended_max_bytes",
        /// The provider accepts only files, or only URLs.
        Source = "source",
        /// The scheme of a URL.
        Scheme = "scheme",
        /// The URL does not show whether it is an image, a video or audio.
        KnownKind = "known_kind",
        /// Maximum number of images in one request.
        MaxImages = "max_images",
        /// Maximum number of videos in one request.
        MaxVideos = "max_videos",
        /// Maximum number of audio files in one request.
        MaxAudio = "max_audio",
        /// The provider reports another content type than the file's; a warning.
        ContentType = "content_type",
        /// The file states where it was recorded. A warning; a violation if the location was to be removed and cannot be.
        Location = "location",
        /// The metadata of the file was to be removed and cannot be.
        Metadata = "metadata",
        /// The page does not accept files of this format.
        AllowedFileTypes = "allowedFileTypes",
        /// Maximum number of assets on one page of a list.
        PageSize = "page_size",
    }
}

/// The actual value or the limit of a [`Violation`].
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Bytes, pixels, seconds or a ratio, depending on the rule.
    Number(f64),
    /// The display name of the detected format.
    Text(&'static str),
    /// A value from outside: a string, or a number in JSON.
    Raw(String),
    /// The file types that the page accepts.
    Accepted(Vec<String>),
    /// The accepted values: names of formats, schemes or kinds.
    List(Vec<&'static str>),
    /// Unknown.
    Nothing,
}

/// A limit that a file does not meet; as a warning, a recommendation.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Which limit.
    pub rule: Rule,
    /// The actual value.
    pub actual: Value,
    /// The provider's limit.
    pub limit: Value,
}

/// What a provider accepts: one entry for each set of formats with the same limits.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Limits by format; a format without an entry is rejected.
    pub accepts: &'a [Limits],
    /// The maximum number of references in one generation request, if documented.
    pub per_request: Option<PerRequest>,
}

/// The maximum number of references in one generation request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerRequest {
    /// Images.
    pub images: u32,
    /// Videos.
    pub videos: u32,
    /// Audio files.
    pub audio: u32,
}

/// Limits shared by several formats. All bounds are inclusive.
#[derive(Debug)]
pub struct Limits {
    /// The formats with these limits.
    pub formats: &'static [Format],
    /// Maximum size in bytes.
    pub max_bytes: Option<u64>,
    /// The size in bytes above which the provider recommends a URL.
    pub recommended_max_bytes: Option<u64>,
    /// Minimum displayed size in pixels.
    pub min_size: Option<Size>,
    /// Maximum ratio of the longer displayed side to the shorter one.
    pub max_aspect_ratio: Option<f64>,
    /// Minimum and maximum duration in seconds.
    pub duration_seconds: Option<(f64, f64)>,
}

impl Limits {
    /// These formats without documented limits.
    #[must_use]
    pub const fn none(formats: &'static [Format]) -> Self {
        Self {
            formats,
            max_bytes: None,
            recommended_max_bytes: None,
            min_size: None,
            max_aspect_ratio: None,
            duration_seconds: None,
        }
    }
}

impl<'a> Rules<'a> {
    /// These limits by format, and none per request.
    #[must_use]
    pub const fn new(accepts: &'a [Limits]) -> Self {
        Self { accepts, per_request: None }
    }

    /// Returns the accepted file, or every violation.
    pub fn accept(&self, file: Shared<InspectedFile>) -> Result<AcceptedFile, Vec<Violation>> {
        let violations = self.check(&file);
        if violations.is_empty() { Ok(AcceptedFile::new(file)) } else { Err(violations) }
    }

    /// Returns every violation; empty if the file is accepted.
    #[must_use]
    pub fn check(&self, file: &InspectedFile) -> Vec<Violation> {
        let media = file.media();
        let mut broken = Vec::new();
        match self.limits(media.format) {
            Some(limits) => limits.check(file, &mut broken),
            None => broken.push(wrong_format(Value::Text(media.format.name()), self.accepted_formats())),
        }
        if media.complete.known() == Some(false) {
            broken.push(Violation { rule: Rule::Complete, actual: number(file.size()), limit: Value::Nothing });
        }
        broken
    }

    /// Returns the recommendations that the file does not meet, the limits that could not be checked, and whether the file
    /// states where it was recorded.
    #[must_use]
    pub fn warnings(&self, file: &InspectedFile) -> Vec<Violation> {
        let mut warnings = self.limits(file.media().format).map(|limits| limits.warnings(file)).unwrap_or_default();
        if file.media().has_location {
            warnings.push(Violation { rule: Rule::Location, actual: Value::Nothing, limit: Value::Nothing });
        }
        warnings
    }

    /// Returns the violations of references of these kinds in one generation request.
    #[must_use]
    pub fn check_request(&self, kinds: &[Kind]) -> Vec<Violation> {
        let Some(most) = self.per_request else { return Vec::new() };
        let counted = [
            (Rule::MaxImages, Kind::Image, most.images),
            (Rule::MaxVideos, Kind::Video, most.videos),
            (Rule::MaxAudio, Kind::Audio, most.audio),
        ];
        let broken = counted.into_iter().filter_map(|(rule, kind, most)| {
            let count = kinds.iter().filter(|other| **other == kind).count() as u64;
            (count > most.into()).then(|| Violation { rule, actual: number(count), limit: number(most.into()) })
        });
        broken.collect()
    }

    /// The limits of a format; `None` if it is not accepted.
    #[must_use]
    pub fn limits(&self, format: Format) -> Option<&'a Limits> {
        self.accepts.iter().find(|limits| limits.formats.contains(&format))
    }

    /// The names of the accepted formats.
    #[must_use]
    pub fn accepted_formats(&self) -> Value {
        Value::List(self.formats().map(Format::name).collect())
    }

    /// The accepted formats.
    pub fn formats(&self) -> impl Iterator<Item = Format> + use<'a> {
        self.accepts.iter().flat_map(|limits| limits.formats).copied()
    }
}

/// The violation of an empty file, for every provider.
#[must_use]
pub const fn empty_file() -> Violation {
    Violation { rule: Rule::MinBytes, actual: Value::Number(0.0), limit: Value::Number(1.0) }
}

/// The violation of a file whose format is not accepted.
#[must_use]
pub const fn wrong_format(actual: Value, accepted: Value) -> Violation {
    Violation { rule: Rule::Format, actual, limit: accepted }
}

/// The violation of a file that does not match the page's `accept` list.
#[must_use]
pub fn not_accepted(format: Format, accept: &[String]) -> Violation {
    let actual = Value::Text(format.name());
    Violation { rule: Rule::AllowedFileTypes, actual, limit: Value::Accepted(accept.to_vec()) }
}

/// The violation of a URL for a provider that accepts only files.
#[must_use]
pub fn file_required() -> Violation {
    Violation { rule: Rule::Source, actual: Value::Text("URL"), limit: Value::List(vec!["file"]) }
}

/// The violation of a file for a provider that accepts only URLs.
#[must_use]
pub fn url_required() -> Violation {
    Violation { rule: Rule::Source, actual: Value::Text("file"), limit: Value::List(vec!["URL"]) }
}

/// The violation of a URL that is not http or https.
#[must_use]
pub fn unsupported_scheme() -> Violation {
    Violation { rule: Rule::Scheme, actual: Value::Nothing, limit: Value::List(vec!["http", "https"]) }
}

/// The violation of a URL with an unknown kind, for a provider that requires the kind.
#[must_use]
pub fn unknown_kind() -> Violation {
    let kinds = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    Violation { rule: Rule::KnownKind, actual: Value::Nothing, limit: Value::List(kinds) }
}

/// The violation of a list page with too many assets, or none.
#[must_use]
pub fn page_size(requested: String, most: u32) -> Violation {
    Violation { rule: Rule::PageSize, actual: Value::Raw(requested), limit: number(most.into()) }
}

impl Limits {
    fn check(&self, file: &InspectedFile, broken: &mut Vec<Violation>) {
        if let Some(max) = self.max_bytes.filter(|max| file.size() > *max) {
            broken.push(Violation { rule: Rule::MaxBytes, actual: number(file.size()), limit: number(max) });
        }
        self.check_size(file.media(), broken);
        self.check_duration(file.media(), broken);
    }

    fn check_size(&self, media: &Media, broken: &mut Vec<Violation>) {
        if self.min_size.is_none() && self.max_aspect_ratio.is_none() {
            return;
        }
        let Some(size) = media.displayed_size().value() else {
            broken.push(Violation { rule: Rule::KnownSize, actual: Value::Nothing, limit: Value::Nothing });
            return;
        };
        if let Some(min) = self.min_size {
            let sides = [(Rule::MinWidth, size.width, min.width), (Rule::MinHeight, size.height, min.height)];
            for (rule, actual, limit) in sides.into_iter().filter(|(_, actual, limit)| actual < limit) {
                broken.push(Violation {
                    rule,
                    actual: Value::Number(actual.into()),
                    limit: Value::Number(limit.into()),
                });
            }
        }
        let (long, short) = (size.width.max(size.height), size.width.min(size.height));
        let (long, short) = (f64::from(long), f64::from(short));
        // A product is exact if the limit is an integer.
        if let Some(max) = self.max_aspect_ratio.filter(|max| long > short * max) {
            broken.push(Violation {
                rule: Rule::MaxAspectRatio,
                actual: Value::Number(long / short),
                limit: Value::Number(max),
            });
        }
    }

    fn warnings(&self, file: &InspectedFile) -> Vec<Violation> {
        let over = self.recommended_max_bytes.filter(|most| file.size() > *most);
        let too_large = over.map(|most| Violation {
            rule: Rule::RecommendedMaxBytes,
            actual: number(file.size()),
            limit: number(most),
        });
        let unknown = self.duration_seconds.filter(|_| file.media().duration.known().is_none());
        let unchecked =
            unknown.map(|_| Violation { rule: Rule::KnownDuration, actual: Value::Nothing, limit: Value::Nothing });
        too_large.into_iter().chain(unchecked).collect()
    }

    /// An unknown duration violates no limit; see [`Limits::warnings`].
    fn check_duration(&self, media: &Media, broken: &mut Vec<Violation>) {
        let (Some((min, max)), Some(actual)) = (self.duration_seconds, media.duration.known()) else { return };
        let actual = actual.as_secs_f64();
        let mut breaks = |rule, limit| {
            broken.push(Violation { rule, actual: Value::Number(actual), limit: Value::Number(limit) });
        };
        if actual < min {
            breaks(Rule::MinDuration, min);
        }
        if actual > max {
            breaks(Rule::MaxDuration, max);
        }
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        number(value)
    }
}

/// Exact up to 2^53, more than any file's size.
#[expect(clippy::cast_precision_loss, reason = "JavaScript's own numbers are no wider")]
const fn number(value: u64) -> Value {
    Value::Number(value as f64)
}
