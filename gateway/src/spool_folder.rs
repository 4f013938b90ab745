//! A folder of the spool: one JSON file for each entry, renamed into place after it is on the disk.

use std::fs::{self, File};
use std::io::{self, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::valkey::UnavailableError;

const CORRUPT: &str = "corrupt";
const READY: &str = "json";
const INCOMPLETE: &str = "tmp";

/// The number of writes of this process, which makes the names of incomplete files unique.
static WRITES: AtomicU64 = AtomicU64::new(0);

/// Why the spool cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// Another process uses the folder.
    #[error("another gateway uses {0}: choose another folder with hooks.spool")]
    InUse(PathBuf),
    /// An error of the operating system.
    #[error("cannot store events in {0}: {1}")]
    Unusable(PathBuf, io::Error),
    /// Valkey cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] UnavailableError),
}

/// What a folder contains.
pub(crate) trait Entry: Serialize + DeserializeOwned + Send + 'static {
    /// The name of its file, without the extension.
    fn stem(&self) -> String;

    /// The name of its file.
    fn file_name(&self) -> String {
        file_name(&self.stem())
    }
}

/// The name of a file without its extension, with it.
pub(crate) fn file_name(stem: &str) -> String {
    format!("{stem}.{READY}")
}

/// What a file contains.
#[derive(Debug)]
pub(crate) enum Content<T> {
    Entry(T),
    /// No entry: the file was set aside.
    Corrupt,
    /// There is no such file.
    Missing,
}

/// A folder that only this process uses.
#[derive(Debug)]
pub(crate) struct SpoolFolder<T> {
    path: Arc<Path>,
    entry: PhantomData<fn(T)>,
}

impl<T: Entry> SpoolFolder<T> {
    /// Opens or creates the folder. Removes the files that an earlier process has not written completely.
    pub(crate) fn open(path: &Path) -> Result<Self, SpoolError> {
        let folder = Self { path: path.into(), entry: PhantomData };
        let clean = || {
            fs::create_dir_all(path.join(CORRUPT))?;
            files(path, INCOMPLETE)?.iter().try_for_each(|name| fs::remove_file(path.join(name)))
        };
        clean().map_err(|error| folder.unusable(error))?;
        Ok(folder)
    }

    /// The names of the entries' files.
    pub(crate) fn names(&self) -> Result<Vec<String>, SpoolError> {
        files(&self.path, READY).map_err(|error| self.unusable(error))
    }

    /// Stores an entry in place of the one with its name; after this it is on the disk, as a whole.
    pub(crate) async fn put(&self, entry: T) -> Result<(), SpoolError> {
        self.blocking(move |path| write(path, &entry)).await
    }

    /// Reads an entry.
    pub(crate) async fn get(&self, name: &str) -> Result<Content<T>, SpoolError> {
        let name = name.to_owned();
        self.blocking(move |path| read(path, &name)).await
    }

    /// Reads an entry, on the thread of the caller.
    pub(crate) fn get_now(&self, name: &str) -> Result<Content<T>, SpoolError> {
        read(&self.path, name).map_err(|error| SpoolError::Unusable(self.path.join(name), error))
    }

    /// Removes an entry, if it is there.
    pub(crate) async fn remove(&self, name: String) -> Result<(), SpoolError> {
        self.blocking(move |path| if_there(fs::remove_file(path.join(name))).map(|_| ())).await
    }

    /// Moves an entry to a folder in this one, if it is there.
    pub(crate) async fn move_to(&self, folder: &'static str, name: String) -> Result<(), SpoolError> {
        self.blocking(move |path| if_there(fs::rename(path.join(&name), path.join(folder).join(&name))).map(|_| ()))
            .await
    }

    async fn blocking<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<R> + Send + 'static,
    ) -> Result<R, SpoolError> {
        let path = Arc::clone(&self.path);
        let done = tokio::task::spawn_blocking(move || work(&path)).await.map_err(io::Error::other);
        done.flatten().map_err(|error| self.unusable(error))
    }

    fn unusable(&self, error: io::Error) -> SpoolError {
        SpoolError::Unusable(self.path.to_path_buf(), error)
    }
}

/// The names of the files with an extension. Anything that is not a file is not the gateway's.
fn files(path: &Path, extension: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        if Path::new(&name).extension().is_some_and(|found| found == extension) && entry.file_type()?.is_file() {
            names.extend(name.into_string());
        }
    }
    Ok(names)
}

