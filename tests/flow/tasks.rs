//! What a page can ask for beside an upload: a look at a file, its checksum, a list, a deletion.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::flow::{
    Effect, Exchange, Failure, Hashing, Input, Look, Next, OFFLINE_DEADLINE_MILLIS, Output, Stage, Task, Wake,
};
use mediaferry::http::Response;
use mediaferry::providers::Library;
use mediaferry::rules::{self, Rule};

use crate::pages::code;
use crate::played::line;
use crate::script::{Answer, NOW, failure, later, sha256, status};
use crate::{provider, samples};

const LIST: &str = "GET /v1/list/resources?page=1&page_size=20";
const DELETE: &str = "DELETE /v1/delete/resources/2";

fn library() -> &'static Library {
    provider("onerouter").library().expect("a list")
}

fn listed() -> Answer {
    status(200, include_bytes!("../fixtures/onerouter/list.json"))
}

fn deleted() -> Answer {
    status(200, include_bytes!("../fixtures/onerouter/deleted.json"))
}

fn list_of(page: u32, size: Option<u32>) -> Result<Exchange, Error> {
    Exchange::list(library(), page, size, 42)
}

fn list() -> Exchange {
    list_of(1, Some(20)).expect("a page")
}

/// How a task ended, and the sleeps on its way.
type End = (Option<Result<Output, Error>>, Vec<(u64, Wake)>);

/// Answers each request in turn; every one of them must be this, and all answers must be wanted.
fn exchanged(mut task: Exchange, request: &str, answers: Vec<Answer>) -> End {
    let (mut answers, mut sleeps) = (answers.into_iter(), Vec::new());
    let mut next = task.handle(Input::Start, NOW).next;
    loop {
        let input = match next {
            Next::Perform(Effect::Send(sent)) => {
                assert_eq!(line(&sent), request);
                match answers.next().expect("an unscripted request") {
                    Answer::Response(response) => Input::Response(response),
                    Answer::Failure(failure) => Input::Failed(failure),
                }
            }
            Next::Perform(Effect::Sleep { millis, wake }) => {
                sleeps.push((millis, wake));
                Input::Awake
            }
            Next::Finish(result) => {
                assert!(answers.next().is_none(), "not all answers were asked for");
                return (Some(*result), sleeps);
            }
            other => panic!("{other:?}"),
        };
        next = task.handle(input, NOW).next;
    }
}

fn failed((end, _): End) -> Error {
    end.expect("an end").expect_err("a failure")
}

#[test]
fn a_page_of_a_list_is_read() {
    let (Some(Ok(Output::Page(page))), sleeps) = exchanged(list(), LIST, vec![listed()]) else { panic!("a page") };
    assert_eq!((page.assets.len(), page.total, sleeps), (2, 2, vec![]));
    assert_eq!(page.assets[0].asset.reference(), Some("asset://asset-20260606170356-s9vrz"));
}

#[test]
fn the_size_of_a_page_keeps_the_provider_s_limit() {
    for (size, refused) in [(0, true), (1, false), (99, false), (100, false), (101, true)] {
        match list_of(1, Some(size)) {
            Ok(_) => assert!(!refused, "{size}"),
            Err(error) => assert_eq!((error, refused), (Error::Rejected(vec![rules::page_size(size, 100)]), true)),
        }
    }
    let whole = "GET /v1/list/resources?page=3&page_size=100";
    assert!(matches!(exchanged(list_of(3, None).expect("a page"), whole, vec![listed()]).0, Some(Ok(_))));
}

