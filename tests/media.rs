//! The probe: facts of made and real files, attacks, and what holds for any bytes at all.
//!
//! The made files are in `fixtures/media`, with the script that makes them. The real ones, where they are at hand, are in
//! `../shared/media`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mediaferry::media::{Fact, Format, Kind, Media, Probe, ProbeError, ProbeStep, Reason};

const MAX_RANGES: usize = 64;
const MAX_BYTES: usize = 8 << 20;

/// What a probe said, and what it took.
struct Answer {
    result: Result<Media, ProbeError>,
    ranges: usize,
    bytes: usize,
}

/// Probes a file of this size, of which `read` gives the bytes; no probe may exceed its budget.
fn probe_with(size: u64, mut read: impl FnMut(u64, usize) -> Vec<u8>) -> Answer {
    let mut probe = Probe::new(size);
    let (mut ranges, mut bytes) = (0, 0);
    loop {
        match probe.step() {
            ProbeStep::Need { offset, len } => {
                ranges += 1;
                bytes += len;
                assert!(len > 0 && offset + len as u64 <= size, "{len} bytes at {offset} of {size}");
                assert!(ranges <= MAX_RANGES && bytes <= MAX_BYTES, "{ranges} ranges, {bytes} bytes");
                probe.supply(&read(offset, len));
            }
            ProbeStep::Done(result) => return Answer { result, ranges, bytes },
        }
    }
}

fn probe(file: &[u8]) -> Result<Media, ProbeError> {
    probe_with(file.len() as u64, |offset, len| {
        let start = usize::try_from(offset).unwrap();
        file[start..start + len].to_vec()
    })
    .result
}

/// A fact as a word, an estimate after `~`, nothing for what is unknown.
fn word<T: Copy>(words: &mut Vec<String>, fact: Fact<T>, show: impl Fn(T) -> String) {
    match fact {
        Fact::Known(value) => words.push(show(value)),
        Fact::Estimated(value) => words.push(format!("~{}", show(value))),
        Fact::Unknown(_) => {}
    }
}

/// The facts as a line.
fn line(result: &Result<Media, ProbeError>) -> String {
    let media = match result {
        Ok(media) => media,
        Err(ProbeError::Unrecognised { looks_like }) => return format!("no: {}", looks_like.unwrap_or("?")),
        Err(ProbeError::Unreadable) => return "unreadable".to_owned(),
    };
    let mut words = vec![media.format.mime().to_owned()];
    word(&mut words, media.stored_size, |size| format!("{}x{}", size.width, size.height));
    word(&mut words, media.orientation, |turned| format!("o{}", turned.exif()));
    word(&mut words, media.animated, |animated| if animated { "animated" } else { "still" }.to_owned());
    word(&mut words, media.duration, |time| format!("{:.2}s", time.as_secs_f64()));
    word(&mut words, media.has_video, |has| if has { "video" } else { "-" }.to_owned());
    word(&mut words, media.has_audio, |has| if has { "audio" } else { "-" }.to_owned());
    words.extend(media.codecs.iter().map(|codec| (*codec).to_owned()));
    word(&mut words, media.complete, |complete| if complete { "complete" } else { "cut" }.to_owned());
    words.join(" ")
}

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension != "mjs"));
    files.sort();
    files
}

fn made(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/media").join(name)).unwrap()
}

/// Made files and, where they are at hand, real ones.
fn all_files() -> Vec<PathBuf> {
    ["tests/fixtures/media", "../shared/media/gen", "../shared/media/wild"].into_iter().flat_map(fixtures).collect()
}

