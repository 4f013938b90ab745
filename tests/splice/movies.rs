//! MP4 and QuickTime.

use mediaferry::fix::splice::UnsafeReason::{
    self, Codec, CompressedIndex, Damaged, Encrypted, ExternalData, Fragmented,
};
use mediaferry::fix::splice::{Changes, Piece, Removal};
use mediaferry::media::Format;
use mediaferry_testing::splice::{splice, splice_with};

use crate::movie_file::{MovieFile, aac, atom, colours, h264, phone_tags, quicktime_aac};
use crate::{LOCATION, METADATA, kinds};

const REMUX: Changes = Changes { strip: None, remux: true, faststart: false };
const FASTSTART: Changes = Changes { strip: None, remux: false, faststart: true };

/// The bodies of all boxes of this kind, in any box that contains boxes.
fn find_all(file: &[u8], kind: &[u8; 4]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at + 8 <= file.len() {
        let (mut len, mut header) = (u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize, 8);
        if len == 1 {
            (len, header) =
                (usize::try_from(u64::from_be_bytes(file[at + 8..at + 16].try_into().unwrap())).unwrap(), 16);
        }
        let (name, body) = (&file[at + 4..at + 8], &file[at + header..at + len]);
        if name == kind {
            found.push(body.to_vec());
        }
        if [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf"].iter().any(|known| *known == name) {
            found.extend(find_all(body, kind));
        }
        at += len;
    }
    found
}

fn names(file: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = 0;
    while at < file.len() {
        names.push(String::from_utf8_lossy(&file[at + 4..at + 8]).into_owned());
        at += u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    }
    names
}

/// The bytes of the chunks of each track, by the offsets in its table.
fn chunks(file: &[u8]) -> Vec<String> {
    let chunk = |offset: usize, len| String::from_utf8_lossy(&file[offset..offset + len]).into_owned();
    let tracks = find_all(file, b"stco").into_iter().map(|table| {
        let [first, second] = [8, 12].map(|at| u32::from_be_bytes(table[at..at + 4].try_into().unwrap()) as usize);
        chunk(first, 12) + &chunk(second, 24)
    });
    tracks.collect()
}

fn samples(letters: &str) -> Vec<String> {
    letters.chars().map(|letter| letter.to_string().repeat(36)).collect()
}

#[test]
fn quicktime_becomes_mp4() {
    let movie = MovieFile { behind: atom(b"free", &[0; 100]), ..MovieFile::default() };
    let (new, report) = splice(&movie.bytes(), REMUX).unwrap();
    assert_eq!(names(&new), ["ftyp", "moov", "mdat"]);
    assert_eq!(new[8..12], *b"mp42");
    assert_eq!(report.format, Some(Format::Mp4));
    assert_eq!(kinds(&report), [Removal::Tracks, Removal::Gps, Removal::Tags]);
    assert_eq!(chunks(&new), samples("va"), "the timecodes are removed");
    let data = &find_all(&new, b"mdat")[0];
    assert_eq!(data.len(), 72, "with their bytes");

    let entries = find_all(&new, b"stsd").into_iter().map(|stsd| stsd[8..].to_vec()).collect::<Vec<_>>();
    assert_eq!(entries, [h264(&colours(false), &[]), aac()]);
    let handlers: Vec<_> =
        find_all(&new, b"hdlr").iter().map(|hdlr| String::from_utf8_lossy(&hdlr[8..12]).into_owned()).collect();
    assert_eq!(handlers, ["vide", "soun"], "without a component type, and one each");
    assert!(find_all(&new, b"hdlr").iter().all(|hdlr| hdlr[..8] == [0; 8] && hdlr.ends_with(b"Handler\0")));
    assert!(find_all(&new, b"mdhd").iter().all(|mdhd| mdhd[20..22] == [0x55, 0xC4]));
    assert!(find_all(&new, b"dref").iter().all(|dref| dref[8..] == atom(b"url ", &[0, 0, 0, 1])));
    for kind in [b"udta", b"meta", b"tapt", b"tref"] {
        assert_eq!(find_all(&new, kind), Vec::<Vec<u8>>::new());
    }
    assert!(find_all(&new, b"mvhd")[0].starts_with(&[0, 0, 0, 0, 0, 0, 0, 111]), "dates are not metadata of QuickTime");
}

