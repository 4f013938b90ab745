//! Files that are built to hang, to overflow, or to take all memory.

/// Bytes repeated up to a length.
pub(crate) fn repeated(start: &[u8], part: &[u8], count: usize) -> Vec<u8> {
    [start, &part.repeat(count)].concat()
}

/// What MEDIA.md lists, each built here rather than stored.
#[test]
fn malicious_files_end_within_the_budget() {
    let png = generated("still.png");
    let mp4 = &b"\0\0\0\x0Cftypisom"[..];
    let with = |name: &str, at: &[u8], skip: usize, value: &[u8]| {
        let mut file = generated(name);
        let at = file.windows(at.len()).position(|part| part == at).unwrap();
        let at = (at + skip) - if skip == 0 { 4 } else { 0 };
        file[at..at + value.len()].copy_from_slice(value);
        file
    };
    let max = [0xFF; 8];
    let webm_head = generated("video.webm")[..24].to_vec();
    let asf_head = generated("video.wmv");
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
        ("endless float", with("video.webm", b"\x44\x89", 10, b"\x7F\xF0\0\0\0\0\0\0")),
        ("negative float", with("video.webm", b"\x44\x89", 10, b"\xBF\xF0\0\0\0\0\0\0")),
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
use mediaferry_testing::corpus::generated;
use mediaferry_testing::probe::probe;
