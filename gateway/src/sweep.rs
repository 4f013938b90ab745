//! Forgets what the embedded storage was given long ago: nothing else would, and disks are finite.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use tokio::sync::watch;

use crate::store::BUCKET;

/// The longest time between two looks at the folder.
const PAUSE: Duration = Duration::from_mins(10);

/// Objects of one place that are kept for a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    /// The first segment of their keys.
    pub(crate) place: &'static str,
    /// Whether the rest of a key is one that we gave; other people's files stay.
    pub(crate) named: fn(&str) -> bool,
    /// How long they are kept after they were stored.
    pub(crate) life: Duration,
}

/// Removes what has been kept long enough: the objects, and what s3s-fs notes about them.
pub(crate) fn sweep(folder: &Path, kept: &[Kept]) {
    let now = SystemTime::now();
    for kept in kept {
        let life = |name: &str| (kept.named)(name).then_some(kept.life);
        remove(&folder.join(BUCKET).join(kept.place), life, now);
    }
    let life = |note: &str| {
        let key = noted_key(note)?;
        let (place, name) = key.split_once('/')?;
        Some(kept.iter().find(|kept| kept.place == place && (kept.named)(name))?.life)
    };
    remove(folder, life, now);
}

/// Sweeps now and then, until told to stop.
pub(crate) async fn regularly(folder: PathBuf, kept: Vec<Kept>, mut stop: watch::Receiver<()>) {
    let pause = kept.iter().map(|kept| kept.life).fold(PAUSE, Duration::min);
    while tokio::time::timeout(pause, stop.changed()).await.is_err() {
        let (folder, kept) = (folder.clone(), kept.clone());
        let _ = tokio::task::spawn_blocking(move || sweep(&folder, &kept)).await;
    }
}

/// Removes a folder's files that are older than the life that their name gives them.
fn remove(folder: &Path, life: impl Fn(&str) -> Option<Duration>, now: SystemTime) {
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        if let Some(life) = file.file_name().to_str().and_then(&life) {
            // What cannot be removed now is tried again the next time.
            let _ = remove_old(&file, life, now);
        }
    }
}

fn remove_old(file: &DirEntry, life: Duration, now: SystemTime) -> io::Result<()> {
    let metadata = file.metadata()?;
    // A time to come is no age.
    let age = now.duration_since(metadata.modified()?).unwrap_or_default();
    if metadata.is_file() && age > life { fs::remove_file(file.path()) } else { Ok(()) }
}

/// The key of the object that a file of s3s-fs is about: `.bucket-B.object-K.metadata.json`, or `….internal.json`, in base64.
fn noted_key(name: &str) -> Option<String> {
    let note = name.strip_suffix(".metadata.json").or_else(|| name.strip_suffix(".internal.json"))?;
    let (bucket, key) = note.strip_prefix(".bucket-")?.split_once(".object-")?;
    let decode = |text: &str| String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    if decode(bucket)? == BUCKET { decode(key) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);
    const KEPT: [Kept; 2] = [
        Kept { place: "weeks", named: |name| name.starts_with("ours"), life: Duration::from_hours(7 * 24) },
        Kept { place: "days", named: |name| name.starts_with("ours"), life: DAY },
    ];

    fn note(bucket: &str, key: &str, kind: &str) -> String {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        format!(".bucket-{}.object-{}.{kind}.json", encode(bucket), encode(key))
    }

    /// Whether a file of this age is still there after a sweep.
    fn stays(path: &str, age: Duration) -> bool {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let file = fs::File::create(&path).expect("a file");
        file.set_modified(SystemTime::now() - age).expect("a time");
        sweep(folder.path(), &KEPT);
        path.exists()
    }

    #[test]
    fn each_place_has_its_own_time() {
        for (place, days) in [("days", 1), ("weeks", 7)] {
            let key = format!("{place}/ours.mp4");
            let files = [format!("{BUCKET}/{key}"), note(BUCKET, &key, "metadata"), note(BUCKET, &key, "internal")];
            for file in files {
                assert!(stays(&file, Duration::from_mins(days * 24 * 60 - 1)), "{file}");
                assert!(!stays(&file, Duration::from_mins(days * 24 * 60 + 1)), "{file}");
            }
        }
    }

    #[test]
    fn nothing_else_is_touched() {
        let files = [
            format!("{BUCKET}/days/holiday.png"),
            format!("{BUCKET}/other/ours.mp4"),
            format!("{BUCKET}/ours.mp4"),
            "lock".to_owned(),
            "notes.json".to_owned(),
            note(BUCKET, "days/holiday.png", "metadata"),
            note(BUCKET, "other/ours.mp4", "internal"),
            note(BUCKET, "ours.mp4", "internal"),
            note("another", "days/ours.mp4", "internal"),
            note(BUCKET, "days/ours.mp4", "upload"),
            ".bucket-%.object-%.internal.json".to_owned(),
        ];
        for file in files {
            assert!(stays(&file, 100 * DAY), "{file}");
        }
    }
}
