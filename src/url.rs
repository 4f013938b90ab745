//! The one check of a URL. The core cannot call the browser's own, and the `url` crate is 67 KB of wasm.

use crate::text;

/// Whether this is a complete `http:` or `https:` URL that the `URL` constructor accepts, without user name or
/// password, and with a host that every parser reads the same way.
///
/// It is stricter than the constructor: it rejects white space, a backslash in place of a slash, numbers in place of an
/// IP address, and characters beyond ASCII in the host that look like punctuation.
#[must_use]
pub fn is_http_url(text: &str) -> bool {
    let Some(rest) = after_scheme(text).filter(|_| text.bytes().all(|byte| byte > b' ' && byte != 0x7f)) else {
        return false;
    };
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\'));
    let (authority, after) = end.and_then(|end| rest.split_at_checked(end)).unwrap_or((rest, ""));
    !after.starts_with('\\') && is_authority(authority)
}

/// The text after `http://` or `https://`.
pub(crate) fn after_scheme(text: &str) -> Option<&str> {
    let starts = |scheme: &&str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    ["https://", "http://"].iter().copied().find(starts).and_then(|scheme| text.get(scheme.len()..))
}

/// Whether a reference with another scheme, such as `asset://…`, can be displayed and copied as it is.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A host, optionally with a port.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| text::split_once(rest, b']')) {
        Some((address, rest)) if is_ipv6(address) => ("x", rest),
        Some(_) => return false,
        None => {
            text::rsplit_once(text, b':').map_or((text, ""), |(host, _)| (host, text.get(host.len()..).unwrap_or("")))
        }
    };
    is_port(port) && is_host(host)
}

/// An empty text, or a colon and a port number.
fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':');
    text.is_empty()
        || digits.is_some_and(|digits| {
            let number = digits.bytes().try_fold(0_u32, |number, byte| {
                let digit = char::from(byte).to_digit(10)?;
                (number < 10_000).then_some(number * 10 + digit)
            });
            number.is_some_and(|number| number <= 0xffff)
        })
}

fn is_host(text: &str) -> bool {
    let last = text::rsplit_once(text::trim_end(text, b'.'), b'.');
    let last = last.map_or(text, |(_, last)| last);
    let is_number = last.starts_with(|first: char| first.is_ascii_digit())
        && (last.bytes().all(|byte| byte.is_ascii_digit())
            || last.get(1..2).is_some_and(|x| x.eq_ignore_ascii_case("x")));
    !text.is_empty() && text.chars().all(is_of_a_host) && (!is_number || is_ipv4(text))
}

fn is_of_a_host(letter: char) -> bool {
    match letter {
        'a'..='z'
        | 'A'..='Z'
        | '0'..='9'
        | '-'
        | '.'
        | '_'
        | '~'
        | '!'
        | '$'
        | '&'
        | '\''
        | '('
        | ')'
        | '*'
        | '+'
        | ','
        | ';'
        | '='
        | '"'
        | '`'
        | '{'
        | '}' => true,
        // Spaces, directional marks, punctuation and symbols; and fullwidth letters, some of which normalise to a
        // slash.
        _ => {
            letter >= '\u{c0}'
                && !matches!(letter, '\u{2000}'..='\u{2fff}' | '\u{3000}'..='\u{3004}' | '\u{fdd0}'..='\u{ffff}' | '\u{61c}' | '\u{180e}' | '\u{1680}')
        }
    }
}

/// Four numbers, none above 255.
fn is_ipv4(text: &str) -> bool {
    let is_byte = |part: &str| {
        (1..=3).contains(&part.len())
            && (part == "0" || !part.starts_with('0'))
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part.len() < 3 || part <= "255")
    };
    text::split(text, b'.').all(is_byte) && text.bytes().filter(|byte| *byte == b'.').count() == 3
}

/// Eight groups of up to four hexadecimal digits, with zeros omitted at most once.
fn is_ipv6(text: &str) -> bool {
    let groups = text::split(text, b':').filter(|group| !group.is_empty()).count();
    let halves = text.as_bytes().windows(2).filter(|pair| *pair == b"::").count();
    let is_group = |group: &str| group.len() <= 4 && group.bytes().all(|byte| byte.is_ascii_hexdigit());
    let has_lone_end =
        (text.starts_with(':') && !text.starts_with("::")) || (text.ends_with(':') && !text.ends_with("::"));
    text::split(text, b':').all(is_group)
        && !has_lone_end
        && if halves == 1 { groups < 8 } else { halves == 0 && groups == 8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &[&str] = &[
        "http://127.0.0.1:1/a?b",
        "https://...",
        "https://a.example",
        "HTTPS://A.Example:443/x#y",
        "https://例え.jp/絵.png",
        "https://xn--r8jz45g.jp/",
        "https://a_b.example/~x/(1)/%20?q=a@b:c",
        "http://[::1]:8787/",
        "http://[2001:db8::1]/",
        "https://a.example?x=\\",
        "https://bücher.example/a\u{a0}b",
        "http://a.example:65535/",
        "http://a.example.:80/",
    ];

    const BAD: &[&str] = &[
        "",
        "/a",
        "data:,",
        "https://",
        "https:///a",
        "https://?a",
        "https://a b",
        "https://[::1",
        "https://[::1]x/",
        "https://[:1]/",
        "https://[1:2:3:4:5:6:7:8:9]/",
        "https://[1::2::3]/",
        "https://[g::1]/",
        "http://a:b/",
        "http://a:65536/",
        "http://a:999999999999/",
        "http://:80/",
        "https://user@a.example/",
        "https://user:pass@a.example/",
        "https://evil\\@good/",
        "https://a.example\\b",
        "https://a\u{a0}b/",
        "https://a\u{200b}b.example/",
        "https://a\u{202e}b.example/",
        "https://a\u{ff0f}b/",
        "https://a%2fb/",
        "https://a<b/",
        "https://a^b/",
        "https://a|b/",
        "https://256.1.1.1/",
        "https://1.2.3/",
        "https://1.2.3.4.5/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://a.0x7f/",
        "https://a.example/\u{7f}",
        "https://a.example/\nb",
        "javascript://a.example/%0aalert(1)",
        "ftp://a.example/",
    ];

    #[test]
    fn http_url_is_recognised() {
        for url in GOOD {
            assert!(is_http_url(url), "{url}");
        }
    }

    #[test]
    fn other_or_ambiguous_url_is_rejected() {
        for url in BAD {
            assert!(!is_http_url(url), "{url:?}");
        }
    }

    /// The `URL` of browsers accepts whatever is accepted here, with the same host and without a user.
    #[test]
    fn everything_accepted_is_valid_in_the_url_standard() {
        let alphabet: Vec<char> = "ab019.:/\\@[]?#%-_xX~ \u{a0}é例\u{200b}\u{202e}\u{ff0f}|^<".chars().collect();
        let mut seed = 1_u64;
        let mut draw = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % below
        };
        let mut accepted = 0;
        for _ in 0..200_000 {
            let len = 1 + draw(9);
            let text: String = "https://".chars().chain((0..len).map(|_| alphabet[draw(alphabet.len())])).collect();
            if is_http_url(&text) {
                accepted += 1;
                let parsed = url::Url::parse(&text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
                assert!(parsed.has_host() && parsed.username().is_empty() && parsed.password().is_none(), "{text:?}");
            }
        }
        assert!(accepted > 1_000, "{accepted} are too few to mean anything");
    }
}
