//! The transfer to storage: requests, progress, and hashing beside it.

use mediaferry::error::Error;
use mediaferry::http::{Body, Field, Method};
use mediaferry::upload::{Event, Failure, Stage};
use mediaferry_testing::script::Meanwhile::{Elapse, HashComplete, HashFails, HashProgress, UploadProgress};
use mediaferry_testing::script::{failure, sha256};

use crate::{COMPLETE, FORM, PUT, SIZE, TICKET, accepted, completed, modelhunter, photo, relaydance, stored, ticket};

#[test]
fn image_is_uploaded_by_ticket_put_and_complete() {
    let trace = modelhunter()
        .on(TICKET, ticket())
        .on(PUT, stored())
        .meanwhile(&[
            HashProgress(SIZE / 2),
            UploadProgress(SIZE / 2),
            HashProgress(SIZE),
            HashComplete,
            UploadProgress(SIZE),
        ])
        .on(COMPLETE, completed())
        .run();
    assert_eq!(trace.stages(), [Stage::Inspect, Stage::Ticket, Stage::Transfer, Stage::Submit]);
    assert_eq!((trace.hashes(), trace.sleeps().len(), trace.retries().len()), (0, 0, 0));

    let delivery = trace.result();
    assert_eq!(delivery.asset.id.as_deref(), Some("file_abc123"));
    assert_eq!(delivery.asset.reference(), Some("https://cdn.modelhunter.ai/files/file_abc123.jpg"));
    assert_eq!(delivery.raw, include_str!("../fixtures/modelhunter/complete.json"), "the outcome is kept as it came");
    assert_eq!(trace.checksum(), sha256(&photo()));
    assert_eq!((trace.sent().file.mime(), trace.sent().file.size()), ("image/jpeg", SIZE));

    let requests = trace.requests();
    let [_, put, complete] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(put.headers, [("Content-Type".to_owned(), "image/jpeg".to_owned())]);
    assert_eq!((put.method, &put.body), (Method::Put, &Body::File));
    assert_eq!((&complete.headers, &complete.body), (&Vec::new(), &Body::Empty));
}

#[test]
fn image_is_uploaded_by_one_form() {
    let trace = relaydance()
        .on(FORM, accepted())
        .meanwhile(&[UploadProgress(SIZE / 2), UploadProgress(SIZE), HashProgress(SIZE), HashComplete])
        .run();
    assert_eq!(trace.stages(), [Stage::Inspect, Stage::Transfer, Stage::Submit]);
    let delivery = trace.result();
    assert_eq!((delivery.asset.id.as_deref(), delivery.asset.reference()), (Some("file_abc123"), Some("https://...")));
    assert_eq!(trace.checksum(), sha256(&photo()));
    let file = Field::File { name: "file".to_owned(), file_name: "my-image.jpg".to_owned(), mime: "image/jpeg" };
    assert_eq!(trace.requests()[0].body, Body::Form(vec![file]));
}

#[test]
fn events_are_reported_in_order() {
    let trace = modelhunter()
        .on(TICKET, ticket())
        .on(PUT, stored())
        .meanwhile(&[UploadProgress(SIZE)])
        .on(COMPLETE, completed())
        .run();
    let words: Vec<&str> = trace.events.iter().map(word).filter(|word| *word != "known").collect();
    let expected = "inspect % file ticket % transfer % % hash % submit % %";
    assert_eq!(words.join(" "), expected);
    let Some(Event::Inspected(file)) = trace.events.iter().find(|event| matches!(event, Event::Inspected(_))) else {
        panic!("never inspected")
    };
    assert_eq!(file.media().displayed_size().known().map(|size| (size.width, size.height)), Some((640, 480)));
    assert!(!file.mismatched());
}

fn word(event: &Event) -> &'static str {
    match event {
        Event::Stage(stage) => stage.as_str(),
        Event::Inspected(_) => "file",
        Event::Progress(_) => "%",
        Event::Retry { .. } => "retry",
        Event::Paused => "paused",
        Event::Warnings(_) => "warnings",
        Event::Restarted => "restarted",
        Event::Known(_) => "known",
    }
}