const EXPECTED: &[(&str, &str)] = &[
    ("animated.gif", "image/gif 32x16 animated complete"),
    ("animated.png", "image/png 64x48 animated complete"),
    ("animated.webp", "image/webp 100x50 animated complete"),
    ("answer.mp4", "no: JSON"),
    ("apple.png", "image/png 60x60 still complete"),
    ("archive.mp4", "no: ZIP archive"),
    ("big-end.tif", "image/tiff 30x20 o8"),
    ("big.tif", "image/tiff 30x20"),
    ("compressed.mov", "video/quicktime"),
    ("constant.mp3", "audio/mpeg ~0.26s - audio MP3"),
    ("cursor.wav", "no: animated cursor"),
    ("cut-data.mp4", "video/mp4 1920x1080 o8 12.00s video audio H.264 AAC cut"),
    ("cut-in-header.jpg", "image/jpeg cut"),
    ("cut-in-scan.jpg", "image/jpeg 320x200 cut"),
    ("cut-movie.mp4", "video/mp4 cut"),
    ("cut.bmp", "image/bmp 5x7 cut"),
    ("cut.gif", "image/gif 32x16 cut"),
    ("cut.mp3", "audio/mpeg 26.12s - audio MP3 cut"),
    ("cut.ogg", "audio/ogg ~1.00s - audio Vorbis cut"),
    ("cut.wav", "audio/wav 1.00s - audio PCM cut"),
    ("cut.webm", "video/webm 854x480 4.50s video audio VP9 Opus cut"),
    ("cut.webp", "image/webp 100x50 still cut"),
    ("cut.wmv", "video/x-ms-wmv 640x360 3.50s video audio WMA WMV cut"),
    ("drawing.png", "no: SVG"),
    ("extensible.wav", "audio/wav 1.00s - audio PCM complete"),
    ("fill-and-junk.jpg", "image/jpeg 320x200 complete"),
    ("film.3gp", "video/3gpp 1920x1080 o1 12.00s video audio H.264 AAC complete"),
    ("film.mkv", "video/x-matroska 854x480 4.50s video - VP9 complete"),
    ("film.mov", "video/quicktime 1920x1080 o1 12.00s video audio H.264 AAC complete"),
    ("film.ogv", "video/ogg 310x230 2.00s video audio Vorbis Theora complete"),
    ("film.webm", "video/webm 854x480 4.50s video audio VP9 Opus complete"),
    ("film.wmv", "video/x-ms-wmv 640x360 3.50s video audio WMA WMV complete"),
    ("flac.oga", "audio/ogg 1.00s - audio FLAC complete"),
    ("fragments-declared.mp4", "video/mp4 1920x1080 o1 2.00s video - H.264"),
    ("fragments-indexed.mp4", "video/mp4 1920x1080 o1 2.00s video - H.264 complete"),
    ("fragments.mp4", "video/mp4 1920x1080 o1 ~2.08s video - H.264"),
    ("h264.flv", "video/x-flv 320x180 ~1.90s video ~- H.264"),
    ("half-turn.mp4", "video/mp4 1920x1080 o3 12.00s video audio H.264 AAC complete"),
    ("junk-behind.png", "image/png 640x480 still complete"),
    ("known.flac", "audio/flac 2.00s - audio FLAC"),
    ("liar.mp4", "video/mp4 1920x1080 o1 ~5.00s video - H.264 complete"),
    ("little.tif", "image/tiff 30x20"),
    ("lossless.webp", "image/webp 100x50 still complete"),
    ("lossy.webp", "image/webp 100x50 still complete"),
    ("lost-sound.mp3", "audio/mpeg - audio cut"),
    ("metadata.flv", "video/x-flv ~320x180 7.50s video audio H.265 AAC"),
    ("moov-first.mp4", "video/mp4 1920x1080 o1 12.00s video audio H.264 AAC complete"),
    ("moov-last.mp4", "video/mp4 1920x1080 o6 12.00s video audio H.264 AAC complete"),
    ("no-end.png", "image/png 640x480 still cut"),
    ("no-metadata.flv", "video/x-flv 288x144 ~2.40s video ~- Sorenson"),
    ("no-trailer.gif", "image/gif 32x16 ~still"),
    ("no-type.mov", "video/quicktime 1920x1080 o1 12.00s video audio H.264 AAC complete"),
    ("not-a-number.webm", "video/webm 854x480 ~0.04s video - VP9 complete"),
    ("one-frame.png", "image/png 64x48 still complete"),
    ("one-frame.webp", "image/webp 100x50 still complete"),
    ("opendml.avi", "video/x-msvideo 160x120 10.00s video audio MPEG-4 MP3 complete"),
    ("os2.bmp", "image/bmp 5x7 complete"),
    ("page.jpg", "no: HTML"),
    ("paper.png", "no: PDF"),
    ("pcm.wav", "audio/wav 1.00s - audio PCM complete"),
    ("picture-liar.mp4", "no: HEIC"),
    ("picture.avif", "no: AVIF"),
    ("picture.heic", "no: HEIC"),
    ("piped.flac", "audio/flac ~0.93s - audio FLAC"),
    ("piped.wav", "audio/wav ~0.50s - audio PCM"),
    ("program.jpg", "no: program"),
    ("raw.dng", "no: camera raw"),
    ("recorded.webm", "video/webm 854x480 ~1.48s video audio VP9 Opus"),
    ("rf64.wav", "audio/wav 1.00s - audio PCM complete"),
    ("sound.aac", "audio/aac ~0.23s - audio AAC"),
    ("sound.m4a", "audio/mp4 3.00s - audio AAC complete"),
    ("sound.mp4", "audio/mp4 3.00s - audio AAC complete"),
    ("sound.webm", "audio/webm 4.50s - audio Opus complete"),
    ("sound.wma", "no: WMA"),
    ("still.gif", "image/gif 32x16 still complete"),
    ("still.jpg", "image/jpeg 320x200 complete"),
    ("still.png", "image/png 640x480 still complete"),
    ("tagged-behind.mp3", "audio/mpeg ~0.26s - audio MP3"),
    ("tagged.flac", "audio/flac 2.00s - audio FLAC"),
    ("tagged.mp3", "audio/mpeg ~0.26s - audio MP3"),
    ("text.bmp", "no: text"),
    ("text.gif", "no: text"),
    ("text.mp3", "no: text"),
    ("top-down.bmp", "image/bmp 5x7 complete"),
    ("tracks-last.mkv", "video/x-matroska 854x480 4.50s video - VP9 complete"),
    ("turned-behind-pixels.png", "image/png 640x480 o8 still complete"),
    ("turned-big-endian.jpg", "image/jpeg 320x200 o5 complete"),
    ("turned.jpg", "image/jpeg 320x200 o6 complete"),
    ("turned.png", "image/png 640x480 o6 still complete"),
    ("turned.webp", "image/webp 100x50 o6 still complete"),
    ("two-pictures.jpg", "image/jpeg 320x200 complete"),
    ("unfinished.ogg", "audio/ogg ~1.00s - audio Vorbis"),
    ("variable.mp3", "audio/mpeg 26.12s - audio MP3 complete"),
    ("video.avi", "video/x-msvideo 160x120 2.00s video audio MPEG-4 MP3 complete"),
    ("voice.opus", "audio/ogg 1.00s - audio Opus complete"),
    ("vorbis.ogg", "audio/ogg 2.00s - audio Vorbis complete"),
    ("windows.bmp", "image/bmp 5x7 complete"),
    ("zero-width.png", "image/png still complete"),
    ("zip-behind.jpg", "image/jpeg 320x200 complete"),
];

