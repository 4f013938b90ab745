//! WorldRouter: one form POST with the field `image`; the response has a presigned URL.
//!
//! Source: the page "Upload reference images" of <https://worldrouter.ai>.

use core::time::Duration;

use super::{Asset, Auth, Endpoint, Profile, Provider, Reported, ReportedMetadata, Route, Source, Submission};
use crate::file::InspectedFile;
use crate::http::Request;
use crate::json::{Json, Malformed};
use crate::media::Format;
use crate::options::{OptionSpec, Options};
use crate::rules::{self, Limits, MB, MIB, Rules, Violation};

/// The provider.
#[derive(Debug)]
pub struct WorldRouter;

const UPLOADS: Endpoint = Endpoint::post("/v1/images/uploads");

/// "Accepted types: PNG, JPEG, WebP, GIF."
const IMAGES: Limits = Limits::none(&[Format::Png, Format::Jpeg, Format::Webp, Format::Gif]);

/// "Maximum size: 10 MiB"
const API: Rules<'_> = Rules::new(&[Limits { max_bytes: Some(10 * MIB), ..IMAGES }]);
/// "(the dashboard Playground uploader caps at 4 MB)"
const DASHBOARD: Rules<'_> = Rules::new(&[Limits { max_bytes: Some(4 * MB), ..IMAGES }]);

static PROFILE: Profile = Profile {
    id: "worldrouter",
    name: "WorldRouter",
    home: "https://worldrouter.ai",
    origin: "https://inference-api-pre-d80ca3.worldrouter.ai",
    auth: Auth::Bearer,
    endpoints: &[UPLOADS],
    rules: API,
    accepts_urls: false,
    settings: &[OptionSpec { name: "limit", required: false, values: &["api", "dashboard"] }],
    // "uploaded objects are deleted on the same schedule": after 7 days
    lifetime: Some(Duration::from_hours(7 * 24)),
    notes: &[
        "The URL is for first and last frames. A Seedance reference image needs an asset:// URI from the asset-group routes: register the URL there.",
    ],
    max_assets: None,
};

impl Provider for WorldRouter {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn rules(&self, options: &Options) -> Rules<'_> {
        if options.get("limit") == "dashboard" { DASHBOARD } else { API }
    }

    fn route(&self, _: &InspectedFile, _: &Options) -> Route {
        Route::Form
    }

    /// "503 storage unavailable: Retry shortly; nothing was stored."
    fn submit(&self, source: Source<'_>, _: &Options) -> Result<Request, Violation> {
        let Source::Body(file) = source else { return Err(rules::file_required()) };
        Ok(UPLOADS.request().body(super::form(&[], "image", file)).retry_only_after(&[503]))
    }

    fn read_submit(&self, json: Json<'_>) -> Result<Submission, Malformed> {
        Ok(Submission::ready(Asset {
            id: Some(json.id("id")?),
            url: Some(json.url("url")?),
            expires_at_millis: json.time("expires_at"),
            reported: ReportedMetadata {
                size: Reported::number(json, "size_bytes"),
                content_type: Reported::text(json, "content_type"),
                sha256: None,
            },
            ..Asset::default()
        }))
    }
}
