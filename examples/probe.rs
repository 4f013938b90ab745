//! Prints what the probe finds out about files, one JSON line each: `cargo run --release --example probe -- FILE…`
//!
//! The files are read through the ranges that the probe asks for, as a browser reads them, so `ranges` and `bytes_read`
//! are what an upload would cost. The lines suit `score.py` of the media corpus.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use mediaferry::media::{Fact, Media, Orientation, Probe, ProbeError, ProbeStep, Reason};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for path in std::env::args().skip(1) {
        let line = line(&path)?;
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The line for one file.
fn line(path: &str) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut probe = Probe::new(file.metadata()?.len());
    let (mut ranges, mut bytes_read) = (0, 0);
    let result = loop {
        match probe.step() {
            ProbeStep::Need { offset, len } => {
                let mut bytes = Vec::new();
                file.seek(SeekFrom::Start(offset))?;
                Read::by_ref(&mut file).take(len as u64).read_to_end(&mut bytes)?;
                ranges += 1;
                bytes_read += bytes.len();
                probe.supply(&bytes);
            }
            ProbeStep::Done(result) => break result,
        }
    };
    let mut fields = vec![("path", string(path))];
    match result {
        Ok(media) => facts(&media, &mut fields),
        Err(ProbeError::Unrecognised { looks_like }) => {
            fields.extend([("mime", null()), ("looks_like", looks_like.map_or_else(null, string))]);
        }
        Err(ProbeError::Unreadable | ProbeError::NotBuiltIn) => fields.push(("mime", null())),
    }
    fields.extend([("ranges", ranges.to_string()), ("bytes_read", bytes_read.to_string())]);
    let fields: Vec<_> = fields.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
    Ok(format!("{{{}}}", fields.join(", ")))
}

fn facts(media: &Media, fields: &mut Vec<(&str, String)>) {
    let size = media.stored_size.value();
    let codecs: Vec<_> = media.codecs.iter().map(|codec| string(codec)).collect();
    fields.extend([
        ("mime", string(media.format.mime())),
        ("width", size.map_or_else(null, |size| size.width.to_string())),
        ("height", size.map_or_else(null, |size| size.height.to_string())),
        ("stored_width", size.map_or_else(null, |size| size.width.to_string())),
        ("stored_height", size.map_or_else(null, |size| size.height.to_string())),
        ("orientation", value(media.orientation.map(Orientation::exif))),
        ("animated", value(media.animated)),
        ("duration", value(media.duration.map(|time| time.as_secs_f64()))),
        ("duration_kind", string(kind(&media.duration))),
        ("has_video", value(media.has_video)),
        ("has_audio", value(media.has_audio)),
        ("codecs", format!("[{}]", codecs.join(", "))),
        ("complete", value(media.complete)),
    ]);
}

/// How sure a fact is: `known`, `estimated`, or why it is not to be had.
fn kind<T>(fact: &Fact<T>) -> &'static str {
    match fact {
        Fact::Known(_) => "known",
        Fact::Estimated(_) => "estimated",
        Fact::Unknown(reason) => Reason::as_str(*reason),
    }
}

fn value<T: Copy + ToString>(fact: Fact<T>) -> String {
    fact.value().map_or_else(null, |value| value.to_string())
}

fn null() -> String {
    "null".to_owned()
}

fn string(text: &str) -> String {
    let mut json = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\0'..='\x1f' => json.extend(format!("\\u{:04x}", u32::from(c)).chars()),
            _ => json.push(c),
        }
    }
    json + "\""
}
