//! The Mersenne Twister with 32-bit words, which the reference implementation draws phases with.

/// Words of state.
const WORDS: usize = 624;
/// Distance of the words that are mixed.
const SHIFT: usize = 397;

/// The generator MT19937. [Matsumoto-1998]
pub(super) struct Twister {
    words: [u32; WORDS],
    next: usize,
}

impl Twister {
    pub(super) fn new(seed: u32) -> Self {
        let mut words = [seed; WORDS];
        for i in 1..WORDS {
            let before = words[i - 1];
            words[i] = (before ^ (before >> 30)).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Self { words, next: WORDS }
    }

    /// The next of the 2³² numbers.
    pub(super) fn draw(&mut self) -> u32 {
        if self.next == WORDS {
            self.twist();
        }
        let mut word = self.words[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    fn twist(&mut self) {
        for i in 0..WORDS {
            let joined =
                (self.words[i] & 0x8000_0000) | (self.words[(i + 1) % WORDS] & 0x7fff_ffff);
            let odd = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
            self.words[i] = self.words[(i + SHIFT) % WORDS] ^ (joined >> 1) ^ odd;
        }
        self.next = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_that_the_generator_is_tested_by() {
        // The ten-thousandth number after the default seed is stated in ISO C++ [rand.predef].
        let mut twister = Twister::new(5489);
        assert_eq!(twister.draw(), 3_499_211_612);
        for _ in 0..9998 {
            twister.draw();
        }
        assert_eq!(twister.draw(), 4_123_659_995);
    }
}
