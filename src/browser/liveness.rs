//! Ends a request that stands still, or whose file can no longer be read.

use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;

use super::clock::now;
use super::source_file::SourceFile;
use super::timer;
use crate::clock::TICK_MILLIS;
use crate::http::Response;
use crate::upload::{Failure, Liveness};

thread_local! {
    static MOVED_AT: Cell<u64> = const { Cell::new(0) };
}

/// Notes that bytes of a request have moved: other requests may have been waiting for them.
pub(super) fn something_moved() {
    MOVED_AT.set(now().awake);
}

/// Returns the result of the request, or the failure once it exceeds a time limit. While nothing moves, checks that the
/// file can still be read.
pub(super) async fn alive(
    watched: &Cell<Liveness>,
    mut request: Pin<&mut dyn Future<Output = Result<Response, Failure>>>,
    file: Option<&SourceFile>,
) -> Result<Response, Failure> {
    let mut is_late = false;
    loop {
        let before = watched.get();
        if let Some(ended) = timer::within(TICK_MILLIS, request.as_mut()).await {
            return ended;
        }
        let left = watched.get().left(now().awake, MOVED_AT.get());
        if is_late {
            left?;
        }
        // Events that arrived while the page was frozen may still be queued, so they get one more turn.
        is_late = left.is_err();
        if before == watched.get() && before.is_sending() && !is_whole(file).await {
            return Err(Failure::Unreadable);
        }
    }
}

/// Whether the file can still be sent, if there is one.
pub(super) async fn is_whole(file: Option<&SourceFile>) -> bool {
    match file {
        Some(file) => file.is_whole().await,
        None => true,
    }
}
