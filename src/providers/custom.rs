//! A provider that the page defines: its own backend. All its requests but the one with the bytes are questions to the page:
//! `sign` → PUT → `confirm`, or `form` → POST → `read`; then `status` while the asset is pending. `js/backend.ts` answers.

use std::sync::{Mutex, PoisonError};

use super::{Asset, Auth, Claim, Claims, Form, Presign, Profile, Provider, Route, Source, Submission, Ticket};
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::{AcceptedFile, InspectedFile};
use crate::http::{self, Body, Field, Method, Request, Response, Target};
use crate::json::{self, Json, Malformed};
use crate::media::{Format, Size};
use crate::options::Options;
use crate::rules::{self, Limits, Rules, Violation};
use crate::text;

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

/// A limit that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadLimit {
    /// A MIME type that is no known format's.
    Mime(String),
    /// A number that is not whole, or too large.
    Number(&'static str),
}

/// The definitions that have been met, by their texts. They are never dropped, for an upload's provider is `'static`, and
/// a page defines few.
static MET: Mutex<Vec<(String, &'static Custom)>> = Mutex::new(Vec::new());

impl Custom {
    /// Reads `{ id, name, form?, checksum?, rules?: [{ mimes?, maxBytes?, … }] }`; without rules it takes every format.
    pub fn of(definition: Json<'_>) -> Result<&'static Self, BadLimit> {
        let mut met = MET.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, custom)) = met.iter().find(|(text, _)| text == definition.as_str()) {
            return Ok(custom);
        }
        let custom: &Self = Box::leak(Box::new(Self::read(definition)?));
        met.push((definition.as_str().to_owned(), custom));
        Ok(custom)
    }

    fn read(definition: Json<'_>) -> Result<Self, BadLimit> {
        let word = |name| &*definition.text(name).unwrap_or_default().leak();
        let flag = |name| definition.bool(name).unwrap_or_default();
        let accepts = match definition.items("rules") {
            Ok(rules) => rules.into_iter().map(limits).collect::<Result<_, _>>()?,
            Err(_) => vec![Limits::none(Format::ALL)],
        };
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
            })),
            signer: Box::leak(Box::new(Signer { form: flag("form"), checksum: flag("checksum") })),
        })
    }
}

fn limits(rule: Json<'_>) -> Result<Limits, BadLimit> {
    let min_size = (number(rule, "minWidth")?, number(rule, "minHeight")?);
    let seconds = (number(rule, "minDuration")?, number(rule, "maxDuration")?);
    Ok(Limits {
        max_bytes: number(rule, "maxBytes")?,
        min_size: (min_size != (None, None))
            .then(|| Size { width: min_size.0.unwrap_or(0), height: min_size.1.unwrap_or(0) }),
        max_aspect_ratio: number(rule, "maxAspectRatio")?,
        duration_seconds: (seconds != (None, None)).then(|| (seconds.0.unwrap_or(0), seconds.1.unwrap_or(u32::MAX))),
        ..Limits::none(formats(rule)?)
    })
}

/// A whole number, where there is one.
fn number<T: TryFrom<u64>>(rule: Json<'_>, name: &'static str) -> Result<Option<T>, BadLimit> {
    if !rule.has(name) {
        return Ok(None);
    }
    let number = rule.u64(name).ok().and_then(|number| T::try_from(number).ok());
    number.map(Some).ok_or(BadLimit::Number(name))
}

