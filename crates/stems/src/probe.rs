//! What a file is.

use crate::open::{Opened, open};
use crate::{StemError, limits, rules};
use cupola_model::{Finding, Place, StemFacts};
use std::path::Path;

/// What a file is, and what is remarkable about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Rate, channels, exact length, format.
    pub facts: StemFacts,
    /// Faults that were mended (`stems.wav.…`, `stems.truncated`), a lossy codec (`stems.lossy`),
    /// no sound at all (`stems.empty`).
    pub findings: Vec<Finding>,
}

/// The facts of an audio file, its length exact to the sample.
///
/// Reads headers alone where they can be trusted (WAV, AIFF, FLAC, PCM in CAF), counts the packets
/// of ALAC, and decodes other files once without keeping their sound. [`crate::StemReader`]
/// delivers exactly as many frames or fails.
pub fn probe(path: &Path) -> Result<Probe, StemError> {
    let name = path.display().to_string();
    let place = Place { file: name.clone(), ..Place::default() };
    let (facts, mut findings) = match open(path)? {
        Opened::Wav(wav) => (wav.facts(), wav.findings()),
        Opened::Coded(coded) => {
            let counted = coded.count()?;
            let cut = counted.cut.then(|| {
                Finding::warning(rules::TRUNCATED, "the file ends in the middle of a packet")
                    .hint("export the stem again")
                    .at(place.clone())
                    .subject(name.clone())
            });
            (counted.facts, cut.into_iter().collect())
        }
    };
    if facts.frames == 0 && facts.sample_rate == 0 {
        return Err(StemError::Damaged { file: path.into(), what: "it holds no sound".into() });
    }
    limits::check(path, &facts)?;
    if facts.frames == 0 {
        let finding = Finding::warning(rules::EMPTY, "the file holds no sound");
        findings.push(finding.at(place.clone()).subject(name.clone()));
    }
    if facts.lossy {
        let finding = Finding::warning(rules::LOSSY, "the codec has thrown sound away")
            .found(facts.format.clone())
            .allowed("WAV, FLAC, AIFF, ALAC or CAF for masters")
            .hint("ask for the stem as WAV or FLAC; sound of a lossy codec may also start some milliseconds late");
        findings.push(finding.at(place).subject(name));
    }
    Ok(Probe { facts, findings })
}
