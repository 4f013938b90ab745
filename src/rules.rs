//! A provider's limits as data, and the check that names every one a file breaks.

use std::rc::Rc;

use crate::file::{AcceptedFile, InspectedFile};
use crate::media::{Format, Kind, Media, Size};
use crate::text_enum::text_enum;

/// 10^6 bytes: what the providers' pages call MB.
pub const MB: u64 = 1_000_000;
/// 2^20 bytes.
pub const MIB: u64 = 1 << 20;

text_enum! {
    /// The name of a limit.
    pub enum Rule {
        /// The format is not one that the provider takes.
        Format = "format",
        /// Bytes, at least.
        MinBytes = "min_bytes",
        /// Bytes, at most.
        MaxBytes = "max_bytes",
        /// Displayed pixels across, at least.
        MinWidth = "min_width",
        /// Displayed pixels down, at least.
        MinHeight = "min_height",
        /// The longer displayed side over the shorter one, at most.
        MaxAspectRatio = "max_aspect_ratio",
        /// Seconds, at least.
        MinDuration = "min_duration",
        /// Seconds, at most.
        MaxDuration = "max_duration",
        /// The file ends before its own structure says it does.
        Complete = "complete",
        /// The picture's size could not be read, and a limit depends on it.
        KnownSize = "known_size",
        /// The duration could not be read, and a limit depends on it; an warnings, for it would be a false refusal as often
        /// as a right one.
        KnownDuration = "known_duration",
        /// Bytes above which the provider advises a URL; an warnings.
        RecommendedMaxBytes = "recommended_max_bytes",
        /// The provider takes files, or addresses, and not the other.
        Source = "source",
        /// The scheme of an address.
        Scheme = "scheme",
        /// The address does not show whether it is of an image, a video or a sound.
        KnownKind = "known_kind",
        /// Images in one request, at most.
        MaxImages = "max_images",
        /// Videos in one request, at most.
        MaxVideos = "max_videos",
        /// Sound tracks in one request, at most.
        MaxAudio = "max_audio",
        /// The provider gives the file another content type than its own; a warning.
        ContentType = "content_type",
        /// The page does not accept files of this format.
        AllowedFileTypes = "allowedFileTypes",
        /// Assets on one page of a list, at most.
        PageSize = "page_size",
    }
}

/// A number or words on one side of a [`Violation`].
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Bytes, pixels, seconds or a ratio, as the rule says.
    Number(f64),
    /// What the content is or looks like, by its name for people.
    Text(&'static str),
    /// What somebody else says: words, or a number in JSON.
    Said(String),
    /// What the page accepts.
    Accepted(Vec<String>),
    /// What would be taken: names of formats, schemes, kinds.
    List(Vec<&'static str>),
    /// Nothing is known.
    Nothing,
}

/// One broken limit; as an warnings, one that need not be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Which limit.
    pub rule: Rule,
    /// What the file has.
    pub actual: Value,
    /// What the provider takes.
    pub limit: Value,
}

/// What a provider takes, one entry for each set of formats that share their limits.
#[derive(Debug)]
pub struct Rules {
    /// Limits by format; a format in none of them is refused.
    pub accepts: &'static [Limits],
    /// How many references one generation request takes, where the page says so.
    pub per_request: Option<PerRequest>,
}

/// How many references one generation request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerRequest {
    /// Images.
    pub images: u32,
    /// Videos.
    pub videos: u32,
    /// Sound tracks.
    pub audio: u32,
}

/// The limits that some formats share. All bounds are inclusive.
#[derive(Debug)]
pub struct Limits {
    /// The formats these limits are for.
    pub formats: &'static [Format],
    /// Bytes, at most.
    pub max_bytes: Option<u64>,
    /// Bytes above which the provider advises a URL.
    pub recommended_max_bytes: Option<u64>,
    /// Displayed pixels, at least.
    pub min_size: Option<Size>,
    /// The longer displayed side over the shorter one, at most.
    pub max_aspect_ratio: Option<f64>,
    /// Seconds, from and to.
    pub duration_seconds: Option<(f64, f64)>,
}

