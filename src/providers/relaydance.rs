//! RelayDance: one form POST with the field `file`; the response is `{ id, url }`.
//!
//! Source: the page "Core Concepts / Upload Files" of <https://relaydance.com>.

use super::{Asset, Auth, Endpoint, Profile, Provider, Route, Source, Submission};
use crate::file::InspectedFile;
use crate::http::Request;
use crate::json::{self, Json, Malformed};
use crate::media::{Format, Kind};
use crate::options::{OptionSpec, Options};
use crate::rules::{self, Limits, PerRequest, Rules, Violation};

/// The provider.
#[derive(Debug)]
pub struct RelayDance;

const FILES: Endpoint = Endpoint::post("/v1/files");

const RULES: Rules<'_> = Rules {
    // The page documents no format and no size.
    accepts: &[Limits::none(Format::ALL)],
    // "up to 9 reference images, 3 videos, 3 audio tracks"
    per_request: Some(PerRequest { images: 9, videos: 3, audio: 3 }),
};

static PROFILE: Profile = Profile {
    id: "relaydance",
    name: "RelayDance",
    home: "https://relaydance.com",
    origin: "https://relaydance.com",
    auth: Auth::Bearer,
    endpoints: &[FILES],
    rules: RULES,
    accepts_urls: false,
    // The page shows `reference_image`; a video task has other roles, such as a first frame.
    settings: &[OptionSpec { name: "role", required: false, values: &[] }],
    lifetime: None,
    notes: &["A public URL needs no upload: use it in the generation request as it is."],
    max_assets: None,
};

impl Provider for RelayDance {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn rules(&self, _: &Options) -> Rules<'_> {
        RULES
    }

    fn route(&self, _: &InspectedFile, _: &Options) -> Route {
        Route::Form
    }

    fn submit(&self, source: Source<'_>, _: &Options) -> Result<Request, Violation> {
        let Source::Body(file) = source else { return Err(rules::file_required()) };
        Ok(FILES.request().body(super::form(&[], "file", file)).retry_only_after(&[]))
    }

    fn read_submit(&self, json: Json<'_>) -> Result<Submission, Malformed> {
        Ok(Submission::ready(Asset { id: Some(json.id("id")?), url: Some(json.url("url")?), ..Asset::default() }))
    }

    /// `"metadata": { "content": [{ "type": "image_url", "image_url": { "url": … }, "role": "reference_image" }] }`
    fn request_fragment(&self, reference: &str, kind: Option<Kind>, options: &Options) -> String {
        if kind != Some(Kind::Image) {
            return json::string(reference);
        }
        let role = Some(options.get("role")).filter(|chosen| !chosen.is_empty()).unwrap_or("reference_image");
        let entry = json::object(&[
            ("type", json::string("image_url")),
            ("image_url", json::object(&[("url", json::string(reference))])),
            ("role", json::string(role)),
        ]);
        json::object(&[("metadata", json::object(&[("content", json::list(&[entry]))]))])
    }
}
