//! A made-up provider: a ticket whose checksum is signed, a PUT, a commit, then a status request. Page: "Uploads".
//!
//! Everything about it is in this file. A real provider needs one more line, in the registry; tests register this one.

use core::time::Duration;

use mediaferry::digest::Checksum;
use mediaferry::error::Error;
use mediaferry::file::{AcceptedFile, InspectedFile};
use mediaferry::http::{Body, Request, Response};
use mediaferry::json::{self, Json, Malformed};
use mediaferry::media::{Format, Kind};
use mediaferry::options::{OptionSpec, Options};
use mediaferry::providers::{
    Asset, AssetState, AssetsApi, Auth, Endpoint, Profile, Provider, Reported, ReportedMetadata, Route, Source,
    Submission,
};
use mediaferry::rules::{self, Limits, MB, Rules, Violation};
use mediaferry::storage::{Presign, PutTicket, Ticket};
use mediaferry::time;

/// The adapter.
#[derive(Debug)]
pub struct ExampleProvider;

const CREATE: Endpoint = Endpoint::post("/v3/uploads");
const COMMIT: Endpoint = Endpoint::post("/v3/uploads/{upload_id}/commit");
const STATE: Endpoint = Endpoint::get("/v3/uploads/{upload_id}");
const LIST: Endpoint = Endpoint::get("/v3/uploads");
const DELETE: Endpoint = Endpoint::delete("/v3/uploads/{upload_id}");

static PROFILE: Profile = Profile {
    id: "example",
    name: "ExampleProvider",
    home: "https://provider.example",
    origin: "https://api.provider.example",
    auth: Auth::Header("X-Example-Key"),
    endpoints: &[CREATE, COMMIT, STATE, LIST, DELETE],
    rules: Rules::new(&[Limits { max_bytes: Some(3 * MB), ..Limits::none(&[Format::Flac, Format::Jpeg]) }]),
    accepts_urls: false,
    settings: &[
        OptionSpec { name: "folder", required: true, values: &[] },
        OptionSpec { name: "retention", required: false, values: &["day", "week"] },
    ],
    lifetime: Some(Duration::from_hours(24)),
    notes: &[],
    max_assets: None,
};

static ONE_WEEK: Rules<'_> =
    Rules::new(&[Limits { max_bytes: Some(MB), ..Limits::none(&[Format::Flac, Format::Jpeg]) }]);

impl Provider for ExampleProvider {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    /// "Files that are kept for a week may have up to 1 MB."
    fn rules(&self, options: &Options) -> Rules<'_> {
        if options.get("retention") == "week" { ONE_WEEK } else { PROFILE.rules }
    }

    fn route(&self, _: &InspectedFile, _: &Options) -> Route {
        Route::Put(&ExampleProvider)
    }

    /// "503: nothing was done."
    fn submit(&self, source: Source<'_>, options: &Options) -> Result<Request, Violation> {
        let Source::Stored(_, stored, _) = source else { return Err(rules::file_required()) };
        let retention = Some(options.get("retention")).filter(|retention| !retention.is_empty()).unwrap_or("day");
        let body =
            json::object(&[("folder", json::string(options.get("folder"))), ("retention", json::string(retention))]);
        Ok(COMMIT.request_for(&stored.id).body(Body::Json(body)).retry_only_after(&[503]))
    }

    fn read_submit(&self, response: Json<'_>) -> Result<Submission, Malformed> {
        let state = match response.text("state")?.as_str() {
            "processing" => AssetState::Pending,
            "ready" => AssetState::Ready,
            "failed" => {
                AssetState::Failed(response.text("reason").ok().map(|reason| reason.chars().take(200).collect()))
            }
            _ => return Err(Malformed("state")),
        };
        Ok(Submission { state, asset: asset(response)? })
    }

    fn status(&self, id: &str) -> Option<Request> {
        Some(STATE.request_for(id))
    }

    /// `"references": [{ "upload_id": "asset://…" }]`
    fn request_fragment(&self, reference: &str, kind: Option<Kind>, _: &Options) -> String {
        match kind {
            Some(Kind::Audio) => {
                json::object(&[("references", json::list(&[json::object(&[("upload_id", json::string(reference))])]))])
            }
            _ => json::string(reference),
        }
    }

    fn assets_api(&self) -> Option<&'static AssetsApi> {
        Some(&ASSETS_API)
    }
}

impl Presign for ExampleProvider {
    fn ticket_request(&self, file: &AcceptedFile, checksum: Option<&Checksum>) -> Request {
        let mut fields = vec![("mime", json::string(file.mime())), ("bytes", file.size().to_string())];
        fields.extend(checksum.map(|checksum| ("sha256", json::string(&checksum.hex()))));
        CREATE.request().body(Body::Json(json::object(&fields)))
    }

    fn decode_ticket<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error> {
        self.decode(response)
    }

    fn read_ticket(&self, json: Json<'_>) -> Result<Ticket, Malformed> {
        Ok(Ticket::Put(PutTicket {
            url: json.url("put_url")?,
            headers: vec![("x-amz-checksum-sha256".to_owned(), json.text("checksum")?)],
            expires_at_millis: json.text("until").ok().and_then(|text| time::parse_rfc3339(&text)),
            id: json.path_segment("upload_id")?,
            ..PutTicket::default()
        }))
    }

    fn signs_checksum(&self) -> bool {
        true
    }
}

static ASSETS_API: AssetsApi = AssetsApi {
    provider: &ExampleProvider,
    max_page_size: 10,
    list: LIST,
    query: |page, page_size| [("from", (page - 1) * page_size), ("most", page_size)],
    items: "uploads",
    total: "all",
    status: "state",
    read: asset,
    delete: DELETE,
    deleted: "deleted",
};

fn asset(response: Json<'_>) -> Result<Asset, Malformed> {
    let id = response.path_segment("upload_id")?;
    let sha256 = response.text("sha256").ok().map(|value| Reported { field: "sha256", value });
    Ok(Asset {
        uri: Some(["asset://", &id].concat()),
        id: Some(id),
        reported: ReportedMetadata { sha256, ..ReportedMetadata::default() },
        ..Asset::default()
    })
}
