//! `cargo bench --bench probe`: what a probe costs, by format, beside what the same bytes cost to hash and to name.
//!
//! It prints and never fails. The files are the fixtures and, where it is at hand, the corpus; they are in memory, so this
//! is computing only. A browser adds a read of the Blob for each range.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use file_format::FileFormat;
use mediaferry::media::{Probe, ProbeStep};
use sha2::{Digest, Sha256};

const FOLDERS: [&str; 3] = ["tests/fixtures/media", "../shared/media/gen", "../shared/media/wild"];
/// What a probe reads first.
const HEAD: usize = 64 << 10;
/// Each number is the least of so many tries, of which each takes at least this long.
const TRIES: u32 = 5;
const LEAST: Duration = Duration::from_millis(2);

/// One file: what it is, and the microseconds that each thing takes. Medians are printed, and the worst.
struct Row {
    format: &'static str,
    /// The first look: the head handed over, and what follows from it.
    head: f64,
    /// Until the answer, over all ranges.
    whole: f64,
    /// SHA-256 of the head, and file-format's name for it.
    hash: f64,
    name: f64,
}

fn main() {
    let mut rows: Vec<_> = files().iter().map(|file| measure(file)).collect();
    rows.sort_by(|a, b| a.format.cmp(b.format).then(a.whole.total_cmp(&b.whole)));
    println!(
        "{:12} {:>5} {:>8} {:>8} {:>8} {:>8} {:>10} {:>10}",
        "µs", "files", "head", "at worst", "whole", "at worst", "head/hash", "head/name"
    );
    for group in rows.chunk_by(|a, b| a.format == b.format) {
        print(group[0].format, group);
    }
    print("all", &rows);
}

fn print(name: &str, rows: &[Row]) {
    let median = |number: fn(&Row) -> f64| {
        let mut numbers: Vec<_> = rows.iter().map(number).collect();
        numbers.sort_by(f64::total_cmp);
        numbers[numbers.len() / 2]
    };
    let worst = |number: fn(&Row) -> f64| rows.iter().map(number).fold(0.0, f64::max);
    println!(
        "{name:12} {:>5} {:>8.2} {:>8.2} {:>8.2} {:>8.2} {:>10.2} {:>10.2}",
        rows.len(),
        median(|row| row.head),
        worst(|row| row.head),
        median(|row| row.whole),
        worst(|row| row.whole),
        median(|row| row.head / row.hash),
        median(|row| row.head / row.name),
    );
}

fn files() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = FOLDERS.iter().filter_map(|folder| fs::read_dir(root.join(folder)).ok()).flatten();
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let media = paths.filter(|path| path.extension().is_none_or(|extension| extension != "mjs"));
    media.map(|path| fs::read(path).expect("a file")).filter(|file| !file.is_empty()).collect()
}

fn measure(file: &[u8]) -> Row {
    let head = &file[..file.len().min(HEAD)];
    let format = probe(file, usize::MAX).map_or("refused", |media| media.format.name());
    Row {
        format,
        head: micros(|| probe(file, 1)),
        whole: micros(|| probe(file, usize::MAX)),
        hash: micros(|| Sha256::digest(black_box(head))),
        name: micros(|| FileFormat::from_bytes(black_box(head))),
    }
}

/// Probes with so many reads at most.
fn probe(file: &[u8], reads: usize) -> Option<mediaferry::media::Media> {
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

fn micros<T>(work: impl Fn() -> T) -> f64 {
    let once = |count: u32| {
        let start = Instant::now();
        (0..count).for_each(|_| drop(black_box(work())));
        start.elapsed()
    };
    let mut count = 1;
    while once(count) < LEAST && count < 1 << 20 {
        count *= 2;
    }
    let best = (0..TRIES).map(|_| once(count)).min().unwrap_or_default();
    best.as_secs_f64() * 1e6 / f64::from(count)
}
