//! Videos and sounds, which the page's tools convert.

use core::time::Duration;

use mediaferry::fix::plan::{Conversion, Engine, Job, Loss, Need, Plan, Request, StepKind, Why};
use mediaferry::media::{Fact, Format, Media, Orientation, Reason, Size};
use mediaferry::rules::{Limits, MB, Rule, Rules};
use mediaferry_testing::stubs::{inspected, media};

use crate::plans::{engine, kinds, of, refused, request, rules, video};

fn conversion(plan: &Plan) -> Conversion {
    let Some(Job::Convert(conversion)) = plan.job else { panic!("{plan:?}") };
    conversion
}

#[test]
fn long_video_is_trimmed_to_the_limit() {
    for (seconds, steps) in [(60, vec![]), (61, vec![StepKind::Trim])] {
        let file = video(Format::Mp4, 20 * MB, seconds);
        assert_eq!(kinds(&refused(request(&file))), steps, "{seconds} s");
    }
    let file = video(Format::Mp4, 20 * MB, 90);
    let plan = refused(request(&file));
    let step = &plan.steps[0];
    assert_eq!((step.reason, &*step.loses), (Why::Limit(Rule::MaxDuration), &[Loss::End][..]));
    assert_eq!(step.to.duration, Some(Duration::from_mins(1)));
    let Conversion { end, bit_rates, size, .. } = conversion(&plan);
    assert_eq!((end, bit_rates, size), (Some(Duration::from_mins(1)), None, None));
}

#[test]
fn trimming_counts_for_the_bytes() {
    // 60 of 120 seconds are half of it.
    let fits = video(Format::Mp4, 100 * MB, 120);
    assert_eq!(kinds(&refused(request(&fits))), [StepKind::Trim]);
    let exceeds = video(Format::Mp4, 101 * MB, 120);
    let plan = refused(request(&exceeds));
    assert_eq!(kinds(&plan), [StepKind::Trim, StepKind::Transcode]);
    let (video, audio) = conversion(&plan).bit_rates.unwrap();
    assert!((video + audio) * 60 / 8 < 50 * MB && video > 1_000_000, "{video} {audio}");
}

#[test]
fn without_tools_the_plan_says_so() {
    for file in [video(Format::Mp4, 20 * MB, 90), video(Format::Mp4, 51 * MB, 30), video(Format::Webm, MB, 30)] {
        let plan = refused(Request { engine: Engine { has_video_tools: false, ..engine() }, ..request(&file) });
        assert!(
            !plan.steps.is_empty() && plan.steps.iter().all(|step| step.need == Some(Need::VideoTools)),
            "{plan:?}"
        );
        assert!(plan.job.is_none() && plan.impossible.is_empty());
    }
}

#[test]
fn too_short_is_impossible() {
    let short = Media { duration: Fact::Known(Duration::from_millis(900)), ..media(Format::Mp4) };
    let file = inspected("", "", MB, short);
    let plan = refused(request(&file));
    assert_eq!((rules(&plan.impossible), plan.steps.len()), (vec![Rule::MinDuration], 0));
}

#[test]
fn limits_of_the_new_format_count() {
    let seconds = |millis| {
        let duration = Fact::Known(Duration::from_millis(millis));
        let file = inspected("", "", MB, Media { duration, codecs: vec!["H.264"], ..media(Format::Mkv) });
        refused(request(&file))
    };
    assert_eq!(rules(&seconds(999).impossible), [Rule::MinDuration]);
    assert_eq!(kinds(&seconds(1_000)), [StepKind::Remux]);
    assert_eq!(kinds(&seconds(60_000)), [StepKind::Remux]);
    assert_eq!(kinds(&seconds(60_001)), [StepKind::Trim, StepKind::Remux]);
}

