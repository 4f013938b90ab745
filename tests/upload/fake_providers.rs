//! Two providers made for these tests: one that takes its time, and one that has the checksum signed.

use mediaferry::digest::Checksum;
use mediaferry::error::Error;
use mediaferry::file::{AcceptedFile, InspectedFile};
use mediaferry::http::{Body, Field, Request, Response};
use mediaferry::json::{Json, Malformed};
use mediaferry::media::Format;
use mediaferry::options::Options;
use mediaferry::providers::{
    Asset, AssetState, Auth, Endpoint, Profile, Provider, Reported, ReportedMetadata, Route, Source, Submission,
};
use mediaferry::rules::{self, Limits, Rules, Violation};
use mediaferry::storage::{Presign, PutTicket, Ticket};
use mediaferry_testing::script::{Outcome, Script, status};

/// One form POST, then asking until the state is no longer `processing`.
#[derive(Debug)]
pub(crate) struct Slow;

pub(crate) const SLOW_FORM: &str = "POST /slow";
pub(crate) const SLOW_STATUS: &str = "GET /slow/a1";
pub(crate) const SIGNED_TICKET: &str = "POST /signed";
pub(crate) const SIGNED_PUT: &str = "PUT https://bucket.example/a1";
pub(crate) const SIGNED_SUBMIT: &str = "POST /signed/a1";

pub(crate) fn slow() -> Script {
    crate::photo_to(Box::new(Slow))
}

pub(crate) fn signed() -> Script {
    crate::photo_to(Box::new(Signed))
}

pub(crate) fn pending() -> Outcome {
    status(200, r#"{"id":"a1","state":"processing"}"#)
}

pub(crate) fn ready() -> Outcome {
    status(200, r#"{"id":"a1","state":"active"}"#)
}

const SLOW: Endpoint = Endpoint::post("/slow");
const ASK: Endpoint = Endpoint::get("/slow/{id}");
const SIGN: Endpoint = Endpoint::post("/signed");
const CONFIRM: Endpoint = Endpoint::post("/signed/{id}");

static PROFILE: Profile = Profile {
    id: "fake",
    name: "Fake",
    home: "https://fake.example",
    origin: "https://api.fake.example",
    auth: Auth::Bearer,
    endpoints: &[SLOW, ASK, SIGN, CONFIRM],
    rules: Rules::new(&[Limits::none(Format::ALL)]),
    accepts_urls: false,
    settings: &[],
    lifetime: None,
    notes: &[],
    max_assets: None,
};

impl Provider for Slow {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn route(&self, _: &InspectedFile, _: &Options) -> Route {
        Route::Form
    }

    fn submit(&self, source: Source<'_>, _: &Options) -> Result<Request, Violation> {
        let Source::Body(file) = source else { return Err(rules::file_required()) };
        let field = Field::File { name: "file".to_owned(), file_name: file.name(), mime: file.mime() };
        Ok(SLOW.request().body(Body::Form(vec![field])).retry_only_after(&[]))
    }

    fn read_submit(&self, response: Json<'_>) -> Result<Submission, Malformed> {
        let state = match response.text("state")?.as_str() {
            "processing" => AssetState::Pending,
            "active" => AssetState::Ready,
            "failed" => AssetState::Failed(response.text("reason").ok()),
            _ => return Err(Malformed("state")),
        };
        let id = response.path_segment("id").ok();
        let sha256 = response.text("sha256").ok().map(|value| Reported { field: "sha256", value });
        let asset = Asset {
            uri: id.as_ref().map(|id| format!("asset://{id}")),
            id,
            url: Some("https://fake.example/a1".to_owned()),
            reported: ReportedMetadata { sha256, ..ReportedMetadata::default() },
            ..Asset::default()
        };
        Ok(Submission { state, asset })
    }

    fn status(&self, id: &str) -> Option<Request> {
        Some(ASK.request_for(id))
    }
}

/// Storage signs the checksum, so it is needed before the ticket; the submit is ready at once.
#[derive(Debug)]
pub(crate) struct Signed;

impl Provider for Signed {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn route(&self, _: &InspectedFile, _: &Options) -> Route {
        Route::Put(&Signed)
    }

    fn submit(&self, source: Source<'_>, _: &Options) -> Result<Request, Violation> {
        let Source::Stored(_, ticket, _) = source else { return Err(rules::file_required()) };
        Ok(CONFIRM.request_for(&ticket.id))
    }

    fn read_submit(&self, response: Json<'_>) -> Result<Submission, Malformed> {
        Slow.read_submit(response)
    }

    fn status(&self, id: &str) -> Option<Request> {
        Slow.status(id)
    }
}

impl Presign for Signed {
    fn ticket_request(&self, _: &AcceptedFile, _: Option<&Checksum>) -> Request {
        SIGN.request()
    }

    fn decode_ticket<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error> {
        response.success(|_| None)?;
        Ok(Json::read(b"{}")?)
    }

    fn read_ticket(&self, _: Json<'_>) -> Result<Ticket, Malformed> {
        let headers = vec![("x-amz-checksum-sha256".to_owned(), "abc=".to_owned())];
        let url = "https://bucket.example/a1".to_owned();
        Ok(Ticket::Put(PutTicket { url, id: "a1".to_owned(), headers, ..PutTicket::default() }))
    }

    fn signs_checksum(&self) -> bool {
        true
    }
}
