//! The module `builtins`.

use pv_object::{Kind, List, Obj, Type};

use crate::error::{EXCEPTIONS, PyResult};
use crate::native::add_functions;
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::dict;
use crate::vm::Vm;

/// `id(obj)`: an address, or a number out of every address's range for immediates.
pub fn identity(obj: &Obj) -> u64 {
    match obj.header() {
        Some(_) => obj.word().addr() as u64,
        None => obj.word().0 | 1 << 63,
    }
}

/// `dir(obj)` for ordinary objects.
pub(crate) fn object_dir(cx: &Thread, obj: &Obj) -> PyResult {
    class_dir(cx, cx.type_of(obj))
}

/// `dir(class)`.
pub(crate) fn class_dir(_: &Thread, class: &Obj) -> PyResult {
    let mut names: Vec<Obj> = Vec::new();
    let mro = class.expect::<Type>().mro();
    for base in mro.expect::<pv_object::Tuple>().items() {
        for name in base.expect::<Type>().dict().expect::<pv_object::Dict>().keys() {
            if !names.iter().any(|known| known.same(&name)) {
                names.push(name);
            }
        }
    }
    Ok(List::create(names))
}

/// `X | Y` of classes: `types.UnionType`, which the library's Python part provides.
pub(crate) fn make_union(_: &Thread, _: &Obj, _: &Obj) -> PyResult {
    Ok(Obj::not_implemented())
}

fn len(cx: &Thread, obj: &Obj) -> PyResult {
    protocol::len(cx, obj).map(Obj::usize)
}

fn repr(cx: &Thread, obj: &Obj) -> PyResult {
    protocol::repr(cx, obj)
}

fn is_instance(cx: &Thread, obj: &Obj, class: &Obj) -> PyResult {
    protocol::is_instance(cx, obj, class).map(Obj::bool)
}

crate::natives! { static FUNCTIONS:
    "len" "(obj, /)" F1(len) "Return the number of items in a container.";
    "repr" "(obj, /)" F1(repr) "Return the canonical string representation of the object.";
    "isinstance" "(obj, class_or_tuple, /)" F2(is_instance) "Return whether an object is an instance of a class or of a subclass thereof.";
}

/// Types that `builtins` names.
const TYPES: &[Kind] = &[
    Kind::Bool,
    Kind::Int,
    Kind::Float,
    Kind::Complex,
    Kind::Str,
    Kind::Bytes,
    Kind::ByteArray,
    Kind::Tuple,
    Kind::List,
    Kind::Dict,
    Kind::Set,
    Kind::FrozenSet,
    Kind::Range,
    Kind::Slice,
    Kind::Property,
    Kind::StaticMethod,
    Kind::ClassMethod,
    Kind::Instance,
    Kind::Type,
    Kind::Super,
    Kind::Enumerate,
    Kind::Zip,
    Kind::Map,
    Kind::Filter,
    Kind::Reversed,
];

/// Fills `builtins`.
pub(crate) fn populate(vm: &Vm) {
    let set = |name: &str, value: Obj| dict::set_str(&vm.builtins, &text::intern(name), value);
    set("__name__", text::intern("builtins"));
    add_functions(vm, &vm.builtins, "builtins", FUNCTIONS);
    for kind in TYPES {
        set(kind.name(), vm.type_of_kind(*kind).clone());
    }
    for (class, row) in vm.exceptions.iter().zip(EXCEPTIONS) {
        set(row.name, class.clone());
    }
    set("Ellipsis", Obj::ellipsis());
    set("NotImplemented", Obj::not_implemented());
    set("__debug__", Obj::bool(true));
}
