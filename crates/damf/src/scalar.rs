//! Keys, words and numbers of YAML as masters use it.

/// Takes a key and its colon from the start of a line: the key, and where what follows starts.
pub(crate) fn split_key(text: &str) -> Option<(String, usize)> {
    if text.starts_with(['"', '\'']) {
        let (key, used) = quoted(text)?;
        let rest = text[used..].trim_start();
        let at = text.len() - rest.len();
        let after = rest.strip_prefix(':')?;
        return (after.is_empty() || after.starts_with(' ')).then(|| (key, at + 1));
    }
    let colon = key_colon(text)?;
    Some((text[..colon].trim_end().to_owned(), colon + 1))
}

/// Where the colon behind a plain key is.
pub(crate) fn key_colon(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let legal = |at: &usize| matches!(bytes.get(at + 1), None | Some(b' ' | b'\t'));
    let colon = bytes.iter().enumerate().filter(|(_, b)| **b == b':').map(|(at, _)| at);
    let colon = colon.clone().find(legal)?;
    let key = &text[..colon];
    (!key.trim().is_empty() && !key.contains(" #") && !key.starts_with(['[', '{', '#']))
        .then_some(colon)
}

/// A plain value without its comment.
pub(crate) fn plain(text: &str) -> &str {
    let text = text.trim();
    if text.starts_with('#') {
        return "";
    }
    text.find(" #").map_or(text, |at| text[..at].trim_end())
}

/// A text in quotation marks at the start of a line, and how many bytes it takes; `None` when it does not
/// end or has an escape that there is none.
pub(crate) fn quoted(text: &str) -> Option<(String, usize)> {
    let mut chars = text.char_indices();
    let (_, mark) = chars.next()?;
    let mut out = String::new();
    while let Some((at, c)) = chars.next() {
        if c == '\'' && mark == '\'' && text[at + 1..].starts_with('\'') {
            chars.next();
            out.push('\'');
        } else if c == mark {
            return Some((out, at + 1));
        } else if c == '\\' && mark == '"' {
            out.push(escaped(&mut chars)?);
        } else {
            out.push(c);
        }
    }
    None
}

fn escaped(chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    let (_, kind) = chars.next()?;
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        '0' => return Some('\0'),
        'a' => return Some('\u{7}'),
        'b' => return Some('\u{8}'),
        't' | '\t' => return Some('\t'),
        'n' => return Some('\n'),
        'v' => return Some('\u{b}'),
        'f' => return Some('\u{c}'),
        'r' => return Some('\r'),
        'e' => return Some('\u{1b}'),
        'N' => return Some('\u{85}'),
        '_' => return Some('\u{a0}'),
        ' ' | '"' | '/' | '\\' => return Some(kind),
        _ => return None,
    };
    let mut code = 0;
    for _ in 0..digits {
        code = code * 16 + chars.next()?.1.to_digit(16)?;
    }
    // Half of a pair, as JSON writes what lies beyond 16 bits, is no letter alone.
    Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// A number; `-inf` in every spelling. Not a number is none.
pub(crate) fn number(text: &str) -> Option<f64> {
    match text {
        "-inf" | "-.inf" | "-Inf" | "-.Inf" | "-INF" | "-.INF" | "-infinity" => {
            return Some(f64::NEG_INFINITY);
        }
        _ => {}
    }
    let starts =
        text.trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
    text.parse::<f64>().ok().filter(|value| starts && value.is_finite())
}

/// A whole number from 0; `48000.0` is one too.
pub(crate) fn whole(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().or_else(|| {
        let (whole, rest) = text.split_once('.')?;
        whole.parse().ok().filter(|_| rest.bytes().all(|byte| byte == b'0'))
    })
}

/// A truth value in every spelling of YAML 1.1.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_end_at_a_colon_with_a_blank() {
        let key = |text| split_key(text);
        assert_eq!(key("a: b"), Some(("a".into(), 2)));
        assert_eq!(key("51-to-20_LsRs90degPhaseShift: true").unwrap().1, 29);
        assert_eq!(key("a:b: c"), Some(("a:b".into(), 4)));
        assert_eq!(key("\"a: b\" : c"), Some(("a: b".into(), 8)));
        assert_eq!(key("'it''s':"), Some(("it's".into(), 8)));
        for none in ["a:b", "plain", ": x", "[a: b]", "{a: b}", "\"a\"", "x # y: z", ""] {
            assert_eq!(key(none), None, "{none}");
        }
    }

    #[test]
    fn texts_in_quotation_marks_end_where_they_end() {
        assert_eq!(quoted(r#""a\"b\\" rest"#), Some((r#"a"b\"#.into(), 8)));
        assert_eq!(quoted(r#""\u00e9\x41\t""#), Some(("éA\t".into(), 14)));
        assert_eq!(quoted("'a''b'"), Some(("a'b".into(), 6)));
        for none in ["\"open", "'open", r#""\q""#, r#""\u00"#] {
            assert_eq!(quoted(none), None, "{none}");
        }
    }

    #[test]
    fn numbers_and_words_are_those_of_masters() {
        assert_eq!(
            (number("-6.5"), number("1e-3"), number("+1")),
            (Some(-6.5), Some(1e-3), Some(1.0))
        );
        assert_eq!(number("-inf"), Some(f64::NEG_INFINITY));
        for none in ["nan", "inf", "infinity", "", "1,5", "0x10", "1e999"] {
            assert_eq!(number(none), None, "{none}");
        }
        assert_eq!(
            (whole("12"), whole("12.0"), whole("-1"), whole("1.5")),
            (Some(12), Some(12), None, None)
        );
        assert_eq!((truth("On"), truth("false"), truth("1")), (Some(true), Some(false), None));
        assert_eq!((plain("a # b"), plain("# b"), plain(" a#b ")), ("a", "", "a#b"));
    }
}
