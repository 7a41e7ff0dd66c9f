//! Damaged files: an answer in words, soon, whatever is broken.

use super::bytes;
use cupola_hrtf::Sofa;
use std::time::{Duration, Instant};

/// A repeatable number below `below`.
fn next(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    ((*state >> 33) as usize) % below
}

/// The most memory this process has held, where the system says so.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? / 1024)
}

#[test]
fn two_thousand_damaged_files_are_read_or_refused_without_a_panic() {
    let mut seed = 2026;
    let (mut read, mut refused, mut slowest) = (0, 0, Duration::ZERO);
    for name in ["plain", "delays", "turning", "pulses"] {
        let whole = bytes(name);
        for variant in 0..500 {
            let mut damaged = whole.clone();
            // Most of a file is sound; what holds it together stands in the first pages.
            let reach = if variant % 3 == 0 { damaged.len() } else { damaged.len().min(8192) };
            match variant % 5 {
                0 => damaged.truncate(next(&mut seed, whole.len())),
                1 => {
                    let (at, bit) = (next(&mut seed, reach), next(&mut seed, 8));
                    damaged[at] ^= 1 << bit;
                }
                2 => {
                    let at = next(&mut seed, reach);
                    let end = (at + 1 + next(&mut seed, 16)).min(damaged.len());
                    damaged[at..end].fill(0xff);
                }
                3 => {
                    let (from, to) = (next(&mut seed, reach), next(&mut seed, reach));
                    let length = 64.min(damaged.len() - from.max(to));
                    damaged.copy_within(from..from + length, to);
                }
                _ => {
                    for _ in 0..8 {
                        let at = next(&mut seed, reach);
                        damaged[at] = next(&mut seed, 256) as u8;
                    }
                }
            }
            let start = Instant::now();
            match Sofa::parse(damaged) {
                Ok(sofa) => {
                    read += 1;
                    assert_eq!(sofa.taps.len(), sofa.directions.len() * 2 * sofa.tap_count);
                    assert!(sofa.taps.iter().all(|t| t.is_finite()));
                }
                Err(error) => {
                    refused += 1;
                    assert!(!error.to_string().is_empty());
                }
            }
            slowest = slowest.max(start.elapsed());
        }
    }
    println!("{read} read, {refused} refused, the slowest took {slowest:?}");
    if let Some(peak) = peak_mib() {
        println!("the process never held more than {peak} MiB");
        assert!(peak < 512, "{peak} MiB");
    }
    assert_eq!(read + refused, 2000);
    assert!(refused > 300, "only {refused} refused: was anything damaged?");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}
