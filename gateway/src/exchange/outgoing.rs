//! The body of a request on its way to the provider.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::link::WrittenBefore;
use crate::progress::{Broken, Progress};

/// A body that records each chunk before it is passed on, and passes on none after the end of its exchange.
pub(super) struct Outgoing {
    pub(super) body: Body,
    pub(super) progress: Progress,
    pub(super) before: WrittenBefore,
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.before.record();
        let data = loop {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => break Some(data),
                    Err(_trailers) => {}
                },
                Some(Err(error)) => {
                    self.progress.break_off(cause(&error));
                    return Poll::Ready(Some(Err(io::Error::other(error))));
                }
                None => break None,
            }
        };
        let passed = self.progress.pass(data.is_none() || self.body.is_end_stream());
        Poll::Ready(if passed {
            data.map(|data| Ok(Frame::data(data)))
        } else {
            Some(Err(io::ErrorKind::ConnectionAborted.into()))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Why the body of a client's request ended early.
fn cause(error: &(dyn Error + 'static)) -> Broken {
    let mut causes = successors(Some(error), |error| (*error).source());
    match causes.find_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind) {
        Some(io::ErrorKind::TimedOut) => Broken::TooSlow,
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => Broken::Invalid,
        _ => Broken::Disconnected,
    }
}
