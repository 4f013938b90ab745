//! The parts of multipart uploads, in a folder for each upload. s3s-fs verifies no checksums of parts, and lists neither
//! pages nor `ETag`s.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::TryStreamExt;
use mediaferry::digest::Digest;
use s3s::dto::{CompletedPart, StreamingBlob};
use s3s::{S3Error, S3Result, s3_error};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use tokio::io::{AsyncWriteExt, BufWriter};
use tokio::sync::Mutex;
use uuid::Uuid;

/// The folder of all uploads, beside the bucket.
const FOLDER: &str = ".uploads";
/// The file that describes an upload.
const BEGUN: &str = "upload.json";
/// The smallest part of S3, except for the last.
pub(crate) const MIN_PART: u64 = 5 << 20;
/// The highest number of a part.
const MAX_PARTS: i32 = 10_000;
/// How many bytes of a part are written at a time.
const BUFFER: usize = 256 << 10;

/// Multipart uploads that are neither completed nor aborted.
#[derive(Clone, Debug)]
pub(crate) struct Uploads {
    folder: Arc<Path>,
    min_part: u64,
    /// Held while parts are replaced, listed or joined.
    lock: Arc<Mutex<()>>,
}

/// What is known of an upload from its beginning.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Begun {
    pub(crate) key: String,
    pub(crate) content_type: Option<String>,
    /// Whether the SHA-256 of parts are verified and kept.
    pub(crate) checksums: bool,
}

/// A part that is stored.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) number: i32,
    pub(crate) size: u64,
    pub(crate) modified: SystemTime,
    /// In hexadecimal digits.
    sha256: String,
    path: PathBuf,
}

/// All parts in one file.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) file: PathBuf,
    pub(crate) begun: Begun,
    pub(crate) etag: String,
    /// The SHA-256 of the SHA-256 of the parts, if these are kept.
    pub(crate) sha256: Option<String>,
}

impl Part {
    pub(crate) fn etag(&self) -> String {
        self.sha256[..32].to_owned()
    }

    /// The SHA-256 in base64.
    pub(crate) fn checksum(&self) -> String {
        BASE64_STANDARD.encode(digest_of(&self.sha256))
    }
}

impl Uploads {
    /// Opens the folder, and creates it if needed.
    pub(crate) fn open(root: &Path, min_part: u64) -> io::Result<Self> {
        let folder = root.join(FOLDER);
        fs::create_dir_all(&folder)?;
        Ok(Self { folder: folder.into(), min_part: min_part.min(MIN_PART), lock: Arc::default() })
    }

    /// Begins an upload; returns its id.
    pub(crate) fn create(&self, begun: &Begun) -> S3Result<String> {
        let id = Uuid::new_v4().simple().to_string();
        let folder = self.folder.join(&id);
        let write = || {
            fs::create_dir(&folder)?;
            fs::write(folder.join(BEGUN), serde_json::to_vec(begun)?)
        };
        write().map(|()| id).map_err(S3Error::internal_error)
    }

    /// The upload with this id, if it is one of this key.
    pub(crate) fn get(&self, id: &str, key: &str) -> S3Result<Begun> {
        let begun = self.read(id).filter(|begun| begun.key == key);
        begun.ok_or_else(|| s3_error!(NoSuchUpload, "The specified multipart upload does not exist."))
    }

