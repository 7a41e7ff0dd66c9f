//! The container: form, sizes, chunks, `fmt `. [Atmos-ADM]
//!
//! The reader mends what can be mended; here the raw bytes are compared with what it made of them.

use super::place;
use cupola_adm::{FindingList, rules};
use cupola_bw64::{Form, Reader, Repair};
use cupola_model::{Finding, Severity};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Chunks a master has exactly once.
const NEEDED: [&[u8; 4]; 5] = [b"fmt ", b"data", b"axml", b"chna", b"dbmd"];
/// The size that stands for one in `ds64`.
const IN_DS64: u32 = u32::MAX;
/// The least a `ds64` has.
const DS64_BYTES: u64 = 28;

/// What the first bytes of the file say.
pub(super) struct Container {
    /// Size of the whole as the header tells it.
    declared: u32,
    file_bytes: u64,
}

impl Container {
    /// Reads the header.
    pub(super) fn check(file: &mut File, list: &mut FindingList) -> io::Result<Self> {
        let file_bytes = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let mut head = Vec::with_capacity(12);
        file.by_ref().take(12).read_to_end(&mut head)?;
        if head.starts_with(b"BW64") {
            list.push(
                Finding::error(rules::CONTAINER_FORM, "Dolby's tools and REAPER open no BW64")
                    .at(place("header"))
                    .found("BW64")
                    .allowed("RIFF or RF64"),
            );
        }
        let declared = head.get(4..8).and_then(|bytes| bytes.first_chunk::<4>());
        Ok(Self { declared: declared.map_or(0, |b| u32::from_le_bytes(*b)), file_bytes })
    }

    /// Compares the bytes of the file with what the reader made of them.
    pub(super) fn compare(
        &self,
        reader: &mut Reader<File>,
        list: &mut FindingList,
    ) -> io::Result<()> {
        for repair in reader.repairs() {
            let rule = match repair {
                Repair::MissingPad { .. } => rules::CONTAINER_PAD,
                Repair::NoDs64 => rules::DS64,
                // Told below with the size of the whole.
                Repair::RiffSize { .. } => continue,
                _ => rules::CONTAINER_SIZE,
            };
            list.push(Finding::error(rule, repair.to_string()).at(place("container")));
        }
        let riff_size = self.check_ds64(reader, list)?;
        let there = self.file_bytes.saturating_sub(8);
        if riff_size != there {
            let finding =
                Finding::error(rules::CONTAINER_SIZE, "the header states another size of the file");
            let (found, allowed) = (format!("{riff_size} bytes"), format!("{there} bytes"));
            list.push(finding.at(place("header")).found(found).allowed(allowed));
        }
        check_pads(reader, self.file_bytes, list)?;
        check_chunks(reader, list);
        check_fmt(reader, list)
    }

    /// The size of the whole, from `ds64` where the header points there.
    fn check_ds64(&self, reader: &mut Reader<File>, list: &mut FindingList) -> io::Result<u64> {
        let declared = u64::from(self.declared);
        let large = reader.form() != Form::Riff;
        let first = reader.chunks().first().copied();
        let is_ds64 = first.is_some_and(|chunk| &chunk.id == b"ds64");
        let reserves = |id: &[u8; 4]| first.is_some_and(|c| &c.id == id && c.size >= DS64_BYTES);
        if large && !is_ds64 {
            let message = format!("{} needs `ds64` as its first chunk", reader.form().name());
            list.push(Finding::error(rules::DS64, message).at(place("header")));
        } else if !large && !reserves(b"JUNK") {
            let message = "there is no room for 64-bit sizes before `fmt `";
            let finding = Finding::warning(rules::CONTAINER_RESERVE, message).at(place("header"));
            list.push(finding.allowed("JUNK of 28 bytes or more"));
        }
        if !is_ds64 {
            return Ok(declared);
        }
        let Ok(payload) = reader.read_chunk(0, 1 << 20) else { return Ok(declared) };
        let u64_at = |at: usize| {
            payload
                .get(at..)
                .and_then(|b| b.first_chunk::<8>())
                .map_or(0, |b| u64::from_le_bytes(*b))
        };
        let (riff, frames) = (u64_at(0), u64_at(16));
        if frames != 0 && frames != reader.frames() {
            let finding = Finding::error(rules::DS64, "ds64 counts other frames than there are");
            let (found, allowed) = (frames.to_string(), reader.frames().to_string());
            list.push(finding.at(place("ds64")).found(found).allowed(allowed));
        }
        Ok(if self.declared == IN_DS64 { riff } else { declared })
    }
}

