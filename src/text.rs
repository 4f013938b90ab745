//! The few operations on text that are needed, in little code: std's searchers and joiners are 4 KB of wasm.

/// Concatenates the parts.
#[must_use]
pub(crate) fn concat(parts: &[&str]) -> String {
    parts.iter().copied().collect()
}

/// Joins the items with a separator.
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

/// Splits the text at the first of these bytes, which must be ASCII.
#[must_use]
pub(crate) fn split_once(text: &str, at: u8) -> Option<(&str, &str)> {
    around(text, text.bytes().position(|byte| byte == at)?)
}

/// Splits the text at each of these bytes, which must be ASCII.
pub(crate) fn split(text: &str, at: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let (part, after) = split_once(text, at).map_or((text, None), |(part, after)| (part, Some(after)));
        rest = after;
        Some(part)
    })
}

/// Splits the text at the last of these bytes, which must be ASCII.
#[must_use]
pub(crate) fn rsplit_once(text: &str, at: u8) -> Option<(&str, &str)> {
    around(text, text.bytes().rposition(|byte| byte == at)?)
}

fn around(text: &str, place: usize) -> Option<(&str, &str)> {
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// Removes these bytes, which must be ASCII, from the end of the text.
#[must_use]
pub(crate) fn trim_end(text: &str, byte: u8) -> &str {
    let len = text.bytes().rposition(|other| other != byte).map_or(0, |last| last + 1);
    text.get(..len).unwrap_or(text)
}

/// Decodes bytes as text. If they are not UTF-8, each byte that is not ASCII becomes U+FFFD: std's own function, which
/// keeps valid characters, is 1 KB of wasm.
#[must_use]
pub(crate) fn lossy(bytes: &[u8]) -> String {
    let ascii = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER };
    core::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(ascii).collect(), str::to_owned)
}

/// The text before the first of these bytes, or all of it.
#[must_use]
pub(crate) fn before(text: &str, at: u8) -> &str {
    split_once(text, at).map_or(text, |(before, _)| before)
}

/// The first position of `needle` in `bytes`. Not inlined, because there are many calls.
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
    fn texts_are_split_at_the_first_or_the_last() {
        assert_eq!(split_once("a.b.c", b'.'), Some(("a", "b.c")));
        assert_eq!(rsplit_once("ä.ö.ü", b'.'), Some(("ä.ö", "ü")));
        assert_eq!((split_once("abc", b'.'), rsplit_once("", b'.')), (None, None));
        assert_eq!((trim_end("a.b..", b'.'), trim_end("..", b'.'), trim_end("ß", b'.')), ("a.b", "", "ß"));
        assert_eq!((before("a;b", b';'), before("ab", b';')), ("a", "ab"));
    }

    #[test]
    fn texts_are_joined() {
        assert_eq!(concat(&["a", "", "ß"]), "aß");
        assert_eq!(join(&["", "b"], ", "), ", b");
        assert_eq!(join(&[""; 0], ", "), "");
    }
}
