//! `cargo bench --bench probe`: the time of a probe per file, by format, beside the time to hash the same bytes and to detect
//! their format with another library.
//!
//! The files are the fixtures and, if there is one, a corpus (`MEDIAFERRY_CORPUS`). They are in memory; a browser adds a read
//! of the Blob for each range.

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use file_format::FileFormat;
use mediaferry::media::{Media, Probe, ProbeStep};
use mediaferry_testing::corpus::all_files;
use sha2::{Digest, Sha256};

/// The first range that a probe reads.
const HEAD: usize = 64 << 10;

/// What is measured.
type Work = fn(&[u8]);

const WORKS: [(&str, Work); 4] = [
    // The first range only.
    ("head", |file| consume(probe(file, 1))),
    // All ranges.
    ("whole", |file| consume(probe(file, usize::MAX))),
    ("sha-256 of the head", |file| consume(Sha256::digest(head(file)))),
    ("file-format's name for the head", |file| consume(FileFormat::from_bytes(head(file)))),
];

fn consume<T>(value: T) {
    black_box(value);
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400))
        .sample_size(20)
        .without_plots()
        .configure_from_args();
    for (format, files) in by_format() {
        let mut group = criterion.benchmark_group(format);
        let count = u32::try_from(files.len()).expect("not so many files");
        for (name, work) in WORKS {
            // One round is all files of the format; the reported time is that of one file.
            group.bench_function(name, |bencher| {
                bencher.iter_custom(|rounds| {
                    let start = Instant::now();
                    (0..rounds).for_each(|_| files.iter().for_each(|file| work(file)));
                    start.elapsed() / count
                });
            });
        }
        group.finish();
    }
    criterion.final_summary();
}

fn by_format() -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let mut formats = BTreeMap::<_, Vec<_>>::new();
    for file in all_files().into_iter().map(|path| fs::read(path).expect("a file")).filter(|file| !file.is_empty()) {
        let format = probe(&file, usize::MAX).map_or("refused", |media| media.format.name());
        formats.entry(format).or_default().push(file);
    }
    formats
}

fn head(file: &[u8]) -> &[u8] {
    black_box(&file[..file.len().min(HEAD)])
}

/// Probes with at most this many reads.
fn probe(file: &[u8], reads: usize) -> Option<Media> {
    let mut probe = Probe::new(file.len() as u64);
    let mut left = reads;
    loop {
        match probe.step() {
            ProbeStep::Need { offset, len } => {
                left = left.checked_sub(1)?;
                let start = usize::try_from(offset).expect("in memory");
                probe.supply(&file[start..start + len]);
            }
            ProbeStep::Done(result) => return result.ok(),
        }
    }
}
