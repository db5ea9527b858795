//! `str`.
//!
//! Terms: *text* is the borrowed code points of a string. Methods give exact strings, also for instances of derived classes.

pub(crate) mod algorithm;
pub(crate) mod case;
pub mod codec;
mod methods;
mod predicates;
pub(crate) mod repr;
mod translate;

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Heap, Kind, Obj, Slice, Str, StrBuilder, StrIter, Text, Type};

use super::TypeTable;
use super::list::repeat_count;
use crate::error::{Exc, PyResult, Raised};
use crate::format::percent;
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

pub(crate) use methods::range_args;

/// The string behind an object that is one.
pub(crate) fn view(object: &Obj) -> &Str {
    object.expect::<Str>()
}

/// The same text as an exact str.
pub(crate) fn exact(object: &Obj) -> Obj {
    if object.is_exact() { object.clone() } else { Obj::text(view(object).text()) }
}

/// The empty string.
pub fn empty(_: &Thread) -> Obj {
    Heap::current().empty_str()
}

/// `left + right` of two strings, where `left` is given away and may be extended in place.
pub fn concat_owned(cx: &Thread, left: Obj, right: &Obj) -> PyResult {
    match right.downcast::<Str>() {
        Some(_) if view(&left).is_empty() => Ok(exact(right)),
        Some(right) => Ok(Str::append(left, right)),
        None => Err(cannot_concatenate(cx, right)),
    }
}

/// The concatenation of strings.
pub fn join_all(_: &Thread, pieces: Vec<Obj>) -> PyResult {
    Ok(join_text(Text::One(&[]), &pieces))
}

/// The strings with a separator between them.
pub(crate) fn join_text(separator: Text<'_>, pieces: &[Obj]) -> Obj {
    if let [only] = pieces {
        return exact(only);
    }
    let total = pieces.iter().map(|piece| view(piece).len() + separator.len()).sum();
    let mut out = StrBuilder::with_capacity(total);
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            out.push_text(separator);
        }
        out.push_obj(view(piece));
    }
    out.finish()
}

#[cold]
fn cannot_concatenate(cx: &Thread, other: &Obj) -> Raised {
    let found = cx.type_name(other);
    cx.type_error(format_args!("can only concatenate str (not \"{found}\") to str"))
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let value = match (args.positional(), args.has_keywords()) {
        ([], false) => empty(cx),
        ([object], false) => protocol::str(cx, object)?,
        (more, _) if more.len() > 3 => {
            let given = more.len();
            return Err(cx.type_error(format_args!("str expected at most 3 arguments, got {given}")));
        }
        _ => {
            let [object, encoding, errors] =
                super::args::bind(cx, "str", "(object='', encoding='utf-8', errors='strict')", args)?;
            from_parts(cx, object.as_ref(), encoding.as_ref(), errors.as_ref())?
        }
    };
    if super::args::is_builtin(class, Kind::Str) {
        return Ok(value);
    }
    Ok(view(&value).with_shape(class.expect::<Type>().root_shape()))
}

fn from_parts(cx: &Thread, object: Option<&Obj>, encoding: Option<&Obj>, errors: Option<&Obj>) -> PyResult {
    match (object, encoding, errors) {
        (None, ..) => Ok(empty(cx)),
        (Some(object), None, None) => protocol::str(cx, object),
        (Some(object), ..) => {
            for (name, given) in [("encoding", encoding), ("errors", errors)] {
                given.map(|given| named_arg(cx, "str", name, given)).transpose()?;
            }
            if object.downcast::<Str>().is_some() {
                return Err(cx.type_error("decoding str is not supported"));
            }
            let Some(data) = super::bytes::shown(cx, object)? else {
                let found = cx.type_name(object);
                return Err(cx.type_error(format_args!("decoding to str: need a bytes-like object, {found} found")));
            };
            codec::decode_object(cx, "str", object, &data, encoding, errors)
        }
    }
}

fn repr_slot(_: &Thread, object: &Obj) -> PyResult {
    Ok(repr::string(view(object).text()).finish())
}

fn str(_: &Thread, object: &Obj) -> PyResult {
    Ok(exact(object))
}

fn hash(_: &Thread, object: &Obj) -> PyResult<i64> {
    Ok(view(object).hash())
}

fn compare(_: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (a.downcast::<Str>(), b.downcast::<Str>()) else {
        return Ok(Obj::not_implemented());
    };
    Ok(Obj::bool(match op {
        Compare::Eq => left.same_text(right),
        Compare::Ne => !left.same_text(right),
        _ => super::int::holds(op, left.text().cmp(&right.text())),
    }))
}

fn iter(_: &Thread, object: &Obj) -> PyResult {
    Ok(StrIter::create(object.clone()))
}

fn len(_: &Thread, object: &Obj) -> PyResult<usize> {
    Ok(view(object).len())
}

