//! The three ways in which answers write a time, read without a date library.

/// Milliseconds since 1970 of an RFC 3339 time such as `2025-01-15T10:15:00Z` or `2026-06-19T10:00:00.5+02:00`.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let mut date = date.split('-');
    let (year, month, day) = (number(date.next()?)?, number(date.next()?)?, number(date.next()?)?);
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = rest.split_at_checked(zone_at)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let seconds = days_since_1970(year, month, day)? * 86_400 + seconds_of_day(clock)? - offset_seconds(zone)?;
    u64::try_from(seconds * 1000 + millis(fraction)?).ok()
}

/// `Retry-After` in milliseconds from `now_millis`: whole seconds, or a date (RFC 9110 §10.2.3). A date in the past is no wait.
#[must_use]
pub fn parse_retry_after(text: &str, now_millis: u64) -> Option<u64> {
    let text = text.trim();
    match number(text) {
        Some(seconds) => u64::try_from(seconds).ok()?.checked_mul(1000),
        None => Some(parse_http_date(text)?.saturating_sub(now_millis)),
    }
}

/// Milliseconds since 1970 of an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn parse_http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split(' ').skip(1);
    let day = number(words.next()?)?;
    let month = words.next()?;
    let month = (1..).zip(MONTHS).find_map(|(number, name)| (name == month).then_some(number))?;
    let year = number(words.next()?)?;
    let seconds = days_since_1970(year, month, day)? * 86_400 + seconds_of_day(words.next()?)?;
    u64::try_from(seconds * 1000).ok()
}

/// Only digits, at most nine: no sign, no overflow.
fn number(text: &str) -> Option<i64> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// `""` is none; more than three digits are cut.
fn millis(fraction: &str) -> Option<i64> {
    let digits = fraction.get(..fraction.len().min(3))?;
    let scale = [1, 100, 10, 1].get(digits.len())?;
    if digits.is_empty() { Some(0) } else { Some(number(digits)? * scale) }
}

fn seconds_of_day(clock: &str) -> Option<i64> {
    let mut parts = clock.split(':');
    let (hours, minutes, seconds) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    (hours < 24 && minutes < 60 && seconds <= 60 && parts.next().is_none())
        .then_some(hours * 3600 + minutes * 60 + seconds)
}

/// Seconds east of UTC.
fn offset_seconds(zone: &str) -> Option<i64> {
    let sign = match zone.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return (zone.len() == 1).then_some(0),
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    Some(sign * (number(hours)? * 3600 + number(minutes)? * 60))
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
