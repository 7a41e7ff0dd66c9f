//! A reader that gives no more than it was told to.

use std::io::{self, BufRead, Read};

/// Stops an event from growing without end: bytes beyond the allowance are an error.
pub(crate) struct Bounded<R> {
    pub(crate) inner: R,
    pub(crate) left: usize,
    pub(crate) exhausted: bool,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(out.len());
        out[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let available = self.inner.fill_buf()?;
        if self.left == 0 && !available.is_empty() {
            self.exhausted = true;
            return Err(io::Error::other("the event is too long"));
        }
        Ok(&available[..available.len().min(self.left)])
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}
