//! Single faults: which parts are sent again, and when the upload gives up.

use std::collections::BTreeMap;

use mediaferry::error::{Error, ErrorCode};
use mediaferry::http::{Request, Response};
use mediaferry::upload::{Event, Failure, RETRY_TIMEOUT_MILLIS};
use mediaferry_testing::script::request_line;

use super::simulation::{Fate, Trace};
use super::store::{Store, xml};
use super::{COMPLETE, CREATE, PART, PARTS, SIGN, file, simulation};

/// The number of PUTs without failures.
const ALL: usize = 20;

fn line(request: &Request) -> String {
    request_line(request).split('?').next().unwrap().to_owned()
}

/// An upload whose request with this line has this fate the first `times` times.
fn with_fault(store: &mut Store, faulty: &'static str, times: usize, fate: impl Fn() -> Fate) -> Trace {
    let mut left = times;
    simulation(store)
        .network(move |request, _, _| {
            let is_faulty = line(request) == faulty && left > 0;
            left -= usize::from(is_faulty);
            (100, if is_faulty { fate() } else { Fate::Served })
        })
        .run()
}

const PART_7: &str = "PUT https://bucket.example/0/7";

#[test]
fn only_the_failed_part_is_sent_again() {
    let fates: [fn() -> Fate; 4] = [
        || Fate::Lost(Failure::Network),
        || Fate::Unserved(Failure::Stalled),
        || Fate::Unserved(Failure::Timeout),
        || Fate::Answered(xml(503, "SlowDown")),
    ];
    for fate in fates {
        for times in 1..4 {
            let mut store = Store::new(PART);
            let trace = with_fault(&mut store, PART_7, times, fate);
            trace.result();
            assert_eq!((store.object(), trace.count("PUT")), (&*file(), ALL + times));
        }
    }
}

#[test]
fn expired_url_is_signed_again_and_is_no_failure() {
    let mut store = Store::new(PART);
    let trace = with_fault(&mut store, PART_7, 2, || Fate::Answered(xml(403, "ExpiredToken")));
    trace.result();
    assert_eq!((store.object(), trace.count("PUT")), (&*file(), ALL + 2));
    assert!(!trace.events.iter().any(|event| matches!(event, Event::Retry { .. })));
    let mut store = Store::new(PART);
    let trace = with_fault(&mut store, PART_7, 9, || Fate::Answered(xml(403, "ExpiredToken")));
    assert_eq!(trace.error().code(), ErrorCode::TicketExpired);
}

#[test]
fn no_part_is_sent_with_a_url_that_has_expired_meanwhile() {
    // URLs live for 25 s, and a part takes 20 s.
    let mut signed_at = BTreeMap::new();
    let mut store = Store::new(PART);
    let trace = simulation(&mut store)
        .network(|request, store, now| {
            let line = line(request);
            if line == SIGN {
                let mut response = store.serve(request, &[]);
                let ends = now + 25_000;
                let text = String::from_utf8(response.body).unwrap();
                let time = format!("15T10:{:02}:{:02}Z", ends / 60_000, ends / 1_000 % 60);
                let json: serde_json::Value = serde_json::from_str(&text).unwrap();
                for part in json["parts"].as_array().unwrap() {
                    signed_at.insert(part["number"].to_string(), now);
                }
                response.body = text.replace("15T22:00:00Z", &time).into_bytes();
                return (100, Fate::Answered(response));
            }
            if request.carries_file() {
                let number = line.rsplit('/').next().unwrap();
                assert!(now - signed_at[number] < 26_000, "the URL of part {number} has expired");
                return (20_000, Fate::Served);
            }
            (100, Fate::Served)
        })
        .run();
    trace.result();
    assert_eq!((store.object(), trace.count("PUT")), (&*file(), ALL));
}

#[test]
fn outage_of_a_minute_is_survived_and_one_of_hours_is_not() {
    let outage = |from: u64, to: u64, store: &mut Store| {
        simulation(store)
            .network(move |request, _, now| {
                let is_down = request.carries_file() && (from..to).contains(&now);
                (
                    if is_down { 10 } else { 400 },
                    if is_down { Fate::Answered(xml(503, "SlowDown")) } else { Fate::Served },
                )
            })
            .run()
    };
    let mut store = Store::new(PART);
    outage(1_000, 61_000, &mut store).result();
    assert_eq!(store.object(), file());
    let mut store = Store::new(PART);
    let trace = outage(1_000, u64::MAX, &mut store);
    assert_eq!(trace.error().code(), ErrorCode::Unavailable);
    let (least, most) = (RETRY_TIMEOUT_MILLIS, RETRY_TIMEOUT_MILLIS + 60_000);
    assert!((least..most).contains(&trace.millis), "gave up after {} ms", trace.millis);
    assert!(trace.continuation.is_some(), "a retry continues");
}

