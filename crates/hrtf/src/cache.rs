//! Sets made from SOFA files, kept for the next run.
//!
//! A set is kept under the SHA-256 of everything it depends on: the file's bytes, the session rate,
//! the options and the version of the method. The kept file ends with the SHA-256 of the rest of
//! itself; one that is damaged, or of another version, is made again. Keeping is a convenience: when
//! the folder cannot be written the set is used all the same.

use crate::HrtfError;
use crate::remark::{Remark, RemarkKind};
use crate::sofa::Sofa;
use crate::user::{SofaOptions, from_sofa};
use cupola_model::{HrtfSet, SampleRate};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::Path;

/// Begins every kept file. Its last byte counts up whenever the method or the layout changes.
const MAGIC: [u8; 8] = *b"CUPHRTF\x01";

/// Bytes of the digest at the end.
const DIGEST: usize = 32;

/// A set and what is remarkable about its file.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The set, at the session rate.
    pub set: HrtfSet,
    /// What is remarkable.
    pub remarks: Vec<Remark>,
    /// Whether it was kept by an earlier run.
    pub from_cache: bool,
}

/// Reads a SOFA file and makes a set of it, or takes the one an earlier run kept in `cache`.
pub fn load_sofa(
    path: &Path,
    rate: SampleRate,
    options: &SofaOptions,
    cache: Option<&Path>,
) -> Result<Loaded, HrtfError> {
    let bytes = fs::read(path).map_err(|e| HrtfError::Unreadable {
        path: path.display().to_string(),
        what: e.to_string(),
    })?;
    let kept = cache.map(|folder| folder.join(name(&bytes, rate, options)));
    let found = kept.as_ref().and_then(|kept| decode(&fs::read(kept).ok()?, rate));
    if let Some((set, remarks)) = found {
        return Ok(Loaded { set, remarks, from_cache: true });
    }
    let (set, remarks) = from_sofa(&Sofa::parse(bytes)?, rate, options)?;
    if let Some(kept) = kept {
        // See the module: the set is there, whether or not it can be kept.
        let _ = keep(&kept, &encode(&set, &remarks));
    }
    Ok(Loaded { set, remarks, from_cache: false })
}

fn name(bytes: &[u8], rate: SampleRate, options: &SofaOptions) -> String {
    let mut hash = Sha256::new();
    hash.update(MAGIC);
    hash.update(rate.hz().to_le_bytes());
    hash.update((options.taps as u64).to_le_bytes());
    hash.update([u8::from(options.diffuse_field_eq)]);
    hash.update(bytes);
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}.hrtf")
}

/// Writes beside the target and renames, so that nobody ever sees half a file.
fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Little-endian: magic, name, rate, taps, counts, then the arrays, the remarks and the digest.
fn encode(set: &HrtfSet, remarks: &[Remark]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    let number = |out: &mut Vec<u8>, n: usize| out.extend((n as u32).to_le_bytes());
    let text = |out: &mut Vec<u8>, text: &str| {
        number(out, text.len());
        out.extend(text.as_bytes());
    };
    text(&mut out, &set.name);
    for n in [set.sample_rate as usize, set.tap_count, set.directions.len(), set.triangles.len()] {
        number(&mut out, n);
    }
    out.extend(set.loudness_gain_db.to_le_bytes());
    out.extend(set.directions.iter().flatten().flat_map(|v| v.to_le_bytes()));
    out.extend(set.delay_samples.iter().flatten().flat_map(|v| v.to_le_bytes()));
    out.extend(set.taps.iter().flat_map(|v| v.to_le_bytes()));
    out.extend(set.triangles.iter().flatten().flat_map(|v| v.to_le_bytes()));
    number(&mut out, remarks.len());
    for remark in remarks {
        let kind = RemarkKind::ALL.iter().position(|k| *k == remark.kind);
        number(&mut out, kind.unwrap_or_default());
        text(&mut out, &remark.text);
    }
    let digest = Sha256::digest(&out);
    out.extend(digest);
    out
}

/// The way back; nothing when anything is not as it should be.
fn decode(bytes: &[u8], rate: SampleRate) -> Option<(HrtfSet, Vec<Remark>)> {
    let (body, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
    if Sha256::digest(body).as_slice() != digest {
        return None;
    }
    let mut rest = Reader(body.strip_prefix(&MAGIC)?);
    let name = rest.text()?;
    let sample_rate = rest.number()? as u32;
    let [tap_count, directions, triangles] = [rest.number()?, rest.number()?, rest.number()?];
    let loudness_gain_db = rest.values::<8, f64>(1, f64::from_le_bytes)?[0];
    let set = HrtfSet {
        name,
        sample_rate,
        tap_count,
        loudness_gain_db,
        directions: chunks(&rest.values(3 * directions, f64::from_le_bytes)?),
        delay_samples: chunks(&rest.values(2 * directions, f32::from_le_bytes)?),
        taps: rest.values((2 * directions).checked_mul(tap_count)?, f32::from_le_bytes)?,
        triangles: chunks(&rest.values(3 * triangles, u32::from_le_bytes)?),
    };
    let mut remarks = Vec::new();
    for _ in 0..rest.number()? {
        let kind = *RemarkKind::ALL.get(rest.number()?)?;
        remarks.push(Remark { kind, text: rest.text()? });
    }
    (sample_rate == rate.hz() && set.validate().is_ok()).then_some((set, remarks))
}

fn chunks<T: Copy, const N: usize>(values: &[T]) -> Vec<[T; N]> {
    values.as_chunks::<N>().0.to_vec()
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn bytes(&mut self, count: usize) -> Option<&[u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    fn number(&mut self) -> Option<usize> {
        let bytes = self.bytes(4)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes) as usize)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.number()?;
        String::from_utf8(self.bytes(length)?.to_vec()).ok()
    }

    fn values<const W: usize, T>(&mut self, count: usize, of: fn([u8; W]) -> T) -> Option<Vec<T>> {
        let bytes = self.bytes(count.checked_mul(W)?)?;
        Some(bytes.as_chunks::<W>().0.iter().map(|&b| of(b)).collect())
    }
}
