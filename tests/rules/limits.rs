//! The providers' limits, each at the limit and one step to either side.

use core::slice;
use core::time::Duration;

use mediaferry::file::Shared;
use mediaferry::json::Json;
use mediaferry::media::{Fact, Format, Kind, Media, Orientation, Reason, Size};
use mediaferry::options::Options;
use mediaferry::providers::{Provider, by_id};
use mediaferry::rules::{Rule, Rules, Value, Violation};
use mediaferry_testing::stubs::{inspected, media};

fn provider(id: &str) -> &'static dyn Provider {
    by_id(id).expect("a registered provider")
}

fn rules(id: &str) -> Rules<'static> {
    provider(id).profile().rules
}

fn broken(media: Media, size: u64) -> Vec<Violation> {
    rules("modelhunter").check(&inspected("", "", size, media))
}

fn picture(width: u32, height: u32) -> Media {
    Media { stored_size: Fact::Known(Size { width, height }), ..media(Format::Png) }
}

fn video(duration: Fact<Duration>) -> Media {
    Media { duration, ..media(Format::Mp4) }
}

fn violation(rule: Rule, actual: f64, limit: f64) -> Violation {
    Violation { rule, actual: Value::Number(actual), limit: Value::Number(limit) }
}

#[test]
fn modelhunter_accepts_images_up_to_50_mb() {
    for format in [Format::Png, Format::Jpeg, Format::Webp] {
        assert_eq!(broken(media(format), 49_999_999), []);
        assert_eq!(broken(media(format), 50_000_000), []);
        assert_eq!(broken(media(format), 50_000_001), [violation(Rule::MaxBytes, 50_000_001.0, 50_000_000.0)]);
        // 50 MiB, which some would call 50 MB.
        assert_eq!(broken(media(format), 52_428_800), [violation(Rule::MaxBytes, 52_428_800.0, 50_000_000.0)]);
    }
}

#[test]
fn modelhunter_accepts_videos_up_to_500_mb() {
    assert_eq!(broken(media(Format::Mp4), 499_999_999), []);
    assert_eq!(broken(media(Format::Mp4), 500_000_000), []);
    assert_eq!(broken(media(Format::Mp4), 500_000_001), [violation(Rule::MaxBytes, 500_000_001.0, 500_000_000.0)]);
}

#[test]
fn modelhunter_accepts_images_from_128_by_128() {
    let (width, height) = (violation(Rule::MinWidth, 127.0, 128.0), violation(Rule::MinHeight, 127.0, 128.0));
    assert_eq!(broken(picture(127, 128), 1), slice::from_ref(&width));
    assert_eq!(broken(picture(128, 127), 1), slice::from_ref(&height));
    assert_eq!(broken(picture(127, 127), 1), [width, height]);
    assert_eq!(broken(picture(128, 128), 1), []);
    assert_eq!(broken(picture(129, 128), 1), []);
    assert_eq!(broken(picture(128, 129), 1), []);
}

#[test]
fn modelhunter_accepts_images_up_to_4_to_1_in_either_direction() {
    let too_long = violation(Rule::MaxAspectRatio, 4.007_812_5, 4.0);
    assert_eq!(broken(picture(511, 128), 1), []);
    assert_eq!(broken(picture(512, 128), 1), []);
    assert_eq!(broken(picture(513, 128), 1), slice::from_ref(&too_long));
    assert_eq!(broken(picture(128, 511), 1), []);
    assert_eq!(broken(picture(128, 512), 1), []);
    assert_eq!(broken(picture(128, 513), 1), [too_long]);
    // Where four times the shorter side is more than 32 bits hold.
    assert_eq!(broken(picture(u32::MAX, u32::MAX / 4 + 1), 1), []);
    assert_eq!(broken(picture(u32::MAX, u32::MAX / 4), 1).len(), 1);
}

#[test]
fn modelhunter_accepts_videos_from_1_to_600_seconds() {
    let at = |millis| broken(video(Fact::Known(Duration::from_millis(millis))), 1);
    assert_eq!(at(999), [violation(Rule::MinDuration, 0.999, 1.0)]);
    assert_eq!(at(1_000), []);
    assert_eq!(at(1_001), []);
    assert_eq!(at(599_999), []);
    assert_eq!(at(600_000), []);
    assert_eq!(at(600_001), [violation(Rule::MaxDuration, 600.001, 600.0)]);
}

#[test]
fn modelhunter_accepts_videos_of_any_dimensions() {
    for (width, height) in [(16, 16), (127, 128), (4_000, 10)] {
        let video = Media { stored_size: Fact::Known(Size { width, height }), ..media(Format::Mp4) };
        assert_eq!(broken(video, 1), []);
    }
}

