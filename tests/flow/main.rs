//! Whole uploads as scripts on a virtual clock. `common/script.rs` plays them: an unscripted request fails the test.

#[path = "../common/sixth.rs"]
mod harbour;
#[path = "../common/played.rs"]
mod played;
#[path = "../common/samples.rs"]
mod samples;
#[path = "../common/script.rs"]
mod script;
#[path = "../common/watch.rs"]
mod watch;

mod address;
mod apiframe;
mod cancel;
mod chance;
mod changed;
mod custom;
mod inspect;
mod made;
mod offline;
mod once;
mod onerouter;
mod options;
mod pages;
mod pause;
mod poll;
mod process;
mod progress;
mod retry;
mod sixth;
mod staging;
mod submit;
mod tasks;
mod ticket;
mod token;
mod transfer;
mod unclear;

use std::sync::LazyLock;

use mediaferry::providers::{Provider, by_id};
use script::{Answer, Script, status};

/// ModelHunter's page, as requests.
const TICKET: &str = "POST /api/v1/files/upload-url";
const PUT: &str = "PUT https://storage.modelhunter.ai/uploads/file_abc123?X-Amz-Signature=xxx";
const COMPLETE: &str = "POST /api/v1/files/file_abc123/complete";
/// `RelayDance`'s page.
const FORM: &str = "POST /v1/files";

/// The size of the file on ModelHunter's page.
const SIZE: u64 = 2_048_576;

fn photo() -> Vec<u8> {
    static PHOTO: LazyLock<Vec<u8>> = LazyLock::new(|| samples::jpeg(640, 480, usize::try_from(SIZE).expect("2 MB")));
    PHOTO.clone()
}

fn provider(id: &str) -> &'static dyn Provider {
    by_id(id).expect("a registered provider")
}

fn photo_to(provider: &'static dyn Provider) -> Script {
    let photo = photo();
    Script::new(provider, samples::candidate("my-image.jpg", "image/jpeg", &photo), photo)
}

fn modelhunter() -> Script {
    photo_to(provider("modelhunter"))
}

fn relaydance() -> Script {
    photo_to(provider("relaydance"))
}

/// The answers on the pages.
fn ticket() -> Answer {
    status(200, include_bytes!("../fixtures/modelhunter/ticket.json"))
}

fn stored() -> Answer {
    status(200, "")
}

fn completed() -> Answer {
    status(200, include_bytes!("../fixtures/modelhunter/complete.json"))
}

fn taken() -> Answer {
    status(200, include_bytes!("../fixtures/relaydance/response.json"))
}

/// S3's way to refuse a URL.
fn denied() -> Answer {
    status(403, "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
}
