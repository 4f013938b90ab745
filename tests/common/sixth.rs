//! Harbour: a ticket whose checksum is signed, a PUT, a seal, then ask until it is moored. Page: "Moorings", made up.
//!
//! A provider in one file: nothing outside of it knows of it but the registry, which for a test is the test.

use core::time::Duration;

use mediaferry::digest::Checksum;
use mediaferry::error::Error;
use mediaferry::file::{AcceptedFile, InspectedFile};
use mediaferry::http::{Body, Method, Request, Response};
use mediaferry::json::{self, Json};
use mediaferry::media::{Format, Kind};
use mediaferry::options::{Options, Setting};
use mediaferry::providers::library::{Library, Listed};
use mediaferry::providers::{
    Asset, Auth, Claim, Claims, Endpoint, Presign, Profile, Provider, Route, Source, Submission, Ticket,
};
use mediaferry::rules::{self, Limits, MB, Rules, Violation};
use mediaferry::time;

/// The adapter.
#[derive(Debug)]
pub(crate) struct Harbour;

const BERTHS: &str = "/v3/berths";

static PROFILE: Profile = Profile {
    id: "harbour",
    name: "Harbour",
    home: "https://harbour.example",
    origin: "https://api.harbour.example",
    auth: Auth::Header("X-Harbour-Pass"),
    endpoints: &[
        Endpoint { method: Method::Post, path: BERTHS },
        Endpoint { method: Method::Get, path: BERTHS },
        Endpoint { method: Method::Post, path: "/v3/berths/{berth}/seal" },
        Endpoint { method: Method::Get, path: "/v3/berths/{berth}" },
        Endpoint { method: Method::Delete, path: "/v3/berths/{berth}" },
    ],
    rules: Rules::new(&[Limits { max_bytes: Some(3 * MB), ..Limits::none(&[Format::Flac, Format::Jpeg]) }]),
    takes_addresses: false,
    settings: &[
        Setting { name: "quay", required: true, values: &[] },
        Setting { name: "stay", required: false, values: &["night", "week"] },
    ],
    lifetime: Some(Duration::from_hours(24)),
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
        Ok(Request::post([BERTHS, "/", &ticket.id, "/seal"].concat()).body(Body::Json(body)).repeat_only_after(&[503]))
    }

    fn read_submit(&self, response: &Response) -> Result<Submission, Error> {
        let json = Json::read(response.success(words)?)?;
        let id = json.path_segment("berth")?;
        match json.text("state")?.as_str() {
            "sealing" => Ok(Submission::Pending { id, claims: claims(json) }),
            "moored" => Ok(Submission::Ready(asset(json)?)),
            "sunk" => Ok(Submission::Failed {
                provider_code: json.text("why").ok().map(|why| why.chars().take(200).collect()),
                claims: claims(json),
            }),
            _ => Err(Error::MalformedResponse { what: "state" }),
        }
    }

    fn status(&self, id: &str) -> Option<Request> {
        Some(Request::get([BERTHS, "/", id].concat()))
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

    fn library(&self) -> Option<&'static dyn Library> {
        Some(&Self)
    }
}

impl Presign for Harbour {
    fn ticket(&self, file: &AcceptedFile, checksum: Option<&Checksum>) -> Request {
        let mut fields = vec![("mime", json::string(file.mime())), ("bytes", file.size().to_string())];
        fields.extend(checksum.map(|checksum| ("sha256", json::string(&checksum.hex()))));
        Request::post(BERTHS.to_owned()).body(Body::Json(json::object(&fields)))
    }

    fn read_ticket(&self, response: &Response) -> Result<Ticket, Error> {
        let json = Json::read(response.success(words)?)?;
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

impl Library for Harbour {
    fn max_page_size(&self) -> u32 {
        10
    }

    fn list(&self, page: u32, page_size: u32) -> Request {
        Request::get(
            [BERTHS, "?from=", &((page - 1) * page_size).to_string(), "&most=", &page_size.to_string()].concat(),
        )
    }

    fn read_list<'r>(&self, response: &'r Response) -> Result<(Vec<Json<'r>>, u64), Error> {
        let json = Json::read(response.success(words)?)?;
        Ok((json.items("berths")?, json.u64("all")?))
    }

    fn read_item(&self, item: Json<'_>) -> Result<Listed, Error> {
        Ok(Listed { asset: asset(item)?, status: item.text("state")? })
    }

    fn delete(&self, id: &str) -> Request {
        Request::delete([BERTHS, "/", id].concat())
    }

    fn read_delete(&self, response: &Response) -> Result<(), Error> {
        Json::read(response.success(words)?)?.path_segment("left")?;
        Ok(())
    }
}

fn asset(json: Json<'_>) -> Result<Asset, Error> {
    let id = json.path_segment("berth")?;
    let (uri, claims) = (Some(["asset://", &id].concat()), claims(json));
    Ok(Asset { id: Some(id), uri, claims, raw: json.as_str().to_owned(), ..Asset::default() })
}

fn claims(json: Json<'_>) -> Claims {
    let sha256 = json.text("sha256").ok().map(|value| Claim { field: "sha256", value });
    Claims { sha256, ..Claims::default() }
}

fn words(body: &[u8]) -> Option<String> {
    let json = Json::read(body).ok()?;
    let said = |json: Json<'_>| ["code", "message"].iter().find_map(|name| json.text(name).ok());
    json.field("error").ok().and_then(said).or_else(|| json.text("error").ok()).or_else(|| said(json))
}
