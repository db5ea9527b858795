//! Iterators that share a source: `groupby` and `tee`.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use pv_object::{Held, Obj, Payload, Tuple};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, natives, protocol};

use crate::support::{Parameters, Step, absent, create, iterator, itself, machine_int, module_item, state, step};

// -- groupby ----------------------------------------------------------------------------------------------------------

struct GroupBy {
    source: Obj,
    key_function: Option<Obj>,
    /// Key of the group given last.
    target: Held,
    /// Key and item read last.
    current_key: Held,
    current: Held,
    /// Numbers the groups: a group whose number is not this one is over.
    number: Cell<u64>,
}
static GROUP_BY_PARAMETERS: Parameters = Parameters::new("groupby", "(iterable, key=None)");

impl Payload for GroupBy {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.source);
        self.key_function.iter().for_each(&mut *visitor);
        [&self.target, &self.current_key, &self.current].iter().for_each(|cell| cell.visit(visitor));
    }
}

impl GroupBy {
    /// Reads an item and its key.
    fn read(&self, cx: &Thread) -> PyResult<bool> {
        let Some(item) = protocol::iter_next(cx, &self.source)? else { return Ok(false) };
        let key = match &self.key_function {
            None => item.clone(),
            Some(function) => protocol::call1(cx, function, &item)?,
        };
        self.current_key.set(key);
        self.current.set(item);
        Ok(true)
    }

    /// Does what was read last belong to the group given last?
    fn in_group(&self, cx: &Thread) -> PyResult<bool> {
        match (self.target.get(), self.current_key.get()) {
            (Some(target), Some(key)) => protocol::values_equal(cx, &target, &key),
            _ => Ok(false),
        }
    }
}

impl Step for GroupBy {
    fn step(&self, cx: &Thread, this: &Obj) -> PyResult<Option<Obj>> {
        self.number.set(self.number.get() + 1);
        while self.current_key.is_empty() || self.in_group(cx)? {
            if !self.read(cx)? {
                return Ok(None);
            }
        }
        let key = self.current_key.get().unwrap_or_else(Obj::none);
        self.target.set(key.clone());
        let class = module_item(cx, "itertools", "_grouper")?;
        let group = Grouper { parent: this.clone(), number: self.number.get() };
        Ok(Some(Tuple::pair(key, create(&class, group))))
    }
}

fn new_group_by(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let mut bound = GROUP_BY_PARAMETERS.bind(cx, args)?.into_iter();
    let source = protocol::get_iter(cx, &bound.next().flatten().unwrap_or_else(Obj::none))?;
    let key_function = bound.next().flatten().filter(|key| !key.is_none());
    let (target, current_key, current) = (Held::empty(), Held::empty(), Held::empty());
    Ok(create(class, GroupBy { source, key_function, target, current_key, current, number: Cell::new(0) }))
}

/// `groupby`.
pub(super) static GROUP_BY: TypeTable =
    iterator::<GroupBy>(new_group_by, "Runs of items with equal keys: pairs of a key and an iterator.");

struct Grouper {
    parent: Obj,
    number: u64,
}

impl Payload for Grouper {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.parent);
    }
}

impl Step for Grouper {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let parent = state::<GroupBy>(cx, &self.parent)?;
        if parent.number.get() != self.number {
            return Ok(None);
        }
        if parent.current.is_empty() && !parent.read(cx)? {
            return Ok(None);
        }
        if !parent.in_group(cx)? {
            return Ok(None);
        }
        Ok(parent.current.take())
    }
}

/// The iterators that `groupby` gives.
pub(super) static GROUPER: TypeTable = TypeTable {
    slots: Slots { iter: Some(itself), next: Some(step::<Grouper>), ..Slots::NONE },
    doc: "The items of a group.",
    ..TypeTable::NONE
};

// -- tee --------------------------------------------------------------------------------------------------------------

