//! `deque`: a ring buffer with both ends open.
//!
//! Invariant: `version` grows with every change of length or order, so that iterators notice. No borrow of the items is held
//! while Python code runs.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ops::ControlFlow;

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Held, List, Obj, Payload, StrBuilder, Tuple};
use pv_runtime::{Args, Exc, PyResult, Slots, Thread, TypeTable, attr, getsets, natives, protocol};

use crate::support::{Parameters, Step, absent, create, itself, machine_int, module_item, optional_int, state, step};

#[derive(Default)]
struct Deque {
    items: RefCell<VecDeque<Obj>>,
    limit: Cell<Option<usize>>,
    version: Cell<u64>,
}

impl Payload for Deque {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.items.borrow().iter().for_each(visitor);
    }
    fn clear(&self) {
        drop(self.items.take());
    }
}

impl Deque {
    fn len(&self) -> usize {
        self.items.borrow().len()
    }

    fn get(&self, index: usize) -> Option<Obj> {
        self.items.borrow().get(index).cloned()
    }

    fn changed(&self) {
        self.version.set(self.version.get() + 1);
    }

    fn push(&self, item: Obj) {
        self.items.borrow_mut().push_back(item);
        self.changed();
        if self.is_over() {
            let dropped = self.items.borrow_mut().pop_front();
            drop(dropped);
        }
    }

    fn push_front(&self, item: Obj) {
        self.items.borrow_mut().push_front(item);
        self.changed();
        if self.is_over() {
            let dropped = self.items.borrow_mut().pop_back();
            drop(dropped);
        }
    }

    fn is_over(&self) -> bool {
        self.limit.get().is_some_and(|limit| self.len() > limit)
    }

    fn to_vec(&self) -> Vec<Obj> {
        self.items.borrow().iter().cloned().collect()
    }
}

fn view<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a Deque> {
    state(cx, this)
}

static PARAMETERS: Parameters = Parameters::new("deque", "(iterable=(), maxlen=None)");

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(create(class, Deque::default()))
}

