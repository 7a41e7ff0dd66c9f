//! What stands in brackets.

use crate::DamfError;
use crate::node::{MAX_DEPTH, MAX_NODES, Node, Value};
use crate::scalar::{plain, quoted};

/// Reads lists and mappings in brackets.
#[derive(Debug)]
pub(crate) struct Flow<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    /// Column of the first byte, from 1.
    column: usize,
    /// Nesting around it.
    depth: usize,
    nodes: usize,
}

impl<'a> Flow<'a> {
    pub(crate) fn new(text: &'a str, line: u32, column: usize, depth: usize) -> Self {
        Self { text, at: 0, line, column, depth, nodes: 0 }
    }

    /// Values read.
    pub(crate) fn nodes(&self) -> usize {
        self.nodes
    }

    /// The value, when its brackets close and nothing but a comment follows; `None` when the text ends
    /// before.
    pub(crate) fn document(&mut self) -> Result<Option<Node>, DamfError> {
        let Some(node) = self.value(self.depth, false)? else { return Ok(None) };
        if plain(&self.text[self.at..]).is_empty() {
            return Ok(Some(node));
        }
        self.blanks();
        Err(self.malformed("something follows the closing bracket"))
    }

    fn malformed(&self, message: &str) -> DamfError {
        DamfError::malformed(self.line, self.column + self.at, message)
    }

    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// A value; plain ones end at a comma or bracket, keys at a colon too.
    fn value(&mut self, depth: usize, is_key: bool) -> Result<Option<Node>, DamfError> {
        self.nodes += 1;
        let (line, too_deep) = (self.line, depth > MAX_DEPTH);
        if too_deep || self.nodes > MAX_NODES {
            let what = "there are too many values in brackets";
            return Err(DamfError::TooLarge { line, what, allowed: MAX_DEPTH });
        }
        self.blanks();
        let column = self.column + self.at;
        let value = match self.next() {
            None => return Ok(None),
            Some(b'[') => self.list(depth)?,
            Some(b'{') => self.map(depth)?,
            Some(b'"' | b'\'') => match quoted(&self.text[self.at..]) {
                Some((text, used)) => {
                    self.at += used;
                    Some(Value::Text(text))
                }
                None => return Err(self.malformed("a text in quotation marks does not end")),
            },
            Some(_) => {
                let rest = &self.text[self.at..];
                let ends =
                    |c: char| matches!(c, ',' | ']' | '}' | '[' | '{') || (is_key && c == ':');
                let end = rest.find(ends).unwrap_or(rest.len());
                self.at += end;
                Some(Value::Text(plain(&rest[..end]).to_owned()))
            }
        };
        Ok(value.map(|value| Node { line, column, value }))
    }

    fn list(&mut self, depth: usize) -> Result<Option<Value>, DamfError> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blanks();
            if self.next() == Some(b']') {
                self.at += 1;
                return Ok(Some(Value::List(items)));
            }
            let Some(item) = self.value(depth + 1, false)? else { return Ok(None) };
            items.push(item);
            if !self.comma(b']')? {
                return Ok(None);
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Option<Value>, DamfError> {
        self.at += 1;
        let mut pairs = Vec::new();
        loop {
            self.blanks();
            if self.next() == Some(b'}') {
                self.at += 1;
                return Ok(Some(Value::Map(pairs)));
            }
            let Some(key) = self.value(depth + 1, true)? else { return Ok(None) };
            let Some(text) = key.text().map(str::to_owned) else {
                return Err(self.malformed("a key is a word"));
            };
            self.blanks();
            match self.next() {
                None => return Ok(None),
                Some(b':') => self.at += 1,
                Some(_) => return Err(self.malformed("a colon belongs behind a key")),
            }
            let Some(value) = self.value(depth + 1, false)? else { return Ok(None) };
            pairs.push((text, value));
            if !self.comma(b'}')? {
                return Ok(None);
            }
        }
    }

    /// Passes a comma, or stays at the bracket that closes; `false` at the end of the text.
    fn comma(&mut self, close: u8) -> Result<bool, DamfError> {
        self.blanks();
        match self.next() {
            None => Ok(false),
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => Ok(true),
            Some(_) => Err(self.malformed("a comma or a closing bracket belongs here")),
        }
    }
}
