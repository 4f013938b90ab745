//! Everything else: pages, tags, objects, directories and segments that are repeated, padded or off.

use mediaferry::media::{Format, Media};

use super::Mutation;
use super::appended::{ape, id3};

pub(super) fn mutations(media: &Media, file: &[u8]) -> Vec<Mutation> {
    match media.format {
        Format::Ogg | Format::OggVideo => ogg(file),
        Format::Flv => flv(media, file),
        Format::Wmv => asf(file),
        Format::Mp3 | Format::Aac => frames(file),
        Format::Tiff => tiff(file),
        Format::Jpeg => jpeg(media, file),
        Format::Png => png(media, file),
        _ => Vec::new(),
    }
}

fn ogg(file: &[u8]) -> Vec<Mutation> {
    let mut starts: Vec<_> =
        (0..file.len().saturating_sub(4)).filter(|at| file[*at..].starts_with(b"OggS\0")).collect();
    starts.push(file.len());
    let pages: Vec<_> = starts.windows(2).map(|ends| &file[ends[0]..ends[1]]).collect();
    // Of several streams that start behind each other, a repeated first page would be one more.
    let firsts = pages.iter().take_while(|page| page[5] & 2 != 0).count();
    let is_plain = pages.iter().filter(|page| page[5] & 2 != 0).count() == firsts;
    let with = |between: &[u8]| pages.iter().flat_map(|page| [page, between].concat()).collect::<Vec<_>>();
    let mut all = vec![("stray bytes".to_owned(), with(b"OggO stray"))];
    all.push(("zeros between pages".to_owned(), with(&[0; 40])));
    if is_plain {
        all.push(("pages repeated".to_owned(), pages.iter().flat_map(|page| [*page, *page].concat()).collect()));
    }
    all
}

fn flv(media: &Media, file: &[u8]) -> Vec<Mutation> {
    let mut all = Vec::new();
    // A stream that only the flags announce is one that only they could announce.
    if media.has_video.known().is_some() && media.has_audio.known().is_some() {
        for flags in [0, 1, 4, 5] {
            let mut file = file.to_vec();
            file[4] = flags;
            all.push((format!("flags {flags}"), file));
        }
    }
    all
}

fn asf(file: &[u8]) -> Vec<Mutation> {
    let properties = b"\xA1\xDC\xAB\x8C\x47\xA9\xCF\x11\x8E\xE4\x00\xC0\x0C\x20\x53\x65";
    let mut all = Vec::new();
    let Some(at) = file.windows(16).position(|guid| guid == properties) else { return all };
    let with = |at: usize, number: u64| {
        let mut file = file.to_vec();
        file[at..at + 8].copy_from_slice(&number.to_le_bytes());
        file
    };
    let size = file.len() as u64;
    for other in [0, 1, size + 16, size - 1, u64::MAX, 1 << 60] {
        if other < size || other > size * 2 || size > 300 {
            all.push((format!("a file of {other}"), with(at + 40, other)));
        }
    }
    // Objects in another order, with padding between them.
    let len = |at: usize| u64::from_le_bytes(file[at + 16..at + 24].try_into().unwrap());
    let (mut objects, mut next) = (Vec::new(), 30);
    let end = usize::try_from(len(0)).unwrap();
    while next + 24 <= end && len(next) >= 24 {
        let behind = next + usize::try_from(len(next)).unwrap();
        objects.push(&file[next..behind]);
        next = behind;
    }
    let padding =
        [&b"\x74\xD4\x06\x18\xDF\xCA\x09\x45\xA4\xBA\x9A\xAB\xCB\x96\xAA\xE8"[..], &40_u64.to_le_bytes(), &[0; 16]]
            .concat();
    let with = |objects: &[&[u8]]| {
        let body = objects.concat();
        let len = body.len() as u64 + 30;
        [&file[..16], &len.to_le_bytes(), &file[24..30], &body, &file[end..]].concat()
    };
    all.push((
        "padding between objects".to_owned(),
        with(&objects.iter().flat_map(|object| [&padding[..], *object]).collect::<Vec<_>>()),
    ));
    // The last object of the header is not followed by another one.
    all.push(("zeros behind the objects".to_owned(), with(&[&objects[..], &[&[0; 64]]].concat())));
    all
}