fn init(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<()> {
    let deque = view(cx, this)?;
    let bound = PARAMETERS.bind(cx, args)?;
    let [iterable, limit] = &bound[..] else { return Ok(()) };
    let limit = match limit.as_ref().filter(|limit| !limit.is_none()) {
        None => None,
        Some(limit) if limit.is_int() => match usize::try_from(machine_int(cx, limit)?) {
            Ok(limit) => Some(limit),
            Err(_) => return Err(cx.value_error("maxlen must be non-negative")),
        },
        Some(_) => return Err(cx.type_error("an integer is required")),
    };
    deque.limit.set(limit);
    let old = deque.items.take();
    deque.changed();
    drop(old);
    if let Some(iterable) = iterable {
        extend(cx, this, iterable)?;
    }
    Ok(())
}

fn append(cx: &Thread, this: &Obj, item: &Obj) -> PyResult {
    view(cx, this)?.push(item.clone());
    Ok(Obj::none())
}

fn append_left(cx: &Thread, this: &Obj, item: &Obj) -> PyResult {
    view(cx, this)?.push_front(item.clone());
    Ok(Obj::none())
}

fn extend(cx: &Thread, this: &Obj, iterable: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    if iterable.same(this) {
        deque.to_vec().into_iter().for_each(|item| deque.push(item));
        return Ok(Obj::none());
    }
    protocol::for_each(cx, iterable, |item| {
        deque.push(item);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Obj::none())
}

fn extend_left(cx: &Thread, this: &Obj, iterable: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    if iterable.same(this) {
        deque.to_vec().into_iter().for_each(|item| deque.push_front(item));
        return Ok(Obj::none());
    }
    protocol::for_each(cx, iterable, |item| {
        deque.push_front(item);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Obj::none())
}

fn pop(cx: &Thread, this: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    deque.changed();
    let item = deque.items.borrow_mut().pop_back();
    item.ok_or_else(|| cx.index_error("pop from an empty deque"))
}

fn pop_left(cx: &Thread, this: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    deque.changed();
    let item = deque.items.borrow_mut().pop_front();
    item.ok_or_else(|| cx.index_error("pop from an empty deque"))
}

fn clear(cx: &Thread, this: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    deque.changed();
    drop(deque.items.take());
    Ok(Obj::none())
}

fn copy(cx: &Thread, this: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    let class = cx.type_of(this);
    if class.same(&module_item(cx, "_collections", "deque")?) {
        return Ok(like(class, deque, deque.items.borrow().clone()));
    }
    match deque.limit.get() {
        Some(limit) => protocol::call2(cx, class, this, &Obj::usize(limit)),
        None => protocol::call1(cx, class, this),
    }
}

fn like(class: &Obj, deque: &Deque, items: VecDeque<Obj>) -> Obj {
    create(class, Deque { items: RefCell::new(items), limit: deque.limit.clone(), version: Cell::new(0) })
}

/// The first item equal to `value`, from `start` up to `stop`.
fn find(cx: &Thread, deque: &Deque, value: &Obj, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let version = deque.version.get();
    for index in start..stop.min(deque.len()) {
        let Some(item) = deque.get(index) else { break };
        let equal = protocol::values_equal(cx, &item, value)?;
        if deque.version.get() != version {
            return Err(cx.runtime_error("deque mutated during iteration"));
        }
        if equal {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn count(cx: &Thread, this: &Obj, value: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    let (mut count, mut start) = (0, 0);
    while let Some(index) = find(cx, deque, value, start, usize::MAX)? {
        count += 1;
        start = index + 1;
    }
    Ok(Obj::int(count))
}

fn index(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), Some(value), start, stop] = args else {
        return Err(cx.type_error("index expected at least 1 argument"));
    };
    let deque = view(cx, this)?;
    let len = deque.len() as i64;
    let clamp = |index: i64| if index < 0 { (index + len).max(0) } else { index } as usize;
    let start = clamp(optional_int(cx, start.as_ref(), 0)?);
    let stop = clamp(optional_int(cx, stop.as_ref(), i64::MAX)?);
    match find(cx, deque, value, start, stop)? {
        Some(index) => Ok(Obj::usize(index)),
        None => {
            let shown = pv_runtime::text::to_string(&protocol::repr(cx, value)?);
            Err(cx.value_error(format_args!("{shown} is not in deque")))
        }
    }
}

fn insert(cx: &Thread, this: &Obj, index: &Obj, item: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    let index = machine_int(cx, index)?;
    let len = deque.len();
    if deque.limit.get() == Some(len) {
        return Err(cx.index_error("deque already at its maximum size"));
    }
    let at = if index < 0 { (index + len as i64).max(0) as usize } else { (index as usize).min(len) };
    deque.items.borrow_mut().insert(at, item.clone());
    deque.changed();
    Ok(Obj::none())
}

fn remove(cx: &Thread, this: &Obj, value: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    let len = deque.len();
    for index in 0..len {
        let Some(item) = deque.get(index) else { break };
        let equal = protocol::values_equal(cx, &item, value)?;
        if deque.len() != len {
            return Err(cx.index_error("deque mutated during remove()."));
        }
        if equal {
            let removed = deque.items.borrow_mut().remove(index);
            deque.changed();
            drop(removed);
            return Ok(Obj::none());
        }
    }
    Err(cx.value_error("deque.remove(x): x not in deque"))
}

fn reverse(cx: &Thread, this: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    deque.items.borrow_mut().make_contiguous().reverse();
    deque.changed();
    Ok(Obj::none())
}

fn rotate(cx: &Thread, this: &Obj, steps: Option<&Obj>) -> PyResult {
    let deque = view(cx, this)?;
    let steps = optional_int(cx, steps, 1)?;
    let len = deque.len() as i64;
    if len > 1 {
        deque.items.borrow_mut().rotate_right(steps.rem_euclid(len) as usize);
        deque.changed();
    }
    Ok(Obj::none())
}

fn len(cx: &Thread, this: &Obj) -> PyResult<usize> {
    Ok(view(cx, this)?.len())
}

fn place(cx: &Thread, deque: &Deque, index: &Obj) -> PyResult<usize> {
    if !index.is_int() && cx.lookup_special(index, &cx.names().__index__).is_none() {
        let found = cx.type_name(index);
        return Err(cx.type_error(format_args!("sequence index must be integer, not '{found}'")));
    }
    protocol::normalize_index(cx, index, deque.len(), "deque index out of range")
}

fn get_item(cx: &Thread, this: &Obj, index: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    let place = place(cx, deque, index)?;
    deque.get(place).ok_or_else(|| cx.index_error("deque index out of range"))
}

fn set_item(cx: &Thread, this: &Obj, index: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let deque = view(cx, this)?;
    let place = place(cx, deque, index)?;
    let old = match value {
        Some(value) => Some(std::mem::replace(&mut deque.items.borrow_mut()[place], value.clone())),
        None => {
            deque.changed();
            deque.items.borrow_mut().remove(place)
        }
    };
    drop(old);
    Ok(())
}

fn contains(cx: &Thread, this: &Obj, value: &Obj) -> PyResult<bool> {
    Ok(find(cx, view(cx, this)?, value, 0, usize::MAX)?.is_some())
}

fn concat(cx: &Thread, this: &Obj, other: &Obj) -> PyResult {
    if other.native::<Deque>().is_none() {
        let found = cx.type_name(other);
        return Err(cx.type_error(format_args!("can only concatenate deque (not \"{found}\") to deque")));
    }
    let result = copy(cx, this)?;
    extend(cx, &result, other)?;
    Ok(result)
}

fn repeat(cx: &Thread, this: &Obj, times: &Obj) -> PyResult {
    let result = copy(cx, this)?;
    in_place_multiply(cx, &result, times)
}

fn in_place_add(cx: &Thread, this: &Obj, other: &Obj) -> PyResult {
    extend(cx, this, other)?;
    Ok(this.clone())
}

fn in_place_multiply(cx: &Thread, this: &Obj, times: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    let times = protocol::to_isize(cx, times)?;
    let items = deque.to_vec();
    if times <= 0 {
        clear(cx, this)?;
    }
    for _ in 1..times {
        items.iter().for_each(|item| deque.push(item.clone()));
    }
    Ok(this.clone())
}

fn combine(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    match (op, a.native::<Deque>().is_some(), b.native::<Deque>().is_some()) {
        (BinaryOp::Add, true, _) => concat(cx, a, b),
        (BinaryOp::Mul, true, false) if b.is_int() => repeat(cx, a, b),
        (BinaryOp::Mul, false, true) if a.is_int() => repeat(cx, b, a),
        _ => Ok(Obj::not_implemented()),
    }
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (a.native::<Deque>(), b.native::<Deque>()) else {
        return Ok(Obj::not_implemented());
    };
    if matches!(op, Compare::Eq | Compare::Ne) && left.len() != right.len() {
        return Ok(Obj::bool(op == Compare::Ne));
    }
    protocol::rich_compare(cx, op, &List::create(left.to_vec()), &List::create(right.to_vec()))
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    cx.guard_repr(this, "[...]", || {
        let deque = view(cx, this)?;
        let mut out = StrBuilder::new();
        out.push_str(&cx.type_name(this));
        out.push_str("(");
        out.push_obj(protocol::repr(cx, &List::create(deque.to_vec()))?.expect());
        if let Some(limit) = deque.limit.get() {
            out.push_str(&format!(", maxlen={limit}"));
        }
        out.push_str(")");
        Ok(out.finish())
    })
}

fn reduce(cx: &Thread, this: &Obj) -> PyResult {
    let deque = view(cx, this)?;
    let args = match deque.limit.get() {
        None => Vec::new(),
        Some(limit) => vec![Tuple::create(Vec::new()), Obj::usize(limit)],
    };
    let items = protocol::get_iter(cx, this)?;
    let kept = attr::get_optional(cx, this, &cx.names().__dict__)?.unwrap_or_else(Obj::none);
    Ok(Tuple::create(vec![cx.type_of(this).clone(), Tuple::create(args), kept, items]))
}

fn maxlen(cx: &Thread, this: &Obj) -> PyResult {
    Ok(view(cx, this)?.limit.get().map_or_else(Obj::none, Obj::usize))
}

getsets! { static GETSETS:
    "maxlen" maxlen => "maximum size of a deque or None if unbounded";
}

natives! { static CLASS_METHODS:
    "__class_getitem__" "(cls, object, /)" F2(pv_runtime::types::class_getitem) "See PEP 585";
}

natives! { static METHODS:
    "__copy__" "(self, /)" F1(copy) "Return a shallow copy of a deque.";
    "__iadd__" "(self, value, /)" F2(in_place_add) "Implement self+=value.";
    "__imul__" "(self, value, /)" F2(in_place_multiply) "Implement self*=value.";
    "__reduce__" "(self, /)" F1(reduce) "Return state information for pickling.";
    "__reversed__" "(self, /)" F1(reversed) "Return a reverse iterator over the deque.";
    "append" "(self, item, /)" F2(append) "Adds an item at the right end.";
    "appendleft" "(self, item, /)" F2(append_left) "Adds an item at the left end.";
    "clear" "(self, /)" F1(clear) "Removes all items.";
    "copy" "(self, /)" F1(copy) "A shallow copy.";
    "count" "(self, value, /)" F2(count) "How often an item occurs.";
    "extend" "(self, iterable, /)" F2(extend) "Adds items at the right end.";
    "extendleft" "(self, iterable, /)" F2(extend_left) "Adds items at the left end, one after the other.";
    "index" "(self, value, start=0, stop=sys.maxsize, /)" Bound(index) "The first place of an item.";
    "insert" "(self, index, value, /)" F3(insert) "Puts an item before a place.";
    "pop" "(self, /)" F1(pop) "Removes and returns the item at the right end.";
    "popleft" "(self, /)" F1(pop_left) "Removes and returns the item at the left end.";
    "remove" "(self, value, /)" F2(remove) "Removes the first item equal to a value.";
    "reverse" "(self, /)" F1(reverse) "Reverses the order of the items.";
    "rotate" "(self, n=1, /)" O2(rotate) "Moves items from the right end to the left.";
}

/// `deque`.
pub(super) static DEQUE: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getsets: GETSETS,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        unhashable: true,
        iter: Some(iter),
        compare: Some(compare),
        binary: Some((combine, &[BinaryOp::Add, BinaryOp::Mul])),
        len: Some(len),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(contains),
        ..Slots::NONE
    },
    doc: "A list with both ends open.",
    ..TypeTable::NONE
};

// -- Iterators --------------------------------------------------------------------------------------------------------

struct DequeIter<const REVERSED: bool> {
    deque: Held,
    index: Cell<usize>,
    version: u64,
}

impl<const REVERSED: bool> Payload for DequeIter<REVERSED> {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.deque.visit(visitor);
    }
}

impl<const REVERSED: bool> Step for DequeIter<REVERSED> {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let Some(source) = self.deque.get() else { return Ok(None) };
        let deque = view(cx, &source)?;
        if deque.version.get() != self.version {
            drop(self.deque.take());
            return Err(cx.raise_message(Exc::RuntimeError, "deque mutated during iteration"));
        }
        let (index, len) = (self.index.get(), deque.len());
        if index >= len {
            drop(self.deque.take());
            return Ok(None);
        }
        self.index.set(index + 1);
        Ok(deque.get(if REVERSED { len - 1 - index } else { index }))
    }
}

