//! What a file of the RIFF family holds.

use crate::MastersError;
use crate::dbmd::DbmdInfo;
use cupola_adm::{ReadLimits, Summary, read_summary};
use cupola_bw64::{ChnaEntry, Chunk, Error, Form, Format, Reader, Repair};
use cupola_model::Finding;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

/// Largest `dbmd` that is looked at; Dolby's own parser stops at 6144 bytes.
const MAX_DBMD_BYTES: u64 = 1 << 20;

/// The metadata text is read in pieces of this size.
const TEXT_BUFFER: usize = 1 << 18;

/// What a file of the RIFF family holds.
#[derive(Clone, Debug, PartialEq)]
pub struct FileInfo {
    /// RIFF, RF64 or BW64.
    pub form: Form,
    /// Rate, channels and samples.
    pub format: Format,
    /// Whole frames of sound.
    pub frames: u64,
    /// Size of the file.
    pub bytes: u64,
    /// What is wrong with the container and can be mended in reading.
    pub repairs: Vec<Repair>,
    /// The chunks, in file order.
    pub chunks: Vec<Chunk>,
    /// The rows of `chna`; empty when there is none.
    pub chna: Vec<ChnaEntry>,
    /// What `axml` holds, when there is one that can be read.
    pub adm: Option<Summary>,
    /// What `dbmd` holds, when there is one that can be read.
    pub dbmd: Option<DbmdInfo>,
    /// Metadata that could not be read, as warnings of the rules `info.*`.
    pub findings: Vec<Finding>,
}

/// Looks into a file without reading its sound. Damaged metadata becomes a finding; only a file
/// that is no RIFF, RF64 or BW64 audio, or cannot be read, is an error.
///
/// Memory is bounded whatever the file claims: see [`ReadLimits`] in `cupola_adm`.
pub fn describe(path: &Path) -> Result<FileInfo, MastersError> {
    let failed = |source| MastersError::Read { path: path.to_owned(), source };
    let unusable = |error: Error| match error {
        Error::Io(source) => failed(source),
        source => MastersError::Container { path: path.to_owned(), source },
    };
    let file = File::open(path).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    let mut reader = Reader::new(file).map_err(unusable)?;
    let mut info = FileInfo {
        form: reader.form(),
        format: *reader.format(),
        frames: reader.frames(),
        bytes,
        repairs: reader.repairs().to_vec(),
        chunks: reader.chunks().to_vec(),
        chna: Vec::new(),
        adm: None,
        dbmd: None,
        findings: Vec::new(),
    };
    match reader.chna() {
        Ok(rows) => info.chna = rows.unwrap_or_default(),
        Err(error) => info.unreadable("info.chna", "chna", &error.to_string()),
    }
    info.read_axml(&mut reader);
    info.read_dbmd(&mut reader);
    Ok(info)
}

impl FileInfo {
    fn find(&self, id: [u8; 4]) -> Option<usize> {
        self.chunks.iter().position(|chunk| chunk.id == id)
    }

    fn unreadable(&mut self, rule: &'static str, chunk: &str, why: &str) {
        self.findings.push(Finding::warning(rule, why).subject(chunk));
    }

    fn read_axml<R: Read + Seek>(&mut self, reader: &mut Reader<R>) {
        let Some(index) = self.find(*b"axml") else { return };
        let summary = match reader.stream_chunk(index) {
            Ok(text) => {
                let text = BufReader::with_capacity(TEXT_BUFFER, text);
                read_summary(text, ReadLimits::default()).map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        match summary {
            Ok(summary) => self.adm = Some(summary),
            Err(why) => self.unreadable("info.axml", "axml", &why),
        }
    }

    fn read_dbmd<R: Read + Seek>(&mut self, reader: &mut Reader<R>) {
        let Some(index) = self.find(*b"dbmd") else { return };
        let payload = reader.read_chunk(index, MAX_DBMD_BYTES).map_err(|error| error.to_string());
        match payload
            .and_then(|payload| DbmdInfo::decode(&payload).map_err(|error| error.to_string()))
        {
            Ok(dbmd) => self.dbmd = Some(dbmd),
            Err(why) => self.unreadable("info.dbmd", "dbmd", &why),
        }
    }
}
