//! The facts of each file, and unsupported files.

use std::fs;

use mediaferry::media::{Fact, Format, ProbeError, Reason, Size};
use mediaferry_testing::corpus::{all_files, describe, fixtures};
use mediaferry_testing::probe::probe;

use crate::expected::EXPECTED;

#[test]
fn generated_files_have_the_expected_facts() {
    let mut wrong = Vec::new();
    for path in fixtures("tests/fixtures/media") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let actual = describe(&probe(&fs::read(&path).unwrap()));
        let expected = EXPECTED.iter().find(|(known, _)| *known == name).map_or("not listed", |(_, line)| line);
        if actual != expected {
            wrong.push(format!("    (\"{name}\", \"{actual}\"),"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_format_matches_its_own_names() {
    for format in Format::ALL {
        assert!(format.has_mime(format.mime()) && format.has_extension(format.extension()), "{format:?}");
        assert!(format.has_mime(&format.mime().to_uppercase()), "{format:?}");
        let kind = format.mime().split('/').next().unwrap();
        assert_eq!(kind, format.kind().as_str(), "{format:?}");
    }
    assert!(
        Format::Jpeg.has_mime("image/jpg") && Format::Wav.has_mime("audio/x-wav") && Format::Avi.has_mime("video/avi")
    );
    assert!(Format::Jpeg.has_extension("JPE") && !Format::Jpeg.has_extension("png") && !Format::Png.has_mime(""));
}

#[test]
fn jpeg_ls_ends_after_its_stuffed_bits() {
    let head = b"\xFF\xD8\xFF\xF7\0\x0B\x08\0\x10\0\x20\x01\x01\x11\0\xFF\xDA\0\x08\x01\x01\0\0\0\0";
    let file = [&head[..], b"\x12\xFF\x7F\x34\xFF\x01\x56\xFF\x40\xFF\xD9"].concat();
    for (file, is_complete) in [(&file[..], true), (&file[..file.len() - 1], false)] {
        let media = probe(file).unwrap();
        assert_eq!(media.stored_size, Fact::Known(Size { width: 32, height: 16 }));
        assert_eq!(media.complete, Fact::Known(is_complete));
    }
}

#[test]
fn size_is_in_pixels_as_stored_even_if_they_are_not_square() {
    let mut file = fs::read("tests/fixtures/e2e/bt601.mp4").unwrap();
    let size = probe(&file).unwrap().stored_size;
    let at = file.windows(4).position(|name| name == b"pasp").unwrap() + 4;
    file[at..at + 8].copy_from_slice(&[0, 0, 0, 4, 0, 0, 0, 3]);
    assert_eq!(probe(&file).unwrap().stored_size, size);
}

#[test]
fn bare_signature_is_recognised_as_damaged() {
    for (bytes, format) in [
        (&b"\x89PNG\r\n\x1a\n"[..], Format::Png),
        (b"\xFF\xD8\xFF", Format::Jpeg),
        (b"GIF89a", Format::Gif),
        (b"RIFF\xFF\0\0\0WEBP", Format::Webp),
        (b"\0\0\0\x0Cftypisom", Format::Mp4),
        (b"fLaC", Format::Flac),
        (b"OggS\0", Format::Ogg),
        (b"FLV\x01\x05\0\0\0\x09", Format::Flv),
        (b"II*\0", Format::Tiff),
    ] {
        let media = probe(bytes).unwrap();
        assert_eq!(media.format, format);
        let fact =
            if format.kind().as_str() == "image" { media.stored_size.map(|_| ()) } else { media.duration.map(|_| ()) };
        assert_eq!(fact, Fact::Unknown(Reason::Damaged), "{format:?}");
        assert_eq!(media.complete, Fact::Known(false), "{format:?}");
    }
}

/// The scorer's classes that the corpus's names tell: what must be refused is refused.
#[test]
fn unsupported_real_files_are_named_but_not_accepted() {
    for path in all_files() {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("reject__") {
            let result = probe(&fs::read(&path).unwrap());
            let is_refused = match &result {
                // Recognised with its facts, but no provider accepts it.
                Ok(media) => Format::UNSUPPORTED.contains(&media.format) && media.stored_size.known().is_some(),
                Err(error) => matches!(error, ProbeError::Unrecognised { looks_like: Some(_) }),
            };
            assert!(is_refused, "{name}: {}", describe(&result));
        }
    }
}
