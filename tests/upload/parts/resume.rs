//! An upload that was interrupted, in the same page or in another one, with the same file or another one.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::json::Json;
use mediaferry::upload::Failure;
use mediaferry_testing::samples;
use mediaferry_testing::script::sha256;
use serde_json::{Value, json};

use super::simulation::{Fate, Trace};
use super::store::Store;
use super::{COMPLETE, CREATE, LIST, PART, PARTS, changed, file, resumed, simulation, upload};

/// A page that is closed after about 60 % of the parts are stored; and what it stored.
fn interrupted(store: &mut Store) -> String {
    for step in 10.. {
        let mut copy = Store { keeps_checksums: store.keeps_checksums, ..Store::new(PART) };
        let trace = simulation(&mut copy).killed_at(step).run();
        if copy.uploads.first().is_some_and(|upload| upload.parts.len() == 12) {
            *store = copy;
            return trace.continuation.expect("a continuation");
        }
    }
    unreachable!()
}

fn digests(continuation: &str) -> Value {
    serde_json::from_str::<Value>(continuation).expect("JSON")["digests"].clone()
}

fn with(continuation: &str, field: &str, value: Value) -> String {
    let mut json: Value = serde_json::from_str(continuation).expect("JSON");
    json[field] = value;
    json.to_string()
}

fn assert_done(trace: &Trace, store: &Store) {
    assert_eq!(trace.result().sent.as_ref().unwrap().checksum, Some(sha256(&file())));
    assert_eq!(store.object(), file());
}

#[test]
fn no_stored_part_is_sent_again() {
    for keeps_checksums in [true, false] {
        let mut store = Store { keeps_checksums, ..Store::new(PART) };
        let continuation = interrupted(&mut store);
        let trace = resumed(&mut store, &file(), &continuation).run();
        assert_done(&trace, &store);
        assert_eq!([CREATE, LIST, COMPLETE].map(|line| trace.count(line)), [0, 1, 1]);
        assert_eq!((trace.count("PUT") as u64, store.sent_again), (PARTS - 12, 0));
        assert!(trace.first_sent() >= 12 * PART, "progress starts where it stopped, not at {}", trace.first_sent());
    }
}

#[test]
fn part_size_of_the_gateway_has_no_effect_on_an_upload_that_exists() {
    let mut store = Store::new(PART);
    let continuation = interrupted(&mut store);
    store.part_size = 3 * PART;
    assert_done(&resumed(&mut store, &file(), &continuation).run(), &store);
    assert_eq!(store.uploads.len(), 1);
}

#[test]
fn different_file_is_refused_before_anything_is_sent() {
    for keeps_checksums in [true, false] {
        let mut store = Store { keeps_checksums, ..Store::new(PART) };
        let continuation = interrupted(&mut store);
        // A byte in the third part.
        let trace = resumed(&mut store, &changed(2_500), &continuation).run();
        assert_eq!((trace.error(), trace.count("PUT")), (&Error::DifferentFile, 0));
        assert_eq!((trace.error().code(), trace.error().retryable()), (ErrorCode::DifferentFile, false));
        // The parts are unchanged: the right file continues.
        let continuation = trace.continuation.expect("a continuation");
        assert_done(&resumed(&mut store, &file(), &continuation).run(), &store);
        assert_eq!(store.sent_again, 0);
    }
}

#[test]
fn nothing_is_sent_before_the_last_stored_part_is_compared() {
    let mut store = Store::new(PART);
    let continuation = interrupted(&mut store);
    // The first parts are missing, and the file differs in the last one that is stored.
    store.uploads[0].parts.remove(&1);
    store.uploads[0].parts.remove(&2);
    let last = usize::try_from(*store.uploads[0].parts.keys().last().unwrap()).unwrap();
    let trace = resumed(&mut store, &changed(last * 1_000 - 500), &continuation).run();
    assert_eq!((trace.error(), trace.count("PUT"), trace.count(super::SIGN)), (&Error::DifferentFile, 0, 0));
    assert_done(&resumed(&mut store, &file(), &continuation).run(), &store);
}

#[test]
fn file_that_differs_only_where_nothing_is_stored_is_that_file() {
    let mut store = Store::new(PART);
    let continuation = interrupted(&mut store);
    let other = changed(19_100);
    resumed(&mut store, &other, &continuation).run().result();
    assert_eq!(store.object(), other, "its own bytes, nothing of another file");
}

#[test]
fn file_of_another_size_is_refused_at_once() {
    let mut store = Store::new(PART);
    let continuation = interrupted(&mut store);
    for len in [19_499, 19_501] {
        let trace = resumed(&mut store, &samples::jpeg(640, 480, len), &continuation).run();
        assert_eq!((trace.error(), trace.requests.len()), (&Error::DifferentFile, 0));
    }
}

#[test]
fn part_of_which_nothing_is_known_is_sent_again() {
    // Without checksums, a part that was stored while the page died is not known to be this file's.
    let mut store = Store { keeps_checksums: false, ..Store::new(PART) };
    let continuation = interrupted(&mut store);
    let none = with(&continuation, "digests", json!(zeros()));
    let trace = resumed(&mut store, &file(), &none).run();
    assert_done(&trace, &store);
    assert_eq!((trace.count("PUT") as u64, store.sent_again), (PARTS, 12));
}

