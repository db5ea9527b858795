//! Where the items of a view lie in the memory it looks at.

/// Places of items: an offset and, per dimension, a length and the distance between neighbours, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub offset: usize,
    pub item_size: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<isize>,
}

/// The strides of items side by side, the last dimension the fastest.
fn row_strides(shape: &[usize], item_size: usize) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut step = item_size as isize;
    for (place, len) in strides.iter_mut().zip(shape).rev() {
        *place = step;
        step *= *len as isize;
    }
    strides
}

impl Layout {
    /// Items side by side.
    pub(super) fn rows(offset: usize, item_size: usize, shape: Vec<usize>) -> Layout {
        let strides = row_strides(&shape, item_size);
        Layout { offset, item_size, shape, strides }
    }

    /// Number of items.
    pub(super) fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// Bytes of all items.
    pub(super) fn bytes(&self) -> usize {
        self.count() * self.item_size
    }

    fn has_strides(&self, wanted: &[isize]) -> bool {
        let lines = self.shape.iter().zip(&self.strides).zip(wanted);
        self.count() == 0 || lines.into_iter().all(|((len, stride), wanted)| *len <= 1 || stride == wanted)
    }

    /// Side by side, the last dimension the fastest?
    pub(super) fn is_rows(&self) -> bool {
        self.has_strides(&row_strides(&self.shape, self.item_size))
    }

    /// Side by side, the first dimension the fastest?
    pub(super) fn is_columns(&self) -> bool {
        let reversed: Vec<usize> = self.shape.iter().rev().copied().collect();
        let mut strides = row_strides(&reversed, self.item_size);
        strides.reverse();
        self.has_strides(&strides)
    }

    /// Where each item begins, the last dimension the fastest.
    pub(super) fn places(&self) -> Vec<usize> {
        let mut places = vec![self.offset as isize];
        for (len, stride) in self.shape.iter().zip(&self.strides) {
            let next = |place: &isize| {
                let place = *place;
                (0..*len as isize).map(move |index| place + index * stride)
            };
            places = places.iter().flat_map(next).collect();
        }
        places.into_iter().map(|place| place as usize).collect()
    }

    /// The items' bytes, side by side.
    pub(super) fn gather(&self, memory: &[u8]) -> Vec<u8> {
        if self.is_rows() {
            return memory.get(self.offset..self.offset + self.bytes()).map(<[u8]>::to_vec).unwrap_or_default();
        }
        let item = |place: usize| memory.get(place..place + self.item_size).unwrap_or_default();
        self.places().into_iter().flat_map(item).copied().collect()
    }

    /// As [`Layout::gather`], the first dimension the fastest.
    pub(super) fn gather_columns(&self, memory: &[u8]) -> Vec<u8> {
        let mut turned = self.clone();
        turned.shape.reverse();
        turned.strides.reverse();
        turned.gather(memory)
    }

    /// Puts items' bytes, side by side, where they belong.
    pub(super) fn scatter(&self, memory: &mut [u8], data: &[u8]) {
        for (place, item) in self.places().into_iter().zip(data.chunks_exact(self.item_size.max(1))) {
            if let Some(target) = memory.get_mut(place..place + self.item_size) {
                target.copy_from_slice(item);
            }
        }
    }

    /// Every so many items of the first dimension.
    pub(super) fn sliced(&self, start: i64, step: i64, count: usize) -> Layout {
        let mut part = self.clone();
        if count > 0 {
            part.offset = (self.offset as isize + start as isize * self.strides[0]) as usize;
        }
        part.shape[0] = count;
        part.strides[0] = self.strides[0].wrapping_mul(step as isize);
        part
    }

    /// Where the item with these indices, one per dimension, begins.
    pub(super) fn place(&self, indices: &[usize]) -> usize {
        let distance: isize = indices.iter().zip(&self.strides).map(|(index, stride)| *index as isize * stride).sum();
        (self.offset as isize + distance) as usize
    }
}

#[cfg(test)]
mod tests;
