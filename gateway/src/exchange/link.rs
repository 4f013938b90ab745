//! The connection of one exchange, from the moment there is one.

use std::sync::{Arc, OnceLock};

use axum::http::{Extensions, Request};
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use tokio::time::Instant;

use crate::upstream::meter::Meter;

/// The connection of an exchange. It is cut if the exchange ends early.
#[derive(Debug)]
pub(super) struct Link {
    captured: CaptureConnection,
    before: WrittenBefore,
    released: bool,
}

/// What the connection had written before the body of the request.
#[derive(Clone, Debug)]
pub(super) struct WrittenBefore {
    captured: CaptureConnection,
    written: Arc<OnceLock<u64>>,
}

/// What the connection has taken of an exchange when it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// Whether it took any byte of the head or the body.
    pub(super) any: bool,
    /// Whether it took all bytes it was offered.
    pub(super) all: bool,
}

impl Link {
    /// The connection that this request will use.
    pub(super) fn of<B>(request: &mut Request<B>) -> Self {
        let captured = capture_connection(request);
        let before = WrittenBefore { captured: captured.clone(), written: Arc::default() };
        Self { captured, before, released: false }
    }

    pub(super) fn before(&self) -> WrittenBefore {
        self.before.clone()
    }

    /// When the connection last moved, if there is one.
    pub(super) fn moved_at(&self) -> Option<Instant> {
        meter(&self.captured).map(|meter| meter.moved_at())
    }

    /// Records that the exchange is complete: the connection may be used again.
    pub(super) fn release(&mut self) {
        self.released = true;
    }

    /// Cuts the connection.
    pub(super) fn cut(&mut self) -> Taken {
        self.released = true;
        let Some(meter) = meter(&self.captured) else { return Taken { any: false, all: true } };
        if let Some(connected) = &*self.captured.connection_metadata() {
            connected.poison();
        }
        let blocked = meter.cut();
        let any = self.before.written.get().is_none_or(|written| meter.written() > *written);
        Taken { any, all: !blocked }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if !self.released {
            self.cut();
        }
    }
}

impl WrittenBefore {
    /// Records the start. The client asks for the body before it writes the head.
    pub(super) fn record(&self) {
        self.written.get_or_init(|| meter(&self.captured).map_or(0, |meter| meter.written()));
    }
}

fn meter(captured: &CaptureConnection) -> Option<Meter> {
    let mut extensions = Extensions::new();
    captured.connection_metadata().as_ref()?.get_extras(&mut extensions);
    extensions.remove()
}