#[test]
fn one_part_that_always_fails_ends_the_upload_after_the_others() {
    let mut store = Store::new(PART);
    let trace = with_fault(&mut store, PART_7, usize::MAX, || Fate::Unserved(Failure::Network));
    assert_eq!(trace.error(), &Error::Network);
    assert_eq!(store.uploads[0].parts.len() as u64, PARTS - 1);
}

#[test]
fn requested_wait_is_kept_by_all_parts() {
    let mut store = Store::new(PART);
    let trace = simulation(&mut store)
        .network(|request, _, now| {
            let later = Response { retry_after_millis: Some(30_000), ..xml(503, "SlowDown") };
            let is_down = request.carries_file() && (300..20_000).contains(&now);
            (100, if is_down { Fate::Answered(later) } else { Fate::Served })
        })
        .run();
    trace.result();
    let early = trace.requests.iter().filter(|(at, line)| line.starts_with("PUT") && (800..30_000).contains(at));
    assert_eq!(early.count(), 0, "nobody asks before the wait is over");
}

#[test]
fn offline_browser_waits_for_the_network() {
    let mut store = Store::new(PART);
    let trace = simulation(&mut store)
        .network(|request, _, now| {
            let is_offline = request.carries_file() && (400..300_000).contains(&now);
            (100, if is_offline { Fate::Unserved(Failure::Offline) } else { Fate::Served })
        })
        .run();
    trace.result();
    assert_eq!(store.object(), file());
}

#[test]
fn create_sign_and_complete_are_repeated() {
    for faulty in [CREATE, SIGN, COMPLETE] {
        for lost in [true, false] {
            let mut store = Store::new(PART);
            let fate = move || if lost { Fate::Lost(Failure::Network) } else { Fate::Answered(xml(502, "")) };
            let trace = with_fault(&mut store, faulty, 3, fate);
            trace.result();
            assert_eq!((store.fetched.len(), trace.count("PUT"), trace.restarts()), (1, ALL, 0), "{faulty}");
        }
    }
}

#[test]
fn upload_that_is_gone_starts_again_once() {
    let mut store = Store::new(PART);
    let trace = simulation(&mut store)
        .network(|_, store, now| {
            if now > 500 {
                store.abort(0);
            }
            (100, Fate::Served)
        })
        .run();
    trace.result();
    assert_eq!((store.object(), store.uploads.len(), trace.restarts()), (&*file(), 2, 1));
    let mut store = Store::new(PART);
    let trace = simulation(&mut store)
        .network(|_, store, now| {
            (0..store.uploads.len()).filter(|_| now > 500).for_each(|upload| store.abort(upload));
            (100, Fate::Served)
        })
        .run();
    assert_eq!((trace.error().code(), store.uploads.len(), &trace.continuation), (ErrorCode::Refused, 2, &None));
}

#[test]
fn parts_that_storage_lost_are_sent_again() {
    let mut store = Store::new(PART);
    let mut removed = 0;
    let trace = simulation(&mut store)
        .network(|request, store, _| {
            if line(request) == COMPLETE && removed < 2 {
                removed += 1;
                store.uploads[0].parts.remove(&3);
                store.uploads[0].parts.remove(&20);
            }
            (100, Fate::Served)
        })
        .run();
    trace.result();
    assert_eq!((store.object(), trace.count("PUT"), trace.count(COMPLETE)), (&*file(), ALL + 4, 3));
    let mut store = Store::new(PART);
    let trace = simulation(&mut store)
        .network(|request, store, _| {
            if line(request) == COMPLETE {
                store.uploads[0].parts.remove(&3);
            }
            (100, Fate::Served)
        })
        .run();
    assert!(matches!(trace.error(), Error::Refused(refusal) if refusal.status == 409), "{:?}", trace.error());
}

#[test]
fn rejection_of_a_part_for_another_reason_ends_the_upload() {
    for code in ["BadDigest", "SignatureDoesNotMatch", "EntityTooSmall"] {
        let mut store = Store::new(PART);
        let trace = with_fault(&mut store, PART_7, 1, || Fate::Answered(xml(400, code)));
        let Error::Refused(refusal) = trace.error() else { panic!("{:?}", trace.error()) };
        assert_eq!(refusal.provider_code.as_deref(), Some(code));
        assert_eq!(trace.count(COMPLETE), 0);
    }
}
