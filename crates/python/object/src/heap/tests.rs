//! Blocks do not overlap, come back, and are accounted for.

use proptest::prelude::*;

use super::*;
use crate::pool::POISON;
use crate::{List, Tuple};

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn blocks_are_apart_and_keep_their_contents(steps in proptest::collection::vec((1..1200_usize, any::<u8>(), any::<bool>()), 1..300)) {
        let heap = Heap::new();
        let mut live: Vec<(*mut u8, usize, u8)> = Vec::new();
        let intact = |block: &(*mut u8, usize, u8)| {
            // SAFETY: the block was allocated with this size, filled, and not freed yet.
            unsafe { std::slice::from_raw_parts(block.0, block.1) }.iter().all(|byte| *byte == block.2)
        };
        for (size, fill, free) in steps {
            if free && !live.is_empty() {
                let block = live.swap_remove(usize::from(fill) % live.len());
                prop_assert!(intact(&block));
                heap.free_buffer(block.0, block.1);
            }
            let data = heap.alloc_buffer(size);
            prop_assert_eq!(data as usize % 16, 0);
            // SAFETY: the block has `size` bytes.
            unsafe { data.write_bytes(fill, size) };
            live.push((data, size, fill));
        }
        prop_assert!(live.iter().all(intact));
        live.into_iter().for_each(|(data, size, _)| heap.free_buffer(data, size));
    }
}

#[test]
fn large_objects_are_found_and_freed() {
    let heap = Heap::new();
    let (before, bytes) = (heap.census(), heap.bytes());
    let large = Tuple::create((0..1000).map(Obj::small).collect());
    assert_eq!(heap.census()[Kind::Tuple as usize], before[Kind::Tuple as usize] + 1);
    assert!(heap.bytes() > bytes);
    drop(large);
    assert_eq!((heap.census(), heap.bytes()), (before, bytes));
}

#[test]
fn counts_agree_with_what_objects_own() {
    let heap = Heap::new();
    assert!(heap.miscounted().is_empty());
    let shared = List::create(Vec::new());
    let _both = Tuple::of([shared.clone(), shared.clone()]);
    assert!(heap.miscounted().is_empty());
    let header = shared.header().unwrap();
    header.set_count(1);
    let found = heap.miscounted();
    assert!(found.len() == 1 && found[0].same(&shared));
    drop(found);
    assert_eq!(header.count(), 1);
    header.set_count(3);
}

#[test]
#[cfg_attr(pitviper_asan, ignore = "reads a free block, which is what the sanitizer forbids")]
fn free_blocks_are_poisoned_in_debug_builds() {
    let heap = Heap::new();
    let list = List::create(Vec::new());
    let addr = list.word().addr();
    drop(list);
    // SAFETY: chunks are never unmapped, and the third word of a free block is poison.
    let word = unsafe { *((addr + 16) as *const u64) };
    assert_eq!(word == POISON, cfg!(debug_assertions));
    assert_eq!(heap.free_list(48).is_some(), !cfg!(pitviper_asan));
}
