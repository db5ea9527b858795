//! `None`, `...`, `NotImplemented`, cells and frames.

use pv_bytecode::op::Compare;
use pv_object::{CellObj, Frame, Obj};

use super::TypeTable;
use crate::error::PyResult;
use crate::native::Args;
use crate::observe;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

fn none_repr(_: &Thread, _: &Obj) -> PyResult {
    Ok(text::intern("None"))
}

fn none_truth(_: &Thread, _: &Obj) -> PyResult<bool> {
    Ok(false)
}

fn none_hash(_: &Thread, _: &Obj) -> PyResult<i64> {
    Ok(4_238_894_208)
}

fn no_arguments(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult<()> {
    match args.values().is_empty() {
        true => Ok(()),
        false => {
            Err(cx.type_error(format_args!("{} takes no arguments", class.expect::<pv_object::Type>().name_string())))
        }
    }
}

fn none_new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    no_arguments(cx, class, args).map(|()| Obj::none())
}

/// The type of `None`.
pub(crate) static NONE: TypeTable = TypeTable {
    slots: Slots {
        new: Some(none_new),
        repr: Some(none_repr),
        truth: Some(none_truth),
        hash: Some(none_hash),
        ..Slots::NONE
    },
    doc: "The type of the None singleton.",
    ..TypeTable::NONE
};

fn ellipsis_repr(_: &Thread, _: &Obj) -> PyResult {
    Ok(text::intern("Ellipsis"))
}

fn ellipsis_new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    no_arguments(cx, class, args).map(|()| Obj::ellipsis())
}

/// The type of `...`.
pub(crate) static ELLIPSIS: TypeTable = TypeTable {
    slots: Slots { new: Some(ellipsis_new), repr: Some(ellipsis_repr), ..Slots::NONE },
    doc: "The type of the Ellipsis singleton.",
    ..TypeTable::NONE
};

fn not_implemented_repr(_: &Thread, _: &Obj) -> PyResult {
    Ok(text::intern("NotImplemented"))
}

fn not_implemented_truth(cx: &Thread, _: &Obj) -> PyResult<bool> {
    Err(cx.type_error("NotImplemented should not be used in a boolean context"))
}

fn not_implemented_new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    no_arguments(cx, class, args).map(|()| Obj::not_implemented())
}

/// The type of `NotImplemented`.
pub(crate) static NOT_IMPLEMENTED: TypeTable = TypeTable {
    slots: Slots {
        new: Some(not_implemented_new),
        repr: Some(not_implemented_repr),
        truth: Some(not_implemented_truth),
        ..Slots::NONE
    },
    doc: "The type of the NotImplemented singleton.",
    ..TypeTable::NONE
};

fn cell_new(_: &Thread, _: &Obj, args: &Args<'_>) -> PyResult {
    Ok(CellObj::create(args.positional().first().cloned()))
}

fn cell_repr(cx: &Thread, cell: &Obj) -> PyResult {
    let place = crate::builtins::identity(cell);
    let shown = match cell.expect::<CellObj>().value.get() {
        None => "empty".to_owned(),
        Some(value) => format!("{} object at {:#x}", cx.type_name(&value), crate::builtins::identity(&value)),
    };
    Ok(text::new(&format!("<cell at {place:#x}: {shown}>")))
}

fn cell_compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (a.downcast::<CellObj>(), b.downcast::<CellObj>()) else {
        return Ok(Obj::not_implemented());
    };
    match (left.value.get(), right.value.get()) {
        (Some(left), Some(right)) => crate::protocol::rich_compare(cx, op, &left, &right),
        (left, right) => {
            let (left, right) = (Obj::bool(left.is_some()), Obj::bool(right.is_some()));
            crate::protocol::rich_compare(cx, op, &left, &right)
        }
    }
}

fn cell_contents(cx: &Thread, cell: &Obj) -> PyResult {
    cell.expect::<CellObj>().value.get().ok_or_else(|| cx.value_error("cell is empty"))
}

fn set_cell_contents(_: &Thread, cell: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(cell.expect::<CellObj>().value.replace(value.cloned()));
    Ok(())
}

crate::getsets! { static CELL_GETSETS:
    "cell_contents" cell_contents, set set_cell_contents => "";
}

/// Captured variables.
pub(crate) static CELL: TypeTable = TypeTable {
    getsets: CELL_GETSETS,
    slots: Slots {
        new: Some(cell_new),
        repr: Some(cell_repr),
        compare: Some(cell_compare),
        unhashable: true,
        ..Slots::NONE
    },
    ..TypeTable::NONE
};

fn frame_code(_: &Thread, frame: &Obj) -> PyResult {
    Ok(frame.expect::<Frame>().code.get().unwrap_or_else(Obj::none))
}

fn frame_globals(_: &Thread, frame: &Obj) -> PyResult {
    Ok(frame.expect::<Frame>().globals.get().unwrap_or_else(Obj::none))
}

fn frame_back(cx: &Thread, frame: &Obj) -> PyResult {
    let view = frame.expect::<Frame>();
    let behind = || (cx.vm().hooks().frame_behind)(cx, frame);
    Ok(view.back.get().or_else(behind).unwrap_or_else(Obj::none))
}