#[test]
fn sound_of_every_version_becomes_the_same() {
    for audio in [quicktime_aac(1), quicktime_aac(2), aac()] {
        let (new, _) = splice(&MovieFile { audio, ..MovieFile::default() }.bytes(), REMUX).unwrap();
        assert_eq!(find_all(&new, b"stsd")[1][8..], aac());
    }
}

#[test]
fn unsafe_movies_are_refused_with_a_reason() {
    let pcm = atom(b"sowt", &[0; 28]);
    let encrypted = atom(b"enca", &[0; 28]);
    let prores = atom(b"apch", &[0; 78]);
    let mut mp3 = aac();
    // The object type in the descriptor.
    let at = mp3.len() - 21 + 1;
    assert_eq!(mp3[at], 0x40);
    mp3[at] = 0x6B;
    let movie = MovieFile::default;
    let with_tags = |tags| MovieFile { tags, ..movie() };
    let behind = |behind| MovieFile { behind, ..movie() };
    let cases = [
        (MovieFile { audio: pcm, ..movie() }, REMUX, Codec),
        (MovieFile { audio: mp3, ..movie() }, REMUX, Codec),
        (MovieFile { video: prores, ..movie() }, REMUX, Codec),
        (MovieFile { audio: encrypted, ..movie() }, LOCATION, Encrypted),
        (MovieFile { data_reference: atom(b"alis", &[0; 4]), ..movie() }, LOCATION, ExternalData),
        (with_tags(atom(b"pssh", &[0; 24])), METADATA, Encrypted),
        (with_tags(atom(b"mvex", &[])), FASTSTART, Fragmented),
        (with_tags(atom(b"cmov", &[])), FASTSTART, CompressedIndex),
        (with_tags(atom(b"rmra", &[])), FASTSTART, ExternalData),
        (behind(atom(b"moof", &[])), LOCATION, Fragmented),
        (behind(atom(b"moov", &[])), LOCATION, Damaged),
        (behind(atom(b"meta", &atom(b"iloc", &[]))), METADATA, UnsafeReason::Format),
    ];
    for (movie, changes, reason) in cases {
        assert_eq!(splice(&movie.bytes(), changes).unwrap_err(), reason, "{changes:?}");
    }
    let file = movie().bytes();
    for cut in 20..file.len() {
        assert!(splice(&file[..cut], METADATA).is_err(), "cut at {cut}");
    }
}

#[test]
fn disabled_track_of_another_codec_is_left_out() {
    // Phones write spatial audio so.
    let mut file = MovieFile { audio: atom(b"apac", &[0; 28]), ..MovieFile::default() }.bytes();
    assert_eq!(splice(&file, REMUX).unwrap_err(), UnsafeReason::Codec);
    let second = file.windows(4).enumerate().filter(|(_, kind)| *kind == b"tkhd").nth(1).unwrap().0;
    assert_eq!(file[second + 4..second + 8], [0, 0, 0, 7]);
    file[second + 7] = 6;
    let (new, _) = splice(&file, REMUX).unwrap();
    assert_eq!(chunks(&new), samples("v"));
}

#[test]
fn location_alone_is_removed() {
    for is_index_first in [true, false] {
        let movie = MovieFile { is_index_first, ..MovieFile::default() };
        let (new, report) = splice(&movie.bytes(), LOCATION).unwrap();
        let expected = MovieFile { tags: phone_tags(false), is_index_first: true, ..movie };
        assert_eq!(kinds(&report), [Removal::Gps]);
        assert_eq!(report.format, None);
        assert_eq!(find_all(&new, b"udta"), find_all(&expected.bytes(), b"udta"));
        assert_eq!(find_all(&new, b"meta"), find_all(&expected.bytes(), b"meta"));
        assert_eq!(find_all(&new, b"stsd"), find_all(&expected.bytes(), b"stsd"));
        assert_eq!(chunks(&new), samples("vat"));
        let (again, report) = splice(&new, LOCATION).unwrap();
        assert_eq!((again, report.removed), (new, vec![]));
    }
}

#[test]
fn metadata_is_removed_with_dates_and_timecodes() {
    let (new, report) = splice(&MovieFile::default().bytes(), METADATA).unwrap();
    assert_eq!(chunks(&new), samples("va"));
    assert_eq!(kinds(&report), [Removal::Dates, Removal::Tracks, Removal::Gps, Removal::Tags]);
    for kind in [b"mvhd", b"tkhd", b"mdhd"] {
        assert!(find_all(&new, kind).iter().all(|header| header[4..12] == [0; 8]));
    }
    assert_eq!(new[8..12], *b"qt  ", "it is still QuickTime");
    assert_eq!(find_all(&new, b"tapt").len(), 2);
    let (again, report) = splice(&new, METADATA).unwrap();
    assert_eq!((again, report.removed), (new, vec![]));
}

