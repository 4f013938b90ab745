//! Names and declared types that contradict the content.

use mediaferry::file::InspectedFile;
use mediaferry::media::Format;
use mediaferry::rules::{Limits, Rules};
use mediaferry_testing::stubs::{accepted, inspected, media};

/// Takes everything.
static ANY: Rules = Rules::new(&[Limits::none(Format::ALL)]);

#[test]
fn name_or_type_that_contradicts_the_content_is_a_mismatch() {
    let mismatched = |name: &str, declared: &str, format| inspected(name, declared, 1, media(format)).mismatched();
    for (name, declared, format) in [
        ("photo.jpg", "image/jpeg", Format::Png),
        ("photo.jpg", "", Format::Png),
        ("", "image/jpeg", Format::Png),
        ("photo.png", "image/jpeg", Format::Png),
        ("PHOTO.JPG", "", Format::Png),
        ("video.mov", "", Format::Mp4),
        ("photo.png", "IMAGE/GIF", Format::Png),
        ("photo.png", "image/jpeg; name=photo.png", Format::Png),
        ("photo.png", "text/plain;charset=utf-8", Format::Png),
    ] {
        assert!(mismatched(name, declared, format), "{name} {declared}");
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
        // A generic type.
        ("photo.png", "application/octet-stream", Format::Png),
    ] {
        assert!(!mismatched(name, declared, format), "{name} {declared}");
    }
}

#[test]
fn accepted_file_name_has_an_extension_of_its_format() {
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
        let file = accepted(own, 1, format, &ANY).expect("an acceptable file");
        assert_eq!(file.name(), declared, "from {own:?}");
        assert_eq!(file.mime(), format.mime());
        let again: &InspectedFile = &file;
        assert_eq!((again.candidate().name.as_str(), again.size()), (own, 1));
    }
}
