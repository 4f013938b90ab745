//! HEIC and AVIF: metadata is overwritten in place.

use mediaferry::fix::splice::{Removal, UnsafeReason};
use mediaferry_testing::splice::splice;

use crate::movie_file::atom;
use crate::{LOCATION, METADATA, XMP, blank_xmp, exif, exif_without_location, kinds, minimal_exif};

/// An image with three items: pixels, EXIF data and an XMP packet. `shift` moves the declared place of the EXIF data.
fn image(exif: &[u8], packet: &[u8], shift: i64) -> Vec<u8> {
    let file_type = atom(b"ftyp", b"heic\0\0\0\0mif1heic");
    let entry = |id: u8, kind: &[u8; 4], rest: &[u8]| {
        atom(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], &kind[..], b"\0", rest].concat())
    };
    let entries =
        [entry(1, b"hvc1", b""), entry(2, b"Exif", b""), entry(3, b"mime", b"application/rdf+xml\0")].concat();
    let exif = [&[0; 4], exif].concat();
    let data = [b"pixels", &exif[..], packet].concat();
    let meta = |first: u64| {
        let lengths = [6, exif.len() as u64, packet.len() as u64];
        let mut at = first;
        let mut locations = vec![1, 0, 0, 0, 0x44, 0, 0, 3];
        for (id, len) in (1..).zip(lengths) {
            let place = if id == 2 { at.strict_add_signed(shift) } else { at };
            let [place, size] = [place, len].map(|number| u32::try_from(number).unwrap().to_be_bytes());
            locations.extend([&[0, id, 0, 0, 0, 0, 0, 1][..], &place, &size].concat());
            at += len;
        }
        let items = atom(b"iinf", &[&[0, 0, 0, 0, 0, 3], &entries[..]].concat());
        let handler = atom(b"hdlr", b"\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0");
        atom(b"meta", &[&[0; 4], &handler[..], &items, &atom(b"iloc", &locations)].concat())
    };
    let first = (file_type.len() + meta(1 << 20).len() + 8) as u64;
    [file_type, meta(first), atom(b"mdat", &data)].concat()
}

/// An image of a `meta` box with these boxes, and of media data.
pub(crate) fn file_with_meta(parts: &[u8]) -> Vec<u8> {
    let meta = atom(b"meta", &[&[0; 4], parts].concat());
    [atom(b"ftyp", b"heic\0\0\0\0mif1heic"), meta, atom(b"mdat", &vec![7; 100_000])].concat()
}

#[test]
fn location_is_overwritten() {
    let before = image(&exif(6), XMP, 0);
    let video = atom(b"mpvd", b"ftypmp42");
    let (new, report) = splice(&[before, video].concat(), LOCATION).unwrap();
    assert_eq!(new, image(&exif_without_location(6), &blank_xmp(), 0));
    assert_eq!(kinds(&report), [Removal::Gps, Removal::Trailer]);
    let (again, report) = splice(&new, LOCATION).unwrap();
    assert_eq!((again, report.removed), (new, vec![]));
}

#[test]
fn exif_data_beyond_its_item_is_overwritten() {
    let before = image(&exif(6), XMP, 0);
    let at = before.windows(4).position(|part| part == b"MM\0*").unwrap();
    for len in [exif(6).len(), 4000] {
        let offset = u32::try_from(len).unwrap().to_be_bytes();
        let file = [&before[..at - 4], &offset, &before[at..]].concat();
        let (new, report) = splice(&file, LOCATION).unwrap();
        assert!(new[at + 11..at + exif(6).len()].iter().all(|byte| *byte == 0));
        assert_eq!(kinds(&report), [Removal::Gps]);
        let (again, report) = splice(&new, LOCATION).unwrap();
        assert_eq!((again, report.removed), (new, vec![]));
    }
}

#[test]
fn metadata_is_overwritten() {
    let (new, report) = splice(&image(&exif(6), XMP, 0), METADATA).unwrap();
    let mut minimal = minimal_exif(6);
    minimal.resize(exif(6).len(), 0);
    assert_eq!(new, image(&minimal, &blank_xmp(), 0));
    assert_eq!(kinds(&report), [Removal::Gps, Removal::Exif, Removal::Xmp]);
    let (again, report) = splice(&new, METADATA).unwrap();
    assert_eq!((again, report.removed), (new, vec![]));
}

#[test]
fn metadata_that_is_also_something_else_is_refused() {
    for shift in [-100, -6, -1, 1, 100] {
        let file = image(&exif(6), XMP, shift);
        assert_eq!(
            splice(&file, METADATA).unwrap_err(),
            if shift < 100 { UnsafeReason::Damaged } else { UnsafeReason::Format },
            "{shift}"
        );
    }
    let sequence = [image(&exif(6), XMP, 0), atom(b"moov", &[])].concat();
    assert_eq!(splice(&sequence, LOCATION).unwrap_err(), UnsafeReason::Format);
}

#[test]
fn boxes_that_may_contain_anything_become_free_ones() {
    let packet = [b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC", XMP].concat();
    let with = |boxes: &[Vec<u8>; 3], exif: &[u8], packet: &[u8]| [image(exif, packet, 0), boxes.concat()].concat();
    let harmless = b"1234567890123456 by somebody";
    let boxes = [atom(b"uuid", &packet), atom(b"uuid", harmless), atom(b"free", &packet)];
    let free = |len: usize| atom(b"free", &vec![0; len]);
    let (new, report) = splice(&with(&boxes, &exif(6), XMP), LOCATION).unwrap();
    let located = [free(packet.len()), boxes[1].clone(), free(packet.len())];
    assert_eq!(new, with(&located, &exif_without_location(6), &blank_xmp()));
    assert_eq!(kinds(&report), [Removal::Gps]);
    let (new, report) = splice(&with(&boxes, &exif(6), XMP), METADATA).unwrap();
    let mut minimal = minimal_exif(6);
    minimal.resize(exif(6).len(), 0);
    let none = [free(packet.len()), free(harmless.len()), free(packet.len())];
    assert_eq!(new, with(&none, &minimal, &blank_xmp()));
    assert_eq!(kinds(&report), [Removal::Gps, Removal::Exif, Removal::Xmp, Removal::Other]);
    let (again, report) = splice(&new, METADATA).unwrap();
    assert_eq!((again, report.removed), (new, vec![]));
    // An image without items.
    let plain = [&file_with_meta(&[])[..], &boxes[0]].concat();
    let (new, _) = splice(&plain, METADATA).unwrap();
    assert_eq!(new, [file_with_meta(&[]), free(packet.len())].concat());
}

#[test]
fn metadata_of_early_and_of_second_lists_is_not_missed() {
    let second = [image(&exif(6), XMP, 0), atom(b"meta", &[0; 4])].concat();
    assert_eq!(splice(&second, METADATA).unwrap_err(), UnsafeReason::Damaged);
    // The first version of an entry has a media type instead of a kind.
    let file = image(&exif(6), XMP, 0);
    let entry = |version: u8, rest: &[u8]| [&[version, 0, 0, 0, 0, 3, 0, 0], rest].concat();
    let (before, after) = (entry(2, b"mime\0application/rdf+xml\0"), entry(1, b"four\0application/rdf+xml\0"));
    let at = file.windows(before.len()).position(|part| part == before).unwrap();
    let early = [&file[..at], &after, &file[at + before.len()..]].concat();
    let (new, _) = splice(&early, LOCATION).unwrap();
    assert!(new.ends_with(&blank_xmp()));
}
