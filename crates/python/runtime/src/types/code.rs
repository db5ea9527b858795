//! Code objects.
//!
//! What a program sees as `co_code` are our instructions: a copy of a code object may have other names and constants, not other
//! instructions, registers or parameters.

use std::rc::Rc;

use pv_bytecode::op::Compare;
use pv_bytecode::unit::{Span, flags};
use pv_bytecode::{CodeUnit, Pc};
use pv_object::{Code, Kind, Obj, Tuple};

use super::TypeTable;
use crate::code;
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

fn unit(code: &Obj) -> &CodeUnit {
    code::unit(code.expect::<Code>())
}

fn code_repr(_: &Thread, code: &Obj) -> PyResult {
    let (unit, place) = (unit(code), crate::builtins::identity(code));
    let (name, file, line) = (&unit.name, &unit.filename, unit.first_line);
    Ok(text::new(&format!("<code object {name} at {place:#x}, file \"{file}\", line {line}>")))
}

fn names(names: &[Rc<str>]) -> Obj {
    Tuple::create(names.iter().map(|name| text::intern(name)).collect())
}

fn co_varnames(_: &Thread, code: &Obj) -> PyResult {
    Ok(names(&unit(code).varnames))
}
fn co_names(_: &Thread, code: &Obj) -> PyResult {
    Ok(names(&unit(code).names))
}
fn co_freevars(_: &Thread, code: &Obj) -> PyResult {
    Ok(names(&unit(code).freevars))
}
fn co_cellvars(_: &Thread, code: &Obj) -> PyResult {
    Ok(Tuple::create(unit(code).cellvars.iter().map(|(name, _)| text::intern(name)).collect()))
}
fn co_consts(_: &Thread, code: &Obj) -> PyResult {
    Ok(Tuple::create(code.expect::<Code>().constants().to_vec()))
}
fn co_name(_: &Thread, code: &Obj) -> PyResult {
    Ok(text::intern(&unit(code).name))
}
fn co_qualname(_: &Thread, code: &Obj) -> PyResult {
    Ok(text::new(&unit(code).qualname))
}
fn co_filename(_: &Thread, code: &Obj) -> PyResult {
    Ok(text::new(&unit(code).filename))
}
fn co_firstlineno(_: &Thread, code: &Obj) -> PyResult {
    Ok(Obj::int(i64::from(unit(code).first_line)))
}
fn co_flags(_: &Thread, code: &Obj) -> PyResult {
    Ok(Obj::int(i64::from(unit(code).flags & 0xff_ffff | unit(code).flags & 0x0c00_0000)))
}
fn co_argcount(_: &Thread, code: &Obj) -> PyResult {
    Ok(Obj::int(i64::from(unit(code).argcount)))
}
fn co_posonly(_: &Thread, code: &Obj) -> PyResult {
    Ok(Obj::int(i64::from(unit(code).posonly)))
}
fn co_kwonly(_: &Thread, code: &Obj) -> PyResult {
    Ok(Obj::int(i64::from(unit(code).kwonly)))
}
fn co_nlocals(_: &Thread, code: &Obj) -> PyResult {
    Ok(Obj::usize(unit(code).varnames.len()))
}
fn co_stacksize(_: &Thread, code: &Obj) -> PyResult {
    Ok(Obj::int(i64::from(unit(code).nregs - unit(code).nlocals)))
}
fn co_code(_: &Thread, code: &Obj) -> PyResult {
    let bytes: Vec<u8> = unit(code).code.iter().flat_map(|word| word.to_le_bytes()).collect();
    Ok(pv_object::Bytes::create(&bytes))
}

fn co_positions(cx: &Thread, code: &Obj) -> PyResult {
    let (unit, columns) = (unit(code), cx.vm().shows_columns());
    let number = |value: u32| Obj::int(i64::from(value));
    let row = |pc: usize| {
        let span = unit.span(Pc(pc as u32));
        match span.line {
            0 => Tuple::create(vec![Obj::none(), Obj::none(), Obj::none(), Obj::none()]),
            line if !columns => Tuple::create(vec![number(line), number(line), Obj::none(), Obj::none()]),
            _ => Tuple::create(vec![number(span.line), number(span.end_line), number(span.col), number(span.end_col)]),
        }
    };
    Ok(pv_object::ListIter::create(pv_object::List::create((0..unit.code.len()).map(row).collect())))
}

