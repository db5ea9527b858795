//! Iterators that hold one source and a little state.

use std::cell::{Cell, RefCell};

use pv_bytecode::op::BinaryOp;
use pv_object::{Held, Obj, Payload, Tuple};
use pv_runtime::{Args, PyResult, Raised, Thread, TypeTable, natives, protocol};

use crate::support::{Parameters, Step, absent, create, iterator, machine_int};

/// The only argument, an iterable.
fn one(cx: &Thread, args: &Args<'_>, name: &str) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error(format_args!("{name}() takes no keyword arguments")));
    }
    match args.positional() {
        [iterable] => protocol::get_iter(cx, iterable),
        more => Err(cx.type_error(format_args!("{name} expected 1 argument, got {}", more.len()))),
    }
}

/// A function and an iterable.
fn function_and_source(cx: &Thread, args: &Args<'_>, name: &str) -> PyResult<(Obj, Obj)> {
    if args.has_keywords() {
        return Err(cx.type_error(format_args!("{name}() takes no keyword arguments")));
    }
    match args.positional() {
        [function, iterable] => Ok((function.clone(), protocol::get_iter(cx, iterable)?)),
        more => Err(cx.type_error(format_args!("{name} expected 2 arguments, got {}", more.len()))),
    }
}

/// Steps a source and lets it go at its end.
fn pull(cx: &Thread, source: &Held) -> PyResult<Option<Obj>> {
    let Some(iterator) = source.get() else { return Ok(None) };
    let item = protocol::iter_next(cx, &iterator)?;
    if item.is_none() {
        drop(source.take());
    }
    Ok(item)
}

macro_rules! payload {
    ($name:ident: $($field:ident)*) => {
        impl Payload for $name {
            fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
                let _ = &visitor;
                $(self.$field.visit(visitor);)*
            }
            fn clear(&self) {
                $(drop(self.$field.take());)*
            }
        }
    };
}

// -- chain ------------------------------------------------------------------------------------------------------------

struct Chain {
    sources: Held,
    active: Held,
}
payload!(Chain: sources active);

impl Step for Chain {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        loop {
            if let Some(item) = pull(cx, &self.active)? {
                return Ok(Some(item));
            }
            let Some(next) = pull(cx, &self.sources)? else { return Ok(None) };
            self.active.set(protocol::get_iter(cx, &next)?);
        }
    }
}

fn new_chain(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("chain() takes no keyword arguments"));
    }
    from_iterable(cx, class, &Tuple::create(args.positional().to_vec()))
}

fn from_iterable(cx: &Thread, class: &Obj, iterables: &Obj) -> PyResult {
    let sources = Held::new(protocol::get_iter(cx, iterables)?);
    Ok(create(class, Chain { sources, active: Held::empty() }))
}

natives! { static CHAIN_METHODS:
    "from_iterable" "(cls, iterable, /)" F2(from_iterable) "The items of the iterables that an iterable gives.";
}

/// `chain`.
pub(super) static CHAIN: TypeTable = TypeTable {
    class_methods: CHAIN_METHODS,
    ..iterator::<Chain>(new_chain, "The items of one iterable after the other.")
};

// -- cycle ------------------------------------------------------------------------------------------------------------

struct Cycle {
    source: Held,
    saved: RefCell<Vec<Obj>>,
    index: Cell<usize>,
}

impl Payload for Cycle {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.source.visit(visitor);
        self.saved.borrow().iter().for_each(visitor);
    }
    fn clear(&self) {
        drop(self.source.take());
        drop(self.saved.take());
    }
}

impl Step for Cycle {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        if let Some(item) = pull(cx, &self.source)? {
            self.saved.borrow_mut().push(item.clone());
            return Ok(Some(item));
        }
        let saved = self.saved.borrow();
        let Some(item) = saved.get(self.index.get()) else { return Ok(None) };
        self.index.set((self.index.get() + 1) % saved.len());
        Ok(Some(item.clone()))
    }
}

fn new_cycle(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let source = Held::new(one(cx, args, "cycle")?);
    Ok(create(class, Cycle { source, saved: RefCell::default(), index: Cell::new(0) }))
}

/// `cycle`.
pub(super) static CYCLE: TypeTable = iterator::<Cycle>(new_cycle, "The items again and again.");

