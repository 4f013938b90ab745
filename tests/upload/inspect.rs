//! Files that never leave: nothing is sent, and the reason comes with its numbers.

use mediaferry::error::Error;
use mediaferry::rules::{Rule, Value, Violation};
use mediaferry::upload::{Effect, Event, Stage};
use mediaferry_testing::samples;
use mediaferry_testing::script::UploadTrace;
use mediaferry_testing::script::{Meanwhile, Reads, Script};

use crate::{COMPLETE, FORM, PUT, TICKET, accepted, completed, modelhunter, provider, stored, ticket};

fn offered(provider_id: &str, name: &str, declared_type: &str, file: Vec<u8>) -> Script {
    Script::new(provider(provider_id), samples::candidate(name, declared_type, &file), file)
}

fn number(value: f64) -> Value {
    Value::Number(value)
}

fn assert_nothing_sent(trace: &UploadTrace) {
    assert_eq!((trace.request_lines(), trace.hashes(), trace.sleeps()), (vec![], 0, vec![]));
    assert_eq!(trace.stages(), [Stage::Inspect]);
    assert_eq!(trace.stage, Stage::Inspect);
}

#[test]
fn empty_file_is_rejected_and_deleted_file_is_unreadable() {
    for id in ["modelhunter", "relaydance"] {
        let trace = offered(id, "empty.png", "image/png", Vec::new()).run();
        let violation = Violation { rule: Rule::MinBytes, actual: number(0.0), limit: number(1.0) };
        assert_eq!(trace.error(), &Error::Rejected(vec![violation]));
        assert_nothing_sent(&trace);
        let trace = offered(id, "gone.png", "image/png", Vec::new()).reads(Reads::Fail).run();
        assert_eq!(trace.error(), &Error::UnreadableFile, "Chromium reports 0 bytes for a deleted file");
        assert_nothing_sent(&trace);
    }
}

#[test]
fn text_or_noise_is_unrecognised_for_any_name() {
    let file = b"Dear diary, this is no picture at all.\n".repeat(20);
    let trace = offered("modelhunter", "photo.png", "image/png", file).run();
    let takes = vec!["PNG", "JPEG", "WebP", "MP4"];
    let violation = Violation { rule: Rule::Format, actual: Value::Text("text"), limit: Value::List(takes) };
    assert_eq!(trace.error(), &Error::UnrecognisedFile(vec![violation]));
    assert_nothing_sent(&trace);

    let trace = offered("relaydance", "noise", "", vec![0xA5; 700]).run();
    let Error::UnrecognisedFile(violations) = trace.error() else { panic!("{:?}", trace.error()) };
    let [Violation { rule: Rule::Format, actual: Value::Nothing, limit: Value::List(_) }] = &violations[..] else {
        panic!("{violations:?}")
    };
    assert_nothing_sent(&trace);
}

#[test]
fn file_that_cannot_be_read_or_has_shrunk_is_unreadable() {
    for reads in [Reads::Short, Reads::Fail] {
        let trace = modelhunter().reads(reads).run();
        assert_eq!(trace.error(), &Error::UnreadableFile);
        assert_eq!(trace.effects.len(), 1, "one read is enough to know");
        assert_nothing_sent(&trace);
    }
}

#[test]
fn inspection_reads_are_few_and_small() {
    let trace = modelhunter().on(TICKET, ticket()).on(PUT, stored()).on(COMPLETE, completed()).run();
    let lens: Vec<usize> = trace
        .effects
        .iter()
        .filter_map(|(_, effect)| if let Effect::Read { len, .. } = effect { Some(*len) } else { None })
        .collect();
    assert!((1..=3).contains(&lens.len()) && lens.iter().sum::<usize>() <= 192 << 10, "{lens:?}");
}

#[test]
fn violation_has_its_numbers_and_follows_the_facts() {
    let cases = [
        (samples::png(127, 128), vec![Violation { rule: Rule::MinWidth, actual: number(127.0), limit: number(128.0) }]),
        (
            samples::png(513, 128),
            vec![Violation { rule: Rule::MaxAspectRatio, actual: number(513.0 / 128.0), limit: number(4.0) }],
        ),
        (
            samples::mp4(601_000),
            vec![Violation { rule: Rule::MaxDuration, actual: number(601.0), limit: number(600.0) }],
        ),
        (samples::mp4(999), vec![Violation { rule: Rule::MinDuration, actual: number(0.999), limit: number(1.0) }]),
        (
            samples::flat_jpeg(50_000_001),
            vec![Violation { rule: Rule::MaxBytes, actual: number(50_000_001.0), limit: number(50_000_000.0) }],
        ),
    ];
    for (file, violations) in cases {
        let trace = offered("modelhunter", "", "", file).run();
        assert_eq!(trace.error(), &Error::Rejected(violations));
        assert!(matches!(trace.events.last(), Some(Event::Inspected(_))), "the facts are reported too");
        assert_nothing_sent(&trace);
    }
}

#[test]
fn truncated_jpeg_is_rejected_by_every_provider() {
    let whole = samples::jpeg(640, 480, 100_000);
    for id in ["modelhunter", "relaydance"] {
        let trace = offered(id, "half.jpg", "image/jpeg", whole[..50_000].to_vec()).run();
        let violation = Violation { rule: Rule::Complete, actual: number(50_000.0), limit: Value::Nothing };
        assert_eq!(trace.error(), &Error::Rejected(vec![violation]));
        assert_nothing_sent(&trace);
    }
}

#[test]
fn smallest_image_and_longest_video_are_accepted() {
    for file in [samples::png(128, 128), samples::png(512, 128), samples::mp4(1_000), samples::mp4(600_000)] {
        let trace = offered("relaydance", "", "", file.clone()).on(FORM, accepted()).run();
        assert_eq!(trace.sent().file.size(), file.len() as u64);
        let ticket_only =
            offered("modelhunter", "", "", file).on(TICKET, ticket()).meanwhile(&[Meanwhile::Cancel]).run();
        assert_eq!(ticket_only.request_lines(), [TICKET]);
    }
}

#[test]
fn png_named_jpg_is_sent_as_png() {
    let file = samples::png(640, 480);
    let trace = offered("modelhunter", "holiday.JPG", "image/jpeg", file)
        .on(TICKET, ticket())
        .on(PUT, stored())
        .meanwhile(&[Meanwhile::Cancel])
        .run();
    let inspected =
        trace.events.iter().find_map(|event| if let Event::Inspected(file) = event { Some(file) } else { None });
    assert!(inspected.expect("the facts").mismatched());
    let requests = trace.requests();
    assert_eq!(requests[1].headers, [("Content-Type".to_owned(), "image/png".to_owned())]);
    let mediaferry::http::Body::Json(json) = &requests[0].body else { panic!("{:?}", requests[0]) };
    let json: serde_json::Value = serde_json::from_str(json).expect("JSON");
    assert_eq!((&json["filename"], &json["contentType"]), (&"holiday.png".into(), &"image/png".into()));
}
