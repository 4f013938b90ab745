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
        Planned::Needs(changes) => job(Job::Splice(changes)),
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
    let strip = STRIPS.iter().find(|(_, strip)| Some(*strip) == changes.strip).map_or("", |(name, _)| *name);
    let mut words = String::new();
    for (has, word) in [(changes.remux, "remux"), (changes.faststart, "faststart"), (true, strip)] {
        if has && !word.is_empty() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
    }
    words
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

/// An object while it is written.
struct Object(String);

impl Object {
    fn new() -> Self {
        Self(String::new())
    }

    /// Appends a field whose value is JSON.
    fn field(&mut self, name: &str, value: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        for part in ["\"", name, "\":", value] {
            self.0.push_str(part);
        }
    }

    fn text(&mut self, name: &str, value: &str) {
        self.field(name, &json::string(value));
    }

    fn flag(&mut self, name: &str, value: bool) {
        self.field(name, if value { "true" } else { "false" });
    }

    /// Appends a number, if there is one.
    fn number(&mut self, name: &str, value: Option<u64>) {
        if let Some(value) = value {
            self.field(name, &value.to_string());
        }
    }

    fn size(&mut self, size: Option<Size>) {
        self.number("width", size.map(|size| size.width.into()));
        self.number("height", size.map(|size| size.height.into()));
    }

    fn seconds(&mut self, name: &str, duration: Option<Duration>) {
        if let Some(duration) = duration {
            self.field(name, &decimal(duration.as_secs_f64()));
        }
    }

    fn violations(&mut self, name: &str, violations: &[Violation]) {
        let mut all = Vec::new();
        for violation in violations {
            all.push(self::violation(violation));
        }
        self.field(name, &json::list(&all));
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

impl Plan {
    fn to_json(&self) -> String {
        let mut object = Object::new();
        object.violations("violations", &self.violations);
        let mut steps = Vec::new();
        for step in &self.steps {
            steps.push(self::step(step));
        }
        object.field("steps", &json::list(&steps));
        object.violations("impossible", &self.impossible);
        if let Some(job) = self.job {
            object.field("job", &self::job(job));
        }
        object.end()
    }
}

fn step(step: &Step) -> String {
    let mut object = Object::new();
    object.text("kind", step.kind.as_str());
    object.text("reason", step.reason.as_str());
    object.field("from", &state(&step.from));
    object.field("to", &state(&step.to));
    object.flag("lossless", step.lossless);
    if !step.loses.is_empty() {
        let mut loses = Vec::new();
        for loss in &step.loses {
            loses.push(loss.as_str());
        }
        object.field("loses", &strings(&loses));
    }
    object.number("estimatedBytes", step.estimated_bytes);
    if let Some(need) = step.need {
        object.text("needs", need.as_str());
    }
    object.end()
}

fn state(state: &State) -> String {
    let mut object = Object::new();
    object.text("format", state.format.name());
    object.text("mime", state.format.mime());
    object.number("bytes", state.bytes);
    object.size(state.size);
    object.seconds("duration", state.duration);
    object.end()
}

fn job(job: Job) -> String {
    let mut object = Object::new();
    match job {
        Job::Splice(changes) => object.text("splice", &changes_text(changes)),
        Job::Draw(drawing) => object.field("draw", &self::drawing(drawing)),
        Job::Convert(conversion) => object.field("convert", &self::conversion(conversion)),
    }
    object.end()
}

fn drawing(drawing: Drawing) -> String {
    let mut object = Object::new();
    object.text("mime", drawing.format.mime());
    object.size(Some(drawing.size));
    object.text("fit", drawing.fit.as_str());
    object.number("maxBytes", drawing.max_bytes);
    object.number("minWidth", Some(drawing.min_size.width.into()));
    object.number("minHeight", Some(drawing.min_size.height.into()));
    object.flag("compresses", drawing.compresses);
    object.flag("downscales", drawing.downscales);
    object.end()
}

fn conversion(conversion: Conversion) -> String {
    let mut object = Object::new();
    object.text("mime", conversion.format.mime());
    object.seconds("end", conversion.end);
    if let Some((size, fit)) = conversion.size {
        object.size(Some(size));
        object.text("fit", fit.as_str());
    }
    if let Some((video, audio)) = conversion.bit_rates {
        object.number("videoBitRate", Some(video));
        object.number("audioBitRate", Some(audio));
    }
    object.flag("strips", conversion.strips);
    object.end()
}

fn violation(violation: &Violation) -> String {
    let mut object = Object::new();
    object.text("rule", violation.rule.as_str());
    object.field("actual", &value(&violation.actual));
    object.field("limit", &value(&violation.limit));
    object.end()
}

/// The same as `src/browser/convert.rs` makes of it.
fn value(value: &Value) -> String {
    match value {
        Value::Number(number) => decimal(*number),
        Value::Text(text) => json::string(text),
        Value::Raw(text) => json::string(text),
        Value::List(items) => strings(items),
        // What a page accepts is no limit of a provider.
        Value::Accepted(_) | Value::Nothing => "null".to_owned(),
    }
}

fn strings(texts: &[&str]) -> String {
    let mut all = Vec::new();
    for text in texts {
        all.push(json::string(text));
    }
    json::list(&all)
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
