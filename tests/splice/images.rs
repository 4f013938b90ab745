//! JPEG, PNG, WebP and GIF, byte for byte.

use mediaferry::fix::splice::Removal::{self, Comment, Dates, Exif, Gps, Image, Iptc, Other, Thumbnail, Trailer, Xmp};
use mediaferry::fix::splice::{Changes, UnsafeReason};
use mediaferry_testing::splice::splice;

use crate::{LOCATION, METADATA, XMP, blank_xmp, exif, exif_without_location, kinds, minimal_exif};

pub(crate) fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let len = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], &len[..], data].concat()
}

fn jfif(thumbnail: &[u8]) -> Vec<u8> {
    let side = u8::from(!thumbnail.is_empty());
    segment(0xE0, &[b"JFIF\0\x01\x02\x01\0\x48\0\x48", &[side, side][..], thumbnail].concat())
}

pub(crate) fn exif_segment(exif: &[u8]) -> Vec<u8> {
    segment(0xE1, &[b"Exif\0\0", exif].concat())
}

/// The same with another last byte of its prefix, which browsers read as well.
fn odd_exif_segment(exif: &[u8]) -> Vec<u8> {
    segment(0xE1, &[b"Exif\0\xFF", exif].concat())
}

fn xmp_segment(packet: &[u8]) -> Vec<u8> {
    segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", packet].concat())
}

/// The end of an image: a frame header, and two scans with stuffed bytes, a restart and a table between them.
pub(crate) fn pixels() -> Vec<u8> {
    let scan = b"\x12\xFF\0\x34\xFF\xD0\x56\xFF\x01\x78";
    let (frame, start) = (segment(0xC2, b"\x08\0\x10\0\x20\x01\x01\x11\0"), segment(0xDA, b"\x01\x01\0\0\x3F\0"));
    [&frame, &start, &scan[..], &segment(0xC4, &[0; 17]), &start, scan, &[0xFF, 0xD9]].concat()
}

fn icc() -> Vec<u8> {
    segment(0xE2, b"ICC_PROFILE\0\x01\x01profile")
}

fn adobe() -> Vec<u8> {
    segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01")
}

pub(crate) const SOI: &[u8] = b"\xFF\xD8";

#[test]
fn jpeg_keeps_what_is_displayed() {
    let photo = [
        SOI,
        &jfif(&[1, 2, 3]),
        &exif_segment(&exif(6)),
        &xmp_segment(XMP),
        &icc(),
        &segment(0xE2, b"MPF\0MM\0*"),
        &segment(0xED, b"Photoshop 3.0\x008BIM"),
        &adobe(),
        &segment(0xEB, b"JP"),
        &segment(0xFE, b"a comment"),
        &pixels(),
        SOI,
        &exif_segment(&exif(1)),
        &pixels(),
    ]
    .concat();
    let (new, report) = splice(&photo, METADATA).unwrap();
    let expected = [SOI, &jfif(&[]), &exif_segment(&minimal_exif(6)), &icc(), &adobe(), &pixels()].concat();
    assert_eq!(new, expected);
    assert_eq!(kinds(&report), [Thumbnail, Gps, Exif, Xmp, Image, Iptc, Other, Comment]);
    let (again, report) = splice(&new, METADATA).unwrap();
    assert_eq!((again, report.removed), (new, vec![]));
}

#[test]
fn jpeg_without_location_keeps_everything_else_in_its_place() {
    let places = |text: &[u8]| {
        let dataset =
            |number, text: &[u8]| [&[0x1C, 2, number, 0, u8::try_from(text.len()).unwrap()][..], text].concat();
        segment(0xED, &[&b"Photoshop 3.0\x008BIM\x04\x04"[..], &dataset(90, text), &dataset(120, b"Caption")].concat())
    };
    let photo = |exif: &[u8], packet: &[u8], place: &[u8], maker: &[u8], comment: &[u8]| {
        let head = [SOI, &jfif(&[1, 2, 3]), &exif_segment(exif), &xmp_segment(packet), &places(place)].concat();
        let (maker, comment) = (segment(0xE1, maker), segment(0xFE, comment));
        let second = [SOI, &exif_segment(exif), &pixels()].concat();
        [&head, &icc(), &maker, &comment, &pixels(), &[0; 5][..], &second].concat()
    };
    let before = photo(&exif(6), XMP, b"Berlin", b"GoPro\0GPSL", b"GPS 52.5");
    let video = [&before, &b"\0\0\0\x18ftypmp42"[..]].concat();
    let (new, report) = splice(&video, LOCATION).unwrap();
    assert_eq!(new, photo(&exif_without_location(6), &blank_xmp(), b"      ", &[0; 10], b"        "));
    assert_eq!(kinds(&report), [Removal::Gps, Removal::Trailer]);
    let (again, report) = splice(&new, LOCATION).unwrap();
    assert_eq!((again, report.removed), (new, vec![]));
}

