//! H.264: the video's size from a sequence parameter set, for containers that do not store it.
//!
//! Rec. ITU-T H.264 §7.3.2.1.1; the configuration record: ISO/IEC 14496-15 §5.3.3.1

use crate::media::bits::Bits;

/// Returns width and height from the first parameter set of a decoder configuration record.
pub(crate) fn configuration(record: &[u8]) -> Option<(u32, u32)> {
    // Version, profile, compatibility, level, length size; a count; then the length and the type of the set.
    let [1, _, _, _, _, count, _, _, unit, set @ ..] = record else { return None };
    if count & 0x1F < 1 || unit & 0x1F != 7 {
        return None;
    }
    let set = unescaped(set);
    parameter_set(&mut Bits::new(&set))
}

/// Removes the emulation prevention bytes: a 3 after two zeros.
pub(crate) fn unescaped(unit: &[u8]) -> Vec<u8> {
    let (mut set, mut zeros) = (Vec::new(), 0);
    for byte in unit {
        if zeros < 2 || *byte != 3 {
            set.push(*byte);
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
    }
    set
}

fn parameter_set(bits: &mut Bits<'_>) -> Option<(u32, u32)> {
    let profile = bits.take(8);
    // Constraints and level, then the set's number.
    bits.take(16);
    bits.golomb();
    // Most profiles specify the chroma format; the three oldest do not.
    let chroma = if matches!(profile, 66 | 77 | 88) { 1 } else { colour(bits) };
    // Frame numbers, then the picture order count in one of three ways.
    bits.golomb();
    match bits.golomb() {
        0 => {
            bits.golomb();
        }
        1 => {
            bits.take(1);
            bits.golomb();
            bits.golomb();
            for _ in 0..bits.golomb().min(255) {
                bits.golomb();
            }
        }
        _ => {}
    }
    // Reference frames.
    bits.golomb();
    bits.take(1);
    let (columns, rows) = (bits.golomb(), bits.golomb());
    // Interlaced fields come in pairs, and are cropped in pairs.
    let fields = if bits.flag() { 1 } else { 2 };
    bits.take(fields);
    // Macroblocks of 16 × 16.
    let sides = (columns.checked_add(1)?.checked_mul(16)?, rows.checked_add(1)?.checked_mul(16)?.checked_mul(fields)?);
    cropped(bits, chroma, sides, fields)
}

/// Returns width and height less the cropping, which follows if a flag is set.
///
/// Cropping is in units of chroma samples: halved in both directions, horizontally only, or not at all.
pub(crate) fn cropped(
    bits: &mut Bits<'_>,
    chroma: u32,
    (width, height): (u32, u32),
    fields: u32,
) -> Option<(u32, u32)> {
    let (mut across, mut down) = (0, 0);
    if bits.flag() {
        across = bits.golomb().checked_add(bits.golomb())?;
        down = bits.golomb().checked_add(bits.golomb())?;
    }
    let (unit_across, unit_down) = match chroma {
        1 => (2, 2),
        2 => (2, 1),
        _ => (1, 1),
    };
    let cut = |side: u32, cut: u32, unit: u32| side.checked_sub(cut.checked_mul(unit)?);
    bits.checked((cut(width, across, unit_across)?, cut(height, down, unit_down * fields)?))
}

/// Returns the chroma format, and skips the bit depths and scaling lists that follow it.
fn colour(bits: &mut Bits<'_>) -> u32 {
    let chroma = bits.golomb();
    if chroma == 3 {
        bits.take(1);
    }
    bits.golomb();
    bits.golomb();
    bits.take(1);
    if bits.flag() {
        for list in 0..if chroma == 3 { 12 } else { 8 } {
            if bits.flag() {
                skip_scaling_list(bits, if list < 6 { 16 } else { 64 });
            }
        }
    }
    chroma
}

/// Skips a list of differences, modulo 256, which ends at the first that results in 0 (§7.3.2.1.1.1).
fn skip_scaling_list(bits: &mut Bits<'_>, len: u32) {
    let mut scale = 8_u32;
    for _ in 0..len {
        // Signed numbers alternate: 0, 1, −1, 2, −2.
        let code = bits.golomb();
        let half = code.div_ceil(2);
        let delta = if code.is_multiple_of(2) { half.wrapping_neg() } else { half };
        scale = scale.wrapping_add(delta) & 0xFF;
        if scale == 0 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 208 × 160; 1920 × 1080 cropped from 1088; and a truncated set.
    #[test]
    fn parameter_set_has_the_video_size() {
        let set = |hex: &str| {
            let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
            let unit: Vec<_> = (0..hex.len()).step_by(2).map(byte).collect();
            configuration(&[&[1, 0, 0, 0, 0xFF, 0xE1, 0, 0][..], &unit].concat())
        };
        assert_eq!(set("6764000bacb41a2b60220000030002000003003c1e285540"), Some((208, 160)));
        assert_eq!(set("67640028acd940780227e5c044000003000400000300f03c60c658"), Some((1920, 1080)));
        assert_eq!(set("6764000bac"), None);
    }
}
