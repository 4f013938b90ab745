//! Files whose parts overlap or refer to each other, so that the work on them might grow with the square of their size.
//!
//! Each ends in a fraction of a second; without its bound, it takes minutes or all memory.

use mediaferry::fix::splice::UnsafeReason;
use mediaferry_testing::splice::splice;

use crate::heif::file_with_meta;
use crate::movie_file::{MovieFile, atom, numbers};
use crate::{LOCATION, METADATA};

/// A PNG with EXIF data.
fn png(exif: &[u8]) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let len = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&len[..], kind, data, &[0; 4]].concat()
    };
    [b"\x89PNG\r\n\x1a\n", &chunk(b"IHDR", &[0; 13])[..], &chunk(b"eXIf", exif), &chunk(b"IEND", b"")].concat()
}

/// EXIF data of a directory with as many entries as fit, whose values are `apart` from each other in other data.
fn exif(tag: u16, values: u32, apart: u32, rest: &[u8]) -> Vec<u8> {
    let start = 8 + 2 + u32::from(u16::MAX) * 12 + 4;
    let entry = |at: u32| {
        [&tag.to_be_bytes()[..], &[0, 4], &values.to_be_bytes(), &(start + at * apart).to_be_bytes()].concat()
    };
    let entries: Vec<_> = (0..u16::MAX.into()).flat_map(entry).collect();
    [b"MM\0*\0\0\0\x08\xFF\xFF", &entries[..], &[0; 4], rest].concat()
}

#[test]
fn directories_that_refer_to_many_others() {
    let targets: Vec<_> = (0..u32::from(u16::MAX) * 32).flat_map(|at| (1_000_000 + at).to_be_bytes()).collect();
    let file = png(&exif(0x014A, 32, 128, &targets));
    let (new, _) = splice(&file, LOCATION).unwrap();
    assert!(new.windows(4).all(|part| part != &targets[..4]), "replaced as a whole");
    assert_eq!(splice(&file, METADATA).unwrap().0, [&file[..33], &file[file.len() - 12..]].concat());
}

#[test]
fn entries_that_share_a_large_value() {
    for tag in [0x02BC, 0x8825] {
        let file = png(&exif(tag, 3_500_000, 0, &vec![0xEE; 14_000_000]));
        let (new, _) = splice(&file, LOCATION).unwrap();
        assert!(!new.contains(&0xEE));
    }
}

#[test]
fn resources_in_resources() {
    // The value of each extends to the end of the segment.
    let resources = b"8BIM\x04\x24\0\0\xFF\xFF\xFF\xFF".repeat(5400);
    let data = [b"Photoshop 3.0\0", &resources[..]].concat();
    let segment = [b"\xFF\xED", &u16::try_from(data.len() + 2).unwrap().to_be_bytes()[..], &data].concat();
    let end = b"\xFF\xDA\0\x03\0\x12\x34\xFF\xD9";
    let file = [b"\xFF\xD8", &segment.repeat(400)[..], end].concat();
    assert_eq!(splice(&file, LOCATION).unwrap().0, file);
}

#[test]
fn image_of_many_items_and_places() {
    let entry = atom(b"infe", b"\x02\0\0\0\0\x07\0\0Exif");
    let entries = atom(b"iinf", &[&[0; 6], &entry.repeat(300_000)[..]].concat());
    let place = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    let locations = [&[2, 0, 0, 0, 0, 0][..], &700_000_u32.to_be_bytes(), &place.repeat(700_000)].concat();
    let file = file_with_meta(&[entries, atom(b"iloc", &locations)].concat());
    assert_eq!(splice(&file, LOCATION).unwrap_err(), UnsafeReason::TooLarge);
    // The same item in many places.
    let entries = atom(b"iinf", &[&[0; 6], &entry[..]].concat());
    let place = |at: u32| [&[0, 7, 0, 0, 0, 1][..], &at.to_be_bytes(), &[0, 0, 0, 1]].concat();
    let places: Vec<_> = (0..65_535).rev().flat_map(place).collect();
    let locations = atom(b"iloc", &[&[0, 0, 0, 0, 0x44, 0, 0xFF, 0xFF], &places[..]].concat());
    let file = file_with_meta(&[entries.clone(), locations].concat());
    assert_eq!(splice(&file, LOCATION).unwrap_err(), UnsafeReason::TooLarge);
    // Ranges that take no bytes.
    let locations = [&[0, 0, 0, 0, 0, 0, 0xFF, 0xFF][..], &[0, 1, 0, 0, 0xFF, 0xFF].repeat(65_535)].concat();
    let file = file_with_meta(&[entries, atom(b"iloc", &locations)].concat());
    assert_eq!(splice(&file, LOCATION).unwrap_err(), UnsafeReason::Damaged);
}

#[test]
fn movie_of_many_keys_and_values() {
    let key = atom(b"mdta", b"gps");
    let keys = [&[0; 4], &700_000_u32.to_be_bytes()[..], &key.repeat(700_000)].concat();
    let values = atom(b"\x7F\0\0\0", &[]).repeat(800_000);
    let tags = atom(b"meta", &[atom(b"hdlr", &[0; 24]), atom(b"keys", &keys), atom(b"ilst", &values)].concat());
    let movie = MovieFile { tags, ..MovieFile::default() };
    let (new, _) = splice(&movie.bytes(), METADATA).unwrap();
    assert!(new.len() < 2000);
}

#[test]
fn movie_of_many_tracks() {
    let movie = |tracks: usize| {
        let sound = MovieFile { tags: Vec::new(), ..MovieFile::default() }.bytes();
        let track = sound.windows(4).position(|name| name == b"trak").unwrap() - 4;
        let len = u32::from_be_bytes(sound[track..track + 4].try_into().unwrap()) as usize;
        MovieFile { tags: sound[track..track + len].repeat(tracks - 3), ..MovieFile::default() }
    };
    assert!(splice(&movie(128).bytes(), LOCATION).is_ok());
    assert_eq!(splice(&movie(129).bytes(), LOCATION).unwrap_err(), UnsafeReason::TooLarge);
}

#[test]
fn track_of_many_tables_of_offsets() {
    // Each empty table must not become a copy of the first one.
    let tables = numbers(b"stco", &[0, 0]).repeat(1000);
    let mut file = MovieFile { tags: Vec::new(), ..MovieFile::default() }.bytes();
    let mut at = 0;
    for kind in [b"moov", b"trak", b"mdia", b"minf", b"stbl"] {
        at += file[at..].windows(4).position(|name| name == kind).unwrap();
        let len = u32::from_be_bytes(file[at - 4..at].try_into().unwrap()) as usize + tables.len();
        file[at - 4..at].copy_from_slice(&u32::try_from(len).unwrap().to_be_bytes());
        if kind == b"stbl" {
            let end = at - 4 + len - tables.len();
            file.splice(end..end, tables.clone());
        }
    }
    let (new, _) = splice(&file, METADATA).unwrap();
    assert!(new.len() < file.len());
}
