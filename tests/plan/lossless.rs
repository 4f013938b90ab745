//! Splices come first, and a file that is fine is not touched.

use mediaferry::fix::plan::{Engine, Job, Loss, Planned, Purpose, Request, Spliced, StepKind, Why, plan};
use mediaferry::fix::splice::{Changes, Strip};
use mediaferry::media::{Fact, Format, Media};
use mediaferry::providers::PROVIDERS;
use mediaferry::rules::{Limits, MB, Rule, Rules};
use mediaferry_testing::stubs::{inspected, media};

use crate::plans::{STRIP, engine, image, kinds, of, refused, request, rules, spliced, video};

#[test]
fn accepted_file_has_no_steps_at_any_provider() {
    for provider in PROVIDERS {
        for format in Format::ALL {
            let rules = provider.profile().rules;
            let file = inspected("", "", 1_000, media(*format));
            if !rules.check(&file).is_empty() {
                continue;
            }
            let Planned::Plan(plan) = plan(&Request { rules, ..request(&file) }) else {
                panic!("{format:?} has a splice")
            };
            assert_eq!((plan.steps.len(), plan.violations.len(), plan.job), (0, 0, None), "{format:?}");
        }
    }
}

#[test]
fn privacy_strips_an_accepted_file_even_if_no_step_is_allowed() {
    let file = image(Format::Jpeg, 5 * MB, 4000, 3000);
    for (privacy, loss) in [(Strip::Location, Loss::Location), (Strip::Metadata, Loss::Metadata)] {
        let changes = Changes { strip: Some(privacy), ..Changes::default() };
        let request = || Request { privacy: Some(privacy), allowed: Vec::new(), ..request(&file) };
        assert_eq!(plan(&request()), Planned::Needs(changes));
        let plan = spliced(request(), Spliced::File(4_999_000));
        assert_eq!((kinds(&plan), plan.job), (vec![StepKind::StripMetadata], Some(Job::Splice(changes))));
        let step = &plan.steps[0];
        assert_eq!((step.reason, &*step.loses, step.lossless), (Why::Purpose(Purpose::Privacy), &[loss][..], true));
        assert_eq!((step.from.bytes, step.to.bytes), (Some(5 * MB), Some(4_999_000)));
        let without = spliced(request(), Spliced::Unchanged);
        assert!(without.steps.is_empty() && without.impossible.is_empty() && without.job.is_none());
        // What cannot be stripped must not leave.
        let impossible = refused(request());
        assert_eq!((impossible.steps.len(), rules(&impossible.impossible)), (0, vec![Rule::Metadata]));
    }
}

#[test]
fn only_a_file_with_a_location_is_said_to_have_one() {
    for (has_location, rule) in [(true, Rule::Location), (false, Rule::Metadata)] {
        let file = inspected(
            "",
            "",
            5 * MB,
            Media { has_location, ..image(Format::Jpeg, 5 * MB, 4000, 3000).media().clone() },
        );
        let request = Request { privacy: Some(Strip::Location), allowed: Vec::new(), ..request(&file) };
        assert_eq!(rules(&refused(request).impossible), [rule]);
    }
}

#[test]
fn formats_without_a_place_for_the_location_are_not_touched() {
    let file = inspected("", "", 1_000, media(Format::Bmp));
    let request = |privacy| Request { privacy: Some(privacy), rules: of("apiframe"), ..request(&file) };
    assert!(matches!(plan(&request(Strip::Location)), Planned::Plan(plan) if plan.steps.is_empty()));
    assert!(matches!(plan(&request(Strip::Metadata)), Planned::Needs(_)));
}

#[test]
fn stripping_metadata_is_enough_at_the_limit_and_not_above_it() {
    let file = image(Format::Jpeg, 10 * MB + 1, 4000, 3000);
    assert_eq!(plan(&request(&file)), Planned::Needs(STRIP));
    let exact = spliced(request(&file), Spliced::File(10 * MB));
    assert_eq!((kinds(&exact), exact.job), (vec![StepKind::StripMetadata], Some(Job::Splice(STRIP))));
    assert_eq!(exact.steps[0].reason, Why::Limit(Rule::MaxBytes));
    assert_eq!(rules(&exact.violations), [Rule::MaxBytes]);
    // A splice that is not enough is not used: the encoder removes the metadata as well.
    let above = spliced(request(&file), Spliced::File(10 * MB + 1));
    assert_eq!(kinds(&above), [StepKind::Compress]);
    assert!(matches!(above.job, Some(Job::Draw(_))));
    // Nor is it asked for if it is not allowed, or cannot be enough.
    let allowed = vec![StepKind::Compress];
    assert!(
        matches!(plan(&Request { allowed, ..request(&file) }), Planned::Plan(plan) if kinds(&plan) == [StepKind::Compress])
    );
    let narrow = image(Format::Jpeg, 10 * MB + 1, 1000, 100);
    let allowed = vec![StepKind::StripMetadata, StepKind::Crop, StepKind::Upscale, StepKind::Compress];
    assert!(matches!(plan(&Request { allowed, ..request(&narrow) }), Planned::Plan(_)));
}

