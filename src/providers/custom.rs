//! A provider that the page defines: its own backend. All its requests but the one with the bytes are questions to the page:
//! `sign` → PUT → `confirm`, or `form` → POST → `read`; then `status` while the asset is pending. `js/backend.ts` answers.

use std::sync::{Mutex, PoisonError};

use super::{
    Asset, AssetState, Auth, Claim, Claims, Form, Presign, Profile, Provider, Route, Source, Submission, Ticket,
};
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::{AcceptedFile, InspectedFile};
use crate::http::{self, Body, Field, Method, Request, Response, Target};
use crate::json::{self, Json, Malformed};
use crate::media::{Format, Size};
use crate::options::Options;
use crate::rules::{self, Limits, Rules, Violation};
use crate::url::is_plain;

/// The adapter.
#[derive(Debug)]
pub struct Custom {
    profile: &'static Profile,
    signer: &'static Signer,
}

/// How the page says where the bytes go.
#[derive(Debug)]
struct Signer {
    /// Whether they go there as a form.
    form: bool,
    /// Whether the page wants to know the checksum first.
    checksum: bool,
}

/// A MIME type in a definition's rules that is no known format's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMime(pub String);

/// The definitions that have been met, by their texts. They are never dropped, for an upload's provider is `'static`, and
/// a page defines few.
static MET: Mutex<Vec<(String, &'static Custom)>> = Mutex::new(Vec::new());

impl Custom {
    /// Reads `{ id, name, form?, checksum?, rules?: [{ mimes?, maxBytes?, … }] }`; without rules it takes every format.
    pub fn of(definition: Json<'_>) -> Result<&'static Self, UnknownMime> {
        let mut met = MET.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, custom)) = met.iter().find(|(text, _)| definition.is(text)) {
            return Ok(custom);
        }
        let custom: &Self = Box::leak(Box::new(Self::read(definition)?));
        met.push((definition.to_text(), custom));
        Ok(custom)
    }

    fn read(definition: Json<'_>) -> Result<Self, UnknownMime> {
        let word = |name| &*definition.text(name).unwrap_or_default().leak();
        let flag = |name| definition.bool(name).unwrap_or_default();
        let mut accepts = Vec::new();
        match definition.items("rules") {
            Ok(rules) => {
                for rule in rules {
                    accepts.push(limits(rule)?);
                }
            }
            Err(_) => accepts.push(Limits::none(Format::ALL)),
        }
        Ok(Self {
            profile: Box::leak(Box::new(Profile {
                id: word("id"),
                name: word("name"),
                home: "",
                origin: "",
                auth: Auth::Bearer,
                endpoints: &[],
                rules: Rules::new(accepts.leak()),
                takes_addresses: false,
                settings: &[],
                lifetime: None,
                notes: &[],
                max_assets: None,
            })),
            signer: Box::leak(Box::new(Signer { form: flag("form"), checksum: flag("checksum") })),
        })
    }
}

/// Of the two least sides, and of the shortest and the longest duration, a rule has both or neither.
fn limits(rule: Json<'_>) -> Result<Limits, UnknownMime> {
    let number = |name| rule.u64(name).ok();
    // Those that may be fractions come as whole numbers of thousandths and millionths.
    let parts = |name, whole: f64| number(name).map(|parts| float(parts) / whole);
    let small = |name| number(name).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    Ok(Limits {
        max_bytes: number("maxBytes"),
        min_size: small("minWidth").zip(small("minHeight")).map(|(width, height)| Size { width, height }),
        max_aspect_ratio: parts("maxAspectRatio", 1e6),
        duration_seconds: parts("minDuration", 1e3).zip(parts("maxDuration", 1e3)),
        ..Limits::none(formats(rule)?)
    })
}

/// Exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "JavaScript's own numbers are no wider")]
const fn float(value: u64) -> f64 {
    value as f64
}

