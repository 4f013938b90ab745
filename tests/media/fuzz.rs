//! The fuzz targets without a fuzzer: over every stored file, and over files damaged by the same dice in each run.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use mediaferry_testing::corpus::fixtures;
use mediaferry_testing::fuzz_targets::TARGETS;
use mediaferry_testing::random::Random;

/// What the targets start from: the made files, and what fuzzing has found.
fn stored() -> Vec<Vec<u8>> {
    let folders = ["tests/fixtures/media", "tests/fixtures/fuzz"];
    folders.into_iter().flat_map(fixtures).map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn fuzz_targets_hold_for_every_stored_file() {
    for file in stored() {
        for (name, target) in TARGETS {
            Input(&file).run(name, *target);
        }
    }
}

#[test]
fn fuzz_targets_hold_for_damaged_files() {
    let files = stored();
    for (name, target) in TARGETS {
        let mut random = Random(0x2545_F491_4F6C_DD1D);
        for _ in 0..3_000 {
            Input(&damaged(&files, &mut random)).run(name, *target);
        }
    }
}

/// A stored file with a few changes, as fuzzers make them: other bytes, parts left out, doubled, or taken from another file.
fn damaged(files: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut file = files[random.next(files.len())].clone();
    for _ in 0..=random.next(6) {
        let at = random.next(file.len());
        let end = (at + 1 + random.next(16)).min(file.len());
        match random.next(6) {
            0 => file[at..end].fill([0, 1, 0x7F, 0x80, 0xFF][random.next(5)]),
            1 => file[at..end].iter_mut().for_each(|byte| *byte = u8::try_from(random.next(256)).unwrap()),
            2 => drop(file.drain(at..end)),
            3 => {
                let part = file[at..end].to_vec();
                file.splice(at..at, part);
            }
            4 => {
                let other = &files[random.next(files.len())];
                let from = random.next(other.len());
                let part = &other[from..(from + 1 + random.next(64)).min(other.len())];
                file.splice(at..at, part.iter().copied());
            }
            _ => file.truncate(at.max(1)),
        }
    }
    file
}

/// An input that is kept where a target does not hold for it.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn run(&self, name: &str, target: fn(&[u8])) {
        if catch_unwind(|| target(self.0)).is_err() {
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            fs::write(&path, self.0).unwrap();
            panic!("the target {name} does not hold for {}", path.display());
        }
    }
}
