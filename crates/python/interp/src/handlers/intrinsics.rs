//! Native functions that bytecodes compute in place, because programs spend time in them and traces should see through them.
//!
//! A row of the table names a native by its definition; the body is written over the machine like any handler. A call
//! whose arguments do not fit falls back to the native itself.

use pv_machine::{Flow, Own};
use pv_object::{Kind, NativeFunction, Obj};
use pv_runtime::native::{Flavor, NativeExt};
use pv_word::Word;

use crate::handlers::calls::{self, Site};
use crate::operands::Python;
use crate::view;

/// What is computed in place.
#[derive(Clone, Copy)]
enum Intrinsic {
    None,
    Len,
    ListAppend,
}

impl Intrinsic {
    /// By the number that natives are marked with, less one.
    const ALL: [Intrinsic; 3] = [Intrinsic::None, Intrinsic::Len, Intrinsic::ListAppend];

    /// The intrinsic of a row: by name and flavour.
    fn of(native: &NativeFunction) -> Intrinsic {
        match (native.def().name, native.flavor()) {
            ("len", Flavor::Function) => Intrinsic::Len,
            ("append", Flavor::Method) => Intrinsic::ListAppend,
            _ => Intrinsic::None,
        }
    }
}

/// The intrinsic that a native is, its receiver unbound. The answer is marked on the row's natives at the first question.
#[inline(always)]
fn intrinsic_of(native: &NativeFunction) -> Intrinsic {
    if !native.receiver.is_empty() {
        return Intrinsic::None;
    }
    let mark = native.mark();
    if mark.get() == 0 {
        mark.set(1 + Intrinsic::of(native) as u8);
    }
    Intrinsic::ALL[usize::from(mark.get() - 1)]
}

/// Computes the call of the native `identity` in place; `None` when it is none of these, or its arguments do not fit.
#[inline(always)]
pub fn call<M: Python>(m: &mut M, identity: Word, site: Site) -> Option<Flow> {
    let native = Obj::of(&identity).expect::<NativeFunction>();
    match intrinsic_of(native) {
        Intrinsic::Len if site.count == 1 => len(m, site),
        Intrinsic::ListAppend if site.count == 2 => append(m, site),
        Intrinsic::None | Intrinsic::Len | Intrinsic::ListAppend => None,
    }
}

/// `len(x)` of an exact built-in container.
fn len<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let container = m.get(site.arg(0));
    let len = view::builtin_len(m, container)?;
    let value = m.tag_int(len)?;
    Some(calls::finish(m, site, Own::new(value)))
}

/// `list.append(list, x)` on an exact list.
fn append<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let list = m.get(site.arg(0));
    if view::exact_kind(m, list) != Some(Kind::List) {
        return None;
    }
    let value = m.take(site.arg(1));
    super::build::append(m, list, value);
    let none = m.cx().none_word();
    let none = m.word(none);
    Some(calls::finish(m, site, Own::new(none)))
}
