//! The broadcast audio extension: where the sound belongs on the clock of its session. [Tech 3285]

/// Bytes before the coding history.
const HEAD_BYTES: usize = 602;
/// Where the name of the program is, and how long it may be.
const ORIGINATOR: std::ops::Range<usize> = 256..288;
/// Where the time is: frames since midnight, low half first.
const TIME_REFERENCE: std::ops::Range<usize> = 338..346;
/// Where the version is.
const VERSION_AT: usize = 346;
/// The first one with a place for a UMID, and the last one without loudness.
const VERSION: u16 = 1;

/// The payload of a `bext` chunk. What is not understood stays as it was read.
///
/// ```
/// let mut bext = cupola_bw64::Bext::new("Cupola");
/// bext.set_time_reference(172_800_000);
/// let read = cupola_bw64::Bext::read(bext.into_payload()).expect("what was written");
/// assert_eq!(read.time_reference(), 172_800_000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bext {
    payload: Vec<u8>,
}

impl Bext {
    /// One that says which program wrote the file, in ASCII, and nothing else: neither a date, so that
    /// the same programme is the same file, nor a loudness.
    pub fn new(originator: &str) -> Self {
        let mut payload = vec![0; HEAD_BYTES];
        let plain = originator.bytes().filter(u8::is_ascii_graphic);
        for (place, byte) in payload[ORIGINATOR].iter_mut().zip(plain) {
            *place = byte;
        }
        payload[VERSION_AT..VERSION_AT + 2].copy_from_slice(&VERSION.to_le_bytes());
        Self { payload }
    }

    /// A payload of any origin; `None` when it is too short to be one.
    pub fn read(payload: Vec<u8>) -> Option<Self> {
        (payload.len() >= HEAD_BYTES).then_some(Self { payload })
    }

    /// Frames from midnight to the first frame.
    pub fn time_reference(&self) -> u64 {
        let bytes = self.payload[TIME_REFERENCE].try_into().expect("eight bytes");
        u64::from_le_bytes(bytes)
    }

    /// Says when the first frame is.
    pub fn set_time_reference(&mut self, frames: u64) {
        self.payload[TIME_REFERENCE].copy_from_slice(&frames.to_le_bytes());
    }

    /// The payload.
    pub fn into_payload(self) -> Vec<u8> {
        self.payload
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_stands_where_the_standard_has_it_and_the_rest_stays() {
        // Tech 3285 v2 table: 256 + 32 + 32 + 10 + 8 bytes stand before it, low word first.
        let mut foreign: Vec<u8> = (0..700_u32).map(|i| (i % 251) as u8).collect();
        foreign[338..346].copy_from_slice(&[1, 0, 0, 0, 2, 0, 0, 0]);
        let mut bext = Bext::read(foreign.clone()).unwrap();
        assert_eq!(bext.time_reference(), (2 << 32) + 1);
        bext.set_time_reference(0x0102_0304_0506_0708);
        foreign[338..346].copy_from_slice(&[8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(bext.into_payload(), foreign);
        assert_eq!(Bext::read(vec![0; 601]), None);
    }
}
