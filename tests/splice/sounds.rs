//! FLAC, MP3 and Ogg.

use mediaferry::fix::splice::{Removal, UnsafeReason};
use mediaferry_testing::splice::splice;

use crate::{LOCATION, METADATA, kinds};

/// A block of comments as Vorbis has it.
pub(crate) fn comments(texts: &[&str]) -> Vec<u8> {
    let len = |len: usize| u32::try_from(len).unwrap().to_le_bytes();
    let mut out = [&len(4)[..], b"Lavf", &len(texts.len())].concat();
    for text in texts {
        out.extend([&len(text.len())[..], text.as_bytes()].concat());
    }
    out
}

fn flac(texts: &[&str]) -> Vec<u8> {
    let block = |kind: u8, data: &[u8]| {
        let len = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&[kind], &len[1..], data].concat()
    };
    [b"fLaC", &block(0, &[1; 34])[..], &block(4, &comments(texts)), &block(0x81, &[0; 20]), b"\xFF\xF8frames"].concat()
}

/// An ID3 tag before a frame of MP3.
pub(crate) fn mp3(version: u8, frames: &[Vec<u8>]) -> Vec<u8> {
    let frames = [&frames.concat()[..], &[0; 20]].concat();
    let len = frames.len();
    let [high, low] = [len >> 7, len & 0x7F].map(|part| u8::try_from(part).unwrap());
    [b"ID3", &[version, 0, 0, 0, 0, high, low][..], &frames, b"\xFF\xFBframes"].concat()
}

pub(crate) fn frame(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&name[..], &u32::try_from(body.len()).unwrap().to_be_bytes(), &[0, 0], body].concat()
}

#[test]
fn comments_of_flac_lose_locations_in_their_place() {
    let before = flac(&["title=At this location", "LOCATION=Berlin", "comment=52.5200, 13.4050", "none", "GPS="]);
    let (new, report) = splice(&before, LOCATION).unwrap();
    let expected = flac(&["title=At this location", "LOCATION=      ", "comment=                ", "none", "GPS="]);
    assert_eq!((&new, kinds(&report)), (&expected, vec![Removal::Gps]));
    let (again, report) = splice(&new, LOCATION).unwrap();
    assert_eq!((again, report.pieces.len(), report.removed.len()), (new, 1, 0));
    for len in 0..before.len() {
        let _ = splice(&before[..len], LOCATION);
    }
}

#[test]
fn texts_of_id3_lose_locations_in_their_place() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let title = frame(b"TIT2", b"\0At this location");
    let plain = |text: &[u8]| frame(b"TXXX", &[b"\x03", text].concat());
    let mark = &b"\xFF\xFE"[..];
    let utf16 = [mark, &wide("geo location\0"), mark, &wide("Berlin")].concat();
    let mood = [mark, &wide("mood\0"), mark, &wide("vacation")].concat();
    let wide = |text: &[u8]| frame(b"TXXX", &[b"\x01", text].concat());
    let comment = |text: &[u8]| frame(b"COMM", &[b"\0eng", text].concat());
    for version in [3, 4] {
        let before = mp3(
            version,
            &[title.clone(), plain(b"location\0+52.5"), wide(&utf16), wide(&mood), comment(b"\0GPS(13.4,52.5)")],
        );
        let (new, report) = splice(&before, LOCATION).unwrap();
        let zeros = vec![0; utf16.len()];
        let after = [title.clone(), plain(&[0; 14]), wide(&zeros), wide(&mood), frame(b"COMM", &[0; 19])];
        assert_eq!((&new, kinds(&report)), (&mp3(version, &after), vec![Removal::Gps]));
        let (again, report) = splice(&new, LOCATION).unwrap();
        assert_eq!((again, report.removed), (new, vec![]));
        for len in 0..before.len() {
            let _ = splice(&before[..len], LOCATION);
        }
    }
}

#[test]
fn ogg_with_a_location_is_refused() {
    let ogg = |texts: &[&str]| [b"OggS\0\x02\0\0\0\x03vorbis", &comments(texts)[..], b"pages"].concat();
    let harmless = ogg(&["title=At this location", "artist=GPS"]);
    assert_eq!(splice(&harmless, LOCATION).unwrap().0, harmless);
    for name in ["LOCATION", "gps_latitude", "geo-location"] {
        let text = format!("{name}=Berlin");
        assert_eq!(splice(&ogg(&["title=Sea", &text]), LOCATION), Err(UnsafeReason::Format));
    }
}

#[test]
fn sound_without_comments_is_unchanged_and_keeps_its_metadata() {
    for sound in [&b"\xFF\xFB\x90\x64frames"[..], &flac(&[]), &mp3(4, &[]), b"OggS\0"] {
        let (new, report) = splice(sound, LOCATION).unwrap();
        assert_eq!((&new[..], report.pieces.len()), (sound, 1));
        assert_eq!(splice(sound, METADATA), Err(UnsafeReason::Format));
    }
    assert_eq!(splice(b"\xFF\xF1\x50\x80frames", LOCATION), Err(UnsafeReason::Format), "AAC");
}