/// Items that some of the iterators have not given yet.
struct Shared {
    source: Obj,
    items: RefCell<VecDeque<Obj>>,
    /// The number of the first of them.
    first: Cell<u64>,
    /// Where each living iterator stands.
    places: RefCell<Vec<Rc<Cell<u64>>>>,
}

impl Shared {
    /// Drops what all iterators have passed.
    fn trim(&self) {
        let mut places = self.places.borrow_mut();
        places.retain(|place| Rc::strong_count(place) > 1);
        let least = places.iter().map(|place| place.get()).min().unwrap_or(u64::MAX);
        drop(places);
        while self.first.get() < least {
            let passed = self.items.borrow_mut().pop_front();
            if passed.is_none() {
                break;
            }
            self.first.set(self.first.get() + 1);
        }
    }
}

struct Tee {
    shared: Rc<Shared>,
    place: Rc<Cell<u64>>,
}

impl Payload for Tee {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        // What is shared is owned once, by the group of iterators: the last one to live accounts for it.
        if Rc::strong_count(&self.shared) == 1 {
            visitor(&self.shared.source);
            self.shared.items.borrow().iter().for_each(visitor);
        }
    }
}

impl Tee {
    fn new(shared: Rc<Shared>, at: u64) -> Tee {
        let place = Rc::new(Cell::new(at));
        shared.places.borrow_mut().push(place.clone());
        Tee { shared, place }
    }
}

impl Step for Tee {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let at = (self.place.get() - self.shared.first.get()) as usize;
        let known = self.shared.items.borrow().get(at).cloned();
        let item = match known {
            Some(item) => item,
            None => {
                let Some(item) = protocol::iter_next(cx, &self.shared.source)? else { return Ok(None) };
                self.shared.items.borrow_mut().push_back(item.clone());
                item
            }
        };
        self.place.set(self.place.get() + 1);
        if at == 0 {
            self.shared.trim();
        }
        Ok(Some(item))
    }
}

fn share(cx: &Thread, iterable: &Obj) -> PyResult<Tee> {
    let source = protocol::get_iter(cx, iterable)?;
    if let Some(tee) = source.native::<Tee>() {
        return Ok(Tee::new(tee.shared.clone(), tee.place.get()));
    }
    let shared = Shared { source, items: RefCell::default(), first: Cell::new(0), places: RefCell::default() };
    Ok(Tee::new(Rc::new(shared), 0))
}

fn new_tee(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    match args.values() {
        [iterable] => Ok(create(class, share(cx, iterable)?)),
        more => Err(cx.type_error(format_args!("_tee expected 1 argument, got {}", more.len()))),
    }
}

fn copy(cx: &Thread, this: &Obj) -> PyResult {
    let tee = state::<Tee>(cx, this)?;
    Ok(create(cx.type_of(this), Tee::new(tee.shared.clone(), tee.place.get())))
}

natives! { static TEE_METHODS:
    "__copy__" "(self, /)" F1(copy) "An independent iterator at the same place.";
}

/// The iterators that `tee` gives.
pub(super) static TEE: TypeTable =
    TypeTable { methods: TEE_METHODS, ..iterator::<Tee>(new_tee, "One of several iterators over a common source.") };

/// The name under which CPython shows the buffers of `tee`; ours have no object of their own.
pub(super) static TEE_DATA: TypeTable = TypeTable::NONE;

fn tee(cx: &Thread, iterable: &Obj, count: Option<&Obj>) -> PyResult {
    let count = if absent(count) { 2 } else { count.map_or(Ok(2), |count| machine_int(cx, count))? };
    if count < 0 {
        return Err(cx.value_error("n must be >= 0"));
    }
    let class = module_item(cx, "itertools", "_tee")?;
    let first = share(cx, iterable)?;
    let place = first.place.get();
    let tees = (0..count).map(|_| create(&class, Tee::new(first.shared.clone(), place))).collect();
    Ok(Tuple::create(tees))
}

natives! { pub(super) static FUNCTIONS:
    "tee" "(iterable, n=2, /)" O2(tee) "Independent iterators over one iterable.";
}
