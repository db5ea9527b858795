//! Arguments of constructors, which have no row in a table of natives.

use pv_object::Obj;

use crate::error::PyResult;
use crate::native::{Args, Signature, signature::Source};
use crate::thread::Thread;

/// One place per parameter of `signature`, which has neither `*args` nor `**kwargs`.
pub(crate) fn bind<const N: usize>(
    cx: &Thread,
    name: &str,
    signature: &'static str,
    args: &Args<'_>,
) -> PyResult<[Option<Obj>; N]> {
    let mut places = [const { None }; N];
    let values = args.values();
    let names: Vec<String> = args.names().iter().map(crate::text::to_string).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let bound = Signature::parse(signature).bind(args.positional().len(), &names, name, name);
    let sources = bound.map_err(|text| cx.type_error(text))?;
    for (place, source) in places.iter_mut().zip(sources) {
        if let Source::Value(index) = source {
            *place = values.get(index).cloned();
        }
    }
    Ok(places)
}

/// The positional arguments of a constructor that takes at most `most` and no keywords.
pub(crate) fn positional<'a>(cx: &Thread, name: &str, most: usize, args: &Args<'a>) -> PyResult<&'a [Obj]> {
    if args.has_keywords() {
        return Err(cx.type_error(format_args!("{name}() takes no keyword arguments")));
    }
    let given = args.positional();
    if given.len() > most {
        let (plural, count) = (if most == 1 { "" } else { "s" }, given.len());
        return Err(cx.type_error(format_args!("{name} expected at most {most} argument{plural}, got {count}")));
    }
    Ok(given)
}

/// An argument that is a bool or anything with a truth; `default` where it is absent.
pub(crate) fn flag(cx: &Thread, arg: Option<&Obj>, default: bool) -> PyResult<bool> {
    arg.map_or(Ok(default), |arg| crate::protocol::truth(cx, arg))
}

/// Is `class` the built-in type of a kind itself?
pub(crate) fn is_builtin(class: &Obj, kind: pv_object::Kind) -> bool {
    pv_object::Heap::current().shape_of(kind).type_obj().same(class)
}

/// Does a class derived from the built-in type of a kind have a `name` of its own? Keyword arguments are for its `__init__`, or were
/// for its `__new__`.
pub(crate) fn replaces(cx: &Thread, class: &Obj, kind: pv_object::Kind, name: &Obj) -> bool {
    let find = |class: &Obj| cx.lookup_type(class.expect::<pv_object::Type>(), name);
    match (find(class), find(cx.vm().type_of_kind(kind))) {
        (Some(own), Some(inherited)) => !own.same(&inherited),
        _ => false,
    }
}
