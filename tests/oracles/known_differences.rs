//! The differences from other readers, each with an explanation.

/// The reader with the fact, the files, and the explanation.
pub(crate) const KNOWN_DIFFERENCES: &[(&str, &[&str], &str)] = &[
    (
        "file-format: type",
        &[
            "aac_id3v2.aac",
            "mp3__atldotnet__3.mp3",
            "mp3__fq__header-zeros-frames.mp3",
            "mp3__lofty-rs__junk_between_id3_and_mp3.mp3",
            "ogg__lofty-rs__full_test.aac",
            "plain-tag-size-200.mp3",
            "plain-tag-size.mp3",
            "tagged.mp3",
            "zeros-behind-tag.mp3",
        ],
        "Ours: it looks no further than the ID3 tag, behind which the sound starts, in one of them after junk.",
    ),
    (
        "file-format: type",
        &["mp3__atldotnet__headerPatternIsNotHeader.mp3", "lost-sound.mp3"],
        "Ours: it wants a frame at once. In the first the frames start behind junk; the second is a tag that lost its sound, \
         which we call cut.",
    ),
    (
        "file-format: type",
        &["ape-first.mp3", "junk-first.mp3", "zeros-first.mp3"],
        "Ours: players look for the first frame behind another tag, junk or zeros; it wants a frame or an ID3 tag at once.",
    ),
    (
        "file-format: type",
        &["unknown-first.mp4", "user-data-first.mov"],
        "Ours: readers pass over boxes that they do not know (ISO/IEC 14496-12 §4.2); it looks at the first one only.",
    ),
    (
        "file-format: type",
        &["padded.mkv"],
        "Ours: players resynchronise behind the zeros after the EBML header; it expects the segment at once.",
    ),
    (
        "file-format: type",
        &["disabled-pictures.m4b"],
        "Ours: the brand M4B is of an audio book, whose pictures are chapters' and disabled.",
    ),
    (
        "file-format: type",
        &["animated.avif"],
        "Neither: image/avif is the registered type, and it names sequences apart.",
    ),
    (
        "file-format: type",
        &["bmp__image__Core_1_Bit.bmp", "bmp__image__Core_4_Bit.bmp", "bmp_os2_core_24.bmp", "os2.bmp"],
        "Ours: BITMAPCOREHEADER has 12 bytes (learn.microsoft.com, wingdi BITMAPCOREHEADER); it knows the longer ones.",
    ),
    (
        "file-format: type",
        &["video.ogv", "ogv_flac_first_then_theora.ogv"],
        "Ours: RFC 3533 §4 leaves the order of the first pages open, and it stops at the first, which is a sound's.",
    ),
    (
        "file-format: type",
        &["m4a__file-format__sample.m4a"],
        "Neither: 12 bytes with the brand M4A and a zero, which is none. Our result is an incomplete file.",
    ),
    (
        "file-format: type",
        &["mov__nom-exif__compatible-brands-fail.mov"],
        "Ours, as far as that goes: the brand is not registered, on a movie (ISO/IEC 14496-12 §4.3).",
    ),
    (
        "file-format: type",
        &["picture-liar.mp4"],
        "Ours: a meta box and no movie box is a picture (ISO/IEC 14496-12 §8.11), whatever the brand.",
    ),
    (
        "file-format: type",
        &["cut-at-the-start.mov"],
        "Ours: a truncated movie box plays nowhere; our result is an incomplete movie.",
    ),
    (
        "file-format: type",
        &["raw.dng"],
        "Ours: the tag DNGVersion (Adobe DNG specification, chapter 4) makes it camera raw, which no provider takes.",
    ),
    (
        "file-format: type",
        &["open-rf64.wav", "rf64.wav", "wav_rf64_s24_mono.wav", "wav__atldotnet__cortissimo.wav"],
        "Ours: EBU Tech 3306 names RF64 and BW64 beside RIFF.",
    ),
    (
        "file-format: type",
        &[
            "sound.webm",
            "webm_audio_live.weba",
            "webm_audio_many_clusters.webm",
            "webm_audio_opus_mono.webm",
            "webm_audio_vorbis_cuesfront.webm",
        ],
        "Ours: without a video track it is audio/webm (webmproject.org, container guidelines); it does not tell them apart.",
    ),
    (
        "file-format: type",
        &["text.gif"],
        "Ours: a text whose first letters are GIF89a; theirs agrees with the WHATWG's MIME sniffing.",
    ),
    (
        "file-format: type",
        &["tracks-last.mkv"],
        "Ours: the document type is in the EBML header (RFC 9559 §4); it looks at codecs, which come last here.",
    ),
    (
        "imagesize: size",
        &["apple.png"],
        "Ours: Apple's CgBI chunk comes before IHDR (theapplewiki.com, PNG CgBI Format); it takes fixed places.",
    ),
    (
        "imagesize: size",
        &["bmp__image__Core_1_Bit.bmp", "bmp__image__Core_4_Bit.bmp", "bmp_os2_core_24.bmp", "os2.bmp"],
        "Ours: BITMAPCOREHEADER has sides of 16 bits.",
    ),
    (
        "imagesize: size",
        &[
            "bmp__image__Info_1_Bit_Top_Down.bmp",
            "bmp__image__V4_A8_R8_G8_B8.bmp",
            "bmp__image__V4_R5_G6_B5.bmp",
            "bmp__image__V5_A1_R5_G5_B5.bmp",
            "bmp__image__V5_A8_R8_G8_B8_Rgb.bmp",
            "bmp_v5_topdown_24.bmp",
            "top-down.bmp",
        ],
        "Ours: a negative height means that rows are stored from the top (BITMAPINFOHEADER, biHeight).",
    ),
    (
        "imagesize: size",
        &["cut.heic", "picture-liar.mp4", "picture.heic", "picture.heif", "tags-behind.heic"],
        "The same: ours as stored, with the turn beside it; theirs as displayed.",
    ),
    (
        "imagesize: size",
        &["picture.avif", "reject__fq__rainbow-451x461.heic"],
        "Ours: the clean aperture (ISO/IEC 23008-12 §6.5.9) crops what is shown; it takes the coded size.",
    ),
    (
        "kamadak-exif: orientation",
        &["counted.jpg", "counted.tif"],
        "Ours: three numbers are no orientation, and do not fit where one would stand; it takes the first.",
    ),
    (
        "kamadak-exif: orientation",
        &["repeated-tags.tif"],
        "Ours: libtiff keeps the first of repeated tags; it keeps the last.",
    ),
    (
        "symphonia: duration",
        &["absurd.flac", "absurd.mp3"],
        "Ours: a file of some hundred bytes holds no two weeks of sound, whatever its header reported.",
    ),
    (
        "symphonia: duration",
        &["arecord-pipe.wav", "sox-pipe.wav"],
        "Ours: these lengths are what the writers put down to a pipe, and the data ends where the file does.",
    ),
    (
        "symphonia: duration",
        &["two-formats.wav"],
        "Ours: the first format chunk counts, as ffmpeg has it too; it takes the last.",
    ),
    (
        "symphonia: duration",
        &["mp4__media__video.mp4"],
        "Ours: the segment index adds up to 1 s, as do all packets; it counts half of the fragments.",
    ),
    (
        "symphonia: size",
        &["jpeg__media__pixel-motion-photo-jfif-segment-shortened.jpg"],
        "Ours: the picture's. It knows no pictures, searches, and finds the video behind this one.",
    ),
];
