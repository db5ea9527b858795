//! Names: globals, namespaces, functions, classes.

use pv_machine::Effects;
use pv_object::{Code, Function, Obj};
use pv_runtime::{protocol, types};
use pv_word::Word;

use super::{LOOKS, ints, small, words};

const ANY: Effects = Effects::ANY;

/// The globals of a function object.
pub(crate) fn globals_of(function: &Obj) -> Obj {
    function.expect::<Function>().globals.get().expect("a function has globals")
}

words! {
    /// The global or builtin `name` for the running function; fills the instruction's cache.
    LOAD_GLOBAL "load_global" ANY W3 (cx, function, name, cache) {
        crate::globals::load(cx, function, name, small(cache))
    };
    /// `globals[name] = value`; fills the instruction's cache.
    STORE_GLOBAL "store_global" ANY W4 (cx, function, name, value, cache) {
        crate::globals::store(cx, function, name, value, small(cache)).map(|()| Obj::none())
    };
    /// The name in a mapping, the running function's globals, builtins.
    LOAD_NAME "load_name" ANY W3 (cx, function, mapping, name) {
        match crate::globals::in_mapping(cx, mapping, name)? {
            Some(value) => Ok(value),
            None => crate::globals::lookup(cx, &globals_of(function), name),
        }
    };
    /// The name in a mapping, or what the closure cell holds.
    LOAD_DICT_OR_FREE "load_dict_or_free" ANY W4 (cx, function, mapping, name, index) {
        match crate::globals::in_mapping(cx, mapping, name)? {
            Some(value) => Ok(value),
            None => crate::globals::free_variable(cx, function, small(index)),
        }
    };
    /// `builtins.__build_class__`.
    LOAD_BUILD_CLASS "load_build_class" ANY W1 (cx, function) {
        crate::globals::build_class(cx, &globals_of(function))
    };
    /// The builtin object with a number.
    LOAD_COMMON "load_common" LOOKS W1 (cx, which) Ok(crate::intrinsic::common(cx, small(which)));
}

ints! {
    /// `mapping[name] = value`.
    STORE_NAME "store_name" ANY I3 (cx, mapping, name, value) protocol::set_item(cx, mapping, name, value).map(|()| 0);
    /// `del name` in the mapping, or in the function's globals where that is None.
    DELETE_NAME "delete_name" ANY I3 (cx, function, mapping, name) {
        crate::globals::delete(cx, function, mapping, name).map(|()| 0)
    };
}

/// A new function of a code constant: the running function lends its globals; pieces are moved out of the window.
pub static MAKE_FUNCTION: pv_machine::Helper<pv_runtime::Thread> = {
    extern "C" fn entry(cx: &pv_runtime::Thread, running: Word, window: pv_machine::Window<'_>, packed: Word) -> Word {
        let (running, packed) = (Obj::of(&running), Obj::of(&packed));
        let pieces = window.cells().iter().map(|cell| Obj::from_owned(cell.get()));
        let packed = small(packed);
        let view = running.expect::<Function>();
        let code = view.code.get().expect("a function has code");
        let constant = &code.expect::<Code>().constants()[(packed >> 8) as usize];
        types::function::make(cx, constant, &globals_of(running), packed & 0xff, pieces).into_word()
    }
    pv_machine::Helper::new("make_function", super::VALUE, pv_machine::Target::WinW(entry))
};
