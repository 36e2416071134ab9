//! The bytes of a record, without an allocation for each.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

/// As long as nearly all records are; with the length beside them no larger than a `Vec`.
const INLINE: usize = 22;

/// The bytes of a record: short ones in place, longer ones on the heap.
///
/// A telegram has up to some forty records of two to ten bytes; an allocation for each would cost more time
/// than decoding them.
#[derive(Clone)]
pub struct RawBytes(Place);

#[derive(Clone)]
enum Place {
    Inline { length: u8, bytes: [u8; INLINE] },
    Heap(Box<[u8]>),
}

impl RawBytes {
    /// No bytes.
    pub(super) const EMPTY: Self = Self(Place::Inline { length: 0, bytes: [0; INLINE] });

    /// Leaves out the first `count` bytes.
    pub(super) fn cut_front(&mut self, count: usize) {
        match &mut self.0 {
            Place::Inline { length, bytes } => {
                let count = count.min((*length).into());
                bytes.copy_within(count.., 0);
                *length -= count as u8;
            }
            Place::Heap(bytes) => *self = bytes.get(count..).unwrap_or_default().into(),
        }
    }

    /// Takes other bytes instead, in place where they are short.
    pub(super) fn replace(&mut self, slice: &[u8]) {
        match (&mut self.0, u8::try_from(slice.len())) {
            (Place::Inline { length, bytes }, Ok(new)) if usize::from(new) <= INLINE => {
                bytes.iter_mut().zip(slice).for_each(|(place, byte)| *place = *byte);
                *length = new;
            }
            _ => self.0 = Place::Heap(slice.into()),
        }
    }
}

impl Deref for RawBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Place::Inline { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Place::Heap(bytes) => bytes,
        }
    }
}

impl From<&[u8]> for RawBytes {
    fn from(slice: &[u8]) -> Self {
        let mut raw = Self::EMPTY;
        raw.replace(slice);
        raw
    }
}

impl AsRef<[u8]> for RawBytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl PartialEq for RawBytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for RawBytes {}

impl PartialEq<Vec<u8>> for RawBytes {
    fn eq(&self, other: &Vec<u8>) -> bool {
        **self == **other
    }
}

impl fmt::Debug for RawBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_whether_short_or_long() {
        let all: [u8; 60] = core::array::from_fn(|n| n as u8);
        for length in 0..=all.len() {
            let slice = all.get(..length).unwrap_or_default();
            let raw = RawBytes::from(slice);
            assert_eq!(&*raw, slice);
            assert_eq!(matches!(raw.0, Place::Inline { .. }), length <= INLINE);
            assert_eq!(raw.clone(), raw);
            for mut other in [RawBytes::from(&[][..]), RawBytes::from(&all[..])] {
                other.replace(slice);
                assert_eq!(other, raw);
            }
        }
        assert_ne!(RawBytes::from(&[1u8, 2][..]), RawBytes::from(&[1u8, 3][..]));
        assert_eq!(alloc::format!("{:?}", RawBytes::from(&[1u8, 2][..])), "[1, 2]");
    }

    #[test]
    fn bytes_at_the_front_can_be_left_out() {
        let all: [u8; 60] = core::array::from_fn(|n| n as u8);
        for (length, count) in [(0, 0), (5, 0), (5, 2), (22, 22), (23, 1), (60, 10), (3, 4), (60, 61)] {
            let slice = all.get(..length).unwrap_or_default();
            let mut raw = RawBytes::from(slice);
            raw.cut_front(count);
            assert_eq!(&*raw, slice.get(count..).unwrap_or_default());
        }
    }

    #[test]
    fn they_take_no_more_room_than_a_vector() {
        assert_eq!(size_of::<RawBytes>(), size_of::<Vec<u8>>());
    }
}