#[test]
fn made_files_tell_their_facts() {
    let mut wrong = Vec::new();
    for path in fixtures("tests/fixtures/media") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let actual = line(&probe(&fs::read(&path).unwrap()));
        let expected = EXPECTED.iter().find(|(known, _)| *known == name).map_or("not listed", |(_, line)| line);
        if actual != expected {
            wrong.push(format!("    (\"{name}\", \"{actual}\"),"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Two answers about the same file may not contradict each other in what they call known. A cut may lose a fact, or make
/// a guess of it; whether the file is whole is what a cut changes.
fn contradiction(whole: &Media, part: &Media) -> Option<&'static str> {
    fn differ<T: Copy + PartialEq>(whole: Fact<T>, part: Fact<T>) -> bool {
        matches!((whole.known(), part.known()), (Some(whole), Some(part)) if whole != part)
    }
    [
        (differ(whole.stored_size, part.stored_size), "size"),
        (differ(whole.orientation, part.orientation), "orientation"),
        (differ(whole.animated, part.animated), "animated"),
        (differ(whole.duration, part.duration), "duration"),
        (differ(whole.has_video, part.has_video), "video"),
        (differ(whole.has_audio, part.has_audio), "audio"),
    ]
    .into_iter()
    .find_map(|(differs, fact)| differs.then_some(fact))
}

#[test]
fn a_prefix_never_contradicts_the_file() {
    for path in all_files() {
        let file = fs::read(&path).unwrap();
        let Ok(whole) = probe(&file) else { continue };
        // Every cut of a small file; of others those near the start, near the end, and some between.
        let step = (file.len() / 48).max(1);
        let cuts: Vec<_> = if file.len() <= 1500 {
            (0..file.len()).collect()
        } else {
            let ends = (0..128).chain(file.len() - 40..file.len());
            ends.chain((1..48).map(|cut| cut * step)).collect()
        };
        for cut in cuts {
            let Ok(part) = probe(&file[..cut]) else { continue };
            let fact = contradiction(&whole, &part);
            assert!(fact.is_none(), "{} cut at {cut}: {fact:?}, {part:?} of {whole:?}", path.display());
            // A picture may end early and be followed by anything; a film may not, but for a last box that says nothing.
            let is_film = whole.format.kind() == Kind::Video && whole.complete == Fact::Known(true);
            let is_lost = is_film && part.complete == Fact::Known(true);
            assert!(
                !is_lost || cut > file.len() / 10 * 9,
                "{} cut at {cut} of {} is called complete",
                path.display(),
                file.len()
            );
        }
    }
}

/// A small generator of numbers, so that a failure can be repeated (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).unwrap()
    }
}

#[test]
fn damaged_files_get_an_answer_within_the_budget() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for path in fixtures("tests/fixtures/media") {
        let file = fs::read(&path).unwrap();
        for _ in 0..300 {
            let mut file = file.clone();
            for _ in 0..=random.next(4) {
                let at = random.next(file.len());
                let edge = [0, 1, 0x7F, 0x80, 0xFF, u8::try_from(random.next(256)).unwrap()][random.next(6)];
                let end = (at + 1 + random.next(8)).min(file.len());
                file[at..end].fill(edge);
            }
            if random.next(4) == 0 {
                file.truncate(random.next(file.len()));
            }
            // The answer does not matter, only that there is one, and that the budget holds.
            drop(probe(&file));
        }
    }
}

