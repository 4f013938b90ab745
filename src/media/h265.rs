//! H.265: the video's size from a sequence parameter set, for containers that do not store it.
//!
//! Rec. ITU-T H.265 §7.3.2.2.1; the configuration record: ISO/IEC 14496-15 §8.3.3.1

use crate::media::bits::Bits;
use crate::media::cursor::Fields;
use crate::media::h264::{cropped, unescaped};

/// The type of a sequence parameter set unit.
const PARAMETER_SET: u8 = 33;

/// Returns width and height from the first parameter set of a decoder configuration record.
pub(crate) fn configuration(record: &[u8]) -> Option<(u32, u32)> {
    let mut arrays = *record.get(22)?;
    let mut rest = record.get(23..)?;
    while arrays > 0 {
        // The type of the units and their count, then each unit after its length. Other types are assumed to have one
        // unit.
        let (fields, unit) = (Fields(rest), rest.get(5..)?);
        if fields.u8(0) & 0x3F == PARAMETER_SET {
            let set = unescaped(unit);
            return parameter_set(&mut Bits::new(&set));
        }
        rest = unit.get(fields.be16(3).into()..)?;
        arrays -= 1;
    }
    None
}

fn parameter_set(bits: &mut Bits<'_>) -> Option<(u32, u32)> {
    // The unit's header and the video parameter set's number.
    bits.take(16 + 4);
    let layers = bits.take(3);
    bits.take(1);
    profile(bits);
    bits.take(8);
    // Flags of the lower layers that have a profile or a level. If there is any lower layer, there are two bits for
    // each of eight layers.
    let flags = if layers > 0 { bits.take(16) } else { 0 };
    for layer in 0..layers {
        if flags >> (15 - layer * 2) & 1 != 0 {
            profile(bits);
        }
        bits.take((flags >> (14 - layer * 2) & 1) * 8);
    }
    bits.golomb();
    let chroma = bits.golomb();
    if chroma == 3 {
        bits.take(1);
    }
    let sides = (bits.golomb(), bits.golomb());
    cropped(bits, chroma, sides, 1)
}

/// Skips a profile and its flags (§7.3.3).
fn profile(bits: &mut Bits<'_>) {
    for len in [32, 32, 24] {
        bits.take(len);
    }
}