/// The byte after a chunk of odd size has to be zero.
fn check_pads(
    reader: &mut Reader<File>,
    file_bytes: u64,
    list: &mut FindingList,
) -> io::Result<()> {
    for index in 0..reader.chunks().len() {
        let chunk = reader.chunks()[index];
        let end = chunk.offset + chunk.size;
        let unpadded = |r: &Repair| matches!(r, Repair::MissingPad { id } if *id == chunk.id);
        // A missing one has been told as a repair.
        let told = reader.repairs().iter().any(unpadded);
        if chunk.size.is_multiple_of(2) || end >= file_bytes || told {
            continue;
        }
        let byte = reader.byte_at(end)?;
        if byte != 0 {
            let id = chunk.id.escape_ascii().to_string();
            let message = format!("chunk `{id}` has an odd size and its pad byte is not zero");
            let finding = Finding::error(rules::CONTAINER_PAD, message).at(place(id));
            list.push(finding.found(format!("{byte:#04x}")).allowed("0x00"));
        }
    }
    Ok(())
}

fn check_chunks(reader: &Reader<File>, list: &mut FindingList) {
    let chunks = reader.chunks();
    let first = |id: &[u8; 4]| chunks.iter().position(|chunk| chunk.id == *id);
    for id in NEEDED {
        let count = chunks.iter().filter(|chunk| chunk.id == *id).count();
        if count != 1 {
            let name = id.escape_ascii().to_string();
            let message = format!("chunk `{name}` is there {count} times");
            let finding = Finding::error(rules::CHUNK_COUNT, message).at(place("container"));
            list.push(finding.subject(name).found(count.to_string()).allowed("exactly 1"));
        }
    }
    let Some(data) = first(b"data") else { return };
    let order = [(b"fmt ", Severity::Error, true), (b"axml", Severity::Warning, false)];
    let order = order
        .into_iter()
        .chain([(b"chna", Severity::Warning, false), (b"dbmd", Severity::Warning, false)]);
    for (id, severity, before) in order {
        if first(id).is_some_and(|at| (at < data) != before) {
            let name = id.escape_ascii().to_string();
            let side = if before { "after" } else { "before" };
            let message = format!("chunk `{name}` stands {side} the sound");
            let finding = Finding::new(rules::CHUNK_ORDER, severity, message);
            list.push(finding.at(place("container")).subject(name));
        }
    }
}

fn check_fmt(reader: &mut Reader<File>, list: &mut FindingList) -> io::Result<()> {
    let index = reader.chunks().iter().position(|chunk| &chunk.id == b"fmt ");
    // A reader has always found one.
    let Some(index) = index else { return Ok(()) };
    let payload = match reader.read_chunk(index, 1 << 16) {
        Ok(payload) => payload,
        Err(cupola_bw64::Error::Io(source)) => return Err(source),
        Err(_) => return Ok(()),
    };
    let Some(head) = payload.first_chunk::<16>() else { return Ok(()) };
    let u16_at = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    let u32_at =
        |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (tag, channels, rate, bits) = (u16_at(0), u16_at(2), u32_at(4), u16_at(14));
    let mut add = |rule, severity, message: &str, found: String, allowed: &str| {
        let finding = Finding::new(rule, severity, message).at(place("fmt"));
        list.push(finding.found(found).allowed(allowed));
    };
    if tag != 1 || payload.len() != 16 {
        let found = format!("tag {tag:#06x}, {} bytes", payload.len());
        let message = "the format chunk is not that of real masters";
        add(rules::FMT_FORM, Severity::Warning, message, found, "tag 0x0001, 16 bytes");
    }
    if bits != 24 {
        let message = "the sound does not have 24 bits";
        add(rules::FMT_BITS, Severity::Error, message, bits.to_string(), "24");
    }
    if rate != 48_000 {
        let severity = if rate == 96_000 { Severity::Warning } else { Severity::Error };
        let message = "many importers read masters at 48 kHz alone";
        add(rules::FMT_RATE, severity, message, format!("{rate} Hz"), "48000 Hz");
    }
    if !(1..=128).contains(&channels) {
        let message = "the number of tracks is not one of a master";
        add(rules::FMT_CHANNELS, Severity::Error, message, channels.to_string(), "1 to 128");
    }
    let frame_bytes = u32::from(channels) * u32::from(bits / 8);
    let byte_rate = u64::from(frame_bytes) * u64::from(rate);
    if u32::from(u16_at(12)) != frame_bytes || u64::from(u32_at(8)) != byte_rate {
        let found = format!("{} bytes a frame, {} a second", u16_at(12), u32_at(8));
        let allowed = format!("{frame_bytes} and {byte_rate}");
        let message = "sizes in the format chunk contradict each other";
        add(rules::FMT_SIZES, Severity::Error, message, found, &allowed);
    }
    Ok(())
}
