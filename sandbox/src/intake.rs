//! Stores files: counts and hashes the bytes while they are streamed, then probes the file.

use std::pin::pin;

use axum::body::Bytes;
use futures::channel::mpsc;
use futures::{SinkExt, Stream, StreamExt};
use mediaferry::digest::Digest;
use mediaferry::media::Media;
use s3s::S3Error;
use s3s::dto::StreamingBlob;

use crate::inspect;
use crate::store::Store;

/// The facts of a stored file.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) size: u64,
    /// 64 hexadecimal digits.
    pub(crate) sha256: String,
    /// The facts of the content; `None` if it is not a supported media file.
    pub(crate) media: Option<Media>,
}

/// Why a file was not stored.
pub(crate) enum NotStored<E> {
    /// The source ended with this error.
    Source(E),
    /// The store failed.
    Store(S3Error),
}

/// Streams bytes into the store, a few chunks in memory at a time; if they end with an error, nothing is stored.
pub(crate) async fn take_in<E>(
    store: &Store,
    key: &str,
    pieces: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Stored, NotStored<E>> {
    let (mut sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    let pump = async move {
        let (mut size, mut digest) = (0_u64, Digest::new());
        let mut pieces = pin!(pieces);
        while let Some(piece) = pieces.next().await {
            match piece {
                Ok(bytes) => {
                    size += bytes.len() as u64;
                    digest.update(&bytes);
                    // The store has failed, and returns the error itself.
                    if sender.send(Ok(bytes)).await.is_err() {
                        break;
                    }
                }
                Err(error) => {
                    // Without an error, this would look like the end of the file.
                    let _ = sender.send(Err(std::io::ErrorKind::UnexpectedEof.into())).await;
                    return Err(error);
                }
            }
        }
        Ok((size, digest.finish()))
    };
    let put = store.put(key.to_owned(), None, StreamingBlob::wrap(receiver));
    let (pumped, stored) = tokio::join!(pump, put);
    let (size, checksum) = pumped.map_err(NotStored::Source)?;
    stored.map_err(NotStored::Store)?;
    let media = inspect::inspect(store, key, size).await.map_err(NotStored::Store)?;
    Ok(Stored { size, sha256: checksum.hex(), media })
}