#[test]
fn a_file_that_shrinks_is_unreadable() {
    let answer = probe_with(1 << 20, |_, len| vec![0; len - 1]);
    assert_eq!(answer.result, Err(ProbeError::Unreadable));
    // The second read of a film whose movie box comes last finds nothing.
    let film = made("moov-last.mp4");
    let mut reads = 0;
    let answer = probe_with(film.len() as u64 + (1 << 30), |offset, len| {
        reads += 1;
        if reads > 1 { Vec::new() } else { stretched(&film, 1 << 30, offset, len) }
    });
    assert_eq!((answer.result, reads), (Err(ProbeError::Unreadable), 2));
}

/// `moov-last.mp4` with so many more bytes of media data, without making them.
fn stretched(film: &[u8], more: u64, offset: u64, len: usize) -> Vec<u8> {
    let mdat = film.windows(4).position(|kind| kind == b"mdat").unwrap() - 4;
    let data = 500;
    let header = [&1_u32.to_be_bytes()[..], b"mdat", &(8 + data as u64 + more).to_be_bytes()].concat();
    let front = [&film[..mdat], &header].concat();
    let back = &film[mdat + 8 + data..];
    let back_at = front.len() as u64 + data as u64 + more - 8;
    (offset..offset + len as u64)
        .map(|at| match (front.get(usize::try_from(at).unwrap()), at.checked_sub(back_at)) {
            (Some(byte), _) => *byte,
            (None, Some(at)) => back.get(usize::try_from(at).unwrap()).copied().unwrap_or(0),
            (None, None) => 0x55,
        })
        .collect()
}

