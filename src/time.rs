//! The three ways in which answers write a time, read without a date library: all have their digits at fixed places.

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

/// `Retry-After` in milliseconds from `now_millis`: whole seconds, or a date (RFC 9110 §10.2.3). A date in the past is no wait.
#[must_use]
pub fn parse_retry_after(text: &str, now_millis: u64) -> Option<u64> {
    let text = text.trim_ascii().as_bytes();
    match number(text, 0, text.len()) {
        Some(seconds) => u64::try_from(seconds).ok()?.checked_mul(1000),
        None => Some(parse_http_date(text)?.saturating_sub(now_millis)),
    }
}

/// Milliseconds since 1970 of an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn parse_http_date(text: &[u8]) -> Option<u64> {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = (1..).zip(MONTHS.chunks(3)).find_map(|(number, name)| (name == text.get(8..11)?).then_some(number))?;
    let day = days_since_1970(number(text, 12, 4)?, month, number(text, 5, 2)?)?;
    u64::try_from((day * 86_400 + seconds_of_day(text, 17)?) * 1000).ok()
}

/// The number in so many digits there, at most nine: no sign, no overflow.
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
    fn refuses_what_is_no_time() {
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

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = 784_111_777_000; // Sun, 06 Nov 1994 08:49:37 GMT, the RFC's own example
        assert_eq!(parse_retry_after("120", now), Some(120_000));
        assert_eq!(parse_retry_after(" 0 ", now), Some(0));
        assert_eq!(parse_retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(10_000));
        assert_eq!(parse_retry_after("Sun, 06 Nov 1994 08:49:27 GMT", now), Some(0));
        for text in ["", "-1", "1.5", "never", "Sun, 06 Xxx 1994 08:49:37 GMT", "99999999999999999999"] {
            assert_eq!(parse_retry_after(text, now), None, "{text}");
        }
    }
}
