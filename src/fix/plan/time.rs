//! Plans what the page's tools do: a video or a sound in a container, a duration and a number of bytes that are accepted.

use core::time::Duration;

use super::geometry::{self, float, is_enough, scaled};
use super::{Conversion, Found, Job, Loss, METADATA_ALONE, Need, Request, State, Step, StepKind, Why};
use crate::media::{Format, Kind, Orientation, Size};
use crate::rules::{Limits, Rule, Value, Violation};

/// The formats that the tools write, in the order of preference.
const VIDEOS: [Format; 4] = [Format::Mp4, Format::Webm, Format::Mov, Format::Mkv];
const SOUNDS: [Format; 6] = [Format::M4a, Format::Ogg, Format::Mp3, Format::Wav, Format::Flac, Format::Aac];

/// The formats that the tools read besides those.
const READABLE: [Format; 2] = [Format::ThreeGp, Format::WebmAudio];

/// The codecs that MP4 and QuickTime take as they are, and those of WebM.
const COPIED: [&str; 5] = ["H.264", "H.265", "AV1", "VP9", "AAC"];
const COPIED_TO_WEBM: [&str; 5] = ["VP8", "VP9", "AV1", "Opus", "Vorbis"];
/// The codecs that the tools read, and that Matroska takes.
const READ: [&str; 11] = ["H.264", "H.265", "AV1", "VP8", "VP9", "AAC", "Opus", "MP3", "Vorbis", "FLAC", "PCM"];

/// The bit rate of the sound of a video that must become smaller, and of a sound.
const AUDIO_BIT_RATE: u64 = 128_000;
/// The lowest bit rate of a video, and the lowest one for each pixel.
const MIN_VIDEO_BIT_RATE: u64 = 100_000;
const MIN_BITS_PER_PIXEL: f64 = 1.0;
/// What remains of a limit in bytes for the tracks: encoders exceed their bit rate, and the container needs some.
const USABLE: f64 = 0.88;

