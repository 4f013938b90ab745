//! The documentation of a provider, as its fixtures describe it.

use std::fs;
use std::path::PathBuf;

use mediaferry::digest::Checksum;
use mediaferry::file::AcceptedFile;
use mediaferry::http::{Request, Response};
use mediaferry::json::Json;
use mediaferry::media::Format;
use mediaferry::options::Options;
use mediaferry::providers::{AssetsApi, PROVIDERS, Provider, Route, Source, by_id};
use mediaferry::storage::{Presign, StoredFile, Ticket};
use mediaferry_testing::example_provider::ExampleProvider;
use mediaferry_testing::stubs;
use serde_json::Value;

use crate::decoder::Decoder;

/// The made-up provider: what holds for it holds for the next one.
pub(crate) const EXAMPLE: &dyn Provider = &ExampleProvider;

/// The fixture of one provider; `spec` is its `upload.json`.
pub(crate) struct ProviderFixture {
    pub(crate) provider: &'static dyn Provider,
    pub(crate) spec: Value,
    pub(crate) flows: Vec<Flow>,
}

/// One documented flow: requests in order.
pub(crate) struct Flow {
    pub(crate) options: Options,
    pub(crate) subject: Subject,
    pub(crate) steps: Vec<Step>,
}

/// What a flow uploads.
pub(crate) enum Subject {
    File(Box<AcceptedFile>),
    Url(String),
    /// Nothing: it lists or deletes assets.
    Nothing,
}

/// One documented request and its response.
pub(crate) struct Step {
    pub(crate) spec: Value,
    pub(crate) call: Call,
    body: Option<Vec<u8>>,
}

/// What a step is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Ticket(Option<Checksum>),
    Put,
    Submit,
    Status(String),
    List(u32, u32),
    Delete(String),
}

pub(crate) fn folder(id: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(id)
}

fn json(value: &Value) -> String {
    if value.is_null() { "{}".to_owned() } else { value.to_string() }
}

/// A provider's options as a user writes them.
pub(crate) fn options(provider: &dyn Provider, spec: &Value) -> Options {
    let json = json(spec);
    Options::read(provider.profile().settings, Json::read(json.as_bytes()).expect("JSON")).expect("known options")
}

impl ProviderFixture {
    /// The fixtures of every registered provider and of the example provider.
    pub(crate) fn of_providers() -> Vec<Self> {
        PROVIDERS.iter().copied().chain([EXAMPLE]).map(|provider| Self::of(provider, provider.profile().id)).collect()
    }

    /// Those, and staging, as a provider that accepts only URLs uses it.
    pub(crate) fn all() -> Vec<Self> {
        let staging = Self::of(by_id("apiframe").expect("registered"), "staging");
        Self::of_providers().into_iter().chain([staging]).collect()
    }

    fn of(provider: &'static dyn Provider, id: &str) -> Self {
        let read = |name: &str| {
            let path = folder(id).join(name);
            fs::read(&path).unwrap_or_else(|error| panic!("{id} has no {}: {error}", path.display()))
        };
        let spec: Value = serde_json::from_slice(&read("upload.json")).expect("JSON");
        let flows: Vec<Flow> =
            spec["flows"].as_array().expect("flows").iter().map(|flow| Flow::of(provider, flow, read)).collect();
        assert!(!flows.is_empty(), "{id} documents no flow");
        Self { provider, spec, flows }
    }

    /// All steps with a documented response, each with its decoder.
    pub(crate) fn decoders(&self) -> Vec<(Decoder, &Step)> {
        let read = |flow: &Flow, step: &Step| {
            Some(match &step.call {
                Call::Ticket(_) => Decoder::Ticket(flow.presign(self.provider)),
                Call::Put => return None,
                Call::Submit => Decoder::Submit(self.provider),
                Call::Status(id) => Decoder::Status(self.provider, id.clone()),
                Call::List(..) => Decoder::List(assets_api(self.provider)),
                Call::Delete(_) => Decoder::Delete(assets_api(self.provider)),
            })
        };
        let steps = self.flows.iter().flat_map(|flow| flow.steps.iter().map(move |step| (flow, step)));
        let own = steps.filter(|(_, step)| !step.spec["response"].as_str().unwrap_or_default().starts_with("../"));
        own.filter_map(|(flow, step)| Some((read(flow, step)?, step))).collect()
    }

    /// All steps, each with the request that this crate makes of it.
    pub(crate) fn requests(&self) -> Vec<(Request, &Step)> {
        self.flows.iter().flat_map(|flow| flow.requests(self.provider).into_iter().zip(&flow.steps)).collect()
    }
}

