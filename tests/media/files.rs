//! The files at hand, and an answer as a line.

use std::fs;
use std::path::{Path, PathBuf};

use mediaferry::media::{Fact, Media, ProbeError};

/// A fact as a word, an estimate after `~`, nothing for what is unknown.
fn word<T: Copy>(words: &mut Vec<String>, fact: Fact<T>, show: impl Fn(T) -> String) {
    match fact {
        Fact::Known(value) => words.push(show(value)),
        Fact::Estimated(value) => words.push(format!("~{}", show(value))),
        Fact::Unknown(_) => {}
    }
}

/// The facts as a line.
pub(crate) fn line(result: &Result<Media, ProbeError>) -> String {
    let media = match result {
        Ok(media) => media,
        Err(ProbeError::Unrecognised { looks_like }) => return format!("no: {}", looks_like.unwrap_or("?")),
        Err(ProbeError::Unreadable) => return "unreadable".to_owned(),
        Err(ProbeError::NotBuiltIn) => return "of another build".to_owned(),
    };
    let mut words = vec![media.format.mime().to_owned()];
    word(&mut words, media.stored_size, |size| format!("{}x{}", size.width, size.height));
    word(&mut words, media.orientation, |turned| format!("o{}", turned.exif()));
    word(&mut words, media.animated, |animated| if animated { "animated" } else { "still" }.to_owned());
    word(&mut words, media.duration, |time| format!("{:.2}s", time.as_secs_f64()));
    word(&mut words, media.has_video, |has| if has { "video" } else { "-" }.to_owned());
    word(&mut words, media.has_audio, |has| if has { "audio" } else { "-" }.to_owned());
    words.extend(media.codecs.iter().map(|codec| (*codec).to_owned()));
    word(&mut words, media.complete, |complete| if complete { "complete" } else { "cut" }.to_owned());
    words.join(" ")
}

/// The files of a folder, relative to the checkout, in the order of their names.
pub(crate) fn fixtures(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension != "mjs"));
    files.sort();
    files
}

pub(crate) fn made(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/media").join(name)).unwrap()
}

/// Where a corpus of real files may be: in the folder that `MEDIAFERRY_CORPUS` names, or beside the checkout.
pub(crate) fn corpus() -> PathBuf {
    let named = std::env::var_os("MEDIAFERRY_CORPUS").map(PathBuf::from);
    named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/media"))
}

/// Made files and, if there is a corpus, real ones.
pub(crate) fn all_files() -> Vec<PathBuf> {
    let mut files = fixtures("tests/fixtures/media");
    for folder in ["gen", "wild"] {
        files.extend(fixtures(corpus().join(folder)));
    }
    files
}
