//! An object as a call that makes it again: `__reduce__`, `__reduce_ex__`, `__getstate__`.

use pv_object::{Dict, Kind, List, Obj, Tuple};

use crate::attr;
use crate::error::{PyResult, Raised};
use crate::import::import_module;
use crate::protocol;
use crate::text;
use crate::thread::Thread;

fn copyreg(cx: &Thread, name: &str) -> PyResult {
    attr::get_str(cx, &import_module(cx, "copyreg")?, name)
}

fn cannot(cx: &Thread, obj: &Obj) -> Raised {
    cx.type_error(format_args!("cannot pickle '{}' object", cx.type_name(obj)))
}

/// A special method that the object's class has, but not `object`.
fn own_method(cx: &Thread, obj: &Obj, name: &str) -> Option<Obj> {
    let name = text::intern(name);
    let method = cx.lookup_special(obj, &name)?;
    let default = cx.lookup_type(cx.vm().type_of_kind(Kind::Instance).expect(), &name);
    (!default.is_some_and(|default| default.same(&method))).then_some(method)
}

/// `object.__reduce__`.
pub(super) fn reduce(cx: &Thread, obj: &Obj) -> PyResult {
    protocol::call2(cx, &copyreg(cx, "_reduce_ex")?, obj, &Obj::small(0))
}

/// `object.__reduce_ex__`.
pub(super) fn reduce_ex(cx: &Thread, obj: &Obj, version: &Obj) -> PyResult {
    if let Some(method) = own_method(cx, obj, "__reduce__") {
        return protocol::call_special(cx, &method, obj, &[]);
    }
    if protocol::to_index(cx, version)?.as_i64().is_none_or(|version| version >= 2) {
        return reduce_new(cx, obj);
    }
    protocol::call2(cx, &copyreg(cx, "_reduce_ex")?, obj, version)
}

/// The arguments for the class's `__new__`: positional ones, and a dict of the others.
fn new_arguments(cx: &Thread, obj: &Obj) -> PyResult<Option<(Obj, Option<Obj>)>> {
    if let Some(method) = own_method(cx, obj, "__getnewargs_ex__") {
        let pair = protocol::call_special(cx, &method, obj, &[])?;
        return match pair.downcast::<Tuple>().map(Tuple::items) {
            Some([args, names]) if args.downcast::<Tuple>().is_some() && names.downcast::<Dict>().is_some() => {
                let names = (!names.expect::<Dict>().is_empty()).then(|| names.clone());
                Ok(Some((args.clone(), names)))
            }
            Some([args, names]) if args.downcast::<Tuple>().is_some() => {
                let found = cx.type_name(names);
                Err(cx.type_error(format_args!(
                    "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{found}'"
                )))
            }
            Some([args, _]) => {
                let found = cx.type_name(args);
                Err(cx.type_error(format_args!(
                    "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{found}'"
                )))
            }
            Some(items) => {
                let given = items.len();
                Err(cx.value_error(format_args!("__getnewargs_ex__ should return a tuple of length 2, not {given}")))
            }
            None => {
                let found = cx.type_name(&pair);
                Err(cx.type_error(format_args!("__getnewargs_ex__ should return a tuple, not '{found}'")))
            }
        };
    }
    let Some(method) = own_method(cx, obj, "__getnewargs__") else { return Ok(None) };
    let args = protocol::call_special(cx, &method, obj, &[])?;
    if args.downcast::<Tuple>().is_none() {
        let found = cx.type_name(&args);
        return Err(cx.type_error(format_args!("__getnewargs__ should return a tuple, not '{found}'")));
    }
    Ok(Some((args, None)))
}

/// A call of `copyreg.__newobj__`, the state, iterators over the items of lists and dicts.
fn reduce_new(cx: &Thread, obj: &Obj) -> PyResult {
    let arguments = new_arguments(cx, obj)?;
    let (list, dict) = (obj.downcast::<List>().is_some(), obj.downcast::<Dict>().is_some());
    let plain = obj.kind() == Kind::Instance || list || dict;
    if arguments.is_none() && !plain && own_method(cx, obj, "__getstate__").is_none() {
        return Err(cannot(cx, obj));
    }
    let state = state_of(cx, obj)?;
    let class = cx.type_of(obj).clone();
    let (function, args) = match arguments {
        Some((args, Some(names))) => (copyreg(cx, "__newobj_ex__")?, Tuple::create(vec![class, args, names])),
        arguments => {
            let mut args = vec![class];
            if let Some((given, _)) = arguments {
                args.extend_from_slice(given.expect::<Tuple>().items());
            }
            (copyreg(cx, "__newobj__")?, Tuple::create(args))
        }
    };
    let items = if list { protocol::get_iter(cx, obj)? } else { Obj::none() };
    let entries = match dict {
        true => protocol::get_iter(cx, &protocol::call_method0(cx, obj, "items")?)?,
        false => Obj::none(),
    };
    Ok(Tuple::create(vec![function, args, state, items, entries]))
}

/// The state that the object's class gives it for pickling.
pub(crate) fn state_of(cx: &Thread, obj: &Obj) -> PyResult {
    match own_method(cx, obj, "__getstate__") {
        Some(method) => protocol::call_special(cx, &method, obj, &[]),
        None => get_state(cx, obj),
    }
}

/// `object.__getstate__`: the dict, or None; with slots, a pair of that and a dict of the slots.
pub(super) fn get_state(cx: &Thread, obj: &Obj) -> PyResult {
    let names = cx.names();
    let dict = attr::get_optional(cx, obj, &names.__dict__)?;
    let state = match dict {
        Some(dict) if dict.downcast::<Dict>().is_none_or(|dict| !dict.is_empty()) => dict,
        _ => Obj::none(),
    };
    let slots = protocol::call1(cx, &copyreg(cx, "_slotnames")?, cx.type_of(obj))?;
    if slots.is_none() {
        return Ok(state);
    }
    let values = Dict::create();
    for name in protocol::collect(cx, &slots)? {
        if let Some(value) = attr::get_optional(cx, obj, &name)? {
            crate::types::dict::set(cx, &values, &name, value)?;
        }
    }
    match values.expect::<Dict>().is_empty() {
        true => Ok(state),
        false => Ok(Tuple::pair(state, values)),
    }
}
