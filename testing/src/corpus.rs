//! The generated files of the checkout, a corpus of real files if there is one, and the text of a probe result.

use std::fs;
use std::path::{Path, PathBuf};

use mediaferry::media::{Fact, Media, ProbeError};

/// Appends a fact, with `~` before an estimate; nothing if it is unknown.
fn word<T: Copy>(words: &mut Vec<String>, fact: Fact<T>, show: impl Fn(T) -> String) {
    match fact {
        Fact::Known(value) => words.push(show(value)),
        Fact::Estimated(value) => words.push(format!("~{}", show(value))),
        Fact::Unknown(_) => {}
    }
}

/// The facts of a file as one line of text.
pub fn describe(result: &Result<Media, ProbeError>) -> String {
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

/// The files of a folder, relative to the checkout, sorted by name.
pub fn fixtures(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let folder = root().join(folder);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension != "mjs"));
    files.sort();
    files
}

/// A file of `tests/fixtures/media`.
pub fn generated(name: &str) -> Vec<u8> {
    fs::read(root().join("tests/fixtures/media").join(name)).unwrap()
}

/// The folder of a corpus of real files, which may not exist: `MEDIAFERRY_CORPUS`, or one beside the checkout.
pub fn corpus() -> PathBuf {
    let named = std::env::var_os("MEDIAFERRY_CORPUS").map(PathBuf::from);
    named.unwrap_or_else(|| root().join("../shared/media"))
}

/// The generated files and, if there is a corpus, real ones.
pub fn all_files() -> Vec<PathBuf> {
    let mut files = fixtures("tests/fixtures/media");
    for folder in ["gen", "wild"] {
        files.extend(fixtures(corpus().join(folder)));
    }
    files
}

/// The checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
