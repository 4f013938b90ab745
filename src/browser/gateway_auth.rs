//! What the page shows its gateway with each request: headers, and a token. No other place ever sees them.

use core::cell::{Cell, RefCell};

use super::host_callbacks::HostCallbacks;
use crate::http::Request;
use crate::json::Json;

#[derive(Default)]
pub(super) struct GatewayAuth {
    headers: Vec<(String, String)>,
    /// Whether the page gives a token when it is asked for one.
    pub(super) renews: bool,
    /// Why it is to be asked next; `None` while there is a token in hand.
    why: Cell<Option<&'static str>>,
    /// The token, as the value of its header.
    token: RefCell<String>,
}

impl GatewayAuth {
    /// Reads `{ headers?, token? }` of a call; `token` is true where the page is to be asked for one.
    pub(super) fn read(call: Json<'_>) -> Self {
        let renews = call.bool("token").unwrap_or_default();
        let why = Cell::new(renews.then_some("initial"));
        Self { headers: call.pairs("headers").unwrap_or_default(), renews, why, ..Self::default() }
    }

    /// Adds what the gateway is to see to a request that goes there.
    pub(super) async fn apply(&self, mut request: Request, callbacks: &HostCallbacks) -> Request {
        if !request.target.is_gateway() {
            return request;
        }
        let why = if request.fresh_token { Some("unauthorized") } else { self.why.get() };
        if let Some(why) = why.filter(|_| self.renews) {
            // The page may have to show a form to a person, so this takes as long as it takes.
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
