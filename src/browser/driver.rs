//! The loop: takes an effect from the task, performs it, and reports the result. Hashing runs beside requests, and effects in
//! lanes run beside each other.

use core::cell::{Cell, RefCell};
use core::future::{Future, pending, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use js_sys::Uint8Array;
use web_sys::Blob;

use super::control::{Control, Message};
use super::host_callbacks::HostCallbacks;
use super::js_object::JsObject;
use super::part_hasher::PartHasher;
use super::source_file::SourceFile;
use super::task_request::{RequestContext, TaskRequest};
use super::{blob, body, clock, convert, event, fetch, formats, timer, xhr};
use crate::http::{Body, Idempotency, Request, Response, Target};
use crate::tasks::{Output, Task};
use crate::upload::{Effect, Failure, Input, Lane, LaneEffect, Next, Upload};

const UNREADABLE: Input = Input::Failed(Failure::Unreadable);

/// One task and the browser objects it needs.
pub(super) struct Driver {
    task: RefCell<Box<dyn Task>>,
    /// `None` if the provider fetches a URL: then nothing is read.
    source: Option<SourceFile>,
    /// The bytes that were read last, for `formats.wasm`.
    head: Cell<Option<Uint8Array>>,
    part_hasher: PartHasher,
    /// Effects in lanes that have not begun.
    due: RefCell<Vec<LaneEffect>>,
    context: RequestContext,
    callbacks: HostCallbacks,
}

impl Driver {
    pub(super) fn new(request: TaskRequest, source: Option<Blob>, callbacks: HostCallbacks) -> Self {
        let TaskRequest { task, context } = request;
        let is_hashed = task.upload().is_some_and(Upload::hashes);
        let source = source.map(|blob| SourceFile::new(blob, is_hashed, callbacks.clone()));
        Self {
            task: RefCell::new(task),
            source,
            head: Cell::default(),
            part_hasher: PartHasher::default(),
            due: RefCell::default(),
            context,
            callbacks,
        }
    }

    /// Runs to the end and reports the outcome, in the same turn as the last events. Nothing keeps running after that.
    pub(super) async fn run(&self, control: &Control) {
        let end = if control.is_cancelled() { Next::Cancelled } else { self.perform_all(control).await };
        self.callbacks.report(&self.outcome(end).into());
    }

    /// Performs effects until the task ends.
    async fn perform_all(&self, control: &Control) -> Next<Output> {
        let mut hashing = HashState::Idle;
        let mut lanes = Vec::new();
        let mut next = self.handle(Input::Start);
        while let Next::Perform(effect) = next {
            let begins = match &effect {
                Effect::Send(request) => request.starts_hash,
                Effect::Hash => matches!(hashing, HashState::Idle),
                _ => false,
            };
            if let Some(source) = self.source.as_ref().filter(|_| begins) {
                hashing = HashState::Running(Box::pin(self.hash(source)));
            }
            let is_paused = effect == Effect::WaitForResume;
            // Another effect ends all lanes: dropping a request aborts it.
            lanes.clear();
            let mut performing = pin!(self.perform(effect, None));
            next = poll_fn(|cx| {
                while let Poll::Ready(message) = control.poll(cx) {
                    let next = self.handle(match message {
                        Message::Cancel => Input::Cancel,
                        Message::Pause => Input::Pause,
                        Message::Resume => Input::Resume,
                    });
                    if !matches!(next, Next::Continue) {
                        return Poll::Ready(next);
                    }
                }
                if is_paused {
                    return Poll::Pending;
                }
                if let Poll::Ready(input) = hashing.poll(cx) {
                    let next = self.handle(input);
                    if !matches!(next, Next::Continue) {
                        return Poll::Ready(next);
                    }
                }
                if let Poll::Ready(next) = self.poll_lanes(&mut lanes, cx) {
                    return Poll::Ready(next);
                }
                performing.as_mut().poll(cx).map(|input| self.handle(input))
            })
            .await;
        }
        next
    }

    /// Performs the effects in lanes until one of them leads to another effect or to the end.
    fn poll_lanes<'a>(&'a self, lanes: &mut Vec<(Lane, LaneFuture<'a>)>, cx: &mut Context<'_>) -> Poll<Next<Output>> {
        if !cfg!(feature = "parts") {
            return Poll::Pending;
        }
        loop {
            for LaneEffect { lane, effect } in self.due.take() {
                lanes.retain(|(other, _)| *other != lane);
                lanes.push((lane, Box::pin(self.perform(effect, Some(lane)))));
            }
            let mut at = 0;
            while let Some((lane, performing)) = lanes.get_mut(at) {
                if let Poll::Ready(input) = performing.as_mut().poll(cx) {
                    let lane = *lane;
                    drop(lanes.swap_remove(at));
                    let next = self.handle(Input::Lane(lane, Box::new(input)));
                    if !matches!(next, Next::Continue) {
                        return Poll::Ready(next);
                    }
                } else {
                    at += 1;
                }
            }
            if self.due.borrow().is_empty() {
                return Poll::Pending;
            }
        }
    }

    fn outcome(&self, next: Next<Output>) -> JsObject {
        let outcome = JsObject::default();
        match next {
            Next::Finish(result) => match *result {
                Ok(output) => {
                    outcome.set("type", "result");
                    outcome.put("value", convert::output(&output, self.context.provider.as_deref()));
                }
                Err(error) => {
                    outcome.set("type", "failure");
                    outcome
                        .put("facts", convert::error(&error, self.context.provider.as_deref(), &**self.task.borrow()));
                }
            },
            _ => outcome.set("type", "cancelled"),
        }
        outcome
    }

    fn handle(&self, input: Input) -> Next<Output> {
        let step = self.task.borrow_mut().handle(input, clock::now());
        step.events.iter().for_each(|event| self.callbacks.report(&convert::event(event)));
        self.due.borrow_mut().extend(step.lanes);
        step.next
    }

    async fn perform(&self, effect: Effect, lane: Option<Lane>) -> Input {
        match (effect, &self.source) {
            (Effect::Read { offset, len }, Some(source)) => {
                let Some(bytes) = source.range(offset, len).await else { return UNREADABLE };
                let input = Input::Read(bytes.to_vec());
                self.head.set(Some(bytes));
                input
            }
            (Effect::ProbeExtended, Some(source)) => formats::probe(source, self.head.take(), &self.callbacks).await,
            (Effect::HashPart { offset, len, whole }, Some(source)) if cfg!(feature = "parts") => {
                let hashed = self.part_hasher.hash(source.blob(), (offset, len), whole, &self.callbacks).await;
                hashed.unwrap_or(UNREADABLE)
            }
            (Effect::Hash, Some(_)) | (Effect::WaitForResume | Effect::Lanes, _) => pending().await,
            (Effect::Read { .. } | Effect::ProbeExtended | Effect::Hash, None) | (Effect::HashPart { .. }, _) => {
                UNREADABLE
            }
            (Effect::Send(request), _) => self.send(request, lane).await.map_or_else(Input::Failed, Input::Response),
            (Effect::Sleep { millis, wake }, _) => {
                timer::sleep(millis, wake).await;
                Input::TimerFired
            }
        }
    }

    async fn send(&self, request: Request, lane: Option<Lane>) -> Result<Response, Failure> {
        // The file is identified.
        self.head.take();
        if let Target::Callback(callback) = request.target {
            return self.callbacks.send(callback, &request).await;
        }
        // A request that must not be sent twice is not sent while it cannot arrive.
        if request.idempotency != Idempotency::Idempotent && !request.despite_offline && event::is_offline() {
            return Err(Failure::NotSent);
        }
        let request = self.context.auth.apply(request, &self.callbacks).await;
        let url = self.context.url(&request);
        let file = self.source.as_ref().filter(|_| request.carries_file());
        let on_sent = |bytes| {
            if file.is_some() {
                let sent = Input::UploadProgress(bytes);
                self.handle(match lane {
                    Some(lane) if cfg!(feature = "parts") => Input::Lane(lane, Box::new(sent)),
                    _ => sent,
                });
            }
        };
        Ok(if request.body == Body::Empty || !xhr::exists() {
            let response = fetch::send(&request, &url, file).await?;
            // It does not report progress.
            on_sent(body::size(&request, file));
            response
        } else {
            xhr::send(&request, &url, file, on_sent).await?
        })
    }

    async fn hash(&self, source: &SourceFile) -> Input {
        // The host hashes a file that fits in memory by itself, which is faster.
        let digest = self.callbacks.digest(&source.bytes_or_blob()).await;
        source.forget();
        if let Some(checksum) = digest {
            return Input::HashComplete(checksum);
        }
        let on_bytes = |bytes| {
            self.handle(Input::HashProgress(bytes));
        };
        blob::digest(source.blob(), &self.callbacks, &on_bytes).await.map_or(UNREADABLE, Input::HashComplete)
    }
}

/// An effect in a lane.
type LaneFuture<'a> = Pin<Box<dyn Future<Output = Input> + 'a>>;

/// The hash of the whole file. It starts with the first request and is computed once for each time the file is sent.
enum HashState<'a> {
    Idle,
    Running(Pin<Box<dyn Future<Output = Input> + 'a>>),
    Done,
}

impl HashState<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        let Self::Running(hashing) = self else { return Poll::Pending };
        let input = hashing.as_mut().poll(cx);
        if input.is_ready() {
            *self = Self::Done;
        }
        input
    }
}