#[test]
fn a_film_of_5_gib_takes_two_small_reads() {
    let film = made("moov-last.mp4");
    let more = 5 << 30;
    let answer = probe_with(film.len() as u64 + more, |offset, len| stretched(&film, more, offset, len));
    assert_eq!(line(&answer.result), line(&probe(&film)));
    assert!(answer.ranges <= 2 && answer.bytes <= 128 << 10, "{} ranges, {} bytes", answer.ranges, answer.bytes);
}

#[test]
fn asking_again_gives_the_same_step() {
    let mut probe = Probe::new(200_000);
    let first = probe.step();
    assert_eq!(first, ProbeStep::Need { offset: 0, len: 65_536 });
    assert_eq!(probe.step(), first);
    probe.supply(&vec![0; 65_536]);
    let done = probe.step();
    assert!(matches!(done, ProbeStep::Done(Err(_))));
    assert_eq!(probe.step(), done);
    assert_eq!(Probe::new(0).step(), ProbeStep::Done(Err(ProbeError::Unrecognised { looks_like: None })));
}

#[test]
fn ordinary_files_take_three_ranges_at_most() {
    for path in all_files() {
        let file = fs::read(&path).unwrap();
        let answer = probe_with(file.len() as u64, |offset, len| {
            let start = usize::try_from(offset).unwrap();
            file[start..start + len].to_vec()
        });
        assert!(answer.ranges <= 3 && answer.bytes <= 192 << 10, "{}: {} ranges", path.display(), answer.ranges);
    }
}

