//! Tags, padding and junk behind the end of a file, and tags before its start.

use mediaferry::media::{Fact, Format, Media};
use mediaferry_testing::random::Random;

use super::Mutation;

pub(super) fn mutations(media: &Media, file: &[u8]) -> Vec<Mutation> {
    // What follows samples without a length is samples.
    if media.format == Format::Wav && matches!(media.duration, Fact::Estimated(_)) {
        return Vec::new();
    }
    let mut random = Random(0x5851_F42D_4C95_7F2D);
    let junk: Vec<_> = (0..700).map(|_| u8::try_from(random.next(256)).unwrap()).collect();
    let boundary = b"\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n";
    let behind: [(&str, Vec<u8>); 8] = [
        ("ID3v1 behind", id3v1()),
        ("APE tag behind", ape(true)),
        ("both tags behind", [ape(false), id3v1()].concat()),
        ("form boundary behind", boundary.to_vec()),
        ("line break behind", b"\r\n".to_vec()),
        ("ones behind", vec![0xFF; 40]),
        ("zeros behind", vec![0; 5000]),
        ("junk behind", junk),
    ];
    let append = |(name, more): &(&str, Vec<u8>)| ((*name).to_owned(), [file, more].concat());
    let mut all: Vec<_> = behind.iter().map(append).collect();
    // Readers pass over ID3 before what they know; no picture has it.
    if !matches!(media.format, Format::Jpeg | Format::Png | Format::Gif | Format::Webp | Format::Bmp | Format::Tiff) {
        all.push(("ID3 before".to_owned(), [&id3(1500)[..], file].concat()));
        all.push(("two tags before".to_owned(), [&id3(20)[..], &id3(300), file].concat()));
        // Boxes may start with zeros themselves.
        if file[0] != 0 {
            all.push(("padded ID3 before".to_owned(), [&id3(300)[..], &[0; 6000], file].concat()));
        }
    }
    all
}

fn id3v1() -> Vec<u8> {
    [&b"TAGa song"[..], &[0; 119]].concat()
}

/// An APE tag of one item, with or without a header.
pub(super) fn ape(has_header: bool) -> Vec<u8> {
    let item = b"\x04\0\0\0\0\0\0\0Title\0song";
    let frame = |flags: u32| {
        let len = u32::try_from(item.len() + 32).unwrap();
        [
            &b"APETAGEX"[..],
            &2000_u32.to_le_bytes(),
            &len.to_le_bytes(),
            &1_u32.to_le_bytes(),
            &flags.to_le_bytes(),
            &[0; 8],
        ]
        .concat()
    };
    if has_header {
        [&frame(0xA000_0000)[..], item, &frame(0x8000_0000)].concat()
    } else {
        [&item[..], &frame(0)].concat()
    }
}

/// An ID3 tag with so many bytes of padding.
pub(super) fn id3(len: usize) -> Vec<u8> {
    let safe = |shift: u32| u8::try_from(len >> shift & 0x7F).unwrap();
    [&b"ID3\x04\0\0"[..], &[safe(21), safe(14), safe(7), safe(0)], &vec![0; len]].concat()
}
