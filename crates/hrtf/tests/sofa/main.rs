//! SOFA files against the values h5py reads, and sets against the responses they were made from.

mod cache;
mod damage;
mod listen;
mod reading;
mod sets;

use cupola_hrtf::Sofa;
use std::path::PathBuf;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(format!("{name}.sofa"))
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).expect("a readable file")
}

fn sofa(name: &str) -> Sofa {
    Sofa::parse(bytes(name)).expect("a usable file")
}
