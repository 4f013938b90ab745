//! Plans how a file can be made to fit a provider's limits, before anything happens. Pure data in, pure data out.
//!
//! A file that meets every limit has no steps. A splice, which is lossless, comes before anything lossy, and is enough or not
//! used at all: whatever encodes the file anew removes its metadata and its container as well. So a plan is one splice, one
//! drawing or one conversion, and its steps are what that changes.

use crate::file::{Candidate, InspectedFile};
use crate::fix::splice::{Changes, Strip};
use crate::media::{Format, Kind, Media};
use crate::rules::{Rule, Rules, Value, Violation};

mod geometry;
mod image;
mod json;
mod time;
mod types;

pub use json::{answer, changes_from_text};
pub use types::{
    Conversion, Drawing, Fit, Job, Loss, Need, Plan, Planned, Purpose, Spliced, State, Step, StepKind, Why,
};

/// What the browser can do.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    /// The images that it decodes, also with a callback of the page.
    pub decodes: Vec<Format>,
    /// The images that it encodes.
    pub encodes: Vec<Format>,
    /// The longest side of a canvas.
    pub max_side: u32,
    /// The most pixels of a canvas.
    pub max_pixels: u64,
    /// Whether the page has tools for video and audio.
    pub has_video_tools: bool,
    /// Whether these can encode.
    pub encodes_video: bool,
}

/// What is planned for.
#[derive(Debug)]
pub struct Request<'a> {
    /// The file.
    pub file: &'a InspectedFile,
    /// The provider's limits.
    pub rules: Rules<'a>,
    /// What a plan may do.
    pub allowed: Vec<StepKind>,
    /// The metadata to remove in any case.
    pub privacy: Option<Strip>,
    /// Whether the index of a video moves to the front in any case.
    pub faststart: bool,
    /// What the browser can do.
    pub engine: Engine,
    /// What is known about splices.
    pub splices: Vec<(Changes, Spliced)>,
}

/// Plans, or asks what a splice would result in.
#[must_use]
pub fn plan(request: &Request<'_>) -> Planned {
    let violations = request.rules.check(request.file);
    let incomplete = violations.iter().find(|violation| violation.rule == Rule::Complete).cloned();
    if let Some(violation) = incomplete {
        return Planned::Plan(impossible(violations, vec![violation]));
    }
    let splice = match request.splice(&violations) {
        Ok(splice) => splice,
        Err(changes) => return Planned::Needs(changes),
    };
    let planned = splice.map_or_else(|| request.encode(&violations), Ok);
    Planned::Plan(match planned {
        Ok((steps, job)) => Plan {
            job: job.filter(|_| steps.iter().all(|step| step.need.is_none())),
            violations,
            steps,
            impossible: Vec::new(),
        },
        Err(obstacles) => impossible(violations, obstacles),
    })
}

const fn impossible(violations: Vec<Violation>, obstacles: Vec<Violation>) -> Plan {
    Plan { violations, steps: Vec::new(), impossible: obstacles, job: None }
}

/// Why a file without violations is encoded anew: its metadata must go, and no splice removes it. [`Request::splice`] leaves
/// every other one as it is.
const METADATA_ALONE: Why = Why::Purpose(Purpose::Privacy);

/// Steps and the work behind them, or the limits that they cannot meet.
type Found = Result<(Vec<Step>, Option<Job>), Vec<Violation>>;

