//! What JavaScript asks for, read from one JSON text: a provider, its options, and the way there.

use wasm_bindgen::JsValue;

use crate::http::Target;
use crate::json::Json;
use crate::options::{BadOption, Options};
use crate::providers::{self, PROVIDERS, Profile, Provider};

/// A provider with its options, by a gateway.
pub(super) struct Call {
    pub(super) provider: &'static dyn Provider,
    pub(super) options: Options,
    pub(super) gateway: Gateway,
    /// The address to upload from, where there is no file.
    pub(super) address: Option<String>,
}

/// Where requests go.
pub(super) struct Gateway {
    address: String,
    provider: &'static str,
}

impl Call {
    /// Reads `{ provider, gateway, address?, options }`; the gateway's address is absolute. A `TypeError` says what is wrong.
    pub(super) fn read(text: &str) -> Result<Self, JsValue> {
        let field = |json: Json<'_>, name| json.text(name).unwrap_or_default();
        let json = Json::read(text.as_bytes()).map_err(|_| type_error(&["this is no call"]))?;
        let id = field(json, "provider");
        let provider = providers::by_id(&id).ok_or_else(|| {
            let known: Vec<&str> = PROVIDERS.iter().map(|provider| provider.profile().id).collect();
            type_error(&["unknown provider '", &id, "'; known: ", &known.join(", ")])
        })?;
        let profile = provider.profile();
        let chosen = json.field("options").map_err(|_| type_error(&["this is no call"]))?;
        let options = Options::read(profile.settings, chosen).map_err(|BadOption(setting)| {
            let values = if setting.values.is_empty() { "a text".to_owned() } else { setting.values.join(", ") };
            type_error(&[profile.name, " needs the option '", setting.name, "' to be ", &values])
        })?;
        let gateway = Gateway { address: field(json, "gateway"), provider: profile.id };
        Ok(Self { provider, options, gateway, address: json.text("address").ok() })
    }
}

impl Gateway {
    /// The complete URL of a request. Only what goes by the gateway ever meets a credential.
    pub(super) fn url(&self, target: &Target) -> String {
        let address = self.address.trim_end_matches('/');
        match target {
            Target::Provider(path) => [address, "/providers/", self.provider, path].concat(),
            Target::Staging(path) => [address, path].concat(),
            Target::Presigned(url) => url.clone(),
        }
    }
}

/// What a provider without a list says to who asks for one.
pub(super) fn no_library(profile: &Profile) -> JsValue {
    type_error(&[profile.name, " keeps no list of assets"])
}

fn type_error(parts: &[&str]) -> JsValue {
    js_sys::TypeError::new(&parts.concat()).into()
}
