//! The few things that are done to texts, in as few bytes of code as they take: std's searchers and joiners are 4 KB of wasm.

/// These parts, one after another.
#[must_use]
pub(crate) fn concat(parts: &[&str]) -> String {
    parts.iter().copied().collect()
}

/// These items with a separator between them.
#[must_use]
pub(crate) fn join(items: &[impl AsRef<str>], separator: &str) -> String {
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(separator);
        }
        out.push_str(item.as_ref());
    }
    out
}

/// What stands before the first of these bytes, which must be ASCII, and what stands after it.
#[must_use]
pub(crate) fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    around(text, text.bytes().position(|byte| byte == at)?)
}

/// What stands between these bytes, which must be ASCII.
pub(crate) fn split(text: &str, at: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let (part, after) = cut(text, at).map_or((text, None), |(part, after)| (part, Some(after)));
        rest = after;
        Some(part)
    })
}

/// What stands before the last of these bytes, which must be ASCII, and what stands after it.
#[must_use]
pub(crate) fn cut_last(text: &str, at: u8) -> Option<(&str, &str)> {
    around(text, text.bytes().rposition(|byte| byte == at)?)
}

fn around(text: &str, place: usize) -> Option<(&str, &str)> {
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// The text without any of these bytes, which must be ASCII, at its end.
#[must_use]
pub(crate) fn without_last(text: &str, byte: u8) -> &str {
    let len = text.bytes().rposition(|other| other != byte).map_or(0, |last| last + 1);
    text.get(..len).unwrap_or(text)
}

/// The bytes as a text. Where they are no UTF-8, U+FFFD stands for each that is not ASCII: std's own way, which keeps what
/// is good, is 1 KB of wasm.
#[must_use]
pub(crate) fn lossy(bytes: &[u8]) -> String {
    let ascii = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER };
    core::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(ascii).collect(), str::to_owned)
}

/// What stands before the first of these bytes, or all of it.
#[must_use]
pub(crate) fn until(text: &str, at: u8) -> &str {
    cut(text, at).map_or(text, |(before, _)| before)
}

/// The first position of `needle` in `bytes`. Called, not inlined, as it is asked for in many places.
#[inline(never)]
#[must_use]
pub(crate) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    // Comparing the first byte on its own is much faster, as few are the same.
    let first = needle.first();
    bytes.windows(needle.len().max(1)).position(|part| part.first() == first && part == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_the_first_or_the_last() {
        assert_eq!(cut("a.b.c", b'.'), Some(("a", "b.c")));
        assert_eq!(cut_last("ä.ö.ü", b'.'), Some(("ä.ö", "ü")));
        assert_eq!((cut("abc", b'.'), cut_last("", b'.')), (None, None));
        assert_eq!((without_last("a.b..", b'.'), without_last("..", b'.'), without_last("ß", b'.')), ("a.b", "", "ß"));
        assert_eq!((until("a;b", b';'), until("ab", b';')), ("a", "ab"));
    }

    #[test]
    fn texts_are_put_together() {
        assert_eq!(concat(&["a", "", "ß"]), "aß");
        assert_eq!(join(&["", "b"], ", "), ", b");
        assert_eq!(join(&[""; 0], ", "), "");
    }
}