#[test]
fn codecs_decide_between_remux_and_transcode() {
    for (codecs, kind) in [
        (vec!["H.264", "AAC"], StepKind::Remux),
        (vec!["H.264", "PCM"], StepKind::Transcode),
        (vec!["VP8", "Vorbis"], StepKind::Transcode),
        (vec!["H.265"], StepKind::Remux),
    ] {
        let file = inspected("", "", MB, Media { codecs: codecs.clone(), ..media(Format::Mkv) });
        let plan = refused(request(&file));
        assert_eq!(kinds(&plan), [kind], "{codecs:?}");
        assert_eq!(plan.steps[0].lossless, kind == StepKind::Remux);
        assert_eq!(conversion(&plan).format, Format::Mp4);
    }
}

#[test]
fn container_decides_which_codecs_are_copied() {
    let orientation = |value| Orientation::from_exif(value).map_or(Fact::Unknown(Reason::Absent), Fact::Known);
    for (format, codecs, turned, kind) in [
        (Format::Mkv, vec!["H.264", "AAC"], 1, StepKind::Remux),
        (Format::Mkv, vec!["H.264", "AAC"], 6, StepKind::Transcode),
        (Format::Mkv, vec!["H.264", "PCM"], 0, StepKind::Remux),
        (Format::Webm, vec!["H.264", "AAC"], 1, StepKind::Transcode),
        (Format::Webm, vec!["VP9", "Opus"], 1, StepKind::Remux),
        (Format::Webm, vec!["VP9"], 3, StepKind::Transcode),
        (Format::Mp4, vec!["H.264", "AAC"], 6, StepKind::Remux),
    ] {
        let limits = [Limits::none(Box::leak(Box::new([format])))];
        let limits: &'static [Limits] = Box::leak(Box::new(limits));
        let media = Media { codecs: codecs.clone(), orientation: orientation(turned), ..media(Format::Mov) };
        let file = inspected("", "", MB, media);
        let plan = refused(Request { rules: Rules::new(limits), ..request(&file) });
        assert_eq!(kinds(&plan), [kind], "{format:?} {codecs:?} {turned}");
        assert_eq!(plan.steps[0].lossless, kind == StepKind::Remux);
    }
}

#[test]
fn large_sound_becomes_one_that_browsers_encode_with_a_bit_rate() {
    use Format::{Aac, Flac, M4a, Mp3, Ogg, Wav};
    for (source, accepted, format) in [
        (Wav, &[Wav, M4a, Ogg][..], Some(M4a)),
        (Flac, &[Flac, Wav, Ogg], Some(Ogg)),
        (Mp3, &[Mp3, M4a], Some(M4a)),
        (Mp3, &[Mp3], Some(Mp3)),
        (Wav, &[Wav, Mp3], Some(Mp3)),
        (Aac, &[Aac, Mp3, Ogg], Some(Ogg)),
        (Ogg, &[M4a, Ogg], Some(Ogg)),
        (Wav, &[Wav, Flac], None),
    ] {
        let limits = [Limits { max_bytes: Some(MB), ..Limits::none(accepted) }];
        let limits: &'static [Limits] = Box::leak(Box::new(limits));
        let file = inspected("", "", 2 * MB, media(source));
        let plan = refused(Request { rules: Rules::new(limits), ..request(&file) });
        if let Some(format) = format {
            assert_eq!((kinds(&plan), conversion(&plan).format), (vec![StepKind::Transcode], format), "{source:?}");
            assert_eq!(plan.steps[0].reason, Why::Limit(Rule::MaxBytes));
            assert!(conversion(&plan).bit_rates.is_some());
        } else {
            assert_eq!((plan.steps.len(), rules(&plan.impossible)), (0, vec![Rule::MaxBytes]));
        }
    }
}

#[test]
fn containers_that_the_tools_do_not_read_are_impossible() {
    for format in [Format::Avi, Format::Wmv, Format::Flv, Format::OggVideo] {
        let file = video(format, MB, 10);
        let plan = refused(request(&file));
        assert_eq!((rules(&plan.impossible), plan.steps.len()), (vec![Rule::Format], 0), "{format:?}");
    }
}