fn zeros() -> String {
    "A".repeat((usize::try_from(PARTS).unwrap() * 16 * 4).div_ceil(3))
}

#[test]
fn part_of_another_size_or_number_is_not_this_files() {
    let mut store = Store::new(PART);
    let continuation = interrupted(&mut store);
    let trace = resumed(&mut store, &file(), &continuation)
        .network(|request, store, _| {
            let mut fate = Fate::Served;
            if mediaferry_testing::script::request_line(request) == LIST {
                let mut response = store.serve(request, &[]);
                let mut body: Value = serde_json::from_slice(&response.body).unwrap();
                body["parts"][0]["size_bytes"] = json!(999);
                body["parts"][1]["number"] = json!(0);
                body["parts"][2]["number"] = json!(21);
                response.body = body.to_string().into_bytes();
                fate = Fate::Answered(response);
            }
            (100, fate)
        })
        .run();
    assert_done(&trace, &store);
    assert_eq!(trace.count("PUT") as u64, PARTS - 12 + 3);
}

#[test]
fn upload_that_is_gone_or_whose_token_is_rejected_starts_again() {
    let mut store = Store::new(PART);
    let continuation = interrupted(&mut store);
    store.abort(0);
    let trace = resumed(&mut store, &file(), &continuation).run();
    assert_done(&trace, &store);
    assert_eq!((trace.restarts(), trace.count(CREATE), trace.count("PUT") as u64), (1, 1, PARTS));
    let mut store = Store::new(PART);
    let continuation = with(&interrupted(&mut store), "token", json!("tampered"));
    let trace = resumed(&mut store, &file(), &continuation).run();
    assert_done(&trace, &store);
    assert_eq!(trace.restarts(), 1);
}

#[test]
fn completed_upload_only_needs_its_url() {
    for keeps_checksums in [true, false] {
        let mut store = Store { keeps_checksums, ..Store::new(PART) };
        // The responses to `complete` are lost until the page gives up.
        let trace = simulation(&mut store)
            .network(|request, _, _| {
                let lost = mediaferry_testing::script::request_line(request) == COMPLETE;
                (100, if lost { Fate::Lost(Failure::Network) } else { Fate::Served })
            })
            .run();
        assert_eq!(trace.error(), &Error::Network);
        let continuation = trace.continuation.expect("a continuation");
        let other = resumed(&mut store, &changed(2_500), &continuation).run();
        assert_eq!((other.error(), store.fetched.len()), (&Error::DifferentFile, 0));
        let trace = resumed(&mut store, &file(), &continuation).run();
        assert_done(&trace, &store);
        assert_eq!([CREATE, "PUT", COMPLETE].map(|line| trace.count(line)), [0, 0, 1]);
        // What is not known to be this file is not taken for it.
        let none = with(&continuation, "digests", json!(zeros()));
        let trace = resumed(&mut store, &changed(2_500), &none).run();
        assert_eq!((trace.restarts(), store.uploads.len()), (1, 2));
        assert_eq!(store.uploads[1].object.as_deref(), Some(&*changed(2_500)));
    }
}

#[test]
fn failed_upload_continues_on_retry() {
    let mut store = Store::new(PART);
    let trace = simulation(&mut store)
        .network(|request, _, now| {
            let fails = request.carries_file() && now > 400;
            (100, if fails { Fate::Unserved(Failure::Network) } else { Fate::Served })
        })
        .run();
    assert_eq!(trace.error(), &Error::Network);
    let stored = store.uploads[0].parts.len() as u64;
    assert!((1..PARTS).contains(&stored));
    let trace = resumed(&mut store, &file(), &trace.continuation.unwrap()).run();
    assert_done(&trace, &store);
    assert_eq!((trace.count("PUT") as u64, store.sent_again), (PARTS - stored, 0));
}

#[test]
fn continuation_of_the_most_parts_has_at_most_16_kb() {
    let mut store = Store::new(3);
    let file = samples::jpeg(640, 480, 27_000);
    let trace = super::Simulation::new(&mut store, upload(&file, 1), file).killed_at(2_000).run();
    let continuation = trace.continuation.expect("a continuation");
    assert!(continuation.len() < 16_384, "{} bytes", continuation.len());
    assert_ne!(digests(&continuation), json!(null));
}

#[test]
fn invalid_continuation_is_refused() {
    let mut store = Store::new(PART);
    let good = interrupted(&mut store);
    let bad = [
        with(&good, "token", json!(7)),
        with(&good, "partSize", json!(0)),
        with(&good, "partSize", json!(1)),
        with(&good, "partSize", json!(1_u64 << 40)),
        with(&good, "size", json!(null)),
        with(&good, "digests", json!("A")),
        with(&good, "digests", json!("?".repeat(427))),
    ];
    for text in bad {
        let note = Json::read(text.as_bytes()).unwrap();
        assert!(upload(&file(), 1).resume(note).is_err(), "{text}");
    }
    assert!(upload(&file(), 1).resume(Json::read(good.as_bytes()).unwrap()).is_ok());
}
