//! An ADM document piece by piece: one whole element at a time, and channels block by block.
//!
//! A channel may have hundreds of megabytes of blocks, everything else is small. So a channel comes
//! as its start, each of its children, and its end; every other element comes whole.

use crate::AdmError;
use crate::bounded::Bounded;
use crate::collect::Fault;
use crate::node::Node;
use crate::read::{ReadLimits, reader_error};
use crate::utf8::Utf8;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::io::BufRead;

/// What one element costs besides its text.
const NODE_OVERHEAD: usize = 128;

/// A part of an ADM document.
#[derive(Debug)]
pub(crate) enum Piece {
    /// The root element, without what is in it; `xmlns` is its only attribute.
    Root(Node),
    /// The start of `audioFormatExtended`.
    Extended(Node),
    /// A whole child of `audioFormatExtended`.
    Element(Node),
    /// The start of an `audioChannelFormat`.
    Channel(Node),
    /// A whole child of the channel.
    Part(Node),
    /// The end of the channel.
    ChannelEnd,
}

/// Reads the pieces of a document, whatever its root.
pub(crate) struct Pieces<R> {
    xml: quick_xml::Reader<Bounded<Utf8<R>>>,
    limits: ReadLimits,
    buffer: Vec<u8>,
    depth: usize,
    any_element: bool,
    /// Depths at which `audioFormatExtended` and a channel are open.
    extended: Option<usize>,
    channel: Option<usize>,
    /// The element being built, outermost first, and what it costs so far.
    open: Vec<Node>,
    cost: usize,
    /// The end of an element whose start was told last.
    pending: Option<Piece>,
}

impl<R: BufRead> Pieces<R> {
    pub(crate) fn new(reader: R, limits: ReadLimits) -> Self {
        let bounded =
            Bounded { inner: Utf8::new(reader), left: limits.event_bytes, exhausted: false };
        Self {
            xml: quick_xml::Reader::from_reader(bounded),
            limits,
            buffer: Vec::new(),
            depth: 0,
            any_element: false,
            extended: None,
            channel: None,
            open: Vec::new(),
            cost: 0,
            pending: None,
        }
    }

    /// Bytes read so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.xml.buffer_position()
    }

    /// The next piece; `None` at the end of a whole document.
    pub(crate) fn next(&mut self) -> Result<Option<Piece>, AdmError> {
        if let Some(piece) = self.pending.take() {
            return Ok(Some(piece));
        }
        loop {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            self.xml.get_mut().left = self.limits.event_bytes;
            let start = self.xml.buffer_position();
            let event = match self.xml.read_event_into(&mut buffer) {
                Ok(event) => event,
                Err(error) => {
                    let offset = self.xml.buffer_position();
                    return Err(if self.xml.get_ref().exhausted {
                        Fault::Event.at(offset, &self.limits)
                    } else {
                        reader_error(error, offset)
                    });
                }
            };
            if matches!(event, Event::Eof) {
                if self.depth > 0 || !self.any_element {
                    let message = "the text ends before its root element does".to_owned();
                    return Err(AdmError::Malformed { offset: start, message });
                }
                return Ok(None);
            }
            let piece = self.take(&event, start);
            drop(event);
            self.buffer = buffer;
            if let Some(piece) = piece.map_err(|fault| fault.at(start, &self.limits))? {
                return Ok(Some(piece));
            }
        }
    }

    fn take(&mut self, event: &Event<'_>, offset: u64) -> Result<Option<Piece>, Fault> {
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > self.limits.depth {
                    return Err(Fault::Depth);
                }
                self.start(tag, offset)
            }
            Event::Empty(tag) => {
                self.depth += 1;
                let started = self.start(tag, offset)?;
                let ended = self.end()?;
                if started.is_none() {
                    return Ok(ended);
                }
                self.pending = ended;
                Ok(started)
            }
            Event::End(_) => self.end(),
            Event::Text(text) => self.append(&text.xml10_content()).map(|()| None),
            Event::CData(text) => self.append(&text.xml10_content()).map(|()| None),
            Event::GeneralRef(entity) => self.append_entity(entity).map(|()| None),
            _ => Ok(None),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, offset: u64) -> Result<Option<Piece>, Fault> {
        if self.depth == 1 {
            if self.any_element {
                return Err(Fault::Text("there is a second root element".into()));
            }
            self.any_element = true;
            let mut root = Node::of(tag, offset)?;
            let space = tag.try_get_attribute("xmlns").map_err(|e| Fault::Text(e.to_string()))?;
            let space = space.map(|a| a.value.into_owned()).unwrap_or_default();
            root.attributes = vec![("xmlns".to_owned(), space)];
            if root.name == "audioFormatExtended" {
                self.extended = Some(1);
            }
            return Ok(Some(Piece::Root(root)));
        }
        if self.extended.is_none() {
            if tag.local_name().as_ref() != "audioFormatExtended" {
                return Ok(None);
            }
            self.extended = Some(self.depth);
            return Node::of(tag, offset).map(|node| Some(Piece::Extended(node)));
        }
        let node = Node::of(tag, offset)?;
        if self.open.is_empty() && self.channel.is_none() && node.name == "audioChannelFormat" {
            self.channel = Some(self.depth);
            return Ok(Some(Piece::Channel(node)));
        }
        let texts = node.attributes.iter().map(|(key, value)| key.len() + value.len());
        self.charge(node.name.len() + NODE_OVERHEAD + texts.sum::<usize>())?;
        self.open.push(node);
        Ok(None)
    }

    fn end(&mut self) -> Result<Option<Piece>, Fault> {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1);
        if let Some(mut node) = self.open.pop() {
            node.text = node.text.trim().to_owned();
            return Ok(match self.open.last_mut() {
                Some(parent) => {
                    parent.children.push(node);
                    None
                }
                None => {
                    self.cost = 0;
                    let in_channel = self.channel.is_some();
                    Some(if in_channel { Piece::Part(node) } else { Piece::Element(node) })
                }
            });
        }
        if self.channel == Some(depth) {
            self.channel = None;
            return Ok(Some(Piece::ChannelEnd));
        }
        if self.extended == Some(depth) {
            self.extended = None;
        }
        Ok(None)
    }

    /// Text may come in several pieces, around references and comments.
    fn append(&mut self, piece: &str) -> Result<(), Fault> {
        if self.depth == 0 && piece.contains(|c: char| !c.is_whitespace() && c != '\0') {
            return Err(Fault::Text("there is text outside the root element".into()));
        }
        if self.open.is_empty() {
            return Ok(());
        }
        self.charge(piece.len())?;
        if let Some(node) = self.open.last_mut() {
            node.text.push_str(piece);
        }
        Ok(())
    }

    /// References of XML itself are resolved; a document's own entities never are.
    fn append_entity(&mut self, entity: &BytesRef<'_>) -> Result<(), Fault> {
        let character = entity.resolve_char_ref().map_err(|e| Fault::Text(e.to_string()))?;
        match character {
            Some(character) => self.append(character.encode_utf8(&mut [0; 4])),
            None => self.append(resolve_predefined_entity(entity).unwrap_or_default()),
        }
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Fault> {
        self.cost = self.cost.saturating_add(bytes);
        if self.cost > self.limits.kept_bytes { Err(Fault::Kept) } else { Ok(()) }
    }
}
