//! What a fault does to a body.

use std::time::Duration;

use axum::body::Body;
use futures::{StreamExt, TryStreamExt, stream};

/// The same body, whose pieces take their time.
pub(super) fn slowed(body: Body, bytes_per_second: u64) -> Body {
    Body::from_stream(body.into_data_stream().then(move |piece| async move {
        let bytes = piece.as_ref().map_or(0, |piece| piece.len() as u64);
        tokio::time::sleep(Duration::from_micros(bytes * 1_000_000 / bytes_per_second)).await;
        piece
    }))
}

/// The body's first bytes, then an error, as if its sender had gone away.
pub(super) fn cut_after(body: Body, bytes: u64) -> Body {
    let mut left = usize::try_from(bytes).unwrap_or(usize::MAX);
    let start = body.into_data_stream().map_err(std::io::Error::other).map_ok(move |mut chunk| {
        chunk.truncate(left);
        left -= chunk.len();
        (chunk, left == 0)
    });
    let pieces = start.flat_map(|piece| {
        let (chunk, last) = match piece {
            Ok((chunk, last)) => (Ok(chunk), last),
            Err(error) => (Err(error), false),
        };
        let end = last.then(|| Err(std::io::ErrorKind::ConnectionReset.into()));
        stream::iter([Some(chunk), end].into_iter().flatten())
    });
    Body::from_stream(pieces)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn a_slowed_body_has_all_its_bytes_and_takes_its_time() {
        let chunks = ["abc", "def", "ghi"].map(|chunk| Ok::<_, std::io::Error>(chunk.as_bytes()));
        let start = Instant::now();
        let body = slowed(Body::from_stream(stream::iter(chunks)), 300);
        let read = axum::body::to_bytes(body, 100).await.expect("a body");
        assert_eq!(&read[..], b"abcdefghi");
        assert!(start.elapsed() >= Duration::from_millis(30));
    }

    #[tokio::test]
    async fn a_cut_body_has_exactly_its_first_bytes_and_an_error() {
        let chunks = ["abc", "def", "ghi"].map(|chunk| Ok::<_, std::io::Error>(chunk.as_bytes()));
        let pieces: Vec<_> =
            cut_after(Body::from_stream(stream::iter(chunks)), 4).into_data_stream().take(3).collect().await;
        let read: Vec<u8> = pieces.iter().flatten().flatten().copied().collect();
        assert_eq!((read.as_slice(), pieces.iter().filter(|piece| piece.is_err()).count()), (b"abcd".as_slice(), 1));
    }
}
