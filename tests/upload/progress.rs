//! Progress under any order of events, at every provider, by every route. `ProgressInvariants` holds what must be true after
//! each of them.

use mediaferry::options::Options;
use mediaferry::upload::{Effect, Event, Input, Stage, Upload};
use mediaferry::upload::{Next, Progress};
use mediaferry_testing::samples;
use mediaferry_testing::script::{Meanwhile, NOW, at};

use crate::random_network::{LEN, ROUTES, RandomUpload, Tally};
use crate::{COMPLETE, PUT, TICKET, completed, modelhunter, provider, stored, ticket};

#[test]
fn progress_never_decreases_for_any_order_of_events() {
    let mut met = Tally::default();
    for route in ROUTES {
        let mut by_this = Tally::default();
        for seed in 0..400 {
            println!("{route:?} with seed {seed}");
            by_this.add(&RandomUpload::new(*route, seed).run());
        }
        assert!(by_this.successes > 50 && by_this.failures > 10 && by_this.retried > 10, "{route:?}: {by_this:?}");
        met.merge(&by_this);
    }
    // All kinds of ends were among them.
    assert!(met.outcome_unknown > 100 && met.renewed > 20 && met.cancelled > 100 && met.reports > 20_000, "{met:?}");
}

/// An upload of a small file to `RelayDance` whose file has been probe at.
fn inspected() -> Upload {
    let file = samples::jpeg(640, 480, 1_000);
    let candidate = samples::candidate("a.jpg", "", &file);
    let mut upload = Upload::new(provider("relaydance"), Options::default(), candidate, 1);
    let mut next = upload.handle(Input::Start, at(NOW)).next;
    while let Next::Perform(Effect::Read { offset, len }) = next {
        let start = usize::try_from(offset).expect("a small file");
        next = upload.handle(Input::Read(file[start..start + len].to_vec()), at(NOW)).next;
    }
    upload
}

/// The reports of these bytes at that time.
fn sent(upload: &mut Upload, bytes: u64, after_millis: u64) -> Vec<Progress> {
    let events = upload.handle(Input::UploadProgress(bytes), at(NOW + after_millis)).events;
    events
        .into_iter()
        .filter_map(|event| if let Event::Progress(progress) = event { Some(progress) } else { None })
        .collect()
}

#[test]
fn rate_and_time_left_are_computed_from_the_sent_bytes() {
    let step = crate::SIZE / 4;
    let quarters: Vec<Meanwhile> = (1..=4).map(|quarter| Meanwhile::UploadProgress(quarter * step)).collect();
    // The script's clock stands still while bytes move, so nothing is measured …
    let trace =
        modelhunter().on(TICKET, ticket()).on(PUT, stored()).meanwhile(&quarters).on(COMPLETE, completed()).run();
    assert!(trace.progress().iter().all(|progress| progress.bytes_per_second.is_none()));

    // … and here it moves: 100 bytes in 250 ms are 400 in a second, and 900 are left.
    let mut upload = inspected();
    assert_eq!(sent(&mut upload, 0, 0).len(), 1);
    let reports = sent(&mut upload, 100, 250);
    let [progress] = &reports[..] else { panic!("{reports:?}") };
    assert_eq!((progress.sent_bytes, progress.total_bytes), (100, LEN));
    assert_eq!((progress.bytes_per_second, progress.seconds_left), (Some(400.0), Some(2.25)));
    // A second report within 50 ms is not made, but the last byte is always reported.
    assert_eq!(sent(&mut upload, 110, 299), []);
    assert_eq!(sent(&mut upload, 120, 300).len(), 1);
    assert!(sent(&mut upload, LEN, 301).iter().any(|progress| progress.sent_bytes == LEN));
    assert_eq!(upload.stage(), Stage::Submit, "now the outcome is awaited");
}

#[test]
fn hash_progress_is_throttled_and_its_end_is_always_reported() {
    let reports = |upload: &mut Upload, bytes: u64, millis: u64| {
        let events = upload.handle(Input::HashProgress(bytes), at(NOW + millis)).events;
        events.iter().filter(|event| matches!(event, Event::Progress(_))).count()
    };
    let mut upload = inspected();
    assert_eq!(reports(&mut upload, 100, 0), 1, "the first at once");
    assert_eq!(reports(&mut upload, 200, 10), 0, "not yet again");
    assert_eq!(reports(&mut upload, 300, 60), 1);
    assert_eq!(reports(&mut upload, 999, 70), 0, "a byte is missing");
    assert_eq!(reports(&mut upload, 1_000, 71), 1, "the end is never left out");
}
