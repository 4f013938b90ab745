//! Reads a call of the page from a JSON text: a task, and where its requests go.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Blob;

use super::gateway_auth::GatewayAuth;
use super::{blob, clock, convert};
use crate::file::Candidate;
use crate::http::{Request, Target};
use crate::json::Json;
use crate::media::Kind;
use crate::options::{InvalidOption, Options};
use crate::providers::assets_api::AssetsApi;
use crate::providers::custom::UnknownMime;
use crate::providers::{self, Custom, PROVIDERS, Provider};
use crate::storage::multipart::Multipart;
use crate::tasks::{CheckRequestTask, HashTask, Method, ProbeTask, RequestTask, Task};
use crate::text;
use crate::upload::Upload;

/// A task and where its requests go.
pub(super) struct TaskRequest {
    pub(super) task: Box<dyn Task>,
    pub(super) context: RequestContext,
}

/// Where a task's requests go. A task that stays in the browser has no provider.
#[derive(Default)]
pub(super) struct RequestContext {
    gateway: String,
    pub(super) provider: Option<String>,
    pub(super) auth: GatewayAuth,
}

/// Why a call is rejected.
pub(super) enum Rejected {
    /// An error that the user may have caused: an error object.
    Failure(JsValue),
    /// A programming error: an exception.
    Exception(JsValue),
}

impl TaskRequest {
    /// Reads `{ method, provider?, gateway?, headers?, token?, options?, url?, accept?, checksum?, multipartThreshold?,
    /// attempt?, force?, continuation?, retryTimeout?, page?, pageSize?, id?, kinds? }`. The provider is an id or a definition; the
    /// gateway's URL is absolute.
    pub(super) fn read(json: &str, source: Option<&Blob>) -> Result<Self, Rejected> {
        let json = Json::read(json.as_bytes()).map_err(|_| type_error(&["invalid call"]))?;
        let method = json.text("method").ok().and_then(|name| Method::ALL.iter().find(|known| known.as_str() == name));
        let method = method.ok_or_else(|| type_error(&["unknown method"]))?;
        let (mut task, context): (Box<dyn Task>, _) = match method {
            Method::Probe => (Box::new(ProbeTask::for_facts(file(source)?)), RequestContext::default()),
            Method::Check => {
                let options =
                    providers::read_all_options(options_of(json)).map_err(|bad| invalid_option("check", bad))?;
                (Box::new(ProbeTask::for_verdicts(file(source)?, options)), RequestContext::default())
            }
            Method::Sha256 => (Box::new(HashTask), RequestContext::default()),
            Method::Upload | Method::List | Method::Delete | Method::Discard | Method::CheckRequest => {
                let provider = resolve_provider(json)?;
                (Self::at_provider(*method, provider, json, source)?, RequestContext::read(json))
            }
        };
        if let Some(retry) = task.retry() {
            retry.renew_token(context.auth.renews);
            if let Ok(timeout) = json.field("retryTimeout") {
                let wrong = || type_error(&["option 'retryTimeout' must be whole milliseconds, 0 or more"]);
                retry.set_timeout(timeout.whole().ok_or_else(wrong)?);
            }
        }
        Ok(Self { task, context })
    }

    fn at_provider(
        method: Method,
        provider: Box<dyn Provider>,
        json: Json<'_>,
        source: Option<&Blob>,
    ) -> Result<Box<dyn Task>, Rejected> {
        let seed = clock::random_seed();
        Ok(match method {
            Method::CheckRequest => {
                let kinds = json.items("kinds").unwrap_or_default();
                let kinds: Vec<Kind> = kinds.into_iter().filter_map(|kind| Kind::of(&kind.string()?)).collect();
                Box::new(CheckRequestTask(provider.profile().rules.check_request(&kinds)))
            }
            // Removes all code for lists when their size is measured, see `npm run size`.
            Method::List | Method::Delete if cfg!(without = "library") => return Err(type_error(&[])),
            Method::List => {
                let page = json.u64("page").ok().and_then(|number| u32::try_from(number).ok());
                let size = json.field("pageSize").ok();
                let list = RequestTask::list(assets_api(&*provider)?, page.unwrap_or(1), size, seed);
                let id = Some(provider.profile().id);
                Box::new(list.map_err(|error| Rejected::Failure(convert::of_error(&error, id).into()))?)
            }
            Method::Discard => {
                let continuation = json.text("continuation").unwrap_or_default();
                let is_page = json.field("provider").is_ok_and(Json::is_object);
                let multipart = if is_page { Multipart::Page } else { Multipart::Gateway(provider.profile().id) };
                let note = Json::read(continuation.as_bytes()).ok().filter(|_| cfg!(feature = "parts"));
                let discard = note.and_then(|note| RequestTask::discard(multipart, note, seed));
                Box::new(discard.ok_or_else(|| type_error(&["invalid continuation"]))?)
            }
            Method::Delete => {
                let asset = json.path_segment("id").map_err(|_| type_error(&["invalid asset id"]))?;
                Box::new(RequestTask::delete(assets_api(&*provider)?, &asset, seed))
            }
            _ => {
                let options = options(&*provider, json)?;
                let upload = match source {
                    Some(source) => Upload::new(provider, options, candidate(source), seed),
                    None => Upload::from_url(provider, options, json.text("url").unwrap_or_default(), seed),
                };
                Box::new(with_upload_fields(upload, json)?)
            }
        })
    }
}

