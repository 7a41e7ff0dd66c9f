//! Whether a finished `axml` is that of an Atmos master, and if not, everything that speaks
//! against it.
//!
//! The text is read once, element by element and block by block, so memory does not grow with the
//! length of the programme. What elements say of each other is compared at the end.

mod block;
mod graph;
pub(crate) mod report;
mod shape;
mod values;
mod zones;

use crate::node::Node;
use crate::pieces::{Piece, Pieces};
use crate::{AdmError, ReadLimits, TrackIds, rules};
use block::Blocks;
use cupola_model::{Finding, Severity};
use graph::{Entry, Graph};
use report::{Report, Where};
use std::io::{self, BufRead};
use values::{clock, seconds};

/// Largest `axml` that every reader reads whole, in bytes. [Atmos-ADM]
const MAX_AXML_BYTES: u64 = 512 << 20;
/// Longest name in characters; counted in the element's own attribute `…Name`.
const MAX_NAME: usize = crate::text::MAX_NAME;

/// The sound that an `axml` describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Essence {
    /// Frames per second.
    pub sample_rate: u32,
    /// Tracks.
    pub channels: u16,
    /// Bits a sample.
    pub bits: u16,
    /// Length.
    pub frames: u64,
}

/// Compares an `axml` with the profile of Atmos masters, with the sound it stands beside and with
/// the rows of its `chna`; what of these is not known is not compared. Damaged text is a finding
/// of the rule `master.axml.syntax`; only a source that fails is an error.
///
/// Places are bytes of the text and the identifier of the element. At most
/// [`FindingList::KEPT_PER_RULE`](crate::FindingList::KEPT_PER_RULE) findings of a rule are given.
///
/// ```
/// let findings = cupola_adm::check_axml(&b"<ituADM/>"[..], None, None)?;
/// assert_eq!(findings[0].rule, "master.axml.root");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn check_axml(
    text: impl BufRead,
    essence: Option<&Essence>,
    chna: Option<&[TrackIds]>,
) -> io::Result<Vec<Finding>> {
    let limits = ReadLimits::default();
    let mut pieces = Pieces::new(text, limits);
    let mut checker = Checker { essence, kept: 0, limits, ..Checker::default() };
    loop {
        let taken = match pieces.next() {
            Ok(Some(piece)) => checker.take(piece),
            Ok(None) => break,
            Err(error) => Err(error),
        };
        if let Err(error) = taken {
            return checker.give_up(error);
        }
    }
    if pieces.bytes() > MAX_AXML_BYTES {
        let (found, allowed) = (format!("{} bytes", pieces.bytes()), "at most 512 MiB");
        let message = "the text is larger than MediaInfo reads";
        checker.report.warning(rules::AXML_SIZE, Where::at(0, "axml"), message, found, allowed);
    }
    Ok(checker.finish(chna))
}

#[derive(Default)]
struct Checker<'a> {
    essence: Option<&'a Essence>,
    limits: ReadLimits,
    report: Report,
    graph: Graph,
    /// Bytes kept in `graph`.
    kept: usize,
    extended: u32,
    /// Place of the last element in the order of kinds.
    order: usize,
    told_order: bool,
    channel: Option<(Node, Entry)>,
}

