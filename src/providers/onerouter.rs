//! OneRouter: a form POST, or JSON with a URL, then polling until the asset is active.
//!
//! Source: the page "Upload Files" of <https://onerouter.pro>.

use core::time::Duration;

use super::assets_api::AssetsApi;
use super::{
    Asset, AssetState, Auth, Endpoint, Profile, Provider, Reported, ReportedMetadata, Route, Source, Submission,
};
use crate::error::Error;
use crate::file::InspectedFile;
use crate::http::{Body, Request, Response};
use crate::json::{self, Json, Malformed};
use crate::media::{Format, Kind};
use crate::options::{OptionSpec, Options};
use crate::rules::{self, Limits, MB, Rules, Violation};
use crate::storage::staging::Staging;
use crate::url::is_plain;

/// The provider.
#[derive(Debug)]
pub struct OneRouter;

const UPLOAD: Endpoint = Endpoint::post("/v1/upload/resources");
const LIST: Endpoint = Endpoint::get("/v1/list/resources");
const STATUS: Endpoint = Endpoint::get("/v1/status/resources/{id}");
const DELETE: Endpoint = Endpoint::delete("/v1/delete/resources/{id}");

/// "For files larger than 50MB, we recommend using a URL input instead of uploading directly."
const URL_RECOMMENDED_ABOVE: u64 = 50 * MB;
/// "Uploaded files are stored for 7 days and then automatically deleted."
const LIFETIME: Duration = Duration::from_hours(7 * 24);

static STAGING: Staging = Staging { provider: PROFILE.id };

/// The page's 24 names are all the formats supported here: "JPG" and "JPEG" are one, "OGG" and "Opus" are one.
const RULES: Rules<'_> =
    Rules::new(&[Limits { recommended_max_bytes: Some(URL_RECOMMENDED_ABOVE), ..Limits::none(Format::ALL) }]);

static PROFILE: Profile = Profile {
    id: "onerouter",
    name: "OneRouter",
    home: "https://onerouter.pro",
    origin: "https://media.onerouter.pro",
    auth: Auth::Bearer,
    endpoints: &[UPLOAD, LIST, STATUS, DELETE],
    rules: RULES,
    accepts_urls: true,
    settings: &[
        // "model: Required: True. Model id"
        OptionSpec { name: "model", required: true, values: &[] },
        OptionSpec { name: "route", required: false, values: &["auto", "form", "url"] },
    ],
    lifetime: Some(LIFETIME),
    notes: &["Footage of real people must be authorized and pass a consistency check before a model can use it."],
    max_assets: Some(1_000), // "A single account is permitted to upload up to 1,000 assets"
};

impl Provider for OneRouter {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn rules(&self, _: &Options) -> Rules<'_> {
        RULES
    }

    /// Follows the page's recommendation, unless an option overrides it.
    fn route(&self, file: &InspectedFile, options: &Options) -> Route {
        match options.get("route") {
            "form" => Route::Form,
            "url" => Route::Put(&STAGING),
            _ if file.size() > URL_RECOMMENDED_ABOVE => Route::Put(&STAGING),
            _ => Route::Form,
        }
    }

    /// A second request would create a second asset.
    fn submit(&self, source: Source<'_>, options: &Options) -> Result<Request, Violation> {
        let model = options.get("model");
        let body = match source {
            Source::Stored(..) => return Err(rules::url_required()),
            Source::Body(file) => super::form(&[("model", model)], "file", file),
            Source::Url(url, _) => {
                Body::Json(json::object(&[("model", json::string(model)), ("file", json::string(url))]))
            }
        };
        Ok(UPLOAD.request().body(body).retry_only_after(&[]))
    }

    /// A successful response also has a `code` of 200, and its content in `data`.
    fn decode<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error> {
        let json = super::response::read(response)?;
        match json.u64("code")? {
            200 => Ok(json.field("data")?),
            // In the page's examples, `code` equals the HTTP status, so another code means what that status means.
            code => {
                #[expect(clippy::cast_possible_truncation, reason = "less than 600")]
                let status = if (400..600).contains(&code) { code as u16 } else { response.status };
                Err(super::response::failure(response, status))
            }
        }
    }

    fn read_submit(&self, json: Json<'_>) -> Result<Submission, Malformed> {
        let asset = asset(json)?;
        let state = match json.text("status")?.as_str() {
            "processing" => AssetState::Pending,
            "active" if asset.uri.is_none() => return Err(Malformed("upstream_asset_uri")),
            "active" => AssetState::Ready,
            "failed" => AssetState::Failed(super::response::text_field(json, "failure_code")),
            _ => return Err(Malformed("status")),
        };
        Ok(Submission { state, asset })
    }

    fn status(&self, id: &str) -> Option<Request> {
        Some(STATUS.request_for(id))
    }

    /// `"image_urls": ["{upstream_asset_uri}"]`
    fn request_fragment(&self, reference: &str, kind: Option<Kind>, _: &Options) -> String {
        let reference = json::string(reference);
        match kind {
            Some(Kind::Image) => json::object(&[("image_urls", json::list(&[reference]))]),
            _ => reference,
        }
    }

    fn assets_api(&self) -> Option<&'static AssetsApi> {
        Some(&ASSETS_API)
    }
}

static ASSETS_API: AssetsApi = AssetsApi {
    provider: &OneRouter,
    max_page_size: 100, // "Number of items per page, maximum 100"
    list: LIST,
    query: |page, page_size| [("page", page), ("page_size", page_size)],
    items: "items",
    total: "total",
    status: "status",
    read: asset,
    delete: DELETE,
    deleted: "deleted",
};

/// An asset that is not active may not have a reference yet.
fn asset(data: Json<'_>) -> Result<Asset, Malformed> {
    let created = data.time("created_at");
    Ok(Asset {
        id: Some(data.path_segment("id")?),
        uri: data.text("upstream_asset_uri").ok().filter(|uri| uri.starts_with("asset://") && is_plain(uri)),
        url: data.url("gcs_url").ok(),
        expires_at_millis: created.map(|millis| millis + LIFETIME.as_secs() * 1000),
        reported: ReportedMetadata {
            sha256: Reported::text(data, "sha256_hash"),
            size: Reported::number(data, "file_size_bytes"),
            content_type: Reported::text(data, "content_type"),
        },
        handle: None,
        kind: data.text("asset_type").ok().and_then(|kind| Kind::of(&kind)),
    })
}
