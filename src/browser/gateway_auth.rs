//! The headers and the token that the page sends to its gateway. They are never sent anywhere else.

use core::cell::{Cell, RefCell};

use super::host_callbacks::HostCallbacks;
use crate::http::Request;
use crate::json::Json;

#[derive(Default)]
pub(super) struct GatewayAuth {
    headers: Vec<(String, String)>,
    /// Whether the page provides a token on request.
    pub(super) renews: bool,
    /// Why a token is needed; `None` while there is a valid token.
    why: Cell<Option<&'static str>>,
    /// The token, as the value of its header.
    token: RefCell<String>,
}

impl GatewayAuth {
    /// Reads `{ headers?, token? }` of a call; `token` is `true` if the page provides it on request.
    pub(super) fn read(call: Json<'_>) -> Self {
        let renews = call.bool("token").unwrap_or_default();
        let why = Cell::new(renews.then_some("initial"));
        Self { headers: call.pairs("headers").unwrap_or_default(), renews, why, ..Self::default() }
    }

    /// Adds the headers and the token to a request to the gateway.
    pub(super) async fn apply(&self, mut request: Request, callbacks: &HostCallbacks) -> Request {
        if !request.target.is_gateway() {
            return request;
        }
        let why = if request.fresh_token { Some("unauthorized") } else { self.why.get() };
        if let Some(why) = why.filter(|_| self.renews) {
            // The page may have to show a form to the user, so there is no time limit.
            let token = callbacks.query("token", &why.into()).await;
            self.token.replace(token.ok().and_then(|token| token.as_string()).unwrap_or_default());
            self.why.set(None);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if self.renews { request.header("Authorization", &self.token.borrow()) } else { request }
    }
}
