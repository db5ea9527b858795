//! The module `builtins`.

mod classes;
mod functions;
mod inspect;
mod io;
mod iterate;

use pv_object::{Kind, Obj};

use crate::error::EXCEPTIONS;
use crate::native::{Flavor, NativeDef, add_functions, new_native};
use crate::text;
use crate::types::dict;
use crate::vm::Vm;
pub(crate) use classes::make_union;
pub use inspect::{builtins_of, dir_of, find_builtin};
pub(crate) use inspect::{class_dir, object_dir};
pub(crate) use iterate::sum_on;

/// `id(obj)`: an address, or a number out of every address's range for immediates.
pub fn identity(obj: &Obj) -> u64 {
    match obj.header() {
        Some(_) => obj.word().addr() as u64,
        None => obj.word().0 & !(1 << 63) | 1 << 62,
    }
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

/// The functions of the module.
const FUNCTIONS: [&[NativeDef]; 5] =
    [functions::FUNCTIONS, classes::FUNCTIONS, inspect::FUNCTIONS, iterate::FUNCTIONS, io::FUNCTIONS];

/// A function of the module, as it is before a program changes anything.
///
/// # Panics
/// When there is none of that name.
pub(crate) fn new_function(vm: &Vm, name: &str) -> Obj {
    let mut rows = FUNCTIONS.iter().copied().flatten();
    let def = rows.find(|def| def.name == name).unwrap_or_else(|| panic!("no built-in function {name}"));
    new_native(vm, def, Flavor::Function, Some(text::intern("builtins")))
}

/// Fills `builtins`.
pub(crate) fn populate(vm: &Vm) {
    let set = |name: &str, value: Obj| dict::set_str(&vm.builtins, &text::intern(name), value);
    set("__name__", text::intern("builtins"));
    for table in FUNCTIONS {
        add_functions(vm, &vm.builtins, "builtins", table);
    }
    for kind in TYPES {
        set(kind.name(), vm.type_of_kind(*kind).clone());
    }
    for (class, row) in vm.exceptions.iter().zip(EXCEPTIONS) {
        set(row.name, class.clone());
    }
    set("ExceptionGroup", vm.extra_type("ExceptionGroup"));
    set("EnvironmentError", vm.exception(crate::Exc::OSError).clone());
    set("IOError", vm.exception(crate::Exc::OSError).clone());
    set("None", Obj::none());
    set("True", Obj::bool(true));
    set("False", Obj::bool(false));
    set("Ellipsis", Obj::ellipsis());
    set("NotImplemented", Obj::not_implemented());
    set("__debug__", Obj::bool(true));
}