impl Checker<'_> {
    /// Damage ends the check; what was found before is told nevertheless.
    fn give_up(mut self, error: AdmError) -> io::Result<Vec<Finding>> {
        let (rule, offset) = match &error {
            AdmError::Malformed { offset, .. } => (rules::AXML_SYNTAX, *offset),
            AdmError::TooLarge { offset, .. } => (rules::AXML_LIMIT, *offset),
            _ => {
                return Err(match error {
                    AdmError::Read(source) => source,
                    other => io::Error::other(other.to_string()),
                });
            }
        };
        self.report.error(rule, Where::at(offset, "axml"), error.to_string(), "", "");
        Ok(self.report.finish())
    }

    fn finish(mut self, chna: Option<&[TrackIds]>) -> Vec<Finding> {
        if self.extended != 1 {
            self.report.error(
                rules::AXML_ROOT,
                Where::at(0, "audioFormatExtended"),
                format!("there are {} elements audioFormatExtended", self.extended),
                self.extended.to_string(),
                "exactly 1",
            );
        }
        if self.extended > 0 {
            self.graph.check(self.essence, chna, &mut self.report);
        }
        self.report.finish()
    }

    fn take(&mut self, piece: Piece) -> Result<(), AdmError> {
        if let Piece::Element(node) | Piece::Channel(node) | Piece::Part(node) = &piece
            && node.has_control_characters()
        {
            let message = "a character that no XML document may have, not even as a reference";
            self.report.error(rules::AXML_SYNTAX, Where::of(node), message, "", "");
        }
        match piece {
            Piece::Root(node) => self.check_root(&node),
            Piece::Extended(node) => {
                self.extended += 1;
                for (key, value) in &node.attributes {
                    let message = "audioFormatExtended has no attributes in real masters";
                    let found = format!("{key}=\"{value}\"");
                    self.report.warning(rules::ATTRIBUTE, Where::of(&node), message, found, "");
                }
            }
            Piece::Element(node) => {
                self.check_element(&node);
                self.keep(&node)?;
            }
            Piece::Channel(node) => {
                self.check_element(&node);
                let kind = node.attribute("typeLabel").to_owned();
                let entry = Entry {
                    offset: node.offset,
                    id: node.id().to_owned(),
                    kind,
                    ..Entry::default()
                };
                self.channel = Some((node, entry));
            }
            Piece::Part(node) => self.take_part(&node),
            Piece::ChannelEnd => {
                if let Some((node, mut entry)) = self.channel.take() {
                    self.end_channel(&node, &mut entry.blocks);
                    self.charge(entry.id.len(), node.offset)?;
                    self.graph.kinds.entry("audioChannelFormat").or_default().push(entry);
                }
            }
        }
        Ok(())
    }

    fn check_root(&mut self, node: &Node) {
        if node.name != "ebuCoreMain" {
            let message = "MediaInfo and others skip a document of another root";
            let found = node.name.clone();
            self.report.error(rules::AXML_ROOT, Where::of(node), message, found, "ebuCoreMain");
        } else if !node.attribute("xmlns").contains("ebuCore_2016") {
            let message = "the namespace is not that of real masters";
            let found = node.attribute("xmlns").to_owned();
            let allowed = "urn:ebu:metadata-schema:ebuCore_2016";
            self.report.warning(rules::AXML_ROOT, Where::of(node), message, found, allowed);
        }
    }

    /// Everything an element alone can tell.
    fn check_element(&mut self, node: &Node) {
        let report = &mut self.report;
        let Some((order, shape)) = shape::of_element(&node.name) else {
            shape::unknown_element(node, "audioFormatExtended", Severity::Error, report);
            return;
        };
        if order < self.order && !self.told_order {
            self.told_order = true;
            let message = format!("{} stands after elements that follow it", node.name);
            report.warning(rules::ELEMENT_ORDER, Where::of(node), message, "", "");
        }
        self.order = self.order.max(order);
        shape::check(node, shape, report);
        check_names(node, report);
        check_ids(node, report);
        check_clocks(node, report);
        self.check_values(node);
    }

    fn check_values(&mut self, node: &Node) {
        let report = &mut self.report;
        let mut want = |name: &str, allowed: &[&str]| {
            let found = node.attribute(name);
            // A missing attribute has been told.
            if !found.is_empty() && !allowed.contains(&found) {
                let message = format!("{name} has another value");
                let allowed = allowed.join(" or ");
                report.error(rules::VALUE, Where::of(node), message, found, allowed);
            }
        };
        match node.name.as_str() {
            "audioProgramme" => self.check_programme(node),
            "audioContent" => {
                for dialogue in node.all("dialogue") {
                    let found = [dialogue.attribute("mixedContentKind"), &dialogue.text];
                    if found != ["0", "2"] {
                        let message = "dialogue has another value";
                        let (found, allowed) = (found.join(" "), "mixedContentKind 0, text 2");
                        report.error(rules::VALUE, Where::of(node), message, found, allowed);
                    }
                }
            }
            "audioObject" => {
                let start = node.attribute("start");
                if clock(start).is_some_and(|start| start > 0) {
                    let message = "the object does not start with the programme";
                    let (place, allowed) = (Where::of(node), "00:00:00.00000");
                    report.error(rules::OBJECT_TIME, place, message, start, allowed);
                }
            }
            "audioPackFormat" | "audioChannelFormat" => {
                want("typeLabel", &["0001", "0003"]);
                let bed = node.attribute("typeLabel") == "0001";
                want("typeDefinition", &[if bed { "DirectSpeakers" } else { "Objects" }]);
                let digits = values::code(node.id());
                let label = node.attribute("typeLabel");
                if !digits.is_empty() && !digits.starts_with(label) {
                    let message = "the identifier is numbered as another type";
                    let allowed = format!("digits that start with {label}");
                    report.error(rules::ID_FORM, Where::of(node), message, node.id(), allowed);
                }
            }
            "audioStreamFormat" | "audioTrackFormat" => {
                want("formatLabel", &["0001"]);
                want("formatDefinition", &["PCM"]);
            }
            "audioTrackUID" => {
                let Some(essence) = self.essence else { return };
                let facts = [
                    ("sampleRate", essence.sample_rate.to_string()),
                    ("bitDepth", essence.bits.to_string()),
                ];
                for (name, allowed) in facts {
                    let found = node.attribute(name);
                    if found != allowed {
                        let message = format!("{name} is not that of the sound");
                        report.error(rules::TRACK_FORMAT, Where::of(node), message, found, allowed);
                    }
                }
            }
            _ => {}
        }
    }

    fn check_programme(&mut self, node: &Node) {
        let report = &mut self.report;
        let name = node.attribute("audioProgrammeName");
        if name != "Atmos_Master" {
            let message = "without its name MediaInfo applies no rule of the profile";
            report.error(rules::PROGRAMME_NAME, Where::of(node), message, name, "Atmos_Master");
        }
        let times = (clock(node.attribute("start")), clock(node.attribute("end")));
        let (Some(start), Some(end)) = times else { return };
        if start > 0 {
            let (message, found) = ("the programme does not start at zero", seconds(start));
            report.warning(rules::PROGRAMME_START, Where::of(node), message, found, "0 s");
        }
        let length = end.saturating_sub(start);
        self.graph.length.get_or_insert(length);
        if let Some(essence) = self.essence
            && essence.sample_rate > 0
        {
            let exact = essence.frames as f64 / f64::from(essence.sample_rate);
            // One step of rounding, and what the division leaves.
            if (length as f64 - exact * 1e5).abs() > 1.001 {
                report.error(
                    rules::PROGRAMME_LENGTH,
                    Where::of(node),
                    "the programme and the sound differ in length",
                    seconds(length),
                    format!("{exact:.5} s"),
                );
            }
        }
    }

    fn take_part(&mut self, node: &Node) {
        let Some((channel, entry)) = &mut self.channel else { return };
        let report = &mut self.report;
        if node.name != "audioBlockFormat" {
            let frequency = node.name == "frequency";
            let severity = if frequency { Severity::Warning } else { Severity::Error };
            shape::unknown_element(node, "audioChannelFormat", severity, report);
            return;
        }
        check_ids(node, report);
        check_clocks(node, report);
        match entry.kind.as_str() {
            "0001" => entry.blocks.take_bed(node, channel, report),
            _ => entry.blocks.take_object(node, channel, report),
        }
    }

    fn end_channel(&mut self, node: &Node, blocks: &mut Blocks) {
        let bed = node.attribute("typeLabel") == "0001";
        if blocks.count == 0 || bed && blocks.count > 1 {
            self.report.error(
                rules::ELEMENT_COUNT,
                Where::of(node),
                format!("audioBlockFormat is there {} times", blocks.count),
                blocks.count.to_string(),
                if bed { "exactly 1" } else { "1 or more" },
            );
        }
        blocks.finish(node, &mut self.report);
    }

    fn keep(&mut self, node: &Node) -> Result<(), AdmError> {
        let Some((_, shape)) = shape::of_element(&node.name) else { return Ok(()) };
        let mut entry = Entry {
            offset: node.offset,
            id: node.id().to_owned(),
            kind: node.attribute("typeLabel").to_owned(),
            duration: clock(node.attribute("duration")),
            ..Entry::default()
        };
        self.charge(entry.id.len(), node.offset)?;
        for child in &node.children {
            if let Some(name) = graph::reference(&child.name) {
                self.charge(child.text.len(), child.offset)?;
                entry.references.push((name, child.text.clone()));
            }
        }
        self.graph.kinds.entry(shape.name()).or_default().push(entry);
        Ok(())
    }

    fn charge(&mut self, bytes: usize, offset: u64) -> Result<(), AdmError> {
        // What an entry costs besides its text.
        self.kept = self.kept.saturating_add(bytes + 256);
        if self.kept > self.limits.kept_bytes {
            return Err(crate::collect::Fault::Kept.at(offset, &self.limits));
        }
        Ok(())
    }
}

