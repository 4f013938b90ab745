//! The time limits of a request's body: the longest pause, and the lowest average rate.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

/// The time limits of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The longest pause between two chunks.
    pub idle: Duration,
    /// The lowest average rate in bytes per second.
    pub min_rate: u64,
    /// How long a body may be below that rate: the first bytes of an upload can be slow.
    pub grace: Duration,
}

/// Ends bodies that are too slow with an error.
pub(crate) async fn limit_pace(State(pace): State<Pace>, request: Request, next: Next) -> Response {
    next.run(request.map(|body| if body.is_end_stream() { body } else { Body::new(Paced::new(body, pace)) })).await
}

struct Paced {
    body: Body,
    pace: Pace,
    bytes: u64,
    /// How long it waited for the client in total, and since when it waits now. While a provider is slow, the body is
    /// not read, and its time does not count.
    waited: Duration,
    waiting_since: Option<Instant>,
    deadline: Pin<Box<Sleep>>,
}

impl Paced {
    fn new(body: Body, pace: Pace) -> Self {
        let deadline = Box::pin(tokio::time::sleep(pace.idle));
        Self { body, pace, bytes: 0, waited: Duration::ZERO, waiting_since: None, deadline }
    }

    /// How long the client may take for the next chunk.
    fn patience(&self) -> Duration {
        let at_min_rate = self.pace.grace + Duration::from_secs(self.bytes / self.pace.min_rate.max(1));
        self.pace.idle.min(at_min_rate.saturating_sub(self.waited))
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            let data = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref());
            self.bytes += data.map_or(0, |data| data.len() as u64);
            let waited = self.waiting_since.take().map_or(Duration::ZERO, |since| since.elapsed());
            self.waited += waited;
            return Poll::Ready(frame);
        }
        if self.waiting_since.is_none() {
            let now = Instant::now();
            let deadline = now + self.patience();
            self.waiting_since = Some(now);
            self.deadline.as_mut().reset(deadline);
        }
        ready!(self.deadline.as_mut().poll(context));
        let error = io::Error::new(io::ErrorKind::TimedOut, "the body of the request is too slow");
        Poll::Ready(Some(Err(axum::Error::new(error))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, stream};
    use http_body_util::BodyExt;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);
    const PACE: Pace = Pace { idle: MINUTE, min_rate: 1000, grace: MINUTE };

    /// Sends chunks of this size with this pause between them. Returns the bytes received and the time it took.
    async fn receive(chunk: usize, pause: Duration, chunks: usize) -> (usize, Duration, bool) {
        let chunks = stream::iter(0..chunks).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, io::Error>(vec![0_u8; chunk])
        });
        let mut body = Paced::new(Body::from_stream(chunks), PACE);
        let (start, mut bytes) = (Instant::now(), 0);
        loop {
            match body.frame().await {
                Some(Ok(frame)) => bytes += frame.data_ref().map_or(0, Bytes::len),
                end => return (bytes, start.elapsed(), end.is_none()),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_that_keeps_the_lowest_rate_is_complete() {
        assert_eq!(receive(100_000, Duration::from_secs(50), 10).await, (1_000_000, Duration::from_secs(500), true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_is_too_long_ends_the_body() {
        assert_eq!(receive(1_000_000, Duration::from_secs(61), 2).await, (0, MINUTE, false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_not_read_for_a_while_is_complete() {
        let chunks = stream::iter(0..3).then(|_| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok::<_, io::Error>("x")
        });
        let mut body = Paced::new(Body::from_stream(chunks), PACE);
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_hours(1)).await;
            assert!(body.frame().await.is_some_and(|frame| frame.is_ok()));
        }
        assert!(body.frame().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_trickle_ends_the_body() {
        let (bytes, took, complete) = receive(1, Duration::from_secs(1), 1000).await;
        assert!(!complete && bytes < 70 && took < Duration::from_secs(70), "{bytes} {took:?}");
    }
}
