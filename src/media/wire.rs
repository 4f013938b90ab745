//! The binary form of a probe's step: `formats.wasm` writes it, and the core reads it.
//!
//! Both sides are from the same build, so the bytes contain no field names. First come facts of 16 bytes each,
//! little-endian: the certainty (4 bytes), a small number (4) and a large number (8):
//!
//! | fact | certainty | small | large |
//! |---|---|---|---|
//! | the step | [`NEED`], [`MEDIA`], [`UNREADABLE`] or [`UNRECOGNISED`] | `len`, or the format's index in [`Format::ALL`] followed by [`Format::UNSUPPORTED`] | `offset`, or whether there is a location |
//! | stored size | [`KNOWN`], [`ESTIMATED`], or above them a reason's index in [`Reason::ALL`] | height | width |
//! | orientation | the same | its EXIF value | |
//! | duration | the same | nanoseconds | seconds |
//! | animated, has video, has audio, complete | the same | 0 or 1 | |
//!
//! A step other than [`MEDIA`] ends after the first fact. Names follow, each after its length in one byte: the codecs,
//! or what the file looks like.

use core::cell::Cell;
use core::time::Duration;

use crate::media::{Fact, Format, Media, Orientation, ProbeError, ProbeStep, Reason, Size};

const NEED: u32 = 0;
const MEDIA: u32 = 1;
const UNREADABLE: u32 = 2;
const UNRECOGNISED: u32 = 3;

const KNOWN: u32 = 0;
const ESTIMATED: u32 = 1;

impl ProbeStep {
    /// Returns the step as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Need { offset, len } => head(NEED, *len, *offset),
            Self::Done(Ok(media)) => media.to_bytes(),
            Self::Done(Err(ProbeError::Unreadable)) => head(UNREADABLE, 0, 0),
            Self::Done(Err(ProbeError::Unrecognised { looks_like })) => {
                let mut out = head(UNRECOGNISED, 0, 0);
                put_names(&mut out, looks_like.as_slice());
                out
            }
            Self::Done(Err(ProbeError::NotBuiltIn)) => head(UNRECOGNISED, 0, 0),
        }
    }

    /// Returns the step that is encoded in the bytes, or `None` if they are invalid.
    #[must_use]
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let (step, small, large) = take(&mut bytes)?;
        Some(match step {
            NEED => Self::Need { offset: large, len: small as usize },
            MEDIA => {
                let format = Format::ALL.iter().chain(Format::UNSUPPORTED).nth(small as usize)?;
                Self::Done(Ok(Media { has_location: large != 0, ..Media::from_bytes(*format, bytes)? }))
            }
            UNREADABLE => Self::Done(Err(ProbeError::Unreadable)),
            UNRECOGNISED => Self::Done(Err(ProbeError::Unrecognised { looks_like: names(bytes)?.pop() })),
            _ => return None,
        })
    }
}

impl Media {
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = head(MEDIA, self.format as usize, self.has_location.into());
        let mut put = |fact| put_fact(&mut out, fact);
        put(self.stored_size.map(|size| (size.height, size.width.into())));
        put(self.orientation.map(|orientation| (orientation.exif().into(), 0)));
        put(self.duration.map(|time| (time.subsec_nanos(), time.as_secs())));
        for flag in [self.animated, self.has_video, self.has_audio, self.complete] {
            put(flag.map(|flag| (flag.into(), 0)));
        }
        put_names(&mut out, &self.codecs);
        out
    }

    fn from_bytes(format: Format, mut bytes: &[u8]) -> Option<Self> {
        let mut facts = [Fact::Unknown(Reason::Damaged); 7];
        for fact in &mut facts {
            *fact = take_fact(&mut bytes)?;
        }
        let [size, orientation, duration, animated, has_video, has_audio, complete] = facts;
        #[expect(clippy::cast_possible_truncation, reason = "written from a u32")]
        let width = |large: u64| large as u32;
        #[expect(clippy::cast_possible_truncation, reason = "written from a u8")]
        let from_exif = |exif: u32| Orientation::from_exif(exif as u16).unwrap_or(Orientation::UPRIGHT);
        let flag = |fact: Fact<(u32, u64)>| fact.map(|(flag, _)| flag != 0);
        Some(Self {
            format,
            stored_size: size.map(|(height, large)| Size { width: width(large), height }),
            orientation: orientation.map(|(exif, _)| from_exif(exif)),
            animated: flag(animated),
            // More nanoseconds would be carried over, and the seconds might overflow.
            duration: duration.map(|(nanos, seconds)| Duration::new(seconds, nanos.min(999_999_999))),
            has_video: flag(has_video),
            has_audio: flag(has_audio),
            codecs: names(bytes)?,
            complete: flag(complete),
            has_location: false,
        })
    }
}

/// Returns the first fact of a step.
fn head(step: u32, small: usize, large: u64) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, step, u32::try_from(small).unwrap_or(u32::MAX), large);
    out
}

fn put(out: &mut Vec<u8>, sure: u32, small: u32, large: u64) {
    out.extend(sure.to_le_bytes());
    out.extend(small.to_le_bytes());
    out.extend(large.to_le_bytes());
}

fn take(bytes: &mut &[u8]) -> Option<(u32, u32, u64)> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    let all = u128::from_le_bytes(*first);
    #[expect(clippy::cast_possible_truncation, reason = "each is a part of it")]
    Some((all as u32, (all >> 32) as u32, (all >> 64) as u64))
}

fn put_fact(out: &mut Vec<u8>, fact: Fact<(u32, u64)>) {
    match fact {
        Fact::Known((small, large)) => put(out, KNOWN, small, large),
        Fact::Estimated((small, large)) => put(out, ESTIMATED, small, large),
        Fact::Unknown(reason) => put(out, ESTIMATED + 1 + reason as u32, 0, 0),
    }
}

fn take_fact(bytes: &mut &[u8]) -> Option<Fact<(u32, u64)>> {
    let (sure, small, large) = take(bytes)?;
    Some(match sure {
        KNOWN => Fact::Known((small, large)),
        ESTIMATED => Fact::Estimated((small, large)),
        _ => Fact::Unknown(*Reason::ALL.get((sure - ESTIMATED - 1) as usize)?),
    })
}

fn put_names(out: &mut Vec<u8>, names: &[&str]) {
    for name in names {
        let len = u8::try_from(name.len()).unwrap_or(u8::MAX);
        out.push(len);
        out.extend(name.bytes().take(len.into()));
    }
}

fn names(mut bytes: &[u8]) -> Option<Vec<&'static str>> {
    let mut names = Vec::new();
    while let Some((len, rest)) = bytes.split_first() {
        let (name, rest) = rest.split_at_checked((*len).into())?;
        names.push(intern(core::str::from_utf8(name).ok()?));
        bytes = rest;
    }
    Some(names)
}

impl Media {
    /// Returns the name of a codec as a probe returns it.
    pub(crate) fn intern(name: &str) -> &'static str {
        intern(name)
    }
}

/// Returns the same name with a static lifetime, as a built-in probe returns it. There are about a hundred names, and
/// each is stored once.
fn intern(name: &str) -> &'static str {
    thread_local! {
        static NAMES: Cell<Vec<&'static str>> = const { Cell::new(Vec::new()) };
    }
    let mut names = NAMES.take();
    let interned: &'static str = if let Some(known) = names.iter().find(|known| **known == name) {
        known
    } else {
        let name = name.to_owned().leak();
        names.push(name);
        name
    };
    NAMES.set(names);
    interned
}
