//! Combinatoric iterators: they collect their pools first and then step through indices in lexicographic order.

use std::cell::RefCell;

use pv_object::{Obj, Payload, Tuple};
use pv_runtime::{Args, PyResult, Thread, TypeTable, protocol};

use crate::support::{Parameters, Step, absent, create, iterator, machine_int};

/// Where a combinatoric iterator stands.
enum Place {
    /// Nothing was given yet.
    Start,
    /// These indices were given last.
    At(Vec<usize>),
    /// At the end.
    End,
}

struct Pools {
    pools: Vec<Vec<Obj>>,
    place: RefCell<Place>,
}

impl Pools {
    fn new(pools: Vec<Vec<Obj>>, possible: bool) -> Pools {
        Pools { pools, place: RefCell::new(if possible { Place::Start } else { Place::End }) }
    }

    /// Steps the indices: from `first`, by `advance`, which says whether there are more.
    fn next(&self, first: impl Fn() -> Vec<usize>, advance: impl Fn(&mut Vec<usize>) -> bool) -> Option<Vec<usize>> {
        let mut place = self.place.borrow_mut();
        let indices = match std::mem::replace(&mut *place, Place::End) {
            Place::Start => first(),
            Place::At(mut indices) => {
                if !advance(&mut indices) {
                    return None;
                }
                indices
            }
            Place::End => return None,
        };
        *place = Place::At(indices.clone());
        Some(indices)
    }

    fn pick(&self, indices: &[usize]) -> Obj {
        Tuple::create(indices.iter().map(|at| self.pools[0][*at].clone()).collect())
    }

    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.pools.iter().flatten().for_each(visitor);
    }
}

macro_rules! combinatoric {
    ($($name:ident)*) => {
        $(impl Payload for $name {
            fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
                self.pools.visit(visitor);
            }
        })*
    };
}
combinatoric!(Product Permutations Combinations WithReplacement);

struct Product {
    pools: Pools,
}

impl Step for Product {
    fn step(&self, _: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let pools = &self.pools.pools;
        let indices = self.pools.next(
            || vec![0; pools.len()],
            |indices| {
                for at in (0..indices.len()).rev() {
                    indices[at] += 1;
                    if indices[at] < pools[at].len() {
                        return true;
                    }
                    indices[at] = 0;
                }
                false
            },
        );
        Ok(indices
            .map(|indices| Tuple::create(indices.iter().zip(pools).map(|(at, pool)| pool[*at].clone()).collect())))
    }
}

fn new_product(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let repeat = args.keyword("repeat");
    if args.names().len() > usize::from(repeat.is_some()) {
        return Err(cx.type_error("product() got an unexpected keyword argument"));
    }
    let repeat = repeat.map_or(Ok(1), |repeat| machine_int(cx, repeat))?;
    if repeat < 0 {
        return Err(cx.value_error("repeat argument cannot be negative"));
    }
    let once = args.positional().iter().map(|pool| protocol::collect(cx, pool)).collect::<PyResult<Vec<_>>>()?;
    let pools: Vec<Vec<Obj>> = (0..repeat).flat_map(|_| once.iter().cloned()).collect();
    let possible = pools.iter().all(|pool| !pool.is_empty());
    Ok(create(class, Product { pools: Pools::new(pools, possible) }))
}

/// `product`.
pub(super) static PRODUCT: TypeTable = iterator::<Product>(new_product, "The Cartesian product.");

/// The pool and the length of what is picked from it.
fn pool_and_length(cx: &Thread, parameters: &Parameters, args: &Args<'_>) -> PyResult<(Vec<Obj>, usize)> {
    let mut bound = parameters.bind(cx, args)?.into_iter();
    let pool = protocol::collect(cx, &bound.next().flatten().unwrap_or_else(Obj::none))?;
    let length = bound.next().flatten();
    if absent(length.as_ref()) {
        let length = pool.len();
        return Ok((pool, length));
    }
    match machine_int(cx, &length.unwrap_or_else(Obj::none))? {
        length @ 0.. => Ok((pool, length as usize)),
        _ => Err(cx.value_error("r must be non-negative")),
    }
}

