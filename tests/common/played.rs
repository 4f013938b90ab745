//! What happened in an upload that was played against a script.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::flow::{Delivery, Effect, Event, Progress, Sent, Stage, Wake};
use mediaferry::http::{Body, Request, Target};
use mediaferry::rules::Violation;

/// A request as a line: method, then path or complete URL.
pub(crate) fn line(request: &Request) -> String {
    let target = match &request.target {
        Target::Provider(target) | Target::Gateway(target) | Target::Presigned(target) => target,
        Target::Page(target) => *target,
    };
    [request.method.as_str(), " ", target].concat()
}

/// What happened.
pub(crate) struct Played {
    /// What was asked for, and when.
    pub(crate) effects: Vec<(u64, Effect)>,
    pub(crate) events: Vec<Event>,
    /// `None` where it was cancelled.
    pub(crate) end: Option<Result<Delivery, Error>>,
    /// The stage in which it ended.
    pub(crate) stage: Stage,
    /// When it ended.
    pub(crate) now: u64,
    /// Where another upload may continue.
    pub(crate) continuation: Option<String>,
    /// The asset's id, once there is one.
    pub(crate) asset_id: Option<String>,
    /// Whether nobody knows what became of its last request.
    pub(crate) is_unclear: bool,
}

impl Played {
    /// Nothing yet.
    pub(crate) const fn begun(now: u64) -> Self {
        Self {
            effects: Vec::new(),
            events: Vec::new(),
            end: None,
            stage: Stage::Inspect,
            now,
            continuation: None,
            asset_id: None,
            is_unclear: false,
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.end.is_none()
    }

    pub(crate) fn delivery(&self) -> &Delivery {
        self.end.as_ref().expect("not cancelled").as_ref().expect("a success")
    }

    /// The file that arrived.
    pub(crate) fn sent(&self) -> &Sent {
        self.delivery().sent.as_ref().expect("a file")
    }

    pub(crate) fn error(&self) -> &Error {
        self.end.as_ref().expect("not cancelled").as_ref().expect_err("a failure")
    }

    pub(crate) fn requests(&self) -> Vec<&Request> {
        self.effects
            .iter()
            .filter_map(|(_, effect)| if let Effect::Send(request) = effect { Some(request) } else { None })
            .collect()
    }

    /// The JSON of a request, counted from 0.
    pub(crate) fn json(&self, request: usize) -> serde_json::Value {
        match &self.requests()[request].body {
            Body::Json(json) => serde_json::from_str(json).expect("JSON"),
            other => panic!("{other:?} is no JSON"),
        }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().into_iter().map(line).collect()
    }

    pub(crate) fn sleeps(&self) -> Vec<(u64, Wake)> {
        let sleep =
            |effect: &Effect| if let Effect::Sleep { millis, wake } = effect { Some((*millis, *wake)) } else { None };
        self.effects.iter().filter_map(|(_, effect)| sleep(effect)).collect()
    }

    pub(crate) fn hashes(&self) -> usize {
        self.effects.iter().filter(|(_, effect)| matches!(effect, Effect::Hash)).count()
    }

    pub(crate) fn stages(&self) -> Vec<Stage> {
        self.events
            .iter()
            .filter_map(|event| if let Event::Stage(stage) = event { Some(*stage) } else { None })
            .collect()
    }

    pub(crate) fn advice(&self) -> Vec<Violation> {
        self.events
            .iter()
            .flat_map(|event| if let Event::Advice(advice) = event { advice.clone() } else { Vec::new() })
            .collect()
    }

    pub(crate) fn retries(&self) -> Vec<(ErrorCode, u32, u64)> {
        let retry = |event: &Event| match event {
            Event::Retry { error, attempt, delay_millis, .. } => Some((*error, *attempt, *delay_millis)),
            _ => None,
        };
        self.events.iter().filter_map(retry).collect()
    }

    /// How long trying would have continued, as each retry said.
    pub(crate) fn remaining(&self) -> Vec<u64> {
        let left = |event: &Event| match event {
            Event::Retry { remaining_millis, .. } => Some(*remaining_millis),
            _ => None,
        };
        self.events.iter().filter_map(left).collect()
    }

    pub(crate) fn progress(&self) -> Vec<Progress> {
        self.events
            .iter()
            .filter_map(|event| if let Event::Progress(progress) = event { Some(*progress) } else { None })
            .collect()
    }
}