#[test]
fn exif_data_of_jpeg_may_have_another_prefix() {
    let photo = |exif: &[u8]| [SOI, &odd_exif_segment(exif), &pixels()].concat();
    assert_eq!(splice(&photo(&exif(6)), LOCATION).unwrap().0, photo(&exif_without_location(6)));
    for exif in [exif(6), minimal_exif(6)] {
        let (new, _) = splice(&photo(&exif), METADATA).unwrap();
        assert_eq!(new, [SOI, &exif_segment(&minimal_exif(6)), &pixels()].concat());
    }
}

#[test]
fn xmp_in_utf_16_is_blanked() {
    let wide = |text: &[u8]| text.iter().flat_map(|byte| [*byte, 0]).collect::<Vec<_>>();
    for packet in [[b"\xFF\xFE", &wide(b"<x/>")[..]].concat(), wide(XMP)] {
        let (new, report) = splice(&[SOI, &xmp_segment(&packet), &pixels()].concat(), LOCATION).unwrap();
        let mut blank = blank_xmp();
        blank.truncate(packet.len());
        blank.resize(packet.len(), b' ');
        let blank = if packet.len() < 37 { vec![b' '; packet.len()] } else { blank };
        assert_eq!((new, kinds(&report)), ([SOI, &xmp_segment(&blank), &pixels()].concat(), vec![Removal::Gps]));
    }
}

#[test]
fn locations_in_data_of_photoshop_are_removed() {
    let resource = |number: u8, name: &[u8], data: &[u8]| {
        let mut out = [b"8BIM\x04", &[number, u8::try_from(name.len()).unwrap()][..], name].concat();
        out.resize(out.len().next_multiple_of(2), 0);
        out.extend([&u32::try_from(data.len()).unwrap().to_be_bytes()[..], data].concat());
        out.resize(out.len().next_multiple_of(2), 0);
        out
    };
    let photo = |exif: &[u8], packet: &[u8]| {
        let resources = [resource(0x22, b"", exif), resource(0x0C, b"odd", b"abc"), resource(0x24, b"name", packet)];
        [SOI, &segment(0xED, &[b"Photoshop 3.0\0", &resources.concat()[..]].concat()), &pixels()].concat()
    };
    let (new, report) = splice(&photo(&exif(6), XMP), LOCATION).unwrap();
    assert_eq!((&new, kinds(&report)), (&photo(&exif_without_location(6), &blank_xmp()), vec![Removal::Gps]));
    let (again, report) = splice(&new, LOCATION).unwrap();
    assert_eq!((again, report.removed), (new, vec![]));
    for end in 0..60 {
        let data = [&b"Photoshop 3.0\0"[..], &resource(0x22, b"", &exif(6))[..end]].concat();
        assert!(splice(&[SOI, &segment(0xED, &data), &pixels()].concat(), LOCATION).is_ok());
    }
}

#[test]
fn upright_jpeg_keeps_no_exif() {
    let photo = [SOI, &exif_segment(&exif(1)), &exif_segment(&exif(8)), &pixels()].concat();
    let (new, _) = splice(&photo, METADATA).unwrap();
    assert_eq!(new, [SOI, &pixels()].concat(), "the first orientation counts");
}

#[test]
fn jpeg_that_ends_in_a_scan_keeps_what_is_there() {
    let whole = [SOI, &exif_segment(&exif(6)), &pixels()].concat();
    let expected = [SOI, &exif_segment(&minimal_exif(6)), &pixels()].concat();
    let head = whole.len() - pixels().len();
    // After the first scan's header.
    for cut in head + 23..whole.len() {
        let (new, _) = splice(&whole[..cut], METADATA).unwrap();
        assert_eq!(new, expected[..expected.len() - (whole.len() - cut)], "cut at {cut}");
    }
    for cut in 3..head + 23 {
        assert_eq!(splice(&whole[..cut], METADATA), Err(UnsafeReason::Damaged), "cut at {cut}");
    }
}

#[test]
fn segment_within_a_scan_is_removed_only_between_markers() {
    let scan = [&segment(0xDA, b"\x01\x01\0\0\x3F\0"), &b"\x12\x34"[..]].concat();
    let image = |middle: &[u8]| [SOI, &scan, middle, &scan, b"\xFF\xD9"].concat();
    let comment = segment(0xFE, b"a comment");
    assert_eq!(splice(&image(&comment), METADATA).unwrap().0, image(&[]));
    let damaged = [&comment[..], b"\x56"].concat();
    assert_eq!(splice(&image(&damaged), METADATA), Err(UnsafeReason::Damaged));
}

