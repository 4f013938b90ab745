//! What a page can ask for beside an upload: a look at a file, its checksum, a list, a deletion.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::http::Response;
use mediaferry::json::Json;
use mediaferry::options::Options;
use mediaferry::providers::AssetsApi;
use mediaferry::rules::{self, Rule};
use mediaferry::tasks::{HashTask, Output, ProbeTask, RequestTask, Task};
use mediaferry::upload::{Effect, Failure, Input, Next, OFFLINE_DEADLINE_MILLIS, RETRY_TIMEOUT_MILLIS, Stage, WakeOn};
use mediaferry_testing::samples;
use mediaferry_testing::script::request_line;
use mediaferry_testing::script::{NOW, Outcome, at, failure, refusal, retry_after, sha256, status};

use crate::provider;
use crate::provider_responses::code;

const LIST: &str = "GET /v1/list/resources?page=1&page_size=20";
const DELETE: &str = "DELETE /v1/delete/resources/2";

fn assets_api() -> &'static AssetsApi {
    provider("onerouter").assets_api().expect("a list")
}

fn listed() -> Outcome {
    status(200, include_bytes!("../fixtures/onerouter/list.json"))
}

fn deleted() -> Outcome {
    status(200, include_bytes!("../fixtures/onerouter/deleted.json"))
}

fn list_of(page: u32, size: Option<&str>) -> Result<RequestTask, Error> {
    let size = size.map(|size| Json::read(size.as_bytes()).expect("JSON"));
    RequestTask::list(assets_api(), page, size, 42)
}

fn list() -> RequestTask {
    list_of(1, Some("20")).expect("a page")
}

#[test]
fn list_without_a_response_fails_after_the_retry_budget() {
    let (mut task, mut now, mut tries) = (list(), NOW, 0);
    let mut next = task.handle(Input::Start, at(now)).next;
    loop {
        let input = match next {
            Next::Perform(Effect::Send(_)) => {
                tries += 1;
                Input::Failed(Failure::Network)
            }
            Next::Perform(Effect::Sleep { millis, .. }) => {
                now += millis;
                Input::TimerFired
            }
            Next::Finish(end) => break assert_eq!(end.expect_err("no list"), Error::Network),
            other => panic!("{other:?}"),
        };
        next = task.handle(input, at(now)).next;
    }
    assert!(tries > 6 && now - NOW >= RETRY_TIMEOUT_MILLIS, "{tries} tries in {} ms", now - NOW);
}

#[test]
fn retried_deletion_404_counts_as_deleted() {
    let gone = || code(404, "no such asset");
    let delete = || RequestTask::delete(assets_api(), "2", 42);
    let (end, _) = exchanged(delete(), DELETE, vec![failure(Failure::Network), gone()]);
    assert!(matches!(end, Some(Ok(Output::Done))));
    let (end, _) = exchanged(delete(), DELETE, vec![failure(Failure::Network), status(404, "")]);
    assert!(matches!(end, Some(Ok(Output::Done))));
    assert_eq!(failed(exchanged(delete(), DELETE, vec![gone()])).code(), ErrorCode::Refused, "it was never there");
}

#[test]
fn unexpected_input_sends_no_list_request_twice() {
    let mut task = list();
    assert!(matches!(task.handle(Input::TimerFired, at(NOW)).next, Next::Continue));
    assert!(matches!(task.handle(Input::Start, at(NOW)).next, Next::Perform(Effect::Send(_))));
    for stray in [Input::Start, Input::TimerFired, Input::Read(Vec::new()), Input::Pause] {
        assert!(matches!(task.handle(stray, at(NOW)).next, Next::Continue));
    }
    assert!(matches!(task.handle(Input::Failed(Failure::Network), at(NOW)).next, Next::Perform(Effect::Sleep { .. })));
    let late = Input::Response(Response::default());
    assert!(matches!(task.handle(late, at(NOW)).next, Next::Continue));
}

/// How a task ended, and the sleeps on its way.
type End = (Option<Result<Output, Error>>, Vec<(u64, WakeOn)>);

