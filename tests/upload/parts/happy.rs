//! Nothing fails: the order of the requests, the window, the digests and the progress.

use mediaferry::upload::{Event, Stage};
use mediaferry_testing::samples;
use mediaferry_testing::script::sha256;

use super::simulation::{Fate, Simulation};
use super::store::Store;
use super::{COMPLETE, CREATE, LIST, PART, PARTS, SIGN, file, simulation, upload};

#[test]
fn file_is_stored_in_parts_with_its_own_digests() {
    let mut store = Store::new(PART);
    let trace = simulation(&mut store).run();
    assert_eq!(trace.result().sent.as_ref().unwrap().checksum, Some(sha256(&file())));
    assert_eq!((store.object(), &store.fetched), (&*file(), &vec![file()]));
    let puts = usize::try_from(PARTS).unwrap();
    assert_eq!(["PUT", CREATE, COMPLETE, LIST].map(|line| trace.count(line)), [puts, 1, 1, 0]);
    // One part first, so that it is sent early; then up to 8 at once.
    assert!((4..=8).contains(&trace.count(SIGN)), "{} requests sign", trace.count(SIGN));
    assert!((4..=6).contains(&trace.most_at_once), "{} at once", trace.most_at_once);
    assert!(trace.has_sent && trace.restarts() == 0);
    let stages =
        trace.events.iter().filter_map(|event| if let Event::Stage(stage) = event { Some(*stage) } else { None });
    assert_eq!(stages.collect::<Vec<_>>(), [Stage::Inspect, Stage::Ticket, Stage::Transfer, Stage::Submit]);
}

#[test]
fn parts_are_faster_than_one_connection() {
    let mut store = Store::new(PART);
    let trace = simulation(&mut store)
        .network(|request, _, _| (if request.carries_file() { 1_000 } else { 10 }, Fate::Served))
        .run();
    assert!(trace.millis < PARTS * 1_000 / 3, "{} ms", trace.millis);
}

#[test]
fn small_file_and_old_gateway_use_one_put() {
    for (len, knows_parts) in [(1_999, true), (2_000, false)] {
        let file = samples::jpeg(640, 480, len);
        let mut store = Store { knows_parts, ..Store::new(PART) };
        let mut upload = upload(&file, 1);
        upload.set_multipart_threshold(2_000);
        let mut lines = Vec::new();
        let simulation = Simulation::new(&mut store, upload, file).network(|request, _, _| {
            lines.push(mediaferry_testing::script::request_line(request));
            let staged = crate::provider_responses::staged();
            let mediaferry_testing::script::Outcome::Response(ticket) = staged else { unreachable!() };
            let stored = mediaferry::http::Response { status: 200, ..Default::default() };
            let line = lines.last().unwrap().as_str();
            let fate = match line {
                "POST /staging" => Fate::Answered(ticket),
                line if line.starts_with("PUT") => Fate::Answered(stored),
                "POST /v1/upload/resources" => {
                    let mediaferry_testing::script::Outcome::Response(response) =
                        crate::provider_responses::without_metadata("active")
                    else {
                        unreachable!()
                    };
                    Fate::Answered(response)
                }
                _ => Fate::Served,
            };
            (100, fate)
        });
        simulation.run().result();
        let expected: &[&str] = if knows_parts { &[] } else { &[CREATE] };
        assert_eq!(lines[..expected.len()], *expected);
        assert_eq!(lines[expected.len()], "POST /staging");
    }
}

#[test]
fn file_of_the_threshold_is_sent_in_parts() {
    let file = samples::jpeg(640, 480, 2_000);
    let mut store = Store::new(PART);
    let mut upload = upload(&file, 1);
    upload.set_multipart_threshold(2_000);
    Simulation::new(&mut store, upload, file.clone()).run().result();
    assert_eq!(store.object(), file);
    assert_eq!(store.uploads[0].parts.values().map(|part| part.bytes.len()).collect::<Vec<_>>(), [1_000, 1_000]);
}

#[test]
fn skipped_checksum_still_signs_each_part() {
    let mut store = Store::new(PART);
    let mut upload = upload(&file(), 1);
    upload.skip_checksum();
    let trace = Simulation::new(&mut store, upload, file()).run();
    assert_eq!(trace.result().sent.as_ref().unwrap().checksum, None);
    assert_eq!(store.object(), file());
}

#[test]
fn pause_ends_all_requests_and_keeps_stored_parts() {
    for step in 2..60 {
        let mut store = Store::new(PART);
        let trace = simulation(&mut store).paused_at(step, 3_600_000).run();
        trace.result();
        assert_eq!(store.object(), file());
        let sent = trace.count("PUT") as u64;
        assert!(sent <= PARTS + 6, "{sent} parts sent with a pause at {step}");
    }
}

#[test]
fn the_page_has_the_same_threshold_as_the_core() {
    let page = include_str!("../../../js/upload/in-parts.ts");
    let text = page.split("const MULTIPART_THRESHOLD = ").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
    let (mebibytes, shift) = text.split_once(" << ").unwrap();
    let bytes = mebibytes.parse::<u64>().unwrap() << shift.parse::<u32>().unwrap();
    assert_eq!(bytes, mediaferry::upload::MULTIPART_THRESHOLD);
}
