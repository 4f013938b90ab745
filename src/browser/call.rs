//! What JavaScript asks for, read from one JSON text: a task, and the way to its provider.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Blob;

use super::pass::Pass;
use super::{blob, convert, timer};
use crate::file::Candidate;
use crate::flow::{Exchange, Hashing, Look, Task, Upload};
use crate::http::{Request, Target};
use crate::json::Json;
use crate::options::{BadOption, Options};
use crate::providers::custom::{Custom, UnknownMime};
use crate::providers::library::Library;
use crate::providers::{self, PROVIDERS, Provider};
use crate::text;

/// A task and where its requests go.
pub(super) struct Call {
    pub(super) task: Box<dyn Task>,
    pub(super) way: Way,
}

/// The way to a provider; to none for a task that stays in the browser.
#[derive(Default)]
pub(super) struct Way {
    gateway: String,
    pub(super) provider: Option<&'static str>,
    pub(super) pass: Pass,
}

impl Call {
    /// Reads `{ method, provider?, gateway?, headers?, token?, options?, address?, accept?, attempt?, force?,
    /// continuation?, retryTimeout?, page?, pageSize?, id? }`; the provider
    /// is an id or a definition, the gateway's address is absolute. Throws an error object for what a user could have got
    /// wrong, a `TypeError` for what a programmer has.
    pub(super) fn read(text: &str, source: Option<&Blob>) -> Result<Self, JsValue> {
        let json = Json::read(text.as_bytes()).map_err(|_| type_error(&["this is no call"]))?;
        let word = |name| json.text(name).unwrap_or_default();
        let mut way = Way::default();
        let mut task: Box<dyn Task> = match (word("method").as_str(), source.map(candidate)) {
            ("probe", Some(file)) => Box::new(Look::for_facts(file)),
            ("check", Some(file)) => {
                let options = Options::of_all(options_of(json)).map_err(|bad| bad_option("check", bad))?;
                Box::new(Look::for_verdicts(file, options))
            }
            ("sha256", Some(_)) => Box::new(Hashing),
            (method, file) => {
                let provider = chosen(json)?;
                let (id, seed) = (provider.profile().id, timer::random_seed());
                way = Way { gateway: word("gateway"), provider: Some(id), pass: Pass::read(json) };
                match (method, file) {
                    // So that nothing of lists is left where they are measured, see `npm run size`.
                    ("list" | "remove", _) if cfg!(without = "library") => return Err(JsValue::UNDEFINED),
                    ("list", _) => {
                        let page = json.u64("page").ok().and_then(|number| u32::try_from(number).ok());
                        let size = json.field("pageSize").ok();
                        let list = Exchange::list(library(provider)?, page.unwrap_or(1), size, seed);
                        Box::new(list.map_err(|error| convert::of_error(&error, Some(id)))?)
                    }
                    ("remove", _) => {
                        let asset = json.path_segment("id").map_err(|_| type_error(&["this is no id of an asset"]))?;
                        Box::new(Exchange::delete(library(provider)?, &asset, seed))
                    }
                    (_, Some(file)) => upload(Upload::new(provider, options(provider, json)?, file, seed), json)?,
                    (_, None) => {
                        let options = options(provider, json)?;
                        upload(Upload::of_address(provider, options, word("address"), seed), json)?
                    }
                }
            }
        };
        if let Some(retry) = task.retry() {
            retry.renew_token(way.pass.renews);
            if let Ok(millis) = json.u64("retryTimeout") {
                retry.set_patience(millis);
            }
        }
        Ok(Self { task, way })
    }
}

impl Way {
    /// The complete URL of a request. Only what goes by the gateway ever meets a credential.
    pub(super) fn url(&self, request: &Request) -> String {
        let gateway = text::without_last(&self.gateway, b'/');
        match &request.target {
            Target::Provider(path) => text::concat(&[gateway, "/providers/", self.provider.unwrap_or_default(), path]),
            Target::Gateway(path) => text::concat(&[gateway, path]),
            Target::Presigned(url) => url.clone(),
            Target::Page(_) => String::new(),
        }
    }
}

/// An upload with what only uploads have: `{ accept?, attempt?, force?, continuation? }`.
fn upload(mut upload: Upload, json: Json<'_>) -> Result<Box<dyn Task>, JsValue> {
    let list = json.items("accept").unwrap_or_default();
    upload.accept(list.into_iter().filter_map(Json::string).collect());
    upload.identify(json.text("attempt").unwrap_or_default());
    if json.bool("force") == Ok(true) {
        upload.force();
    }
    if let Ok(continuation) = json.text("continuation") {
        let note = Json::read(continuation.as_bytes()).map_err(|_| JsValue::UNDEFINED)?;
        upload.resume(note).map_err(|_| JsValue::UNDEFINED)?;
    }
    Ok(Box::new(upload))
}

/// The provider that a call names or defines.
pub(super) fn chosen(json: Json<'_>) -> Result<&'static dyn Provider, JsValue> {
    if let Some(definition) = json.field("provider").ok().filter(|provider| provider.is_object()) {
        return match Custom::of(definition) {
            Ok(custom) => Ok(custom),
            Err(UnknownMime(mime)) => Err(type_error(&["rules: no format has the MIME type '", &mime, "'"])),
        };
    }
    let id = json.text("provider").unwrap_or_default();
    providers::by_id(&id).ok_or_else(|| {
        let known: Vec<&str> = PROVIDERS.iter().map(|provider| provider.profile().id).collect();
        type_error(&["unknown provider '", &id, "'; known: ", &text::join(&known, ", ")])
    })
}

/// The options that a call has for its provider.
fn options(provider: &'static dyn Provider, json: Json<'_>) -> Result<Options, JsValue> {
    let profile = provider.profile();
    Options::read(profile.settings, options_of(json)).map_err(|bad| bad_option(profile.name, bad))
}

fn options_of(json: Json<'_>) -> Json<'_> {
    json.field("options").or_else(|_| Json::read(b"{}")).unwrap_or(json)
}

fn bad_option(of: &str, bad: BadOption) -> JsValue {
    match bad {
        BadOption::Unknown(name) => type_error(&["there is no option '", &name, "'"]),
        BadOption::Value(setting) => {
            let values = if setting.values.is_empty() { "a text".to_owned() } else { text::join(setting.values, ", ") };
            type_error(&[of, " needs the option '", setting.name, "' to be ", &values])
        }
    }
}

fn library(provider: &'static dyn Provider) -> Result<&'static Library, JsValue> {
    provider.library().ok_or_else(|| type_error(&[provider.profile().name, " keeps no list of assets"]))
}

fn candidate(source: &Blob) -> Candidate {
    // A File of another realm is none to `instanceof`.
    let name = source.unchecked_ref::<Named>().name().unwrap_or_default();
    Candidate { name, declared_type: source.type_(), size: blob::size(source) }
}

fn type_error(parts: &[&str]) -> JsValue {
    js_sys::TypeError::new(&text::concat(parts)).into()
}

#[wasm_bindgen]
extern "C" {
    type Named;
    #[wasm_bindgen(method, getter)]
    fn name(this: &Named) -> Option<String>;
}