/// Runs a task whose requests are all this one, with these outcomes in turn; panics if one is not used.
fn exchanged(mut task: RequestTask, request: &str, outcomes: Vec<Outcome>) -> End {
    let (mut outcomes, mut sleeps) = (outcomes.into_iter(), Vec::new());
    let mut next = task.handle(Input::Start, at(NOW)).next;
    loop {
        let input = match next {
            Next::Perform(Effect::Send(sent)) => {
                assert_eq!(request_line(&sent), request);
                match outcomes.next().expect("an unscripted request") {
                    Outcome::Response(response) => Input::Response(response),
                    Outcome::Failure(failure) => Input::Failed(failure),
                }
            }
            Next::Perform(Effect::Sleep { millis, wake }) => {
                sleeps.push((millis, wake));
                Input::TimerFired
            }
            Next::Finish(result) => {
                assert!(outcomes.next().is_none(), "unused outcomes");
                return (Some(*result), sleeps);
            }
            other => panic!("{other:?}"),
        };
        next = task.handle(input, at(NOW)).next;
    }
}

fn failed((end, _): End) -> Error {
    end.expect("an end").expect_err("a failure")
}

#[test]
fn list_response_is_decoded_into_a_page() {
    let (Some(Ok(Output::Page(page))), sleeps) = exchanged(list(), LIST, vec![listed()]) else { panic!("a page") };
    assert_eq!((page.assets.len(), page.total, sleeps), (2, 2, vec![]));
    assert_eq!(page.assets[0].asset.reference(), Some("asset://asset-20260606170356-s9vrz"));
}

#[test]
fn page_size_outside_the_provider_limit_is_rejected() {
    for (size, refused) in [
        ("0", true),
        ("1", false),
        ("99", false),
        ("100", false),
        ("101", true),
        ("-1", true),
        ("1.5", true),
        ("null", true),
    ] {
        match list_of(1, Some(size)) {
            Ok(_) => assert!(!refused, "{size}"),
            Err(error) => {
                assert_eq!((error, refused), (Error::Rejected(vec![rules::page_size(size.to_owned(), 100)]), true));
            }
        }
    }
    let whole = "GET /v1/list/resources?page=3&page_size=100";
    assert!(matches!(exchanged(list_of(3, None).expect("a page"), whole, vec![listed()]).0, Some(Ok(_))));
}