/// The formats of the MIME types, of which `video/*` is one; all where there is no such list.
fn formats(rule: Json<'_>) -> Result<&'static [Format], UnknownMime> {
    let Ok(mimes) = rule.items("mimes") else { return Ok(Format::ALL) };
    let mut formats = Vec::new();
    for mime in mimes {
        let mime = mime.string().unwrap_or_default();
        let before = formats.len();
        let kind = mime.strip_suffix("/*");
        for format in Format::ALL {
            if kind == Some(format.kind().as_str()) || format.has_mime(&mime) {
                formats.push(*format);
            }
        }
        if formats.len() == before {
            return Err(UnknownMime(mime));
        }
    }
    Ok(formats.leak())
}

impl Provider for Custom {
    fn profile(&self) -> &'static Profile {
        self.profile
    }

    fn route(&self, _: &InspectedFile, _: &Options) -> Route {
        Route::Put(self.signer)
    }

    /// Confirming twice confirms the same file. A form has been answered already: what cannot be read of that answer may
    /// be an asset all the same.
    fn submit(&self, source: Source<'_>, _: &Options) -> Result<Request, Violation> {
        let Source::Stored(file, ticket, checksum) = source else { return Err(rules::files_only()) };
        let mut about = about(file, checksum);
        if !self.signer.form {
            return Ok(ask("confirm", &about));
        }
        about.push(("answer", json::string(&ticket.answer)));
        Ok(ask("read", &about).repeat_only_after(&[]))
    }

    fn answer<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error> {
        answer(response)
    }

    fn read_submit(&self, answer: Json<'_>) -> Result<Submission, Malformed> {
        let word = |name| answer.text(name).ok();
        let url = answer.field("url").ok().map(|_| answer.url("url")).transpose()?;
        let pending = answer.id("pending").ok();
        let state = match word("failed") {
            _ if pending.is_some() => AssetState::Pending,
            Some(reason) => AssetState::Failed(Some(http::shorten(&reason))),
            None => AssetState::Ready,
        };
        let asset = Asset {
            id: pending.or_else(|| answer.id("id").ok()),
            handle: word("ref"),
            uri: word("uri").filter(|uri| is_plain(uri)),
            url,
            expires_at_millis: answer.u64("expiresAt").ok(),
            claims: Claims {
                sha256: Claim::text(answer, "sha256"),
                size: Claim::number(answer, "bytes"),
                content_type: Claim::text(answer, "contentType"),
            },
            kind: None,
        };
        Ok(Submission { state, asset })
    }

    fn status(&self, id: &str) -> Option<Request> {
        Some(ask("status", &[("id", json::string(id))]))
    }
}

impl Presign for Signer {
    fn ticket(&self, file: &AcceptedFile, checksum: Option<&Checksum>) -> Request {
        ask(self.question(), &about(file, checksum))
    }

    fn read_ticket(&self, response: &Response) -> Result<Ticket, Error> {
        let json = answer(response)?;
        let mut form = None;
        if self.form {
            let mut fields = Vec::new();
            for (name, value) in json.pairs("fields")? {
                fields.push(Field::Text { name, value });
            }
            form = Some(Form { field: json.text("field")?, fields });
        }
        Ok(Ticket {
            url: json.url("url")?,
            id: String::new(),
            headers: json.pairs("headers")?,
            expires_at_millis: json.u64("expiresAt").ok(),
            fetch_url: None,
            form,
            answer: String::new(),
        })
    }

    /// A type among the signed headers is the one that was signed. A form makes a second asset when it is sent twice.
    fn put(&self, file: &AcceptedFile, ticket: &Ticket) -> Request {
        let mut request = Request::new(Method::Put, Target::Presigned(ticket.url.clone())).body(Body::File);
        let mut is_typed = false;
        for (name, value) in &ticket.headers {
            is_typed |= name.eq_ignore_ascii_case("content-type");
            request = request.header(name, value);
        }
        if let Some(Form { field, fields }) = &ticket.form {
            let mut fields = fields.clone();
            // S3 ignores what comes after the file.
            fields.push(Field::File { name: field.clone(), file_name: file.name(), mime: file.mime() });
            request.method = Method::Post;
            request.body(Body::Form(fields)).repeat_only_after(&[])
        } else if is_typed {
            request
        } else {
            request.header("Content-Type", file.mime())
        }
    }

    fn signs_checksum(&self) -> bool {
        self.checksum
    }
}

impl Signer {
    const fn question(&self) -> &'static str {
        if self.form { "form" } else { "sign" }
    }
}

/// What a question says of the file.
fn about(file: &AcceptedFile, checksum: Option<&Checksum>) -> Vec<(&'static str, String)> {
    let mut about = vec![
        ("name", json::string(&file.name())),
        ("mime", json::string(file.mime())),
        ("bytes", file.size().to_string()),
    ];
    about.extend(checksum.map(|checksum| ("sha256", json::string(&checksum.hex()))));
    about
}

fn ask(question: &'static str, about: &[(&str, String)]) -> Request {
    Request::new(Method::Post, Target::Page(question)).body(Body::Json(json::object(about)))
}

/// What the page's answer is: it has been looked at there, and says which field is missing or makes no sense.
fn answer(response: &Response) -> Result<Json<'_>, Error> {
    let json = Json::read(response.success(super::refusal_words)?)?;
    // A name is `'static`, and few are wrong in one page.
    json.text("malformed").map_or(Ok(json), |field| Err(Malformed(field.leak()).into()))
}