impl Request<'_> {
    /// Plans a conversion in the first format that can meet every limit.
    pub(super) fn convert(&self, violations: &[Violation]) -> Found {
        let source = self.media().format;
        let formats: &[Format] = if self.is_sound() { &SOUNDS } else { &VIDEOS };
        let is_readable = [&VIDEOS[..], &SOUNDS, &READABLE].iter().any(|formats| formats.contains(&source));
        // They do not find MP3 in QuickTime.
        let reads = |codec| READ.contains(codec) && !(source == Format::Mov && *codec == "MP3");
        if !is_readable || !self.media().codecs.iter().all(reads) {
            return Err(Vec::new());
        }
        let mut obstacles = None;
        // Hardly any browser encodes MP3 and AAC in a file of its own, so they become smaller only if they must.
        let violates = |rule| violations.iter().any(|violation| violation.rule == rule);
        let is_over = violates(Rule::MaxBytes) && !violates(Rule::MaxDuration);
        let first = if is_over && matches!(source, Format::Mp3 | Format::Aac) { Format::M4a } else { source };
        let same = formats.iter().filter(|format| **format == first);
        let others = formats.iter().filter(|format| **format != first);
        for format in same.chain(others) {
            let Some(limits) = self.rules.limits(*format) else { continue };
            match self.convert_to(*format, limits, violations) {
                Ok(found) => return Ok(found),
                Err(found) => obstacles = obstacles.or(Some(found)),
            }
        }
        Err(obstacles.unwrap_or_default())
    }

    /// Whether a container takes all tracks as they are. Matroska and WebM do not say how a picture is turned.
    fn copies(&self, format: Format) -> bool {
        let media = self.media();
        let is_upright = media.orientation.value().is_none_or(|orientation| orientation == Orientation::UPRIGHT);
        let (codecs, has_turns): (&[&str], bool) = match format {
            Format::Mp4 | Format::Mov => (&COPIED, true),
            Format::M4a if media.format.kind() == Kind::Video => (&["AAC"], true),
            Format::Mkv => (&READ, false),
            Format::Webm => (&COPIED_TO_WEBM, false),
            _ => return false,
        };
        (has_turns || is_upright) && media.codecs.iter().all(|codec| codecs.contains(codec))
    }

    fn convert_to(&self, format: Format, limits: &Limits, violations: &[Violation]) -> Found {
        let is_video = format.kind() == Kind::Video;
        let refused = |rule| {
            let found = violations.iter().filter(|violation| violation.rule == rule);
            Err(found.cloned().collect())
        };
        // A file in a format without limits may violate those of the format that it becomes.
        let seconds = self.media().duration.known().map(|duration| duration.as_secs_f64());
        let (min, max) = limits.duration_seconds.unwrap_or((0.0, f64::INFINITY));
        if let Some(actual) = seconds.filter(|seconds| *seconds < min) {
            let (actual, limit) = (Value::Number(actual), Value::Number(min));
            return Err(vec![Violation { rule: Rule::MinDuration, actual, limit }]);
        }
        let mut steps = Steps { state: self.state(), all: Vec::new(), need: self.missing_tools() };
        let mut conversion =
            Conversion { format, end: None, size: None, bit_rates: None, strips: self.privacy.is_some() };
        if let Some(actual) = seconds.filter(|seconds| *seconds > max) {
            if !self.allows(StepKind::Trim) {
                let (actual, limit) = (Value::Number(actual), Value::Number(max));
                return Err(vec![Violation { rule: Rule::MaxDuration, actual, limit }]);
            }
            let end = Duration::from_secs_f64(max);
            conversion.end = Some(end);
            let to = State { duration: Some(end), ..steps.state };
            steps.push(StepKind::Trim, Why::Limit(Rule::MaxDuration), to, true, vec![Loss::End]);
        }

        let mut transcodes = None;
        if let Some(max) = self.bytes_over(&steps.state, limits) {
            let Some(seconds) = steps.state.duration.map(|duration| duration.as_secs_f64()) else {
                return refused(Rule::MaxBytes);
            };
            let budget = bits(float(max) * 8.0 * USABLE / seconds);
            let audio = if self.media().has_audio.value() == Some(false) { 0 } else { AUDIO_BIT_RATE.min(budget / 4) };
            let video = budget.saturating_sub(audio);
            // Samples and FLAC have no bit rate.
            if is_video && video < MIN_VIDEO_BIT_RATE || matches!(format, Format::Wav | Format::Flac) {
                return refused(Rule::MaxBytes);
            }
            conversion.bit_rates = Some(if is_video { (video, audio) } else { (0, budget.min(AUDIO_BIT_RATE)) });
            transcodes = Some(Rule::MaxBytes);
        }
        if format != self.media().format {
            let to = State { format, ..steps.state };
            if self.copies(format) && transcodes.is_none() && self.allows(StepKind::Remux) {
                steps.push(StepKind::Remux, Why::Limit(Rule::Format), to, true, vec![Loss::Metadata]);
            } else {
                let is_accepted = self.rules.limits(self.media().format).is_some();
                transcodes = transcodes.filter(|_| is_accepted).or(Some(Rule::Format));
            }
        }
        if is_video && let Some(size) = steps.state.size {
            let mut geometry = geometry::fit(size, limits, None, &|kind| self.allows(kind))?;
            if let Some((video, _)) = conversion.bit_rates {
                let least = MIN_BITS_PER_PIXEL * f64::from(geometry.size.width) * f64::from(geometry.size.height);
                let factor = (float(video) / least).sqrt();
                if factor < 1.0 {
                    let smaller = scaled(geometry.size, factor);
                    if !self.allows(StepKind::Downscale) || !is_enough(smaller, limits.min_size) {
                        return refused(Rule::MaxBytes);
                    }
                    geometry.change(StepKind::Downscale, Why::Limit(Rule::MaxBytes), smaller);
                }
            }
            for (kind, why, Size { width, height }) in geometry.changes {
                // Encoders take even sides only.
                let size = Size { width: width + (width & 1), height: height + (height & 1) };
                let loses = match kind {
                    StepKind::Downscale => vec![Loss::Pixels],
                    StepKind::Crop => vec![Loss::Edges],
                    _ => Vec::new(),
                };
                steps.push(kind, why, State { size: Some(size), ..steps.state }, false, loses);
                conversion.size = Some((size, geometry.fit));
                if let Why::Limit(rule) = why {
                    transcodes = transcodes.or(Some(rule));
                }
            }
        } else if is_video && violations.iter().any(|violation| violation.rule == Rule::KnownSize) {
            return refused(Rule::KnownSize);
        }
        if let Some(rule) = transcodes {
            if !self.allows(StepKind::Transcode) {
                return refused(rule);
            }
            let to = State { format, ..steps.state };
            if !self.engine.encodes_video {
                steps.need = steps.need.or(Some(Need::Encoder));
            }
            steps.push(StepKind::Transcode, Why::Limit(rule), to, false, vec![Loss::Quality]);
            let all = conversion.bit_rates.map(|(video, audio)| video + audio);
            if let (Some(last), Some(rate), Some(duration)) = (steps.all.last_mut(), all, steps.state.duration) {
                last.estimated_bytes = Some(bits(float(rate) * duration.as_secs_f64() / 8.0));
            }
        }
        if steps.all.is_empty() {
            if !violations.is_empty() || !self.allows(StepKind::Remux) {
                return Err(Vec::new());
            }
            let to = steps.state;
            steps.push(StepKind::Remux, METADATA_ALONE, to, true, vec![Loss::Metadata]);
        }
        Ok((steps.all, Some(Job::Convert(conversion))))
    }

    /// The limit in bytes, if the file would exceed it after the steps so far.
    fn bytes_over(&self, after: &State, limits: &Limits) -> Option<u64> {
        let max = limits.max_bytes?;
        let whole = self.media().duration.value().map(|duration| duration.as_secs_f64());
        let kept = after.duration.map(|duration| duration.as_secs_f64());
        let part = whole.zip(kept).filter(|(whole, _)| *whole > 0.0).map_or(1.0, |(whole, kept)| kept / whole);
        (float(self.file.size()) * part > float(max)).then_some(max)
    }

    fn missing_tools(&self) -> Option<Need> {
        (!self.engine.has_video_tools).then_some(Need::VideoTools)
    }
}

/// The steps of a conversion, as they are found.
struct Steps {
    state: State,
    all: Vec<Step>,
    need: Option<Need>,
}

impl Steps {
    fn push(&mut self, kind: StepKind, reason: Why, to: State, lossless: bool, loses: Vec<Loss>) {
        let from = self.state;
        self.state = State { bytes: None, ..to };
        let need = self.need;
        self.all.push(Step { kind, reason, from, to: self.state, lossless, loses, estimated_bytes: None, need });
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are positive, and saturate")]
const fn bits(rate: f64) -> u64 {
    rate as u64
}
