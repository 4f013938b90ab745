//! One request and its response: a page of a provider's list, the deletion of an asset, or the removal of a multipart upload.

use core::fmt;

use super::{Output, Task, finish, silent};
use crate::clock::Now;
use crate::error::Error;
use crate::http::{Request, Response};
use crate::json::{self, Json};
use crate::providers::assets_api::AssetsApi;
use crate::providers::response::provider_error_message;
use crate::rules;
use crate::storage::multipart::{Multipart, Operation};
use crate::upload::{Effect, Input, Next, Retry, Step, Wait};

/// Reads a response. The flag is true if the request was repeated, because the first one may have had its effect.
type Reader = Box<dyn Fn(&Response, bool) -> Result<Output, Error>>;

/// One request and its response; retried if that is safe.
pub struct RequestTask {
    request: Request,
    read: Reader,
    retry: Retry,
    /// The number of times it was sent.
    tries: u32,
    is_sending: bool,
}

impl RequestTask {
    /// A request that has not been sent. `seed` randomises the retries.
    fn new(request: Request, read: Reader, seed: u64) -> Self {
        Self { request, read, retry: Retry::new(seed), tries: 0, is_sending: false }
    }

    /// Requests a page, counted from 1, of a provider's list; without a size, with the maximum size. The size is a JSON
    /// text.
    pub fn list(
        assets_api: &'static AssetsApi,
        page: u32,
        page_size: Option<Json<'_>>,
        seed: u64,
    ) -> Result<Self, Error> {
        let most = assets_api.max_page_size;
        let size = page_size.map_or(Some(most), |size| size.whole().and_then(|size| u32::try_from(size).ok()));
        let Some(size) = size.filter(|size| (1..=most).contains(size)) else {
            let requested = page_size.map(Json::to_text).unwrap_or_default();
            return Err(Error::Rejected(vec![rules::page_size(requested, most)]));
        };
        let read = move |response: &Response, _| assets_api.read_list(response).map(Output::Page);
        Ok(Self::new(assets_api.list_request(page.max(1), size), Box::new(read), seed))
    }

    /// Deletes an asset from a provider's list.
    #[must_use]
    pub fn delete(assets_api: &'static AssetsApi, id: &str, seed: u64) -> Self {
        let read = move |response: &Response, is_repeated| match assets_api.read_delete(response) {
            // The response to the first request was lost, and the asset is deleted.
            Err(error) if is_repeated && error.refusal().is_some_and(|refusal| refusal.status == 404) => {
                Ok(Output::Done)
            }
            read => read.map(|()| Output::Done),
        };
        Self::new(assets_api.delete_request(id), Box::new(read), seed)
    }

    /// Removes the multipart upload that a continuation describes, and its parts; `None` if it describes none.
    #[must_use]
    pub fn discard(multipart: Multipart, continuation: Json<'_>, seed: u64) -> Option<Self> {
        let token =
            continuation.text("phase").ok().filter(|phase| phase == "parts").and(continuation.text("token").ok());
        let request = multipart.request(Operation::Abort, &[("token", json::string(&token?))]);
        let read = |response: &Response, _| response.success(provider_error_message).map(|_| Output::Done);
        Some(Self::new(request, Box::new(read), seed))
    }

    fn send(&mut self) -> Next<Output> {
        self.is_sending = true;
        self.tries += 1;
        let fresh_token = self.retry.wants_token();
        if fresh_token {
            self.retry.token_renewed();
        }
        Next::Perform(Effect::Send(Request { fresh_token, ..self.request.clone() }))
    }

    fn read(&mut self, response: &Response, now: Now) -> Next<Output> {
        self.retry.responded();
        let read = (self.read)(response, self.tries > 1);
        if !matches!(read, Err(Error::Unauthenticated(_))) {
            self.retry.authenticated();
        }
        read.map_or_else(|error| self.recover(error.with_status(response.status), now), |output| finish(Ok(output)))
    }

    fn recover(&mut self, error: Error, now: Now) -> Next<Output> {
        self.is_sending = false;
        match self.retry.wait_after(&error, &self.request, false, now) {
            Some(Wait { millis, wake, .. }) => Next::Perform(Effect::Sleep { millis, wake }),
            None => finish(Err(error)),
        }
    }
}

impl fmt::Debug for RequestTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestTask").field("request", &self.request).finish_non_exhaustive()
    }
}

impl Task for RequestTask {
    fn handle(&mut self, input: Input, now: Now) -> Step<Output> {
        silent(match input {
            Input::Start if self.tries == 0 => self.send(),
            Input::TimerFired if self.tries > 0 && !self.is_sending => self.send(),
            Input::Response(response) if self.is_sending => self.read(&response, now),
            Input::Failed(failure) if self.is_sending => self.recover(failure.into(), now),
            Input::Cancel => Next::Cancelled,
            _ => Next::Continue,
        })
    }

    fn retry(&mut self) -> Option<&mut Retry> {
        Some(&mut self.retry)
    }
}
