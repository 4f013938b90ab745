//! What the page shows its gateway with each request: headers, and a token. No other place ever sees them.

use core::cell::{Cell, RefCell};

use super::page::Page;
use crate::flow::Failure;
use crate::http::{Request, Response};
use crate::json::Json;
use crate::text;

#[derive(Default)]
pub(super) struct Pass {
    headers: Vec<(String, String)>,
    /// The token in hand.
    token: RefCell<Option<String>>,
    /// Whether the page is to be asked for one.
    pub(super) renews: bool,
    /// Whether the gateway has refused one.
    refused: Cell<bool>,
}

impl Pass {
    /// Reads `{ headers?, token? }` of a call; a token is a text, or `true` where the page is to be asked.
    pub(super) fn read(call: Json<'_>) -> Self {
        Self {
            headers: call.pairs("headers").unwrap_or_default(),
            token: RefCell::new(call.text("token").ok()),
            renews: call.bool("token").unwrap_or_default(),
            refused: Cell::new(false),
        }
    }

    /// Adds what the gateway is to see to a request that goes there.
    pub(super) async fn show(&self, request: &mut Request, page: &Page) {
        if !request.target.is_gateway() {
            return;
        }
        if self.renews && self.token.borrow().is_none() {
            let why = if self.refused.get() { "unauthorized" } else { "initial" };
            // The page may have to show a form to a person, so this takes as long as it takes.
            let token = page.ask("token", &why.into()).await.ok();
            *self.token.borrow_mut() = token.and_then(|token| token.as_string());
        }
        request.headers.extend_from_slice(&self.headers);
        let token = self.token.borrow();
        let bearer = token.iter().map(|token| ("Authorization".to_owned(), text::concat(&["Bearer ", token])));
        request.headers.extend(bearer);
    }

    /// Forgets a token that has not been taken, so that the page is asked for another if the request is repeated.
    pub(super) fn heard(&self, request: &Request, answer: &Result<Response, Failure>) {
        if self.renews && request.target.is_gateway() && answer.as_ref().is_ok_and(|answer| answer.status == 401) {
            self.token.take();
            self.refused.set(true);
        }
    }
}
