//! One element with everything in it, small enough to be held.

use crate::collect::Fault;
use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

/// Most attributes an element may have; comparing them for doubles takes time with their square.
const MAX_ATTRIBUTES: usize = 64;

/// An element, its attributes, its text and the elements in it. Names lack their prefix.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Node {
    pub(crate) name: String,
    /// Attributes of namespaces (`xmlns`, `xml:lang`, `xsi:schemaLocation`) are left out.
    pub(crate) attributes: Vec<(String, String)>,
    /// Text of the element itself, white space around it removed.
    pub(crate) text: String,
    pub(crate) children: Vec<Self>,
    /// Where the element starts, in bytes from the start of the document.
    pub(crate) offset: u64,
}

impl Node {
    pub(crate) fn of(tag: &BytesStart<'_>, offset: u64) -> Result<Self, Fault> {
        let mut node =
            Self { name: tag.local_name().as_ref().to_owned(), offset, ..Self::default() };
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|e| Fault::Text(e.to_string()))?;
            if attribute.key.as_ref().contains(':') || attribute.key.as_ref() == "xmlns" {
                continue;
            }
            if node.attributes.len() == MAX_ATTRIBUTES {
                return Err(Fault::Text(format!("`{}` has too many attributes", node.name)));
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|e| Fault::Text(e.to_string()))?;
            node.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        Ok(node)
    }

    /// The attribute of that name; empty when it is not there.
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Whether it or an element in it holds a character that XML 1.0 does not have, not even as a reference.
    pub(crate) fn has_control_characters(&self) -> bool {
        let control = |text: &str| {
            text.bytes().any(|byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
        };
        control(&self.text)
            || self.attributes.iter().any(|(_, value)| control(value))
            || self.children.iter().any(Self::has_control_characters)
    }

    /// Its children of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Its first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The identifier of an ADM element: `audioObjectID` of an `audioObject`, `UID` of a track.
    pub(crate) fn id(&self) -> &str {
        match self.name.as_str() {
            "audioTrackUID" => self.attribute("UID"),
            name => {
                let is_id = |key: &str| key.strip_suffix("ID") == Some(name);
                self.attributes.iter().find(|(key, _)| is_id(key)).map_or("", |(_, value)| value)
            }
        }
    }
}
