//! The three ways in which answers write a time, read without a date library.

/// Milliseconds since 1970 of an RFC 3339 time such as `2025-01-15T10:15:00Z` or `2026-06-19T10:00:00.5+02:00`.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    let mut text = Reader(text.as_bytes());
    let year = text.number()?;
    text.eat(b"-")?;
    let month = text.number()?;
    text.eat(b"-")?;
    let days = days_since_1970(year, month, text.number()?)?;
    text.eat(b"Tt ")?;
    let seconds = days * 86_400 + text.seconds_of_day()?;
    let millis = text.millis();
    let seconds = seconds - text.offset_seconds()?;
    text.0.is_empty().then_some(())?;
    u64::try_from(seconds * 1000 + millis).ok()
}

/// `Retry-After` in milliseconds from `now_millis`: whole seconds, or a date (RFC 9110 §10.2.3). A date in the past is no wait.
#[must_use]
pub fn parse_retry_after(text: &str, now_millis: u64) -> Option<u64> {
    let mut text = Reader(text.as_bytes().trim_ascii());
    let mut seconds = Reader(text.0);
    match seconds.number() {
        Some(number) if seconds.0.is_empty() => u64::try_from(number * 1000).ok(),
        _ => Some(text.http_date()?.saturating_sub(now_millis)),
    }
}

/// A text, read from its start.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// The next byte, if it is one of these.
    #[inline(never)]
    fn eat(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        wanted.contains(first).then_some(())?;
        self.0 = rest;
        Some(*first)
    }

    fn digit(&mut self) -> Option<i64> {
        self.eat(b"0123456789").map(|digit| i64::from(digit - b'0'))
    }

    /// Only digits, at most nine: no sign, no overflow. Whoever reads on refuses a tenth.
    #[inline(never)]
    fn number(&mut self) -> Option<i64> {
        let mut number = self.digit()?;
        for _ in 1..9 {
            let Some(digit) = self.digit() else { break };
            number = number * 10 + digit;
        }
        Some(number)
    }

    /// An IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT`, in milliseconds since 1970.
    fn http_date(&mut self) -> Option<u64> {
        const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
        while self.eat(b" ").is_none() {
            self.0 = self.0.get(1..)?;
        }
        let day = self.number()?;
        self.eat(b" ")?;
        let (name, rest) = self.0.split_at_checked(3)?;
        self.0 = rest;
        let month = (1..).zip(MONTHS.chunks_exact(3)).find_map(|(number, month)| (month == name).then_some(number))?;
        self.eat(b" ")?;
        let year = self.number()?;
        self.eat(b" ")?;
        let seconds = days_since_1970(year, month, day)? * 86_400 + self.seconds_of_day()?;
        u64::try_from(seconds * 1000).ok()
    }

    fn seconds_of_day(&mut self) -> Option<i64> {
        let hours = self.number()?;
        self.eat(b":")?;
        let minutes = self.number()?;
        self.eat(b":")?;
        let seconds = self.number()?;
        (hours < 24 && minutes < 60 && seconds <= 60).then_some(hours * 3600 + minutes * 60 + seconds)
    }

    /// What follows a point, if there is one; more than three digits are cut.
    fn millis(&mut self) -> i64 {
        let (mut millis, mut scale) = (0, 1000);
        if self.eat(b".").is_some() {
            while let Some(digit) = self.digit() {
                scale /= 10;
                millis += digit * scale;
            }
        }
        millis
    }

    /// Seconds east of UTC.
    fn offset_seconds(&mut self) -> Option<i64> {
        let sign = match self.eat(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.number()?;
        self.eat(b":")?;
        Some(sign * (hours * 3600 + self.number()? * 60))
    }
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