#[test]
fn codecs_that_the_tools_do_not_read_are_impossible() {
    for codec in ["Animation", "MP3"] {
        let file = inspected("", "", MB, Media { codecs: vec![codec], ..media(Format::Mov) });
        let plan = refused(request(&file));
        assert_eq!((rules(&plan.impossible), plan.steps.len()), (vec![Rule::Format], 0), "{codec}");
    }
}

#[test]
fn sides_of_a_video_are_even() {
    static WIDE: [Limits; 1] = [Limits { max_aspect_ratio: Some(1.1), ..Limits::none(&[Format::Mp4]) }];
    let stored_size = Fact::Known(Size { width: 320, height: 240 });
    let file = inspected("", "", MB, Media { stored_size, ..media(Format::Mp4) });
    let allowed = vec![StepKind::Pad, StepKind::Transcode];
    let plan = refused(Request { allowed, rules: Rules::new(&WIDE), ..request(&file) });
    assert_eq!(conversion(&plan).size.map(|(size, _)| size), Some(Size { width: 320, height: 292 }));
}

#[test]
fn engine_without_encoder_copies_only() {
    let without = || Engine { encodes_video: false, ..engine() };
    let copied = video(Format::Mkv, MB, 30);
    assert!(refused(Request { engine: without(), ..request(&copied) }).job.is_some());
    let encoded = video(Format::Mp4, 51 * MB, 30);
    let plan = refused(Request { engine: without(), ..request(&encoded) });
    assert_eq!((plan.steps[0].need, plan.job), (Some(Need::Encoder), None));
}

#[test]
fn very_low_bit_rate_reduces_the_size_or_is_impossible() {
    static SMALL: [Limits; 1] = [Limits { max_bytes: Some(MB), ..Limits::none(&[Format::Mp4]) }];
    let at = |seconds, width, height| {
        let duration = Fact::Known(Duration::from_secs(seconds));
        let stored_size = Fact::Known(Size { width, height });
        let file = inspected("", "", 100 * MB, Media { duration, stored_size, ..media(Format::Mp4) });
        refused(Request { rules: Rules::new(&SMALL), ..request(&file) })
    };
    assert_eq!(kinds(&at(5, 640, 480)), [StepKind::Transcode]);
    let smaller = at(10, 1920, 1080);
    assert_eq!(kinds(&smaller), [StepKind::Downscale, StepKind::Transcode]);
    assert!(conversion(&smaller).size.is_some_and(|(size, _)| size.width < 1920));
    assert_eq!(rules(&at(600, 640, 480).impossible), [Rule::MaxBytes]);
}

#[test]
fn unknown_duration_cannot_be_compressed() {
    let media = Media { duration: Fact::Unknown(Reason::Absent), ..media(Format::Mp4) };
    let file = inspected("", "", 60 * MB, media);
    assert_eq!(rules(&refused(request(&file)).impossible), [Rule::MaxBytes]);
}

#[test]
fn sound_for_a_provider_of_pictures_is_impossible() {
    let file = inspected("", "", MB, media(Format::Mp3));
    let plan = refused(Request { rules: of("modelhunter"), ..request(&file) });
    assert_eq!((rules(&plan.impossible), plan.steps.len()), (vec![Rule::Format], 0));
}

#[test]
fn long_sound_is_trimmed_in_its_own_format() {
    static SOUNDS: [Limits; 1] =
        [Limits { duration_seconds: Some((0.0, 15.0)), ..Limits::none(&[Format::Mp3, Format::Wav]) }];
    for format in [Format::Mp3, Format::Wav] {
        let media = Media { duration: Fact::Known(Duration::from_secs(16)), ..media(format) };
        let file = inspected("", "", MB, media);
        let plan = refused(Request { rules: Rules::new(&SOUNDS), ..request(&file) });
        assert_eq!((kinds(&plan), conversion(&plan).format), (vec![StepKind::Trim], format));
    }
}
