//! Files in parts, against a simulated gateway and bucket.

mod bad_responses;
mod failures;
mod happy;
mod random;
mod resume;
mod simulation;
mod store;

use std::sync::LazyLock;

use mediaferry::upload::Upload;
use mediaferry_testing::samples;

use simulation::Simulation;
use store::Store;

use crate::provider;

/// The size of a part in these tests.
const PART: u64 = 1_000;
/// The number of parts of the file; the last is half as large.
const PARTS: u64 = 20;

const CREATE: &str = "POST /staging/uploads";
const SIGN: &str = "POST /staging/uploads/sign";
const LIST: &str = "POST /staging/uploads/list";
const COMPLETE: &str = "POST /staging/uploads/complete";

/// The file of these tests.
fn file() -> Vec<u8> {
    static FILE: LazyLock<Vec<u8>> =
        LazyLock::new(|| samples::jpeg(640, 480, usize::try_from(PARTS * PART - PART / 2).expect("small")));
    FILE.clone()
}

/// The file with another byte at this place.
fn changed(at: usize) -> Vec<u8> {
    let mut other = file();
    other[at] ^= 1;
    other
}

/// The upload of a file to a provider that fetches it from staging, in parts.
fn upload(file: &[u8], seed: u64) -> Upload {
    let provider = provider("onerouter");
    let options = mediaferry_testing::script::options(&*provider, r#"{"model":"a/b","route":"url"}"#);
    let mut upload = Upload::new(provider, options, samples::candidate("a.jpg", "", file), seed);
    upload.set_multipart_threshold(1);
    upload
}

/// A simulation of the file of these tests.
fn simulation(store: &mut Store) -> Simulation<'_> {
    Simulation::new(store, upload(&file(), 42), file())
}

/// A simulation that continues where another one stopped, with this file.
fn resumed<'store>(store: &'store mut Store, file: &[u8], continuation: &str) -> Simulation<'store> {
    let mut upload = upload(file, 43);
    let note = mediaferry::json::Json::read(continuation.as_bytes()).expect("JSON");
    upload.resume(note).expect("a continuation");
    Simulation::new(store, upload, file.to_vec())
}
