//! What holds for any bytes: the fuzz targets, which `fuzz/` and `tests/media/fuzz.rs` run.
//!
//! Each makes a file of the bytes, and panics if the probe or the rules break a promise.

use core::time::Duration;

use mediaferry::file::{Candidate, InspectedFile, Shared};
use mediaferry::media::{Fact, Format, Kind, Media, Orientation, Probe, ProbeError, ProbeStep, Reason, Size};
use mediaferry::providers::PROVIDERS;
use mediaferry::rules::{Limits, Rule, Value, Violation};

use crate::generators::{self, Choices};
use crate::probe::{contradicted_fact, is_possible, probe, probe_counted, probe_with};
use crate::splice::splice_target;

/// A fuzz target.
pub type Target = fn(&[u8]);

/// Every target, with its name.
pub const TARGETS: &[(&str, Target)] = &[
    ("whole", whole),
    ("family", family),
    ("chunking", chunking),
    ("truncation", truncation),
    ("sparse", sparse),
    ("differential", differential),
    ("boxes", boxes),
    ("elements", elements),
    ("rules", rules),
    ("splice", splice_target),
];

/// The probe ends within its budget, with consistent facts.
pub fn whole(file: &[u8]) {
    if let Ok(media) = &probe_counted(file).result {
        assert_consistent(media, file.len() as u64);
    }
}

/// The first bytes of each format, which a fuzzer would not guess.
const HEADERS: &[&[u8]] = &[
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xE0\x08\x06\0\0\0\0\0\0\0",
    b"\xFF\xD8\xFF",
    b"\xFF\xD8\xFF\xE1\0\x80Exif\0\0II*\0\x08\0\0\0",
    b"GIF89a\x20\0\x10\0\0\0\0",
    b"RIFF\xFF\xFF\xFF\xFFWEBP",
    b"RIFF\xFF\xFF\xFF\xFFWEBPVP8X\x0A\0\0\0\x0A\0\0\0\x63\0\0\x31\0\0",
    b"RIFF\xFF\xFF\xFF\xFFAVI ",
    b"RIFF\xFF\xFF\xFF\xFFWAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x40\x1F\0\0\x01\0\x08\0",
    b"RF64\xFF\xFF\xFF\xFFWAVEds64",
    b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08",
    b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0",
    b"\0\0\0\x0Cftypisom\0\0",
    b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    b"\0\0\0\x0Cftyp3gp5\0\0",
    b"\0\0\0\x10ftypheic\0\0\0\0\0\0\x01\0meta\0\0\0\0\0\0\0\x0Epitm\0\0\0\0\0\x01\0\0\0\x80iprp\0\0\0\x40ipco",
    b"\0\0\0\x10ftypmif1\0\0\0\0avif",
    b"\0\0\0\x10uuid\0\0\0\0\0\0\0\0",
    b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
    b"\x1A\x45\xDF\xA3\x8B\x42\x82\x88matroska\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
    b"\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C\0\x02\0\0\0\0\0\0\x02\0\0\0\x01\x02",
    b"FLV\x01\x05\0\0\0\x09\0\0\0\0",
    b"FLV\x01\x05\0\0\0\x09\0\0\0\0\x12\0\0\x80\0\0\0\0\0\0\0\x02\0\x0AonMetaData\x08",
    b"FLV\x01\x01\0\0\0\x09\0\0\0\0\x09\0\0\x40\0\0\0\0\0\0\0\x17\0\0\0\0\x01\x64\0\x1E\xFF\xE1\0\x20\x67\x64\0\x1E",
    b"OggS\0\x02",
    b"OggS\0\x02\0\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0\0\0\0\0\x01\x1E\x01vorbis\0\0\0\0\x02\x44\xAC\0\0",
    b"fLaC\x80\0\0\x22\x10\0\x10\0\0\0\0\0\0\0",
    b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
    b"BM\0\0\0\0\0\0\0\0\x1A\0\0\0\x0C\0\0\0",
    b"ID3\x04\0\0\0\0\0\x02\0\0",
    b"APETAGEX\xD0\x07\0\0\x20\0\0\0\0\0\0\0\0\0\0\xA0\0\0\0\0\0\0\0\0",
    b"\xFF\xFB\x90\xC0",
    b"\xFF\xF1\x50\x80\x0D\x1F\xFC",
];

/// [`whole`] for the rest of the bytes, after the header that the first byte selects.
pub fn family(input: &[u8]) {
    let mut choices = Choices(input);
    let start = HEADERS[choices.below(HEADERS.len())];
    whole(&[start, choices.0].concat());
}

