//! Positions in the texts of drones and dashcams, which subtitles with the same words lack.

use super::xmp;

/// Words before a number that is a position, in lower case; one is DJI's.
const WORDS: [&[u8]; 6] = [b"gps", b"latitude", b"longitude", b"longtitude", b"lat", b"lon"];
/// Letters between a word and its number, as in `[latitude: +52.5]`.
const APART: usize = 5;
/// Digits after the point of a number that is a coordinate, and what is between those and the next point.
const DECIMALS: usize = 4;
const BETWEEN: usize = 9;

/// Returns whether a text states a position: `GPS(13.4,52.5)`, `lat: 52.5`, `$GPRMC,`, `52.5200 N, 13.4050 E`.
pub(super) fn is_in(text: &[u8]) -> bool {
    let text = xmp::narrow(text);
    // Where a point belongs to the second coordinate of a pair, at the latest.
    let mut last = None;
    for at in 0..text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let is_start = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let is_number_after = |word: &&[u8]| rest.strip_prefix(*word).is_some_and(is_before_number);
        match rest {
            // A receiver's sentence (NMEA 0183).
            [b'$', b'g', b'p' | b'n', ..] => return true,
            [b'g' | b'l', ..] if is_start(before) && WORDS.iter().any(is_number_after) => return true,
            [b'.', digits @ ..] => {
                let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
                if len >= DECIMALS {
                    if last.is_some_and(|last| at <= last) {
                        return true;
                    }
                    last = Some(at + 1 + len + BETWEEN);
                }
            }
            _ => {}
        }
    }
    false
}

/// Returns whether data whose form is not known names a location, states a position, or contains EXIF data.
pub(super) fn may_be_in(data: &[u8]) -> bool {
    xmp::has_location(data) || is_in(data) || has_exif(data)
}

/// Returns whether EXIF data is among other data, for example in a box of a camera.
pub(super) fn has_exif(bytes: &[u8]) -> bool {
    [b"MM\0*", b"II*\0"].iter().any(|start| crate::text::find(bytes, *start).is_some())
}

/// Returns whether a number follows closely.
fn is_before_number(text: &[u8]) -> bool {
    let mut rest = text.iter().take(APART);
    rest.find(|byte| !matches!(**byte, b' ' | b':' | b'=' | b'(' | b'[' | b'"' | b'+' | b'-' | b','))
        .is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_found() {
        for text in [
            "F/2.8, SS 320, GPS (13.4050, 52.5200, 19), D 3m",
            "GPS(13,52,9)",
            "[iso : 100] [latitude: 52.520008] [longtitude : -13.404954]",
            "Lat=52.5 Lon=13.4",
            "$GPRMC,123519,A,4807.038,N",
            "$GNGGA,123519",
            "52.5200 N, 13.4050 E",
            "+52.5200+013.4050/",
            "HOME(149.0251,-20.2532)",
        ] {
            assert!(is_in(text.as_bytes()), "{text}");
            let wide: Vec<u8> = text.bytes().flat_map(|byte| [0, byte]).collect();
            assert!(is_in(&wide), "{text} in UTF-16");
        }
    }

    #[test]
    fn words_alone_are_no_positions() {
        for text in [
            "",
            "The location of the treasure",
            "Turn on the GPS!",
            "I have 2 locations, 3 lons, position 4",
            "A gps. 5 minutes later",
            "It is 30° Celsius, 30°C, 30 °C in summer",
            "Flat 3, salon 5, platform 9",
            "3.14159 is pi",
            "00:00:01.0000 and later 3.14159",
            "Home at last",
        ] {
            assert!(!is_in(text.as_bytes()), "{text}");
        }
    }
}
