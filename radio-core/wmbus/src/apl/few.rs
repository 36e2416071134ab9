//! A list that is nearly always empty or short, without an allocation.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

/// A list that keeps up to `N` items in place and more of them on the heap. It reads as a slice.
///
/// Most records have no qualifier and no warning, and hardly any has more than two: an allocation for them
/// would cost more time than reading the record.
#[derive(Clone)]
pub struct Few<T, const N: usize>(Place<T, N>);

#[derive(Clone)]
enum Place<T, const N: usize> {
    Empty,
    /// What lies behind the first `length` items does not count.
    Inline {
        length: u8,
        items: [T; N],
    },
    Heap(Vec<T>),
}

impl<T, const N: usize> Few<T, N> {
    /// Makes a list without items.
    #[inline]
    pub const fn new() -> Self {
        const { assert!(0 < N && N < 256, "some items in place, and a byte to count them") };
        Self(Place::Empty)
    }

    /// Returns the items.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        match &self.0 {
            Place::Empty => &[],
            Place::Inline { length, items } => items.get(..usize::from(*length)).unwrap_or_default(),
            Place::Heap(all) => all,
        }
    }
}

impl<T: Copy, const N: usize> Few<T, N> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        match &mut self.0 {
            Place::Empty => self.0 = Place::Inline { length: 1, items: [item; N] },
            Place::Inline { length, items } => match items.get_mut(usize::from(*length)) {
                Some(place) => {
                    *place = item;
                    *length += 1;
                }
                None => {
                    let mut all = items.to_vec();
                    all.push(item);
                    self.0 = Place::Heap(all);
                }
            },
            Place::Heap(all) => all.push(item),
        }
    }
}

impl<T, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize> Deref for Few<T, N> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T: Copy, const N: usize> Extend<T> for Few<T, N> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}

impl<T: Copy, const N: usize> FromIterator<T> for Few<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut few = Self::new();
        few.extend(items);
        few
    }
}

impl<T: Copy, const N: usize, const M: usize> From<[T; M]> for Few<T, N> {
    fn from(items: [T; M]) -> Self {
        items.into_iter().collect()
    }
}

impl<'a, T, const N: usize> IntoIterator for &'a Few<T, N> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: PartialEq, const N: usize> PartialEq for Few<T, N> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq, const N: usize> Eq for Few<T, N> {}

impl<T: PartialEq, const N: usize, const M: usize> PartialEq<[T; M]> for Few<T, N> {
    fn eq(&self, other: &[T; M]) -> bool {
        **self == *other
    }
}

impl<T: fmt::Debug, const N: usize> fmt::Debug for Few<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_back_in_order_whether_few_or_many() {
        for count in 0..=9u8 {
            let few: Few<u8, 3> = (0..count).collect();
            assert!(few.iter().copied().eq(0..count), "{few:?}");
            assert_eq!(matches!(few.0, Place::Heap(_)), count > 3);
            assert_eq!(few.clone(), few);
        }
        let few = Few::<u8, 3>::from([7, 8]);
        assert_eq!(few, [7, 8]);
        assert_ne!(few, Few::from([7]));
        assert_eq!(alloc::format!("{few:?}"), "[7, 8]");
    }

    #[test]
    fn what_lies_behind_the_items_does_not_count() {
        let mut one = Few::<u8, 3>::from([1]);
        one.push(2);
        assert_eq!(one, Few::from([1, 2]));
    }
}