/// A repeated step and a longer read do not change the result; a shorter read is an error.
pub fn chunking(file: &[u8]) {
    let plain = probe_counted(file);
    let mut probe = Probe::new(file.len() as u64);
    let mut ranges = 0;
    let result = loop {
        let step = probe.step();
        assert_eq!(probe.step(), step, "repeated step");
        match step {
            ProbeStep::Need { offset, len } => {
                ranges += 1;
                let start = usize::try_from(offset).unwrap();
                let more = (start + len + ranges * 1000).min(file.len());
                probe.supply(&file[start..more]);
            }
            ProbeStep::Done(result) => break result,
        }
    };
    assert_eq!(result, plain.result, "longer reads");
    for short in 1..=plain.ranges {
        let mut read = 0;
        let cut = probe_with(file.len() as u64, |offset, len| {
            read += 1;
            let start = usize::try_from(offset).unwrap();
            file[start..start + len - usize::from(read == short)].to_vec()
        });
        assert_eq!(cut.result, Err(ProbeError::Unreadable), "read {short} is a byte short");
    }
}

/// The known facts of a prefix are those of the whole file. The first two bytes select the length of the prefix.
pub fn truncation(input: &[u8]) {
    let mut choices = Choices(input);
    let (high, low) = (choices.byte(), choices.byte());
    let file = choices.0;
    let cut = (file.len() * usize::from(u16::from_be_bytes([high, low]))) >> 16;
    assert_no_contradiction(file, cut);
}

fn assert_no_contradiction(file: &[u8], cut: usize) {
    if let (Ok(whole), Ok(part)) = (probe(file), probe(&file[..cut])) {
        let fact = contradicted_fact(&whole, &part);
        assert!(fact.is_none(), "cut at {cut}: {fact:?}\n  {part:?}\n  {whole:?}");
    }
}

/// [`whole`] for two parts of a file with up to 2^60 virtual zeros between them.
pub fn sparse(input: &[u8]) {
    let mut choices = Choices(input);
    let (gap, at) = (1_u64 << (choices.byte() % 61), usize::from(choices.byte()) * 4);
    let (front, back) = choices.0.split_at(at.min(choices.0.len()));
    let back_at = front.len() as u64 + gap;
    let byte = |at: u64| {
        let (part, at) = if at < back_at { (front, at) } else { (back, at - back_at) };
        usize::try_from(at).ok().and_then(|at| part.get(at)).copied().unwrap_or(0)
    };
    let read = |offset: u64, len: usize| (offset..offset + len as u64).map(byte).collect();
    let len = back_at + back.len() as u64;
    if let Ok(media) = &probe_with(len, read).result {
        assert_consistent(media, len);
    }
}

/// The size of an image is the one that `imagesize` reads.
pub fn differential(file: &[u8]) {
    let Ok(media) = probe(file) else { return };
    // Only where it reads the fields that count: it knows one BMP header and JPEG without junk, and reads two bits of
    // VP8's scaling (RFC 6386 §9.1) as part of the size.
    let agrees_on = match media.format {
        Format::Png => file.get(12..16) == Some(b"IHDR"),
        Format::Gif => true,
        Format::Bmp => file.get(14) == Some(&40) && file.get(25).is_some_and(|sign| *sign < 0x80),
        Format::Webp => file.get(15) == Some(&b'X'),
        _ => false,
    };
    if let (true, Some(ours), Ok(theirs)) = (agrees_on, media.stored_size.known(), imagesize::blob_size(file)) {
        assert_eq!((ours.width as usize, ours.height as usize), (theirs.width, theirs.height), "{media:?}");
    }
}

/// [`whole`], [`chunking`] and [`truncation`] for a tree of boxes, some with a wrong size.
pub fn boxes(input: &[u8]) {
    tree(input, generators::boxes);
}

/// The same for EBML elements.
pub fn elements(input: &[u8]) {
    tree(input, generators::elements);
}

