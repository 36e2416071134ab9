//! Reading bytes front to back without ever leaving them.

/// Bytes ended where more were needed: `needed` bytes at `offset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) offset: usize,
    pub(crate) needed: usize,
}

/// A cursor over bytes; every read says where it would have needed more.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    /// Reads from `position`; a position beyond the end leaves nothing to read.
    pub(crate) fn at(bytes: &'a [u8], position: usize) -> Self {
        Self { bytes, position: position.min(bytes.len()) }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    pub(crate) fn slice(&mut self, length: usize) -> Result<&'a [u8], Ended> {
        let slice = self.rest().get(..length).ok_or(Ended { offset: self.position, needed: length })?;
        self.position += length;
        Ok(slice)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Ended> {
        let array = self.rest().first_chunk::<N>().ok_or(Ended { offset: self.position, needed: N })?;
        self.position += N;
        Ok(*array)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Ended> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Ended> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Ended> {
        self.array().map(u32::from_le_bytes)
    }
}
