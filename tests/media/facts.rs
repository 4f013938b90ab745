//! What the probe says about each file, and what it refuses.

use std::fs;

use mediaferry::media::{Fact, Format, ProbeError, Reason};

use crate::files::{all_files, fixtures, line};
use crate::probing::probe;

const EXPECTED: &[(&str, &str)] = &[
    ("animated.gif", "image/gif 32x16 animated complete"),
    ("animated.png", "image/png 64x48 animated complete"),
    ("animated.webp", "image/webp 100x50 animated complete"),
    ("answer.mp4", "no: JSON"),
    ("apple.png", "image/png 60x60 still complete"),
    ("archive.mp4", "no: a ZIP archive"),
    ("big-end.tif", "image/tiff 30x20 o8"),
    ("big.tif", "image/tiff 30x20"),
    ("chained-behind.ogg", "audio/ogg - audio Vorbis"),
    ("chained.ogg", "audio/ogg - audio Vorbis"),
    ("compressed.mov", "video/quicktime"),
    ("constant.mp3", "audio/mpeg ~0.26s - audio MP3"),
    ("cursor.wav", "no: an animated cursor"),
    ("cut-at-the-start.mov", "no: an incomplete movie"),
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
    ("fragments-behind-samples.mp4", "video/mp4 1920x1080 o1 ~2.08s video - H.264"),
    ("fragments-declared.mp4", "video/mp4 1920x1080 o1 2.00s video - H.264"),
    ("fragments-indexed.mp4", "video/mp4 1920x1080 o1 2.00s video - H.264 complete"),
    ("fragments.mp4", "video/mp4 1920x1080 o1 ~2.08s video - H.264"),
    ("h264.flv", "video/x-flv 320x180 ~1.90s video ~- H.264"),
    ("half-turn.mp4", "video/mp4 1920x1080 o3 12.00s video audio H.264 AAC complete"),
    ("joined.ogg", "audio/ogg ~39.00s - audio Vorbis complete"),
    ("junk-behind.png", "image/png 640x480 still complete"),
    ("known.flac", "audio/flac 2.00s - audio FLAC"),
    ("liar.mp4", "video/mp4 1920x1080 o1 ~5.00s video - H.264 complete"),
    ("little.tif", "image/tiff 30x20"),
    ("lossless.webp", "image/webp 100x50 still complete"),
    ("lossy.webp", "image/webp 100x50 still complete"),
    ("lost-sound.mp3", "audio/mpeg ~- ~audio cut"),
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
    ("one-picture.webm", "video/webm 854x480 video - VP9"),
    ("opendml.avi", "video/x-msvideo 160x120 10.00s video audio MPEG-4 MP3 complete"),
    ("os2.bmp", "image/bmp 5x7 complete"),
    ("page.jpg", "no: HTML"),
    ("paper.png", "no: PDF"),
    ("pcm.wav", "audio/wav 1.00s - audio PCM complete"),
    ("picture-liar.mp4", "no: HEIC"),
    ("picture.avif", "no: AVIF"),
    ("picture.heic", "no: HEIC"),
    ("piped.avi", "video/x-msvideo 160x120 video audio MPEG-4 MP3"),
    ("piped.flac", "audio/flac ~0.93s - audio FLAC"),
    ("piped.wav", "audio/wav ~0.50s - audio PCM"),
    ("program.jpg", "no: a program"),
    ("raw.dng", "no: camera raw"),
    ("recorded.webm", "video/webm 854x480 ~1.48s video audio VP9 Opus"),
    ("rf64.wav", "audio/wav 1.00s - audio PCM complete"),
    ("slow-pages.ogg", "audio/ogg 60.00s - audio Vorbis complete"),
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
    ("tagged.mp3", "audio/mpeg ~0.26s ~- ~audio MP3"),
    ("tape.mp4", "no: a TAR archive"),
    ("targa.ico", "no: TGA"),
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
    ("two-films.avi", "video/x-msvideo 160x120 2.00s video audio MPEG-4 MP3 MPEG-4 complete"),
    ("two-pictures.jpg", "image/jpeg 320x200 complete"),
    ("unfinished.ogg", "audio/ogg ~1.00s - audio Vorbis"),
    ("variable.mp3", "audio/mpeg 26.12s - audio MP3 complete"),
    ("video.avi", "video/x-msvideo 160x120 2.00s video audio MPEG-4 MP3 complete"),
    ("voice.opus", "audio/ogg 1.00s - audio Opus complete"),
    ("vorbis.ogg", "audio/ogg 2.00s - audio Vorbis complete"),
    ("vp8.ogv", "video/ogg 320x180 2.00s video audio VP8 Vorbis complete"),
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
