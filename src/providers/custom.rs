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
            })),
            signer: Box::leak(Box::new(Signer { form: flag("form"), checksum: flag("checksum") })),
        })
    }
}

fn limits(rule: Json<'_>) -> Result<Limits, BadLimit> {
    let mut wrong = None;
    let mut number = |name| {
        let number = rule.u64(name).ok();
        if number.is_none() && rule.has(name) {
            wrong = Some(BadLimit::Number(name));
        }
        number
    };
    // No picture and no film has more.
    let mut small = |name| number(name).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let (width, height) = (small("minWidth"), small("minHeight"));
    let (shortest, longest) = (small("minDuration"), small("maxDuration"));
    let max_aspect_ratio = small("maxAspectRatio");
    let limits = Limits {
        max_bytes: number("maxBytes"),
        min_size: width.or(height).map(|_| Size { width: width.unwrap_or(0), height: height.unwrap_or(0) }),
        max_aspect_ratio,
        duration_seconds: shortest.or(longest).map(|_| (shortest.unwrap_or(0), longest.unwrap_or(u32::MAX))),
        ..Limits::none(formats(rule)?)
    };
    wrong.map_or(Ok(limits), Err)
}

/// The formats of `"image/png video/*"`; all where there is no such text.
fn formats(rule: Json<'_>) -> Result<&'static [Format], BadLimit> {
    let Ok(mimes) = rule.text("mimes") else { return Ok(Format::ALL) };
    let mut formats = Vec::new();
    for mime in mimes.split(' ') {
        let before = formats.len();
        let kind = text::cut(mime, b'/').and_then(|(kind, rest)| (rest == "*").then_some(kind));
        for format in Format::ALL {
            if kind == Some(format.kind().as_str()) || format.has_mime(mime) {
                formats.push(*format);
            }
        }
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
            expires_at_millis: expires_at(json)?,
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

/// The object that the page gave; where it gave none, that is named by the question.
fn answer<'a>(response: &'a Response, question: &'static str) -> Result<Json<'a>, Error> {
    let json = Json::read(response.success(super::refusal_words)?);
    Ok(json.ok().filter(|json| json.as_str().starts_with('{')).ok_or(Malformed(question))?)
}

fn read_submission(json: Json<'_>) -> Result<Submission, Error> {
    let mut wrong = None;
    // A text with something in it, where one is given.
    let mut word = |name| {
        let word = json.text(name).ok().filter(|word| !word.is_empty());
        if word.is_none() && json.has(name) {
            wrong = Some(Malformed(name));
        }
        word
    };
    let (pending, failed) = (word("pending"), word("failed"));
    let (id, handle, uri, url) = (word("id"), word("ref"), word("uri"), word("url"));
    let is_away = url.as_deref().is_some_and(|url| !json::is_web_address(url));
    let nothing = [&pending, &failed, &handle, &uri, &url].iter().all(|given| given.is_none());
    if let Some(wrong) = wrong.or((is_away || nothing).then_some(Malformed("url"))) {
        return Err(wrong.into());
    }
    if let Some(id) = pending {
        return Ok(Submission::Pending { id, claims: Claims::default() });
    }
    if let Some(reason) = failed {
        return Ok(Submission::Failed { provider_code: Some(http::shorten(reason)), claims: Claims::default() });
    }
    Ok(Submission::Ready(Asset {
        id,
        handle,
        uri,
        url,
        expires_at_millis: expires_at(json)?,
        claims: Claims {
            sha256: Claim::text(json, "sha256"),
            size: Claim::number(json, "bytes"),
            content_type: Claim::text(json, "contentType"),
        },
        raw: json.as_str().to_owned(),
    }))
}

/// A time, as milliseconds since 1970 or as JavaScript writes a `Date` into JSON.
fn expires_at(json: Json<'_>) -> Result<Option<u64>, Malformed> {
    let name = "expiresAt";
    if !json.has(name) {
        return Ok(None);
    }
    json.u64(name).ok().or_else(|| json.time(name)).map(Some).ok_or(Malformed(name))
}
