//! The loop: asks the flow what to do, does it, says what came of it. The digest runs beside whatever is being sent.

use core::cell::{Cell, RefCell};
use core::future::{Future, pending, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, Blob};

use super::call::Way;
use super::event::{self, EventFuture};
use super::page::Page;
use super::{blob, convert, fetch, formats, timer, xhr};
use crate::http::{Body, Idempotency, Request, Response, Target};
use crate::upload::{Effect, Failure, Input, Next, Output, Task};

const UNREADABLE: Input = Input::Failed(Failure::Unreadable);

/// One task and the browser objects it needs.
pub(super) struct Driver {
    task: RefCell<Box<dyn Task>>,
    /// `None` where the provider fetches an address: then nothing is ever read.
    source: Option<Blob>,
    /// What the probe has read last. Of a file that the core does not know, this is the head.
    head: Cell<Option<Uint8Array>>,
    way: Way,
    page: Page,
}

impl Driver {
    pub(super) fn new(task: Box<dyn Task>, source: Option<Blob>, way: Way, page: Page) -> Self {
        Self { task: RefCell::new(task), source, head: Cell::default(), way, page }
    }

    /// Runs to the end, and gives what JavaScript is to get. Nothing keeps running after that.
    pub(super) async fn run(&self, signal: &AbortSignal) -> Result<JsValue, JsValue> {
        if signal.aborted() {
            return Err(JsValue::UNDEFINED);
        }
        let mut aborted = pin!(EventFuture::new(signal, "abort"));
        let mut paused = pin!(EventFuture::new(signal, "pause"));
        let mut digest = Digest::NotYet;
        let mut next = self.handle(Input::Start);
        while let Next::Perform(effect) = next {
            let begins = match &effect {
                Effect::Send(request) => request.rehash || matches!(digest, Digest::NotYet),
                Effect::Hash => matches!(digest, Digest::NotYet),
                _ => false,
            };
            if let Some(blob) = self.source.as_ref().filter(|_| begins) {
                digest = Digest::Running(Box::pin(self.digest(blob)));
            }
            let holding = effect == Effect::WaitForResume;
            let mut performing = pin!(self.perform(effect));
            next = poll_fn(|cx| {
                if aborted.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(self.handle(Input::Cancel));
                }
                while paused.as_mut().poll(cx).is_ready() {
                    paused.set(EventFuture::new(signal, "pause"));
                    let next = self.handle(if is_paused(signal) { Input::Pause } else { Input::Resume });
                    if !matches!(next, Next::Continue) {
                        return Poll::Ready(next);
                    }
                }
                if holding {
                    return Poll::Pending;
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
        self.ended(next)
    }

    fn ended(&self, next: Next<Output>) -> Result<JsValue, JsValue> {
        let Next::Finish(result) = next else { return Err(JsValue::UNDEFINED) };
        let task = self.task.borrow();
        match *result {
            Ok(output) => Ok(convert::output(&output, self.way.provider)),
            Err(error) => Err(convert::error(&error, self.way.provider, &**task)),
        }
    }

    fn handle(&self, input: Input) -> Next<Output> {
        let step = self.task.borrow_mut().handle(input, timer::now());
        step.events.iter().for_each(|event| self.page.tell(event));
        step.next
    }

    async fn perform(&self, effect: Effect) -> Input {
        match (effect, &self.source) {
            (Effect::Read { offset, len }, Some(blob)) => {
                let Some(bytes) = blob::range(blob, offset, len).await else { return UNREADABLE };
                let input = Input::Read(bytes.to_vec());
                self.head.set(Some(bytes));
                input
            }
            (Effect::ProbeExtended, Some(blob)) => formats::probe(blob, self.head.take(), &self.page).await,
            (Effect::Hash, Some(_)) | (Effect::WaitForResume, _) => pending().await,
            (Effect::Read { .. } | Effect::ProbeExtended | Effect::Hash, None) => UNREADABLE,
            (Effect::Send(request), _) => self.send(request).await.map_or_else(Input::Failed, Input::Response),
            (Effect::Sleep { millis, wake }, _) => {
                timer::sleep(millis, wake).await;
                Input::TimerFired
            }
        }
    }

    async fn send(&self, request: Request) -> Result<Response, Failure> {
        if let Target::Callback(question) = request.target {
            return self.page.send(question, &request).await;
        }
        // What must not be sent twice is not sent where it cannot arrive.
        if request.idempotency != Idempotency::Idempotent && !request.despite_offline && event::is_offline() {
            return Err(Failure::NotSent);
        }
        let request = self.way.pass.show(request, &self.page).await;
        let url = self.way.url(&request);
        let file = self.source.as_ref().filter(|_| request.carries_file());
        if request.body == Body::Empty || !xhr::exists() {
            return fetch::send(&request, &url, file).await;
        }
        xhr::send(&request, &url, file, |bytes| {
            if file.is_some() {
                self.handle(Input::UploadProgress(bytes));
            }
        })
        .await
    }

    async fn digest(&self, blob: &Blob) -> Input {
        let tell = |bytes| {
            self.handle(Input::HashProgress(bytes));
        };
        blob::digest(blob, &tell).await.map_or(UNREADABLE, Input::HashComplete)
    }
}

/// What the host has written on the signal, before it let it say `pause`.
fn is_paused(signal: &AbortSignal) -> bool {
    Reflect::get(signal, &"paused".into()).is_ok_and(|paused| paused.is_truthy())
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
