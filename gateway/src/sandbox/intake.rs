//! Bytes on their way into the store: counted and hashed as they pass, looked at once they are all there.

use std::pin::pin;

use axum::body::Bytes;
use futures::channel::mpsc;
use futures::{SinkExt, Stream, StreamExt};
use mediaferry::digest::Digest;
use mediaferry::media::Media;
use s3s::S3Error;
use s3s::dto::StreamingBlob;

use super::inspect;
use crate::store::Store;

/// What is known of bytes that are in the store.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) size: u64,
    /// 64 hexadecimal digits.
    pub(super) sha256: String,
    /// What the content says; `None` where it is no known media.
    pub(super) media: Option<Media>,
}

/// Why bytes are not in the store.
pub(super) enum NotStored<E> {
    /// They ended in this error.
    Source(E),
    /// The store failed.
    Store(S3Error),
}

/// Streams bytes into the store, a few pieces in memory at a time; where they end in an error, nothing is stored.
pub(super) async fn take_in<E>(
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
                    // The store has given up, and says why itself.
                    if sender.send(Ok(bytes)).await.is_err() {
                        break;
                    }
                }
                Err(error) => {
                    // An end without an error would look like the end of the file.
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