#[test]
fn stuffed_byte_is_no_segment_of_jpeg() {
    // With a length, it would contain the comment and the start of the frame.
    let image = [SOI, b"\xFF\x46\0\x1C", &segment(0xFE, b"comment"), &pixels()].concat();
    assert_eq!(splice(&image, METADATA).unwrap().0, [SOI, &pixels()].concat());
}

pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let checked = [&kind[..], data].concat();
    let crc = checked.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &checked, &(!crc).to_be_bytes()].concat()
}

/// A PNG with these chunks before its pixels, and after them.
pub(crate) fn png(before: &[Vec<u8>], after: &[Vec<u8>]) -> Vec<u8> {
    let header = chunk(b"IHDR", b"\0\0\0\x20\0\0\0\x10\x08\x02\0\0\0");
    let profile = chunk(b"iCCP", b"name\0\0profile");
    let pixels = chunk(b"IDAT", b"pixels");
    let [before, after] = [before, after].map(<[_]>::concat);
    [b"\x89PNG\r\n\x1a\n", &header[..], &profile, &before, &pixels, &after, &chunk(b"IEND", b"")].concat()
}

fn xmp_chunk(is_compressed: u8) -> Vec<u8> {
    chunk(b"iTXt", &[b"XML:com.adobe.xmp\0", &[is_compressed, 0, 0, 0][..], XMP].concat())
}

#[test]
fn png_keeps_what_is_displayed() {
    let texts =
        [chunk(b"tEXt", b"Author\0me"), chunk(b"zTXt", b"Comment\0\0abc"), xmp_chunk(0), chunk(b"iDOT", &[0; 28])];
    let (animation, frame) = (chunk(b"acTL", &[0; 8]), chunk(b"fcTL", &[0; 26]));
    let image = png(
        &[vec![chunk(b"eXIf", &exif(3)), animation.clone(), frame.clone()], texts.to_vec()].concat(),
        &[chunk(b"fdAT", b"\0\0\0\x01more"), chunk(b"tIME", &[0; 7])],
    );
    let (new, report) = splice(&[&image[..], b"trailer"].concat(), METADATA).unwrap();
    let kept = [chunk(b"eXIf", &minimal_exif(3)), animation, frame];
    assert_eq!(new, png(&kept, &[chunk(b"fdAT", b"\0\0\0\x01more")]));
    assert_eq!(kinds(&report), [Gps, Exif, Comment, Xmp, Other, Dates, Trailer]);
    let (again, report) = splice(&new, METADATA).unwrap();
    assert_eq!((again, report.removed), (new, vec![]));
}

#[test]
fn png_without_location_keeps_other_metadata() {
    let text = chunk(b"tEXt", b"Author\0me");
    let image = png(&[chunk(b"eXIf", &exif(3)), text.clone(), xmp_chunk(0), xmp_chunk(1)], &[]);
    let (new, report) = splice(&image, LOCATION).unwrap();
    assert_eq!(new, png(&[chunk(b"eXIf", &exif_without_location(3)), text], &[]));
    // What is compressed is not searched.
    let compressed = [chunk(b"zTXt", b"GPSLatitude\0\0abc"), chunk(b"zTXt", b"Comment\0\0abc")];
    let unicode = [chunk(b"iTXt", b"Comment\0\x01\0\0\0abc"), chunk(b"iTXt", b"Comment\0\0\0\0\0abc")];
    let (new, _) = splice(&png(&[compressed, unicode.clone()].concat(), &[]), LOCATION).unwrap();
    assert_eq!(new, png(&unicode[1..], &[]));
    assert_eq!(kinds(&report), [Removal::Gps]);
}

#[test]
fn orientation_in_a_text_of_png_stays_one() {
    let digits = |exif: &[u8]| exif.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let lines = |exif: &[u8]| digits(exif).as_bytes().chunks(72).map(<[u8]>::to_vec).collect::<Vec<_>>().join(&b'\n');
    let profile = |exif: &[u8], kind: &str| {
        let exif = [b"Exif\0\0", exif].concat();
        let head = format!("Raw profile type {kind}\0\n{kind}\n{:>8}\n", exif.len());
        chunk(b"tEXt", &[head.as_bytes(), &lines(&exif), b"\n"].concat())
    };
    for changes in [METADATA, LOCATION] {
        let (new, _) = splice(&png(&[profile(&exif(6), "APP1")], &[]), changes).unwrap();
        assert_eq!(new, png(&[profile(&minimal_exif(6), "exif")], &[]));
    }
}

pub(crate) fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend([&kind[..], &u32::try_from(data.len()).unwrap().to_le_bytes(), data].concat());
        body.resize(body.len().next_multiple_of(2), 0);
    }
    [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}

const CANVAS: [u8; 6] = [31, 0, 0, 15, 0, 0];

pub(crate) fn extended(flags: u8) -> Vec<u8> {
    [&[flags, 0, 0, 0][..], &CANVAS].concat()
}