    /// Stores a part in place of the one with its number. `checksum` is in base64.
    pub(crate) async fn put(
        &self,
        (id, key): (&str, &str),
        number: i32,
        checksum: Option<&str>,
        body: StreamingBlob,
    ) -> S3Result<Part> {
        let begun = self.get(id, key)?;
        if !(1..=MAX_PARTS).contains(&number) {
            return Err(s3_error!(InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive"));
        }
        if begun.checksums != checksum.is_some() {
            return Err(s3_error!(InvalidRequest, "Checksum Type mismatch occurred"));
        }
        let folder = self.folder.join(id);
        let file = NamedTempFile::new_in(&folder).map_err(S3Error::internal_error)?;
        let (size, sha256) = write(&file, body).await?;
        if checksum.is_some_and(|expected| expected != BASE64_STANDARD.encode(digest_of(&sha256))) {
            return Err(s3_error!(BadDigest, "checksum_sha256 mismatch"));
        }
        let _guard = self.lock.lock().await;
        // It may have been aborted meanwhile.
        self.get(id, key)?;
        let path = folder.join(format!("{number:05}.{sha256}"));
        for old in parts(&folder)?.into_iter().filter(|part| part.number == number && part.path != path) {
            fs::remove_file(old.path).map_err(S3Error::internal_error)?;
        }
        file.persist(&path).map_err(S3Error::internal_error)?;
        Ok(Part { number, size, modified: SystemTime::now(), sha256, path })
    }

    /// The stored parts, ordered by number.
    pub(crate) async fn list(&self, id: &str, key: &str) -> S3Result<(Begun, Vec<Part>)> {
        let _guard = self.lock.lock().await;
        Ok((self.get(id, key)?, parts(&self.folder.join(id))?))
    }

    /// Checks the parts as S3 does and joins them; the upload remains until it is removed.
    pub(crate) async fn join(&self, id: &str, key: &str, wanted: &[CompletedPart]) -> S3Result<Joined> {
        let _guard = self.lock.lock().await;
        let begun = self.get(id, key)?;
        let folder = self.folder.join(id);
        let chosen = self.choose(&begun, &parts(&folder)?, wanted)?;
        let mut digest = Digest::new();
        for part in &chosen {
            digest.update(&digest_of(&part.sha256));
        }
        let (digest, count) = (digest.finish().hex(), chosen.len());
        let file = folder.join("joined");
        let target = file.clone();
        let join = move || {
            let mut target = File::create(target)?;
            chosen.iter().try_for_each(|part| io::copy(&mut File::open(&part.path)?, &mut target).map(|_| ()))
        };
        let joined = tokio::task::spawn_blocking(join).await.map_err(S3Error::internal_error)?;
        joined.map_err(S3Error::internal_error)?;
        let sha256 = begun.checksums.then(|| format!("{}-{count}", BASE64_STANDARD.encode(digest_of(&digest))));
        Ok(Joined { file, begun, etag: format!("{}-{count}", &digest[..32]), sha256 })
    }

    fn choose(&self, begun: &Begun, stored: &[Part], wanted: &[CompletedPart]) -> S3Result<Vec<Part>> {
        if !wanted.is_sorted_by_key(|part| part.part_number) {
            return Err(s3_error!(InvalidPartOrder));
        }
        let find = |wanted: &CompletedPart| {
            let part = stored.iter().find(|part| Some(part.number) == wanted.part_number);
            let part = part.filter(|part| wanted.e_tag.as_ref().is_some_and(|etag| etag.value() == part.etag()));
            let part = part.ok_or_else(|| s3_error!(InvalidPart))?;
            match &wanted.checksum_sha256 {
                None if begun.checksums => {
                    Err(s3_error!(InvalidRequest, "The complete request must include the checksum for each part"))
                }
                Some(checksum) if *checksum != part.checksum() => Err(s3_error!(InvalidPart)),
                _ => Ok(part.clone()),
            }
        };
        let chosen = wanted.iter().map(find).collect::<S3Result<Vec<_>>>()?;
        match chosen.split_last() {
            None => Err(s3_error!(MalformedXML)),
            Some((_, first)) if first.iter().any(|part| part.size < self.min_part) => Err(s3_error!(EntityTooSmall)),
            Some(_) => Ok(chosen),
        }
    }

    /// Deletes the upload and its parts.
    pub(crate) async fn remove(&self, id: &str) -> S3Result<()> {
        let _guard = self.lock.lock().await;
        fs::remove_dir_all(self.folder.join(id)).map_err(S3Error::internal_error)
    }

    /// All uploads with their ids and times, ordered by key and id.
    pub(crate) fn all(&self) -> S3Result<Vec<(String, Begun, SystemTime)>> {
        let mut all = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(S3Error::internal_error)?.flatten() {
            let begun = fs::metadata(entry.path().join(BEGUN)).and_then(|metadata| metadata.modified());
            let id = entry.file_name().into_string().unwrap_or_default();
            if let (Some(upload), Ok(begun)) = (self.read(&id), begun) {
                all.push((id, upload, begun));
            }
        }
        all.sort_by(|(id, a, _), (other, b, _)| (&a.key, id).cmp(&(&b.key, other)));
        Ok(all)
    }

    fn read(&self, id: &str) -> Option<Begun> {
        // Not any path.
        Uuid::try_parse(id).ok().filter(|uuid| uuid.simple().to_string() == id)?;
        serde_json::from_slice(&fs::read(self.folder.join(id).join(BEGUN)).ok()?).ok()
    }
}

/// Deletes the uploads that have begun longer ago.
pub(crate) fn sweep(root: &Path, life: Duration, now: SystemTime) {
    for folder in fs::read_dir(root.join(FOLDER)).into_iter().flatten().flatten() {
        let begun = fs::metadata(folder.path().join(BEGUN)).and_then(|metadata| metadata.modified());
        // A time in the future counts as an age of 0.
        if begun.is_ok_and(|begun| now.duration_since(begun).unwrap_or_default() > life) {
            // What cannot be deleted is tried again in the next sweep.
            let _ = fs::remove_dir_all(folder.path());
        }
    }
}

/// Writes a body; returns its size, and its SHA-256 in hexadecimal digits.
async fn write(file: &NamedTempFile, body: StreamingBlob) -> S3Result<(u64, String)> {
    let file = tokio::fs::File::from_std(file.reopen().map_err(S3Error::internal_error)?);
    let (mut file, mut body) = (BufWriter::with_capacity(BUFFER, file), pin!(body));
    let (mut size, mut digest) = (0, Digest::new());
    while let Some(chunk) = body.try_next().await.map_err(|_| s3_error!(IncompleteBody))? {
        size += chunk.len() as u64;
        digest.update(&chunk);
        file.write_all(&chunk).await.map_err(S3Error::internal_error)?;
    }
    file.flush().await.map_err(S3Error::internal_error)?;
    Ok((size, digest.finish().hex()))
}

/// The parts in the folder of an upload, ordered by number.
fn parts(folder: &Path) -> S3Result<Vec<Part>> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder).map_err(S3Error::internal_error)?.flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        let Some((number, sha256)) = name.split_once('.') else { continue };
        let Ok(number) = number.parse() else { continue };
        let metadata = entry.metadata().map_err(S3Error::internal_error)?;
        let modified = metadata.modified().map_err(S3Error::internal_error)?;
        parts.push(Part { number, size: metadata.len(), modified, sha256: sha256.to_owned(), path: entry.path() });
    }
    parts.sort_by_key(|part| part.number);
    Ok(parts)
}

/// The bytes of 64 hexadecimal digits.
fn digest_of(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap_or_default()
}
