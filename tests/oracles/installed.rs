//! What ffprobe and mediainfo say, if they are installed: nothing that the probe calls known may be news to both.
//!
//! They are asked about the corpus, whose files come from real writers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread::{available_parallelism, scope};

use crate::files::{corpus, fixtures};
use crate::probing::probe;

/// A program with its arguments, and its words for a width, a height and a running time in seconds.
type Tool = (&'static str, &'static [&'static str], [&'static str; 3]);

const TOOLS: [Tool; 2] = [
    (
        "ffprobe",
        &["-v", "quiet", "-of", "default=nw=1", "-show_entries", "stream=width,height,duration:format=duration"],
        ["width=", "height=", "duration="],
    ),
    ("mediainfo", &["--Output=XML"], ["<Width>", "<Height>", "<Duration>"]),
];

/// Files about which both say something else, with what that is about, and the judgement.
const JUDGED: &[(&str, &[&str], &str)] = &[];

#[test]
fn what_is_known_is_no_news_to_installed_tools() {
    let tools: Vec<_> = TOOLS.into_iter().filter(|(name, ..)| Command::new(name).output().is_ok()).collect();
    let files = Mutex::new(["gen", "wild"].into_iter().flat_map(|folder| fixtures(corpus().join(folder))));
    let found = Mutex::new(Vec::new());
    let work = || {
        loop {
            let next = files.lock().unwrap().next();
            let Some(path) = next else { break };
            let news = news(&tools, &path);
            found.lock().unwrap().extend(news.map(|(what, words)| (what, name(&path), words)));
        }
    };
    scope(|threads| (0..available_parallelism().map_or(1, usize::from)).for_each(|_| drop(threads.spawn(work))));
    let mut unjudged = found.into_inner().unwrap();
    unjudged.retain(|(what, file, _)| !JUDGED.iter().any(|(of, files, _)| of == what && files.contains(&&**file)));
    unjudged.sort();
    assert!(unjudged.is_empty(), "{unjudged:#?}");
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// What the probe calls known of a file, where every tool that answers says something else.
fn news(tools: &[Tool], path: &PathBuf) -> impl Iterator<Item = (&'static str, String)> + use<> {
    let media = probe(&fs::read(path).unwrap()).ok();
    let size = media.as_ref().and_then(|media| media.stored_size.known());
    let time = media.as_ref().and_then(|media| media.duration.known());
    let said: Vec<_> = if media.is_some() { tools.iter().map(|tool| ask(tool, path)).collect() } else { Vec::new() };
    let all = |at: usize| said.iter().flat_map(move |said| said[at].iter().copied()).collect::<Vec<f64>>();
    let (widths, heights, times) = (all(0), all(1), all(2));
    let is_news = |ours: f64, theirs: &[f64], slack: f64| {
        !theirs.is_empty() && theirs.iter().all(|their| (their - ours).abs() > slack)
    };
    let size = size.filter(|size| {
        // Some turn pictures, and some do not.
        let turns = [(size.width, size.height), (size.height, size.width)];
        turns.iter().all(|(width, height)| {
            is_news((*width).into(), &widths, 0.5) || is_news((*height).into(), &heights, 0.5)
        })
    });
    let time = time.map(|time| time.as_secs_f64()).filter(|time| is_news(*time, &times, 0.1 + time / 50.0));
    let size = size.map(|size| ("size", format!("{}x{}, theirs {widths:?} x {heights:?}", size.width, size.height)));
    let time = time.map(|time| ("duration", format!("{time}, theirs {times:?}")));
    size.into_iter().chain(time)
}

/// The widths, heights and running times that a tool names.
fn ask((tool, arguments, words): &Tool, path: &Path) -> [Vec<f64>; 3] {
    let output = Command::new(tool).args(*arguments).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    words.map(|word| {
        let values = text.lines().filter_map(|line| line.strip_prefix(word));
        values.filter_map(|value| value.split('<').next()?.parse().ok()).collect()
    })
}
