//! A file that changes during its upload, and inputs that belong to no outstanding effect.

use mediaferry::clock::Now;
use mediaferry::error::Error;
use mediaferry::http::Response;
use mediaferry::options::Options;
use mediaferry::rules::{Rule, Value};
use mediaferry::upload::{Effect, Event, Failure, Input, Next, Upload};
use mediaferry_testing::samples;
use mediaferry_testing::script::Meanwhile::{HashComplete, OtherHashComplete, UploadProgress};
use mediaferry_testing::script::{failure, status};
use serde_json::json;

use crate::{
    COMPLETE, FORM, PUT, SIZE, TICKET, accepted, completed, modelhunter, photo, provider, relaydance, stored, ticket,
};

#[test]
fn file_that_changed_between_attempts_is_unreadable() {
    let first = || modelhunter().on(TICKET, ticket()).on(PUT, status(503, "")).meanwhile(&[HashComplete]);
    let trace = first().on(PUT, stored()).meanwhile(&[HashComplete]).on(COMPLETE, completed()).run();
    assert!(trace.end.is_some_and(|end| end.is_ok()));
    let trace = first().on(PUT, stored()).meanwhile(&[OtherHashComplete]).run();
    assert_eq!((trace.error(), trace.is_outcome_unknown), (&Error::UnreadableFile, false));
    // After a form that may have arrived, the outcome is unknown.
    let trace = relaydance().on(FORM, mediaferry_testing::script::retry_after(429, 1_000)).meanwhile(&[HashComplete]);
    let trace = trace.on(FORM, accepted()).meanwhile(&[UploadProgress(SIZE), OtherHashComplete]).run();
    assert_eq!((trace.error(), trace.is_outcome_unknown), (&Error::UnreadableFile, true));
}

#[test]
fn file_is_hashed_again_with_each_attempt_that_sends_it() {
    let trace = modelhunter()
        .on(TICKET, ticket())
        .on(PUT, failure(Failure::Network))
        .on(PUT, failure(Failure::Stalled))
        .on(PUT, stored())
        .on(COMPLETE, completed())
        .run();
    let hashes: Vec<bool> = trace.requests().iter().map(|request| request.starts_hash).collect();
    assert_eq!(hashes, [true, false, true, true, false]);
}

/// An upload whose form is under way.
fn sending() -> Upload {
    let file = photo();
    let candidate = samples::candidate("a.jpg", "", &file);
    let mut upload = Upload::new(provider("relaydance"), Options::default(), candidate, 1);
    let mut next = upload.handle(Input::Start, Now::default()).next;
    while let Next::Perform(Effect::Read { offset, len }) = next {
        let start = usize::try_from(offset).expect("a small file");
        next = upload.handle(Input::Read(file[start..start + len].to_vec()), Now::default()).next;
    }
    assert!(matches!(next, Next::Perform(Effect::Send(_))));
    upload
}

#[test]
fn unexpected_input_sends_no_request_twice() {
    let strays = || {
        let found = Err(mediaferry::media::ProbeError::Unrecognised { looks_like: None });
        [Input::Start, Input::TimerFired, Input::Read(vec![0; 16]), Input::ProbeComplete(found), Input::Resume]
    };
    let mut upload = sending();
    for stray in strays() {
        let input = format!("{stray:?}");
        assert!(matches!(upload.handle(stray, Now::default()).next, Next::Continue), "{input}");
    }
    let limited = Response { status: 429, ..Response::default() };
    let next = upload.handle(Input::Response(limited.clone()), Now::default()).next;
    assert!(matches!(next, Next::Perform(Effect::Sleep { .. })));
    for stray in [Input::Start, Input::Response(limited), Input::Failed(Failure::Network), Input::UploadProgress(1)] {
        let input = format!("{stray:?}");
        assert!(matches!(upload.handle(stray, Now::default()).next, Next::Continue), "{input} while it sleeps");
    }
    assert!(matches!(upload.handle(Input::TimerFired, Now::default()).next, Next::Perform(Effect::Send(_))));
}

