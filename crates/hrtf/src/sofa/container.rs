//! The HDF5 underneath a SOFA file. Nothing else knows the crate that reads it.

use crate::HrtfError;
use hdf5_reader::{Dataset, Hdf5File, OpenOptions};

/// Largest file that is read, and most bytes one array may unfold to.
const LARGEST_BYTES: usize = 512 << 20;

/// Largest part of an array that is unpacked at once.
const LARGEST_CHUNK_BYTES: usize = 256 << 20;

/// An array of numbers, the last index running fastest.
#[derive(Debug)]
pub(super) struct Array {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f64>,
}

/// An open file.
pub(super) struct Container {
    file: Hdf5File,
}

impl Container {
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, HrtfError> {
        if bytes.len() > LARGEST_BYTES {
            return Err(HrtfError::sofa(
                "the file is too large to be a set of HRTFs",
                format!("{} bytes", bytes.len()),
                format!("up to {LARGEST_BYTES}"),
            ));
        }
        let options = OpenOptions::default()
            .with_max_chunk_bytes(LARGEST_CHUNK_BYTES)
            .with_max_read_bytes(LARGEST_BYTES);
        let file = Hdf5File::from_vec_with_options(bytes, options)
            .map_err(|e| HrtfError::NotSofa { what: format!("it is not HDF5: {e}") })?;
        Ok(Self { file })
    }

    /// A text of the whole file. What cannot be read as UTF-8 counts as absent: old files carry
    /// Latin-1.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let group = self.file.root_group().ok()?;
        trimmed(group.attribute(name).ok()?.read_string().ok()?)
    }

    /// A text that belongs to an array.
    pub(super) fn text_of(&self, array: &str, name: &str) -> Option<String> {
        let array = self.file.dataset(array).ok()?;
        trimmed(array.attribute(name).ok()?.read_string().ok()?)
    }

    /// The shape of an array, when there is one.
    pub(super) fn shape(&self, name: &str) -> Option<Vec<usize>> {
        shape_of(&self.file.dataset(name).ok()?)
    }

    /// The numbers of an array, when there is one; at most `most` of them.
    pub(super) fn numbers(&self, name: &str, most: usize) -> Result<Option<Array>, HrtfError> {
        let Ok(array) = self.file.dataset(name) else { return Ok(None) };
        let count = |shape: &Vec<usize>| shape.iter().try_fold(1, |n: usize, &d| n.checked_mul(d));
        let shape = shape_of(&array).filter(|s| count(s).is_some_and(|n| n <= most));
        let Some(shape) = shape else {
            return Err(HrtfError::sofa(
                format!("{name} is too large"),
                format!("{:?} values", array.shape()),
                format!("up to {most}"),
            ));
        };
        let values = read(&array)
            .map_err(|e| HrtfError::NotSofa { what: format!("{name} cannot be read: {e}") })?;
        match values.iter().position(|v| !v.is_finite()) {
            None => Ok(Some(Array { shape, values })),
            Some(at) => Err(HrtfError::sofa(
                format!("value {at} of {name} is not a number"),
                values[at].to_string(),
                "finite numbers",
            )),
        }
    }
}

/// Stored as double, single or whole numbers of any byte order.
fn read(array: &Dataset) -> Result<Vec<f64>, hdf5_reader::error::Error> {
    let wrong_type = match array.read_array::<f64>() {
        Ok(values) => return Ok(values.into_iter().collect()),
        Err(error) => error,
    };
    if let Ok(values) = array.read_array::<f32>() {
        return Ok(values.into_iter().map(f64::from).collect());
    }
    match array.read_array::<i32>() {
        Ok(values) => Ok(values.into_iter().map(f64::from).collect()),
        Err(_) => Err(wrong_type),
    }
}

fn shape_of(array: &Dataset) -> Option<Vec<usize>> {
    array.shape().iter().map(|&d| usize::try_from(d).ok()).collect()
}

fn trimmed(text: String) -> Option<String> {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    (!text.is_empty()).then(|| text.to_owned())
}
