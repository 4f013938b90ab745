//! What all providers have in common, and the registry of those there are.
//!
//! A provider is one file: a [`Profile`] of constants, builders of requests and readers of answers.
//! It does no I/O, knows no key and keeps no state.

use crate::digest::Checksum;
use crate::error::Error;
use crate::file::{AcceptedFile, InspectedFile};
use crate::http::{self, Body, Field, Method, Request, Response, Target};
use crate::json::{self, Json, Malformed};
use crate::media::Kind;
use crate::options::Options;
use crate::rules::{Rules, Violation};

pub mod apiframe;
mod asset;
pub mod custom;
pub mod library;
pub mod modelhunter;
pub mod onerouter;
mod profile;
mod quota;
pub mod relaydance;
pub mod worldrouter;

pub use asset::{Asset, AssetState, Claim, Claims, Submission};
pub use library::Library;
pub use profile::{Auth, Endpoint, Profile};

/// Lists the providers once: the registry and the TypeScript union of their ids both come from here.
macro_rules! registry {
    ($($id:literal => $provider:expr,)+) => {
        /// Every provider, in the order in which users see them.
        // `npm run size` builds the module without one of them, to see what it costs.
        pub static PROVIDERS: &[&dyn Provider] = &[$(#[cfg(not(without = $id))] &$provider),+];

        /// The providers' ids as a TypeScript union type.
        pub const PROVIDER_ID_TYPESCRIPT: &str =
            concat!("/** A provider that the package knows. */\nexport type ProviderId =" $(, "\n  | '", $id, "'")+, ";\n");
    };
}

registry! {
    "modelhunter" => modelhunter::ModelHunter,
    "onerouter" => onerouter::OneRouter,
    "worldrouter" => worldrouter::WorldRouter,
    "relaydance" => relaydance::RelayDance,
    "apiframe" => apiframe::Apiframe,
}

/// The registered provider with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn Provider> {
    PROVIDERS.iter().copied().find(|provider| provider.profile().id == id)
}

/// A company's API for uploads, as requests and answers.
pub trait Provider: Sync + core::fmt::Debug {
    /// Its constants.
    fn profile(&self) -> &'static Profile;

    /// What it takes, under these options.
    fn rules(&self, _options: &Options) -> &'static Rules {
        &self.profile().rules
    }

    /// How this file's bytes get there.
    fn route(&self, file: &InspectedFile, options: &Options) -> Route;

    /// The request that hands the file over, or confirms that storage has it; or why it takes nothing of this source.
    fn submit(&self, source: Source<'_>, options: &Options) -> Result<Request, Violation>;

    /// What a successful answer says: its JSON, or what is inside where the same is wrapped around every answer. Of another,
    /// what it means.
    fn answer<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error> {
        read(response)
    }

    /// Reads the answer to [`Provider::submit`].
    fn read_submit(&self, answer: Json<'_>) -> Result<Submission, Malformed>;

    /// Asks how far a pending asset is; `None` from a provider whose assets are ready at once.
    fn status(&self, _id: &str) -> Option<Request> {
        None
    }

    /// Reads the answer to [`Provider::status`].
    fn read_status(&self, _id: &str, answer: Json<'_>) -> Result<Submission, Malformed> {
        self.read_submit(answer)
    }

    /// The part of a generation request that refers to an asset, a JSON text as the provider's page shows it.
    ///
    /// It is the bare reference, a JSON string, where the page shows no request for assets of this kind.
    fn request_fragment(&self, reference: &str, _kind: Option<Kind>, _options: &Options) -> String {
        json::string(reference)
    }

    /// Its list of assets, where it has one.
    fn library(&self) -> Option<&'static Library> {
        None
    }
}

/// What a provider's response to [`Provider::submit`] says.
pub fn submission(provider: &dyn Provider, response: &Response) -> Result<Submission, Error> {
    let answer = provider.answer(response);
    let answer = answer.map_err(|error| quota::full_account(error, response, provider.profile()))?;
    Ok(provider.read_submit(answer)?)
}

/// A storage that hands out presigned PUT URLs.
pub trait Presign: Sync + core::fmt::Debug {
    /// The request for a ticket; the checksum is there if it is known by now.
    fn ticket(&self, file: &AcceptedFile, checksum: Option<&Checksum>) -> Request;

    /// Reads the answer to [`Presign::ticket`].
    fn read_ticket(&self, response: &Response) -> Result<Ticket, Error>;

    /// The PUT that the ticket allows: the sniffed type, the headers that were signed, the file's own bytes.
    fn put(&self, file: &AcceptedFile, ticket: &Ticket) -> Request {
        let put = Request::new(Method::Put, Target::Presigned(ticket.url.clone()));
        let put = put.header("Content-Type", file.mime()).body(Body::File);
        ticket.headers.iter().fold(put, |put, (name, value)| put.header(name, value))
    }

    /// Whether the checksum must be known before a ticket is asked for, because it is always signed.
    fn signs_checksum(&self) -> bool {
        false
    }
}

/// How a file's bytes travel.
#[derive(Clone, Copy, Debug)]
pub enum Route {
    /// In the submit request itself, as multipart/form-data.
    Form,
    /// By a presigned PUT, then a submit that confirms or registers.
    Put(&'static dyn Presign),
}

/// What a submit request is about.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// This file, whose bytes ride along.
    Body(&'a AcceptedFile),
    /// The provider's own storage holds the file, by this ticket; the checksum is there if it is known by now.
    Stored(&'a AcceptedFile, &'a Ticket, Option<&'a Checksum>),
    /// The provider can fetch it here: from our staging, or from wherever the user says.
    Url(&'a str, Option<Kind>),
}

/// A presigned PUT, or the form that takes its place.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Ticket {
    /// The presigned URL. It is a credential: it goes into no log, no error and no event.
    pub url: String,
    /// The provider's id for the file-to-be.
    pub id: String,
    /// Headers that were signed beside Content-Type.
    pub headers: Vec<(String, String)>,
    /// When the URL stops working, in milliseconds since 1970.
    pub expires_at_millis: Option<u64>,
    /// Where a provider can fetch what was put; a credential like `url`. Our own staging has it.
    pub fetch_url: Option<String>,
    /// The form in which the file is to be sent, where it is not to be PUT.
    pub form: Option<Form>,
    /// What was answered to the file, once it was sent.
    pub answer: String,
}

/// A form POST that carries a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Form {
    /// The name of the file's field.
    pub field: String,
    /// The fields before it. They may be credentials like the URL.
    pub fields: Vec<http::Field>,
}

impl Ticket {
    /// Whether the URL stops working before this time, in milliseconds since 1970.
    #[must_use]
    pub fn expires_before(&self, millis: u64) -> bool {
        self.expires_at_millis.is_some_and(|expires_at| expires_at < millis)
    }
}

impl core::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Ticket")
            .field("id", &self.id)
            .field("expires_at_millis", &self.expires_at_millis)
            .finish_non_exhaustive()
    }
}

