//! The embedded object storage: an S3 server with its objects in a folder, one bucket, one process at a time.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use axum::http::{Extensions, HeaderMap, Method, Uri};
use futures::TryStreamExt;
use s3s::dto::{DeleteObjectInput, GetObjectInput, HeadObjectInput, PutObjectInput, Range, StreamingBlob};
use s3s::{S3, S3ErrorCode, S3Request, S3Response, S3Result};
use s3s_fs::FileSystem;

use crate::attributes::{self, Attributes};
use crate::embedded::BUCKET;
use crate::uploads::{Begun, Joined, Uploads};

/// Objects in a folder.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) files: Arc<FileSystem>,
    pub(crate) uploads: Uploads,
    root: Arc<Path>,
    /// Held as long as the store: two processes would overwrite each other's temporary files.
    _lock: Arc<File>,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process uses the folder.
    #[error("another sandbox uses {0}: choose another folder with --data")]
    InUse(PathBuf),
    /// An error of the operating system.
    #[error("cannot store files in {0}: {1}. Choose another folder with --data")]
    Unusable(PathBuf, io::Error),
}

/// The metadata of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) content_type: Option<String>,
}

impl Store {
    /// Opens the folder, creates it if needed, and removes incomplete files of an earlier process. `min_part` is the
    /// size of the smallest part of an upload.
    pub(crate) fn open(folder: &Path, min_part: u64) -> Result<Self, StoreError> {
        let unusable = |error: io::Error| StoreError::Unusable(folder.to_owned(), error);
        std::fs::create_dir_all(folder.join(BUCKET)).map_err(unusable)?;
        let lock = File::create(folder.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let files = FileSystem::new(folder).map_err(|error| unusable(io::Error::other(format!("{error:?}"))))?;
        let uploads = Uploads::open(folder, min_part).map_err(unusable)?;
        Ok(Self { files: Arc::new(files), uploads, root: folder.into(), _lock: Arc::new(lock) })
    }

    /// Moves the joined parts of an upload to their key, or returns `false` if there is an object and must not be.
    pub(crate) fn place(&self, joined: &Joined, once: bool) -> io::Result<bool> {
        let Joined { file, begun: Begun { key, content_type, .. }, etag, sha256 } = joined;
        let path = self.root.join(BUCKET).join(key);
        if once && path.exists() {
            return Ok(false);
        }
        let attributes = Attributes { content_type: content_type.as_deref(), etag, sha256: sha256.as_deref() };
        attributes::write(&self.root, key, &attributes)?;
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::rename(file, path).map(|()| true)
    }

    /// Stores a stream; if the stream ends with an error, nothing is stored.
    pub(crate) async fn put(&self, key: String, content_type: Option<String>, body: StreamingBlob) -> S3Result<()> {
        let input = PutObjectInput {
            bucket: BUCKET.to_owned(),
            key,
            content_type,
            body: Some(body),
            ..PutObjectInput::default()
        };
        self.put_object(request(input)).await.map(|_| ())
    }

    /// The size and type of an object, if it exists.
    pub(crate) async fn head(&self, key: &str) -> S3Result<Option<Head>> {
        let input = HeadObjectInput { bucket: BUCKET.to_owned(), key: key.to_owned(), ..HeadObjectInput::default() };
        let Some(output) = found(self.head_object(request(input)).await)? else { return Ok(None) };
        let size = output.content_length.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
        Ok(Some(Head { size, content_type: output.content_type }))
    }

    /// An object's size and bytes, if it exists.
    pub(crate) async fn stream(&self, key: &str) -> S3Result<Option<(u64, StreamingBlob)>> {
        self.get(key, None).await
    }

    /// Reads `len` bytes from `offset`: fewer if the object ends, none if it does not exist.
    pub(crate) async fn read(&self, key: &str, offset: u64, len: u64) -> S3Result<Vec<u8>> {
        let Some(last) = len.checked_sub(1).map(|more| offset.saturating_add(more)) else { return Ok(Vec::new()) };
        let range = Range::Int { first: offset, last: Some(last) };
        let body = match self.get(key, Some(range)).await {
            Ok(Some((_, body))) => body,
            Ok(None) => return Ok(Vec::new()),
            Err(error) if *error.code() == S3ErrorCode::InvalidRange => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        // The stream of s3s-fs continues to the object's end with empty chunks, so reading stops at the end of the
        // range.
        let mut read = Vec::new();
        let mut body = pin!(body);
        while (read.len() as u64) < len
            && let Some(bytes) =
                body.try_next().await.map_err(|error| s3s::S3Error::internal_error(io::Error::other(error)))?
        {
            read.extend_from_slice(&bytes);
        }
        Ok(read)
    }

    /// Deletes an object, if it exists.
    pub(crate) async fn delete(&self, key: &str) -> S3Result<()> {
        let input =
            DeleteObjectInput { bucket: BUCKET.to_owned(), key: key.to_owned(), ..DeleteObjectInput::default() };
        self.delete_object(request(input)).await.map(|_| ())
    }

    /// The names in a place, which is the first segment of their keys; s3s-fs would list all places.
    pub(crate) async fn names(&self, place: &'static str) -> S3Result<Vec<String>> {
        let folder = self.root.join(BUCKET).join(place);
        let read = move || match std::fs::read_dir(folder) {
            Ok(entries) => entries.map(|entry| Ok(entry?.file_name().into_string().ok())).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        let names: io::Result<Vec<_>> =
            tokio::task::spawn_blocking(read).await.map_err(s3s::S3Error::internal_error)?;
        Ok(names.map_err(s3s::S3Error::internal_error)?.into_iter().flatten().collect())
    }

    async fn get(&self, key: &str, range: Option<Range>) -> S3Result<Option<(u64, StreamingBlob)>> {
        let input =
            GetObjectInput { bucket: BUCKET.to_owned(), key: key.to_owned(), range, ..GetObjectInput::default() };
        let Some(output) = found(self.get_object(request(input)).await)? else { return Ok(None) };
        let size = output.content_length.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
        Ok(output.body.map(|body| (size, body)))
    }
}

/// A request from inside the process, without a signature.
fn request<T>(input: T) -> S3Request<T> {
    S3Request {
        input,
        method: Method::default(),
        uri: Uri::default(),
        headers: HeaderMap::default(),
        extensions: Extensions::default(),
        credentials: None,
        region: None,
        service: None,
        trailing_headers: None,
    }
}

fn found<T>(result: S3Result<S3Response<T>>) -> S3Result<Option<T>> {
    match result {
        Ok(response) => Ok(Some(response.output)),
        Err(error) if *error.code() == S3ErrorCode::NoSuchKey => Ok(None),
        Err(error) => Err(error),
    }
}
