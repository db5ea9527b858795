//! `set` and `frozenset`.

mod methods;

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Dict, FrozenSet, Kind, Obj, Probe, Set, SetIter, SetTable, Type};

use super::{TypeTable, dict};
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol::{self, values_equal};
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

fn table(set: &Obj) -> &SetTable {
    match set.set_table() {
        Some(table) => table,
        None => unreachable!("the receiver of a set's method is a set"),
    }
}

/// The entry of an element whose hash is known.
fn find(cx: &Thread, table: &SetTable, element: &Obj, hash: i64) -> PyResult<Option<usize>> {
    let mut probe = table.probe(element, hash);
    loop {
        match probe {
            Probe::Found(entry) => return Ok(Some(entry)),
            Probe::Absent => return Ok(None),
            Probe::Ask(candidate) => {
                let equal = values_equal(cx, &candidate.key, element)?;
                probe = table.resume(candidate, equal, element, hash);
            }
        }
    }
}

fn element_hash(cx: &Thread, element: &Obj) -> PyResult<i64> {
    match pv_object::quick_hash(element) {
        Some(hash) => Ok(hash),
        None => dict::hash_or_explain(cx, element, "a set element"),
    }
}

fn add_hashed(cx: &Thread, table: &SetTable, element: &Obj, hash: i64) -> PyResult<()> {
    if find(cx, table, element, hash)?.is_none() {
        table.insert_absent(element.clone(), hash);
    }
    Ok(())
}

/// `set.add(element)` (frozen sets too, while they are made).
pub fn add(cx: &Thread, set: &Obj, element: &Obj) -> PyResult<()> {
    let hash = element_hash(cx, element)?;
    add_hashed(cx, table(set), element, hash)
}

/// `set.update(iterable)`.
pub fn update(cx: &Thread, set: &Obj, iterable: &Obj) -> PyResult<()> {
    if let Some(other) = iterable.set_table() {
        if table(set).is_empty() {
            table(set).copy_from(other);
            return Ok(());
        }
        for (element, hash) in other.items() {
            add_hashed(cx, table(set), &element, hash)?;
        }
        return Ok(());
    }
    if let Some(other) = iterable.exact::<Dict>() {
        // The keys are not asked for their hashes again.
        let mut at = 0;
        while let Some((entry, key, _)) = other.next_entry(at) {
            add_hashed(cx, table(set), &key, dict::entry_hash(cx, other, entry, &key)?)?;
            at = entry + 1;
        }
        return Ok(());
    }
    protocol::for_each(cx, iterable, |element| {
        add(cx, set, &element)?;
        Ok(std::ops::ControlFlow::Continue(()))
    })
}

/// A set of these elements.
pub fn build(cx: &Thread, elements: Vec<Obj>) -> PyResult {
    let set = Set::create();
    for element in elements {
        add(cx, &set, &element)?;
    }
    Ok(set)
}

/// An empty set or frozenset like `set`.
fn empty_like(set: &Obj) -> Obj {
    if set.kind() == Kind::FrozenSet { FrozenSet::create() } else { Set::create() }
}

fn copy_of(set: &Obj) -> Obj {
    let copy = empty_like(set);
    table(&copy).copy_from(table(set));
    copy
}

/// Looks for an element; a set that is asked for is looked for as a frozenset.
fn position(cx: &Thread, set: &Obj, element: &Obj) -> PyResult<Option<usize>> {
    if element.kind() == Kind::Set && cx.lookup_special(element, &cx.names().__hash__).is_none_or(|h| h.is_none()) {
        let frozen = FrozenSet::create();
        table(&frozen).copy_from(table(element));
        let hash = frozen.expect::<FrozenSet>().hash();
        return find(cx, table(set), &frozen, hash);
    }
    let hash = element_hash(cx, element)?;
    find(cx, table(set), element, hash)
}

fn contains(cx: &Thread, set: &Obj, element: &Obj) -> PyResult<bool> {
    Ok(position(cx, set, element)?.is_some())
}

/// Fills the empty set `out` where that needs no Python; else some of the result may be in it.
fn combine_quickly(op: BinaryOp, left: &SetTable, right: &SetTable, out: &SetTable) -> bool {
    match op {
        BinaryOp::Or => {
            out.copy_from(left);
            out.add_divided(right, left, false)
        }
        BinaryOp::And => {
            let (small, large) = if left.len() > right.len() { (right, left) } else { (left, right) };
            out.add_divided(small, large, true)
        }
        BinaryOp::Xor => out.add_divided(left, right, false) && out.add_divided(right, left, false),
        _ => out.add_divided(left, right, false),
    }
}

/// `&`, `|`, `^` and `-` of sets; the result is of the left one's kind.
pub(crate) fn combine(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    let result = empty_like(a);
    let (left, right, out) = (table(a), table(b), table(&result));
    if combine_quickly(op, left, right, out) {
        return Ok(result);
    }
    out.remove_all();
    match op {
        BinaryOp::Or => {
            out.copy_from(left);
            for (element, hash) in right.items() {
                add_hashed(cx, out, &element, hash)?;
            }
        }
        BinaryOp::And => {
            let (small, large) = if left.len() > right.len() { (right, left) } else { (left, right) };
            for (element, hash) in small.items() {
                if find(cx, large, &element, hash)?.is_some() {
                    add_hashed(cx, out, &element, hash)?;
                }
            }
        }
        _ => {
            for (element, hash) in left.items() {
                if find(cx, right, &element, hash)?.is_none() {
                    add_hashed(cx, out, &element, hash)?;
                }
            }
            if op == BinaryOp::Xor {
                for (element, hash) in right.items() {
                    if find(cx, left, &element, hash)?.is_none() {
                        add_hashed(cx, out, &element, hash)?;
                    }
                }
            }
        }
    }
    Ok(result)
}