fn tree(input: &[u8], make: fn(&mut Choices<'_>) -> Vec<u8>) {
    let mut choices = Choices(input);
    let file = make(&mut choices);
    whole(&file);
    chunking(&file);
    for quarter in 1..4 {
        assert_no_contradiction(&file, file.len() * quarter / 4);
    }
}

/// The facts are consistent for a file of this size.
fn assert_consistent(media: &Media, len: u64) {
    assert!(is_possible(media, len), "{media:?}");
    let size = media.stored_size.value();
    assert!(size.is_none_or(|size| size.width > 0 && size.height > 0), "{media:?}");
    assert!(media.duration.value() != Some(Duration::ZERO), "{media:?}");
    assert!(media.codecs.len() <= 256, "{} codecs", media.codecs.len());
    let none = Fact::Unknown(Reason::NotApplicable);
    match media.format.kind() {
        Kind::Image => assert!(media.duration == none && media.has_video.value().is_none(), "{media:?}"),
        Kind::Audio => assert!(media.stored_size.value().is_none() && media.animated.value().is_none(), "{media:?}"),
        Kind::Video => assert!(media.animated.value().is_none(), "{media:?}"),
    }
}

/// A file near a provider's limits has exactly the violations that another implementation expects.
pub fn rules(input: &[u8]) {
    let mut choices = Choices(input);
    let provider = PROVIDERS[choices.below(PROVIDERS.len())].profile();
    let accepts = provider.rules.accepts;
    let limits = &accepts[choices.below(accepts.len())];
    let format = limits.formats[choices.below(limits.formats.len())];
    let (size, media) = near_limits(&mut choices, limits, format);
    let candidate = Candidate { name: String::new(), declared_type: String::new(), size };
    let file = Shared::new(InspectedFile::new(candidate, media));
    let broken = provider.rules.check(&file);
    let names: Vec<_> = broken.iter().map(|violation| violation.rule).collect();
    assert_eq!(names, expected_rules(limits, &file), "{file:?}");
    broken.iter().for_each(assert_beyond_limit);
    assert_eq!(provider.rules.accept(file).is_ok(), names.is_empty());
}

/// A size and facts that differ from a limit by at most one unit.
fn near_limits(choices: &mut Choices<'_>, limits: &Limits, format: Format) -> (u64, Media) {
    let from_start = choices.flag();
    let mut near = |limit: u64| (limit + choices.below(3) as u64).saturating_sub(1);
    let size = near(limits.max_bytes.unwrap_or(1));
    let least = limits.min_size.unwrap_or(Size { width: 1, height: 1 });
    let short = near(least.width.into()).max(1);
    let long =
        near(whole_number(f64::from(u32::try_from(short).unwrap()) * limits.max_aspect_ratio.unwrap_or(1.0))).max(1);
    let [short, long] = [short, long].map(|side| u32::try_from(side).unwrap());
    let (from, to) = limits.duration_seconds.unwrap_or((1.0, 1.0));
    let nanos = near(whole_number(if from_start { from } else { to } * 1e9));
    let (width, height) = if choices.flag() { (short, long) } else { (long, short) };
    let orientation = Orientation::from_exif(choices.byte().into());
    let media = Media {
        format,
        stored_size: fact(choices, Size { width, height }),
        orientation: orientation.map_or(Fact::Unknown(Reason::Absent), Fact::Known),
        animated: fact(choices, true),
        duration: fact(choices, Duration::from_nanos(nanos)),
        has_video: fact(choices, true),
        has_audio: fact(choices, true),
        codecs: Vec::new(),
        complete: {
            let whole = choices.flag();
            fact(choices, whole)
        },
        has_location: false,
    };
    (size, media)
}

/// Converts a number without a fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no limit is negative or that long")]
fn whole_number(number: f64) -> u64 {
    number as u64
}

fn fact<T>(choices: &mut Choices<'_>, value: T) -> Fact<T> {
    match choices.below(6) {
        0 => Fact::Unknown(Reason::Damaged),
        1 => Fact::Estimated(value),
        _ => Fact::Known(value),
    }
}

/// The rules that a file violates, computed independently of `Rules::check`.
fn expected_rules(limits: &Limits, file: &InspectedFile) -> Vec<Rule> {
    let media = file.media();
    let mut broken = Vec::new();
    if limits.max_bytes.is_some_and(|max| file.size() > max) {
        broken.push(Rule::MaxBytes);
    }
    let turned = media.orientation.value().is_some_and(|turned| turned.exif() > 4);
    match media.stored_size {
        Fact::Known(size) | Fact::Estimated(size) => {
            let (width, height) = if turned { (size.height, size.width) } else { (size.width, size.height) };
            if limits.min_size.is_some_and(|min| width < min.width) {
                broken.push(Rule::MinWidth);
            }
            if limits.min_size.is_some_and(|min| height < min.height) {
                broken.push(Rule::MinHeight);
            }
            let ratio = |max| f64::from(width) / f64::from(height) > max || f64::from(height) / f64::from(width) > max;
            if limits.max_aspect_ratio.is_some_and(ratio) {
                broken.push(Rule::MaxAspectRatio);
            }
        }
        Fact::Unknown(_) if limits.min_size.is_some() || limits.max_aspect_ratio.is_some() => {
            broken.push(Rule::KnownSize);
        }
        Fact::Unknown(_) => {}
    }
    if let (Some((from, to)), Fact::Known(time)) = (limits.duration_seconds, media.duration) {
        if time.as_nanos() < u128::from(whole_number(from * 1e9)) {
            broken.push(Rule::MinDuration);
        } else if time.as_nanos() > u128::from(whole_number(to * 1e9)) {
            broken.push(Rule::MaxDuration);
        }
    }
    if media.complete == Fact::Known(false) {
        broken.push(Rule::Complete);
    }
    broken
}

/// The actual value of a violation is beyond its limit.
fn assert_beyond_limit(violation: &Violation) {
    let (Value::Number(actual), Value::Number(limit)) = (&violation.actual, &violation.limit) else { return };
    let is_least = matches!(violation.rule, Rule::MinWidth | Rule::MinHeight | Rule::MinDuration);
    assert!(if is_least { actual <= limit } else { actual >= limit }, "{violation:?}");
}
