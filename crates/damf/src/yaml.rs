//! Texts and numbers as YAML scalars that old and new readers take alike.

use std::io::{self, Write};

/// A text: plain where nobody could take it for anything else, in double quotes otherwise.
pub fn text(value: &str) -> String {
    if is_plain(value) {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            // Line ends of Unicode and the byte order mark would be read as something else.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_plain(value: &str) -> bool {
    const WORDS: [&str; 10] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "inf"];
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.');
    value.starts_with(|c: char| c.is_ascii_alphabetic())
        && value.chars().all(legal)
        && !value.ends_with(' ')
        && !WORDS.contains(&value.to_ascii_lowercase().as_str())
}

/// A number with as many of ten decimals as it needs; zero has no sign.
pub(crate) fn number(value: f64, scratch: &mut Vec<u8>, out: &mut impl Write) -> io::Result<()> {
    scratch.clear();
    write!(scratch, "{value:.10}")?;
    while scratch.ends_with(b"0") {
        scratch.pop();
    }
    if scratch.ends_with(b".") {
        scratch.pop();
    }
    let text: &[u8] = if scratch == b"-0" { b"0" } else { scratch };
    out.write_all(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(value: f64) -> String {
        let mut out = vec![];
        number(value, &mut vec![], &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_have_ten_decimals_at_most_and_no_signed_zero() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-1e-12, "0"),
            (1.0, "1"),
            (-0.5, "-0.5"),
            (10.0, "10"),
            (1.0 / 3.0, "0.3333333333"),
            (-6.020_599_913_3, "-6.0205999133"),
        ] {
            assert_eq!(printed(value), text);
        }
    }

    #[test]
    fn what_could_be_taken_for_something_else_is_quoted() {
        assert_eq!(text("Lead vox 1.atmos"), "Lead vox 1.atmos");
        for (value, quoted) in [
            ("", "\"\""),
            ("off", "\"off\""),
            ("No", "\"No\""),
            ("12", "\"12\""),
            ("a: b", "\"a: b\""),
            ("a # b", "\"a # b\""),
            ("Été", "\"Été\""),
            ("say \"hi\\\"", "\"say \\\"hi\\\\\\\"\""),
            ("a\nb\u{2028}", "\"a\\u000ab\\u2028\""),
            ("end ", "\"end \""),
        ] {
            assert_eq!(text(value), quoted);
        }
    }
}