fn write<T: Entry>(path: &Path, entry: &T) -> io::Result<()> {
    let number = WRITES.fetch_add(1, Ordering::Relaxed);
    let incomplete = path.join(format!("{}-{number}.{INCOMPLETE}", entry.stem()));
    let written = write_to(&incomplete, entry).and_then(|()| fs::rename(&incomplete, path.join(entry.file_name())));
    if written.is_err() {
        // A full disk must not fill up with incomplete files.
        let _ = fs::remove_file(&incomplete);
    }
    written?;
    File::open(path)?.sync_all()
}

fn write_to<T: Entry>(file: &Path, entry: &T) -> io::Result<()> {
    let mut file = File::create_new(file)?;
    file.write_all(&serde_json::to_vec(entry)?)?;
    file.sync_all()
}

fn read<T: Entry>(path: &Path, name: &str) -> io::Result<Content<T>> {
    let Some(bytes) = if_there(fs::read(path.join(name)))? else { return Ok(Content::Missing) };
    let entry = serde_json::from_slice(&bytes).ok().filter(|entry: &T| entry.file_name() == name);
    match entry {
        Some(entry) => Ok(Content::Entry(entry)),
        None => if_there(fs::rename(path.join(name), path.join(CORRUPT).join(name)))
            .map(|moved| moved.map_or(Content::Missing, |()| Content::Corrupt)),
    }
}

/// `None` if there is no such file.
fn if_there<R>(result: io::Result<R>) -> io::Result<Option<R>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Serialize, Deserialize)]
    struct Note {
        key: String,
        text: String,
    }

    impl Entry for Note {
        fn stem(&self) -> String {
            self.key.clone()
        }
    }

    fn note(text: &str) -> Note {
        Note { key: "a".to_owned(), text: text.to_owned() }
    }

    /// The sorted names of all files in a folder.
    fn all(path: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(path)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
            .collect();
        names.sort_unstable();
        names
    }

    #[tokio::test]
    async fn entries_that_are_put_at_the_same_time_are_whole() {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = Arc::new(SpoolFolder::open(temporary.path()).expect("a spool"));
        for _ in 0..20 {
            let puts = (0..8).map(|number| {
                let (folder, text) = (Arc::clone(&folder), number.to_string().repeat(1000 * (number + 1)));
                tokio::spawn(async move { folder.put(note(&text)).await })
            });
            for put in puts.collect::<Vec<_>>() {
                put.await.expect("an end").expect("stored");
            }
            let Ok(Content::Entry(Note { text, .. })) = folder.get("a.json").await else { panic!("no entry") };
            assert_eq!(text.len() % 1000, 0);
        }
        assert_eq!(all(temporary.path()), ["a.json", "corrupt"]);
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_missing_and_one_that_is_no_entry_is_set_aside() {
        let temporary = tempfile::tempdir().expect("a folder");
        fs::write(temporary.path().join("b-7.tmp"), "incomplete").expect("a file");
        fs::create_dir(temporary.path().join("c.json")).expect("a folder");
        fs::create_dir(temporary.path().join("c.tmp")).expect("a folder");
        let folder = SpoolFolder::open(temporary.path()).expect("a spool");
        assert_eq!(all(temporary.path()), ["c.json", "c.tmp", "corrupt"], "the incomplete file is removed");
        assert!(matches!(folder.get("a.json").await, Ok(Content::Missing)));
        folder.remove("a.json".to_owned()).await.expect("nothing to do");
        folder.move_to("corrupt", "a.json".to_owned()).await.expect("nothing to do");
        folder.put(note("")).await.expect("stored");
        fs::write(temporary.path().join("b.json"), r#"{"key":"another","text":""}"#).expect("a file");
        assert!(matches!(folder.get("b.json").await, Ok(Content::Corrupt)));
        assert_eq!(folder.names().expect("names"), ["a.json"]);
        assert_eq!(all(&temporary.path().join("corrupt")), ["b.json"]);
    }

    #[tokio::test]
    async fn nothing_is_left_of_an_entry_that_cannot_be_written() {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = SpoolFolder::open(temporary.path()).expect("a spool");
        // A folder cannot be replaced by a file.
        fs::create_dir(temporary.path().join("a.json")).expect("a folder");
        assert!(matches!(folder.put(note("")).await, Err(SpoolError::Unusable(..))));
        assert_eq!(all(temporary.path()), ["a.json", "corrupt"]);
    }
}
