//! The module `sys`.

use pv_object::{Heap, Kind, List, Obj};

use crate::text;
use crate::types::dict;
use crate::vm::Vm;

/// Bytes of an object, as `sys.getsizeof` tells them.
pub fn size_of(obj: &Obj) -> usize {
    match obj.header() {
        Some(_) => 16 + 8 * usize::from(Heap::attrs_of(obj).is_some()) + extent(obj),
        None => 28,
    }
}

fn extent(obj: &Obj) -> usize {
    match obj.kind() {
        Kind::List => 24 + 8 * obj.expect::<List>().len(),
        Kind::Tuple => 8 + 8 * obj.expect::<pv_object::Tuple>().len(),
        Kind::Str => 33 + obj.expect::<pv_object::Str>().text().bytes().len(),
        Kind::Dict => 48 + 32 * obj.expect::<pv_object::Dict>().len(),
        _ => 32,
    }
}

/// Fills `sys`.
pub(crate) fn populate(vm: &Vm) {
    let set = |name: &str, value: Obj| dict::set_str(&vm.sys, &text::intern(name), value);
    set("modules", vm.modules.clone());
    set("maxsize", Obj::int(i64::MAX));
    set("path", List::create(Vec::new()));
    set("argv", List::create(Vec::new()));
}
