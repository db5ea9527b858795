//! `None`, `...`, `NotImplemented`, and cells.

use pv_bytecode::op::Compare;
use pv_object::{CellObj, Obj};

use super::TypeTable;
use crate::error::PyResult;
use crate::native::Args;
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
