//! The body of a response on its way from the provider.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use futures::FutureExt;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming as Rest, SizeHint};
use tokio::time::Sleep;

use super::link::Link;

/// A body that ends with an error if the provider sends nothing for too long.
pub(super) struct Incoming {
    /// What was read of it before.
    start: Option<Bytes>,
    rest: Rest,
    link: Link,
    patience: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Incoming {
    pub(super) fn new(rest: Rest, mut link: Link, patience: Duration) -> Self {
        if rest.is_end_stream() {
            link.release();
        }
        Self { start: None, rest, link, patience, deadline: None }
    }

    /// The same body, with this before the rest.
    pub(super) fn starting_with(mut self, start: Bytes) -> Self {
        self.start = Some(start);
        self
    }

    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.rest).poll_frame(context) {
            self.deadline = None;
            if frame.is_none() || self.rest.is_end_stream() {
                self.link.release();
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(io::Error::other)));
        }
        let patience = self.patience;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())))
    }
}

impl HttpBody for Incoming {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.start.take() {
            Some(start) => Poll::Ready(Some(Ok(Frame::data(start)))),
            None => self.poll_rest(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.start.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.start.is_some() { SizeHint::default() } else { self.rest.size_hint() }
    }
}

impl Drop for Incoming {
    /// Takes what has arrived: after the end of the response, the connection may already serve another exchange, and
    /// must not be cut.
    fn drop(&mut self) {
        // At most one chunk and the end.
        for _ in 0..2 {
            match self.rest.frame().now_or_never() {
                Some(Some(Ok(_))) if self.rest.is_end_stream() => self.link.release(),
                Some(None) => self.link.release(),
                _ => {}
            }
        }
    }
}
