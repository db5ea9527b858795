//! Named tuples of native modules: `sys.version_info`, `time.struct_time` and the like.

use pv_object::{Kind, Obj, Tuple, Type, TypeFlags};

use super::descriptor::GetSetPayload;
use super::{TypeTable, fill, new_builtin};
use crate::error::PyResult;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;
use crate::vm::Vm;

fn repr(cx: &Thread, sequence: &Obj) -> PyResult {
    let ty = sequence.shape().ty();
    let fields = ty.own_attr(&text::intern("__match_args__")).unwrap_or_else(super::empty_tuple);
    let mut parts = Vec::new();
    for (name, value) in fields.expect::<Tuple>().items().iter().zip(sequence.expect::<Tuple>().items()) {
        let shown = text::to_string(&protocol::repr(cx, value)?);
        parts.push(format!("{}={shown}", text::to_string(name)));
    }
    let name = super::type_type::full_name(cx, ty);
    Ok(text::new(&format!("{name}({})", parts.join(", "))))
}

static TABLE: TypeTable = TypeTable { slots: Slots { repr: Some(repr), ..Slots::NONE }, ..TypeTable::NONE };

/// A tuple type of module `module` whose items have names.
pub fn new_type(vm: &Vm, module: &str, name: &str, fields: &'static [&'static str]) -> Obj {
    let ty = new_builtin(name, vec![vm.type_of_kind(Kind::Tuple).clone()], Some(Kind::Tuple));
    let view = ty.expect::<Type>();
    view.set_flags(TypeFlags::BASE, false);
    fill::fill(vm, &ty, &TABLE);
    view.set_attr(&vm.names.__module__, text::intern(module));
    for (index, field) in fields.iter().enumerate() {
        fill::add_getset(&ty, field, GetSetPayload::Item(index));
    }
    let names = fields.iter().map(|field| text::intern(field)).collect();
    view.set_attr(&vm.names.__match_args__, Tuple::create(names));
    view.set_attr(&text::intern("n_fields"), Obj::usize(fields.len()));
    view.set_attr(&text::intern("n_sequence_fields"), Obj::usize(fields.len()));
    ty
}

/// An instance.
pub fn create(ty: &Obj, items: Vec<Obj>) -> Obj {
    Tuple::with_shape(items, ty.expect::<Type>().root_shape())
}
