//! The codec of an FLV video tag, and the video's size from the header of each codec.
//!
//! Adobe Flash Video File Format Specification 10.1, §E.4.3; Enhanced RTMP for newer codecs.

use crate::media::bits::Bits;
use crate::media::cursor::Fields;
use crate::media::{codecs, h264, h265};

type Pixels = (u32, u32);

pub(crate) fn read(tag: &[u8]) -> (Option<&'static str>, Option<Pixels>) {
    let [first, body @ ..] = tag else { return (None, None) };
    // Enhanced RTMP has a four-character code instead of a number. Packet type 0 contains the decoder's configuration.
    if first & 0x80 != 0 {
        let configuration = body.get(4..).filter(|_| first.trailing_zeros() >= 4);
        let pixels =
            configuration.and_then(|record| h264::configuration(record).or_else(|| h265::configuration(record)));
        return (codecs::by_tag(Fields(body).be32(0)), pixels);
    }
    match first & 0x0F {
        2 => (Some("Sorenson"), sorenson(&mut Bits::new(body))),
        3 | 6 => (Some("Screen video"), screen(body)),
        4 => (Some("VP6"), vp6(body)),
        5 => (Some("VP6"), None),
        // Packet type 0 and a time precede the decoder's configuration.
        7 => (Some("H.264"), body.strip_prefix(&[0, 0, 0, 0]).and_then(h264::configuration)),
        12 => (Some("H.265"), body.strip_prefix(&[0, 0, 0, 0]).and_then(h265::configuration)),
        _ => (None, None),
    }
}

/// H.263 with Sorenson's own header.
fn sorenson(bits: &mut Bits<'_>) -> Option<Pixels> {
    // Start code, version, temporal reference.
    bits.take(17 + 5 + 8);
    let pixels = match bits.take(3) {
        0 => (bits.take(8), bits.take(8)),
        1 => (bits.take(16), bits.take(16)),
        2 => (352, 288),
        3 => (176, 144),
        4 => (128, 96),
        5 => (320, 240),
        6 => (160, 120),
        _ => return None,
    };
    bits.checked(pixels)
}

/// Each side is preceded by the block size in four bits.
fn screen(body: &[u8]) -> Option<Pixels> {
    let sides = body.first_chunk().copied().map(u32::from_be_bytes)?;
    Some((sides >> 16 & 0x0FFF, sides & 0x0FFF))
}

/// The size is in macroblocks of 16 × 16, less the cropping that FLV adds.
fn vp6(body: &[u8]) -> Option<Pixels> {
    let [cut, frame, version, rest @ ..] = body else { return None };
    // Only a key frame has the size. In its simple profile, the offset of the second partition is absent.
    if frame & 0x80 != 0 {
        return None;
    }
    let rest = if frame & 1 != 0 || version & 0x06 == 0 { rest.get(2..)? } else { rest };
    let [rows, columns, ..] = rest else { return None };
    let pixels = |blocks: u8, cut: u8| (u32::from(blocks) * 16).checked_sub(cut.into());
    Some((pixels(*columns, cut >> 4)?, pixels(*rows, cut & 0x0F)?))
}
