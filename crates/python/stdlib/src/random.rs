//! `_random`: the generator behind `random`.

use std::cell::RefCell;

use pv_object::{BigInt, Obj, Payload, Tuple};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, natives, protocol};

use crate::algorithm::mersenne::{Mersenne, N};
use crate::support::{class, create, machine_int, state};

struct Random(RefCell<Mersenne>);

impl Payload for Random {}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let this = create(class, Random(RefCell::new(Mersenne::from_key(&[0]))));
    seed(cx, &this, args.positional().first())?;
    Ok(this)
}

/// The words of a number's absolute value, lowest first; at least one.
fn key(number: &BigInt) -> Vec<u32> {
    let mut bytes = number.abs().to_le_bytes();
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    let mut words: Vec<u32> = bytes
        .chunks(4)
        .map(|chunk| u32::from_le_bytes(std::array::from_fn(|i| chunk.get(i).copied().unwrap_or(0))))
        .collect();
    if words.is_empty() {
        words.push(0);
    }
    words
}

fn seed(cx: &Thread, this: &Obj, value: Option<&Obj>) -> PyResult {
    let random = state::<Random>(cx, this)?;
    let key = match value.filter(|value| !value.is_none()) {
        None => entropy(cx)?,
        Some(value) if value.is_int() => key(&value.as_bigint().unwrap_or(BigInt::ZERO)),
        Some(value) => key(&BigInt::from(protocol::hash(cx, value)? as u64)),
    };
    *random.0.borrow_mut() = Mersenne::from_key(&key);
    Ok(Obj::none())
}

/// A key that nobody can foresee.
fn entropy(cx: &Thread) -> PyResult<Vec<u32>> {
    let bytes = crate::posix::random_bytes(cx, N * 4)?;
    Ok(bytes.chunks_exact(4).map(|chunk| u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]])).collect())
}

fn random(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::float(state::<Random>(cx, this)?.0.borrow_mut().next_f64()))
}

fn get_bits(cx: &Thread, this: &Obj, count: &Obj) -> PyResult {
    let random = state::<Random>(cx, this)?;
    let count = machine_int(cx, count)?;
    match count {
        ..0 => Err(cx.value_error("Cannot convert negative int")),
        0..=32 => Ok(Obj::int(random.0.borrow_mut().bits(count as u32) as i64)),
        _ => Ok(Obj::big(BigInt::from_le_bytes(&random.0.borrow_mut().bytes(count as usize), false))),
    }
}

fn get_state(cx: &Thread, this: &Obj) -> PyResult {
    let random = state::<Random>(cx, this)?.0.borrow();
    let (words, index) = random.state();
    let items = words.iter().map(|word| Obj::int(i64::from(*word))).chain([Obj::usize(index)]).collect();
    Ok(Tuple::create(items))
}

fn set_state(cx: &Thread, this: &Obj, value: &Obj) -> PyResult {
    let Some(items) = value.downcast::<Tuple>() else { return Err(cx.type_error("state vector must be a tuple")) };
    if items.len() != N + 1 {
        return Err(cx.value_error("state vector is the wrong size"));
    }
    let mut words = [0; N];
    for (word, item) in words.iter_mut().zip(items.items()) {
        *word = u32::try_from(machine_int(cx, item)?)
            .map_err(|_| cx.overflow_error("can't convert negative value to unsigned int"))?;
    }
    let index = machine_int(cx, &items.items()[N])?;
    let restored = usize::try_from(index).ok().and_then(|index| Mersenne::from_state(words, index));
    match restored {
        Some(restored) => *state::<Random>(cx, this)?.0.borrow_mut() = restored,
        None => return Err(cx.value_error("invalid state")),
    }
    Ok(Obj::none())
}

natives! { static METHODS:
    "getrandbits" "(self, k, /)" F2(get_bits) "An integer of k random bits.";
    "getstate" "(self, /)" F1(get_state) "The state, as a tuple of integers.";
    "random" "(self, /)" F1(random) "A random float in [0, 1).";
    "seed" "(self, n=None, /)" O2(seed) "Sets the state from a number, or from the system's entropy.";
    "setstate" "(self, state, /)" F2(set_state) "Restores a state.";
}

static RANDOM: TypeTable = TypeTable {
    methods: METHODS,
    slots: Slots { new: Some(new), ..Slots::NONE },
    doc: "A generator of random numbers.",
    ..TypeTable::NONE
};

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    class(cx, namespace, "_random", "Random", &RANDOM);
    Ok(())
}
