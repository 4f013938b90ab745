//! The usual names of codecs, by the tags that containers give them.

use super::cursor::is_listed;

/// Four-character codes of ISO base media, `QuickTime` and AVI, one after the other behind the name they stand for.
const TAGS: &[(&str, &[u8])] = &[
    ("H.264", b"avc1avc3dva1dvavh264x264"),
    ("H.265", b"hvc1hev1dvh1dvhehevc"),
    ("AV1", b"av01"),
    ("VP8", b"vp08vp80"),
    ("VP9", b"vp09vp90"),
    ("MPEG-4", b"mp4vxviddivxdx50fmp4mp4sm4s2div3mp42mp43"),
    ("MPEG-2", b"mpg2m2v1"),
    ("H.263", b"s263h263"),
    ("MJPEG", b"jpegmjpamjpbmjpg"),
    ("ProRes", b"apchapcnapcsapcoap4hap4x"),
    ("Sorenson", b"svq1svq3"),
    ("Animation", b"rle "),
    ("Cinepak", b"cvid"),
    ("HuffYUV", b"hfyu"),
    ("FFV1", b"ffv1"),
    ("DV", b"dvsddvcp"),
    ("WMV", b"wmv1wmv2wmv3wvc1"),
    ("raw", b"raw dib \0\0\0\0"),
    ("AAC", b"mp4a"),
    ("MP3", b".mp3"),
    ("ALAC", b"alac"),
    ("Opus", b"opus"),
    ("FLAC", b"flac"),
    ("AC-3", b"ac-3"),
    ("E-AC-3", b"ec-3"),
    ("DTS", b"dtscdtsedtshdtsl"),
    ("AMR", b"samrsawb"),
    ("MPEG-H", b"mha1mhm1"),
    ("PCM", b"twossowtlpcmipcmin24in32fl32ulawalaw"),
];

/// The codec of a four-character code, whatever its case.
pub(super) fn by_tag(tag: u32) -> Option<&'static str> {
    TAGS.iter().find(|(_, tags)| is_listed(tags, tag)).map(|(name, _)| *name)
}

/// WAVEFORMATEX tags, which WAV, AVI and ASF share.
pub(super) const fn by_wave_tag(tag: u16) -> Option<&'static str> {
    Some(match tag {
        0x0001 | 0x0003 | 0x0006 | 0x0007 => "PCM",
        0x0002 | 0x0011 => "ADPCM",
        0x0050 => "MP2",
        0x0055 => "MP3",
        0x00FF | 0x1600 | 0x1610 => "AAC",
        0x0160..=0x0163 => "WMA",
        0x2000 => "AC-3",
        0x2001 => "DTS",
        0xF1AC => "FLAC",
        _ => return None,
    })
}

/// Matroska's identifiers, of which some go on behind these words.
const MATROSKA: &[(&[u8], &str)] = &[
    (b"V_VP8", "VP8"),
    (b"V_VP9", "VP9"),
    (b"V_AV1", "AV1"),
    (b"V_MPEG4/ISO/AVC", "H.264"),
    (b"V_MPEGH/ISO/HEVC", "H.265"),
    (b"V_MPEG4/", "MPEG-4"),
    (b"V_MPEG2", "MPEG-2"),
    (b"V_MPEG1", "MPEG-1"),
    (b"V_THEORA", "Theora"),
    (b"V_MJPEG", "MJPEG"),
    (b"V_PRORES", "ProRes"),
    (b"V_FFV1", "FFV1"),
    (b"A_OPUS", "Opus"),
    (b"A_VORBIS", "Vorbis"),
    (b"A_AAC", "AAC"),
    (b"A_AC3", "AC-3"),
    (b"A_EAC3", "E-AC-3"),
    (b"A_DTS", "DTS"),
    (b"A_FLAC", "FLAC"),
    (b"A_MPEG/L3", "MP3"),
    (b"A_MPEG/L2", "MP2"),
    (b"A_PCM", "PCM"),
];

/// The codec of a Matroska track.
pub(super) fn by_matroska_id(id: &[u8]) -> Option<&'static str> {
    MATROSKA.iter().find(|(known, _)| id.starts_with(known)).map(|(_, name)| *name)
}
