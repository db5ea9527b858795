//! `cmp_to_key`.

use pv_bytecode::op::Compare;
use pv_object::{Held, Obj, Payload};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, getsets, protocol};

use crate::support::{create, module_item, state};

/// A comparison function, and the object it compares once there is one.
struct Key {
    function: Obj,
    object: Held,
}

impl Payload for Key {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.function);
        self.object.visit(visitor);
    }
}

pub(super) fn cmp_to_key(cx: &Thread, function: &Obj) -> PyResult {
    let class = module_item(cx, "_functools", "KeyWrapper")?;
    Ok(create(&class, Key { function: function.clone(), object: Held::empty() }))
}

fn call(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult {
    let [object] = args.values() else { return Err(cx.type_error("K() takes exactly one argument")) };
    let function = state::<Key>(cx, this)?.function.clone();
    Ok(create(cx.type_of(this), Key { function, object: Held::new(object.clone()) }))
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let Some(right) = b.native::<Key>() else {
        return Err(cx.type_error("other argument must be K instance"));
    };
    let left = state::<Key>(cx, a)?;
    let (Some(x), Some(y)) = (left.object.get(), right.object.get()) else {
        return Err(cx.attribute_error("object"));
    };
    let result = protocol::call2(cx, &left.function, &x, &y)?;
    protocol::rich_compare(cx, op, &result, &Obj::small(0))
}

fn object(cx: &Thread, this: &Obj) -> PyResult {
    state::<Key>(cx, this)?.object.get().ok_or_else(|| cx.attribute_error("object"))
}

getsets! { static GETSETS:
    "obj" object => "Value wrapped by a key function.";
}

/// Keys.
pub(super) static KEY: TypeTable = TypeTable {
    getsets: GETSETS,
    slots: Slots { call: Some(call), compare: Some(compare), unhashable: true, ..Slots::NONE },
    ..TypeTable::NONE
};
