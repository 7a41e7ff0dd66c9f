//! What earlier runs wrote into a folder, so that a second run may replace it and nothing else.

use crate::JobError;
use crate::pump::not_written;
use cupola_masters::PendingFile;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// The file, inside the output folder.
const FILE_NAME: &str = ".cupola-manifest.json";

/// A manifest is a few lines; anything larger is not ours.
const LARGEST_MANIFEST_BYTES: u64 = 16 << 20;

/// File name to SHA-256 of every file that runs have written into one folder.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    files: BTreeMap<String, String>,
}

impl Manifest {
    /// Reads the folder's manifest. One that is missing or damaged records nothing, which only
    /// means that existing files are left alone.
    pub(crate) fn load(folder: &Path) -> Self {
        let mut text = String::new();
        let Ok(file) = File::open(folder.join(FILE_NAME)) else { return Self::default() };
        if file.take(LARGEST_MANIFEST_BYTES).read_to_string(&mut text).is_err() {
            return Self::default();
        }
        let parsed: Value = serde_json::from_str(&text).unwrap_or_default();
        let files = parsed["files"].as_object().cloned().unwrap_or_default();
        let files = files
            .into_iter()
            .filter_map(|(name, hash)| Some((name, hash.as_str()?.to_owned())))
            .collect();
        Self { files }
    }

    /// Whether the file is, byte for byte, what an earlier run wrote.
    pub(crate) fn recorded(&self, path: &Path) -> bool {
        // Only a file that is listed is worth hashing.
        let recorded = self.files.get(&name_of(path));
        recorded.is_some_and(|hash| sha256_of(path).is_ok_and(|actual| *hash == actual))
    }

    /// Adds a file to the folder's manifest. Runs that work in one folder at the same time take
    /// turns, so that none forgets what another has written.
    pub(crate) fn record(folder: &Path, file: &Path, sha256: &str) -> Result<(), JobError> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        // Where a folder cannot be locked, as on some network disks, runs have to take care.
        let turn = File::open(folder).and_then(|handle| handle.lock().map(|()| handle));
        let mut manifest = Self::load(folder);
        manifest.files.insert(name_of(file), sha256.to_owned());
        let saved = manifest.save(folder);
        drop(turn);
        saved
    }

    /// Writes the manifest, whole or not at all.
    fn save(&self, folder: &Path) -> Result<(), JobError> {
        let path = folder.join(FILE_NAME);
        let text = json!({"cupola_manifest": 1, "files": self.files}).to_string();
        let mut file = PendingFile::create(&path, true).map_err(|e| not_written(&e))?;
        file.write_all(text.as_bytes()).map_err(|e| {
            JobError::OutputNotWritten(format!("{} cannot be written: {e}", path.display()))
        })?;
        file.persist().map_err(|e| not_written(&e))?;
        Ok(())
    }
}

/// The name a manifest lists a file under.
fn name_of(file: &Path) -> String {
    file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// SHA-256 of a file, in lower-case hex.
pub(crate) fn sha256_of(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
