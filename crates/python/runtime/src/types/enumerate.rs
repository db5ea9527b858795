//! `enumerate`, `zip`, `map`, `filter`, `reversed`.

use pv_bytecode::op::BinaryOp;
use pv_object::{Enumerate, Filter, Kind, Map, Obj, Reversed, Tuple, Type, Zip};

use super::TypeTable;
use super::iterator::itself;
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

fn shape(class: &Obj) -> pv_object::ShapeRef {
    class.expect::<Type>().root_shape()
}

fn enumerate_new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let given = args.values().len();
    if given > 2 {
        return Err(cx.type_error(format_args!("enumerate() takes at most 2 arguments ({given} given)")));
    }
    let known = |name: &Obj| text::eq(name, "iterable") || text::eq(name, "start");
    if let Some((name, _)) = args.keywords().find(|(name, _)| !known(name)) {
        let shown = text::to_string(name);
        return Err(cx.type_error(format_args!("'{shown}' is an invalid keyword argument for enumerate()")));
    }
    let Some(iterable) = args.positional().first().or_else(|| args.keyword("iterable")) else {
        return Err(cx.type_error("enumerate() missing required argument 'iterable'"));
    };
    let count = match args.positional().get(1).or_else(|| args.keyword("start")) {
        Some(start) => protocol::to_index(cx, start)?,
        None => Obj::small(0),
    };
    Ok(Enumerate::create(protocol::get_iter(cx, iterable)?, count, shape(class)))
}

fn enumerate_next(cx: &Thread, obj: &Obj) -> PyResult<Option<Obj>> {
    let view = obj.expect::<Enumerate>();
    let (Some(iterator), Some(count)) = (view.iterator.get(), view.count.get()) else { return Ok(None) };
    let Some(item) = protocol::iter_next(cx, &iterator)? else { return Ok(None) };
    let next = match count.word().as_i64() {
        Some(small) => Obj::int(small + 1),
        None => protocol::binary_op(cx, BinaryOp::Add, &count, &Obj::small(1))?,
    };
    view.count.set(next);
    Ok(Some(Tuple::pair(count, item)))
}

/// `enumerate`.
pub(crate) static ENUMERATE: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    slots: Slots { new: Some(enumerate_new), iter: Some(itself), next: Some(enumerate_next), ..Slots::NONE },
    doc: "Return an enumerate object.",
    ..TypeTable::NONE
};

crate::natives! { static METHODS:
    "__reduce__" "(self, /)" F1(super::iterator_state::reduce_adaptor) "Return state information for pickling.";
}

crate::natives! { static STRICT_METHODS:
    "__reduce__" "(self, /)" F1(super::iterator_state::reduce_adaptor) "Return state information for pickling.";
    "__setstate__" "(self, object, /)" F2(super::iterator_state::set_strict) "Set state information for unpickling.";
}

crate::natives! { static CLASS_METHODS:
    "__class_getitem__" "(self, object, /)" F2(super::class_getitem) "See PEP 585";
}

/// The keyword `strict` of `zip` and `map`.
fn strict(cx: &Thread, name: &str, args: &Args<'_>) -> PyResult<bool> {
    if args.names().len() > 1 {
        let given = args.names().len();
        return Err(cx.type_error(format_args!("{name}() takes at most 1 keyword argument ({given} given)")));
    }
    match args.keywords().next() {
        None => Ok(false),
        Some((key, value)) if text::eq(key, "strict") => protocol::truth(cx, value),
        Some((key, _)) => {
            let shown = text::to_string(key);
            Err(cx.type_error(format_args!("{name}() got an unexpected keyword argument '{shown}'")))
        }
    }
}

fn iterators(cx: &Thread, iterables: &[Obj]) -> PyResult {
    let iterators: PyResult<Vec<Obj>> = iterables.iter().map(|iterable| protocol::get_iter(cx, iterable)).collect();
    iterators.map(Tuple::create)
}

fn zip_new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let strict = strict(cx, "zip", args)?;
    Ok(Zip::create(iterators(cx, args.positional())?, strict, shape(class)))
}

/// The next item of each iterator; `None` when one is exhausted. `name` is for the error of `strict`.
fn step_all(cx: &Thread, name: &str, iterators: &[Obj], strict: bool) -> PyResult<Option<Vec<Obj>>> {
    let mut items = Vec::with_capacity(iterators.len());
    for (index, iterator) in iterators.iter().enumerate() {
        match protocol::iter_next(cx, iterator)? {
            Some(item) => items.push(item),
            None if strict => return ended(cx, name, iterators, index),
            None => return Ok(None),
        }
    }
    Ok(Some(items))
}

