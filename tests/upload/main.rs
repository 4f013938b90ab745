//! Whole uploads as scripts on a virtual clock. `mediaferry_testing::script` runs them: an unscripted request fails the test.

mod apiframe;
mod cancel;
mod changed_file;
mod checksum;
mod custom;
mod example_provider;
mod fake_providers;
mod inspect;
mod offline;
mod once;
mod onerouter;
mod options;
mod outcome_unknown;
mod parts;
mod pause;
mod poll;
mod process;
mod progress;
mod provider_responses;
mod random_network;
mod retry;
mod staging;
mod submit;
mod tasks;
mod ticket;
mod token;
mod transfer;
mod url;

use std::sync::LazyLock;

use mediaferry::providers::{self, Provider};
use mediaferry_testing::samples;
use mediaferry_testing::script::{Outcome, Script, status};

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

fn provider(id: &str) -> Box<dyn Provider> {
    providers::create(id).expect("a registered provider")
}

fn photo_to(provider: Box<dyn Provider>) -> Script {
    let photo = photo();
    Script::new(provider, samples::candidate("my-image.jpg", "image/jpeg", &photo), photo)
}

fn modelhunter() -> Script {
    photo_to(provider("modelhunter"))
}

fn relaydance() -> Script {
    photo_to(provider("relaydance"))
}

/// The outcomes on the pages.
fn ticket() -> Outcome {
    status(200, include_bytes!("../fixtures/modelhunter/ticket.json"))
}

fn stored() -> Outcome {
    status(200, "")
}

fn completed() -> Outcome {
    status(200, include_bytes!("../fixtures/modelhunter/complete.json"))
}

fn accepted() -> Outcome {
    status(200, include_bytes!("../fixtures/relaydance/response.json"))
}

/// S3's way to refuse a URL.
fn denied() -> Outcome {
    status(403, "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
}