#[test]
fn list_and_deletion_are_retried_after_temporary_failures_only() {
    let delete = || RequestTask::delete(assets_api(), "2", 42);
    let trouble = [failure(Failure::Network), status(503, ""), retry_after(429, 7_000), code(500, "")];
    let (end, sleeps) = exchanged(delete(), DELETE, trouble.iter().cloned().chain([deleted()]).collect());
    assert!(matches!(end, Some(Ok(Output::Done))));
    assert_eq!((sleeps.len(), sleeps[0], sleeps[2]), (4, (73, WakeOn::Never), (7_000, WakeOn::Never)));
    assert!(matches!(exchanged(list(), LIST, trouble.into_iter().chain([listed()]).collect()).0, Some(Ok(_))));

    for (outcome, error) in [
        (status(401, ""), ErrorCode::Unauthenticated),
        (code(404, "no such asset"), ErrorCode::Refused),
        (status(200, "<html>"), ErrorCode::MalformedResponse),
        (failure(Failure::ResponseTooLong), ErrorCode::MalformedResponse),
        (status(200, r#"{"code":200,"data":{"deleted":false}}"#), ErrorCode::Refused),
    ] {
        assert_eq!(failed(exchanged(delete(), DELETE, vec![outcome])).code(), error);
    }
}

#[test]
fn response_resets_the_offline_deadline_of_a_list() {
    let mut task = list();
    let mut wait = |input, millis| match task.handle(input, at(NOW + millis)).next {
        Next::Perform(Effect::Sleep { millis, wake: WakeOn::Online }) => Some(millis),
        _ => None,
    };
    let unavailable = Response { status: 503, ..Response::default() };
    assert_eq!(wait(Input::Start, 0), None);
    assert_eq!(wait(Input::Failed(Failure::Offline), 0), Some(OFFLINE_DEADLINE_MILLIS));
    assert_eq!(wait(Input::TimerFired, 500_000), None);
    assert_eq!(wait(Input::Failed(Failure::Offline), 500_000), Some(100_000), "a line that flickers gets no more");
    assert_eq!(wait(Input::TimerFired, 550_000), None);
    assert_eq!(wait(Input::Response(unavailable), 550_000), None);
    assert_eq!(wait(Input::TimerFired, 551_000), None);
    assert_eq!(wait(Input::Failed(Failure::Offline), 551_000), Some(OFFLINE_DEADLINE_MILLIS));
}

#[test]
fn every_task_ends_when_cancelled() {
    let file = samples::candidate("a.jpg", "", &samples::jpeg(640, 480, 1_000));
    let tasks: [Box<dyn Task>; 4] = [
        Box::new(list()),
        Box::new(RequestTask::delete(assets_api(), "2", 1)),
        Box::new(HashTask),
        Box::new(ProbeTask::for_verdicts(file, Options::default())),
    ];
    for mut task in tasks {
        assert!(matches!(task.handle(Input::Start, at(NOW)).next, Next::Perform(_)));
        assert!(matches!(task.handle(Input::HashProgress(1), at(NOW)).next, Next::Continue));
        assert!(matches!(task.handle(Input::Cancel, at(NOW)).next, Next::Cancelled));
        assert!(task.upload().is_none());
    }
}

#[test]
fn hash_task_returns_the_computed_checksum() {
    let checksum = sha256(b"test");
    assert!(matches!(HashTask.handle(Input::Start, at(NOW)).next, Next::Perform(Effect::Hash)));
    let Next::Finish(end) = HashTask.handle(Input::HashComplete(checksum), at(NOW)).next else { panic!("no end") };
    assert!(matches!(*end, Ok(Output::Checksum(its)) if its == checksum));
    let Next::Finish(end) = HashTask.handle(Input::Failed(Failure::Unreadable), at(NOW)).next else { panic!("no end") };
    assert!(matches!(*end, Err(Error::UnreadableFile)));
    assert_eq!(HashTask.stage(), Some(Stage::Hash));
}

/// Looks at a file as far as it wants to.
fn probe(file: &[u8], verdicts: bool) -> Result<Output, Error> {
    let candidate = samples::candidate("a.png", "", file);
    let mut look =
        if verdicts { ProbeTask::for_verdicts(candidate, Options::default()) } else { ProbeTask::for_facts(candidate) };
    let mut next = look.handle(Input::Start, at(NOW)).next;
    loop {
        next = match next {
            Next::Perform(Effect::Read { offset, len }) => {
                let start = usize::try_from(offset).expect("a small file");
                look.handle(Input::Read(file[start..file.len().min(start + len)].to_vec()), at(NOW)).next
            }
            Next::Finish(end) => return *end,
            other => panic!("{other:?}"),
        };
    }
}

#[test]
fn probe_task_returns_the_facts_or_the_verdicts() {
    let Ok(Output::Inspected(file)) = probe(&samples::png(127, 200), false) else { panic!("no facts") };
    assert_eq!(file.media().displayed_size().known().map(|size| size.width), Some(127));
    let Ok(Output::Verdicts(all)) = probe(&samples::png(127, 200), true) else { panic!("no verdicts") };
    let broken: Vec<usize> = all.iter().map(|verdict| verdict.violations.len()).collect();
    assert_eq!(broken, [1, 0, 0, 0, 0], "only ModelHunter wants 128 pixels");

    assert_eq!(probe(b"", false).expect_err("nothing"), Error::Rejected(vec![rules::empty_file()]));
    assert_eq!(probe(b"Dear diary", false).expect_err("a text").code(), ErrorCode::UnrecognisedFile);
    for nothing in [&b""[..], b"Dear diary"] {
        let Ok(Output::Verdicts(all)) = probe(nothing, true) else { panic!("no verdicts") };
        let rules: Vec<Rule> = all.iter().flat_map(|verdict| &verdict.violations).map(|broken| broken.rule).collect();
        assert_eq!(rules.len(), 5);
    }
    let response = Input::Response(Response::default());
    assert!(matches!(
        ProbeTask::for_facts(samples::candidate("", "", b"a")).handle(response, at(NOW)).next,
        Next::Continue
    ));
}

#[test]
fn list_401_is_retried_once_with_a_new_token() {
    let renewing = || {
        let mut list = list();
        list.retry().expect("it retries").renew_token(true);
        list
    };
    let (end, sleeps) = exchanged(renewing(), LIST, vec![status(401, ""), listed()]);
    assert!(matches!(end, Some(Ok(_))));
    assert_eq!(sleeps, [(0, WakeOn::Never)]);
    assert_eq!(
        failed(exchanged(renewing(), LIST, vec![status(401, ""); 2])),
        Error::Unauthenticated(refusal(401, None, None))
    );
    assert_eq!(
        failed(exchanged(list(), LIST, vec![status(401, "")])),
        Error::Unauthenticated(refusal(401, None, None))
    );
}