#[test]
fn track_of_positions_is_removed_with_its_samples() {
    // A metadata track in place of the timecodes.
    let mut file = MovieFile { tags: Vec::new(), ..MovieFile::default() }.bytes();
    let replace = |file: &mut Vec<u8>, from: &[u8], to: &[u8]| {
        let at = file.windows(from.len()).rposition(|part| part == from).unwrap();
        file[at..at + to.len()].copy_from_slice(to);
    };
    replace(&mut file, b"mhlrtmcd", b"mhlrmeta");
    let (new, report) = splice(&file, LOCATION).unwrap();
    assert_eq!((chunks(&new), kinds(&report)), (samples("va"), vec![Removal::Gps]));
    assert!(find_all(&new, b"mdat")[0].iter().all(|byte| *byte != b't'));
    // Its keys name no location.
    replace(&mut file, b"tmcd", b"mebx");
    let (new, report) = splice(&file, LOCATION).unwrap();
    assert_eq!((new, report.removed), (file.clone(), vec![]));
    let at = file.windows(4).rposition(|part| part == b"mebx").unwrap();
    file[at + 10..at + 18].copy_from_slice(b"location");
    let (new, _) = splice(&file, LOCATION).unwrap();
    assert_eq!(chunks(&new), samples("va"));
}

#[test]
fn texts_with_positions_are_removed_and_others_stay() {
    let mut file = MovieFile { tags: Vec::new(), ..MovieFile::default() }.bytes();
    let at = file.windows(8).rposition(|part| part == b"mhlrtmcd").unwrap();
    file[at + 4..at + 8].copy_from_slice(b"text");
    for changes in [LOCATION, METADATA] {
        assert_eq!(chunks(&splice(&file, changes).unwrap().0), samples("vat"), "subtitles");
    }
    let first = file.windows(12).position(|part| part == [b't'; 12]).unwrap();
    let second = file.windows(24).position(|part| part == [b't'; 24]).unwrap();
    file[first..first + 12].copy_from_slice(b"The location");
    for changes in [LOCATION, METADATA] {
        assert!(
            find_all(&splice(&file, changes).unwrap().0, b"mdat")[0].ends_with(&[b't'; 24]),
            "a word is no position"
        );
    }
    for (at, text) in [(first, b"GPS(13,52,9)"), (first, b"$GNRMC,12345"), (second, b"GPS(13,52,9)")] {
        let mut file = file.clone();
        file[at..at + 12].copy_from_slice(text);
        for changes in [LOCATION, METADATA] {
            let (new, report) = splice(&file, changes).unwrap();
            assert_eq!(chunks(&new), samples("va"));
            assert_eq!(find_all(&new, b"mdat")[0].len(), 72);
            assert!(kinds(&report).contains(if changes == LOCATION { &Removal::Gps } else { &Removal::Tracks }));
        }
    }
}

#[test]
fn boxes_without_a_location_stay_behind_the_media_data() {
    let (kept, other) = (atom(b"uuid", &[7; 20]), atom(b"pdin", &[0; 12]));
    let place = atom(b"uuid", b"0123456789abcdefexif:GPSLatitude");
    let behind = [kept.clone(), place, other.clone(), atom(b"meta", &[0; 4])].concat();
    for faststart in [false, true] {
        let movie = MovieFile { behind: behind.clone(), ..MovieFile::default() };
        let (new, report) = splice(&movie.bytes(), Changes { faststart, ..LOCATION }).unwrap();
        assert_eq!(names(&new), ["ftyp", "moov", "mdat", "uuid", "meta"]);
        assert_eq!((chunks(&new), kinds(&report)), (samples("vat"), vec![Removal::Gps, Removal::Other]));
        assert!(new.ends_with(&[&kept[..], &atom(b"meta", &[0; 4])].concat()));
    }
    // A box in front stays in front.
    let file_type = [atom(b"ftyp", b"qt  \0\0\0\0qt  "), atom(b"uuid", &[8; 30])].concat();
    for changes in [LOCATION, FASTSTART] {
        let movie = MovieFile { file_type: file_type.clone(), behind: kept.clone(), ..MovieFile::default() };
        let (new, _) = splice(&movie.bytes(), changes).unwrap();
        assert_eq!(
            (names(&new), chunks(&new)),
            (["ftyp", "moov", "uuid", "mdat", "uuid"].map(String::from).to_vec(), samples("vat"))
        );
    }
    // What may contain offsets is no reason to write the file anew.
    let movie = MovieFile { behind: [kept, other].concat(), tags: Vec::new(), ..MovieFile::default() }.bytes();
    assert_eq!(splice(&movie, LOCATION).unwrap().0, movie);
}

