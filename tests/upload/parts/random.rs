//! Random sessions over a random network: the tab is closed at any time, the file is picked again or another one is, the part
//! size changes, storage fails, loses parts or removes the upload. No file is ever stored that is not the one that was picked.

use mediaferry::error::Error;
use mediaferry::http::{Request, Response};
use mediaferry::upload::Failure;
use mediaferry_testing::random::Random;

use super::simulation::{Fate, Trace};
use super::store::{Store, xml};
use super::{PART, changed, file, resumed};

/// The number of uploads.
const RUNS: u64 = 1_000;
/// The most parts that run when a tab is closed.
const LANES: usize = 6;

/// The number of sessions by how they ended.
#[derive(Debug, Default)]
struct Tally {
    succeeded: usize,
    closed: usize,
    different: usize,
    failed: usize,
    resumed: usize,
    restarted: usize,
    sent_again: usize,
}

#[test]
fn random_sessions_never_store_another_file_than_the_one_that_was_picked() {
    let mut tally = Tally::default();
    for seed in 1..=RUNS {
        run(seed, &mut tally);
    }
    println!("{tally:?}");
    // Each kind of end occurs often, so the sessions do test it.
    assert!(tally.succeeded > 700 && tally.closed > 300 && tally.different > 30, "{tally:?}");
    assert!(tally.failed > 10 && tally.resumed > 300 && tally.restarted > 30, "{tally:?}");
}

/// One upload, in up to six sessions.
fn run(seed: u64, tally: &mut Tally) {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let keeps_checksums = random.next(2) == 0;
    let mut store = Store { keeps_checksums, ..Store::new(PART) };
    let mut continuation: Option<String> = None;
    // The files of the sessions that may have stored parts.
    let mut earlier: Vec<Vec<u8>> = Vec::new();
    for _ in 0..6 {
        store.part_size = [PART, 700, 1_500][random.next(3)];
        // A file under another name, or another file of the same size.
        let picked = if random.next(8) == 0 { changed(700 + random.next(18_000)) } else { file() };
        let (before, fetched) = (store.sent_again, store.fetched.len());
        let is_resumed = continuation.is_some();
        let killed_at = if random.next(2) == 0 { 5 + random.next(120) } else { usize::MAX };
        let trace = session(
            &mut store,
            &picked,
            continuation.as_deref(),
            killed_at,
            Random(random.next(usize::MAX) as u64 | 1),
        );
        tally.resumed += usize::from(is_resumed);
        tally.restarted += trace.restarts();
        assert!(trace.restarts() <= 1, "it starts again once (seed {seed})");
        let again = store.sent_again - before;
        tally.sent_again += again;
        assert!(again <= if keeps_checksums { 0 } else { LANES }, "{again} stored parts are sent again (seed {seed})");
        match &trace.end {
            None => tally.closed += 1,
            Some(Ok(_)) => {
                assert_eq!(store.fetched.len(), fetched + 1, "a success has one asset (seed {seed})");
                assert!(store.fetched.last() == Some(&picked), "another file was stored (seed {seed})");
                tally.succeeded += 1;
                return;
            }
            Some(Err(Error::DifferentFile)) => {
                assert!(earlier.iter().any(|other| *other != picked), "the same file was refused (seed {seed})");
                tally.different += 1;
            }
            Some(Err(_)) => tally.failed += 1,
        }
        for object in store.uploads.iter().filter_map(|upload| upload.object.as_ref()) {
            assert_eq!(object.len(), picked.len(), "a corrupt file was stored (seed {seed})");
        }
        continuation = trace.continuation;
        earlier.push(picked);
        if random.next(20) == 0 {
            let last = store.uploads.len().saturating_sub(1);
            store.abort(last);
        }
    }
}

fn session(
    store: &mut Store,
    picked: &[u8],
    continuation: Option<&str>,
    killed_at: usize,
    mut random: Random,
) -> Trace {
    let simulation = match continuation {
        Some(continuation) => resumed(store, picked, continuation),
        None => super::Simulation::new(store, super::upload(picked, random.next(usize::MAX) as u64), picked.to_vec()),
    };
    let is_terrible = random.next(12) == 0;
    let simulation = simulation.network(move |request, store, _| {
        if random.next(400) == 0 {
            let last = store.uploads.len().saturating_sub(1);
            store.abort(last);
        }
        if random.next(400) == 0
            && let Some(upload) = store.uploads.last_mut()
        {
            upload.parts.remove(&(1 + random.next(20) as u64));
        }
        (10 + random.next(400) as u64, fate(request, is_terrible, &mut random))
    });
    simulation.killed_at(killed_at).run()
}

fn fate(request: &Request, is_terrible: bool, random: &mut Random) -> Fate {
    if is_terrible && random.next(4) > 0 {
        return Fate::Unserved(Failure::Network);
    }
    // A submit request must not be sent twice, so its outcome may stay unknown: that is for other tests.
    let is_submit = mediaferry_testing::script::request_line(request) == crate::provider_responses::UPLOAD;
    match random.next(24) {
        _ if is_submit => Fate::Served,
        0 => Fate::Lost(Failure::Network),
        1 => Fate::Unserved(Failure::Network),
        2 => Fate::Unserved(Failure::Stalled),
        3 => Fate::Answered(xml(503, "SlowDown")),
        4 if request.carries_file() => Fate::Answered(xml(403, "ExpiredToken")),
        5 if random.next(4) == 0 => {
            Fate::Answered(Response { retry_after_millis: Some(2_000), ..xml(503, "SlowDown") })
        }
        6 if random.next(4) == 0 => Fate::Unserved(Failure::Offline),
        7 if random.next(4) == 0 => Fate::Lost(Failure::Timeout),
        _ => Fate::Served,
    }
}