fn binary(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    if a.set_table().is_none() || b.set_table().is_none() {
        return Ok(Obj::not_implemented());
    }
    combine(cx, op, a, b)
}

fn inplace(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    if b.set_table().is_none() {
        return Ok(Obj::not_implemented());
    }
    if op == BinaryOp::Or {
        update(cx, a, b)?;
        return Ok(a.clone());
    }
    let result = combine(cx, op, a, b)?;
    table(a).take_from(table(&result));
    Ok(a.clone())
}

fn is_subset(cx: &Thread, a: &SetTable, b: &SetTable) -> PyResult<bool> {
    if a.len() > b.len() {
        return Ok(false);
    }
    if let Some(answer) = a.is_within(b) {
        return Ok(answer);
    }
    for (element, hash) in a.items() {
        if find(cx, b, &element, hash)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (a.set_table(), b.set_table()) else { return Ok(Obj::not_implemented()) };
    let (less, greater) = (left.len() < right.len(), left.len() > right.len());
    Ok(Obj::bool(match op {
        Compare::Eq => !less && !greater && is_subset(cx, left, right)?,
        Compare::Ne => less || greater || !is_subset(cx, left, right)?,
        Compare::Le => is_subset(cx, left, right)?,
        Compare::Lt => less && is_subset(cx, left, right)?,
        Compare::Ge => is_subset(cx, right, left)?,
        Compare::Gt => greater && is_subset(cx, right, left)?,
    }))
}

fn repr(cx: &Thread, set: &Obj) -> PyResult {
    let name = cx.type_name(set);
    if table(set).is_empty() {
        return Ok(text::new(&format!("{name}()")));
    }
    cx.guard_repr(set, &format!("{name}(...)"), || {
        let mut shown = Vec::new();
        for (element, _) in table(set).items() {
            shown.push(text::to_string(&protocol::repr(cx, &element)?));
        }
        let shown = shown.join(", ");
        let plain = set.kind() == Kind::Set && set.is_exact();
        Ok(text::new(&if plain { format!("{{{shown}}}") } else { format!("{name}({{{shown}}})") }))
    })
}

fn len(_: &Thread, set: &Obj) -> PyResult<usize> {
    Ok(table(set).len())
}

fn iter(_: &Thread, set: &Obj) -> PyResult {
    Ok(SetIter::create(set.clone()))
}

fn hash(_: &Thread, set: &Obj) -> PyResult<i64> {
    Ok(set.expect::<FrozenSet>().hash())
}

fn one_iterable<'a>(cx: &Thread, name: &str, args: &Args<'a>) -> PyResult<Option<&'a Obj>> {
    if args.has_keywords() {
        return Err(cx.type_error(format_args!("{name}() takes no keyword arguments")));
    }
    match args.positional() {
        [] => Ok(None),
        [iterable] => Ok(Some(iterable)),
        more => Err(cx.type_error(format_args!("{name} expected at most 1 argument, got {}", more.len()))),
    }
}

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(Set::with_shape(class.expect::<Type>().root_shape()))
}

fn init(cx: &Thread, set: &Obj, args: &Args<'_>) -> PyResult<()> {
    let iterable = one_iterable(cx, "set", args)?;
    table(set).remove_all();
    match iterable {
        Some(iterable) => update(cx, set, iterable),
        None => Ok(()),
    }
}

fn frozen_new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let exact = class.same(cx.vm().type_of_kind(Kind::FrozenSet));
    let leaves_keywords = super::args::replaces(cx, class, Kind::FrozenSet, &cx.names().__init__);
    let args = if leaves_keywords { Args::new(args.positional()) } else { *args };
    let iterable = one_iterable(cx, "frozenset", &args)?;
    if let Some(frozen) = iterable.filter(|iterable| exact && iterable.exact::<FrozenSet>().is_some()) {
        return Ok(frozen.clone());
    }
    let set = FrozenSet::with_shape(class.expect::<Type>().root_shape());
    if let Some(iterable) = iterable {
        update(cx, &set, iterable)?;
    }
    Ok(set)
}

const OPERATORS: &[BinaryOp] = &[BinaryOp::And, BinaryOp::Or, BinaryOp::Xor, BinaryOp::Sub];

const COMMON: Slots = Slots {
    repr: Some(repr),
    compare: Some(compare),
    len: Some(len),
    iter: Some(iter),
    contains: Some(contains),
    binary: Some((binary, OPERATORS)),
    ..Slots::NONE
};

/// `set`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: methods::SET,
    class_methods: methods::CLASS_METHODS,
    slots: Slots { new: Some(new), init: Some(init), unhashable: true, inplace: Some((inplace, OPERATORS)), ..COMMON },
    doc: "Build an unordered collection of unique elements.",
    ..TypeTable::NONE
};

/// `frozenset`.
pub(crate) static FROZEN: TypeTable = TypeTable {
    methods: methods::FROZEN,
    class_methods: methods::CLASS_METHODS,
    slots: Slots { new: Some(frozen_new), hash: Some(hash), ..COMMON },
    doc: "Build an immutable unordered collection of unique elements.",
    ..TypeTable::NONE
};
