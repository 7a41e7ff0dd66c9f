//! Any bytes as a `dbmd` chunk: what is found is no more than was there.

#![no_main]

use cupola_masters::DbmdInfo;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match DbmdInfo::decode(bytes) {
        Ok(info) => {
            assert!(info.contents.binaural.len() * 2 <= bytes.len());
            assert!(info.contents.origin.len() <= 32 && info.contents.tool.len() <= 64);
            assert!(info.damaged_segments.len() <= 255);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
