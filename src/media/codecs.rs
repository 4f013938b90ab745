//! The usual names of codecs, by the tags that containers use.

use crate::media::cursor::{Fields, is_listed};
use crate::media::format_names::names;

names! {
    /// Four-character codes of ISO base media, `QuickTime` and AVI: concatenated codes, then the name that they share.
    TAGS:
    0, b"vp08vp80" => "VP8";
    0, b"vp09vp90" => "VP9";
    0, b"av01" => "AV1";
    0, b"avc1avc3dva1dvavh264x264" => "H.264";
    0, b"hvc1hev1dvh1dvhehevc" => "H.265";
    0, b"mp4vxviddivxdx50fmp4mp4sm4s2div3mp42mp43" => "MPEG-4";
    0, b"mpg2m2v1" => "MPEG-2";
    0, b"jpegmjpamjpbmjpg" => "MJPEG";
    0, b"apchapcnapcsapcoap4hap4x" => "ProRes";
    0, b"ffv1" => "FFV1";
    0, b"s263h263" => "H.263";
    0, b"svq1svq3" => "Sorenson";
    0, b"rle " => "Animation";
    0, b"cvid" => "Cinepak";
    0, b"hfyu" => "HuffYUV";
    0, b"dvsddvcp" => "DV";
    0, b"wmv1wmv2wmv3wvc1" => "WMV";
    0, b"raw dib \0\0\0\0" => "raw";
    0, b"alac" => "ALAC";
    0, b"opus" => "Opus";
    0, b"flac" => "FLAC";
    0, b"mp4a" => "AAC";
    0, b"ac-3" => "AC-3";
    0, b"ec-3" => "E-AC-3";
    0, b"dtscdtsedtshdtsl" => "DTS";
    0, b".mp3" => "MP3";
    0, b"samrsawb" => "AMR";
    0, b"mha1mhm1" => "MPEG-H";
    0, b"twossowtlpcmipcmin24in32fl32ulawalaw" => "PCM";
}

/// Returns the codec of a four-character code, ignoring case. In `QuickTime`, a WAVEFORMATEX tag follows "ms".
pub(crate) fn by_tag(tag: u32) -> Option<&'static str> {
    let [m, s, high, low] = tag.to_be_bytes();
    if [m, s] == *b"ms" {
        by_wave_tag(u16::from_be_bytes([high, low]))
    } else {
        TAGS.find(&|_, tags| is_listed(tags, tag))
    }
}

names! {
    /// Object types of MPEG-4 systems: <https://mp4ra.org/registered-types/object-types>
    OBJECTS:
    0, b"\xB1" => "VP9";
    0, b"\x21" => "H.264";
    0, b"\x23" => "H.265";
    0, b"\x20" => "MPEG-4";
    0, b"\x60\x61\x62\x63\x64\x65" => "MPEG-2";
    0, b"\x6A" => "MPEG-1";
    0, b"\x6C" => "MJPEG";
    0, b"\xDD" => "Vorbis";
    0, b"\xAD" => "Opus";
    0, b"\xC1" => "FLAC";
    0, b"\x40\x66\x67\x68" => "AAC";
    0, b"\xA5" => "AC-3";
    0, b"\xA6" => "E-AC-3";
    0, b"\xA9\xAA\xAB\xAC" => "DTS";
    0, b"\x69\x6B" => "MP3";
}

/// Returns the codec that an elementary stream descriptor names (ISO/IEC 14496-1 §7.2.6). `esds` starts after the type
/// of its box.
pub(crate) fn by_descriptor(esds: &[u8]) -> Option<&'static str> {
    // A descriptor has a tag, then a length. All bytes of the length except the last have the highest bit set.
    let body = |descriptor: &[u8]| Some(descriptor.iter().skip(1).position(|byte| *byte < 0x80)? + 2);
    let mut rest = esds.get(4..)?;
    // The stream's descriptor has a number and flags, and contains the decoder's descriptor.
    if rest.first() == Some(&3) {
        rest = rest.get(body(rest)? + 3..)?;
    }
    let object = rest.get(body(rest)?)?;
    OBJECTS.find(&|_, known| known.iter().any(|known| known == object))
}

/// Returns the codec of a WAVEFORMATEX tag, which WAV, AVI and ASF share.
pub(crate) const fn by_wave_tag(tag: u16) -> Option<&'static str> {
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

names! {
    /// Prefixes of Matroska codec identifiers.
    MATROSKA:
    0, b"V_VP8" => "VP8";
    0, b"V_VP9" => "VP9";
    0, b"V_AV1" => "AV1";
    0, b"V_MPEG4/ISO/AVC" => "H.264";
    0, b"V_MPEGH/ISO/HEVC" => "H.265";
    0, b"V_MPEG4/" => "MPEG-4";
    0, b"V_MPEG2" => "MPEG-2";
    0, b"V_MPEG1" => "MPEG-1";
    0, b"V_MJPEG" => "MJPEG";
    0, b"V_PRORES" => "ProRes";
    0, b"V_FFV1" => "FFV1";
    0, b"V_THEORA" => "Theora";
    0, b"A_VORBIS" => "Vorbis";
    0, b"A_OPUS" => "Opus";
    0, b"A_FLAC" => "FLAC";
    0, b"A_AAC" => "AAC";
    0, b"A_AC3" => "AC-3";
    0, b"A_EAC3" => "E-AC-3";
    0, b"A_DTS" => "DTS";
    0, b"A_MPEG/L3" => "MP3";
    0, b"A_MPEG/L2" => "MP2";
    0, b"A_PCM" => "PCM";
}

/// Returns the codec of a Matroska track. Tracks from AVI or WAV store the original header as private data.
pub(crate) fn by_matroska_id(id: &[u8], private: &[u8]) -> Option<&'static str> {
    let header = Fields(private);
    if id.starts_with(b"V_MS/VFW") {
        by_tag(header.be32(16))
    } else if id.starts_with(b"A_MS/ACM") {
        by_wave_tag(header.le16(0))
    } else {
        MATROSKA.find(&|_, known| id.starts_with(known))
    }
}
