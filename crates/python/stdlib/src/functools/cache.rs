//! The wrapper that `lru_cache` puts around a function.
//!
//! Invariants: `order` has one entry per cached key, least recently used first, and `results` (a dict) maps each key to
//! its result. The wrapped function runs while neither is borrowed; it may call the wrapper again.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use pv_object::{BoundMethod, Kind, Obj, Payload, Tuple};
use pv_runtime::types::dict;
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, natives, protocol};

use crate::support::{create, machine_int, state};

struct Cache {
    function: Obj,
    limit: Option<usize>,
    typed: bool,
    /// Makes the `CacheInfo` tuple.
    info: Obj,
    /// Key → pair of the time of its last use and its result.
    results: Obj,
    order: RefCell<BTreeMap<i64, Obj>>,
    time: Cell<i64>,
    hits: Cell<i64>,
    misses: Cell<i64>,
}

impl Payload for Cache {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        [&self.function, &self.info, &self.results].into_iter().for_each(&mut *visitor);
        self.order.borrow().values().for_each(&mut *visitor);
    }
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let [function, limit, typed, info] = args.values() else {
        return Err(cx.type_error("_lru_cache_wrapper() takes exactly 4 arguments"));
    };
    let limit = match limit.is_none() {
        true => None,
        false => Some(usize::try_from(machine_int(cx, limit)?).unwrap_or(0)),
    };
    let typed = protocol::truth(cx, typed)?;
    let (function, info, results) = (function.clone(), info.clone(), dict::new());
    let (time, hits, misses) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let order = RefCell::default();
    Ok(create(class, Cache { function, limit, typed, info, results, order, time, hits, misses }))
}

/// What a call is cached under.
fn key(cx: &Thread, cache: &Cache, args: &Args<'_>) -> Obj {
    let simple = |value: &Obj| value.is_exact() && matches!(value.kind(), Kind::Int | Kind::Str);
    if let ([only], false, false) = (args.values(), args.has_keywords(), cache.typed)
        && simple(only)
    {
        return only.clone();
    }
    let mut parts = args.positional().to_vec();
    if args.has_keywords() {
        // Ellipsis in a tuple of its own sets keywords apart from positional arguments.
        parts.push(Tuple::create(vec![Obj::ellipsis()]));
        args.keywords().for_each(|(name, value)| parts.extend([name.clone(), value.clone()]));
    }
    if cache.typed {
        parts.extend(args.values().iter().map(|value| cx.type_of(value).clone()));
    }
    Tuple::create(parts)
}

fn call(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult {
    let cache = state::<Cache>(cx, this)?;
    if cache.limit == Some(0) {
        cache.misses.set(cache.misses.get() + 1);
        return protocol::call(cx, &cache.function, args);
    }
    let key = key(cx, cache, args);
    if let Some(entry) = dict::get(cx, &cache.results, &key)? {
        cache.hits.set(cache.hits.get() + 1);
        return cache.touch(cx, &key, &entry);
    }
    cache.misses.set(cache.misses.get() + 1);
    let result = protocol::call(cx, &cache.function, args)?;
    cache.store(cx, key, &result)?;
    Ok(result)
}

impl Cache {
    fn tick(&self) -> i64 {
        self.time.set(self.time.get() + 1);
        self.time.get()
    }

    /// Notes that a cached result was used.
    fn touch(&self, cx: &Thread, key: &Obj, entry: &Obj) -> PyResult {
        if self.limit.is_none() {
            return Ok(entry.clone());
        }
        let [before, result] = entry.expect::<Tuple>().items() else { return Ok(entry.clone()) };
        let now = self.tick();
        let known = before.as_i64().and_then(|before| self.order.borrow_mut().remove(&before));
        self.order.borrow_mut().insert(now, known.unwrap_or_else(|| key.clone()));
        dict::set(cx, &self.results, key, Tuple::pair(Obj::int(now), result.clone()))?;
        Ok(result.clone())
    }

    fn store(&self, cx: &Thread, key: Obj, result: &Obj) -> PyResult<()> {
        let Some(limit) = self.limit else { return dict::set(cx, &self.results, &key, result.clone()) };
        if dict::get(cx, &self.results, &key)?.is_some() {
            return Ok(());
        }
        while self.order.borrow().len() >= limit {
            let oldest = self.order.borrow_mut().pop_first();
            if let Some((_, oldest)) = oldest {
                drop(dict::remove(cx, &self.results, &oldest)?);
            }
        }
        let now = self.tick();
        self.order.borrow_mut().insert(now, key.clone());
        dict::set(cx, &self.results, &key, Tuple::pair(Obj::int(now), result.clone()))
    }
}

fn cache_info(cx: &Thread, this: &Obj) -> PyResult {
    let cache = state::<Cache>(cx, this)?;
    let limit = cache.limit.map_or_else(Obj::none, Obj::usize);
    let size = Obj::usize(protocol::len(cx, &cache.results)?);
    let values = [Obj::int(cache.hits.get()), Obj::int(cache.misses.get()), limit, size];
    protocol::call(cx, &cache.info, &Args::new(&values))
}

fn cache_clear(cx: &Thread, this: &Obj) -> PyResult {
    let cache = state::<Cache>(cx, this)?;
    cache.hits.set(0);
    cache.misses.set(0);
    drop(cache.order.take());
    cache.results.expect::<pv_object::Dict>().remove_all();
    Ok(Obj::none())
}

fn itself(_: &Thread, this: &Obj) -> PyResult {
    Ok(this.clone())
}

fn copy_with(_: &Thread, this: &Obj, _: &Obj) -> PyResult {
    Ok(this.clone())
}

fn get(_: &Thread, this: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    match instance {
        Some(instance) if !instance.is_none() => Ok(BoundMethod::create(this.clone(), instance.clone())),
        _ => Ok(this.clone()),
    }
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    pv_runtime::types::object::repr(cx, this)
}

natives! { static METHODS:
    "__copy__" "(self, /)" F1(itself) "";
    "__deepcopy__" "(self, memo, /)" F2(copy_with) "";
    "cache_clear" "(self, /)" F1(cache_clear) "Clear the cache and cache statistics";
    "cache_info" "(self, /)" F1(cache_info) "Report cache statistics";
}

/// The wrapper.
pub(super) static WRAPPER: TypeTable = TypeTable {
    methods: METHODS,
    slots: Slots { new: Some(new), call: Some(call), repr: Some(repr), descr_get: Some(get), ..Slots::NONE },
    doc: "A function whose results are kept.",
    ..TypeTable::NONE
};
