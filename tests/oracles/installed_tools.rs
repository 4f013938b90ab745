//! Compares the known facts of the corpus with ffprobe and mediainfo, if they are installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread::{available_parallelism, scope};

use mediaferry_testing::corpus::{corpus, fixtures};
use mediaferry_testing::probe::probe;

/// A program with its arguments, and the prefixes of a width, a height and a duration in seconds in its output.
type Tool = (&'static str, &'static [&'static str], [&'static str; 3]);

const TOOLS: [Tool; 2] = [
    (
        "ffprobe",
        &["-v", "quiet", "-of", "default=nw=1", "-show_entries", "stream=width,height,duration:format=duration"],
        ["width=", "height=", "duration="],
    ),
    ("mediainfo", &["--Output=XML"], ["<Width>", "<Height>", "<Duration>"]),
];

/// The fact, the files for which both tools differ, and the explanation.
const KNOWN_DIFFERENCES: &[(&str, &[&str], &str)] = &[(
    "size",
    &["reject__fq__rainbow-451x461.heic"],
    "Ours: the clean aperture (ISO/IEC 23008-12 §6.5.9), as the name says; theirs is the coded size.",
)];

#[test]
fn known_facts_agree_with_an_installed_tool() {
    let tools: Vec<_> = TOOLS.into_iter().filter(|(name, ..)| Command::new(name).output().is_ok()).collect();
    let files = Mutex::new(["gen", "wild"].into_iter().flat_map(|folder| fixtures(corpus().join(folder))));
    let found = Mutex::new(Vec::new());
    let work = || {
        loop {
            let next = files.lock().unwrap().next();
            let Some(path) = next else { break };
            let found_here = contradictions(&tools, &path);
            found.lock().unwrap().extend(found_here.into_iter().map(|(what, words)| (what, name(&path), words)));
        }
    };
    scope(|threads| (0..available_parallelism().map_or(1, usize::from)).for_each(|_| drop(threads.spawn(work))));
    let mut unexplained = found.into_inner().unwrap();
    unexplained.retain(|(what, file, _)| {
        !KNOWN_DIFFERENCES.iter().any(|(of, files, _)| of == what && files.contains(&&**file))
    });
    unexplained.sort();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// The known facts of a file with which no tool agrees.
fn contradictions(tools: &[Tool], path: &PathBuf) -> Vec<(&'static str, String)> {
    let Ok(media) = probe(&fs::read(path).unwrap()) else { return Vec::new() };
    let size = media.stored_size.known().map(|size| (f64::from(size.width), f64::from(size.height)));
    let time = media.duration.known().map(|time| time.as_secs_f64());
    let (mut sizes, mut times) = (Vec::new(), Vec::new());
    for tool in tools {
        let [widths, heights, seconds] = run_tool(tool, path);
        sizes.extend(widths.into_iter().zip(heights));
        times.extend(seconds);
        // A tool is slow, so the next one runs only if this one does not agree.
        if !is_contradicted(size, &sizes, is_size) && !is_contradicted(time, &times, is_time) {
            return Vec::new();
        }
    }
    let size = size
        .filter(|_| is_contradicted(size, &sizes, is_size))
        .map(|size| ("size", format!("{size:?}, theirs {sizes:?}")));
    let time = time
        .filter(|_| is_contradicted(time, &times, is_time))
        .map(|time| ("time", format!("{time}, theirs {times:?}")));
    size.into_iter().chain(time).collect()
}

fn is_contradicted<T: Copy>(ours: Option<T>, theirs: &[T], is_same: fn(T, T) -> bool) -> bool {
    ours.is_some_and(|ours| !theirs.is_empty() && !theirs.iter().any(|their| is_same(ours, *their)))
}

/// Some tools apply the orientation.
fn is_size(ours: (f64, f64), theirs: (f64, f64)) -> bool {
    let same = |one: f64, other: f64| (one - other).abs() < 0.5;
    same(ours.0, theirs.0) && same(ours.1, theirs.1) || same(ours.0, theirs.1) && same(ours.1, theirs.0)
}

fn is_time(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= 0.1 + ours / 50.0
}

/// The widths, heights and durations that a tool reports.
fn run_tool((tool, arguments, words): &Tool, path: &Path) -> [Vec<f64>; 3] {
    let output = Command::new(tool).args(*arguments).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    words.map(|word| {
        let values = text.lines().filter_map(|line| line.strip_prefix(word));
        // They report 0 for what they cannot read.
        values.filter_map(|value| value.split('<').next()?.parse().ok()).filter(|value| *value > 0.0).collect()
    })
}
