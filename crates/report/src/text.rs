//! Words and numbers on their way into SVG, HTML and JSON.

use std::fmt::Write;

/// Longest name shown, in characters.
const MOST_CHARS: usize = 60;

/// A name as it is shown: one line, not too long, nothing that XML forbids or that turns the
/// direction of the text after it.
pub(crate) fn clean(name: &str) -> String {
    let plain = |c: char| match c {
        c if c.is_control() => '\u{fffd}',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    };
    let mut shown: String = name.chars().take(MOST_CHARS).map(plain).collect();
    if name.chars().nth(MOST_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// A text between tags or in a quoted attribute of XML or HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// JSON that may stand inside a `script` element: no tag and no comment can begin in it.
pub(crate) fn json_in_script(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// A length in pixels with one decimal, as short as it can be written.
pub(crate) fn px(value: f64) -> String {
    let mut text = String::new();
    push_px(&mut text, value);
    text
}

/// Appends [`px`].
pub(crate) fn push_px(out: &mut String, value: f64) {
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    // Writing to a string cannot fail.
    let _ = match (whole, rest) {
        (whole, 0) => write!(out, "{sign}{whole}"),
        (0, rest) => write!(out, "{sign}.{rest}"),
        (whole, rest) => write!(out, "{sign}{whole}.{rest}"),
    };
}

/// Hours, minutes, seconds and milliseconds.
pub(crate) fn clock(seconds: f64) -> String {
    let ms = (seconds * 1000.0).round() as u64;
    let (s, ms) = (ms / 1000, ms % 1000);
    format!("{}:{:02}:{:02}.{ms:03}", s / 3600, s / 60 % 60, s % 60)
}

/// Width of a text in pixels at a font size, about: nobody here has the font at hand.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '!' | '\'' | ' ' | 'I' | 't' | 'f'
        | 'r' => 0.32,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.88,
        c if c.is_ascii_uppercase() => 0.68,
        c if (c as u32) < 0x1100 => 0.56,
        _ => 1.0,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// As much of a text as fits into a width.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut short = text.to_owned();
    while short.pop().is_some() && width(&short, size) + size > room {}
    format!("{}…", short.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_short_and_rounded() {
        for (value, text) in [
            (0.0, "0"),
            (-0.04, "0"),
            (0.5, ".5"),
            (-0.26, "-.3"),
            (12.0, "12"),
            (99.96, "100"),
            (-7.25, "-7.3"),
        ] {
            assert_eq!(px(value), text);
        }
    }

    #[test]
    fn clocks_carry_into_the_next_unit() {
        assert_eq!(clock(3599.9996), "1:00:00.000");
        assert_eq!(clock(62.5), "0:01:02.500");
    }

    #[test]
    fn nothing_in_a_name_ends_a_tag_an_attribute_or_a_script() {
        let name = "</script><!--\"'&\u{0}\u{202e}";
        let shown = clean(name);
        assert!(!shown.contains('\u{0}') && !shown.contains('\u{202e}'));
        assert_eq!(escape(&shown), "&lt;/script&gt;&lt;!--&quot;&#39;&amp;\u{fffd}\u{fffd}");
        let json = json_in_script(&serde_json::json!([shown]));
        assert!(!json.contains('<') && !json.contains('>') && !json.contains('&'));
        let back: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(back[0], shown.as_str());
    }

    #[test]
    fn long_names_are_cut_to_what_fits() {
        assert_eq!(clean(&"ab".repeat(1000)).chars().count(), MOST_CHARS + 1);
        let short = fit("A very long name of an object", 12.0, 80.0);
        assert!(short.ends_with('…') && width(&short, 12.0) <= 82.0, "{short}");
        assert_eq!(fit("Kick", 12.0, 80.0), "Kick");
    }
}
