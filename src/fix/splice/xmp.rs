//! Locations in text, mostly XMP packets.

/// Words that name a location, in lower case. The names of properties contain them: `exif:GPSLatitude`,
/// `photoshop:City`, `Iptc4xmpCore:Location`, `com.apple.quicktime.location.ISO6709`. The last two begin the sentences of
/// receivers (NMEA 0183).
const WORDS: [&[u8]; 10] =
    [b"gps", b"latitude", b"longitude", b"location", b":city", b":country", b":state", b"georss", b"$gprmc", b"$gnrmc"];
/// A packet without properties.
const EMPTY: &[u8] = b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>";

/// Returns whether a text names a location. Text that starts with the mark of UTF-16 counts as one that does.
pub(super) fn has_location(text: &[u8]) -> bool {
    let narrow = narrow(text);
    let names = |word: &&[u8]| narrow.windows(word.len()).any(|part| part == *word);
    text.starts_with(&[0xFF, 0xFE]) || text.starts_with(&[0xFE, 0xFF]) || WORDS.iter().any(names)
}

/// Returns whether the name of a tag is that of a place. Names of XMP follow a colon.
pub(super) fn is_place(name: &[u8]) -> bool {
    has_location(&[b":", name].concat())
}

/// Returns a text in lower case without its zeros, which makes ASCII of UTF-16.
pub(super) fn narrow(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect()
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
        for text in ["", "crs:Opacity", "tiff:Orientation=\"6\"", "capacity, velocity"] {
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
