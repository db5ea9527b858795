//! A stable merge sort whose comparison may fail.
//!
//! Natural runs are found first (descending ones reversed), short ones extended by binary insertion, then merged
//! pairwise: n-1 comparisons on sorted input, O(n log n) at worst. Whatever the comparison does, the result is a permutation
//! of the input, also when it fails.

/// Runs shorter than this are extended by insertion.
const MIN_RUN: usize = 24;

/// Computes the order in which `len` items stand sorted, where `less(a, b)` compares the items numbered a and b.
/// Returns the permutation reached so far beside an error.
pub fn sort_order<E>(len: usize, mut less: impl FnMut(u32, u32) -> Result<bool, E>) -> (Vec<u32>, Result<(), E>) {
    let mut order: Vec<u32> = (0..len as u32).collect();
    let result = merge_runs(&mut order, &mut less);
    (order, result)
}

fn merge_runs<E>(order: &mut [u32], less: &mut impl FnMut(u32, u32) -> Result<bool, E>) -> Result<(), E> {
    let mut ends = find_runs(order, less)?;
    let mut scratch = Vec::with_capacity(order.len() / 2);
    while ends.len() > 1 {
        let mut merged = Vec::with_capacity(ends.len().div_ceil(2));
        let mut start = 0;
        for pair in ends.chunks(2) {
            if let [middle, end] = *pair {
                merge(&mut order[start..end], middle - start, &mut scratch, less)?;
            }
            start = pair[pair.len() - 1];
            merged.push(start);
        }
        ends = merged;
    }
    Ok(())
}

/// Splits into sorted runs and returns their ends.
fn find_runs<E>(order: &mut [u32], less: &mut impl FnMut(u32, u32) -> Result<bool, E>) -> Result<Vec<usize>, E> {
    let mut ends = Vec::new();
    let mut start = 0;
    while start < order.len() {
        let run = count_run(&mut order[start..], less)?;
        let end = (start + run.max(MIN_RUN)).min(order.len());
        insertion_sort(&mut order[start..end], run, less)?;
        ends.push(end);
        start = end;
    }
    Ok(ends)
}

/// Length of the run at the start; a strictly descending one is reversed.
fn count_run<E>(order: &mut [u32], less: &mut impl FnMut(u32, u32) -> Result<bool, E>) -> Result<usize, E> {
    if order.len() < 2 {
        return Ok(order.len());
    }
    let descending = less(order[1], order[0])?;
    let mut end = 2;
    while end < order.len() && less(order[end], order[end - 1])? == descending {
        end += 1;
    }
    if descending {
        order[..end].reverse();
    }
    Ok(end)
}

/// Sorts by binary insertion; the first `sorted` items are in order.
fn insertion_sort<E>(
    order: &mut [u32],
    sorted: usize,
    less: &mut impl FnMut(u32, u32) -> Result<bool, E>,
) -> Result<(), E> {
    for i in sorted..order.len() {
        let item = order[i];
        let (mut low, mut high) = (0, i);
        while low < high {
            let middle = (low + high) / 2;
            if less(item, order[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        order[low..=i].rotate_right(1);
    }
    Ok(())
}

/// Merges two sorted halves; an error leaves all items in place in some order.
fn merge<E>(
    order: &mut [u32],
    middle: usize,
    scratch: &mut Vec<u32>,
    less: &mut impl FnMut(u32, u32) -> Result<bool, E>,
) -> Result<(), E> {
    if !less(order[middle], order[middle - 1])? {
        return Ok(());
    }
    scratch.clear();
    scratch.extend_from_slice(&order[..middle]);
    let (mut left, mut right, mut out) = (0, middle, 0);
    let mut result = Ok(());
    while left < scratch.len() && right < order.len() {
        match less(order[right], scratch[left]) {
            Ok(true) => {
                order[out] = order[right];
                right += 1;
            }
            Ok(false) => {
                order[out] = scratch[left];
                left += 1;
            }
            Err(error) => {
                result = Err(error);
                break;
            }
        }
        out += 1;
    }
    order[out..out + scratch.len() - left].copy_from_slice(&scratch[left..]);
    result
}

#[cfg(test)]
mod tests {
    use super::sort_order;

    fn sorted(items: &[i64]) -> Vec<i64> {
        let (order, result) = sort_order::<()>(items.len(), |a, b| Ok(items[a as usize] / 2 < items[b as usize] / 2));
        assert_eq!(result, Ok(()));
        order.iter().map(|i| items[*i as usize]).collect()
    }

    #[test]
    fn agrees_with_the_stable_sort() {
        let mut state = 7_u64;
        for len in [0, 1, 2, 3, 23, 24, 25, 60, 500] {
            let items: Vec<i64> = (0..len)
                .map(|_| {
                    state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    (state >> 58) as i64
                })
                .collect();
            let mut expected = items.clone();
            expected.sort_by_key(|i| i / 2);
            assert_eq!(sorted(&items), expected, "{items:?}");
        }
    }

    #[test]
    fn sorted_input_costs_one_comparison_per_item() {
        let mut count = 0;
        let (order, result) = sort_order::<()>(1000, |a, b| {
            count += 1;
            Ok(a < b)
        });
        assert_eq!((order, result), ((0..1000).collect(), Ok(())));
        assert_eq!(count, 999);
    }

    #[test]
    fn a_failing_comparison_loses_nothing() {
        for limit in 0..300 {
            let mut left = limit;
            let (mut order, _) = sort_order(60, |a, b| {
                left -= 1;
                if left < 0 { Err(()) } else { Ok((a * 7919) % 61 < (b * 7919) % 61) }
            });
            order.sort_unstable();
            assert_eq!(order, (0..60).collect::<Vec<u32>>());
        }
    }
}
