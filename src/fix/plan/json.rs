//! Planning as JSON, for the page: `js/fix/planner.ts` describes both sides.

use core::time::Duration;

use super::geometry::float;
use super::{Conversion, Drawing, Engine, Job, Plan, Planned, Request, Spliced, State, Step, StepKind, plan};
use crate::file::{Candidate, InspectedFile};
use crate::fix::splice::{Changes, Strip};
use crate::json::{self, Json, Malformed};
use crate::media::{Fact, Format, Media, Orientation, Reason, Size};
use crate::providers;
use crate::rules::{Rules, Value, Violation};
use crate::text;

/// Answers `{ provider, options, file, allow?, privacy?, faststart?, engine, splices }` with `{ splice }`, the changes
/// whose result must be known, or with `{ violations, steps, impossible, job? }`.
pub fn answer(request: &[u8]) -> Result<String, Malformed> {
    let json = Json::read(request)?;
    let file = file(json.field("file")?)?;
    let known =
        |kind: &Json<'_>| StepKind::ALL.iter().find(|known| Some(known.as_str()) == kind.string().as_deref()).copied();
    let allowed = match json.items("allow") {
        Ok(kinds) => kinds.iter().filter_map(known).collect(),
        Err(_) => StepKind::BY_DEFAULT.to_vec(),
    };
    let mut splices = Vec::new();
    for splice in json.items("splices")? {
        let result = match (splice.u64("bytes"), splice.bool("changed")) {
            (Ok(bytes), Ok(true)) => Spliced::File(bytes),
            (Ok(_), _) => Spliced::Unchanged,
            _ => Spliced::Refused,
        };
        splices.push((changes_from_text(&splice.text("changes")?), result));
    }
    let mut wishes = Some((allowed, splices));
    let mut planned = None;
    let mut use_rules = |rules: Rules<'_>| {
        let (allowed, splices) = wishes.take().unwrap_or_default();
        planned = Some(plan(&Request {
            file: &file,
            rules,
            allowed,
            privacy: json.text("privacy").ok().and_then(|name| strip_named(&name)),
            faststart: json.bool("faststart").unwrap_or_default(),
            engine: json.field("engine").map(engine).unwrap_or_default(),
            splices,
        }));
    };
    providers::with_rules(json.field("provider")?, json.field("options")?, &mut use_rules);
    Ok(match planned.ok_or(Malformed("provider"))? {
        Planned::Needs(changes) => json::object(&[("splice", json::string(&changes_text(changes)))]),
        Planned::Plan(plan) => plan.to_json(),
    })
}

/// Reads the facts as `probe()` returns them; the duration is in microseconds.
fn file(json: Json<'_>) -> Result<InspectedFile, Malformed> {
    let name = json.text("format")?;
    let mut formats = Format::ALL.iter().chain(Format::UNSUPPORTED);
    let format = *formats.find(|format| format.name() == name).ok_or(Malformed("format"))?;
    let number = |name| json.u64(name).ok().and_then(|number| u32::try_from(number).ok());
    let size = number("storedWidth").zip(number("storedHeight")).map(|(width, height)| Size { width, height });
    let orientation = number("orientation").and_then(|value| Orientation::from_exif(u16::try_from(value).ok()?));
    let duration = json.u64("micros").ok().map(Duration::from_micros);
    let is_estimated = json.bool("estimated").unwrap_or_default();
    let mut codecs = Vec::new();
    for codec in json.items("codecs")? {
        codecs.push(Media::intern(&codec.string().unwrap_or_default()));
    }
    let flag = |name| known(json.bool(name).ok());
    let media = Media {
        format,
        stored_size: known(size),
        orientation: known(orientation),
        animated: flag("animated"),
        duration: match duration {
            Some(duration) if is_estimated => Fact::Estimated(duration),
            duration => known(duration),
        },
        has_video: flag("hasVideo"),
        has_audio: flag("hasAudio"),
        codecs,
        complete: flag("complete"),
        has_location: json.bool("hasLocation").unwrap_or_default(),
    };
    let text = |name| json.text(name).unwrap_or_default();
    let candidate = Candidate { name: text("name"), declared_type: text("declaredType"), size: json.u64("bytes")? };
    Ok(InspectedFile::new(candidate, media))
}

fn known<T>(value: Option<T>) -> Fact<T> {
    value.map_or(Fact::Unknown(Reason::Absent), Fact::Known)
}

fn engine(json: Json<'_>) -> Engine {
    let formats = |name| {
        let names = json.items(name).unwrap_or_default();
        let names: Vec<String> = names.into_iter().filter_map(Json::string).collect();
        let all = Format::ALL.iter().chain(Format::UNSUPPORTED).copied();
        all.filter(|format| names.iter().any(|name| name == format.name())).collect()
    };
    Engine {
        decodes: formats("decodes"),
        encodes: formats("encodes"),
        max_side: json.u64("maxSide").ok().and_then(|side| u32::try_from(side).ok()).unwrap_or_default(),
        max_pixels: json.u64("maxPixels").unwrap_or_default(),
        has_video_tools: json.bool("videoTools").unwrap_or_default(),
        encodes_video: json.bool("encodesVideo").unwrap_or_default(),
    }
}

const STRIPS: [(&str, Strip); 2] = [("strip-location", Strip::Location), ("strip-metadata", Strip::Metadata)];

fn strip_named(name: &str) -> Option<Strip> {
    STRIPS.iter().find(|(known, _)| *known == name).map(|(_, strip)| *strip)
}