fn frame_locals(_: &Thread, frame: &Obj) -> PyResult {
    let view = frame.expect::<Frame>();
    if let Some(locals) = view.locals.get() {
        return Ok(locals);
    }
    let locals = pv_object::Dict::create();
    if let Some(code) = view.code.get().filter(|code| code.downcast::<pv_object::Code>().is_some()) {
        let payload = crate::code::payload(code.expect());
        for (register, (name, value)) in payload.local_names.iter().zip(view.slots()).enumerate() {
            let captured = payload.unit.cellvars.iter().any(|(_, place)| place.index() == register);
            let value = match value.as_ref().and_then(|value| value.downcast::<CellObj>()) {
                Some(cell) if captured => cell.value.get(),
                _ => value,
            };
            if let Some(value) = value {
                super::dict::set_str(&locals, name, value);
            }
        }
    }
    Ok(locals)
}

fn frame_builtins(cx: &Thread, _: &Obj) -> PyResult {
    Ok(cx.vm().builtins.clone())
}

fn frame_lineno(_: &Thread, frame: &Obj) -> PyResult {
    let view = frame.expect::<Frame>();
    match view.code.get().filter(|code| code.downcast::<pv_object::Code>().is_some()) {
        Some(_) if view.line.get() != 0 => Ok(Obj::int(i64::from(view.line.get()))),
        Some(code) => Ok(Obj::int(i64::from(crate::code::line(code.expect(), view.pc.get())))),
        None => Ok(Obj::none()),
    }
}

fn frame_lasti(_: &Thread, frame: &Obj) -> PyResult {
    Ok(Obj::int(i64::from(frame.expect::<Frame>().pc.get()) * 2))
}

fn frame_trace(_: &Thread, frame: &Obj) -> PyResult {
    Ok(observe::local_trace(frame).unwrap_or_else(Obj::none))
}

fn set_frame_trace(cx: &Thread, frame: &Obj, value: Option<&Obj>) -> PyResult<()> {
    observe::set_local_trace(frame, value.filter(|value| !value.is_none()).cloned());
    let view = frame.expect::<Frame>();
    if let Some(code) = view.code.get().filter(|_| view.base.get() != 0) {
        let line = crate::code::line(code.expect(), view.pc.get());
        cx.watch_old(view.base.get(), frame.clone(), line);
    }
    Ok(())
}

fn trace_lines(_: &Thread, frame: &Obj) -> PyResult {
    Ok(Obj::bool(observe::switches(frame).0))
}

fn trace_opcodes(_: &Thread, frame: &Obj) -> PyResult {
    Ok(Obj::bool(observe::switches(frame).1))
}

fn set_switch(cx: &Thread, frame: &Obj, value: Option<&Obj>, opcodes: bool) -> PyResult<()> {
    match value {
        None => Err(cx.type_error("cannot delete numeric/char attribute")),
        Some(value) if value.kind() != pv_object::Kind::Bool => Err(cx.type_error("attribute value type must be bool")),
        Some(value) => {
            observe::set_switch(frame, opcodes, value.same(&Obj::bool(true)));
            Ok(())
        }
    }
}

fn set_trace_lines(cx: &Thread, frame: &Obj, value: Option<&Obj>) -> PyResult<()> {
    set_switch(cx, frame, value, false)
}

fn set_trace_opcodes(cx: &Thread, frame: &Obj, value: Option<&Obj>) -> PyResult<()> {
    set_switch(cx, frame, value, true)
}

/// Registers are not laid out for jumps from anywhere to anywhere.
fn set_frame_lineno(cx: &Thread, frame: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        None => Err(cx.attribute_error("cannot delete attribute")),
        Some(value) if !value.is_int() => Err(cx.value_error("lineno must be an integer")),
        Some(_) if observe::local_trace(frame).is_none() => {
            Err(cx.value_error("f_lineno can only be set in a trace function"))
        }
        Some(_) => Err(cx.value_error("f_lineno cannot be set: jumps between lines are not supported")),
    }
}

fn frame_clear(_: &Thread, frame: &Obj) -> PyResult {
    frame.expect::<Frame>().set_slots(Vec::new());
    Ok(Obj::none())
}

crate::natives! { static FRAME_METHODS:
    "clear" "(self, /)" F1(frame_clear) "Drops the references the frame's locals hold.";
}

crate::getsets! { static FRAME_GETSETS:
    "f_code" frame_code => "";
    "f_globals" frame_globals => "";
    "f_locals" frame_locals => "";
    "f_builtins" frame_builtins => "";
    "f_back" frame_back => "";
    "f_lineno" frame_lineno, set set_frame_lineno => "";
    "f_lasti" frame_lasti => "";
    "f_trace" frame_trace, set set_frame_trace => "";
    "f_trace_lines" trace_lines, set set_trace_lines => "";
    "f_trace_opcodes" trace_opcodes, set set_trace_opcodes => "";
}

/// Frames.
pub(crate) static FRAME: TypeTable = TypeTable { methods: FRAME_METHODS, getsets: FRAME_GETSETS, ..TypeTable::NONE };
