//! Locations in text, mostly XMP packets.

/// Words that name a location, in lower case. The names of properties contain them: `exif:GPSLatitude`,
/// `photoshop:City`, `Iptc4xmpCore:Location`, `com.apple.quicktime.location.ISO6709`. The last two begin the sentences of
/// receivers (NMEA 0183).
const WORDS: [&[u8]; 10] =
    [b"gps", b"latitude", b"longitude", b"location", b":city", b":country", b":state", b"georss", b"$gprmc", b"$gnrmc"];
/// A packet without properties.
const EMPTY: &[u8] = b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>";

/// Returns whether a text names a location, in UTF-8 or UTF-16. Text that starts with the mark of UTF-16 counts as one that
/// does.
pub(super) fn has_location(text: &[u8]) -> bool {
    text.starts_with(&[0xFF, 0xFE]) || text.starts_with(&[0xFE, 0xFF]) || WORDS.iter().any(|word| has_word(text, word))
}

/// Returns whether a word is in a text, ignoring case: each letter after the one before, or with a zero between them.
fn has_word(text: &[u8], word: &[u8]) -> bool {
    let is_wide = |part: &[u8]| {
        let mut pairs = part.chunks(2).zip(word);
        pairs.all(|(pair, letter)| matches!(pair, [byte] | [byte, 0] if byte.eq_ignore_ascii_case(letter)))
    };
    text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
        || text.windows(word.len() * 2 - 1).any(is_wide)
}

/// Overwrites a packet with one without properties.
pub(super) fn blank(packet: &mut [u8]) {
    packet.fill(b' ');
    if let Some(start) = packet.get_mut(..EMPTY.len()) {
        start.copy_from_slice(EMPTY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_found_by_the_names_of_their_properties() {
        for text in ["exif:GPSLatitude=\"52,3N\"", "<photoshop:City>", "com.apple.quicktime.location.ISO6709"] {
            assert!(has_location(text.as_bytes()), "{text}");
        }
        assert!(has_location(b"\xFE\xFF\0<") && has_location(b"\0\xFE\xFF\0G\0P\0S") && has_location(b"G\0p\0S\0"));
        for text in ["", "crs:Opacity", "g\0ps", "g\0\0p\0\0s", "tiff:Orientation=\"6\"", "capacity, velocity"] {
            assert!(!has_location(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn blank_packet_is_as_long_as_before() {
        let mut packet = vec![b'x'; 100];
        blank(&mut packet);
        assert!(packet.starts_with(EMPTY) && packet[EMPTY.len()..].iter().all(|byte| *byte == b' '));
        let mut short = *b"gps";
        blank(&mut short);
        assert_eq!(short, *b"   ");
    }
}
