//! A provider that the page defines: its own backend. All requests except the one with the bytes are callbacks of the
//! page: `sign` → PUT → `confirm`, or `form` → POST → `read`; then `status` while the asset is pending. Without `confirm`,
//! the result of `sign` contains the asset. A file in parts: `create` → `sign` → PUTs → `complete`. `js/custom-provider/` calls
//! them.

use core::slice;

use super::callbacks::{about, callback_json, callback_request};
use super::{Asset, AssetState, Auth, Profile, Provider, Reported, ReportedMetadata, Route, Source, Submission};
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::{AcceptedFile, InspectedFile};
use crate::http::{self, Field, Request, Response};
use crate::json::{self, Json, Malformed};
use crate::media::{Format, Size};
use crate::options::Options;
use crate::rules::{self, Limits, Rules, Violation};
use crate::storage::multipart::Multipart;
use crate::storage::{FormTicket, Presign, PutTicket, Ticket};
use crate::url::is_plain;

/// The provider.
#[derive(Debug)]
pub struct Custom {
    accepts: Vec<Limits>,
    signer: &'static Signer,
}

/// How the page's backend issues tickets.
#[derive(Debug)]
struct Signer {
    /// Whether the file is sent as a form.
    form: bool,
    /// Whether the page needs the checksum before the ticket.
    checksum: bool,
    /// Whether the file is sent in parts.
    parts: bool,
}

/// A MIME type in a definition's rules that belongs to no known format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMime(pub String);

/// What all definitions have in common. Their ids and names are not needed here.
static PROFILE: Profile = Profile {
    id: "custom",
    name: "A custom provider",
    home: "",
    origin: "",
    auth: Auth::Bearer,
    endpoints: &[],
    rules: Rules::new(&[]),
    accepts_urls: false,
    settings: &[],
    lifetime: None,
    notes: &[],
    max_assets: None,
};

impl Custom {
    /// Reads `{ form?, parts?, checksum?, rules?: [{ mimes?, maxBytes?, … }] }`; without rules, every format is accepted.
    pub fn from_json(definition: Json<'_>) -> Result<Self, UnknownMime> {
        let flag = |name| definition.bool(name).unwrap_or_default();
        let mut accepts = Vec::new();
        match definition.items("rules") {
            Ok(rules) => {
                for rule in rules {
                    push_limits(rule, &mut accepts)?;
                }
            }
            Err(_) => accepts.push(Limits::none(Format::ALL)),
        }
        let signer = match (flag("form"), flag("checksum")) {
            _ if flag("parts") => &Signer { form: false, checksum: false, parts: true },
            (false, false) => &Signer { form: false, checksum: false, parts: false },
            (false, true) => &Signer { form: false, checksum: true, parts: false },
            (true, false) => &Signer { form: true, checksum: false, parts: false },
            (true, true) => &Signer { form: true, checksum: true, parts: false },
        };
        Ok(Self { accepts, signer })
    }
}

/// Appends the limits of a rule: one entry for each format of its MIME types, which may be `video/*`; one for all formats
/// if there is no list. Minimum width and height, and minimum and maximum duration, come in pairs.
fn push_limits(rule: Json<'_>, accepts: &mut Vec<Limits>) -> Result<(), UnknownMime> {
    let number = |name| rule.u64(name).ok();
    // Values that may be fractions are sent as integers: thousandths or millionths.
    let parts = |name, whole: f64| number(name).map(|parts| float(parts) / whole);
    let small = |name| number(name).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let limits = Limits {
        max_bytes: number("maxBytes"),
        min_size: small("minWidth").zip(small("minHeight")).map(|(width, height)| Size { width, height }),
        max_aspect_ratio: parts("maxAspectRatio", 1e6),
        duration_seconds: parts("minDuration", 1e3).zip(parts("maxDuration", 1e3)),
        ..Limits::none(Format::ALL)
    };
    let Ok(mimes) = rule.items("mimes") else {
        accepts.push(limits);
        return Ok(());
    };
    for mime in mimes {
        let mime = mime.string().unwrap_or_default();
        let before = accepts.len();
        let kind = mime.strip_suffix("/*");
        for format in Format::ALL {
            if kind == Some(format.kind().as_str()) || format.has_mime(&mime) {
                accepts.push(Limits { formats: slice::from_ref(format), ..limits });
            }
        }
        if accepts.len() == before {
            return Err(UnknownMime(mime));
        }
    }
    Ok(())
}

/// Exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "JavaScript's own numbers are no wider")]
const fn float(value: u64) -> f64 {
    value as f64
}

impl Provider for Custom {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn rules(&self, _: &Options) -> Rules<'_> {
        Rules::new(&self.accepts)
    }

    fn route(&self, _: &InspectedFile, _: &Options) -> Route {
        Route::Put(self.signer)
    }

    /// Confirming twice confirms the same file, so `confirm` may be repeated. `read` comes after the response to a
    /// form: if that cannot be read, the asset may exist nevertheless.
    fn submit(&self, source: Source<'_>, _: &Options) -> Result<Request, Violation> {
        let Source::Stored(file, stored, checksum) = source else { return Err(rules::file_required()) };
        let mut about = about(file, checksum);
        if !self.signer.form {
            return Ok(callback_request("confirm", &about));
        }
        about.push(("response", json::string(&stored.response)));
        Ok(callback_request("read", &about).retry_only_after(&[]))
    }

    fn decode<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error> {
        callback_json(response)
    }

    fn read_submit(&self, json: Json<'_>) -> Result<Submission, Malformed> {
        let text = |name| json.text(name).ok();
        let url = json.field("url").ok().map(|_| json.url("url")).transpose()?;
        let pending = json.id("pending").ok();
        let state = match text("failed") {
            _ if pending.is_some() => AssetState::Pending,
            Some(reason) => AssetState::Failed(Some(http::truncate(&reason))),
            None => AssetState::Ready,
        };
        let asset = Asset {
            id: pending.or_else(|| json.id("id").ok()),
            handle: text("ref"),
            uri: text("uri").filter(|uri| is_plain(uri)),
            url,
            expires_at_millis: json.u64("expiresAt").ok(),
            reported: ReportedMetadata {
                sha256: Reported::text(json, "sha256"),
                size: Reported::number(json, "bytes"),
                content_type: Reported::text(json, "contentType"),
            },
            kind: None,
        };
        Ok(Submission { state, asset })
    }

    fn status(&self, id: &str) -> Option<Request> {
        Some(callback_request("status", &[("id", json::string(id))]))
    }
}

impl Presign for Signer {
    fn ticket_request(&self, file: &AcceptedFile, checksum: Option<&Checksum>) -> Request {
        callback_request(self.callback(), &about(file, checksum))
    }

    fn decode_ticket<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error> {
        callback_json(response)
    }

    fn read_ticket(&self, json: Json<'_>) -> Result<Ticket, Malformed> {
        let (url, headers, expires_at_millis) = (json.url("url")?, json.pairs("headers")?, json.u64("expiresAt").ok());
        if !self.form {
            let asset = json.field("asset").ok().map(Json::to_text);
            return Ok(Ticket::Put(PutTicket { url, headers, expires_at_millis, asset, ..PutTicket::default() }));
        }
        let text = |(name, value)| Field::Text { name, value };
        let fields = json.pairs("fields")?.into_iter().map(text).collect();
        Ok(Ticket::Form(FormTicket { url, headers, expires_at_millis, field: json.text("field")?, fields }))
    }

    fn signs_checksum(&self) -> bool {
        self.checksum
    }

    fn multipart(&self) -> Option<Multipart> {
        self.parts.then_some(Multipart::Page)
    }
}

impl Signer {
    const fn callback(&self) -> &'static str {
        if self.form { "form" } else { "sign" }
    }
}
