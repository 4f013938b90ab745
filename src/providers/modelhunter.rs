//! ModelHunter: request a signed URL, PUT the file to it, confirm.
//!
//! Source: the page "File Uploads" of <https://modelhunter.ai>.

use super::{Asset, Auth, Endpoint, Profile, Provider, Reported, ReportedMetadata, Route, Source, Submission};
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::{AcceptedFile, InspectedFile};
use crate::http::{Body, Request, Response};
use crate::json::{self, Json, Malformed};
use crate::media::{Format, Kind, Size};
use crate::options::Options;
use crate::rules::{self, Limits, MB, Rules, Violation};
use crate::storage::{Presign, PutTicket, Ticket};

/// The provider.
#[derive(Debug)]
pub struct ModelHunter;

const UPLOAD_URL: Endpoint = Endpoint::post("/api/v1/files/upload-url");
const COMPLETE: Endpoint = Endpoint::post("/api/v1/files/{file_id}/complete");

const RULES: Rules<'_> = Rules::new(&[
    Limits {
        max_bytes: Some(50 * MB),                                   // "Max file size: 50 MB"
        min_size: Some(Size { width: 128, height: 128 }),           // "Min resolution: 128 x 128"
        max_aspect_ratio: Some(4.0),                                // "Max aspect ratio: 4:1 or 1:4"
        ..Limits::none(&[Format::Png, Format::Jpeg, Format::Webp])  // "PNG, JPEG, JPG, WebP"
    },
    Limits {
        max_bytes: Some(500 * MB),            // "Max file size: 500 MB"
        duration_seconds: Some((1.0, 600.0)), // "Duration: 1 — 600 seconds"
        ..Limits::none(&[Format::Mp4])        // "MP4"
    },
]);

static PROFILE: Profile = Profile {
    id: "modelhunter",
    name: "ModelHunter",
    home: "https://modelhunter.ai",
    origin: "https://api.modelhunter.ai",
    auth: Auth::Bearer,
    endpoints: &[UPLOAD_URL, COMPLETE],
    rules: RULES,
    accepts_urls: false,
    settings: &[],
    lifetime: None,
    notes: &["A public URL needs no upload: use it in the generation request as it is."],
    max_assets: None,
};

impl Provider for ModelHunter {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn rules(&self, _: &Options) -> Rules<'_> {
        RULES
    }

    fn route(&self, _: &InspectedFile, _: &Options) -> Route {
        Route::Put(&ModelHunter)
    }

    /// Confirming twice confirms the same file, so this may be repeated.
    fn submit(&self, source: Source<'_>, _: &Options) -> Result<Request, Violation> {
        let Source::Stored(_, stored, _) = source else { return Err(rules::file_required()) };
        Ok(COMPLETE.request_for(&stored.id))
    }

    /// A successful response also has `success: true`, and its content in `data`.
    fn decode<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error> {
        let json = super::response::read(response)?;
        if json.bool("success")? {
            return Ok(json.field("data")?);
        }
        Err(super::response::failure(response, response.status))
    }

    fn read_submit(&self, json: Json<'_>) -> Result<Submission, Malformed> {
        Ok(Submission::ready(Asset {
            id: Some(json.id("id")?),
            url: Some(json.url("url")?),
            reported: ReportedMetadata {
                size: Reported::number(json, "size_bytes"),
                content_type: Reported::text(json, "content_type"),
                sha256: None,
            },
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
    fn ticket_request(&self, file: &AcceptedFile, _: Option<&Checksum>) -> Request {
        let body = json::object(&[
            ("filename", json::string(&file.name())),
            ("contentType", json::string(file.mime())),
            ("sizeBytes", file.size().to_string()),
        ]);
        UPLOAD_URL.request().body(Body::Json(body))
    }

    fn decode_ticket<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error> {
        self.decode(response)
    }

    fn read_ticket(&self, json: Json<'_>) -> Result<Ticket, Malformed> {
        Ok(Ticket::Put(PutTicket {
            url: json.url("upload_url")?,
            expires_at_millis: json.time("expires_at"),
            id: json.path_segment("file_id")?,
            ..PutTicket::default()
        }))
    }
}