/// Iterator `index` has ended in strict mode: all must have.
fn ended(cx: &Thread, name: &str, iterators: &[Obj], index: usize) -> PyResult<Option<Vec<Obj>>> {
    let range = |last: usize| if last == 1 { " 1".to_owned() } else { format!("s 1-{last}") };
    if index > 0 {
        let (place, before) = (index + 1, range(index));
        return Err(cx.value_error(format_args!("{name}() argument {place} is shorter than argument{before}")));
    }
    for (later, iterator) in iterators.iter().enumerate().skip(1) {
        if protocol::iter_next(cx, iterator)?.is_some() {
            let (place, before) = (later + 1, range(later));
            return Err(cx.value_error(format_args!("{name}() argument {place} is longer than argument{before}")));
        }
    }
    Ok(None)
}

fn zip_next(cx: &Thread, obj: &Obj) -> PyResult<Option<Obj>> {
    let view = obj.expect::<Zip>();
    let Some(iterators) = view.iterators.get() else { return Ok(None) };
    let iterators = iterators.expect::<Tuple>().items();
    if iterators.is_empty() {
        return Ok(None);
    }
    Ok(step_all(cx, "zip", iterators, view.strict.get())?.map(Tuple::create))
}

/// `zip`.
pub(crate) static ZIP: TypeTable = TypeTable {
    methods: STRICT_METHODS,
    slots: Slots { new: Some(zip_new), iter: Some(itself), next: Some(zip_next), ..Slots::NONE },
    doc: "The zip object yields n-length tuples, where n is the number of iterables\npassed as positional arguments to zip().",
    ..TypeTable::NONE
};

fn map_new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let strict = strict(cx, "map", args)?;
    let [function, iterables @ ..] = args.positional() else {
        return Err(cx.type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(cx.type_error("map() must have at least two arguments."));
    }
    Ok(Map::create(function.clone(), iterators(cx, iterables)?, strict, shape(class)))
}

fn map_next(cx: &Thread, obj: &Obj) -> PyResult<Option<Obj>> {
    let view = obj.expect::<Map>();
    let (Some(function), Some(iterators)) = (view.function.get(), view.iterators.get()) else { return Ok(None) };
    match step_all(cx, "map", iterators.expect::<Tuple>().items(), view.strict.get())? {
        Some(items) => protocol::call(cx, &function, &Args::new(&items)).map(Some),
        None => Ok(None),
    }
}

/// `map`.
pub(crate) static MAP: TypeTable = TypeTable {
    methods: STRICT_METHODS,
    slots: Slots { new: Some(map_new), iter: Some(itself), next: Some(map_next), ..Slots::NONE },
    doc: "Make an iterator that computes the function using arguments from\neach of the iterables.  Stops when the shortest iterable is exhausted.",
    ..TypeTable::NONE
};

fn filter_new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("filter() takes no keyword arguments"));
    }
    match args.values() {
        [function, iterable] => Ok(Filter::create(function.clone(), protocol::get_iter(cx, iterable)?, shape(class))),
        more => Err(cx.type_error(format_args!("filter expected 2 arguments, got {}", more.len()))),
    }
}

fn filter_next(cx: &Thread, obj: &Obj) -> PyResult<Option<Obj>> {
    let view = obj.expect::<Filter>();
    let (Some(function), Some(iterator)) = (view.function.get(), view.iterator.get()) else { return Ok(None) };
    let plain = function.is_none() || function.same(cx.vm().type_of_kind(Kind::Bool));
    while let Some(item) = protocol::iter_next(cx, &iterator)? {
        let keep = match plain {
            true => protocol::truth(cx, &item)?,
            false => {
                let answer = protocol::call1(cx, &function, &item)?;
                protocol::truth(cx, &answer)?
            }
        };
        if keep {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// `filter`.
pub(crate) static FILTER: TypeTable = TypeTable {
    methods: METHODS,
    slots: Slots { new: Some(filter_new), iter: Some(itself), next: Some(filter_next), ..Slots::NONE },
    doc: "Return an iterator yielding those items of iterable for which function(item)\nis true. If function is None, return the items that are true.",
    ..TypeTable::NONE
};

/// `reversed(sequence)`.
pub(crate) fn reversed_new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("reversed() takes no keyword arguments"));
    }
    let [sequence] = args.values() else {
        let given = args.values().len();
        return Err(cx.type_error(format_args!("reversed expected 1 argument, got {given}")));
    };
    if let Some(method) = cx.lookup_special(sequence, &cx.names().__reversed__) {
        if method.is_none() {
            let found = cx.type_name(sequence);
            return Err(cx.type_error(format_args!("'{found}' object is not reversible")));
        }
        return protocol::call_special(cx, &method, sequence, &[]);
    }
    if cx.lookup_special(sequence, &cx.names().__getitem__).is_none() || sequence.kind() == Kind::Dict {
        let found = cx.type_name(sequence);
        return Err(cx.type_error(format_args!("'{found}' object is not reversible")));
    }
    let len = protocol::len(cx, sequence)? as i64;
    Ok(Reversed::create(sequence.clone(), len, shape(class)))
}
