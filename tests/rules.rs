//! The providers' limits, each at the limit and one step to either side, and what is told about names and types.

#[path = "common/files.rs"]
mod files;

use core::slice;
use core::time::Duration;

use files::{accepted, inspected, media};
use mediaferry::error::Error;
use mediaferry::file::InspectedFile;
use mediaferry::media::{Fact, Format, Media, Orientation, Reason, Size};
use mediaferry::providers::by_id;
use mediaferry::rules::{Rule, Rules, Value, Violation};

fn rules(provider: &str) -> &'static Rules {
    &by_id(provider).expect("a registered provider").profile().rules
}

fn broken(media: Media, size: u64) -> Vec<Violation> {
    rules("modelhunter").check(&inspected("", "", size, media))
}

fn picture(width: u32, height: u32) -> Media {
    Media { stored_size: Fact::Known(Size { width, height }), ..media(Format::Png) }
}

fn film(duration: Fact<Duration>) -> Media {
    Media { duration, ..media(Format::Mp4) }
}

fn violation(rule: Rule, actual: f64, limit: f64) -> Violation {
    Violation { rule, actual: Value::Number(actual), limit: Value::Number(limit) }
}

#[test]
fn modelhunter_takes_pictures_up_to_50_mb() {
    for format in [Format::Png, Format::Jpeg, Format::Webp] {
        assert_eq!(broken(media(format), 49_999_999), []);
        assert_eq!(broken(media(format), 50_000_000), []);
        assert_eq!(broken(media(format), 50_000_001), [violation(Rule::MaxBytes, 50_000_001.0, 50_000_000.0)]);
        // 50 MiB, which some would call 50 MB.
        assert_eq!(broken(media(format), 52_428_800), [violation(Rule::MaxBytes, 52_428_800.0, 50_000_000.0)]);
    }
}

#[test]
fn modelhunter_takes_films_up_to_500_mb() {
    assert_eq!(broken(media(Format::Mp4), 499_999_999), []);
    assert_eq!(broken(media(Format::Mp4), 500_000_000), []);
    assert_eq!(broken(media(Format::Mp4), 500_000_001), [violation(Rule::MaxBytes, 500_000_001.0, 500_000_000.0)]);
}

#[test]
fn modelhunter_takes_pictures_from_128_by_128() {
    let (width, height) = (violation(Rule::MinWidth, 127.0, 128.0), violation(Rule::MinHeight, 127.0, 128.0));
    assert_eq!(broken(picture(127, 128), 1), slice::from_ref(&width));
    assert_eq!(broken(picture(128, 127), 1), slice::from_ref(&height));
    assert_eq!(broken(picture(127, 127), 1), [width, height]);
    assert_eq!(broken(picture(128, 128), 1), []);
    assert_eq!(broken(picture(129, 128), 1), []);
    assert_eq!(broken(picture(128, 129), 1), []);
}

