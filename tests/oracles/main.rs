//! Other readers' answers about the same files: where they differ from ours, `judged.rs` says who is right.
//!
//! A difference that is not judged fails, and so does a judgement that nothing calls for any more.

#[path = "../media/files.rs"]
#[allow(dead_code, reason = "the tests of the probe use more of it")]
mod files;
#[path = "../common/probing.rs"]
#[allow(dead_code, reason = "the tests of the probe use more of it")]
mod probing;

mod installed;
mod judged;
mod readers;
mod truth;

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;

use files::all_files;
use judged::JUDGED;
use mediaferry::media::{Media, ProbeError};
use probing::probe;

/// A fact as another reader has it: the reader with the fact, our words, its words.
type Difference = (&'static str, String, String);
type Reader = fn(&[u8], &Result<Media, ProbeError>) -> Vec<Difference>;

const READERS: &[Reader] =
    &[readers::file_format, readers::imagesize, readers::kamadak_exif, readers::matroska_demuxer, readers::symphonia];

#[test]
fn every_difference_from_another_reader_is_judged() {
    let judged = |name: &str, what: &str| JUDGED.iter().any(|(by, files, _)| *by == what && files.contains(&name));
    let (mut found, mut unjudged) = (BTreeSet::new(), Vec::new());
    let mut names = BTreeSet::new();
    for path in all_files() {
        let file = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let ours = probe(&file);
        for reader in READERS {
            // Some of them panic; that is no answer.
            for (what, our, their) in catch_unwind(|| reader(&file, &ours)).unwrap_or_default() {
                if !judged(&name, what) {
                    unjudged.push(format!("{what}: \"{name}\", ours {our}, theirs {their}"));
                }
                found.insert((what, name.clone()));
            }
        }
        names.insert(name);
    }
    unjudged.sort();
    assert!(unjudged.is_empty(), "\n{}\n", unjudged.join("\n"));
    for (what, files, _) in JUDGED {
        for file in files.iter().filter(|file| names.contains(**file)) {
            assert!(found.contains(&(*what, (*file).to_owned())), "nobody differs any more: {what}, {file}");
        }
    }
}