/// Changes as words: `remux strip-metadata`.
fn changes_text(changes: Changes) -> String {
    let strip = STRIPS.iter().find(|(_, strip)| Some(*strip) == changes.strip).map(|(name, _)| *name);
    let words = [changes.remux.then_some("remux"), changes.faststart.then_some("faststart"), strip];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    text::join(&words, " ")
}

/// Reads the words. Unknown ones change nothing.
#[must_use]
pub fn changes_from_text(words: &str) -> Changes {
    let mut changes = Changes::default();
    for word in text::split(words, b' ') {
        match word {
            "remux" => changes.remux = true,
            "faststart" => changes.faststart = true,
            other => changes.strip = changes.strip.or(strip_named(other)),
        }
    }
    changes
}

impl Plan {
    fn to_json(&self) -> String {
        let list = |violations: &[Violation]| json::list(&violations.iter().map(violation).collect::<Vec<_>>());
        let steps: Vec<String> = self.steps.iter().map(step).collect();
        object(&[
            ("violations", Some(list(&self.violations))),
            ("steps", Some(json::list(&steps))),
            ("impossible", Some(list(&self.impossible))),
            ("job", self.job.map(job)),
        ])
    }
}

fn step(step: &Step) -> String {
    let loses: Vec<String> = step.loses.iter().map(|loss| json::string(loss.as_str())).collect();
    object(&[
        ("kind", Some(json::string(step.kind.as_str()))),
        ("reason", Some(json::string(step.reason.as_str()))),
        ("from", Some(state(&step.from))),
        ("to", Some(state(&step.to))),
        ("lossless", Some(flag(step.lossless))),
        ("loses", (!loses.is_empty()).then(|| json::list(&loses))),
        ("estimatedBytes", step.estimated_bytes.map(|bytes| bytes.to_string())),
        ("needs", step.need.map(|need| json::string(need.as_str()))),
    ])
}

fn state(state: &State) -> String {
    object(&[
        ("format", Some(json::string(state.format.name()))),
        ("mime", Some(json::string(state.format.mime()))),
        ("bytes", state.bytes.map(|bytes| bytes.to_string())),
        ("width", state.size.map(|size| size.width.to_string())),
        ("height", state.size.map(|size| size.height.to_string())),
        ("duration", state.duration.map(|duration| decimal(duration.as_secs_f64()))),
    ])
}

fn job(job: Job) -> String {
    match job {
        Job::Splice(changes) => object(&[("splice", Some(json::string(&changes_text(changes))))]),
        Job::Draw(drawing) => object(&[("draw", Some(self::drawing(drawing)))]),
        Job::Convert(conversion) => object(&[("convert", Some(self::conversion(conversion)))]),
    }
}

fn drawing(drawing: Drawing) -> String {
    object(&[
        ("mime", Some(json::string(drawing.format.mime()))),
        ("width", Some(drawing.size.width.to_string())),
        ("height", Some(drawing.size.height.to_string())),
        ("fit", Some(json::string(drawing.fit.as_str()))),
        ("maxBytes", drawing.max_bytes.map(|bytes| bytes.to_string())),
        ("minWidth", Some(drawing.min_size.width.to_string())),
        ("minHeight", Some(drawing.min_size.height.to_string())),
        ("compresses", Some(flag(drawing.compresses))),
        ("downscales", Some(flag(drawing.downscales))),
    ])
}

fn conversion(conversion: Conversion) -> String {
    object(&[
        ("mime", Some(json::string(conversion.format.mime()))),
        ("end", conversion.end.map(|end| decimal(end.as_secs_f64()))),
        ("width", conversion.size.map(|(size, _)| size.width.to_string())),
        ("height", conversion.size.map(|(size, _)| size.height.to_string())),
        ("fit", conversion.size.map(|(_, fit)| json::string(fit.as_str()))),
        ("videoBitRate", conversion.bit_rates.map(|(video, _)| video.to_string())),
        ("audioBitRate", conversion.bit_rates.map(|(_, audio)| audio.to_string())),
        ("strips", Some(flag(conversion.strips))),
    ])
}

fn violation(violation: &Violation) -> String {
    json::object(&[
        ("rule", json::string(violation.rule.as_str())),
        ("actual", value(&violation.actual)),
        ("limit", value(&violation.limit)),
    ])
}

/// The same as `src/browser/convert.rs` makes of it.
fn value(value: &Value) -> String {
    let strings = |texts: &[&str]| json::list(&texts.iter().map(|text| json::string(text)).collect::<Vec<_>>());
    match value {
        Value::Number(number) => decimal(*number),
        Value::Text(text) => json::string(text),
        Value::Raw(text) => json::string(text),
        Value::Accepted(items) => json::list(&items.iter().map(|item| json::string(item)).collect::<Vec<_>>()),
        Value::List(items) => strings(items),
        Value::Nothing => "null".to_owned(),
    }
}

/// A number with up to six decimals. Formatting a float exactly is 10 KB of wasm.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "limits are positive, and saturate")]
fn decimal(number: f64) -> String {
    let whole = number as u64;
    let millionths = ((number - float(whole)) * 1e6 + 0.5) as u64;
    if millionths == 0 {
        return whole.to_string();
    }
    if millionths >= 1_000_000 {
        return (whole + 1).to_string();
    }
    let digits = (1_000_000 + millionths).to_string();
    text::concat(&[&whole.to_string(), ".", text::trim_end(digits.get(1..).unwrap_or_default(), b'0')])
}

fn flag(flag: bool) -> String {
    (if flag { "true" } else { "false" }).to_owned()
}

/// An object of the fields that have a value.
fn object(fields: &[(&str, Option<String>)]) -> String {
    let fields: Vec<_> = fields.iter().filter_map(|(name, value)| Some((*name, value.clone()?))).collect();
    json::object(&fields)
}
