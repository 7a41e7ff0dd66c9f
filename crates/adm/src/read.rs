//! A bounded look into any ADM document, whatever its root and whoever wrote it.
//!
//! One pass, constant memory for blocks, and a stated limit for everything that is kept. Text that
//! tries to exhaust the reader (nesting, endless tags, names without end) ends with an error.

use crate::AdmError;
use crate::bounded::Bounded;
use crate::collect::{Collector, Fault};
use crate::summary::Summary;
use crate::utf8::Utf8;
use quick_xml::events::Event;
use std::io::{self, BufRead};

/// How much a reader gives to a document it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimits {
    /// Deepest nesting of elements.
    pub depth: usize,
    /// Longest single tag, text or comment in bytes.
    pub event_bytes: usize,
    /// Bytes of names, identifiers and references kept altogether.
    pub kept_bytes: usize,
}

impl Default for ReadLimits {
    /// Depth 64, 256 KiB a tag or text, 32 MiB kept: several hundred times a full master.
    fn default() -> Self {
        Self { depth: 64, event_bytes: 256 << 10, kept_bytes: 32 << 20 }
    }
}

/// Reads what an ADM document holds.
///
/// However long the document is, memory stays within the kept bytes and one event a level of depth.
///
/// ```
/// let text = br#"<adm><audioObject audioObjectID="AO_1001" audioObjectName="Voice">
///     <audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef></audioObject></adm>"#;
/// let summary = cupola_adm::read_summary(&text[..], cupola_adm::ReadLimits::default())?;
/// assert_eq!(summary.objects[0].name, "Voice");
/// assert_eq!(summary.objects[0].kind.name(), "Objects");
/// # Ok::<(), cupola_adm::AdmError>(())
/// ```
pub fn read_summary(reader: impl BufRead, limits: ReadLimits) -> Result<Summary, AdmError> {
    let bounded = Bounded { inner: Utf8::new(reader), left: limits.event_bytes, exhausted: false };
    let mut xml = quick_xml::Reader::from_reader(bounded);
    let mut collector = Collector::new(limits);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        xml.get_mut().left = limits.event_bytes;
        let event = match xml.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => {
                let offset = xml.buffer_position();
                return Err(if xml.get_ref().exhausted {
                    Fault::Event.at(offset, &limits)
                } else {
                    reader_error(error, offset)
                });
            }
        };
        if matches!(event, Event::Eof) {
            if !collector.is_whole() {
                let message = "the text ends before its root element does".to_owned();
                return Err(AdmError::Malformed { offset: xml.buffer_position(), message });
            }
            return collector.finish().map_err(|fault| fault.at(xml.buffer_position(), &limits));
        }
        collector.take(&event).map_err(|fault| fault.at(xml.buffer_position(), &limits))?;
    }
}

pub(crate) fn reader_error(error: quick_xml::Error, offset: u64) -> AdmError {
    match error {
        // Text that is in no encoding is the document's fault, not the disk's.
        quick_xml::Error::Io(source) if source.kind() == io::ErrorKind::InvalidData => {
            AdmError::Malformed { offset, message: source.to_string() }
        }
        quick_xml::Error::Io(source) => {
            AdmError::Read(io::Error::new(source.kind(), source.to_string()))
        }
        other => AdmError::Malformed { offset, message: other.to_string() },
    }
}