#[test]
fn modelhunter_accepts_four_formats() {
    let takes = [Format::Png, Format::Jpeg, Format::Webp, Format::Mp4];
    assert!(rules("modelhunter").formats().eq(takes));
    for format in Format::ALL {
        let broken = broken(media(*format), 1);
        if takes.contains(format) {
            assert_eq!(broken, [], "{format:?}");
        } else {
            let (actual, limit) = (Value::Text(format.name()), Value::List(vec!["PNG", "JPEG", "WebP", "MP4"]));
            assert_eq!(broken, [Violation { rule: Rule::Format, actual, limit }], "{format:?}");
        }
    }
}

#[test]
fn worldrouter_accepts_four_formats_up_to_10_mib_or_4_mb_for_the_dashboard() {
    let chosen = Options::read(
        provider("worldrouter").profile().settings,
        Json::read(br#"{"limit":"dashboard"}"#).expect("JSON"),
    );
    let dashboard = provider("worldrouter").rules(&chosen.expect("an option"));
    for (rules, limit) in [(rules("worldrouter"), 10_485_760_u32), (dashboard, 4_000_000)] {
        assert!(rules.formats().eq([Format::Png, Format::Jpeg, Format::Webp, Format::Gif]));
        for format in rules.formats() {
            let check = |bytes: u32| rules.check(&inspected("", "", bytes.into(), media(format)));
            assert_eq!((check(limit - 1), check(limit)), (vec![], vec![]));
            assert_eq!(check(limit + 1), [violation(Rule::MaxBytes, f64::from(limit + 1), limit.into())]);
        }
    }
}

#[test]
fn onerouter_accepts_the_24_documented_formats() {
    let page = "jpg jpeg png webp gif bmp tiff mp4 avi mov wmv flv webm mkv 3gp ogv mp3 wav ogg aac flac webm m4a opus";
    assert_eq!(page.split(' ').count(), 24);
    for extension in page.split(' ') {
        assert!(rules("onerouter").formats().any(|format| format.has_extension(extension)), "{extension}");
    }
    for format in Format::ALL {
        assert!(page.split(' ').any(|extension| format.has_extension(extension)), "{format:?} is not on the page");
    }
}

#[test]
fn onerouter_warns_above_50_mb_and_rejects_no_size() {
    for format in Format::ALL {
        let at = |bytes| {
            let file = inspected("", "", bytes, media(*format));
            (rules("onerouter").check(&file), rules("onerouter").warnings(&file))
        };
        assert_eq!(at(49_999_999), (vec![], vec![]));
        assert_eq!(at(50_000_000), (vec![], vec![]));
        assert_eq!(at(50_000_001), (vec![], vec![violation(Rule::RecommendedMaxBytes, 50_000_001.0, 50_000_000.0)]));
        assert_eq!(at(5_000_000_000).0, []);
    }
}

#[test]
fn video_of_unknown_duration_is_accepted_with_a_warning() {
    let warnings = |media| rules("modelhunter").warnings(&inspected("", "", 1, media));
    let unchecked = Violation { rule: Rule::KnownDuration, actual: Value::Nothing, limit: Value::Nothing };
    for duration in
        [Fact::Unknown(Reason::Absent), Fact::Unknown(Reason::Budget), Fact::Estimated(Duration::from_secs(9))]
    {
        assert_eq!(warnings(video(duration)), slice::from_ref(&unchecked));
        let others = |id| rules(id).warnings(&inspected("", "", 1, video(duration)));
        assert_eq!((others("onerouter"), others("relaydance"), others("apiframe")), (vec![], vec![], vec![]));
    }
    assert_eq!(warnings(video(Fact::Known(Duration::from_secs(601)))), [], "that is a violation, and known");
    assert_eq!(warnings(picture(640, 480)), [], "a picture takes no time");
    assert_eq!(warnings(media(Format::Gif)), [], "it is not taken anyway");
}

#[test]
fn relaydance_accepts_9_images_3_videos_and_3_audio_files_per_request() {
    let kinds = |images, videos, audio| {
        [vec![Kind::Image; images], vec![Kind::Video; videos], vec![Kind::Audio; audio]].concat()
    };
    let together = |images, videos, audio| rules("relaydance").check_request(&kinds(images, videos, audio));
    for (images, videos, audio) in [(0, 0, 0), (8, 2, 2), (9, 3, 3), (9, 0, 0), (0, 3, 3)] {
        assert_eq!(together(images, videos, audio), []);
    }
    let (images, videos) = (violation(Rule::MaxImages, 10.0, 9.0), violation(Rule::MaxVideos, 4.0, 3.0));
    let audio = violation(Rule::MaxAudio, 4.0, 3.0);
    assert_eq!(together(10, 3, 3), slice::from_ref(&images));
    assert_eq!(together(9, 4, 3), slice::from_ref(&videos));
    assert_eq!(together(9, 3, 4), slice::from_ref(&audio));
    assert_eq!(together(10, 4, 4), [images, videos, audio]);
    for other in ["modelhunter", "onerouter", "worldrouter", "apiframe"] {
        assert_eq!(rules(other).check_request(&kinds(1_000, 1_000, 1_000)), [], "{other} names no such limit");
    }
}

#[test]
fn relaydance_and_apiframe_have_no_limits_per_file() {
    for format in Format::ALL {
        let tiny = Media { stored_size: Fact::Known(Size { width: 1, height: 9_000 }), ..media(*format) };
        let unknown = Media { stored_size: Fact::Unknown(Reason::Damaged), ..media(*format) };
        let endless = Media { duration: Fact::Known(Duration::from_secs(1_000_000)), ..media(*format) };
        for media in [tiny, unknown, endless] {
            let file = inspected("", "", 5_000_000_000, media);
            assert_eq!(rules("relaydance").check(&file), [], "{format:?}");
            assert_eq!(rules("apiframe").check(&file), [], "{format:?}");
        }
    }
}

#[test]
fn all_violations_are_reported_at_once() {
    let all = broken(Media { complete: Fact::Known(false), ..picture(600, 100) }, 50_000_001);
    let complete = Violation { rule: Rule::Complete, actual: Value::Number(50_000_001.0), limit: Value::Nothing };
    let expected = [
        violation(Rule::MaxBytes, 50_000_001.0, 50_000_000.0),
        violation(Rule::MinHeight, 100.0, 128.0),
        violation(Rule::MaxAspectRatio, 6.0, 4.0),
        complete.clone(),
    ];
    assert_eq!(all, expected);
    let refused = inspected("", "", 50_000_001, Media { complete: Fact::Known(false), ..picture(600, 100) });
    assert_eq!(rules("modelhunter").accept(Shared::new(refused)), Err(expected.to_vec()));

    let video = Media { complete: Fact::Known(false), ..video(Fact::Known(Duration::from_secs(601))) };
    let rules_broken: Vec<Rule> = broken(video, 500_000_001).into_iter().map(|violation| violation.rule).collect();
    assert_eq!(rules_broken, [Rule::MaxBytes, Rule::MaxDuration, Rule::Complete]);

    let gif = Media { complete: Fact::Known(false), ..media(Format::Gif) };
    let rules_broken: Vec<Rule> = broken(gif, 1).into_iter().map(|violation| violation.rule).collect();
    assert_eq!(rules_broken, [Rule::Format, Rule::Complete]);
}

#[test]
fn image_limits_apply_to_the_displayed_size() {
    // 127 across and 200 down as stored: turned by a quarter it is 200 across and 127 down.
    for exif in 1..=8 {
        let orientation = Fact::Known(Orientation::from_exif(exif).expect("1 to 8"));
        let expected = if exif < 5 { Rule::MinWidth } else { Rule::MinHeight };
        assert_eq!(
            broken(Media { orientation, ..picture(127, 200) }, 1),
            [violation(expected, 127.0, 128.0)],
            "{exif}"
        );
    }
}

#[test]
fn incomplete_file_is_rejected_only_if_that_is_known() {
    for provider in ["modelhunter", "relaydance"] {
        let check =
            |complete| rules(provider).check(&inspected("", "", 7_000, Media { complete, ..media(Format::Jpeg) }));
        let violation = Violation { rule: Rule::Complete, actual: Value::Number(7_000.0), limit: Value::Nothing };
        assert_eq!(check(Fact::Known(false)), [violation]);
        for fine in [Fact::Known(true), Fact::Estimated(false), Fact::Unknown(Reason::Budget)] {
            assert_eq!(check(fine), []);
        }
    }
}

#[test]
fn unknown_or_estimated_duration_is_no_violation() {
    for reason in Reason::ALL {
        assert_eq!(broken(video(Fact::Unknown(*reason)), 1), []);
    }
    assert_eq!(broken(video(Fact::Estimated(Duration::from_secs(601))), 1), []);
    assert_eq!(broken(video(Fact::Estimated(Duration::ZERO)), 1), []);
}

#[test]
fn image_of_unknown_size_is_rejected_if_a_limit_needs_it() {
    let unknown = Media { stored_size: Fact::Unknown(Reason::Damaged), ..media(Format::Png) };
    let violation = Violation { rule: Rule::KnownSize, actual: Value::Nothing, limit: Value::Nothing };
    assert_eq!(broken(unknown, 1), [violation]);
}
