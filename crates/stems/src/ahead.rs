//! Reading that is ahead of what is asked for.
//!
//! A disk takes its time for every piece, and so does decoding the last one. Of a file that is read from
//! one end to the other, a thread of its own fetches the next pieces meanwhile.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Bytes fetched at once.
const PIECE_BYTES: usize = 4 << 20;
/// Pieces that wait at most.
const WAITING: usize = 8;
/// Shorter files are not worth a thread: masters are long, and of stems there are many.
const LONG_FILE: u64 = 256 << 20;
/// So much is read in a row before the thread starts; less is a look at the head.
const IN_A_ROW: u64 = 8 << 20;

/// A file that is read as any other.
#[derive(Debug)]
pub(crate) struct Ahead {
    file: File,
    /// Where the next byte is.
    position: u64,
    in_a_row: u64,
    fetching: Option<Fetching>,
    /// The least length that is fetched of; for tests.
    long: u64,
}

/// A thread that reads on from where it was started.
#[derive(Debug)]
struct Fetching {
    pieces: Option<Receiver<io::Result<Vec<u8>>>>,
    spare: SyncSender<Vec<u8>>,
    /// The piece that is being handed out, and how much of it was.
    piece: Vec<u8>,
    used: usize,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    pub(crate) fn new(file: File) -> Self {
        Self { file, position: 0, in_a_row: 0, fetching: None, long: LONG_FILE }
    }

    /// Whether so much was read in a row, of a file so long, that the rest is going to be read, too.
    fn is_worth_it(&self) -> bool {
        let length = || self.file.metadata().map_or(0, |file| file.len());
        self.in_a_row >= IN_A_ROW.min(self.long) && length() >= self.long
    }
}

impl Read for Ahead {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.fetching.is_none() && self.is_worth_it() {
            // What was asked so far came from here.
            self.file.seek(SeekFrom::Start(self.position))?;
            self.fetching = Some(Fetching::start(self.file.try_clone()?)?);
        }
        let count = match &mut self.fetching {
            Some(fetching) => fetching.read(out)?,
            None => self.file.read(out)?,
        };
        self.position += count as u64;
        self.in_a_row += count as u64;
        Ok(count)
    }
}

impl Seek for Ahead {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if to == SeekFrom::Start(self.position) && self.fetching.is_some() {
            return Ok(self.position);
        }
        let to = match to {
            // The file itself stands where the thread has read to.
            SeekFrom::Current(by) => {
                let to = self.position.checked_add_signed(by).ok_or(io::ErrorKind::InvalidInput)?;
                SeekFrom::Start(to)
            }
            to => to,
        };
        self.fetching = None;
        self.in_a_row = 0;
        self.position = self.file.seek(to)?;
        Ok(self.position)
    }
}

impl Fetching {
    fn start(mut file: File) -> io::Result<Self> {
        let (full, pieces) = sync_channel(WAITING - 2);
        let (spare, empty) = sync_channel::<Vec<u8>>(WAITING);
        let fetch = move || {
            loop {
                let mut piece = empty.try_recv().unwrap_or_default();
                piece.clear();
                let read = file.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut piece);
                let ended = !matches!(read, Ok(count) if count > 0);
                // Nobody listens any more when the reader was sought in or dropped.
                if full.send(read.map(|_| piece)).is_err() || ended {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("reader".to_owned()).spawn(fetch)?;
        let (pieces, thread) = (Some(pieces), Some(thread));
        Ok(Self { pieces, spare, piece: Vec::new(), used: 0, thread })
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.used == self.piece.len() {
            // After its end, or a failure that was told, there is nothing.
            let next = self.pieces.as_ref().and_then(|pieces| pieces.recv().ok());
            let old = std::mem::replace(&mut self.piece, next.transpose()?.unwrap_or_default());
            self.used = 0;
            // When nobody takes it back it is given up.
            let _ = self.spare.try_send(old);
        }
        let count = out.len().min(self.piece.len() - self.used);
        out[..count].copy_from_slice(&self.piece[self.used..self.used + count]);
        self.used += count;
        Ok(count)
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        // It shares its place in the file with whoever reads next.
        drop(self.pieces.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A file of 20 MB in which every byte tells its place, and the bytes.
    fn file() -> (File, Vec<u8>) {
        let bytes: Vec<u8> =
            (0..20_000_000_u32).map(|i| (i ^ (i >> 8) ^ (i >> 16)).to_le_bytes()[0]).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        file.rewind().unwrap();
        (file, bytes)
    }

    #[test]
    fn what_is_fetched_ahead_is_what_is_there_wherever_one_reads() {
        let (file, bytes) = file();
        let mut ahead = Ahead { long: 1 << 20, ..Ahead::new(file) };
        let mut at = 0_usize;
        let mut seed = 5_u32;
        for step in 0..400 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if step % 37 == 36 {
                let to = match step % 3 {
                    0 => SeekFrom::Start(u64::from(seed) % 19_000_000),
                    1 => SeekFrom::Current(-i64::try_from(at / 2).unwrap()),
                    _ => SeekFrom::End(-1_000_000),
                };
                at = usize::try_from(ahead.seek(to).unwrap()).unwrap();
            }
            let mut piece = vec![0; (seed >> 8) as usize % 300_000];
            let wanted = piece.len().min(bytes.len() - at);
            ahead.read_exact(&mut piece[..wanted]).unwrap();
            assert!(piece[..wanted] == bytes[at..at + wanted], "at {at}");
            at += wanted;
            assert_eq!(ahead.stream_position().unwrap(), at as u64);
        }
        ahead.seek(SeekFrom::Start(19_999_990)).unwrap();
        let mut rest = Vec::new();
        ahead.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, bytes[19_999_990..]);
    }

    #[test]
    fn a_thread_starts_for_long_files_read_in_a_row_and_for_no_others() {
        let (file, bytes) = file();
        let mut ahead = Ahead { long: 10 << 20, ..Ahead::new(file.try_clone().unwrap()) };
        let mut all = Vec::new();
        ahead.read_to_end(&mut all).unwrap();
        assert!(ahead.fetching.is_some() && all == bytes);
        ahead.rewind().unwrap();
        assert!(ahead.fetching.is_none());
        let mut short = Ahead::new(file);
        all.clear();
        short.seek(SeekFrom::Start(5)).unwrap();
        short.read_to_end(&mut all).unwrap();
        assert!(short.fetching.is_none() && all == bytes[5..]);
    }
}