// -- takewhile, dropwhile, filterfalse, starmap -----------------------------------------------------------------------

struct TakeWhile {
    function: Held,
    source: Held,
}
payload!(TakeWhile: function source);

/// Does the predicate hold? `None` in place of a predicate asks for the item's own truth.
fn holds(cx: &Thread, predicate: &Held, item: &Obj) -> PyResult<bool> {
    match predicate.get() {
        Some(predicate) if !predicate.is_none() => protocol::truth(cx, &protocol::call1(cx, &predicate, item)?),
        _ => protocol::truth(cx, item),
    }
}

impl Step for TakeWhile {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let Some(item) = pull(cx, &self.source)? else { return Ok(None) };
        if holds(cx, &self.function, &item)? {
            return Ok(Some(item));
        }
        drop(self.source.take());
        Ok(None)
    }
}

fn new_take_while(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let (function, source) = function_and_source(cx, args, "takewhile")?;
    Ok(create(class, TakeWhile { function: Held::new(function), source: Held::new(source) }))
}

/// `takewhile`.
pub(super) static TAKE_WHILE: TypeTable =
    iterator::<TakeWhile>(new_take_while, "The items before the first for which a predicate does not hold.");

struct DropWhile {
    function: Held,
    source: Held,
    passing: Cell<bool>,
}
payload!(DropWhile: function source);