/// The formats of `"image/png video/*"`; all where there is no such text.
fn formats(rule: Json<'_>) -> Result<&'static [Format], BadLimit> {
    let Ok(mimes) = rule.text("mimes") else { return Ok(Format::ALL) };
    let mut formats = Vec::new();
    for mime in mimes.split(' ') {
        let before = formats.len();
        let is_meant = |format: &Format| {
            let whole_kind =
                text::cut(mime, b'/').is_some_and(|(kind, rest)| kind == format.kind().as_str() && rest == "*");
            whole_kind || format.has_mime(mime)
        };
        formats.extend(Format::ALL.iter().copied().filter(is_meant));
        if formats.len() == before {
            return Err(BadLimit::Mime(mime.to_owned()));
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

    fn read_submit(&self, response: &Response) -> Result<Submission, Error> {
        read_submission(answer(response, if self.signer.form { "read" } else { "confirm" })?)
    }

    fn status(&self, id: &str) -> Option<Request> {
        Some(ask("status", &[("id", json::string(id))]))
    }

    fn read_status(&self, _: &str, response: &Response) -> Result<Submission, Error> {
        read_submission(answer(response, "status")?)
    }
}

impl Presign for Signer {
    fn ticket(&self, file: &AcceptedFile, checksum: Option<&Checksum>) -> Request {
        ask(self.question(), &about(file, checksum))
    }

    fn read_ticket(&self, response: &Response) -> Result<Ticket, Error> {
        let json = answer(response, self.question())?;
        let form =
            if self.form { Some(Form { field: json.text("field")?, fields: json.pairs("fields")? }) } else { None };
        Ok(Ticket {
            url: json.url("url")?,
            headers: json.pairs("headers")?,
            expires_at_millis: expires_at(json)?,
            form,
            ..Ticket::default()
        })
    }

    /// A type among the signed headers is the one that was signed. A form makes a second asset when it is sent twice.
    fn put(&self, file: &AcceptedFile, ticket: &Ticket) -> Request {
        let target = Target::Presigned(ticket.url.clone());
        let request = if let Some(form) = &ticket.form {
            Request::new(Method::Post, target).body(Body::Form(fields(form, file))).repeat_only_after(&[])
        } else {
            let put = Request::new(Method::Put, target).body(Body::File);
            let signed = ticket.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
            if signed { put } else { put.header("Content-Type", file.mime()) }
        };
        ticket.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
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

/// The form's fields, the file last: S3 ignores what comes after it.
fn fields(form: &Form, file: &AcceptedFile) -> Vec<Field> {
    let text = |(name, value): &(String, String)| Field::Text { name: name.clone(), value: value.clone() };
    let file = Field::File { name: form.field.clone(), file_name: file.name(), mime: file.mime() };
    form.fields.iter().map(text).chain([file]).collect()
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

/// The object that the page gave; where it gave none, that is named by the question.
fn answer<'a>(response: &'a Response, question: &'static str) -> Result<Json<'a>, Error> {
    let json = Json::read(response.success(super::refusal_words)?);
    Ok(json.ok().filter(|json| json.as_str().starts_with('{')).ok_or(Malformed(question))?)
}

fn read_submission(json: Json<'_>) -> Result<Submission, Error> {
    if let Some(id) = word(json, "pending")? {
        return Ok(Submission::Pending { id, claims: Claims::default() });
    }
    if let Some(reason) = word(json, "failed")? {
        return Ok(Submission::Failed { provider_code: Some(http::shorten(reason)), claims: Claims::default() });
    }
    let asset = Asset {
        id: word(json, "id")?,
        handle: word(json, "ref")?,
        uri: word(json, "uri")?,
        url: json.has("url").then(|| json.url("url")).transpose()?,
        expires_at_millis: expires_at(json)?,
        claims: Claims {
            sha256: Claim::text(json, "sha256"),
            size: Claim::number(json, "bytes"),
            content_type: Claim::text(json, "contentType"),
        },
        raw: json.as_str().to_owned(),
    };
    asset.reference().ok_or(Malformed("url"))?;
    Ok(Submission::Ready(asset))
}

/// A text with something in it, where one is given.
fn word(json: Json<'_>, name: &'static str) -> Result<Option<String>, Malformed> {
    if !json.has(name) {
        return Ok(None);
    }
    json.text(name).ok().filter(|text| !text.is_empty()).map(Some).ok_or(Malformed(name))
}

/// A time, as milliseconds since 1970 or as JavaScript writes a `Date` into JSON.
fn expires_at(json: Json<'_>) -> Result<Option<u64>, Malformed> {
    let name = "expiresAt";
    if !json.has(name) {
        return Ok(None);
    }
    json.u64(name).ok().or_else(|| json.time(name)).map(Some).ok_or(Malformed(name))
}
