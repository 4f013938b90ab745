//! Compares the probe with other readers of the same files. `known_differences.rs` explains each difference.
//!
//! An unexplained difference fails the test, and so does an explanation without a difference.

mod ground_truth;
mod installed_tools;
mod known_differences;
mod readers;

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;

use known_differences::KNOWN_DIFFERENCES;
use mediaferry::media::{Media, ProbeError};
use mediaferry_testing::corpus::all_files;
use mediaferry_testing::probe::probe;

/// A fact on which another reader differs: the reader with the fact, our value, its value.
type Difference = (&'static str, String, String);
type Reader = fn(&[u8], &Result<Media, ProbeError>) -> Vec<Difference>;

const READERS: &[Reader] =
    &[readers::file_format, readers::imagesize, readers::kamadak_exif, readers::matroska_demuxer, readers::symphonia];

#[test]
fn every_difference_from_another_reader_is_explained() {
    let is_explained =
        |name: &str, what: &str| KNOWN_DIFFERENCES.iter().any(|(by, files, _)| *by == what && files.contains(&name));
    let (mut found, mut unexplained) = (BTreeSet::new(), Vec::new());
    let mut names = BTreeSet::new();
    for path in all_files() {
        let file = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let ours = probe(&file);
        for reader in READERS {
            // Some of them panic; that is no difference.
            for (what, our, their) in catch_unwind(|| reader(&file, &ours)).unwrap_or_default() {
                if !is_explained(&name, what) {
                    unexplained.push(format!("{what}: \"{name}\", ours {our}, theirs {their}"));
                }
                found.insert((what, name.clone()));
            }
        }
        names.insert(name);
    }
    unexplained.sort();
    assert!(unexplained.is_empty(), "\n{}\n", unexplained.join("\n"));
    for (what, files, _) in KNOWN_DIFFERENCES {
        for file in files.iter().filter(|file| names.contains(**file)) {
            assert!(found.contains(&(*what, (*file).to_owned())), "no difference any more: {what}, {file}");
        }
    }
}