#[test]
fn webp_has_the_right_sizes_and_flags() {
    let (all, oriented, bare) = (extended(0x2C), extended(0x28), extended(0x20));
    let image = |flags, metadata: &[(&[u8; 4], &[u8])]| {
        webp(&[&[(b"VP8X", flags), (b"ICCP", &b"odd"[..]), (b"VP8 ", b"ten pixels")], metadata].concat())
    };
    let (turned, upright) = (exif(6), exif(1));
    let before = image(&all, &[(b"EXIF", &turned), (b"XMP ", XMP), (b"JUNK", b"x")]);
    let (new, report) = splice(&[&before[..], b"trailer"].concat(), METADATA).unwrap();
    assert_eq!(new, image(&oriented, &[(b"EXIF", &minimal_exif(6))]));
    assert_eq!(kinds(&report), [Gps, Exif, Xmp, Other, Trailer]);
    let (again, report) = splice(&new, METADATA).unwrap();
    assert_eq!((again, report.removed), (new, vec![]));
    let (new, _) = splice(&image(&all, &[(b"EXIF", &upright), (b"XMP ", XMP)]), METADATA).unwrap();
    assert_eq!(new, image(&bare, &[]));
    let (new, _) = splice(&before, LOCATION).unwrap();
    assert_eq!(new, image(&oriented, &[(b"EXIF", &exif_without_location(6)), (b"JUNK", b"x")]));
}

#[test]
fn gif_keeps_loops_and_colours() {
    let data = |label: u8, blocks: &[&[u8]]| {
        let mut out = vec![0x21, label];
        for block in blocks {
            out.extend([&[u8::try_from(block.len()).unwrap()], *block].concat());
        }
        out.push(0);
        out
    };
    let gif = |extensions: &[Vec<u8>]| {
        let header = b"GIF89a\x02\0\x02\0\x80\0\0\0\0\0\xFF\xFF\xFF";
        let image = b"\x2C\0\0\0\0\x02\0\x02\0\0\x02\x02\x84\x51\0";
        [&header[..], &extensions.concat(), image, b";"].concat()
    };
    let looped = data(0xFF, &[b"NETSCAPE2.0", b"\x01\0\0"]);
    let control = data(0xF9, &[b"\0\x0A\0\0"]);
    let (comment, other) = (data(0xFE, &[b"hello"]), data(0xFF, &[b"MAGPIE  1.0", b"x"]));
    let packet = data(0xFF, &[b"XMP DataXMP", XMP, b"<?xpacket end='w'?>"]);
    let before = gif(&[looped.clone(), comment.clone(), other.clone(), packet, control.clone()]);
    let (new, report) = splice(&[&before[..], b"trailer"].concat(), METADATA).unwrap();
    assert_eq!(new, gif(&[looped.clone(), control.clone()]));
    assert_eq!(kinds(&report), [Removal::Comment, Removal::Other, Removal::Xmp, Removal::Trailer]);
    let (new, _) = splice(&before, LOCATION).unwrap();
    assert_eq!(new, gif(&[looped, comment.clone(), other, control]));
    let place = data(0xFE, &[b"GPS 52.5 N, lat", b"itude"]);
    let word_across = data(0xFE, &[b"lat", b"itude"]);
    let long = data(0xFE, &[&[b'x'; 255][..]; 300]);
    let (new, report) = splice(&gif(&[place, comment.clone(), word_across, long]), LOCATION).unwrap();
    assert_eq!((new, kinds(&report)), (gif(&[comment]), vec![Removal::Gps]));
}

#[test]
fn file_without_metadata_is_one_range() {
    let images = [
        [SOI, &jfif(&[]), &pixels()].concat(),
        png(&[], &[]),
        webp(&[(b"VP8 ", b"ten pixels")]),
        b"GIF89a\x02\0\x02\0\0\0\0;".to_vec(),
    ];
    for image in images {
        for changes in [METADATA, LOCATION, Changes::default()] {
            let (new, splice) = splice(&image, changes).unwrap();
            assert_eq!((&new, splice.pieces.len(), splice.removed.len()), (&image, 1, 0));
        }
    }
}

#[test]
fn other_formats_and_damaged_files_are_refused() {
    assert_eq!(splice(b"BM\0\0\0\0", METADATA), Err(UnsafeReason::Format));
    let hidden = webp(&[(b"JUNK", b"x"), (b"VP8 ", b"ten pixels")]);
    assert_eq!(splice(&hidden, METADATA), Err(UnsafeReason::Damaged));
    assert_eq!(splice(b"", METADATA), Err(UnsafeReason::Format));
    let image = png(&[chunk(b"tEXt", b"Author\0me")], &[]);
    for len in 8..image.len() {
        assert_eq!(splice(&image[..len], METADATA), Err(UnsafeReason::Damaged), "{len}");
    }
}
