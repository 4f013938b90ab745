//! Apiframe: registers a URL, then polls until the provider has fetched it.
//!
//! Source: the page "Assets" of <https://apiframe.ai>.
//!
//! It accepts only URLs, so a file goes to our staging first.

use super::{Asset, AssetState, Auth, Endpoint, Profile, Provider, Route, Source, Submission};
use crate::file::InspectedFile;
use crate::http::{Body, Request};
use crate::json::{self, Json, Malformed};
use crate::media::{Format, Kind};
use crate::options::{OptionSpec, Options};
use crate::rules::{self, Limits, Rules, Violation};
use crate::storage::staging::Staging;
use crate::text;

/// The provider.
#[derive(Debug)]
pub struct Apiframe;

const CREATE: Endpoint = Endpoint::post("/v2/assets/create");
const STATUS: Endpoint = Endpoint::get("/v2/assets/{assetId}");

static STAGING: Staging = Staging { provider: PROFILE.id };

/// "Media type: "image", "video", or "audio"": the page names no format and no size.
const RULES: Rules<'_> = Rules::new(&[Limits::none(Format::ALL)]);

static PROFILE: Profile = Profile {
    id: "apiframe",
    name: "Apiframe",
    home: "https://apiframe.ai",
    origin: "https://api.apiframe.ai",
    auth: Auth::Header("X-API-Key"),
    endpoints: &[CREATE, STATUS],
    rules: RULES,
    accepts_urls: true,
    // For a URL whose extension does not show the kind.
    settings: &[OptionSpec { name: "type", required: false, values: &["image", "video", "audio"] }],
    lifetime: None,
    notes: &[],
    max_assets: None,
};

impl Provider for Apiframe {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn rules(&self, _: &Options) -> Rules<'_> {
        RULES
    }

    fn route(&self, _: &InspectedFile, _: &Options) -> Route {
        Route::Put(&STAGING)
    }

    /// A second request would create a second asset.
    fn submit(&self, source: Source<'_>, _: &Options) -> Result<Request, Violation> {
        let Source::Url(url, kind) = source else { return Err(rules::url_required()) };
        let kind = kind.ok_or_else(rules::unknown_kind)?;
        let body = json::object(&[("url", json::string(url)), ("type", json::string(kind.as_str()))]);
        Ok(CREATE.request().body(Body::Json(body)).retry_only_after(&[]))
    }

    fn read_submit(&self, json: Json<'_>) -> Result<Submission, Malformed> {
        let asset = Asset { id: Some(json.path_segment("assetId")?), ..Asset::default() };
        Ok(Submission { state: AssetState::Pending, asset })
    }

    fn status(&self, id: &str) -> Option<Request> {
        Some(STATUS.request_for(id))
    }

    fn read_status(&self, id: &str, json: Json<'_>) -> Result<Submission, Malformed> {
        let state = match json.text("status")?.as_str() {
            "Processing" => AssetState::Pending,
            "Active" => AssetState::Ready,
            "Failed" => AssetState::Failed(super::response::text_field(json, "errorMsg")),
            _ => return Err(Malformed("status")),
        };
        let asset = Asset {
            id: Some(id.to_owned()),
            uri: Some(text::concat(&["asset://", id])), // "Ready to use — reference as asset://{assetId}"
            url: json.url("url").ok(),
            ..Asset::default()
        };
        Ok(Submission { state, asset })
    }

    /// `"seedanceParams": { "reference_video_urls": ["asset://…"] }`
    fn request_fragment(&self, reference: &str, kind: Option<Kind>, _: &Options) -> String {
        let field = match kind {
            Some(Kind::Image) => "reference_image_urls",
            Some(Kind::Video) => "reference_video_urls",
            Some(Kind::Audio) => "reference_audio_urls",
            None => return json::string(reference),
        };
        json::object(&[("seedanceParams", json::object(&[(field, json::list(&[json::string(reference)]))]))])
    }
}
