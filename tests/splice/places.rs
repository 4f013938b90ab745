//! Where else a file may state a place: in data of other programs, in thumbnails and covers, in parts that were not searched.

use mediaferry::fix::splice::UnsafeReason;
use mediaferry_testing::splice::splice;

use crate::images::{SOI, chunk, exif_segment, extended, pixels, png, segment, webp};
use crate::movie_file::{MovieFile, atom, phone_tags};
use crate::sounds::{comments, frame, mp3};
use crate::{LOCATION, XMP, exif, exif_without_location, minimal_exif};

/// What must leave: a text, and a place without a word.
const GPS: &[u8] = b"GPSLatitude 52.5";
const POSITION: &[u8] = b"52.5200, 13.4050";

fn without_location(file: &[u8]) -> Vec<u8> {
    let (new, _) = splice(file, LOCATION).unwrap();
    let (again, report) = splice(&new, LOCATION).unwrap();
    assert!(again == new && report.removed.is_empty());
    new
}

/// A JPEG with EXIF data, as a thumbnail or a cover.
fn small(exif: &[u8]) -> Vec<u8> {
    [SOI, &exif_segment(exif), &pixels()].concat()
}

#[test]
fn extensions_of_gif() {
    let gif =
        |extension: &[u8]| [b"GIF89a\x01\0\x01\0\0\0\0", extension, b",\0\0\0\0\x01\0\x01\0\0\x02\x01x\0;"].concat();
    let block = |data: &[u8]| [&[u8::try_from(data.len()).unwrap()], data].concat();
    let application = |name: &[u8], data: &[u8]| [b"!\xFF", &block(name)[..], &block(data), &[0]].concat();
    for located in [
        application(b"MGKIPTC0000", b"\x1C\x02\x5A\0\x06Berlin"),
        application(b"C2PA_GIF\x01\0\0", GPS),
        [b"!\xFE", &block(POSITION)[..], &[0]].concat(),
    ] {
        assert_eq!(without_location(&gif(&located)), gif(&[]));
    }
    let harmless = gif(&application(b"ImageMagick", b"gamma=0.454545"));
    assert_eq!(without_location(&harmless), harmless);
}

#[test]
fn chunks_of_other_programs() {
    let harmless = chunk(b"prVt", b"settings");
    let located = [
        chunk(b"caBX", GPS),
        chunk(b"prVt", &exif(1)),
        chunk(b"zxIf", b"compressed"),
        chunk(b"tEXt", &[b"Comment\0", POSITION].concat()),
    ];
    let image = png(&[&located[..], core::slice::from_ref(&harmless)].concat(), &[]);
    assert_eq!(without_location(&image), png(&[harmless], &[]));
    let image = |more: &[(&[u8; 4], &[u8])]| {
        webp(&[&[(b"VP8X", &extended(0)[..]), (b"VP8L", &[0x2F; 6]), (b"META", b"settings")], more].concat())
    };
    assert_eq!(without_location(&image(&[(b"XMP\0", XMP), (b"C2PA", GPS), (b"META", &exif(1))])), image(&[]));
}

#[test]
fn data_of_photoshop_in_several_segments() {
    let image = |first: &[u8], second: &[u8]| {
        let name = b"Photoshop 3.0\0";
        let segments = [first, second].map(|data| segment(0xED, &[&name[..], data].concat()));
        [SOI, &segments.concat(), &pixels()].concat()
    };
    let city = b"8BIM\x04\x04\0\0\0\0\0\x0B\x1C\x02\x5A\0\x06";
    let new = without_location(&image(&[city, &b"Ber"[..]].concat(), b"lin and more"));
    let zeros = segment(0xED, &[0; 26]);
    let first = segment(0xED, &[b"Photoshop 3.0\0", &city[..], b"   "].concat());
    assert_eq!(new, [SOI, &first, &zeros, &pixels()].concat());
}

#[test]
fn comments_and_texts_of_exif_data() {
    let comment = |text: &[u8]| [SOI, &segment(0xFE, text), &pixels()].concat();
    assert_eq!(without_location(&comment(POSITION)), comment(&[b' '; 16]));
    // The value of the first entry is a comment of the user.
    let with = |text: &[u8; 16]| {
        let mut exif = [&exif(6)[..], text].concat();
        exif[10..22].copy_from_slice(b"\x92\x86\0\x07\0\0\0\x10\0\0\0\x4C");
        exif
    };
    for text in [b"GPSLatitude 52.5", b"52.5200, 13.4050"] {
        let new = without_location(&[SOI, &exif_segment(&with(text)), &pixels()].concat());
        assert!(!new.windows(4).any(|part| *part == text[..4]));
        // The orientation is the first entry now.
        assert_eq!(new[12 + 8..12 + 14], [0, 1, 1, 0x12, 0, 3]);
    }
    let new = without_location(&[SOI, &exif_segment(&with(b"Taken by someone")), &pixels()].concat());
    assert!(new.windows(16).any(|part| part == b"Taken by someone"));
}

