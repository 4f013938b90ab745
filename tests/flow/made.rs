//! Two providers made for these tests: one that takes its time, and one that has the checksum signed.

use mediaferry::error::Error;
use mediaferry::file::{AcceptedFile, InspectedFile};
use mediaferry::http::{Body, Field, Method, Request, Response};
use mediaferry::json::Json;
use mediaferry::media::Format;
use mediaferry::providers::{
    Asset, Auth, Claim, Claims, Endpoint, Presign, Profile, Provider, Route, Source, Submission, Ticket,
};
use mediaferry::rules::{Limits, Rules};

use crate::script::{Answer, Script, status};

/// One form POST, then asking until the state is no longer `processing`.
#[derive(Debug)]
pub(crate) struct Slow;

pub(crate) const SLOW_FORM: &str = "POST /slow";
pub(crate) const SLOW_STATUS: &str = "GET /slow/a1";
pub(crate) const SIGNED_TICKET: &str = "POST /signed";
pub(crate) const SIGNED_PUT: &str = "PUT https://bucket.example/a1";
pub(crate) const SIGNED_SUBMIT: &str = "POST /signed/a1";

pub(crate) fn slow() -> Script {
    crate::photo_to(&Slow)
}

pub(crate) fn signed() -> Script {
    crate::photo_to(&Signed)
}

pub(crate) fn pending() -> Answer {
    status(200, r#"{"id":"a1","state":"processing"}"#)
}

pub(crate) fn ready() -> Answer {
    status(200, r#"{"id":"a1","state":"active"}"#)
}

static PROFILE: Profile = Profile {
    id: "made",
    name: "Made",
    home: "https://made.example",
    origin: "https://api.made.example",
    auth: Auth::Bearer,
    endpoints: &[Endpoint { method: Method::Post, path: "/slow" }],
    rules: Rules { accepts: &[Limits::none(Format::ALL)] },
    lifetime: None,
};

impl Provider for Slow {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn route(&self, _: &InspectedFile) -> Route {
        Route::Form
    }

    fn submit(&self, file: &AcceptedFile, _: Source<'_>) -> Request {
        let field = Field::File { name: "file", file_name: file.name(), mime: file.mime() };
        Request::post("/slow".to_owned()).body(Body::Form(vec![field])).repeat_only_after(&[])
    }

    fn read_submit(&self, response: &Response) -> Result<Submission, Error> {
        let json = Json::read(response.success(|_| None)?)?;
        let id = json.path_segment("id")?;
        match json.text("state")?.as_str() {
            "processing" => Ok(Submission::Pending { id }),
            "active" => {
                let sha256 = json.text("sha256").ok().map(|value| Claim { field: "sha256", value });
                let claims = Claims { sha256, ..Claims::default() };
                let (uri, url) = (Some(format!("asset://{id}")), Some("https://made.example/a1".to_owned()));
                Ok(Submission::Ready(Asset { id: Some(id), uri, url, claims, ..Asset::default() }))
            }
            "failed" => Err(Error::ProcessingFailed { provider_code: json.text("reason").ok() }),
            _ => Err(Error::MalformedResponse { what: "state" }),
        }
    }

    fn status(&self, id: &str) -> Option<Request> {
        Some(Request::get(["/slow/", id].concat()))
    }
}

/// Storage signs the checksum, so it is needed before the ticket; the submit is ready at once.
#[derive(Debug)]
pub(crate) struct Signed;

impl Provider for Signed {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn route(&self, _: &InspectedFile) -> Route {
        Route::Put(&Signed)
    }

    fn submit(&self, _: &AcceptedFile, source: Source<'_>) -> Request {
        let Source::Stored(ticket) = source else { panic!("the bytes are in storage") };
        Request::post(["/signed/", &ticket.id].concat())
    }

    fn read_submit(&self, response: &Response) -> Result<Submission, Error> {
        Slow.read_submit(response)
    }

    fn status(&self, id: &str) -> Option<Request> {
        Slow.status(id)
    }
}

impl Presign for Signed {
    fn ticket(&self, _: &AcceptedFile) -> Request {
        Request::post("/signed".to_owned())
    }

    fn read_ticket(&self, response: &Response) -> Result<Ticket, Error> {
        response.success(|_| None)?;
        let headers = vec![("x-amz-checksum-sha256".to_owned(), "abc=".to_owned())];
        Ok(Ticket {
            url: "https://bucket.example/a1".to_owned(),
            id: "a1".to_owned(),
            headers,
            expires_at_millis: None,
        })
    }

    fn signs_checksum(&self) -> bool {
        true
    }
}
