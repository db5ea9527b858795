//! How calling a class goes, for the interpreter: whether its instances are plain allocations.

use pv_object::{Kind, Obj, ShapeRef, Type, TypeFlags};
use pv_word::Word;

use crate::class;
use crate::slots::SlotImp;
use crate::thread::Thread;

/// How to call a class.
#[derive(Clone, Copy)]
pub enum CallPlan {
    /// Allocate an instance of this shape, then run this plain Python `__init__` on it. Without one the call takes no
    /// arguments. Holds while the shape keeps its token.
    Instance {
        /// The shape of new instances.
        shape: ShapeRef,
        /// The function, borrowed from the class.
        init: Option<Word>,
    },
    /// Anything else: call it through [`crate::protocol::call`].
    Generic,
}

/// The plan for calling a class.
pub fn call_plan(cx: &Thread, class: Word) -> CallPlan {
    let class = Obj::of(&class);
    let ty = class.expect::<Type>();
    let plain = ty.has(TypeFlags::HEAP) && !ty.has(TypeFlags::ABSTRACT) && ty.instance_kind() == Kind::Instance;
    if !plain || !class.shape().type_obj().same(cx.vm().type_of_kind(Kind::Type)) || ty.summary_has("__del__") {
        return CallPlan::Generic;
    }
    let names = cx.names();
    let new = cx.lookup_type(ty, &names.__new__).and_then(|new| class::slot_of(&new));
    if !matches!(new, Some(SlotImp::New(f)) if is_object_new(f)) {
        return CallPlan::Generic;
    }
    let Some(init) = cx.lookup_type(ty, &names.__init__) else { return CallPlan::Generic };
    let shape = ty.root_shape();
    match init.heap_kind() {
        Some(Kind::Function) => CallPlan::Instance { shape, init: Some(init.word()) },
        Some(Kind::NativeFunction) if !crate::protocol::defines(cx, ty, &names.__init__) => {
            CallPlan::Instance { shape, init: None }
        }
        _ => CallPlan::Generic,
    }
}

fn is_object_new(f: crate::slots::WithArgs) -> bool {
    std::ptr::fn_addr_eq(f, class::object_new as crate::slots::WithArgs)
}
