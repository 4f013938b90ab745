//! A probe's step as a JSON text: what `formats.wasm` says to the core, and how the core understands it.
//!
//! Every fact is two numbers, whatever it is about, so that one function reads them all: width and height, seconds and
//! nanoseconds, or one number and a 0.

use core::cell::RefCell;
use core::time::Duration;

use super::{Fact, Format, Media, Orientation, ProbeError, ProbeStep, Reason, Size};
use crate::json::{self, Json, Malformed};

impl ProbeStep {
    /// The step as a JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let name = |name: &'static str| json::string(name);
        match self {
            Self::Need { offset, len } => json::object(&[("offset", offset.to_string()), ("len", len.to_string())]),
            Self::Done(Ok(media)) => json::object(&[("media", media.to_json())]),
            Self::Done(Err(ProbeError::Unreadable)) => json::object(&[("unreadable", "true".to_owned())]),
            Self::Done(Err(ProbeError::Unrecognised { looks_like: Some(like) })) => {
                json::object(&[("looksLike", name(like))])
            }
            Self::Done(Err(ProbeError::Unrecognised { looks_like: None } | ProbeError::NotBuiltIn)) => {
                json::object(&[])
            }
        }
    }

    /// The step that such a text tells of.
    pub fn from_json(text: &str) -> Result<Self, Malformed> {
        let json = Json::read(text.as_bytes())?;
        if let Ok(offset) = json.u64("offset") {
            let len = usize::try_from(json.u64("len")?).map_err(|_| Malformed("len"))?;
            return Ok(Self::Need { offset, len });
        }
        Ok(Self::Done(match json.field("media") {
            Ok(media) => Ok(Media::from_json(media)?),
            Err(_) if json.field("unreadable").is_ok() => Err(ProbeError::Unreadable),
            Err(_) => Err(ProbeError::Unrecognised { looks_like: json.text("looksLike").ok().map(kept) }),
        }))
    }
}

impl Media {
    fn to_json(&self) -> String {
        let flag = |flag: bool| (flag.into(), 0);
        let codecs: Vec<String> = self.codecs.iter().map(|codec| json::string(codec)).collect();
        json::object(&[
            ("format", json::string(self.format.name())),
            ("storedSize", fact(self.stored_size.map(|size| (size.width.into(), size.height)))),
            ("orientation", fact(self.orientation.map(|turned| (turned.exif().into(), 0)))),
            ("animated", fact(self.animated.map(flag))),
            ("duration", fact(self.duration.map(|time| (time.as_secs(), time.subsec_nanos())))),
            ("hasVideo", fact(self.has_video.map(flag))),
            ("hasAudio", fact(self.has_audio.map(flag))),
            ("codecs", json::list(&codecs)),
            ("complete", fact(self.complete.map(flag))),
        ])
    }

    fn from_json(json: Json<'_>) -> Result<Self, Malformed> {
        let name = json.text("format")?;
        let format = Format::ALL.iter().find(|format| format.name() == name).ok_or(Malformed("format"))?;
        let numbers = |name| read_fact(json.field(name)?);
        let flag = |name| Ok(numbers(name)?.map(|(flag, _)| flag != 0));
        let small = |number| u32::try_from(number).unwrap_or_default();
        let turned = |exif| u16::try_from(exif).ok().and_then(Orientation::from_exif).unwrap_or(Orientation::UPRIGHT);
        Ok(Self {
            format: *format,
            stored_size: numbers("storedSize")?.map(|(width, height)| Size { width: small(width), height }),
            orientation: numbers("orientation")?.map(|(exif, _)| turned(exif)),
            animated: flag("animated")?,
            duration: numbers("duration")?.map(|(seconds, nanos)| Duration::new(seconds, nanos)),
            has_video: flag("hasVideo")?,
            has_audio: flag("hasAudio")?,
            codecs: json.items("codecs")?.into_iter().filter_map(Json::string).map(kept).collect(),
            complete: flag("complete")?,
        })
    }
}

fn fact(fact: Fact<(u64, u32)>) -> String {
    let (sure, (first, second)) = match fact {
        Fact::Known(numbers) => ("known", numbers),
        Fact::Estimated(numbers) => ("estimated", numbers),
        Fact::Unknown(reason) => return json::object(&[("unknown", json::string(reason.as_str()))]),
    };
    json::object(&[(sure, first.to_string()), ("and", second.to_string())])
}

fn read_fact(json: Json<'_>) -> Result<Fact<(u64, u32)>, Malformed> {
    if let Ok(why) = json.text("unknown") {
        let reason = Reason::ALL.iter().find(|reason| reason.as_str() == why);
        return reason.map(|reason| Fact::Unknown(*reason)).ok_or(Malformed("unknown"));
    }
    let second = u32::try_from(json.u64("and")?).map_err(|_| Malformed("and"))?;
    match json.u64("known") {
        Ok(first) => Ok(Fact::Known((first, second))),
        Err(_) => Ok(Fact::Estimated((json.u64("estimated")?, second))),
    }
}

/// The same name for as long as the program runs, which is how a built-in probe gives it. There are about a hundred, and
/// each is kept once.
fn kept(name: String) -> &'static str {
    thread_local! {
        static NAMES: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    }
    NAMES.with_borrow_mut(|names| {
        names.iter().copied().find(|known| *known == name).unwrap_or_else(|| {
            let name: &'static str = name.leak();
            names.push(name);
            name
        })
    })
}