impl RequestContext {
    fn read(json: Json<'_>) -> Self {
        let provider = json.field("provider").ok();
        let provider = provider.and_then(|provider| provider.string().or_else(|| provider.text("id").ok()));
        let gateway = json.text("gateway").unwrap_or_default();
        Self { gateway, provider, auth: GatewayAuth::read(json) }
    }

    /// The complete URL of a request. Only requests through the gateway get a credential.
    pub(super) fn url(&self, request: &Request) -> String {
        let gateway = text::trim_end(&self.gateway, b'/');
        match &request.target {
            Target::Provider(path) => {
                text::concat(&[gateway, "/providers/", self.provider.as_deref().unwrap_or_default(), path])
            }
            Target::Gateway(path) => text::concat(&[gateway, path]),
            Target::Presigned(url) => url.clone(),
            Target::Callback(_) => String::new(),
        }
    }
}

/// Sets the fields that only uploads have: `{ accept?, checksum?, multipartThreshold?, attempt?, force?, continuation? }`.
fn with_upload_fields(mut upload: Upload, json: Json<'_>) -> Result<Upload, Rejected> {
    let list = json.items("accept").unwrap_or_default();
    upload.accept(list.into_iter().filter_map(Json::string).collect());
    upload.identify(json.text("attempt").unwrap_or_default());
    if let Ok(checksum) = json.field("checksum") {
        match checksum.string().as_deref() {
            Some("sha256") => {}
            Some("skip") => upload.skip_checksum(),
            _ => return Err(type_error(&["option 'checksum' must be sha256 or skip"])),
        }
    }
    if let Ok(threshold) = json.field("multipartThreshold") {
        let bytes = threshold.whole().filter(|bytes| *bytes > 0);
        let bytes =
            bytes.ok_or_else(|| type_error(&["option 'multipartThreshold' must be a number of bytes, 1 or more"]))?;
        upload.set_multipart_threshold(bytes);
    }
    if json.bool("force") == Ok(true) {
        upload.force();
    }
    if let Ok(continuation) = json.text("continuation") {
        let note = Json::read(continuation.as_bytes()).ok().and_then(|note| upload.resume(note).ok());
        note.ok_or_else(|| type_error(&["invalid continuation"]))?;
    }
    Ok(upload)
}

/// Returns the provider that a call names or defines.
fn resolve_provider(json: Json<'_>) -> Result<Box<dyn Provider>, Rejected> {
    if let Some(definition) = json.field("provider").ok().filter(|provider| provider.is_object()) {
        if !cfg!(feature = "parts") && definition.bool("parts") == Ok(true) {
            return Err(type_error(&["presignedParts() needs parts.wasm: pass it to init({ parts })"]));
        }
        return match Custom::from_json(definition) {
            Ok(custom) => Ok(Box::new(custom)),
            Err(UnknownMime(mime)) => Err(type_error(&["rules: no format has the MIME type '", &mime, "'"])),
        };
    }
    let id = json.text("provider").unwrap_or_default();
    providers::create(&id).ok_or_else(|| {
        let known: Vec<&str> = PROVIDERS.iter().map(|provider| provider.profile().id).collect();
        type_error(&["unknown provider '", &id, "'; known: ", &text::join(&known, ", ")])
    })
}

/// Reads the call's options for its provider.
fn options(provider: &dyn Provider, json: Json<'_>) -> Result<Options, Rejected> {
    let profile = provider.profile();
    providers::read_options(profile.settings, options_of(json)).map_err(|bad| invalid_option(profile.name, bad))
}

fn options_of(json: Json<'_>) -> Json<'_> {
    json.field("options").or_else(|_| Json::read(b"{}")).unwrap_or(json)
}

fn invalid_option(of: &str, bad: InvalidOption) -> Rejected {
    match bad {
        InvalidOption::Unknown(name) => type_error(&[of, " has no option '", &name, "'"]),
        InvalidOption::Value(spec) => {
            let values =
                if spec.values.is_empty() { "a non-empty string".to_owned() } else { text::join(spec.values, ", ") };
            type_error(&[of, ": option '", spec.name, "' must be ", &values])
        }
    }
}

fn assets_api(provider: &dyn Provider) -> Result<&'static AssetsApi, Rejected> {
    provider.assets_api().ok_or_else(|| type_error(&[provider.profile().name, " cannot list or delete assets"]))
}

fn file(source: Option<&Blob>) -> Result<Candidate, Rejected> {
    source.map(candidate).ok_or_else(|| type_error(&["a file is required"]))
}

fn candidate(source: &Blob) -> Candidate {
    // `instanceof` fails for a File from another realm.
    let name = source.unchecked_ref::<Named>().name().unwrap_or_default();
    Candidate { name, declared_type: source.type_(), size: blob::size(source) }
}

fn type_error(parts: &[&str]) -> Rejected {
    Rejected::Exception(js_sys::TypeError::new(&text::concat(parts)).into())
}

#[wasm_bindgen]
extern "C" {
    type Named;
    #[wasm_bindgen(method, getter)]
    fn name(this: &Named) -> Option<String>;
}
