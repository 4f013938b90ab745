//! RelayDance: one form POST with the field `file` answers `{ id, url }`. Page: "Core Concepts / Upload Files".

use super::{Asset, Auth, Endpoint, Profile, Provider, Route, Source, Submission};
use crate::error::Error;
use crate::file::{AcceptedFile, InspectedFile};
use crate::http::{Body, Field, Method, Request, Response};
use crate::json::Json;
use crate::media::Format;
use crate::rules::{Limits, Rules};

/// The adapter.
#[derive(Debug)]
pub struct RelayDance;

const FILES: &str = "/v1/files";

static PROFILE: Profile = Profile {
    id: "relaydance",
    name: "RelayDance",
    home: "https://relaydance.com",
    origin: "https://relaydance.com",
    auth: Auth::Bearer,
    endpoints: &[Endpoint { method: Method::Post, path: FILES }],
    // The page names no type and no size: "up to 9 reference images, 3 videos, 3 audio tracks" limits a request, not a file.
    rules: Rules { accepts: &[Limits::none(Format::ALL)] },
    lifetime: None,
};

impl Provider for RelayDance {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn route(&self, _: &InspectedFile) -> Route {
        Route::Form
    }

    fn submit(&self, file: &AcceptedFile, _: Source<'_>) -> Request {
        let field = Field::File { name: "file", file_name: file.name(), mime: file.mime() };
        Request::post(FILES.to_owned()).body(Body::Form(vec![field])).repeat_only_after(&[])
    }

    fn read_submit(&self, response: &Response) -> Result<Submission, Error> {
        let json = Json::read(response.success(super::refusal_words)?)?;
        Ok(Submission::Ready(Asset {
            id: Some(json.text("id")?),
            url: Some(json.url("url")?),
            raw: json.as_str().to_owned(),
            ..Asset::default()
        }))
    }
}