impl Step for DropWhile {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        while let Some(item) = pull(cx, &self.source)? {
            if self.passing.get() {
                return Ok(Some(item));
            }
            if !holds(cx, &self.function, &item)? {
                self.passing.set(true);
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

fn new_drop_while(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let (function, source) = function_and_source(cx, args, "dropwhile")?;
    Ok(create(class, DropWhile { function: Held::new(function), source: Held::new(source), passing: Cell::new(false) }))
}

/// `dropwhile`.
pub(super) static DROP_WHILE: TypeTable =
    iterator::<DropWhile>(new_drop_while, "The items from the first for which a predicate does not hold.");

struct FilterFalse {
    function: Held,
    source: Held,
}
payload!(FilterFalse: function source);

impl Step for FilterFalse {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        while let Some(item) = pull(cx, &self.source)? {
            if !holds(cx, &self.function, &item)? {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

fn new_filter_false(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let (function, source) = function_and_source(cx, args, "filterfalse")?;
    Ok(create(class, FilterFalse { function: Held::new(function), source: Held::new(source) }))
}

/// `filterfalse`.
pub(super) static FILTER_FALSE: TypeTable =
    iterator::<FilterFalse>(new_filter_false, "The items for which a predicate does not hold.");

struct StarMap {
    function: Held,
    source: Held,
}
payload!(StarMap: function source);

impl Step for StarMap {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let Some(item) = pull(cx, &self.source)? else { return Ok(None) };
        let Some(function) = self.function.get() else { return Ok(None) };
        let values = protocol::collect(cx, &item)?;
        protocol::call(cx, &function, &Args::new(&values)).map(Some)
    }
}

fn new_star_map(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let (function, source) = function_and_source(cx, args, "starmap")?;
    Ok(create(class, StarMap { function: Held::new(function), source: Held::new(source) }))
}

/// `starmap`.
pub(super) static STAR_MAP: TypeTable = iterator::<StarMap>(new_star_map, "A function of each item's items.");

// -- compress, pairwise, batched --------------------------------------------------------------------------------------

struct Compress {
    data: Held,
    selectors: Held,
}
payload!(Compress: data selectors);
static COMPRESS_PARAMETERS: Parameters = Parameters::new("compress", "(data, selectors)");

impl Step for Compress {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        while let Some(item) = pull(cx, &self.data)? {
            let Some(selector) = pull(cx, &self.selectors)? else { return Ok(None) };
            if protocol::truth(cx, &selector)? {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

fn new_compress(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let bound = COMPRESS_PARAMETERS.bind(cx, args)?;
    let source = |at: usize| protocol::get_iter(cx, &bound[at].clone().unwrap_or_else(Obj::none)).map(Held::new);
    Ok(create(class, Compress { data: source(0)?, selectors: source(1)? }))
}

/// `compress`.
pub(super) static COMPRESS: TypeTable = iterator::<Compress>(new_compress, "The items whose selectors are true.");

struct Pairwise {
    source: Held,
    before: Held,
}
payload!(Pairwise: source before);

impl Step for Pairwise {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let first = match self.before.get() {
            Some(first) => first,
            None => match pull(cx, &self.source)? {
                Some(first) => first,
                None => return Ok(None),
            },
        };
        self.before.set(first.clone());
        let Some(second) = pull(cx, &self.source)? else {
            drop(self.before.take());
            return Ok(None);
        };
        self.before.set(second.clone());
        Ok(Some(Tuple::pair(first, second)))
    }
}

fn new_pairwise(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let source = Held::new(one(cx, args, "pairwise")?);
    Ok(create(class, Pairwise { source, before: Held::empty() }))
}

/// `pairwise`.
pub(super) static PAIRWISE: TypeTable = iterator::<Pairwise>(new_pairwise, "Each item with its successor.");

struct Batched {
    source: Held,
    size: usize,
    strict: bool,
}
payload!(Batched: source);
static BATCHED_PARAMETERS: Parameters = Parameters::new("batched", "(iterable, n, *, strict=False)");

impl Step for Batched {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let mut batch = Vec::with_capacity(self.size.min(1024));
        while batch.len() < self.size {
            match pull(cx, &self.source)? {
                Some(item) => batch.push(item),
                None if batch.is_empty() => return Ok(None),
                None if self.strict => return Err(cx.value_error("batched(): incomplete batch")),
                None => break,
            }
        }
        Ok(Some(Tuple::create(batch)))
    }
}

fn new_batched(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let bound = BATCHED_PARAMETERS.bind(cx, args)?;
    let [Some(iterable), Some(size), strict] = &bound[..] else {
        return Err(cx.type_error("batched() missing arguments"));
    };
    let size = machine_int(cx, size)?;
    let strict = strict.as_ref().map_or(Ok(false), |strict| protocol::truth(cx, strict))?;
    if size < 1 {
        return Err(cx.value_error("n must be at least one"));
    }
    let source = Held::new(protocol::get_iter(cx, iterable)?);
    Ok(create(class, Batched { source, size: size as usize, strict }))
}

/// `batched`.
pub(super) static BATCHED: TypeTable = iterator::<Batched>(new_batched, "The items in tuples of a given length.");

// -- accumulate -------------------------------------------------------------------------------------------------------

struct Accumulate {
    source: Held,
    function: Held,
    initial: Held,
    total: Held,
}
payload!(Accumulate: source function initial total);
static ACCUMULATE_PARAMETERS: Parameters = Parameters::new("accumulate", "(iterable, func=None, *, initial=None)");

impl Step for Accumulate {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        if let Some(initial) = self.initial.take() {
            self.total.set(initial.clone());
            return Ok(Some(initial));
        }
        let Some(item) = pull(cx, &self.source)? else { return Ok(None) };
        let total = match (self.total.get(), self.function.get()) {
            (None, _) => item,
            (Some(total), None) => protocol::binary_op(cx, BinaryOp::Add, &total, &item)?,
            (Some(total), Some(function)) => protocol::call2(cx, &function, &total, &item)?,
        };
        self.total.set(total.clone());
        Ok(Some(total))
    }
}

fn new_accumulate(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let mut bound =
        ACCUMULATE_PARAMETERS.bind(cx, args)?.into_iter().map(|value| value.filter(|value| !value.is_none()));
    let iterable = bound.next().flatten().unwrap_or_else(Obj::none);
    let function = Held::maybe(bound.next().flatten());
    let initial = Held::maybe(bound.next().flatten());
    let source = Held::new(protocol::get_iter(cx, &iterable)?);
    Ok(create(class, Accumulate { source, function, initial, total: Held::empty() }))
}

/// `accumulate`.
pub(super) static ACCUMULATE: TypeTable =
    iterator::<Accumulate>(new_accumulate, "Sums so far, or results so far of a function.");

// -- islice -----------------------------------------------------------------------------------------------------------

struct Slice {
    source: Held,
    /// Items stepped over so far.
    count: Cell<i64>,
    /// The number of the next item to give.
    next: Cell<i64>,
    stop: Option<i64>,
    step: i64,
}
payload!(Slice: source);

impl Step for Slice {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let next = self.next.get();
        let end = self.stop.map_or(next, |stop| next.min(stop));
        while self.count.get() < end {
            if pull(cx, &self.source)?.is_none() {
                return Ok(None);
            }
            self.count.set(self.count.get() + 1);
        }
        if self.stop.is_some_and(|stop| self.count.get() >= stop) {
            drop(self.source.take());
            return Ok(None);
        }
        let Some(item) = pull(cx, &self.source)? else { return Ok(None) };
        self.count.set(self.count.get() + 1);
        let after = next.saturating_add(self.step);
        self.next.set(self.stop.map_or(after, |stop| after.min(stop)));
        Ok(Some(item))
    }
}

/// An index of `islice`: None or an integer that is not negative.
fn slice_index(cx: &Thread, value: &Obj, error: impl Fn() -> Raised) -> PyResult<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    match cx.absorb(protocol::to_index(cx, value), pv_runtime::Exc::TypeError)?.and_then(|index| index.as_i64()) {
        Some(index @ 0..) => Ok(Some(index)),
        _ => Err(error()),
    }
}

fn new_slice(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("islice() takes no keyword arguments"));
    }
    let none = Obj::none();
    let (iterable, start, stop, step) = match args.positional() {
        [iterable, stop] => (iterable, &none, stop, &none),
        [iterable, start, stop] => (iterable, start, stop, &none),
        [iterable, start, stop, step] => (iterable, start, stop, step),
        few if few.len() < 2 => {
            return Err(cx.type_error(format_args!("islice expected at least 2 arguments, got {}", few.len())));
        }
        many => return Err(cx.type_error(format_args!("islice expected at most 4 arguments, got {}", many.len()))),
    };
    let bad_stop = || cx.value_error("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    let bad = || cx.value_error("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    let bad_step = || cx.value_error("Step for islice() must be a positive integer or None.");
    let stop =
        if args.positional().len() == 2 { slice_index(cx, stop, bad_stop)? } else { slice_index(cx, stop, bad)? };
    let start = slice_index(cx, start, bad)?.unwrap_or(0);
    let step = slice_index(cx, step, bad_step)?.unwrap_or(1);
    if step < 1 {
        return Err(bad_step());
    }
    let source = Held::new(protocol::get_iter(cx, iterable)?);
    Ok(create(class, Slice { source, count: Cell::new(0), next: Cell::new(start), stop, step }))
}

/// `islice`.
pub(super) static SLICE: TypeTable = iterator::<Slice>(new_slice, "The items that a slice would take.");

// -- zip_longest ------------------------------------------------------------------------------------------------------

struct ZipLongest {
    sources: Vec<Held>,
    active: Cell<usize>,
    fill: Obj,
}

impl Payload for ZipLongest {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.sources.iter().for_each(|source| source.visit(visitor));
        visitor(&self.fill);
    }
    fn clear(&self) {
        self.sources.iter().for_each(|source| drop(source.take()));
    }
}

impl Step for ZipLongest {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        if self.active.get() == 0 {
            return Ok(None);
        }
        let mut row = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            let had = !source.is_empty();
            let item = pull(cx, source)?;
            if item.is_none() && had {
                self.active.set(self.active.get() - 1);
                if self.active.get() == 0 {
                    return Ok(None);
                }
            }
            row.push(item.unwrap_or_else(|| self.fill.clone()));
        }
        Ok(Some(Tuple::create(row)))
    }
}

fn new_zip_longest(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let fill = args.keyword("fillvalue");
    if args.names().len() > usize::from(fill.is_some()) {
        return Err(cx.type_error("zip_longest() got an unexpected keyword argument"));
    }
    let sources: Vec<Held> = args
        .positional()
        .iter()
        .map(|iterable| protocol::get_iter(cx, iterable).map(Held::new))
        .collect::<PyResult<_>>()?;
    let active = Cell::new(sources.len());
    let fill = if absent(fill) { Obj::none() } else { fill.cloned().unwrap_or_else(Obj::none) };
    Ok(create(class, ZipLongest { sources, active, fill }))
}

/// `zip_longest`.
pub(super) static ZIP_LONGEST: TypeTable =
    iterator::<ZipLongest>(new_zip_longest, "Items side by side, until the longest iterable ends.");
