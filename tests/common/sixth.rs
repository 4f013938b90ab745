//! Harbour: a ticket whose checksum is signed, a PUT, a seal, then ask until it is moored. Page: "Moorings", made up.
//!
//! A provider in one file: nothing outside of it knows of it but the registry, which for a test is the test.

use core::time::Duration;

use mediaferry::digest::Checksum;
use mediaferry::error::Error;
use mediaferry::file::{AcceptedFile, InspectedFile};
use mediaferry::http::{Body, Request, Response};
use mediaferry::json::{self, Json, Malformed};
use mediaferry::media::{Format, Kind};
use mediaferry::options::{Options, Setting};
use mediaferry::providers::{
    Asset, AssetState, Auth, Claim, Claims, Endpoint, Library, Presign, Profile, Provider, Route, Source, Submission,
    Ticket,
};
use mediaferry::rules::{self, Limits, MB, Rules, Violation};
use mediaferry::time;

/// The adapter.
#[derive(Debug)]
pub(crate) struct Harbour;

const BERTH: Endpoint = Endpoint::post("/v3/berths");
const SEAL: Endpoint = Endpoint::post("/v3/berths/{berth}/seal");
const STATE: Endpoint = Endpoint::get("/v3/berths/{berth}");
const LIST: Endpoint = Endpoint::get("/v3/berths");
const LEAVE: Endpoint = Endpoint::delete("/v3/berths/{berth}");

static PROFILE: Profile = Profile {
    id: "harbour",
    name: "Harbour",
    home: "https://harbour.example",
    origin: "https://api.harbour.example",
    auth: Auth::Header("X-Harbour-Pass"),
    endpoints: &[BERTH, SEAL, STATE, LIST, LEAVE],
    rules: Rules::new(&[Limits { max_bytes: Some(3 * MB), ..Limits::none(&[Format::Flac, Format::Jpeg]) }]),
    takes_addresses: false,
    settings: &[
        Setting { name: "quay", required: true, values: &[] },
        Setting { name: "stay", required: false, values: &["night", "week"] },
    ],
    lifetime: Some(Duration::from_hours(24)),
    notes: &[],
    max_assets: None,
};

static A_WEEK: Rules = Rules::new(&[Limits { max_bytes: Some(MB), ..Limits::none(&[Format::Flac, Format::Jpeg]) }]);

impl Provider for Harbour {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    /// "Who stays for a week brings no more than 1 MB."
    fn rules(&self, options: &Options) -> &'static Rules {
        if options.get("stay") == "week" { &A_WEEK } else { &PROFILE.rules }
    }

    fn route(&self, _: &InspectedFile, _: &Options) -> Route {
        Route::Put(&Harbour)
    }

    /// "503: the lock is shut, and nothing was done."
    fn submit(&self, source: Source<'_>, options: &Options) -> Result<Request, Violation> {
        let Source::Stored(_, ticket, _) = source else { return Err(rules::files_only()) };
        let stay = Some(options.get("stay")).filter(|stay| !stay.is_empty()).unwrap_or("night");
        let body = json::object(&[("quay", json::string(options.get("quay"))), ("stay", json::string(stay))]);
        Ok(SEAL.request_for(&ticket.id).body(Body::Json(body)).repeat_only_after(&[503]))
    }

    fn read_submit(&self, answer: Json<'_>) -> Result<Submission, Malformed> {
        let state = match answer.text("state")?.as_str() {
            "sealing" => AssetState::Pending,
            "moored" => AssetState::Ready,
            "sunk" => AssetState::Failed(answer.text("why").ok().map(|why| why.chars().take(200).collect())),
            _ => return Err(Malformed("state")),
        };
        Ok(Submission { state, asset: asset(answer)? })
    }

    fn status(&self, id: &str) -> Option<Request> {
        Some(STATE.request_for(id))
    }

    /// `"cargo": [{ "berth": "asset://…" }]`
    fn request_fragment(&self, reference: &str, kind: Option<Kind>, _: &Options) -> String {
        match kind {
            Some(Kind::Audio) => {
                json::object(&[("cargo", json::list(&[json::object(&[("berth", json::string(reference))])]))])
            }
            _ => json::string(reference),
        }
    }

    fn library(&self) -> Option<&'static Library> {
        Some(&LIBRARY)
    }
}

impl Presign for Harbour {
    fn ticket(&self, file: &AcceptedFile, checksum: Option<&Checksum>) -> Request {
        let mut fields = vec![("mime", json::string(file.mime())), ("bytes", file.size().to_string())];
        fields.extend(checksum.map(|checksum| ("sha256", json::string(&checksum.hex()))));
        BERTH.request().body(Body::Json(json::object(&fields)))
    }

    fn read_ticket(&self, response: &Response) -> Result<Ticket, Error> {
        let json = self.answer(response)?;
        Ok(Ticket {
            url: json.url("crane")?,
            id: json.path_segment("berth")?,
            headers: vec![("x-amz-checksum-sha256".to_owned(), json.text("seal")?)],
            expires_at_millis: json.text("until").ok().and_then(|text| time::parse_rfc3339(&text)),
            ..Ticket::default()
        })
    }

    fn signs_checksum(&self) -> bool {
        true
    }
}

static LIBRARY: Library = Library {
    provider: &Harbour,
    max_page_size: 10,
    list: LIST,
    query: |page, page_size| [("from", (page - 1) * page_size), ("most", page_size)],
    items: "berths",
    total: "all",
    status: "state",
    read: asset,
    delete: LEAVE,
    deleted: "left",
};

fn asset(answer: Json<'_>) -> Result<Asset, Malformed> {
    let id = answer.path_segment("berth")?;
    let sha256 = answer.text("sha256").ok().map(|value| Claim { field: "sha256", value });
    Ok(Asset {
        uri: Some(["asset://", &id].concat()),
        id: Some(id),
        claims: Claims { sha256, ..Claims::default() },
        ..Asset::default()
    })
}
