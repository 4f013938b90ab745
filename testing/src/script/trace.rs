//! What happened in an upload that was trace against a script.

use mediaferry::digest::Checksum;
use mediaferry::error::{Error, ErrorCode};
use mediaferry::http::{Body, Request, Target};
use mediaferry::rules::Violation;
use mediaferry::upload::{Effect, Event, Progress, Stage, UploadResult, UploadedFile, WakeOn};

/// A request as text: the method, then the path or the complete URL.
pub fn request_line(request: &Request) -> String {
    let target = match &request.target {
        Target::Provider(target) | Target::Gateway(target) | Target::Presigned(target) => target,
        Target::Callback(target) => *target,
    };
    [request.method.as_str(), " ", target].concat()
}

/// The effects and events of an upload, and its result.
pub struct UploadTrace {
    /// Each effect, with its time.
    pub effects: Vec<(u64, Effect)>,
    /// All events, in order.
    pub events: Vec<Event>,
    /// `None` if it was cancelled.
    pub end: Option<Result<UploadResult, Error>>,
    /// The stage in which it ended.
    pub stage: Stage,
    /// When it ended.
    pub now: u64,
    /// Where another upload may continue.
    pub continuation: Option<String>,
    /// The asset's id, once there is one.
    pub asset_id: Option<String>,
    /// Whether the outcome of its last request is unknown.
    pub is_outcome_unknown: bool,
}

impl UploadTrace {
    /// An upload that begins at this time.
    pub(super) const fn new(now: u64) -> Self {
        Self {
            effects: Vec::new(),
            events: Vec::new(),
            end: None,
            stage: Stage::Inspect,
            now,
            continuation: None,
            asset_id: None,
            is_outcome_unknown: false,
        }
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.end.is_none()
    }

    /// The result of a successful upload.
    pub fn result(&self) -> &UploadResult {
        self.end.as_ref().expect("not cancelled").as_ref().expect("a success")
    }

    /// The file that was uploaded.
    pub fn sent(&self) -> &UploadedFile {
        self.result().sent.as_ref().expect("a file")
    }

    /// The checksum of the file that was uploaded.
    pub fn checksum(&self) -> Checksum {
        self.sent().checksum.expect("it was hashed")
    }

    /// The error of a failed upload.
    pub fn error(&self) -> &Error {
        self.end.as_ref().expect("not cancelled").as_ref().expect_err("a failure")
    }

    /// All requests, in order.
    pub fn requests(&self) -> Vec<&Request> {
        self.effects
            .iter()
            .filter_map(|(_, effect)| if let Effect::Send(request) = effect { Some(request) } else { None })
            .collect()
    }

    /// The JSON body of a request, counted from 0.
    pub fn json(&self, request: usize) -> serde_json::Value {
        match &self.requests()[request].body {
            Body::Json(json) => serde_json::from_str(json).expect("JSON"),
            other => panic!("{other:?} is not JSON"),
        }
    }

    /// All requests, each as [`request_line`].
    pub fn request_lines(&self) -> Vec<String> {
        self.requests().into_iter().map(request_line).collect()
    }

    /// All waits: milliseconds, and what ends the wait early.
    pub fn sleeps(&self) -> Vec<(u64, WakeOn)> {
        let sleep =
            |effect: &Effect| if let Effect::Sleep { millis, wake } = effect { Some((*millis, *wake)) } else { None };
        self.effects.iter().filter_map(|(_, effect)| sleep(effect)).collect()
    }

    /// How often the upload waited for the hash.
    pub fn hashes(&self) -> usize {
        self.effects.iter().filter(|(_, effect)| matches!(effect, Effect::Hash)).count()
    }

    /// The stages, in order.
    pub fn stages(&self) -> Vec<Stage> {
        self.events
            .iter()
            .filter_map(|event| if let Event::Stage(stage) = event { Some(*stage) } else { None })
            .collect()
    }

    /// All warnings.
    pub fn warnings(&self) -> Vec<Violation> {
        self.events
            .iter()
            .flat_map(|event| if let Event::Warnings(warnings) = event { warnings.clone() } else { Vec::new() })
            .collect()
    }

    /// The retries: error, attempt and delay in milliseconds.
    pub fn retries(&self) -> Vec<(ErrorCode, u32, u64)> {
        let retry = |event: &Event| match event {
            Event::Retry { error, attempt, delay_millis, .. } => Some((*error, *attempt, *delay_millis)),
            _ => None,
        };
        self.events.iter().filter_map(retry).collect()
    }

    /// The rest of the retry budget at each retry, in milliseconds.
    pub fn remaining(&self) -> Vec<u64> {
        let left = |event: &Event| match event {
            Event::Retry { remaining_millis, .. } => Some(*remaining_millis),
            _ => None,
        };
        self.events.iter().filter_map(left).collect()
    }

    /// All progress reports.
    pub fn progress(&self) -> Vec<Progress> {
        self.events
            .iter()
            .filter_map(|event| if let Event::Progress(progress) = event { Some(*progress) } else { None })
            .collect()
    }
}
