//! Borrowed code points of one width.

/// Code points of 1, 2 or 4 bytes each.
#[derive(Clone, Copy, Debug)]
pub enum Text<'a> {
    /// Below 256.
    One(&'a [u8]),
    /// Below 65536.
    Two(&'a [u16]),
    /// Any.
    Four(&'a [u32]),
}

/// Runs the same expression on the slice of whatever width.
macro_rules! each_width {
    ($text:expr, $items:ident => $body:expr) => {
        match $text {
            $crate::strings::Text::One($items) => $body,
            $crate::strings::Text::Two($items) => $body,
            $crate::strings::Text::Four($items) => $body,
        }
    };
}

impl<'a> Text<'a> {
    /// Number of code points.
    #[inline]
    pub fn len(self) -> usize {
        each_width!(self, items => items.len())
    }

    /// Has none?
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Bytes per code point.
    pub fn width(self) -> usize {
        match self {
            Text::One(_) => 1,
            Text::Two(_) => 2,
            Text::Four(_) => 4,
        }
    }

    /// All below 128?
    pub fn is_ascii(self) -> bool {
        match self {
            Text::One(items) => items.is_ascii(),
            Text::Two(items) => items.iter().all(|c| *c < 128),
            Text::Four(items) => items.iter().all(|c| *c < 128),
        }
    }

    /// The code point at an index.
    #[inline]
    pub fn get(self, index: usize) -> Option<u32> {
        match self {
            Text::One(items) => items.get(index).map(|c| u32::from(*c)),
            Text::Two(items) => items.get(index).map(|c| u32::from(*c)),
            Text::Four(items) => items.get(index).copied(),
        }
    }

    /// The code points from `start` to before `end`.
    ///
    /// # Panics
    /// When they are out of range.
    pub fn slice(self, start: usize, end: usize) -> Text<'a> {
        match self {
            Text::One(items) => Text::One(&items[start..end]),
            Text::Two(items) => Text::Two(&items[start..end]),
            Text::Four(items) => Text::Four(&items[start..end]),
        }
    }

    /// The code points in order.
    pub fn iter(self) -> Points<'a> {
        Points { text: self, front: 0, back: self.len() }
    }

    /// The memory.
    #[inline]
    pub fn bytes(self) -> &'a [u8] {
        // SAFETY: integers are plain memory.
        each_width!(self, items => unsafe {
            std::slice::from_raw_parts(items.as_ptr().cast(), std::mem::size_of_val(items))
        })
    }

    /// Calls `f` with the same code points in the narrowest width that fits them.
    pub(crate) fn narrowed<R>(self, f: impl FnOnce(Text<'_>) -> R) -> R {
        let widest = match self {
            Text::One(_) => return f(self),
            Text::Two(items) => items.iter().max().map_or(0, |c| u32::from(*c)),
            Text::Four(items) => items.iter().max().copied().unwrap_or(0),
        };
        match self {
            Text::Two(_) if widest > 0xff => f(self),
            Text::Four(_) if widest > 0xffff => f(self),
            Text::Four(items) if widest > 0xff => f(Text::Two(&items.iter().map(|c| *c as u16).collect::<Vec<_>>())),
            _ => f(Text::One(&self.iter().map(|c| c as u8).collect::<Vec<_>>())),
        }
    }

    /// Writes the code points to memory, `width` bytes each.
    ///
    /// # Safety
    /// There is room, aligned for the width, which is not narrower than the text's.
    pub(crate) unsafe fn write_as(self, width: usize, to: *mut u8) {
        if width == self.width() {
            let bytes = self.bytes();
            // SAFETY: the caller's promise.
            return unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
        }
        for (index, c) in self.iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe {
                match width {
                    2 => to.cast::<u16>().add(index).write(c as u16),
                    _ => to.cast::<u32>().add(index).write(c),
                }
            }
        }
    }
}

/// Iterator over code points, from both ends.
#[derive(Clone, Debug)]
pub struct Points<'a> {
    text: Text<'a>,
    front: usize,
    back: usize,
}

impl Iterator for Points<'_> {
    type Item = u32;
    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.front == self.back {
            return None;
        }
        self.front += 1;
        self.text.get(self.front - 1)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.back - self.front, Some(self.back - self.front))
    }
}

impl DoubleEndedIterator for Points<'_> {
    fn next_back(&mut self) -> Option<u32> {
        if self.front == self.back {
            return None;
        }
        self.back -= 1;
        self.text.get(self.back)
    }
}

impl ExactSizeIterator for Points<'_> {}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        if self.width() == other.width() { self.bytes() == other.bytes() } else { self.iter().eq(other.iter()) }
    }
}
impl Eq for Text<'_> {}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Text::One(a), Text::One(b)) => a.cmp(b),
            _ => self.iter().cmp(other.iter()),
        }
    }
}