#[test]
fn thumbnails_and_covers() {
    let (located, clean) = (small(&exif(6)), small(&exif_without_location(6)));
    let image = |thumbnail: &[u8], exif: Vec<u8>| {
        let resource = [b"Photoshop 3.0\x008BIM\x04\x0C\0\0\0\0\x01\0", thumbnail].concat();
        [SOI, &exif_segment(&[&exif, thumbnail].concat()), &segment(0xED, &resource), &pixels()].concat()
    };
    assert_eq!(without_location(&image(&located, exif(1))), image(&clean, exif_without_location(1)));
    // A thumbnail around the directory: its damaged data is overwritten, and the orientation stays.
    let around = b"MM\0*\0\0\0\x18\xFF\xE1\0\x40Exif\0\0damage\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let new = without_location(&[SOI, &exif_segment(around), &pixels()].concat());
    assert_eq!(new[12..12 + 26], minimal_exif(6));
    let cover = |image: &[u8]| {
        let items = atom(b"covr", &atom(b"data", &[&[0; 8], image].concat()));
        let meta = [&[0; 4], &atom(b"hdlr", &[0; 24])[..], &atom(b"ilst", &items)].concat();
        MovieFile { tags: atom(b"udta", &atom(b"meta", &meta)), ..MovieFile::default() }.bytes()
    };
    let new = without_location(&cover(&located));
    assert!(new.windows(clean.len()).any(|part| part == clean));
    let flac = |image: &[u8], data: &[u8]| {
        let block = |kind: u8, data: &[u8]| [&[kind, 0, 0, u8::try_from(data.len()).unwrap()], data].concat();
        [b"fLaC", &block(2, &[b"riff", data].concat())[..], &block(0x86, image), b"\xFF\xF8frames"].concat()
    };
    assert_eq!(without_location(&flac(&located, GPS)), flac(&clean, &[0; 16]));
    let song = |image: &[u8]| mp3(3, &[frame(b"APIC", image)]);
    assert_eq!(without_location(&song(&located)), song(&clean));
}

#[test]
fn boxes_that_are_large_or_padding() {
    let movie = |behind: Vec<u8>| MovieFile { tags: phone_tags(false), behind, ..MovieFile::default() }.bytes();
    let plain = without_location(&movie(Vec::new()));
    assert_eq!(plain, movie(Vec::new()));
    let packet = [&[b'x'; 16], &vec![b' '; 1 << 20][..], XMP].concat();
    for located in [atom(b"uuid", &packet), atom(b"free", GPS), atom(b"skip", &exif(1))] {
        let new = without_location(&movie(located));
        assert!(new.len() <= plain.len());
    }
    let padded = movie(atom(b"free", &[0; 99]));
    assert_eq!(without_location(&padded), padded);
}

#[test]
fn tags_that_are_named_by_a_place() {
    let movie = |name: &str, text: &[u8]| {
        let keys = [&[0, 0, 0, 0, 0, 0, 0, 1], &atom(b"mdta", name.as_bytes())[..]].concat();
        let value = atom(b"\0\0\0\x01", &atom(b"data", &[&[0; 8], text].concat()));
        let parts = [atom(b"hdlr", &[0; 24]), atom(b"keys", &keys), atom(b"ilst", &value)].concat();
        MovieFile { tags: atom(b"meta", &parts), ..MovieFile::default() }.bytes()
    };
    for (name, text) in [("city", &b"Berlin"[..]), ("Country", b"Berlin"), ("note", POSITION), ("note", GPS)] {
        let new = without_location(&movie(name, text));
        assert!(!new.windows(text.len()).any(|part| part == text), "{name}");
    }
    let harmless = movie("capacity", b"Berlin");
    assert_eq!(without_location(&harmless), harmless);
}

#[test]
fn frames_of_id3() {
    let plain = |name: &[u8; 4], text: &[u8]| frame(name, &[&[0], text].concat());
    for version in [3, 4] {
        for (name, text) in [
            (b"GEOB", GPS),
            (b"PRIV", XMP),
            (b"USLT", GPS),
            (b"WXXX", POSITION),
            (b"TIT2", POSITION),
            (b"TXXX", b"City\0X"),
        ] {
            let new = without_location(&mp3(version, &[plain(name, text), plain(b"TIT2", b"Title")]));
            assert_eq!(new, mp3(version, &[plain(name, &vec![0; text.len()]), plain(b"TIT2", b"Title")]));
        }
    }
    let mut compressed = plain(b"TXXX", b"12345");
    compressed[9] = 8;
    assert!(!without_location(&mp3(4, &[compressed])).windows(5).any(|part| part == b"12345"));
    // Version 2 has shorter headers.
    let short = |text: &[u8]| mp3(2, &[[b"TXX\0\0\x11\0", text].concat(), b"TT2\0\0\x04\0Sea".to_vec()]);
    assert_eq!(without_location(&short(GPS)), short(&[0; 16]));
    // What cannot be read is overwritten if it must be.
    let unknown = |text: &[u8]| mp3(4, &[[b"\0\0\0\x06", text].concat()]);
    assert_eq!(without_location(&unknown(GPS)), mp3(4, &[vec![0; 20]]));
}

#[test]
fn tags_at_the_end_and_late_comments_are_refused() {
    let song = |end: &[u8]| [b"\xFF\xFB\x90\x64frames", end].concat();
    for start in [&b"APETAGEX"[..], b"TAG", b"ID3"] {
        assert_eq!(splice(&song(&[start, GPS].concat()), LOCATION), Err(UnsafeReason::Format));
        assert!(splice(&song(&[start, b"title"].concat()), LOCATION).is_ok());
    }
    let ogg = |texts: &[&str]| [b"OggS\0\x02\0\0\0\x03vorbis", &comments(texts)[..], b"pages"].concat();
    let cover = "A".repeat(100_000);
    for text in ["CITY=Berlin", "GPS_LATITUDE=52", "comment=52.5200, 13.4050"] {
        assert_eq!(splice(&ogg(&[&cover, text]), LOCATION), Err(UnsafeReason::Format), "{text}");
    }
    assert!(splice(&ogg(&[&cover, "title=52.5200"]), LOCATION).is_ok());
}