/// Adjacent instructions of one line are one row.
fn co_lines(_: &Thread, code: &Obj) -> PyResult {
    let unit = unit(code);
    let mut rows: Vec<(usize, usize, u32)> = Vec::new();
    for (index, (pc, span)) in unit.spans.iter().enumerate() {
        let end = unit.spans.get(index + 1).map_or(unit.code.len(), |(pc, _)| pc.index());
        match rows.last_mut() {
            Some(row) if row.2 == span.line => row.1 = end,
            _ => rows.push((pc.index(), end, span.line)),
        }
    }
    let row = |(start, end, line): (usize, usize, u32)| {
        let line = if line == 0 { Obj::none() } else { Obj::int(i64::from(line)) };
        Tuple::create(vec![Obj::usize(start * 2), Obj::usize(end * 2), line])
    };
    Ok(pv_object::ListIter::create(pv_object::List::create(rows.into_iter().map(row).collect())))
}

/// The parts by which code objects are equal, beside instructions, names and constants.
fn shape(unit: &CodeUnit) -> impl PartialEq {
    let counts = [unit.argcount, unit.posonly, unit.kwonly, unit.flags, unit.first_line];
    (unit.name.clone(), counts, unit.code.clone(), unit.spans.clone(), unit.exceptions.clone())
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    if !matches!(op, Compare::Eq | Compare::Ne) || a.kind() != Kind::Code || b.kind() != Kind::Code {
        return Ok(Obj::not_implemented());
    }
    let equal = a.same(b) || {
        let (left, right) = (unit(a), unit(b));
        let names = |unit: &CodeUnit| (unit.names.clone(), unit.local_names.clone(), unit.freevars.clone());
        shape(left) == shape(right) && names(left) == names(right) && same_constants(cx, a, b)?
    };
    Ok(Obj::bool(equal == (op == Compare::Eq)))
}