pub(crate) fn assets_api(provider: &'static dyn Provider) -> &'static AssetsApi {
    provider.assets_api().expect("a provider with a list")
}

impl Flow {
    fn of(provider: &'static dyn Provider, spec: &Value, read: impl Fn(&str) -> Vec<u8>) -> Self {
        let steps: Vec<Step> =
            spec["steps"].as_array().expect("steps").iter().map(|step| Step::of(step, &read)).collect();
        assert!(!steps.is_empty(), "{} documents no request", spec["title"]);
        let options = options(provider, &spec["options"]);
        let subject = match (&spec["file"], &spec["url"]) {
            (Value::Object(file), _) => {
                let mut formats = Format::ALL.iter();
                let format = formats.find(|format| file["format"] == format.mime()).expect("a format");
                let (name, size) = (text(&file["name"]), file["size"].as_u64().expect("a size"));
                let file = stubs::accepted(name, size, *format, &provider.rules(&options)).expect("an acceptable file");
                Subject::File(Box::new(file))
            }
            (_, Value::String(url)) => Subject::Url(url.clone()),
            _ => Subject::Nothing,
        };
        Self { options, subject, steps }
    }

    pub(crate) fn presign(&self, provider: &'static dyn Provider) -> &'static dyn Presign {
        match provider.route(self.file(), &self.options) {
            Route::Put(presign) => presign,
            Route::Form => panic!("a form needs no ticket"),
        }
    }

    pub(crate) fn file(&self) -> &AcceptedFile {
        match &self.subject {
            Subject::File(file) => file,
            _ => panic!("no file"),
        }
    }

    /// The requests that this crate sends, given the documented responses.
    pub(crate) fn requests(&self, provider: &'static dyn Provider) -> Vec<Request> {
        let ticket = self.ticket(provider);
        let stored = ticket.clone().map(|ticket| ticket.into_stored(String::new()));
        let request = |step: &Step| match &step.call {
            Call::Ticket(checksum) => self.presign(provider).ticket_request(self.file(), checksum.as_ref()),
            Call::Put => ticket.as_ref().expect("a ticket").request(self.file()),
            Call::Submit => provider.submit(self.source(stored.as_ref()), &self.options).expect("a source it accepts"),
            Call::Status(id) => provider.status(id).expect("a provider with pending assets"),
            Call::List(page, page_size) => assets_api(provider).list_request(*page, *page_size),
            Call::Delete(id) => assets_api(provider).delete_request(id),
        };
        self.steps.iter().map(request).collect()
    }

    fn ticket(&self, provider: &'static dyn Provider) -> Option<Ticket> {
        let step = self.steps.iter().find(|step| matches!(step.call, Call::Ticket(_)))?;
        let (presign, response) = (self.presign(provider), step.response());
        let json = presign.decode_ticket(&response).expect("a success");
        Some(presign.read_ticket(json).expect("the documented ticket"))
    }

    fn source<'a>(&'a self, stored: Option<&'a StoredFile>) -> Source<'a> {
        match (&self.subject, stored) {
            (Subject::File(file), None) => Source::Body(file),
            (Subject::File(file), Some(StoredFile { fetch_url: Some(url), .. })) => {
                Source::Url(url, Some(file.media().format.kind()))
            }
            (Subject::File(file), Some(stored)) => Source::Stored(file, stored, None),
            (Subject::Url(url), _) => {
                let (_, extension) = url.rsplit_once('.').expect("a URL with an extension");
                let format = Format::ALL.iter().find(|format| format.has_extension(extension));
                Source::Url(url, format.map(|format| format.kind()))
            }
            (Subject::Nothing, _) => panic!("nothing to submit"),
        }
    }
}

impl Step {
    fn of(spec: &Value, read: impl Fn(&str) -> Vec<u8>) -> Self {
        let id = || text(&spec["id"]).to_owned();
        let number = |name: &str| u32::try_from(spec[name].as_u64().expect(name)).expect("a small number");
        let call = match text(&spec["call"]) {
            "ticket" => Call::Ticket(spec["sha256"].as_str().map(checksum)),
            "put" => Call::Put,
            "submit" => Call::Submit,
            "status" => Call::Status(id()),
            "list" => Call::List(number("page"), number("page_size")),
            "delete" => Call::Delete(id()),
            other => panic!("unknown call {other}"),
        };
        let body = spec["response"].as_str().map(read).map(|body| with(body, &spec["with"]));
        Self { spec: spec.clone(), call, body }
    }

    /// The documented body.
    pub(crate) fn body(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }

    pub(crate) fn response(&self) -> Response {
        Response { status: 200, retry_after_millis: None, body: self.body().to_vec() }
    }

    /// The documented body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(self.body()).expect("a documented JSON response")
    }
}

/// The documented response, with values that are documented without an example.
fn with(response: Vec<u8>, others: &Value) -> Vec<u8> {
    let Some(others) = others.as_object() else { return response };
    let mut json: Value = serde_json::from_slice(&response).expect("JSON");
    for (path, other) in others {
        *json.pointer_mut(path).expect("a field of the response") = other.clone();
    }
    json.to_string().into_bytes()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn checksum(hex: &str) -> Checksum {
    let byte = |at: usize| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).expect("hexadecimal digits");
    Checksum::from(core::array::from_fn::<u8, 32, _>(byte))
}