fn check_names(node: &Node, report: &mut Report) {
    for (key, value) in node.attributes.iter().filter(|(key, _)| key.ends_with("Name")) {
        let count = value.chars().count();
        if !(1..=MAX_NAME).contains(&count) {
            let allowed = format!("1 to {MAX_NAME} characters");
            let found = format!("{count} characters");
            report.warning(
                rules::NAME,
                Where::of(node),
                format!("{key} has no fit length"),
                found,
                allowed,
            );
        }
    }
}

fn check_ids(node: &Node, report: &mut Report) {
    let id = node.id();
    // A missing one has been told as a missing attribute.
    if id.is_empty() {
        return;
    }
    if !values::has_form(&node.name, id) {
        let message = "the identifier has another form";
        let allowed = values::form_of(&node.name);
        report.error(rules::ID_FORM, Where::of(node), message, id, allowed);
    } else if id.split('_').skip(1).any(|part| part.bytes().any(|b| b.is_ascii_uppercase())) {
        let message = "the identifier has upper-case digits";
        let allowed = "lower case".to_owned();
        report.warning(rules::ID_CASE, Where::of(node), message, id, allowed);
    }
}

/// Whatever is called like a time must be one.
fn check_clocks(node: &Node, report: &mut Report) {
    for (key, value) in &node.attributes {
        let is_time = ["start", "end", "duration", "rtime"].contains(&key.as_str());
        if is_time && clock(value).is_none() {
            let message = format!("{key} is not written as a time of the profile");
            let (place, allowed) = (Where::of(node), "hh:mm:ss.fffff");
            report.error(rules::TIME, place, message, value.clone(), allowed);
        }
    }
}
