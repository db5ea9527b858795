//! Named tuples of native modules: `sys.version_info`, `time.struct_time` and the like.

use pv_object::{Kind, Obj, Tuple, Type, TypeFlags, TypeSpec};

use super::descriptor::GetSetPayload;
use super::{TypeTable, fill};
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
    // Not an exact built-in: its representation is not the tuple's.
    let spec = TypeSpec {
        flags: TypeFlags::HEAP | TypeFlags::IMMUTABLE,
        ..TypeSpec::builtin(name, vec![vm.type_of_kind(Kind::Tuple).clone()], Some(Kind::Tuple))
    };
    let ty = match Type::create(spec) {
        Ok(ty) => ty,
        Err(error) => unreachable!("a subclass of tuple alone: {error:?}"),
    };
    let view = ty.expect::<Type>();
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
