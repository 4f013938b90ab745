//! The trait that every provider implements, and the registry.
//!
//! A provider is one file: a [`Profile`] of constants, functions that build requests and functions that read responses.
//! It performs no I/O, has no access to keys and keeps no state.

use crate::digest::Checksum;
use crate::error::Error;
use crate::file::{AcceptedFile, InspectedFile};
use crate::http::{Body, Field, Request, Response};
use crate::json::{self, Json, Malformed};
use crate::media::Kind;
use crate::options::{InvalidOption, OptionSpec, Options};
use crate::rules::{Rules, Violation};
use crate::storage::{Presign, StoredFile};

pub mod apiframe;
mod asset;
pub mod assets_api;
pub(crate) mod callbacks;
pub mod custom;
pub mod modelhunter;
pub mod onerouter;
mod profile;
mod quota;
pub mod relaydance;
pub mod response;
pub mod worldrouter;

pub use asset::{Asset, AssetState, Reported, ReportedMetadata, Submission};
pub use assets_api::AssetsApi;
pub use custom::Custom;
pub use profile::{Auth, Endpoint, Profile};

/// Lists the providers once: the registry and the TypeScript union of their ids are generated from it.
macro_rules! registry {
    ($($id:literal => $provider:expr,)+) => {
        /// Every provider, in display order.
        pub static PROVIDERS: &[&dyn Provider] = &[$(#[cfg(not(without = $id))] &$provider),+];

        /// Creates the registered provider with this id.
        #[must_use]
        pub fn create(id: &str) -> Option<Box<dyn Provider>> {
            $(#[cfg(not(without = $id))]
            if id == $id {
                return Some(Box::new($provider));
            })+
            None
        }

        /// Calls `use_rules` with the limits of the provider that an id or a definition describes, under these options.
        /// Returns whether there is one. Calls only this method of the provider, so that `fix.wasm` contains nothing else of it.
        pub fn with_rules(provider: Json<'_>, options: Json<'_>, use_rules: &mut dyn FnMut(Rules<'_>)) -> bool {
            if provider.is_object() {
                return Custom::from_json(provider).is_ok_and(|custom| {
                    use_rules(custom.rules(&Options::default()));
                    true
                });
            }
            let id = provider.string().unwrap_or_default();
            $(#[cfg(not(without = $id))]
            if id == $id {
                let options = Options::read_known($provider.profile().settings, options);
                use_rules($provider.rules(&options));
                return true;
            })+
            false
        }

        /// The providers' ids as a TypeScript union type.
        pub const PROVIDER_ID_TYPESCRIPT: &str =
            concat!("/** The id of a built-in provider. */\nexport type ProviderId =" $(, "\n  | '", $id, "'")+, ";\n");
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

/// Reads the options of one provider. An option that it does not have is an error.
pub fn read_options(specs: &'static [OptionSpec], json: Json<'_>) -> Result<Options, InvalidOption> {
    refuse_unknown(Some(specs), json)?;
    Options::read(specs, json)
}

/// Reads the options of all providers at once; none of them is required.
pub fn read_all_options(json: Json<'_>) -> Result<Options, InvalidOption> {
    refuse_unknown(None, json)?;
    let mut options = Options::default();
    for spec in PROVIDERS.iter().flat_map(|provider| provider.profile().settings) {
        options.read_optional(spec, json)?;
    }
    Ok(options)
}

/// Rejects an option that is none of these or, without a list, one that no provider has.
fn refuse_unknown(specs: Option<&[OptionSpec]>, json: Json<'_>) -> Result<(), InvalidOption> {
    for name in json.names() {
        let has = |specs: &[OptionSpec]| specs.iter().any(|spec| spec.name == name);
        if !specs.map_or_else(|| PROVIDERS.iter().any(|provider| has(provider.profile().settings)), has) {
            return Err(InvalidOption::Unknown(name));
        }
    }
    Ok(())
}

/// A company's upload API, as requests and responses.
///
/// ```
/// use mediaferry::http::Target;
/// use mediaferry::options::Options;
/// use mediaferry::providers::{self, Source};
///
/// let provider = providers::create("apiframe").unwrap();
/// let source = Source::Url("https://example.com/cat.mp4", None);
/// assert!(provider.submit(source, &Options::default()).is_err(), "the kind is unknown");
/// let status = provider.status("abc123").unwrap();
/// assert!(matches!(status.target, Target::Provider(path) if path == "/v2/assets/abc123"));
/// ```
///
/// `testing/src/example_provider.rs` is a complete implementation.
pub trait Provider: Send + Sync + core::fmt::Debug {
    /// The provider's constants. All providers that the page defines have the same.
    fn profile(&self) -> &'static Profile;

    /// The limits under these options. Providers return a constant: with a part of the profile, `fix.wasm` has all of it.
    fn rules(&self, _options: &Options) -> Rules<'_> {
        self.profile().rules
    }

    /// How the file's bytes are sent.
    fn route(&self, file: &InspectedFile, options: &Options) -> Route;

    /// Builds the request that creates the asset or confirms the stored file, or returns why the source is rejected.
    fn submit(&self, source: Source<'_>, options: &Options) -> Result<Request, Violation>;

    /// The JSON of a successful response, without the envelope of every response; for another status, the error.
    fn decode<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error> {
        response::read(response)
    }

    /// Reads the response to [`Provider::submit`].
    fn read_submit(&self, json: Json<'_>) -> Result<Submission, Malformed>;

    /// The status request for a pending asset; `None` if the provider's assets are ready immediately.
    fn status(&self, _id: &str) -> Option<Request> {
        None
    }

    /// Reads the response to [`Provider::status`].
    fn read_status(&self, _id: &str, json: Json<'_>) -> Result<Submission, Malformed> {
        self.read_submit(json)
    }

    /// The part of a generation request that refers to an asset: a JSON text as the provider's page shows it.
    ///
    /// If the page shows no request for assets of this kind, it is the bare reference, a JSON string.
    fn request_fragment(&self, reference: &str, _kind: Option<Kind>, _options: &Options) -> String {
        json::string(reference)
    }

    /// The provider's list of assets, if it has one.
    fn assets_api(&self) -> Option<&'static AssetsApi> {
        None
    }
}

/// How a file's bytes are sent.
#[derive(Clone, Copy, Debug)]
pub enum Route {
    /// In the submit request itself, as multipart/form-data.
    Form,
    /// In a presigned PUT, followed by a submit request that confirms or registers the file.
    Put(&'static dyn Presign),
}

/// The source of a submit request.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// This file, whose bytes are in the request.
    Body(&'a AcceptedFile),
    /// The provider's own storage has the file. The checksum is passed if it is already known.
    Stored(&'a AcceptedFile, &'a StoredFile, Option<&'a Checksum>),
    /// A URL that the provider fetches: from our staging, or from the user.
    Url(&'a str, Option<Kind>),
}

/// A form with these text fields, followed by the file in the field `name`.
fn form(texts: &[(&str, &str)], name: &str, file: &AcceptedFile) -> Body {
    let mut fields = Vec::new();
    for (name, value) in texts {
        fields.push(Field::Text { name: (*name).to_owned(), value: (*value).to_owned() });
    }
    fields.push(Field::File { name: name.to_owned(), file_name: file.name(), mime: file.mime() });
    Body::Form(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_option_is_named() {
        let json = |text: &'static str| Json::read(text.as_bytes()).unwrap();
        let misspelt = Err(InvalidOption::Unknown("modle".to_owned()));
        let specs = by_id("onerouter").unwrap().profile().settings;
        assert_eq!(read_options(specs, json(r#"{"model":"a","modle":"b"}"#)), misspelt);
        assert_eq!(read_all_options(json(r#"{"modle":"b"}"#)), misspelt);
        let of_another = Err(InvalidOption::Unknown("limit".to_owned()));
        assert_eq!(read_options(specs, json(r#"{"model":"a","limit":"api"}"#)), of_another);
        assert_eq!(read_all_options(json(r#"{"model":"a","limit":"api"}"#)).unwrap().get("limit"), "api");
    }

    #[test]
    fn registry_ids_are_the_profiles_ids() {
        for provider in PROVIDERS {
            let id = provider.profile().id;
            assert!(PROVIDER_ID_TYPESCRIPT.contains(&format!("'{id}'")), "{id} is registered under another id");
        }
        assert_eq!(PROVIDER_ID_TYPESCRIPT.matches('|').count(), PROVIDERS.len());
    }
}
