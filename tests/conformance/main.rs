//! One suite for every registered provider. What its page says is in `fixtures/<id>/`: the documented answers as they
//! stand there, and `upload.json` with the documented requests and what is to be read out of the answers.

#[path = "../common/files.rs"]
mod files;

mod answers;
mod page;
mod profiles;
mod requests;

use mediaferry::error::Error;
use mediaferry::http::Response;
use mediaferry::providers::{Presign, Provider, Route, Submission, Ticket};
use page::{Page, Step};

/// An answer's reader with what the page's own answer to that step is.
enum Reader {
    Ticket(&'static dyn Presign),
    Submit(&'static dyn Provider),
    Status(&'static dyn Provider, String),
}

/// What a reader makes of an answer.
#[derive(Clone, Debug, PartialEq)]
enum Read {
    Ticket(Ticket),
    Submission(Submission),
}

impl Reader {
    fn read(&self, response: &Response) -> Result<Read, Error> {
        match self {
            Self::Ticket(presign) => presign.read_ticket(response).map(Read::Ticket),
            Self::Submit(provider) => provider.read_submit(response).map(Read::Submission),
            Self::Status(provider, id) => provider.read_status(id, response).map(Read::Submission),
        }
    }

    fn status(&self, status: u16, body: impl Into<Vec<u8>>) -> Result<Read, Error> {
        self.read(&Response { status, retry_after_millis: None, body: body.into() })
    }
}

/// The page's steps that have an answer, each with its reader.
fn readers(page: &Page) -> Vec<(Reader, &Step)> {
    let mut readers = Vec::new();
    let mut pending = None;
    for (kind, step) in page.kinds().into_iter().zip(&page.steps) {
        let reader = match (kind, page.route()) {
            (page::Kind::Ticket, Route::Put(presign)) => Reader::Ticket(presign),
            (page::Kind::Submit, _) => Reader::Submit(page.provider),
            (page::Kind::Status, _) => Reader::Status(page.provider, pending.clone().expect("a pending asset before")),
            (page::Kind::Put, _) => continue,
            (page::Kind::Ticket, Route::Form) => unreachable!("a form needs no ticket"),
        };
        if let Ok(Read::Submission(Submission::Pending { id })) = reader.status(200, step.answer()) {
            pending = Some(id);
        }
        readers.push((reader, step));
    }
    readers
}

/// Runs for every registered provider, and says for which one it failed.
fn for_all(check: impl Fn(&Page)) {
    let pages = Page::all();
    assert!(pages.len() >= 2);
    for page in &pages {
        println!("provider: {}", page.provider.profile().id);
        check(page);
    }
}
