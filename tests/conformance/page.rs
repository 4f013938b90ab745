//! A provider's page as its fixtures tell it.

use std::fs;
use std::path::PathBuf;

use mediaferry::file::AcceptedFile;
use mediaferry::http::{Request, Response};
use mediaferry::media::Format;
use mediaferry::providers::{PROVIDERS, Provider, Route, Source, Submission, Ticket};
use serde_json::Value;

use crate::files;

/// One provider and what its page says.
pub(crate) struct Page {
    pub(crate) provider: &'static dyn Provider,
    pub(crate) upload: Value,
    pub(crate) steps: Vec<Step>,
    pub(crate) file: AcceptedFile,
}

/// One documented request and its answer.
pub(crate) struct Step {
    pub(crate) told: Value,
    answer: Option<Vec<u8>>,
}

/// What a step is for, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ticket,
    Put,
    Submit,
    Status,
}

pub(crate) fn folder(id: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(id)
}

impl Page {
    /// Every registered provider's page. One without fixtures fails every test of the suite.
    pub(crate) fn all() -> Vec<Self> {
        PROVIDERS.iter().map(|provider| Self::of(*provider)).collect()
    }

    fn of(provider: &'static dyn Provider) -> Self {
        let profile = provider.profile();
        let folder = folder(profile.id);
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).unwrap_or_else(|error| panic!("{} has no {}: {error}", profile.id, path.display()))
        };
        let upload: Value = serde_json::from_slice(&read("upload.json")).expect("JSON");
        let step = |told: &Value| Step { told: told.clone(), answer: told["answer"].as_str().map(read) };
        let steps: Vec<Step> = upload["steps"].as_array().expect("steps").iter().map(step).collect();
        assert!(!steps.is_empty(), "{} documents no request", profile.id);

        let told = &upload["file"];
        let format =
            Format::ALL.iter().find(|format| Some(format.mime()) == told["format"].as_str()).expect("a format");
        let (name, size) = (told["name"].as_str().expect("a name"), told["size"].as_u64().expect("a size"));
        let file = files::accepted(name, size, *format, &profile.rules).expect("the page's own file is taken");
        Self { provider, upload, steps, file }
    }

    pub(crate) fn route(&self) -> Route {
        self.provider.route(&self.file)
    }

    /// What the steps are for.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        let first: &[Kind] = match self.route() {
            Route::Form => &[Kind::Submit],
            Route::Put(_) => &[Kind::Ticket, Kind::Put, Kind::Submit],
        };
        assert!(self.steps.len() >= first.len(), "not all requests are documented");
        first.iter().copied().chain(core::iter::repeat(Kind::Status)).take(self.steps.len()).collect()
    }

    /// The requests that this crate makes when everything is answered as the page says.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let mut ticket: Option<Ticket> = None;
        let mut pending = None;
        let mut requests = Vec::new();
        for (kind, step) in self.kinds().into_iter().zip(&self.steps) {
            requests.push(match (kind, self.route()) {
                (Kind::Ticket, Route::Put(presign)) => {
                    ticket = Some(presign.read_ticket(&step.response()).expect("the page's ticket"));
                    presign.ticket(&self.file)
                }
                (Kind::Put, Route::Put(presign)) => presign.put(&self.file, ticket.as_ref().expect("a ticket")),
                (Kind::Submit, _) => {
                    pending = pending_id(self.provider.read_submit(&step.response()).expect("the page's answer"));
                    self.provider.submit(&self.file, ticket.as_ref().map_or(Source::Body, Source::Stored))
                }
                (Kind::Status, _) => {
                    let id = pending.take().expect("a status is asked for a pending asset only");
                    pending = pending_id(self.provider.read_status(&id, &step.response()).expect("the page's answer"));
                    self.provider.status(&id).expect("a provider with pending assets has a status")
                }
                (Kind::Ticket | Kind::Put, Route::Form) => unreachable!("a form has no ticket"),
            });
        }
        assert_eq!(pending, None, "the page's last answer is the asset");
        requests
    }
}

fn pending_id(submission: Submission) -> Option<String> {
    match submission {
        Submission::Ready(_) => None,
        Submission::Pending { id } => Some(id),
    }
}

impl Step {
    /// The documented body.
    pub(crate) fn answer(&self) -> &[u8] {
        self.answer.as_deref().unwrap_or_default()
    }

    pub(crate) fn response(&self) -> Response {
        Response { status: 200, retry_after_millis: None, body: self.answer().to_vec() }
    }

    /// The documented body, taken apart.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(self.answer()).expect("the page's answer is JSON")
    }
}
