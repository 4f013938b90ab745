//! Forgets what the sandbox stored long ago, so that development does not fill the disk.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::record::FileId;
use crate::store::BUCKET;

/// As long as the providers that name a time keep their assets.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// Removes old files from the store's folder: the sandbox's own and what s3s-fs notes about them, nothing else.
pub(crate) fn sweep(folder: &Path, providers: &[&str]) {
    let Some(limit) = SystemTime::now().checked_sub(KEPT) else { return };
    let bucket = folder.join(BUCKET);
    let places = providers.iter().map(|provider| (bucket.join(provider), is_object as fn(&str) -> bool));
    for (place, ours) in places.chain([(folder.to_owned(), is_note as fn(&str) -> bool)]) {
        // What cannot be removed now is tried again at the next start.
        let _ = sweep_folder(&place, ours, limit);
    }
}

fn sweep_folder(folder: &Path, ours: fn(&str) -> bool, limit: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        let named = entry.file_name().to_str().is_some_and(ours);
        if named && metadata.is_file() && metadata.modified()? < limit {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn is_object(name: &str) -> bool {
    FileId::parse(name.strip_suffix(".json").unwrap_or(name)).is_some()
}

fn is_note(name: &str) -> bool {
    let suffix = name.ends_with(".metadata.json") || name.ends_with(".internal.json");
    suffix && name.starts_with(".bucket-") && name.contains(".object-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_files_of_the_sandbox_go() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let objects = folder.path().join(BUCKET).join("modelhunter");
        fs::create_dir_all(&objects).expect("a folder");
        let (old, new) = (FileId::random(), FileId::random());
        let old_record = format!("{}.json", old.as_str());
        let names = [old.as_str(), &old_record, new.as_str(), "holiday.png"];
        let notes = [".bucket-a.object-b.internal.json", "notes.json"];
        let paths =
            names.iter().map(|name| objects.join(name)).chain(notes.iter().map(|name| folder.path().join(name)));
        let paths: Vec<_> = paths.collect();
        let age = SystemTime::now() - KEPT - Duration::from_mins(1);
        for path in &paths {
            let file = fs::File::create(path).expect("a file");
            if !path.ends_with(new.as_str()) {
                file.set_modified(age).expect("a time");
            }
        }
        sweep(folder.path(), &["modelhunter", "relaydance"]);
        let left: Vec<_> = paths.iter().map(|path| path.exists()).collect();
        assert_eq!(left, [false, false, true, true, false, true]);
    }
}