/// Constants are the same if they are equal and of one type, so that `1` and `1.0` tell code objects apart.
fn same_constants(cx: &Thread, a: &Obj, b: &Obj) -> PyResult<bool> {
    let (left, right) = (a.expect::<Code>().constants(), b.expect::<Code>().constants());
    if left.len() != right.len() {
        return Ok(false);
    }
    for (left, right) in left.iter().zip(right) {
        if !cx.type_of(left).same(cx.type_of(right)) || !protocol::values_equal(cx, left, right)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn hash(cx: &Thread, code: &Obj) -> PyResult<i64> {
    let parts =
        Tuple::create(vec![co_name(cx, code)?, co_code(cx, code)?, co_names(cx, code)?, co_varnames(cx, code)?]);
    protocol::hash(cx, &parts)
}

/// `code.replace(co_name=…, …)`.
fn replace(cx: &Thread, args: &Args<'_>) -> PyResult {
    let [code] = args.positional() else {
        return Err(cx.type_error("replace() takes 0 positional arguments"));
    };
    let (mut new, mut constants) = (CodeUnit::clone(unit(code)), None);
    for (name, value) in args.keywords() {
        let name = text::to_string(name);
        match name.as_str() {
            "co_name" => new.name = string(cx, &name, value)?,
            "co_qualname" => new.qualname = string(cx, &name, value)?,
            "co_filename" => new.filename = string(cx, &name, value)?,
            "co_firstlineno" => move_to_line(&mut new, protocol::to_isize(cx, value)?.max(0) as u32),
            "co_flags" => new.flags = new_flags(cx, new.flags, value)?,
            "co_names" => new.names = strings(cx, &name, value, new.names.len())?,
            "co_freevars" => new.freevars = strings(cx, &name, value, new.freevars.len())?,
            "co_varnames" => {
                new.varnames = strings(cx, &name, value, new.varnames.len())?;
                let varnames = new.varnames.clone();
                new.local_names.splice(..varnames.len(), varnames);
            }
            "co_consts" => constants = Some(tuple(cx, &name, value, code.expect::<Code>().constants().len())?),
            _ => unchanged(cx, code, &name, value)?,
        }
    }
    Ok(code::new_variant(&Rc::new(new), constants))
}

/// Lines count from the first one.
fn move_to_line(unit: &mut CodeUnit, line: u32) {
    let moved = |old: u32| (old + line).saturating_sub(unit.first_line);
    for (_, span) in &mut unit.spans {
        if span.line != 0 {
            *span = Span { line: moved(span.line), end_line: moved(span.end_line), ..*span };
        }
    }
    unit.first_line = line;
}

fn string(cx: &Thread, name: &str, value: &Obj) -> PyResult<Rc<str>> {
    match value.kind() {
        Kind::Str => Ok(text::to_string(value).into()),
        _ => {
            let found = cx.type_name(value);
            Err(cx.type_error(format_args!("replace() argument '{name}' must be str, not {found}")))
        }
    }
}

/// A tuple as long as the one that it replaces.
fn tuple(cx: &Thread, name: &str, value: &Obj, len: usize) -> PyResult<Vec<Obj>> {
    match value.downcast::<Tuple>() {
        Some(tuple) if tuple.len() == len => Ok(tuple.items().to_vec()),
        Some(_) => Err(cx.not_implemented(format_args!("changing the length of {name} is not supported"))),
        None => {
            let found = cx.type_name(value);
            Err(cx.type_error(format_args!("replace() argument '{name}' must be tuple, not {found}")))
        }
    }
}

fn strings(cx: &Thread, name: &str, value: &Obj, len: usize) -> PyResult<Vec<Rc<str>>> {
    tuple(cx, name, value, len)?.iter().map(|item| string(cx, name, item)).collect()
}

/// Flags that do not change how the code is called: those of an awaitable generator, of nesting, of what was imported from the future.
fn new_flags(cx: &Thread, old: u32, value: &Obj) -> PyResult<u32> {
    const FIXED: u32 = flags::VARARGS
        | flags::VARKEYWORDS
        | flags::GENERATOR
        | flags::COROUTINE
        | flags::ASYNC_GENERATOR
        | flags::OPTIMIZED;
    let new = protocol::to_isize(cx, value)? as u32;
    match (new ^ old) & FIXED {
        0 => Ok(new),
        _ => Err(cx.not_implemented("changing these flags of a code object is not supported")),
    }
}

/// Any other part may be given only as it is.
fn unchanged(cx: &Thread, code: &Obj, name: &str, value: &Obj) -> PyResult<()> {
    if !name.starts_with("co_") || !GETSETS.iter().any(|part| part.name == name) {
        return Err(cx.type_error(format_args!("replace() got an unexpected keyword argument '{name}'")));
    }
    let old = crate::attr::get_str(cx, code, name)?;
    match protocol::values_equal(cx, &old, value)? {
        true => Ok(()),
        false => Err(cx.not_implemented(format_args!("changing {name} of a code object is not supported"))),
    }
}

crate::natives! { static METHODS:
    "co_positions" "(self)" F1(co_positions) "Positions of the instructions in the source.";
    "co_lines" "(self)" F1(co_lines) "Lines of the instructions.";
    "replace" "" Raw(replace) "Return a copy of the code object with new values for the specified fields.";
    "__replace__" "" Raw(replace) "The same as replace().";
}

crate::getsets! { static GETSETS:
    "co_varnames" co_varnames => "";
    "co_names" co_names => "";
    "co_freevars" co_freevars => "";
    "co_cellvars" co_cellvars => "";
    "co_consts" co_consts => "";
    "co_name" co_name => "";
    "co_qualname" co_qualname => "";
    "co_filename" co_filename => "";
    "co_firstlineno" co_firstlineno => "";
    "co_flags" co_flags => "";
    "co_argcount" co_argcount => "";
    "co_posonlyargcount" co_posonly => "";
    "co_kwonlyargcount" co_kwonly => "";
    "co_nlocals" co_nlocals => "";
    "co_stacksize" co_stacksize => "";
    "co_code" co_code => "";
    "_co_code_adaptive" co_code => "";
}

/// Code objects.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { repr: Some(code_repr), compare: Some(compare), hash: Some(hash), ..Slots::NONE },
    doc: "Create a code object.  Not for mere mortals.",
    ..TypeTable::NONE
};
