//! The loop: asks the flow what to do, does it, says what came of it. The digest runs beside whatever is being sent.

use core::cell::RefCell;
use core::future::{Future, pending, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use js_sys::Function;
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, Blob};

use super::event::Happened;
use super::{blob, convert, fetch, timer, xhr};
use crate::flow::{Effect, Failure, Input, Next, Stage, Upload};
use crate::http::{Request, Target};

const UNREADABLE: Input = Input::Failed(Failure::Unreadable);

/// One upload and the browser objects it needs.
pub(super) struct Driver {
    upload: RefCell<Upload>,
    source: Blob,
    gateway: String,
    on_event: Function,
}

impl Driver {
    pub(super) const fn new(upload: Upload, source: Blob, gateway: String, on_event: Function) -> Self {
        Self { upload: RefCell::new(upload), source, gateway, on_event }
    }

    /// Runs to the end: [`Next::Finish`] or [`Next::Cancelled`]. Nothing keeps running after that.
    pub(super) async fn run(&self, signal: &AbortSignal) -> Next {
        if signal.aborted() {
            return Next::Cancelled;
        }
        let mut aborted = pin!(Happened::new(signal, "abort"));
        let mut digest = Digest::NotYet;
        let mut next = self.handle(Input::Start);
        while let Next::Perform(effect) = next {
            if matches!(digest, Digest::NotYet) && matches!(effect, Effect::Send(_) | Effect::Hash) {
                digest = Digest::Running(Box::pin(self.digest()));
            }
            let mut performing = pin!(self.perform(effect));
            next = poll_fn(|cx| {
                if aborted.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(self.handle(Input::Cancel));
                }
                if let Poll::Ready(input) = digest.poll(cx) {
                    let next = self.handle(input);
                    if !matches!(next, Next::Continue) {
                        return Poll::Ready(next);
                    }
                }
                performing.as_mut().poll(cx).map(|input| self.handle(input))
            })
            .await;
        }
        next
    }

    pub(super) fn stage(&self) -> Stage {
        self.upload.borrow().stage()
    }

    fn handle(&self, input: Input) -> Next {
        let step = self.upload.borrow_mut().handle(input, timer::now());
        for event in &step.events {
            // A listener that throws is the page's own affair; the upload goes on.
            let _ = self.on_event.call1(&JsValue::UNDEFINED, &convert::event(event));
        }
        step.next
    }

    async fn perform(&self, effect: Effect) -> Input {
        match effect {
            Effect::Read { offset, len } => blob::read(&self.source, offset, len).await.map_or(UNREADABLE, Input::Read),
            Effect::Hash => pending().await,
            Effect::Send(request) => {
                let url = self.url(&request);
                let answer = if request.carries_file() {
                    xhr::send(&request, &url, &self.source, |bytes| {
                        self.handle(Input::Sent(bytes));
                    })
                    .await
                } else {
                    fetch::send(&request, &url).await
                };
                answer.map_or_else(Input::Failed, Input::Response)
            }
            Effect::Sleep { millis, wake } => {
                timer::sleep(millis, wake).await;
                Input::Awake
            }
        }
    }

    fn url(&self, request: &Request) -> String {
        let provider = self.upload.borrow().provider().profile().id;
        match &request.target {
            Target::Provider(path) => [self.gateway.trim_end_matches('/'), "/providers/", provider, path].concat(),
            Target::Presigned(url) => url.clone(),
        }
    }

    async fn digest(&self) -> Input {
        let tell = |bytes| {
            self.handle(Input::Digested(bytes));
        };
        blob::digest(&self.source, &tell).await.map_or(UNREADABLE, Input::Hashed)
    }
}

/// The digest of the whole file: it begins with the first request and is read once.
enum Digest<'a> {
    NotYet,
    Running(Pin<Box<dyn Future<Output = Input> + 'a>>),
    Over,
}

impl Digest<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        let Self::Running(digest) = self else { return Poll::Pending };
        let input = digest.as_mut().poll(cx);
        if input.is_ready() {
            *self = Self::Over;
        }
        input
    }
}
