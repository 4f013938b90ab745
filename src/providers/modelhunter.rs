//! ModelHunter: ask for a signed URL, PUT the bytes to it, confirm. Page: "File Uploads".

use super::{Asset, Auth, Claim, Claims, Endpoint, Presign, Profile, Provider, Route, Source, Submission, Ticket};
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::{AcceptedFile, InspectedFile};
use crate::http::{Body, Method, Request, Response};
use crate::json::{self, Json};
use crate::media::{Format, Kind, Size};
use crate::options::Options;
use crate::rules::{self, Limits, MB, Rules, Violation};
use crate::text;

/// The adapter.
#[derive(Debug)]
pub struct ModelHunter;

const UPLOAD_URL: &str = "/api/v1/files/upload-url";

static PROFILE: Profile = Profile {
    id: "modelhunter",
    name: "ModelHunter",
    home: "https://modelhunter.ai",
    origin: "https://api.modelhunter.ai",
    auth: Auth::Bearer,
    endpoints: &[
        Endpoint { method: Method::Post, path: UPLOAD_URL },
        Endpoint { method: Method::Post, path: "/api/v1/files/{file_id}/complete" },
    ],
    rules: Rules::new(&[
        Limits {
            max_bytes: Some(50 * MB),                                   // "Max file size: 50 MB"
            min_size: Some(Size { width: 128, height: 128 }),           // "Min resolution: 128 x 128"
            max_aspect_ratio: Some(4),                                  // "Max aspect ratio: 4:1 or 1:4"
            ..Limits::none(&[Format::Png, Format::Jpeg, Format::Webp])  // "PNG, JPEG, JPG, WebP"
        },
        Limits {
            max_bytes: Some(500 * MB),        // "Max file size: 500 MB"
            duration_seconds: Some((1, 600)), // "Duration: 1 — 600 seconds"
            ..Limits::none(&[Format::Mp4])    // "MP4"
        },
    ]),
    takes_addresses: false,
    settings: &[],
    lifetime: None,
    max_assets: None,
};

impl Provider for ModelHunter {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn route(&self, _: &InspectedFile, _: &Options) -> Route {
        Route::Put(&ModelHunter)
    }

    /// Confirming twice confirms the same file, so this may be repeated.
    fn submit(&self, source: Source<'_>, _: &Options) -> Result<Request, Violation> {
        let Source::Stored(_, ticket, _) = source else { return Err(rules::files_only()) };
        Ok(Request::post(text::concat(&["/api/v1/files/", &ticket.id, "/complete"])))
    }

    fn read_submit(&self, response: &Response) -> Result<Submission, Error> {
        let json = read(response)?;
        let data = json.field("data")?;
        Ok(Submission::Ready(Asset {
            id: Some(data.text("id")?),
            url: Some(data.url("url")?),
            claims: Claims {
                size: Claim::number(data, "size_bytes"),
                content_type: Claim::text(data, "content_type"),
                sha256: None,
            },
            raw: json.as_str().to_owned(),
            ..Asset::default()
        }))
    }

    /// `"input": { "image_url": "…" }`; the page's tip names `video_url` as well.
    fn request_fragment(&self, reference: &str, kind: Option<Kind>, _: &Options) -> String {
        let field = match kind {
            Some(Kind::Image) => "image_url",
            Some(Kind::Video) => "video_url",
            Some(Kind::Audio) | None => return json::string(reference),
        };
        json::object(&[("input", json::object(&[(field, json::string(reference))]))])
    }
}

impl Presign for ModelHunter {
    fn ticket(&self, file: &AcceptedFile, _: Option<&Checksum>) -> Request {
        let body = json::object(&[
            ("filename", json::string(&file.name())),
            ("contentType", json::string(file.mime())),
            ("sizeBytes", file.size().to_string()),
        ]);
        Request::post(UPLOAD_URL.to_owned()).body(Body::Json(body))
    }

    fn read_ticket(&self, response: &Response) -> Result<Ticket, Error> {
        let data = read(response)?.field("data")?;
        Ok(Ticket {
            url: data.url("upload_url")?,
            id: data.path_segment("file_id")?,
            headers: Vec::new(),
            expires_at_millis: data.time("expires_at"),
            fetch_url: None,
            form: None,
            answer: String::new(),
        })
    }
}

/// The answer's JSON, after both its status and its `success` say yes.
fn read(response: &Response) -> Result<Json<'_>, Error> {
    let json = super::read(response, &PROFILE)?;
    if json.bool("success")? {
        return Ok(json);
    }
    Err(super::failure(response, response.status, &PROFILE))
}