impl Limits {
    /// These formats without a documented limit.
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

impl Rules {
    /// These limits by format, and none on a request.
    #[must_use]
    pub const fn new(accepts: &'static [Limits]) -> Self {
        Self { accepts, per_request: None }
    }

    /// The file with the right to be sent, or every limit that it breaks.
    pub fn accept(&self, file: Rc<InspectedFile>) -> Result<AcceptedFile, Vec<Violation>> {
        let violations = self.check(&file);
        if violations.is_empty() { Ok(AcceptedFile::new(file)) } else { Err(violations) }
    }

    /// Every limit that the file breaks; empty if it may be sent.
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

    /// What the provider would rather have otherwise, and what could not be checked.
    #[must_use]
    pub fn warnings(&self, file: &InspectedFile) -> Vec<Violation> {
        self.limits(file.media().format).map(|limits| limits.warnings(file)).unwrap_or_default()
    }

    /// The limits on one generation request that references of these kinds break together.
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

    fn limits(&self, format: Format) -> Option<&'static Limits> {
        self.accepts.iter().find(|limits| limits.formats.contains(&format))
    }

    /// The names of the formats that are taken.
    #[must_use]
    pub fn accepted_formats(&self) -> Value {
        Value::List(self.formats().map(Format::name).collect())
    }

    /// The formats that are taken.
    pub fn formats(&self) -> impl Iterator<Item = Format> {
        self.accepts.iter().flat_map(|limits| limits.formats).copied()
    }
}

/// The violation of a file without a byte, whatever its provider.
#[must_use]
pub const fn empty_file() -> Violation {
    Violation { rule: Rule::MinBytes, actual: Value::Number(0.0), limit: Value::Number(1.0) }
}

/// The violation of a file whose format is none of those that are taken.
#[must_use]
pub const fn wrong_format(actual: Value, taken: Value) -> Violation {
    Violation { rule: Rule::Format, actual, limit: taken }
}

/// The violation of a file that is in none of a page's `accept` list.
#[must_use]
pub fn not_accepted(format: Format, accept: &[String]) -> Violation {
    let actual = Value::Text(format.name());
    Violation { rule: Rule::AllowedFileTypes, actual, limit: Value::Accepted(accept.to_vec()) }
}

/// The violation of an address at a provider that takes only files.
#[must_use]
pub fn file_required() -> Violation {
    Violation { rule: Rule::Source, actual: Value::Text("URL"), limit: Value::List(vec!["file"]) }
}

/// The violation of a file at a provider that takes only addresses.
#[must_use]
pub fn url_required() -> Violation {
    Violation { rule: Rule::Source, actual: Value::Text("file"), limit: Value::List(vec!["URL"]) }
}

/// The violation of an address that is not of the web.
#[must_use]
pub fn unsupported_scheme() -> Violation {
    Violation { rule: Rule::Scheme, actual: Value::Nothing, limit: Value::List(vec!["http", "https"]) }
}

/// The violation of an address whose content's kind nobody knows, at a provider that wants to be told.
#[must_use]
pub fn unknown_kind() -> Violation {
    let kinds = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    Violation { rule: Rule::KnownKind, actual: Value::Nothing, limit: Value::List(kinds) }
}

/// The violation of a page of a list that has too many assets, or none.
#[must_use]
pub fn page_size(asked: String, most: u32) -> Violation {
    Violation { rule: Rule::PageSize, actual: Value::Said(asked), limit: number(most.into()) }
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
        // A product is exact where the limit is a whole number.
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

    /// An unknown duration breaks no rule; see [`Limits::warnings`].
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

/// Exact up to 2^53, which no file reaches.
#[expect(clippy::cast_precision_loss, reason = "JavaScript's own numbers are no wider")]
const fn number(value: u64) -> Value {
    Value::Number(value as f64)
}