#[test]
fn both_are_tried_again_while_that_may_help() {
    let delete = || Exchange::delete(library(), "2", 42);
    let trouble = [failure(Failure::Network), status(503, ""), later(429, 7_000), code(500, "")];
    let (end, sleeps) = exchanged(delete(), DELETE, trouble.iter().cloned().chain([deleted()]).collect());
    assert!(matches!(end, Some(Ok(Output::Done))));
    assert_eq!((sleeps.len(), sleeps[0], sleeps[2]), (4, (73, Wake::Never), (7_000, Wake::Never)));
    assert!(matches!(exchanged(list(), LIST, trouble.into_iter().chain([listed()]).collect()).0, Some(Ok(_))));

    let often = vec![failure(Failure::Network); 5];
    assert_eq!(failed(exchanged(delete(), DELETE, often)), Error::Network);
    for (answer, error) in [
        (status(401, ""), ErrorCode::Unauthenticated),
        (code(404, "no such asset"), ErrorCode::Refused),
        (status(200, "<html>"), ErrorCode::MalformedResponse),
        (failure(Failure::AnswerTooLong), ErrorCode::MalformedResponse),
        (status(200, r#"{"code":200,"data":{"deleted":false}}"#), ErrorCode::Refused),
    ] {
        assert_eq!(failed(exchanged(delete(), DELETE, vec![answer])).code(), error);
    }
}

#[test]
fn an_answer_begins_the_wait_for_the_line_anew() {
    let mut task = list();
    let mut at = |input, millis| match task.handle(input, NOW + millis).next {
        Next::Perform(Effect::Sleep { millis, wake: Wake::Online }) => Some(millis),
        _ => None,
    };
    let unavailable = Response { status: 503, ..Response::default() };
    assert_eq!(at(Input::Start, 0), None);
    assert_eq!(at(Input::Failed(Failure::Offline), 0), Some(OFFLINE_DEADLINE_MILLIS));
    assert_eq!(at(Input::Awake, 500_000), None);
    assert_eq!(at(Input::Failed(Failure::Offline), 500_000), Some(100_000), "a line that flickers gets no more");
    assert_eq!(at(Input::Awake, 550_000), None);
    assert_eq!(at(Input::Response(unavailable), 550_000), None);
    assert_eq!(at(Input::Awake, 551_000), None);
    assert_eq!(at(Input::Failed(Failure::Offline), 551_000), Some(OFFLINE_DEADLINE_MILLIS));
}

#[test]
fn each_ends_when_the_user_says_so() {
    let file = samples::candidate("a.jpg", "", &samples::jpeg(640, 480, 1_000));
    let tasks: [Box<dyn Task>; 4] = [
        Box::new(list()),
        Box::new(Exchange::delete(library(), "2", 1)),
        Box::new(Hashing),
        Box::new(Look::for_verdicts(file)),
    ];
    for mut task in tasks {
        assert!(matches!(task.handle(Input::Start, NOW).next, Next::Perform(_)));
        assert!(matches!(task.handle(Input::Digested(1), NOW).next, Next::Continue));
        assert!(matches!(task.handle(Input::Cancel, NOW).next, Next::Cancelled));
        assert!(!task.is_unclear());
    }
}

#[test]
fn a_checksum_is_what_was_hashed() {
    let checksum = sha256(b"test");
    assert!(matches!(Hashing.handle(Input::Start, NOW).next, Next::Perform(Effect::Hash)));
    let Next::Finish(end) = Hashing.handle(Input::Hashed(checksum), NOW).next else { panic!("no end") };
    assert!(matches!(*end, Ok(Output::Checksum(its)) if its == checksum));
    let Next::Finish(end) = Hashing.handle(Input::Failed(Failure::Unreadable), NOW).next else { panic!("no end") };
    assert!(matches!(*end, Err(Error::UnreadableFile)));
    assert_eq!(Hashing.stage(), Some(Stage::Hash));
}

/// Looks at a file as far as it wants to.
fn looked(file: &[u8], verdicts: bool) -> Result<Output, Error> {
    let candidate = samples::candidate("a.png", "", file);
    let mut look = if verdicts { Look::for_verdicts(candidate) } else { Look::for_facts(candidate) };
    let mut next = look.handle(Input::Start, NOW).next;
    loop {
        next = match next {
            Next::Perform(Effect::Read { offset, len }) => {
                let start = usize::try_from(offset).expect("a small file");
                look.handle(Input::Read(file[start..start + len].to_vec()), NOW).next
            }
            Next::Finish(end) => return *end,
            other => panic!("{other:?}"),
        };
    }
}

#[test]
fn a_look_gives_the_facts_or_the_verdicts() {
    let Ok(Output::Inspected(file)) = looked(&samples::png(127, 200), false) else { panic!("no facts") };
    assert_eq!(file.media().displayed_size().known().map(|size| size.width), Some(127));
    let Ok(Output::Verdicts(all)) = looked(&samples::png(127, 200), true) else { panic!("no verdicts") };
    let broken: Vec<usize> = all.iter().map(|verdict| verdict.violations.len()).collect();
    assert_eq!(broken, [1, 0, 0, 0, 0], "only ModelHunter wants 128 pixels");

    assert_eq!(looked(b"", false).expect_err("nothing"), Error::Rejected(vec![rules::empty_file()]));
    assert_eq!(looked(b"Dear diary", false).expect_err("a text").code(), ErrorCode::UnrecognisedFile);
    for nothing in [&b""[..], b"Dear diary"] {
        let Ok(Output::Verdicts(all)) = looked(nothing, true) else { panic!("no verdicts") };
        let rules: Vec<Rule> = all.iter().flat_map(|verdict| &verdict.violations).map(|broken| broken.rule).collect();
        assert_eq!(rules.len(), 5);
    }
    let response = Input::Response(Response::default());
    assert!(matches!(Look::for_facts(samples::candidate("", "", b"a")).handle(response, NOW).next, Next::Continue));
}

#[test]
fn a_list_is_asked_for_once_more_with_another_token() {
    let renewing = || {
        let mut list = list();
        list.renew_token(true);
        list
    };
    let (end, sleeps) = exchanged(renewing(), LIST, vec![status(401, ""), listed()]);
    assert!(matches!(end, Some(Ok(_))));
    assert_eq!(sleeps, [(0, Wake::Never)]);
    assert_eq!(failed(exchanged(renewing(), LIST, vec![status(401, ""); 2])), Error::Unauthenticated);
    assert_eq!(failed(exchanged(list(), LIST, vec![status(401, "")])), Error::Unauthenticated);
}