#[test]
fn known_event_precedes_a_request_of_unknown_outcome() {
    let known = |upload: &mut Upload, input| {
        let step = upload.handle(input, Now::default());
        step.events.into_iter().find_map(|event| if let Event::Known(known) = event { Some(known) } else { None })
    };
    let file = samples::jpeg(64, 64, 1_000);
    let mut upload = Upload::new(provider("relaydance"), Options::default(), samples::candidate("a", "", &file), 1);
    assert_eq!(known(&mut upload, Input::Start), None);
    let sent = known(&mut upload, Input::Read(file)).expect("news");
    assert_eq!((sent.has_sent, sent.is_outcome_unknown), (true, true));
    let waiting = known(&mut upload, Input::Response(Response { status: 429, ..Response::default() })).expect("news");
    assert_eq!((waiting.has_sent, waiting.is_outcome_unknown), (true, false));
}

#[test]
fn content_type_mismatch_is_a_warning_if_the_checksum_matches() {
    let upload_with = |reported: &str| {
        let body =
            format!(r#"{{"code":200,"data":{{"id":2,"status":"active","upstream_asset_uri":"asset://a"{reported}}}}}"#);
        crate::provider_responses::onerouter().on(crate::provider_responses::UPLOAD, status(200, body)).run()
    };
    let sha256 = format!(r#","sha256_hash":"{}""#, mediaferry_testing::script::sha256(&photo()).hex());
    for mime in ["image/png", "video/mp4", "application/octet-stream", "x"] {
        let trace = upload_with(&format!(r#"{sha256},"content_type":"{mime}""#));
        let warnings = trace.warnings();
        assert_eq!((warnings.len(), warnings[0].rule), (1, Rule::ContentType), "{mime}");
        assert_eq!(warnings[0].actual, Value::Raw(mime.to_owned()));
        assert!(trace.end.is_some_and(|end| end.is_ok()));
    }
    // Without a checksum, another kind is a mismatch, and bytes of no particular kind are not.
    assert!(matches!(
        upload_with(r#","content_type":"video/mp4""#).error(),
        Error::Integrity { field: "content_type", .. }
    ));
    let trace = upload_with(r#","content_type":"application/octet-stream","file_size_bytes":2048576"#);
    assert_eq!(trace.warnings().len(), 1);
    assert!(matches!(
        upload_with(r#","file_size_bytes":1"#).error(),
        Error::Integrity { field: "file_size_bytes", .. }
    ));
    assert_eq!(upload_with(&format!(r#"{sha256},"content_type":"IMAGE/JPG; q=1""#)).warnings(), []);
}

#[test]
fn accept_list_matches_the_content_by_every_alias_of_the_format() {
    let lists: [&[&str]; 8] = [
        &[".jpeg"],
        &[".JFIF"],
        &["image/jpg"],
        &["image/*"],
        &["*/*"],
        &["video/*", " image/pjpeg "],
        &["*"],
        &["jpg"],
    ];
    for list in lists {
        assert!(relaydance().accepting(list).on(FORM, accepted()).run().end.is_some_and(|end| end.is_ok()), "{list:?}");
    }
    for list in [&["image/png"][..], &[".png", "video/*"], &["application/octet-stream"], &[""]] {
        let trace = relaydance().accepting(list).run();
        let Error::Rejected(violations) = trace.error() else { panic!("{list:?}") };
        let limit = Value::Accepted(list.iter().map(|entry| (*entry).to_owned()).collect());
        assert_eq!((violations[0].rule, &violations[0].actual), (Rule::AllowedFileTypes, &Value::Text("JPEG")));
        assert_eq!(violations[0].limit, limit);
    }
    assert_eq!(json!(Rule::AllowedFileTypes.as_str()), "allowedFileTypes");
}