#[test]
fn modelhunter_takes_pictures_up_to_4_to_1_either_way() {
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
fn modelhunter_takes_films_from_1_to_600_seconds() {
    let at = |millis| broken(film(Fact::Known(Duration::from_millis(millis))), 1);
    assert_eq!(at(999), [violation(Rule::MinDuration, 0.999, 1.0)]);
    assert_eq!(at(1_000), []);
    assert_eq!(at(1_001), []);
    assert_eq!(at(599_999), []);
    assert_eq!(at(600_000), []);
    assert_eq!(at(600_001), [violation(Rule::MaxDuration, 600.001, 600.0)]);
}

#[test]
fn modelhunter_s_films_may_have_any_size() {
    for (width, height) in [(16, 16), (127, 128), (4_000, 10)] {
        let film = Media { stored_size: Fact::Known(Size { width, height }), ..media(Format::Mp4) };
        assert_eq!(broken(film, 1), []);
    }
}

#[test]
fn modelhunter_takes_four_formats() {
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
fn worldrouter_takes_four_formats_to_ten_mebibytes() {
    assert!(rules("worldrouter").formats().eq([Format::Png, Format::Jpeg, Format::Webp, Format::Gif]));
    let check = |bytes| rules("worldrouter").check(&inspected("a.gif", "", bytes, media(Format::Gif)));
    assert_eq!(check(10 * 1_048_576), []);
    let [Violation { rule: Rule::MaxBytes, actual, limit }] = &check(10 * 1_048_576 + 1)[..] else {
        panic!("one too many")
    };
    assert_eq!((actual, limit), (&Value::Number(10_485_761.0), &Value::Number(10_485_760.0)));
}

#[test]
fn relaydance_names_no_limit() {
    for format in Format::ALL {
        let tiny = Media { stored_size: Fact::Known(Size { width: 1, height: 9_000 }), ..media(*format) };
        let unknown = Media { stored_size: Fact::Unknown(Reason::Damaged), ..media(*format) };
        let endless = Media { duration: Fact::Known(Duration::from_secs(1_000_000)), ..media(*format) };
        for media in [tiny, unknown, endless] {
            assert_eq!(rules("relaydance").check(&inspected("", "", 5_000_000_000, media)), [], "{format:?}");
        }
    }
}

#[test]
fn all_broken_limits_are_told_at_once() {
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
    assert_eq!(refused.accept(rules("modelhunter")), Err(Error::Rejected(expected.to_vec())));

    let film = Media { complete: Fact::Known(false), ..film(Fact::Known(Duration::from_secs(601))) };
    let rules_broken: Vec<Rule> = broken(film, 500_000_001).into_iter().map(|violation| violation.rule).collect();
    assert_eq!(rules_broken, [Rule::MaxBytes, Rule::MaxDuration, Rule::Complete]);

    let gif = Media { complete: Fact::Known(false), ..media(Format::Gif) };
    let rules_broken: Vec<Rule> = broken(gif, 1).into_iter().map(|violation| violation.rule).collect();
    assert_eq!(rules_broken, [Rule::Format, Rule::Complete]);
}

#[test]
fn a_picture_is_judged_as_it_is_displayed() {
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
fn an_incomplete_file_is_refused_and_an_unsure_one_is_not() {
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
fn an_unknown_or_estimated_duration_breaks_no_limit() {
    for reason in Reason::ALL {
        assert_eq!(broken(film(Fact::Unknown(*reason)), 1), []);
    }
    assert_eq!(broken(film(Fact::Estimated(Duration::from_secs(601))), 1), []);
    assert_eq!(broken(film(Fact::Estimated(Duration::ZERO)), 1), []);
}

#[test]
fn a_picture_without_a_size_is_refused_where_a_limit_depends_on_it() {
    let unknown = Media { stored_size: Fact::Unknown(Reason::Damaged), ..media(Format::Png) };
    let violation = Violation { rule: Rule::KnownSize, actual: Value::Nothing, limit: Value::Nothing };
    assert_eq!(broken(unknown, 1), [violation]);
}

#[test]
fn a_name_or_type_that_contradicts_the_content_is_a_mismatch() {
    let says = |name: &str, declared: &str, format| inspected(name, declared, 1, media(format)).mismatched();
    for (name, declared, format) in [
        ("photo.jpg", "image/jpeg", Format::Png),
        ("photo.jpg", "", Format::Png),
        ("", "image/jpeg", Format::Png),
        ("photo.png", "image/jpeg", Format::Png),
        ("PHOTO.JPG", "", Format::Png),
        ("film.mov", "", Format::Mp4),
        ("photo.png", "IMAGE/GIF", Format::Png),
        ("photo.png", "image/jpeg; name=photo.png", Format::Png),
        ("photo.png", "text/plain;charset=utf-8", Format::Png),
    ] {
        assert!(says(name, declared, format), "{name} {declared}");
    }
    for (name, declared, format) in [
        ("photo.png", "image/png", Format::Png),
        ("photo.png", "", Format::Png),
        ("", "", Format::Png),
        ("", "image/png", Format::Png),
        ("PHOTO.PNG", "IMAGE/PNG", Format::Png),
        ("photo.jpeg", "image/jpg", Format::Jpeg),
        ("photo.JPE", "image/pjpeg", Format::Jpeg),
        ("photo.png", "image/png; charset=binary", Format::Png),
        ("photo.png", " image/png ;x=y", Format::Png),
        // No extension that could be a type.
        ("photo", "", Format::Png),
        ("photo.", "", Format::Png),
        (".jpg", "", Format::Png),
        ("Mr. Smith", "", Format::Png),
        ("photo.original", "", Format::Png),
        ("photo.2024", "", Format::Png),
        // A type that says nothing.
        ("photo.png", "application/octet-stream", Format::Png),
    ] {
        assert!(!says(name, declared, format), "{name} {declared}");
    }
}

#[test]
fn an_accepted_file_has_a_name_that_fits_its_content() {
    for (own, format, declared) in [
        ("photo.png", Format::Png, "photo.png"),
        ("PHOTO.PNG", Format::Png, "PHOTO.PNG"),
        ("photo.jpeg", Format::Jpeg, "photo.jpeg"),
        ("photo.jpg", Format::Png, "photo.png"),
        ("PHOTO.JPG", Format::Webp, "PHOTO.webp"),
        ("photo.tar.gz", Format::Png, "photo.tar.png"),
        ("photo", Format::Jpeg, "photo.jpg"),
        ("photo.", Format::Jpeg, "photo.jpg"),
        ("photo..jpg", Format::Png, "photo.png"),
        ("Mr. Smith", Format::Png, "Mr. Smith.png"),
        ("report.2024", Format::Png, "report.2024.png"),
        ("photo.original", Format::Png, "photo.original.png"),
        ("Grüße 漢字.jpg", Format::Png, "Grüße 漢字.png"),
        ("", Format::Png, "file.png"),
        ("", Format::Mp4, "file.mp4"),
        ("...", Format::Png, "file.png"),
    ] {
        let file = accepted(own, 1, format, rules("modelhunter")).expect("an acceptable file");
        assert_eq!(file.name(), declared, "from {own:?}");
        assert_eq!(file.mime(), format.mime());
        let again: &InspectedFile = &file;
        assert_eq!((again.candidate().name.as_str(), again.size()), (own, 1));
    }
}