/// A form of these texts, then the file in the field of this name.
fn form(texts: &[(&str, &str)], name: &str, file: &AcceptedFile) -> Body {
    let mut fields = Vec::new();
    for (name, value) in texts {
        fields.push(Field::Text { name: (*name).to_owned(), value: (*value).to_owned() });
    }
    fields.push(Field::File { name: name.to_owned(), file_name: file.name(), mime: file.mime() });
    Body::Form(fields)
}

/// The answer's JSON, if its status is that of a success.
fn read(response: &Response) -> Result<Json<'_>, Error> {
    let body = response.success(refusal_words)?;
    if response.status == 204 {
        // Nothing was cut off here: there is nothing.
        return Err(Malformed("body").into());
    }
    Ok(Json::read(body)?)
}

/// What an answer means as a failure, see [`Response::failure`].
fn failure(response: &Response, status: u16) -> Error {
    response.failure(status, refusal_words)
}

/// A field's words, cut where they are too many.
fn words(json: Json<'_>, field: &'static str) -> Option<String> {
    json.text(field).ok().map(|words| http::shorten(&words))
}

/// A refusal's own words, wherever a provider puts them: `error.code`, `error.message`, `error`, `code`, `message`.
pub(crate) fn refusal_words(body: &[u8]) -> Option<String> {
    let json = Json::read(body).ok()?;
    let said = |json: Json<'_>| ["code", "message"].iter().find_map(|name| json.text(name).ok());
    json.field("error").ok().and_then(said).or_else(|| json.text("error").ok()).or_else(|| said(json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registry_ids_are_the_profiles_ids() {
        for provider in PROVIDERS {
            let id = provider.profile().id;
            assert!(PROVIDER_ID_TYPESCRIPT.contains(&format!("'{id}'")), "{id} is registered under another id");
        }
        assert_eq!(PROVIDER_ID_TYPESCRIPT.matches('|').count(), PROVIDERS.len());
    }
}
