//! In place of `parts` in a build without that feature: a file is sent by one request, whatever its size.

#![allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "the signatures are those of `parts`")]

use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::http::{Request, Response};
use crate::json::{Json, Malformed};
use crate::storage::Presign;
use crate::storage::multipart::Multipart;
use crate::upload::effect::{Input, Lane, Next};
use crate::upload::{Phase, Upload};

/// No file is large enough.
pub const MULTIPART_THRESHOLD: u64 = u64::MAX;

/// There are none, so the compiler removes what uses them.
#[derive(Debug)]
pub(in crate::upload) enum Parts {}

#[derive(Debug)]
pub(in crate::upload) enum SavedParts {}

impl SavedParts {
    pub(in crate::upload) fn read(_: Json<'_>) -> Result<Self, Malformed> {
        Err(Malformed("parts"))
    }

    pub(in crate::upload) fn stored(&self) -> u64 {
        match *self {}
    }
}

impl Parts {
    pub(in crate::upload) fn continuation(&self) -> String {
        match *self {}
    }
}

impl Upload {
    pub(in crate::upload) fn first_put(&self, presign: &'static dyn Presign) -> Phase {
        Phase::Ticket(presign)
    }

    pub(in crate::upload) fn resume_parts(
        &mut self,
        _: &'static dyn Presign,
        saved: SavedParts,
    ) -> Result<Phase, Error> {
        match saved {}
    }

    pub(in crate::upload) fn begin_parts(&mut self) -> Next {
        Next::Continue
    }

    pub(in crate::upload) fn on_lane(&mut self, _: Lane, _: Input) -> Next {
        Next::Continue
    }

    pub(in crate::upload) fn restart(&mut self, error: Error) -> Next {
        self.finish(Err(error))
    }

    pub(in crate::upload) fn parts_request(
        &self,
        _: &Phase,
        _: &AcceptedFile,
        _: Option<&Checksum>,
    ) -> Result<Request, Malformed> {
        Err(Malformed("parts"))
    }

    pub(in crate::upload) fn on_create(
        &mut self,
        _: &'static dyn Presign,
        _: Multipart,
        _: &Response,
    ) -> Result<Next, Error> {
        Ok(Next::Continue)
    }

    pub(in crate::upload) fn on_list(&mut self, _: &Response) -> Result<Next, Error> {
        Ok(Next::Continue)
    }

    pub(in crate::upload) fn on_complete(&mut self, _: &Response) -> Result<Next, Error> {
        Ok(Next::Continue)
    }
}

impl Phase {
    pub(in crate::upload) const fn is_in_parts(&self) -> bool {
        false
    }
}
