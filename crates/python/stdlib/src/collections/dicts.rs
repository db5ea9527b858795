//! `defaultdict` and `OrderedDict`: dicts, which keep their order anyway, with a few methods more.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Dict, Kind, Obj, Tuple, Type, TypeFlags};
use pv_runtime::types::{dict, new_derived_type};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, attr, natives, protocol, text};

use crate::support::{Parameters, constant};

const FACTORY: &str = "default_factory";

fn base_method(cx: &Thread, name: &Obj) -> PyResult {
    let base = cx.vm().type_of_kind(Kind::Dict);
    cx.lookup_type(base.expect::<Type>(), name).ok_or_else(|| attr::missing(cx, base, name))
}

/// Calls dict's own method.
fn call_base(cx: &Thread, name: &Obj, this: &Obj, args: &Args<'_>) -> PyResult {
    let method = base_method(cx, name)?;
    let values = args.prepend(this.clone());
    protocol::call(cx, &method, &Args::with_names(&values, args.names()))
}

fn factory(cx: &Thread, this: &Obj) -> PyResult {
    Ok(attr::get_optional(cx, this, &text::intern(FACTORY))?.unwrap_or_else(Obj::none))
}

fn default_init(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<()> {
    let (given, rest) = match args.positional() {
        [] => (Obj::none(), *args),
        [given, ..] => (given.clone(), args.rest()),
    };
    if !given.is_none() && !is_callable(cx, &given) {
        return Err(cx.type_error("first argument must be callable or None"));
    }
    attr::set(cx, this, &text::intern(FACTORY), &given)?;
    call_base(cx, &cx.names().__init__, this, &rest).map(drop)
}

fn is_callable(cx: &Thread, value: &Obj) -> bool {
    matches!(value.kind(), Kind::Function | Kind::NativeFunction | Kind::BoundMethod | Kind::Type)
        || cx.lookup_special(value, &cx.names().__call__).is_some()
}

fn missing(cx: &Thread, this: &Obj, key: &Obj) -> PyResult {
    let factory = factory(cx, this)?;
    if factory.is_none() {
        return Err(cx.key_error(key.clone()));
    }
    let value = protocol::call0(cx, &factory)?;
    protocol::set_item(cx, this, key, &value)?;
    Ok(value)
}

fn default_repr(cx: &Thread, this: &Obj) -> PyResult {
    let base = call_base(cx, &cx.names().__repr__, this, &Args::NONE)?;
    let factory = factory(cx, this)?;
    let shown = match cx.guard_repr(this, "...", || protocol::repr(cx, &factory)) {
        Ok(shown) => text::to_string(&shown),
        Err(raised) => return Err(raised),
    };
    Ok(text::new(&format!("{}({shown}, {})", cx.type_name(this), text::to_string(&base))))
}

fn default_copy(cx: &Thread, this: &Obj) -> PyResult {
    let factory = factory(cx, this)?;
    protocol::call2(cx, cx.type_of(this), &factory, this)
}

fn default_reduce(cx: &Thread, this: &Obj) -> PyResult {
    let factory = factory(cx, this)?;
    let args = if factory.is_none() { Vec::new() } else { vec![factory] };
    let items = protocol::call_method0(cx, this, "items")?;
    let items = protocol::get_iter(cx, &items)?;
    let none = Obj::none();
    Ok(Tuple::create(vec![cx.type_of(this).clone(), Tuple::create(args), none.clone(), none, items]))
}

fn default_or(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    let (Some(_), Some(_), BinaryOp::Or) = (a.downcast::<Dict>(), b.downcast::<Dict>(), op) else {
        return Ok(Obj::not_implemented());
    };
    let like = if attr::get_optional(cx, a, &text::intern(FACTORY))?.is_some() { a } else { b };
    let factory = factory(cx, like)?;
    let merged = protocol::call2(cx, cx.type_of(like), &factory, a)?;
    protocol::call_method1(cx, &merged, "update", b)?;
    Ok(merged)
}

natives! { static DEFAULT_METHODS:
    "__copy__" "(self, /)" F1(default_copy) "D.copy() -> a shallow copy of D.";
    "__missing__" "(self, key, /)" F2(missing) "Makes, stores and returns the value of a key that is not there.";
    "__reduce__" "(self, /)" F1(default_reduce) "Return state information for pickling.";
    "copy" "(self, /)" F1(default_copy) "D.copy() -> a shallow copy of D.";
}

static DEFAULT_DICT: TypeTable = TypeTable {
    methods: DEFAULT_METHODS,
    slots: Slots {
        init: Some(default_init),
        repr: Some(default_repr),
        binary: Some((default_or, &[BinaryOp::Or])),
        ..Slots::NONE
    },
    doc: "A dict that makes the values of missing keys.",
    ..TypeTable::NONE
};

// -- OrderedDict ------------------------------------------------------------------------------------------------------

static POP_ITEM: Parameters = Parameters::new("popitem", "(last=True)");
static MOVE_TO_END: Parameters = Parameters::new("move_to_end", "(key, last=True)");

fn flag(cx: &Thread, value: Option<&Obj>) -> PyResult<bool> {
    value.map_or(Ok(true), |value| protocol::truth(cx, value))
}

fn pop_item(cx: &Thread, args: &Args<'_>) -> PyResult {
    let this = args.values()[0].clone();
    let last = flag(cx, POP_ITEM.bind(cx, &args.rest())?[0].as_ref())?;
    let table = this.expect::<Dict>();
    let entry = if last { table.previous_entry(table.entry_count()) } else { table.next_entry(0) };
    let Some((place, key, value)) = entry else {
        return Err(cx.raise_args(pv_runtime::Exc::KeyError, vec![text::new("dictionary is empty")]));
    };
    drop(table.remove_at(place));
    Ok(Tuple::pair(key, value))
}

fn move_to_end(cx: &Thread, args: &Args<'_>) -> PyResult {
    let this = args.values()[0].clone();
    let bound = MOVE_TO_END.bind(cx, &args.rest())?;
    let key = bound[0].clone().unwrap_or_else(Obj::none);
    let last = flag(cx, bound[1].as_ref())?;
    let Some(value) = dict::remove(cx, &this, &key)? else { return Err(cx.key_error(key)) };
    if last {
        dict::set(cx, &this, &key, value)?;
        return Ok(Obj::none());
    }
    // The table grows at its end only: all others move behind the key.
    let table = this.expect::<Dict>();
    let others = table.items();
    table.remove_all();
    dict::set(cx, &this, &key, value)?;
    for (key, value) in others {
        dict::set(cx, &this, &key, value)?;
    }
    Ok(Obj::none())
}

fn ordered_repr(cx: &Thread, this: &Obj) -> PyResult {
    cx.guard_repr(this, "...", || {
        let name = cx.type_name(this);
        if this.expect::<Dict>().is_empty() {
            return Ok(text::new(&format!("{name}()")));
        }
        let plain = this.expect::<Dict>().copy();
        let shown = text::to_string(&protocol::repr(cx, &plain)?);
        Ok(text::new(&format!("{name}({shown})")))
    })
}

fn ordered_copy(cx: &Thread, this: &Obj) -> PyResult {
    protocol::call1(cx, cx.type_of(this), this)
}

fn ordered_compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right), Compare::Eq | Compare::Ne) = (a.downcast::<Dict>(), b.downcast::<Dict>(), op) else {
        return Ok(Obj::not_implemented());
    };
    let name = if op == Compare::Eq { &cx.names().__eq__ } else { &cx.names().__ne__ };
    let equal = call_base(cx, name, a, &Args::new(std::slice::from_ref(b)))?;
    let both_ordered = is_ordered(cx, a)? && is_ordered(cx, b)?;
    if !both_ordered || protocol::truth(cx, &equal)? != (op == Compare::Eq) {
        return Ok(equal);
    }
    let mut same = true;
    for (x, y) in left.keys().iter().zip(right.keys()) {
        same = same && protocol::values_equal(cx, x, &y)?;
    }
    Ok(Obj::bool(same == (op == Compare::Eq)))
}