#[test]
fn quicktime_becomes_mp4_without_encoding() {
    let file = video(Format::Mov, 20 * MB, 30);
    let remux = Changes { remux: true, ..Changes::default() };
    assert_eq!(plan(&request(&file)), Planned::Needs(remux));
    let plan = spliced(request(&file), Spliced::File(20 * MB + 100));
    assert_eq!((kinds(&plan), plan.job), (vec![StepKind::Remux], Some(Job::Splice(remux))));
    let step = &plan.steps[0];
    assert_eq!((step.from.format, step.to.format, step.lossless), (Format::Mov, Format::Mp4, true));
    assert_eq!((step.reason, step.need), (Why::Limit(Rule::Format), None));
    // The page's tools copy what a splice must not: still lossless.
    let tools = refused(request(&file));
    assert_eq!(kinds(&tools), [StepKind::Remux]);
    assert!(tools.steps[0].lossless && matches!(tools.job, Some(Job::Convert(_))));
}

#[test]
fn quicktime_without_video_becomes_m4a() {
    static BOTH: [Limits; 1] = [Limits::none(&[Format::Mp4, Format::M4a])];
    let sound = Media {
        has_video: Fact::Known(false),
        has_audio: Fact::Known(true),
        codecs: vec!["AAC"],
        ..media(Format::Mov)
    };
    let file = inspected("", "", MB, sound);
    let accepted = || Request { rules: Rules::new(&BOTH), ..request(&file) };
    for (plan, is_splice) in [(spliced(accepted(), Spliced::File(MB)), true), (refused(accepted()), false)] {
        assert_eq!(kinds(&plan), [StepKind::Remux]);
        assert_eq!((plan.steps[0].to.format, plan.steps[0].lossless), (Format::M4a, true));
        assert_eq!(matches!(plan.job, Some(Job::Splice(_))), is_splice);
    }
    // A provider of MP4 does not take the sound.
    let plan = spliced(request(&file), Spliced::File(MB));
    assert_eq!((plan.steps.len(), rules(&plan.impossible)), (0, vec![Rule::Format]));
}

#[test]
fn remux_of_a_video_that_breaks_another_limit_is_left_to_the_tools() {
    for file in [video(Format::Mov, 51 * MB, 30), video(Format::Mov, 20 * MB, 61)] {
        let Planned::Plan(plan) = plan(&request(&file)) else { panic!("a splice cannot be enough") };
        assert!(matches!(plan.job, Some(Job::Convert(_))), "{plan:?}");
    }
}

#[test]
fn wishes_are_one_splice() {
    let file = video(Format::Mov, 20 * MB, 30);
    let request = Request { privacy: Some(Strip::Metadata), faststart: true, ..request(&file) };
    let changes = Changes { strip: Some(Strip::Metadata), remux: true, faststart: true };
    assert_eq!(plan(&request), Planned::Needs(changes));
    let plan = spliced(request, Spliced::File(20 * MB - 7));
    assert_eq!(kinds(&plan), [StepKind::StripMetadata, StepKind::Remux, StepKind::Faststart]);
    let bytes: Vec<_> = plan.steps.iter().map(|step| step.to.bytes).collect();
    assert_eq!(bytes, [None, None, Some(20 * MB - 7)], "the size is known for all of them together");
    assert_eq!(plan.job, Some(Job::Splice(changes)));
}

#[test]
fn accepted_video_stays_if_only_its_index_cannot_move() {
    let file = video(Format::Mp4, 20 * MB, 30);
    for (tools, privacy) in [(true, None), (false, None), (true, Some(Strip::Location))] {
        let engine = Engine { has_video_tools: tools, ..engine() };
        let request = || Request { faststart: true, privacy, engine: engine.clone(), ..request(&file) };
        let changes = Changes { strip: privacy, faststart: true, ..Changes::default() };
        assert_eq!(plan(&request()), Planned::Needs(changes));
        // Refused, or too large for the limit.
        for result in [Spliced::Refused, Spliced::File(50 * MB + 1)] {
            let plan = spliced(request(), result);
            let steps: Vec<_> = plan.steps.iter().map(|step| (step.kind, step.reason)).collect();
            let asked = privacy.map(|_| (StepKind::Remux, Why::Purpose(Purpose::Privacy)));
            assert_eq!((steps, rules(&plan.impossible)), (asked.into_iter().collect(), vec![]), "{tools} {result:?}");
            assert_eq!(plan.job.is_some(), privacy.is_some());
        }
    }
}

#[test]
fn truncated_file_is_impossible() {
    let media = Media { complete: Fact::Known(false), ..media(Format::Jpeg) };
    let file = inspected("", "", 11 * MB, media);
    let plan = refused(Request { privacy: Some(Strip::Location), ..request(&file) });
    assert_eq!(
        (rules(&plan.violations), rules(&plan.impossible)),
        (vec![Rule::MaxBytes, Rule::Complete], vec![Rule::Complete])
    );
    assert!(plan.steps.is_empty() && plan.job.is_none());
}
