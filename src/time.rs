//! Parses the time formats of responses without a date library.

use crate::text;

/// Milliseconds since 1970 of an RFC 3339 time such as `2025-01-15T10:15:00Z` or `2026-06-19T10:00:00.5+02:00`.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    let text = text.as_bytes();
    let [b'-', b'-', b'T' | b't' | b' '] = [text.get(4)?, text.get(7)?, text.get(10)?] else { return None };
    let day = days_since_1970(number(text, 0, 4)?, number(text, 5, 2)?, number(text, 8, 2)?)?;
    let seconds = day * 86_400 + seconds_of_day(text, 11)?;
    let rest = text.get(19..)?;
    let digits = match rest {
        [b'.', fraction @ ..] => fraction.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let millis = match digits {
        0 => 0,
        digits => number(rest, 1, digits.min(3))? * [0, 100, 10, 1].get(digits.min(3))?,
    };
    let zone = rest.get(if digits == 0 { 0 } else { digits + 1 }..)?;
    u64::try_from((seconds - offset_seconds(zone)?) * 1000 + millis).ok()
}

/// `Retry-After` in milliseconds from now: seconds, or a date (RFC 9110 §10.2.3). A date in the past is 0.
///
/// A wait that is too long to count is the maximum, fractions are rounded up, and if a proxy has joined several values,
/// the first counts. `now_millis` is the server's own time if it is known, because clocks differ.
#[must_use]
pub fn parse_retry_after(text: &str, now_millis: u64) -> Option<u64> {
    let text = text.trim_ascii();
    let seconds = text::before(text, b',').trim_ascii();
    let (whole, fraction) = text::split_once(seconds, b'.').unwrap_or((seconds, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number(whole) && is_number(fraction) {
        let digit = |millis: u64, byte: u8| millis.saturating_mul(10).saturating_add((byte - b'0').into());
        let seconds = whole.bytes().fold(0, digit);
        let more = u64::from(fraction.bytes().any(|byte| byte != b'0'));
        return Some(seconds.saturating_add(more).saturating_mul(1000));
    }
    Some(parse_http_date(text)?.saturating_sub(now_millis))
}

/// Milliseconds since 1970 of an HTTP date in any of its three forms: `Sun, 06 Nov 1994 08:49:37 GMT`,
/// `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994` (RFC 9110 §5.6.7).
#[must_use]
pub fn parse_http_date(text: &str) -> Option<u64> {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let (mut day, mut month, mut year, mut seconds) = (None, None, None, None);
    for word in text.as_bytes().split(|byte| matches!(byte, b' ' | b',' | b'-')).filter(|word| !word.is_empty()) {
        if let Some(position) = MONTHS.chunks(3).position(|name| name == word) {
            month = month.or(Some(position));
        } else if word.contains(&b':') {
            seconds = seconds.or(seconds_of_day(word, 0));
        } else if let Some(number) = number(word, 0, word.len()) {
            if day.is_none() { day = Some(number) } else { year = year.or(Some((number, word.len()))) }
        }
        if day.is_some() && month.is_some() && year.is_some() && seconds.is_some() {
            // Another date may follow.
            break;
        }
    }
    let year = match year? {
        (year, 2) if year < 70 => 2000 + year,
        (year, 2) => 1900 + year,
        (year, _) => year,
    };
    let days = days_since_1970(year, i64::try_from(month? + 1).ok()?, day?)?;
    u64::try_from((days * 86_400 + seconds?) * 1000).ok()
}

/// The number in `len` digits at this position, at most nine: no sign, no overflow.
fn number(text: &[u8], at: usize, len: usize) -> Option<i64> {
    let digits = text.get(at..at + len).filter(|digits| (1..=9).contains(&digits.len()))?;
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

/// `10:15:00`
fn seconds_of_day(text: &[u8], at: usize) -> Option<i64> {
    let [b':', b':'] = [text.get(at + 2)?, text.get(at + 5)?] else { return None };
    let (hours, minutes, seconds) = (number(text, at, 2)?, number(text, at + 3, 2)?, number(text, at + 6, 2)?);
    (hours < 24 && minutes < 60 && seconds <= 60).then_some(hours * 3600 + minutes * 60 + seconds)
}

/// Seconds east of UTC.
fn offset_seconds(zone: &[u8]) -> Option<i64> {
    let sign = match zone {
        [b'Z' | b'z'] => return Some(0),
        [b'+', _, _, b':', _, _] => 1,
        [b'-', _, _, b':', _, _] => -1,
        _ => return None,
    };
    Some(sign * (number(zone, 1, 2)? * 3600 + number(zone, 4, 2)? * 60))
}

/// Howard Hinnant's `days_from_civil`: <https://howardhinnant.github.io/date_algorithms.html>.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_times_of_the_providers_pages() {
        assert_eq!(parse_rfc3339("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse_rfc3339("2025-01-15T10:15:00Z"), Some(1_736_936_100_000));
        assert_eq!(parse_rfc3339("2026-06-19T10:00:00+00:00"), Some(1_781_863_200_000));
        assert_eq!(parse_rfc3339("2026-06-19T12:00:00.5+02:00"), Some(1_781_863_200_500));
        assert_eq!(parse_rfc3339("2026-06-06T09:03:55.754111989Z"), Some(1_780_736_635_754));
        assert_eq!(parse_rfc3339("2024-02-29T23:59:59-01:30"), Some(1_709_256_599_000));
    }

    #[test]
    fn rejects_invalid_times() {
        for text in [
            "",
            "soon",
            "2025-01-15",
            "2025-13-01T00:00:00Z",
            "2025-01-15T25:00:00Z",
            "2025-01-15T10:15:00",
            "-2025-01-15T10:15:00Z",
            "2025-01-15T10:15:00+",
            "2025-01-15T10:15:00.Z",
            "2025-01-15T10:15:00+02",
            "2025-01-15 10.15.00Z",
            "999999999999-01-01T00:00:00Z",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }

    const NOW: u64 = 784_111_777_000; // Sun, 06 Nov 1994 08:49:37 GMT, the RFC's own example

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (text, millis) in [
            ("120", 120_000),
            (" 0 ", 0),
            ("1.5", 2_000),
            ("2.0", 2_000),
            ("5, 10", 5_000),
            ("Sun, 06 Nov 1994 08:49:47 GMT", 10_000),
            ("Sun, 06 Nov 1994 08:49:27 GMT", 0),
            ("Sunday, 06-Nov-94 08:49:47 GMT", 10_000),
            ("Sun Nov  6 08:49:47 1994", 10_000),
            ("Sun, 06 Nov 1994 08:49:47 GMT, Mon, 07 Nov 1994 08:49:47 GMT", 10_000),
            ("4294967295", 4_294_967_295_000),
            ("99999999999999999999999", u64::MAX),
        ] {
            assert_eq!(parse_retry_after(text, NOW), Some(millis), "{text}");
        }
        for text in [
            "",
            "-1",
            "+1",
            "1.",
            ".5",
            "1e3",
            "never",
            "Sun, 06 Xxx 1994 08:49:37 GMT",
            "06 Nov",
            "Nov 6 25:00:00 1994",
        ] {
            assert_eq!(parse_retry_after(text, NOW), None, "{text}");
        }
    }

    #[test]
    fn two_digits_of_a_year_are_of_this_century_up_to_69() {
        assert_eq!(parse_http_date("Friday, 15-Jan-27 00:00:00 GMT"), parse_rfc3339("2027-01-15T00:00:00Z"));
        assert_eq!(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), Some(NOW));
    }
}