impl Request<'_> {
    fn media(&self) -> &Media {
        self.file.media()
    }

    fn allows(&self, kind: StepKind) -> bool {
        self.allowed.contains(&kind)
    }

    /// The file before the first step.
    fn state(&self) -> State {
        let media = self.media();
        State {
            format: media.format,
            bytes: Some(self.file.size()),
            size: media.displayed_size().value(),
            duration: media.duration.value(),
        }
    }

    /// The steps of a splice that meets every limit, if there is one; `Err` if its result must be known.
    #[expect(clippy::type_complexity, reason = "the same as `Found`, with a question instead of obstacles")]
    fn splice(&self, violations: &[Violation]) -> Result<Option<(Vec<Step>, Option<Job>)>, Changes> {
        let is_over = |rule| violations.iter().any(|violation| violation.rule == rule);
        let is_image = self.media().format.kind() == Kind::Image;
        let smaller = is_image && is_over(Rule::MaxBytes) && self.allows(StepKind::StripMetadata);
        let asked = self.privacy.filter(|_| self.may_hold_location());
        let strip = if smaller { Some(Strip::Metadata) } else { asked };
        let remux = is_over(Rule::Format)
            && self.media().format == Format::Mov
            && self.rules.formats().any(|format| format == self.remuxed())
            && self.allows(StepKind::Remux);
        let faststart = self.faststart && matches!(self.media().format, Format::Mp4 | Format::Mov);
        let changes = Changes { strip, remux, faststart };
        if changes == Changes::default() {
            return Ok(violations.is_empty().then(|| (Vec::new(), None)));
        }
        // Whether it can be enough at all, however few bytes are left.
        let optimistic = if smaller { 1 } else { self.file.size() };
        if !self.accepts_spliced(changes, optimistic) {
            return Ok(None);
        }
        let Some((_, spliced)) = self.splices.iter().find(|(known, _)| *known == changes) else { return Err(changes) };
        Ok(match *spliced {
            Spliced::File(bytes) if self.accepts_spliced(changes, bytes) => {
                Some((self.splice_steps(changes, bytes), Some(Job::Splice(changes))))
            }
            Spliced::Unchanged if violations.is_empty() => Some((Vec::new(), None)),
            // An index at the front is a wish, for which nothing is converted or rejected.
            _ if violations.is_empty() && strip.is_none() => Some((Vec::new(), None)),
            _ => None,
        })
    }

    /// Whether the file has sound and no video, whatever its format.
    fn is_sound(&self) -> bool {
        let media = self.media();
        let is_without_video = media.has_video.value() == Some(false) && media.has_audio.value() != Some(false);
        media.format.kind() == Kind::Audio || media.format.kind() == Kind::Video && is_without_video
    }

    /// What a splice makes of `QuickTime`.
    fn remuxed(&self) -> Format {
        if self.is_sound() { Format::M4a } else { Format::Mp4 }
    }

    /// Whether the provider accepts the file after a splice that leaves this many bytes.
    fn accepts_spliced(&self, changes: Changes, bytes: u64) -> bool {
        let format = if changes.remux { self.remuxed() } else { self.media().format };
        let candidate = Candidate { size: bytes, ..self.file.candidate().clone() };
        self.rules.check(&InspectedFile::new(candidate, Media { format, ..self.media().clone() })).is_empty()
    }

    /// The steps of a splice. Its size is known for all of them together, and shown at the last.
    fn splice_steps(&self, Changes { strip, remux, faststart }: Changes, bytes: u64) -> Vec<Step> {
        let stripped = strip.map(|strip| {
            let asked = self.privacy == Some(strip);
            let why = if asked { Why::Purpose(Purpose::Privacy) } else { Why::Limit(Rule::MaxBytes) };
            let loss = if strip == Strip::Location { Loss::Location } else { Loss::Metadata };
            (StepKind::StripMetadata, why, vec![loss])
        });
        let parts = [
            stripped,
            // The tags of QuickTime have no place in MP4.
            remux.then(|| (StepKind::Remux, Why::Limit(Rule::Format), vec![Loss::Metadata])),
            faststart.then(|| (StepKind::Faststart, Why::Purpose(Purpose::Faststart), Vec::new())),
        ];
        let mut state = self.state();
        let mut steps = Vec::new();
        for (kind, reason, loses) in parts.into_iter().flatten() {
            let from = state;
            state.bytes = None;
            if kind == StepKind::Remux {
                state.format = self.remuxed();
            }
            steps.push(Step {
                kind,
                reason,
                from,
                to: state,
                lossless: true,
                loses,
                estimated_bytes: None,
                need: None,
            });
        }
        if let Some(last) = steps.last_mut() {
            last.to.bytes = Some(bytes);
        }
        steps
    }

    /// The steps that encode the file anew.
    fn encode(&self, violations: &[Violation]) -> Found {
        let obstacles = || match self.privacy {
            Some(strip) if violations.is_empty() => vec![self.privacy_violation(strip)],
            _ => violations.to_vec(),
        };
        let found = match self.media().format.kind() {
            Kind::Image => self.draw(violations),
            Kind::Video | Kind::Audio => self.convert(violations),
        };
        found.map_err(|found| if found.is_empty() { obstacles() } else { found })
    }

    /// Whether files of this format can state where they were recorded.
    const fn may_hold_location(&self) -> bool {
        // Their own metadata has no place for it. All other metadata may be in there.
        let without = matches!(self.file.media().format, Format::Bmp | Format::Wav | Format::Aac | Format::Flv);
        !(matches!(self.privacy, Some(Strip::Location)) && without)
    }

    /// What the file violates if its metadata cannot be removed. Whether there is a location is not known of every format.
    fn privacy_violation(&self, strip: Strip) -> Violation {
        let rule = match strip {
            Strip::Location if self.media().has_location => Rule::Location,
            _ => Rule::Metadata,
        };
        Violation { rule, actual: Value::Nothing, limit: Value::Nothing }
    }
}
