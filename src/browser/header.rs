//! The response headers that are used.

use super::clock;
use crate::text;
use crate::time::{parse_http_date, parse_retry_after};

/// `Retry-After` in milliseconds. A date is compared with the response's own `Date`, if it has one.
pub(super) fn retry_after(header: &dyn Fn(&str) -> Option<String>) -> Option<u64> {
    let value = header("retry-after")?;
    let now = header("date").and_then(|date| parse_http_date(&date)).unwrap_or_else(clock::wall);
    parse_retry_after(&value, now)
}

/// Finds a header's value in a list with one header per line.
pub(super) fn find(headers: &str, name: &str) -> Option<String> {
    text::split(headers, b'\n').find_map(|line| {
        let (its_name, value) = text::split_once(line, b':')?;
        its_name.trim_ascii().eq_ignore_ascii_case(name).then(|| value.trim_ascii().to_owned())
    })
}