fn get_item(cx: &Thread, object: &Obj, key: &Obj) -> PyResult {
    let string = view(object);
    if let Some(slice) = key.downcast::<Slice>() {
        return sliced(cx, object, slice);
    }
    if key.word().as_i64().is_none() && !key.is_int() && cx.lookup_special(key, &cx.names().__index__).is_none() {
        let found = cx.type_name(key);
        return Err(cx.type_error(format_args!("string indices must be integers, not '{found}'")));
    }
    let place = protocol::normalize_index(cx, key, string.len(), "string index out of range")?;
    string.char_at(place).ok_or_else(|| cx.index_error("string index out of range"))
}

fn sliced(cx: &Thread, object: &Obj, slice: &Slice) -> PyResult {
    let string = view(object);
    let (start, step, count) = protocol::slice_bounds(cx, slice, string.len())?;
    if step == 1 {
        if count == string.len() {
            return Ok(exact(object));
        }
        return Ok(string.slice(start as usize, start as usize + count));
    }
    let points = (0..count as i64).filter_map(|i| string.code_point((start + i * step) as usize));
    Ok(points.collect::<StrBuilder>().finish())
}

fn contains(cx: &Thread, object: &Obj, item: &Obj) -> PyResult<bool> {
    match item.downcast::<Str>() {
        Some(needle) => Ok(view(object).find(needle, 0, usize::MAX).is_some()),
        None => {
            let found = cx.type_name(item);
            Err(cx.type_error(format_args!("'in <string>' requires string as left operand, not {found}")))
        }
    }
}

fn concat(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    match b.downcast::<Str>() {
        Some(right) if right.is_empty() => Ok(exact(a)),
        Some(_) if view(a).is_empty() => Ok(exact(b)),
        Some(right) => Ok(view(a).concat(right)),
        None => Err(cannot_concatenate(cx, b)),
    }
}

fn repeat(cx: &Thread, object: &Obj, count: &Obj) -> PyResult {
    let text = view(object).text();
    let count = repeat_count(cx, count, text.len() * text.width())?;
    if count == 1 {
        return Ok(exact(object));
    }
    if text.is_empty() || count == 0 {
        return Ok(empty(cx));
    }
    Ok(match text {
        Text::One(items) => Obj::text(Text::One(&items.repeat(count))),
        Text::Two(items) => Obj::text(Text::Two(&items.repeat(count))),
        Text::Four(items) => Obj::text(Text::Four(&items.repeat(count))),
    })
}

fn binary(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    if op != BinaryOp::Mod || a.downcast::<Str>().is_none() {
        return Ok(Obj::not_implemented());
    }
    percent::string(cx, a, b)
}

/// An iterable's items, which must all be strings, joined.
fn join(cx: &Thread, separator: &Obj, iterable: &Obj) -> PyResult {
    let pieces = match protocol::get_iter(cx, iterable) {
        Ok(_) => protocol::collect(cx, iterable)?,
        Err(raised) => {
            drop(cx.catch(raised, Exc::TypeError)?);
            return Err(cx.type_error("can only join an iterable"));
        }
    };
    if let Some(index) = pieces.iter().position(|piece| piece.downcast::<Str>().is_none()) {
        let found = cx.type_name(&pieces[index]);
        return Err(cx.type_error(format_args!("sequence item {index}: expected str instance, {found} found")));
    }
    match pieces.as_slice() {
        [] => Ok(empty(cx)),
        pieces => Ok(join_text(view(separator).text(), pieces)),
    }
}

/// A string argument of a method with one.
pub(crate) fn only_arg<'a>(cx: &Thread, method: &str, arg: &'a Obj) -> PyResult<&'a Str> {
    arg.downcast::<Str>().ok_or_else(|| {
        let found = cx.type_name(arg);
        cx.type_error(format_args!("{method}() argument must be str, not {found}"))
    })
}

/// A string argument of a method with several.
pub(crate) fn nth_arg<'a>(cx: &Thread, method: &str, index: usize, arg: &'a Obj) -> PyResult<&'a Str> {
    arg.downcast::<Str>().ok_or_else(|| {
        let found = cx.type_name(arg);
        cx.type_error(format_args!("{method}() argument {index} must be str, not {found}"))
    })
}

/// A named string argument.
pub(crate) fn named_arg(cx: &Thread, method: &str, name: &str, arg: &Obj) -> PyResult<String> {
    if arg.downcast::<Str>().is_some() {
        return Ok(text::to_string(arg));
    }
    let found = cx.type_name(arg);
    Err(cx.type_error(format_args!("{method}() argument '{name}' must be str, not {found}")))
}

/// `str`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: methods::METHODS,
    static_methods: methods::STATIC_METHODS,
    slots: Slots {
        new: Some(new),
        repr: Some(repr_slot),
        str: Some(str),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(iter),
        len: Some(len),
        get_item: Some(get_item),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        binary: Some((binary, &[BinaryOp::Mod])),
        ..Slots::NONE
    },
    doc: "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nThe text of an object, or decoded bytes.",
    ..TypeTable::NONE
};