fn length_hint<const REVERSED: bool>(cx: &Thread, this: &Obj) -> PyResult {
    let iterator = state::<DequeIter<REVERSED>>(cx, this)?;
    match iterator.deque.get() {
        Some(deque) => Ok(Obj::usize(view(cx, &deque)?.len().saturating_sub(iterator.index.get()))),
        None => Ok(Obj::small(0)),
    }
}

fn make_iter<const REVERSED: bool>(cx: &Thread, this: &Obj, class: &str) -> PyResult {
    let class = module_item(cx, "_collections", class)?;
    let version = view(cx, this)?.version.get();
    Ok(create(&class, DequeIter::<REVERSED> { deque: Held::new(this.clone()), index: Cell::new(0), version }))
}

fn iter(cx: &Thread, this: &Obj) -> PyResult {
    make_iter::<false>(cx, this, "_deque_iterator")
}

fn reversed(cx: &Thread, this: &Obj) -> PyResult {
    make_iter::<true>(cx, this, "_deque_reverse_iterator")
}

natives! { static ITERATOR_METHODS:
    "__length_hint__" "(self, /)" F1(length_hint::<false>) "Private method returning an estimate of len(list(it)).";
}

natives! { static REVERSE_METHODS:
    "__length_hint__" "(self, /)" F1(length_hint::<true>) "Private method returning an estimate of len(list(it)).";
}

fn new_iter(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult {
    let deque = args.positional().first().filter(|deque| !absent(Some(deque)));
    deque.map_or_else(
        || Err(cx.type_error("_deque_iterator expected at least 1 argument, got 0")),
        |deque| iter(cx, deque),
    )
}

/// Iterators over deques.
pub(super) static ITERATOR: TypeTable = TypeTable {
    methods: ITERATOR_METHODS,
    slots: Slots { new: Some(new_iter), iter: Some(itself), next: Some(step::<DequeIter<false>>), ..Slots::NONE },
    ..TypeTable::NONE
};

/// Iterators over deques, from the right.
pub(super) static REVERSE_ITERATOR: TypeTable = TypeTable {
    methods: REVERSE_METHODS,
    slots: Slots { iter: Some(itself), next: Some(step::<DequeIter<true>>), ..Slots::NONE },
    ..TypeTable::NONE
};
