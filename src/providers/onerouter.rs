//! OneRouter: a form POST, or JSON with an address, then ask until the asset is active. Page: "Upload Files".

use core::time::Duration;

use super::library::{Library, Listed};
use super::{Asset, Auth, Claim, Claims, Endpoint, Profile, Provider, Route, Source, Submission};
use crate::error::Error;
use crate::file::InspectedFile;
use crate::http::{Body, Method, Request, Response};
use crate::json::{self, Json, Malformed};
use crate::media::{Format, Kind};
use crate::options::{Options, Setting};
use crate::rules::{self, Limits, MB, Rules, Violation};
use crate::staging::Staging;
use crate::text;

/// The adapter.
#[derive(Debug)]
pub struct OneRouter;

const UPLOAD: &str = "/v1/upload/resources";
const LIST: &str = "/v1/list/resources";
const STATUS: &str = "/v1/status/resources/";
const DELETE: &str = "/v1/delete/resources/";

/// "For files larger than 50MB, we recommend using a URL input instead of uploading directly."
const URL_ADVISED_ABOVE: u64 = 50 * MB;
/// "Uploaded files are stored for 7 days and then automatically deleted."
const LIFETIME: Duration = Duration::from_hours(7 * 24);

static PROFILE: Profile = Profile {
    id: "onerouter",
    name: "OneRouter",
    home: "https://onerouter.pro",
    origin: "https://media.onerouter.pro",
    auth: Auth::Bearer,
    endpoints: &[
        Endpoint { method: Method::Post, path: UPLOAD },
        Endpoint { method: Method::Get, path: LIST },
        Endpoint { method: Method::Get, path: "/v1/status/resources/{id}" },
        Endpoint { method: Method::Delete, path: "/v1/delete/resources/{id}" },
    ],
    // The page's 24 names are all the formats there are here: "JPG" and "JPEG" are one, "OGG" and "Opus" are one.
    rules: Rules::new(&[Limits { advised_bytes: Some(URL_ADVISED_ABOVE), ..Limits::none(Format::ALL) }]),
    takes_addresses: true,
    settings: &[
        // "model: Required: True. Model id"
        Setting { name: "model", required: true, values: &[] },
        Setting { name: "route", required: false, values: &["auto", "form", "url"] },
    ],
    lifetime: Some(LIFETIME),
    max_assets: Some(1_000), // "A single account is permitted to upload up to 1,000 assets"
};

impl Provider for OneRouter {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    /// As the page advises, unless the user says otherwise.
    fn route(&self, file: &InspectedFile, options: &Options) -> Route {
        match options.get("route") {
            "form" => Route::Form,
            "url" => Route::Put(&Staging),
            _ if file.size() > URL_ADVISED_ABOVE => Route::Put(&Staging),
            _ => Route::Form,
        }
    }

    /// A second one would make a second asset.
    fn submit(&self, source: Source<'_>, options: &Options) -> Result<Request, Violation> {
        let model = options.get("model");
        let body = match source {
            Source::Stored(..) => return Err(rules::addresses_only()),
            Source::Body(file) => super::form(&[("model", model)], "file", file),
            Source::Url(url, _) => {
                Body::Json(json::object(&[("model", json::string(model)), ("file", json::string(url))]))
            }
        };
        Ok(Request::post(UPLOAD.to_owned()).body(body).repeat_only_after(&[]))
    }

    fn read_submit(&self, response: &Response) -> Result<Submission, Error> {
        let json = read(response)?;
        let data = json.field("data")?;
        let asset = asset(data, json)?;
        match data.text("status")?.as_str() {
            "processing" => Ok(Submission::Pending { id: asset.id.unwrap_or_default(), claims: asset.claims }),
            "active" if asset.uri.is_none() => Err(Malformed("upstream_asset_uri").into()),
            "active" => Ok(Submission::Ready(asset)),
            "failed" => {
                Ok(Submission::Failed { provider_code: super::words(data, "failure_code"), claims: asset.claims })
            }
            _ => Err(Error::MalformedResponse { what: "status" }),
        }
    }

    fn status(&self, id: &str) -> Option<Request> {
        Some(Request::get(text::concat(&[STATUS, id])))
    }

    /// `"image_urls": ["{upstream_asset_uri}"]`
    fn request_fragment(&self, reference: &str, kind: Option<Kind>, _: &Options) -> String {
        let reference = json::string(reference);
        match kind {
            Some(Kind::Image) => json::object(&[("image_urls", json::list(&[reference]))]),
            _ => reference,
        }
    }

    #[cfg(not(without = "library"))]
    fn library(&self) -> Option<&'static dyn Library> {
        Some(&Self)
    }
}

impl Library for OneRouter {
    /// "Number of items per page, maximum 100"
    fn max_page_size(&self) -> u32 {
        100
    }

    fn list(&self, page: u32, page_size: u32) -> Request {
        // std writes out each width of numbers on its own; this one is there already.
        let (page, page_size) = (u64::from(page), u64::from(page_size));
        Request::get(text::concat(&[LIST, "?page=", &page.to_string(), "&page_size=", &page_size.to_string()]))
    }

    fn read_list<'r>(&self, response: &'r Response) -> Result<(Vec<Json<'r>>, u64), Error> {
        let data = read(response)?.field("data")?;
        Ok((data.items("items")?, data.u64("total")?))
    }

    fn read_item(&self, item: Json<'_>) -> Result<Listed, Error> {
        let asset = asset(item, item)?;
        Ok(Listed { asset, status: item.text("status")? })
    }

    fn delete(&self, id: &str) -> Request {
        Request::delete(text::concat(&[DELETE, id]))
    }

    fn read_delete(&self, response: &Response) -> Result<(), Error> {
        if read(response)?.field("data")?.bool("deleted")? {
            Ok(())
        } else {
            Err(super::failure(response, response.status, &PROFILE))
        }
    }
}

/// One that is not active may have no reference yet.
fn asset(data: Json<'_>, raw: Json<'_>) -> Result<Asset, Malformed> {
    let created = data.time("created_at");
    Ok(Asset {
        id: Some(data.u64("id")?.to_string()),
        uri: data.text("upstream_asset_uri").ok().filter(|uri| uri.starts_with("asset://")),
        url: data.url("gcs_url").ok(),
        expires_at_millis: created.map(|millis| millis + LIFETIME.as_secs() * 1000),
        claims: Claims {
            sha256: Claim::text(data, "sha256_hash"),
            size: Claim::number(data, "file_size_bytes"),
            content_type: Claim::text(data, "content_type"),
        },
        raw: raw.as_str().to_owned(),
        handle: None,
    })
}

/// The answer's JSON, after both its status and its `code` say yes.
fn read(response: &Response) -> Result<Json<'_>, Error> {
    let json = super::read(response, &PROFILE)?;
    match json.u64("code")? {
        200 => Ok(json),
        // The page shows `code` only as the HTTP status once more, so another means what it would mean there.
        code => {
            #[expect(clippy::cast_possible_truncation, reason = "less than 600")]
            let status = if (400..600).contains(&code) { code as u16 } else { response.status };
            Err(super::failure(response, status, &PROFILE))
        }
    }
}