fn frames(file: &[u8]) -> Vec<Mutation> {
    let plain =
        |len: usize| [&b"ID3\x03\0\0"[..], &u32::try_from(len).unwrap().to_be_bytes(), &vec![0x55; len]].concat();
    let before = [
        ("a tag whose size has eight bits to a byte", plain(200)),
        ("the same, padded", [plain(200), vec![0; 100]].concat()),
        ("a larger one", plain(5000)),
        ("an APE tag first", ape(true)),
        ("both tags first", [ape(true), id3(50)].concat()),
        ("zeros first", vec![0; 9000]),
        ("a tag and 40,000 zeros", [id3(300), vec![0; 40_000]].concat()),
    ];
    before.into_iter().map(|(name, more)| (name.to_owned(), [&more[..], file].concat())).collect()
}

/// Tags of the first directory repeated with other values.
fn tiff(file: &[u8]) -> Vec<Mutation> {
    let big = file.starts_with(b"MM");
    let number = |at: usize, len: usize| {
        let bytes = file[at..at + len].iter().map(|byte| u64::from(*byte));
        let fold = |number: u64, byte: u64| number << 8 | byte;
        usize::try_from(if big { bytes.fold(0, fold) } else { bytes.rev().fold(0, fold) }).unwrap()
    };
    if number(2, 2) != 42 {
        return Vec::new();
    }
    // A copy of the directory at the end of the file, with each entry twice, the second time with other values.
    let first = number(4, 4);
    let count = number(first, 2);
    let Some(entries) = file.get(first + 2..first + 2 + count * 12) else { return Vec::new() };
    let written = |number: usize, len: usize| {
        let bytes = number.to_be_bytes()[8 - len..].to_vec();
        if big { bytes } else { bytes.into_iter().rev().collect() }
    };
    let mut changed = file.to_vec();
    changed.resize(file.len().next_multiple_of(2), 0);
    let at = changed.len();
    changed.splice(4..8, written(at, 4));
    changed.extend(written(count * 2, 2));
    for entry in entries.chunks(12) {
        changed.extend(entry);
        changed.extend(&entry[..8]);
        changed.extend([1, 1, 1, 1]);
    }
    changed.extend([0; 4]);
    vec![("tags repeated".to_owned(), changed)]
}

fn jpeg(media: &Media, file: &[u8]) -> Vec<Mutation> {
    // A second EXIF behind the first, another last byte of the prefix, and fill bytes before a marker.
    let mut all = Vec::new();
    let exif = b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x07\0\0\0\0\0\0";
    let is_segment = |marker: u8| matches!(marker, 0xE0..=0xEF | 0xFE);
    let (mut at, mut behind) = (2, None);
    while file.get(at) == Some(&0xFF) && file.get(at + 1).copied().is_some_and(is_segment) {
        let len = usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]));
        if file[at + 4..].starts_with(b"Exif\0\0") {
            behind = Some(at + 2 + len);
            let mut changed = file.to_vec();
            changed[at + 9] = 0xFF;
            all.push(("another prefix of EXIF".to_owned(), changed));
        }
        at += 2 + len;
    }
    if let Some(behind) = behind.filter(|behind| *behind <= file.len() && media.orientation.known().is_some()) {
        all.push(("a second EXIF".to_owned(), [&file[..behind], exif, &file[behind..]].concat()));
    }
    all.push(("fill bytes".to_owned(), [&file[..2], &[0xFF; 5], &file[2..]].concat()));
    all
}

fn png(media: &Media, file: &[u8]) -> Vec<Mutation> {
    // A chunk of frames with more of them than PNG's numbers go to. The checksum is not looked at.
    let mut all = Vec::new();
    if media.animated.known() == Some(false) {
        let frames = b"\0\0\0\x08acTL\x80\0\0\x02\0\0\0\0\0\0\0\0";
        let at = if &file[12..16] == b"IHDR" { 33 } else { return all };
        all.push(("unknown frames".to_owned(), [&file[..at], frames, &file[at..]].concat()));
    }
    all
}
