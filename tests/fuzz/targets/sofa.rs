//! Any bytes as a SOFA file: a whole set or an answer in words.

#![no_main]

use cupola_hrtf::Sofa;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match Sofa::parse(bytes.to_vec()) {
        Ok(sofa) => {
            assert_eq!(sofa.taps.len(), sofa.directions.len() * 2 * sofa.tap_count);
            assert!(sofa.taps.iter().all(|tap| tap.is_finite()));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
