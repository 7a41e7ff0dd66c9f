//! XML in UTF-16 as UTF-8: XML may be either, and readers of ADM know one of them.

use std::io::{self, BufRead, ErrorKind, Read};

/// Units of UTF-16 that are decoded at a time.
const UNITS: usize = 4096;

/// A text that is passed on as it is unless it starts like UTF-16.
#[derive(Debug)]
pub(crate) struct Utf8<R> {
    inner: R,
    /// Known after the first look.
    form: Option<Form>,
    out: Vec<u8>,
    taken: usize,
    /// The first half of a unit, and of a pair of them.
    byte: Option<u8>,
    high: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    LittleEndian,
    BigEndian,
}

impl Form {
    /// By its byte order mark, or by the first character, which is `<`. [XML-1.0 F.1]
    fn of(start: &[u8]) -> Self {
        match start {
            [0xff, 0xfe, ..] | [b'<', 0, ..] => Self::LittleEndian,
            [0xfe, 0xff, ..] | [0, b'<', ..] => Self::BigEndian,
            _ => Self::Plain,
        }
    }
}

impl<R: BufRead> Utf8<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, form: None, out: Vec::new(), taken: 0, byte: None, high: None }
    }

    /// Decodes some more; nothing is left in `out` at the end of the text.
    fn decode(&mut self, form: Form) -> io::Result<()> {
        self.out.clear();
        self.taken = 0;
        while self.out.is_empty() {
            let bytes = self.inner.fill_buf()?;
            let count = bytes.len().min(2 * UNITS);
            if count == 0 {
                let whole = self.byte.is_none() && self.high.is_none();
                return if whole { Ok(()) } else { Err(broken()) };
            }
            for byte in &bytes[..count] {
                let Some(first) = self.byte.take() else {
                    self.byte = Some(*byte);
                    continue;
                };
                let unit = match form {
                    Form::BigEndian => u16::from_be_bytes([first, *byte]),
                    _ => u16::from_le_bytes([first, *byte]),
                };
                push(&mut self.out, &mut self.high, unit)?;
            }
            self.inner.consume(count);
        }
        Ok(())
    }
}

fn push(out: &mut Vec<u8>, high: &mut Option<u16>, unit: u16) -> io::Result<()> {
    const MARK: u16 = 0xfeff;
    let units = match high.take() {
        None if unit == MARK => return Ok(()),
        None if (0xd800..0xdc00).contains(&unit) => {
            *high = Some(unit);
            return Ok(());
        }
        None => [None, Some(unit)],
        before => [before, Some(unit)],
    };
    for decoded in char::decode_utf16(units.into_iter().flatten()) {
        let character = decoded.map_err(|_| broken())?;
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(())
}

fn broken() -> io::Error {
    io::Error::new(
        ErrorKind::InvalidData,
        "the text starts as UTF-16 and goes on as something else",
    )
}

impl<R: BufRead> BufRead for Utf8<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let form = match self.form {
            Some(form) => form,
            None => *self.form.insert(Form::of(self.inner.fill_buf()?)),
        };
        if form == Form::Plain {
            return self.inner.fill_buf();
        }
        if self.taken == self.out.len() {
            self.decode(form)?;
        }
        Ok(&self.out[self.taken..])
    }

    fn consume(&mut self, count: usize) {
        match self.form {
            Some(Form::LittleEndian | Form::BigEndian) => self.taken += count,
            _ => self.inner.consume(count),
        }
    }
}

impl<R: BufRead> Read for Utf8<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(into.len());
        into[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    const TEXT: &str = "<a name=\"Ödön 𝄞 x\">\u{20ac}</a>";

    fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn read(bytes: &[u8], step: usize) -> io::Result<String> {
        let mut text = String::new();
        Utf8::new(BufReader::with_capacity(step, bytes)).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn utf_16_of_either_order_with_and_without_a_mark_is_the_same_text() {
        let marked = format!("\u{feff}{TEXT}");
        for text in [TEXT, &marked] {
            for bytes in [wide(text, u16::to_le_bytes), wide(text, u16::to_be_bytes)] {
                // Units and pairs are torn apart between reads.
                for step in [2, 3, 5, 7, 4096] {
                    assert_eq!(read(&bytes, step).unwrap(), TEXT, "{step}");
                }
            }
        }
    }

    #[test]
    fn utf_8_is_passed_on_and_torn_utf_16_is_an_error() {
        for text in [TEXT, "", "<", "\u{feff}<a/>"] {
            assert_eq!(read(text.as_bytes(), 3).unwrap(), text);
        }
        let bytes = wide("<\u{1d11e}", u16::to_le_bytes);
        for cut in [3, 4, 5] {
            assert!(read(&bytes[..cut], 4096).is_err(), "{cut}");
        }
        let alone = [&bytes[..2], &bytes[4..], &bytes[..2]].concat();
        assert!(read(&alone, 4096).is_err());
    }
}