struct Permutations {
    pools: Pools,
    length: usize,
}
static PERMUTATIONS_PARAMETERS: Parameters = Parameters::new("permutations", "(iterable, r=None)");

/// The next permutation of which the first `length` indices count.
fn next_permutation(indices: &mut [usize], length: usize) -> bool {
    indices[length..].reverse();
    let Some(pivot) = (0..indices.len().saturating_sub(1)).rev().find(|i| indices[*i] < indices[i + 1]) else {
        return false;
    };
    let larger = (pivot + 1..indices.len()).rev().find(|i| indices[*i] > indices[pivot]).unwrap_or(pivot);
    indices.swap(pivot, larger);
    indices[pivot + 1..].reverse();
    true
}

impl Step for Permutations {
    fn step(&self, _: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let size = self.pools.pools[0].len();
        let indices = self.pools.next(|| (0..size).collect(), |indices| next_permutation(indices, self.length));
        Ok(indices.map(|indices| self.pools.pick(&indices[..self.length])))
    }
}

fn new_permutations(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let (pool, length) = pool_and_length(cx, &PERMUTATIONS_PARAMETERS, args)?;
    let possible = length <= pool.len();
    Ok(create(class, Permutations { pools: Pools::new(vec![pool], possible), length }))
}

/// `permutations`.
pub(super) static PERMUTATIONS: TypeTable =
    iterator::<Permutations>(new_permutations, "The ways to pick and order items.");

struct Combinations {
    pools: Pools,
    length: usize,
}
static COMBINATIONS_PARAMETERS: Parameters = Parameters::new("combinations", "(iterable, r)");

impl Step for Combinations {
    fn step(&self, _: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let (size, length) = (self.pools.pools[0].len(), self.length);
        let indices = self.pools.next(
            || (0..length).collect(),
            |indices| {
                let Some(at) = (0..length).rev().find(|i| indices[*i] != i + size - length) else { return false };
                let first = indices[at] + 1;
                indices[at..].iter_mut().enumerate().for_each(|(offset, index)| *index = first + offset);
                true
            },
        );
        Ok(indices.map(|indices| self.pools.pick(&indices)))
    }
}

fn new_combinations(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let (pool, length) = pool_and_length(cx, &COMBINATIONS_PARAMETERS, args)?;
    let possible = length <= pool.len();
    Ok(create(class, Combinations { pools: Pools::new(vec![pool], possible), length }))
}

/// `combinations`.
pub(super) static COMBINATIONS: TypeTable = iterator::<Combinations>(new_combinations, "The ways to pick items.");

struct WithReplacement {
    pools: Pools,
    length: usize,
}
static WITH_REPLACEMENT_PARAMETERS: Parameters = Parameters::new("combinations_with_replacement", "(iterable, r)");

impl Step for WithReplacement {
    fn step(&self, _: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let size = self.pools.pools[0].len();
        let indices = self.pools.next(
            || vec![0; self.length],
            |indices| {
                let Some(at) = (0..indices.len()).rev().find(|i| indices[*i] + 1 != size) else { return false };
                let next = indices[at] + 1;
                indices[at..].fill(next);
                true
            },
        );
        Ok(indices.map(|indices| self.pools.pick(&indices)))
    }
}

fn new_with_replacement(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let (pool, length) = pool_and_length(cx, &WITH_REPLACEMENT_PARAMETERS, args)?;
    let possible = length == 0 || !pool.is_empty();
    Ok(create(class, WithReplacement { pools: Pools::new(vec![pool], possible), length }))
}

/// `combinations_with_replacement`.
pub(super) static WITH_REPLACEMENT: TypeTable =
    iterator::<WithReplacement>(new_with_replacement, "The ways to pick items, each as often as one likes.");
