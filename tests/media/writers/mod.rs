//! What real writers do to files that every player plays: the facts stay, and nothing is called cut.
//!
//! Each file that is whole is changed in the ways that its format is changed in the world, one at a time. With
//! `MEDIAFERRY_MUTATIONS=all`, large files are changed too, and each change is made to what another has made.

mod appended;
mod boxes;
mod elements;
mod riff;
mod streams;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use mediaferry::media::{Fact, Format, Media};
use mediaferry_testing::corpus::{all_files, describe};
use mediaferry_testing::probe::probe;

/// A file that a writer might have written instead, and how it differs.
pub(crate) type Mutation = (String, Vec<u8>);

/// Everything that is done to files of a format.
fn mutations(media: &Media, file: &[u8]) -> Vec<Mutation> {
    let mut all = appended::mutations(media, file);
    all.extend(match media.format {
        Format::Mp4 | Format::Mov | Format::M4a | Format::ThreeGp => boxes::mutations(media, file),
        Format::Webm | Format::WebmAudio | Format::Mkv => elements::mutations(file),
        Format::Wav | Format::Avi | Format::Webp => riff::mutations(media.format, file),
        _ => streams::mutations(media, file),
    });
    all
}

/// Files that are changed only in the larger mode.
const LARGE: usize = 200 << 10;

#[test]
fn harmless_mutations_change_no_fact() {
    let thorough = std::env::var_os("MEDIAFERRY_MUTATIONS").is_some();
    let files: Vec<_> = all_files().into_iter().filter(|path| !is_left_out(path)).collect();
    let half = files.len() / 2;
    let (count, wrong) = thread::scope(|scope| {
        let halves = [&files[..half], &files[half..]].map(|files| scope.spawn(|| check(files, thorough)));
        halves
            .into_iter()
            .map(|half| half.join().unwrap())
            .fold((0, Vec::new()), |(count, wrong), (more, others)| (count + more, [wrong, others].concat()))
    });
    assert!(wrong.is_empty(), "{} of {count}:\n{}\n", wrong.len(), wrong.join("\n"));
    assert!(count > 1000, "only {count} mutations");
}

/// How many mutations were made of these files, and those that changed a fact.
fn check(files: &[PathBuf], thorough: bool) -> (usize, Vec<String>) {
    let (mut count, mut wrong) = (0, Vec::new());
    for path in files {
        let file = fs::read(path).unwrap();
        let Ok(media) = probe(&file) else { continue };
        if media.complete == Fact::Known(false) || (file.len() > LARGE && !thorough) {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut judge = |change: &str, mutation: &[u8]| {
            count += 1;
            let found = probe(mutation);
            if let Some(fact) = found.as_ref().map_or(Some("format"), |found| difference(&media, found)) {
                wrong.push(format!(
                    "{name} {change}: {fact}\n    {}\n    {}",
                    describe(&Ok(media.clone())),
                    describe(&found)
                ));
            }
            found.ok()
        };
        for (change, mutation) in mutations(&media, &file) {
            let found = judge(&change, &mutation);
            // What is repeated or off must stay so: another change may make the wrong one count.
            let is_last = ["repeated", "another", "clock", "form longer"].iter().any(|word| change.contains(word));
            for (other, mutation) in
                found.filter(|_| thorough && !is_last).iter().flat_map(|found| mutations(found, &mutation))
            {
                judge(&format!("{change}, {other}"), &mutation);
            }
        }
    }
    (count, wrong)
}

/// The fact in which a mutation differs. A known fact may become an estimate, and a time may differ by what a header is long.
fn difference(media: &Media, found: &Media) -> Option<&'static str> {
    fn differ<T: Copy + PartialEq>(one: Fact<T>, other: Fact<T>) -> bool {
        one.value() != other.value()
    }
    let seconds = |media: &Media| media.duration.value().map(|time| time.as_secs_f64());
    let time_differs = match (seconds(media), seconds(found)) {
        (Some(one), Some(other)) => (one - other).abs() > (one / 50.0).max(0.05),
        (one, other) => one.is_some() != other.is_some(),
    };
    let was_whole = media.complete == Fact::Known(true);
    [
        (media.format != found.format, "format"),
        (differ(media.stored_size, found.stored_size), "size"),
        (differ(media.orientation, found.orientation), "orientation"),
        (differ(media.animated, found.animated), "animated"),
        (time_differs, "duration"),
        (differ(media.has_video, found.has_video), "video"),
        (differ(media.has_audio, found.has_audio), "audio"),
        (media.codecs != found.codecs, "codecs"),
        (found.complete == Fact::Known(false), "cut"),
        (was_whole && found.complete != Fact::Known(true), "complete"),
    ]
    .into_iter()
    .find_map(|(differs, fact)| differs.then_some(fact))
}

/// Files that tell their facts in a way that leaves no room for another mistake.
fn is_left_out(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    [
        "absurd.",
        "no-trailer.gif",
        "repeated.",
        "two-formats.",
        "no-movie-clock.",
        "summary-counts-tags.",
        "zeros-frames.",
    ]
    .iter()
    .any(|part| name.contains(part))
}