#[test]
fn every_format_knows_its_own_names() {
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
fn a_bare_signature_is_recognised_and_damaged() {
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

#[test]
fn more_ranges_than_the_budget_are_not_read() {
    // A film of 20,000 boxes, each of a mebibyte, among which the movie box would have to be looked for.
    let free = [&0x10_0000_u32.to_be_bytes()[..], b"free"].concat();
    let size = 20_000 << 20;
    let answer = probe_with(size, |offset, len| {
        let byte = |at: u64| {
            if at < 12 {
                b"\0\0\0\x0Cftypisom"[usize::try_from(at).unwrap()]
            } else {
                *free.get(usize::try_from((at - 12) % (1 << 20)).unwrap()).unwrap_or(&0)
            }
        };
        (offset..offset + len as u64).map(byte).collect()
    });
    assert_eq!(answer.ranges, MAX_RANGES);
    assert_eq!(answer.result.unwrap().duration, Fact::Unknown(Reason::Budget));
}

/// Bytes repeated up to a length.
fn repeated(start: &[u8], part: &[u8], count: usize) -> Vec<u8> {
    [start, &part.repeat(count)].concat()
}

/// What MEDIA.md lists, each built here rather than stored.
#[test]
fn attacks_end_within_the_budget() {
    let png = made("still.png");
    let mp4 = &b"\0\0\0\x0Cftypisom"[..];
    let with = |name: &str, at: &[u8], skip: usize, value: &[u8]| {
        let mut file = made(name);
        let at = file.windows(at.len()).position(|part| part == at).unwrap();
        let at = (at + skip) - if skip == 0 { 4 } else { 0 };
        file[at..at + value.len()].copy_from_slice(value);
        file
    };
    let max = [0xFF; 8];
    let webm_head = made("film.webm")[..24].to_vec();
    let asf_head = made("film.wmv");
    let attacks = [
        // No progress.
        ("box of size 2", repeated(mp4, b"\0\0\0\x02free", 10)),
        ("100,000 free boxes", repeated(mp4, b"\0\0\0\x08free", 100_000)),
        ("5,000 nested boxes", repeated(mp4, b"\xFF\0\0\0moov", 5_000)),
        ("5,000 nested tracks", repeated(mp4, b"\0\x01\0\0moov\0\0\xFF\0trak\0\0\xFE\0mdia\0\0\xFD\0minf", 1_250)),
        ("JPEG segment of length 0", b"\xFF\xD8\xFF\xE0\0\0".to_vec()),
        ("JPEG of fill bytes", repeated(b"\xFF\xD8", b"\xFF", 3 << 20)),
        ("JPEG of empty segments", repeated(b"\xFF\xD8", b"\xFF\xE0\0\x02", 1 << 20)),
        ("ASF object of size 0", {
            let mut file = asf_head[..30].to_vec();
            file.extend([0; 100]);
            file[16..24].copy_from_slice(&200_u64.to_le_bytes());
            file
        }),
        ("200,000 empty voids", repeated(&webm_head, b"\xEC\x80", 200_000)),
        ("3,000 nested segments", repeated(&webm_head, b"\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 3_000)),
        ("3,000 nested clusters", repeated(&webm_head, b"\x1F\x43\xB6\x75\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 3_000)),
        ("20,000 empty Ogg pages", repeated(&[], b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0", 20_000)),
        ("50,000 GIF comments", repeated(b"GIF89a\x01\0\x01\0\0\0\0", b"!\xFE\x01x\0", 50_000)),
        ("3,000 tags in a row", repeated(&[], b"ID3\x03\0\0\0\0\0\0", 3_000)),
        ("empty PNG chunks", repeated(&png[..33], b"\0\0\0\0abCd\0\0\0\0", 300_000)),
        ("empty WAV chunks", repeated(b"RIFF\xFF\xFF\xFF\xFFWAVE", b"junk\0\0\0\0", 300_000)),
        ("AVI lists in lists", repeated(b"RIFF\xFF\xFF\xFF\xFFAVI ", b"LIST\xFF\xFF\xFF\x7Fhdrl", 50_000)),
        (
            "TIFF directory that points at itself",
            b"II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x05\0\0\0\x08\0\0\0".to_vec(),
        ),
        (
            "TIFF of 65,535 entries",
            repeated(b"II*\0\x08\0\0\0\xFF\xFF", b"\x0F\x01\x02\0\xFF\xFF\xFF\xFF\0\0\0\0", 65_535),
        ),
        ("MP3 sync all over", repeated(b"\xFF\xFB\x90", b"\xFF\xFB\x90\0", 100_000)),
        // Overflow.
        ("large size of 2^64 − 1", [mp4, b"\0\0\0\x01mdat", &max[..]].concat()),
        ("BigTIFF offset of 2^64 − 1", [&b"II+\0\x08\0\0\0"[..], &max[..]].concat()),
        ("EBML size of 2^56 − 2", [&webm_head[..], b"\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFE"].concat()),
        ("RIFF chunk of 2^32 − 1", b"RIFF\xFF\xFF\xFF\xFFWAVEjunk\xFF\xFF\xFF\xFF".to_vec()),
        ("BMP height of −2^31", with("windows.bmp", b"BM", 22, &i32::MIN.to_le_bytes())),
        // Allocation by a declared count.
        ("2^32 − 1 sample entries", with("moov-first.mp4", b"stsd", 8, &max[..4])),
        ("movie box of 3 GB", with("moov-first.mp4", b"moov", 0, &3_000_000_000_u32.to_be_bytes())),
        ("2^32 − 1 samples in a run", with("fragments.mp4", b"trun", 8, &max[..4])),
        ("2^32 − 1 frames of animation", with("animated.png", b"acTL", 4, &max[..4])),
        ("PNG of 2^31 − 1 squared", with("still.png", b"IHDR", 4, b"\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF")),
        // Division.
        ("timescale 0", with("moov-first.mp4", b"mvhd", 16, &[0; 4])),
        ("all ones", with("moov-first.mp4", b"mvhd", 20, &max[..4])),
        ("sample rate 0", with("pcm.wav", b"fmt ", 12, &[0; 8])),
        ("rate 0", with("vorbis.ogg", b"vorbis", 11, &[0; 4])),
        ("FLAC rate 0", with("known.flac", b"fLaC", 18, &[0; 3])),
        ("endless float", with("film.webm", b"\x44\x89", 10, b"\x7F\xF0\0\0\0\0\0\0")),
        ("negative float", with("film.webm", b"\x44\x89", 10, b"\xBF\xF0\0\0\0\0\0\0")),
        ("AVI of 0 a second", with("video.avi", b"vids", 24, &[0; 4])),
    ];
    for (name, file) in attacks {
        let start = std::time::Instant::now();
        let result = probe(&file);
        assert!(start.elapsed().as_millis() < 1000, "{name} took {:?}", start.elapsed());
        if let Ok(media) = result {
            let sane = media.duration.value().is_none_or(|time| time.as_secs() < 1 << 40);
            assert!(sane, "{name}: {media:?}");
        }
    }
}

/// The scorer's classes that the corpus's names tell: what must be refused is refused.
#[test]
fn real_files_of_other_types_are_refused() {
    for path in all_files() {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("reject__") {
            let result = probe(&fs::read(&path).unwrap());
            assert!(
                matches!(result, Err(ProbeError::Unrecognised { looks_like: Some(_) })),
                "{name}: {}",
                line(&result)
            );
        }
    }
}

/// A long recording in fragments: the made one's start, then so many fragments of a second with so much data each.
fn recording(fragments: u32, data: usize, table: bool) -> Vec<u8> {
    let made = made("fragments.mp4");
    let first = made.windows(4).position(|kind| kind == b"moof").unwrap() - 4;
    let second = first + 4 + made[first + 8..].windows(4).position(|kind| kind == b"moof").unwrap() + 4;
    let mdat = made[first..].windows(4).position(|kind| kind == b"mdat").unwrap() + first - 4;
    assert!(mdat < second);
    let mut file = made[..first].to_vec();
    let mut last = 0;
    for fragment in 0..fragments {
        last = file.len();
        let mut moof = made[first..mdat].to_vec();
        let time = moof.windows(4).position(|kind| kind == b"tfdt").unwrap() + 8;
        moof[time..time + 8].copy_from_slice(&(u64::from(fragment) * 1000).to_be_bytes());
        file.extend(moof);
        file.extend(u32::try_from(data + 8).unwrap().to_be_bytes());
        file.extend(b"mdat");
        file.extend(vec![0x55; data]);
    }
    if table {
        let offset = u32::try_from(last).unwrap().to_be_bytes();
        file.extend(b"\0\0\0\x32mfra\0\0\0\x22tfra\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0\0");
        file.extend(offset);
        file.extend(b"\x01\x01\x01\0\0\0\x10mfro\0\0\0\0\0\0\0\x3B");
        let table = file.len() - 0x3B;
        file[table + 3] = 0x3B;
        file[table + 11] = 0x23;
    }
    file
}

#[test]
fn a_long_recording_is_read_from_both_ends() {
    for (fragments, data, table, ranges, kib) in [
        (20, 1000, false, 1, 64),
        (500, 20_000, false, 8, 500),
        (40, 300_000, false, 9, 1300),
        (40, 300_000, true, 8, 350),
    ] {
        let file = recording(fragments, data, table);
        let answer = probe_with(file.len() as u64, |offset, len| {
            let start = usize::try_from(offset).unwrap();
            file[start..start + len].to_vec()
        });
        let name = format!("{fragments} fragments of {data} bytes");
        let duration = answer.result.unwrap().duration;
        assert_eq!(duration, Fact::Estimated(Duration::from_secs(fragments.into())), "{name}");
        assert!(
            answer.ranges <= ranges && answer.bytes <= kib << 10,
            "{name}: {} ranges, {}",
            answer.ranges,
            answer.bytes
        );
    }
}

/// What a big picture takes: its line, and its ranges.
fn costs(file: &[u8]) -> (String, usize) {
    let answer = probe_with(file.len() as u64, |offset, len| {
        let start = usize::try_from(offset).unwrap();
        file[start..start + len].to_vec()
    });
    (line(&answer.result), answer.ranges)
}

#[test]
fn a_big_png_is_whole_or_not() {
    let still = made("still.png");
    let chunk = [&8192_u32.to_be_bytes()[..], b"IDAT", &[0x5A; 8192 + 4]].concat();
    let whole = [&repeated(&still[..33], &chunk, 300)[..], &still[still.len() - 12..]].concat();
    assert_eq!(costs(&whole), ("image/png 640x480 still complete".to_owned(), 2));
    // Cut anywhere, even at the end of a chunk, it lacks its last one.
    for cut in [whole.len() - 1, whole.len() - 12, whole.len() - 5000, 1_500_000, 33 + 200 * chunk.len()] {
        let (facts, ranges) = costs(&whole[..cut]);
        assert_eq!(facts, "image/png 640x480 still cut", "cut at {cut}");
        assert!(ranges <= 3, "cut at {cut}: {ranges} ranges");
    }
    let followed = [&whole[..], &vec![7; 20_000]].concat();
    assert_eq!(costs(&followed).0, "image/png 640x480 still complete");
    // One chunk for all pixels, as Photoshop writes it, and more behind it than a tail holds.
    let one = [&still[..33], &2_000_000_u32.to_be_bytes(), b"IDAT", &vec![0x5A; 2_000_004], &still[still.len() - 12..]]
        .concat();
    assert_eq!(costs(&[&one[..], &vec![7; 200_000]].concat()).0, "image/png 640x480 still complete");
    assert_eq!(costs(&one[..1_000_000]).0, "image/png 640x480 still cut");
}

#[test]
fn a_big_jpeg_is_whole_or_not() {
    let still = made("still.jpg");
    let scan = still.len() - 2;
    let mut random = Random(7);
    let mut whole = still[..scan].to_vec();
    while whole.len() < 900_000 {
        match u8::try_from(random.next(256)).unwrap() {
            0xFF => whole.extend([0xFF, 0]),
            byte => whole.push(byte),
        }
    }
    whole.extend([0xFF, 0xD9]);
    assert_eq!(costs(&whole), ("image/jpeg 320x200 complete".to_owned(), 2));
    for cut in [whole.len() - 1, whole.len() - 2, 500_000, 70_000] {
        assert_eq!(costs(&whole[..cut]), ("image/jpeg 320x200 cut".to_owned(), 2), "cut at {cut}");
    }
    // A film, a directory of pictures or padding behind it is nobody's business.
    for behind in [made("recorded.webm").repeat(900), vec![0; 200_000], vec![0xFF; 200_000]] {
        let (facts, _) = costs(&[&whole[..], &behind].concat());
        assert_eq!(facts, "image/jpeg 320x200", "{} bytes behind", behind.len());
    }
    // What a camera writes before the picture is passed over, however much it is.
    let camera = [&[0xFF, 0xE2, 0xFF, 0xFF][..], &vec![0x11; 0xFFFD]].concat();
    let noted = [&still[..2], &camera.repeat(20), &whole[2..]].concat();
    let (facts, ranges) = costs(&noted);
    assert_eq!(facts, "image/jpeg 320x200 complete");
    assert!(ranges <= 30, "{ranges} ranges");
}

#[test]
fn a_big_gif_is_read_to_its_second_picture() {
    let (still, animated) = (made("still.gif"), made("animated.gif"));
    let data = still.windows(4).position(|part| part == [2, 2, 0x44, 1]).unwrap() + 1;
    let blocks = [&[0xFF][..], &[0x33; 0xFF]].concat().repeat(3000);
    let big = |gif: &[u8]| [&gif[..data], &blocks, &gif[data..]].concat();
    assert_eq!(costs(&big(&still)).0, "image/gif 32x16 still complete");
    let (facts, ranges) = costs(&[&big(&animated)[..], &blocks].concat());
    assert_eq!(facts, "image/gif 32x16 animated complete");
    assert!(ranges <= 8, "{ranges} ranges");
    assert_eq!(costs(&big(&animated)[..400_000]).0, "image/gif 32x16 cut");
}