#[test]
fn blocks_of_positions_between_the_samples_are_removed() {
    let movie = |gap, tags| MovieFile { tags, gap, ..MovieFile::default() }.bytes();
    let (new, report) = splice(&movie(64, atom(b"gps ", &[0; 16])), LOCATION).unwrap();
    assert_eq!((chunks(&new), kinds(&report)), (samples("vat"), vec![Removal::Gps]));
    assert_eq!(find_all(&new, b"mdat")[0].len(), 108, "the samples alone");
    let (same, _) = splice(&movie(64, Vec::new()), LOCATION).unwrap();
    assert_eq!(same, movie(64, Vec::new()), "without the box that names them, they are padding");
}

#[test]
fn index_moves_to_the_front() {
    let movie =
        MovieFile { behind: [atom(b"uuid", &[7; 20]), atom(b"free", &[0; 9])].concat(), ..MovieFile::default() };
    let (new, report) = splice(&movie.bytes(), FASTSTART).unwrap();
    assert_eq!(names(&new), ["ftyp", "moov", "mdat", "uuid"]);
    assert_eq!((chunks(&new), report.removed), (samples("vat"), vec![]));
    let (again, report) = splice(&new, FASTSTART).unwrap();
    assert_eq!((again, report.pieces.len()), (new, 1));
}

#[test]
fn offsets_get_64_bits_where_they_are_needed() {
    // The samples end just below 4 GiB, and are moved beyond.
    let gap = (1 << 32) - 200;
    let movie = MovieFile { gap, ..MovieFile::default() };
    let file = movie.sparse();
    let run = splice_with(file.len(), FASTSTART, |offset, len| file.read(offset, len));
    let splice = run.result.unwrap();
    let [Piece::Range { .. }, Piece::Bytes(head), Piece::Range { offset, len }] = &splice.pieces[..] else {
        panic!("{:?}", splice.pieces.len())
    };
    assert_eq!(*len, gap + 108);
    let head_len = 20 + head.len() as u64;
    // Without the header of the media data.
    let index = &head[..head.len() - 8];
    let tables = find_all(index, b"co64");
    let first = |table: &[u8]| u64::from_be_bytes(table[8..16].try_into().unwrap());
    assert_eq!(tables.iter().map(|table| first(table) - head_len).collect::<Vec<_>>(), [gap, gap + 12, gap + 24]);
    assert_eq!(file.read(offset + gap, 3), b"vvv");
    assert_eq!(find_all(index, b"stco").len(), 0);
}

#[test]
fn only_headers_of_a_large_movie_are_read() {
    let movie = MovieFile { gap: 2 << 30, ..MovieFile::default() };
    let file = movie.sparse();
    let run = splice_with(file.len(), REMUX, |offset, len| file.read(offset, len));
    let splice = run.result.unwrap();
    assert!(run.ranges <= 3 && run.bytes < 200_000, "{} ranges, {} bytes", run.ranges, run.bytes);
    let new: usize =
        splice.pieces.iter().map(|piece| if let Piece::Bytes(bytes) = piece { bytes.len() } else { 0 }).sum();
    assert!(new < 4096, "{new} new bytes");
}

#[test]
fn samples_outside_of_the_media_data_are_refused() {
    let mut file = MovieFile::default().bytes();
    let at = file.windows(4).position(|kind| kind == b"stco").unwrap();
    file[at + 12..at + 16].copy_from_slice(&9_u32.to_be_bytes());
    assert_eq!(splice(&file, REMUX).unwrap_err(), UnsafeReason::Damaged);
}

#[test]
fn audio_alone_becomes_m4a() {
    let mut file = MovieFile { tags: Vec::new(), ..MovieFile::default() }.bytes();
    // The video track is no track any more.
    let at = file.windows(4).position(|kind| kind == b"trak").unwrap();
    file[at..at + 4].copy_from_slice(b"free");
    let (new, report) = splice(&file, REMUX).unwrap();
    assert_eq!((report.format, &new[8..12]), (Some(Format::M4a), &b"M4A "[..]));
    assert_eq!(chunks(&new), samples("a"));
}
