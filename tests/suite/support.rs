//! Running the program, and making stems for it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder of its own with a scene and stems.
pub(crate) struct Project {
    folder: TempDir,
}

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The JSON document on stdout.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("stdout is not one JSON document: {e}\n{}", self.stdout))
    }

    /// Asserts the exit code, showing what was printed when it differs.
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

impl Project {
    pub(crate) fn new(scene: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let project = Self { folder };
        project.write("scene.yaml", scene);
        project
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a writable folder");
    }

    /// A 48 kHz 32-bit float WAV of `frames` frames; `sample` gets frame and channel.
    pub(crate) fn stem(
        &self,
        name: &str,
        channels: u16,
        frames: u32,
        sample: impl Fn(u32, u16) -> f32,
    ) {
        let spec = hound::WavSpec {
            channels,
            sample_rate: 48_000,
            bits_per_sample: 32,
            sample_format: hound::SampleFormat::Float,
        };
        let mut writer = hound::WavWriter::create(self.path(name), spec).expect("a WAV file");
        for frame in 0..frames {
            for channel in 0..channels {
                writer.write_sample(sample(frame, channel)).expect("a sample");
            }
        }
        writer.finalize().expect("a whole WAV file");
    }

    /// Runs `cupola` in this folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        cupola(self.folder.path(), arguments)
    }

    /// Names of the files in a folder, sorted, the manifest left out.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path(folder)) else { return vec![] };
        let mut names: Vec<_> = entries
            .map(|e| e.expect("a readable entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name != ".cupola-manifest.json")
            .collect();
        names.sort();
        names
    }
}

/// Runs `cupola` in a folder.
pub(crate) fn cupola(folder: &Path, arguments: &[&str]) -> Run {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_cupola"))
        .current_dir(folder)
        .env("CUPOLA_CACHE", folder.join("cache"))
        .args(arguments)
        .output()
        .expect("the program starts");
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Noise that is the same every time: frame and channel hashed to −0.25..0.25.
pub(crate) fn noise(frame: u32, channel: u16) -> f32 {
    let mut h = u64::from(frame) << 16 | u64::from(channel);
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((h >> 40) as f32 / (1 << 24) as f32 - 0.5) * 0.5
}