fn is_ordered(cx: &Thread, value: &Obj) -> PyResult<bool> {
    let class = crate::support::module_item(cx, "_collections", "OrderedDict")?;
    Ok(value.shape().ty().is_subtype(class.expect::<Type>()))
}

fn ordered_reduce(cx: &Thread, this: &Obj) -> PyResult {
    let items = protocol::call_method0(cx, this, "items")?;
    let items = protocol::get_iter(cx, &items)?;
    let none = Obj::none();
    Ok(Tuple::create(vec![cx.type_of(this).clone(), Tuple::create(Vec::new()), none.clone(), none, items]))
}

natives! { static ORDERED_METHODS:
    "__copy__" "(self, /)" F1(ordered_copy) "A shallow copy of ordered dict.";
    "__reduce__" "(self, /)" F1(ordered_reduce) "Return state information for pickling";
    "copy" "(self, /)" F1(ordered_copy) "A shallow copy of ordered dict.";
    "move_to_end" "(self, /, key, last=True)" Raw(move_to_end) "Moves a key to the last place, or to the first.";
    "popitem" "(self, /, last=True)" Raw(pop_item) "Removes and returns the last pair of a key and a value, or the first.";
}

static ORDERED_DICT: TypeTable = TypeTable {
    methods: ORDERED_METHODS,
    slots: Slots { repr: Some(ordered_repr), compare: Some(ordered_compare), unhashable: true, ..Slots::NONE },
    doc: "Dictionary that remembers insertion order",
    ..TypeTable::NONE
};

pub(super) fn add(cx: &Thread, namespace: &Obj) {
    let base = cx.vm().type_of_kind(Kind::Dict);
    for (name, table) in [("defaultdict", &DEFAULT_DICT), ("OrderedDict", &ORDERED_DICT)] {
        let class = new_derived_type(cx.vm(), "collections", name, base, table);
        class.expect::<Type>().set_flags(TypeFlags::HAS_DICT, true);
        constant(namespace, name, class);
    }
}