#[test]
fn submit_waits_for_the_checksum() {
    let trace = modelhunter().on(TICKET, ticket()).on(PUT, stored()).on(COMPLETE, completed()).run();
    assert_eq!(trace.stages(), [Stage::Inspect, Stage::Ticket, Stage::Transfer, Stage::Hash, Stage::Submit]);
    assert_eq!((trace.hashes(), trace.checksum()), (1, sha256(&photo())));

    let trace = relaydance().on(FORM, accepted()).meanwhile(&[UploadProgress(SIZE)]).run();
    assert_eq!(trace.stages(), [Stage::Inspect, Stage::Transfer, Stage::Submit, Stage::Hash]);
    assert_eq!((trace.hashes(), trace.checksum()), (1, sha256(&photo())));
}

#[test]
fn checksum_computed_during_the_transfer_is_not_requested_again() {
    let trace = modelhunter()
        .on(TICKET, ticket())
        .meanwhile(&[HashProgress(SIZE), HashComplete])
        .on(PUT, failure(Failure::Network))
        .on(PUT, stored())
        .on(COMPLETE, completed())
        .run();
    assert_eq!((trace.hashes(), trace.checksum()), (1, sha256(&photo())), "a file is hashed as often as it is sent");

    let early = modelhunter().on(TICKET, ticket()).meanwhile(&[HashProgress(SIZE), HashComplete]);
    let trace = early.on(PUT, stored()).on(COMPLETE, completed()).run();
    assert_eq!((trace.hashes(), trace.checksum()), (0, sha256(&photo())));

    let trace = modelhunter().on(TICKET, ticket()).on(PUT, stored()).on(COMPLETE, completed()).run();
    assert_eq!(trace.hashes(), 1, "here it is");
}

#[test]
fn hash_failure_at_any_stage_is_unreadable_file() {
    let cut = [
        (modelhunter().on(TICKET, ticket()).meanwhile(&[HashFails]), Stage::Ticket),
        (
            modelhunter().on(TICKET, ticket()).on(PUT, stored()).meanwhile(&[UploadProgress(9), HashFails]),
            Stage::Transfer,
        ),
        (modelhunter().on(TICKET, ticket()).on(PUT, stored()).hash_fails(), Stage::Hash),
        (relaydance().on(FORM, accepted()).meanwhile(&[HashFails]), Stage::Transfer),
        (relaydance().on(FORM, accepted()).meanwhile(&[UploadProgress(SIZE), HashFails]), Stage::Submit),
        (relaydance().on(FORM, accepted()).hash_fails(), Stage::Hash),
    ];
    for (script, stage) in cut {
        let trace = script.run();
        assert_eq!((trace.error(), trace.stage), (&Error::UnreadableFile, stage));
        assert_eq!(trace.retries(), []);
    }
}

#[test]
fn retry_resets_the_sent_bytes_but_not_the_fraction() {
    let trace = modelhunter()
        .on(TICKET, ticket())
        .on(PUT, failure(Failure::Stalled))
        .meanwhile(&[HashProgress(SIZE / 2), Elapse(60), UploadProgress(SIZE / 2)])
        .on(PUT, stored())
        .meanwhile(&[HashProgress(SIZE), HashComplete, Elapse(60), UploadProgress(SIZE / 4), UploadProgress(SIZE)])
        .on(COMPLETE, completed())
        .run();
    let sent: Vec<u64> = trace.progress().iter().map(|progress| progress.sent_bytes).collect();
    assert_eq!(&sent[sent.len() - 6..], [SIZE / 2, 0, SIZE / 4, SIZE, SIZE, SIZE]);
    let fractions: Vec<f64> = trace.progress().iter().map(|progress| progress.fraction).collect();
    let [.., half, digest, quarter, whole, submit, end] = fractions[..] else { panic!("{fractions:?}") };
    // Inspect 1 %, half of the digest's 9 %, ticket 1 %, half of the transfer's 80 %.
    assert!((half - 0.465).abs() < 1e-9, "{half}");
    assert!((digest - half).abs() < 1e-9, "{digest}");
    assert!((quarter - half).abs() < 1e-9, "{quarter}");
    assert!((whole - 0.91).abs() < 1e-9, "{whole}");
    assert!((submit - whole).abs() < 1e-9, "{submit}");
    assert!((end - 1.0).abs() < 1e-9, "{end}");
}

#[test]
fn debug_of_a_request_omits_the_presigned_query() {
    let trace = modelhunter().on(TICKET, ticket()).on(PUT, stored()).on(COMPLETE, completed()).run();
    for request in trace.requests() {
        assert!(!format!("{request:?}").contains("X-Amz"), "{request:?}");
    }
    assert!(format!("{:?}", trace.requests()[1]).contains("https://storage.modelhunter.ai/uploads/file_abc123"));
}
