//! Containers, attributes, iteration, strings, imports, patterns.

use pv_machine::Effects;
use pv_object::obj::{take_window, view_window};
use pv_object::{List, Obj, Str, Tuple};
use pv_runtime::types::{generator as generators, pattern, template};
use pv_runtime::{attr, protocol};

use super::{LOOKS, READS, ints, small, truth, windows, windows_and_word, words};
use crate::support::{classes, containers, slices};

const ANY: Effects = Effects::ANY;
const VALUE: Effects = super::VALUE;
const PURE: Effects = Effects::PURE;

words! {
    /// `x.name`.
    GET_ATTR "get_attr" ANY W2 (cx, x, name) attr::get(cx, x, name);
    /// `container[key]`.
    GET_ITEM "get_item" ANY W2 (cx, container, key) protocol::get_item(cx, container, key);
    /// `container[start:stop]`.
    GET_SLICE "get_slice" ANY W3 (cx, container, start, stop) slices::get(cx, container, start, stop);
    /// `container[start:stop] = value`.
    SET_SLICE "set_slice" ANY W4 (cx, container, start, stop, value) {
        slices::set(cx, container, start, stop, value).map(|()| Obj::none())
    };
    /// A tuple of exactly `count` items.
    UNPACK "unpack" ANY W2 (cx, value, count) {
        protocol::unpack(cx, value, small(count) as usize).map(Tuple::create)
    };
    /// A tuple of `before` items, the list of the rest, and `after` items.
    UNPACK_STAR "unpack_star" ANY W3 (cx, value, before, after) {
        protocol::unpack_star(cx, value, small(before) as usize, small(after) as usize).map(Tuple::create)
    };
    /// `iter(x)`.
    GET_ITER "get_iter" ANY W1 (cx, x) protocol::get_iter(cx, x);
    /// The next item, or the mark of exhaustion.
    ITER_NEXT "iter_next" ANY W1 (cx, iterator) {
        protocol::iter_next(cx, iterator).map(|item| item.unwrap_or_else(|| cx.exhausted().clone()))
    };
    /// `tuple(list)`.
    LIST_TO_TUPLE "list_to_tuple" READS W1 (_cx, list) Ok(Tuple::create(list.expect::<List>().to_vec()));
    /// `format(x, '')`.
    FORMAT_SIMPLE "format_simple" ANY W1 (cx, x) {
        if x.exact::<Str>().is_some() { Ok(x.clone()) } else { protocol::format(cx, x, &pv_runtime::text::new("")) }
    };
    /// `format(x, spec)`.
    FORMAT_SPEC "format_spec" ANY W2 (cx, x, spec) protocol::format(cx, x, spec);
    /// `str(x)`, `repr(x)` or `ascii(x)`.
    CONVERT "convert" ANY W2 (cx, x, which) match small(which) {
        1 => protocol::str(cx, x),
        2 => protocol::repr(cx, x),
        _ => protocol::ascii(cx, x),
    };
    /// A template of strings and interpolations.
    BUILD_TEMPLATE "build_template" ANY W2 (cx, strings, interpolations) template::build(cx, strings, interpolations);
    /// `__import__(name, …)` for the running function.
    IMPORT_NAME "import_name" ANY W4 (cx, function, name, list, level) {
        crate::support::imports::import_name(cx, &super::globals_of(function), name, list, small(level))
    };
    /// `from module import name`.
    IMPORT_FROM "import_from" ANY W2 (cx, module, name) crate::support::imports::import_from(cx, module, name);
    /// Is this a sequence for patterns?
    MATCH_SEQUENCE "match_sequence" READS W1 (_cx, x) Ok(Obj::bool(pattern::is_sequence(x)));
    /// Is this a mapping for patterns?
    MATCH_MAPPING "match_mapping" READS W1 (_cx, x) Ok(Obj::bool(pattern::is_mapping(x)));
    /// `len(x)`.
    GET_LEN "get_len" ANY W1 (cx, x) protocol::len(cx, x).map(Obj::usize);
    /// The values of a mapping for the keys of a tuple, or None.
    MATCH_KEYS "match_keys" ANY W2 (cx, subject, keys) pattern::match_keys(cx, subject, keys);
    /// What a class pattern matches, or None.
    MATCH_CLASS "match_class" ANY W4 (cx, subject, class, names, count) {
        pattern::match_class(cx, subject, class, names, small(count) as usize)
    };
    /// The iterator behind `yield from`.
    GET_YIELD_FROM_ITER "get_yield_from_iter" ANY W2 (cx, x, function) generators::yield_from_iter(cx, x, function);
    /// The iterator behind `await`.
    GET_AWAITABLE "get_awaitable" ANY W2 (cx, x, place) generators::awaitable(cx, x, small(place));
    /// `x.__aiter__()`.
    GET_AITER "get_aiter" ANY W1 (cx, x) generators::aiter(cx, x);
    /// The awaitable's iterator for `x.__anext__()`.
    GET_ANEXT "get_anext" ANY W1 (cx, x) generators::anext(cx, x);
}

words! {
    /// A native method bound to its receiver.
    BIND_NATIVE "bind_native" LOOKS W2 (cx, function, receiver) {
        Ok(pv_runtime::native::bind_native(cx, function, receiver.clone()))
    };
}

ints! {
    /// Has an object of a built-in layout no attributes of its own (1), or may it have some (0)?
    IS_BARE "is_bare" LOOKS I1 (_cx, x) Ok(i64::from(attr::is_bare(x)));
    /// `x.name = value`.
    SET_ATTR "set_attr" ANY I3 (cx, x, name, value) attr::set(cx, x, name, value).map(|()| 0);
    /// `del x.name`.
    DELETE_ATTR "delete_attr" ANY I2 (cx, x, name) attr::delete(cx, x, name).map(|()| 0);
    /// `container[key] = value`.
    SET_ITEM "set_item" ANY I3 (cx, container, key, value) protocol::set_item(cx, container, key, value).map(|()| 0);
    /// `del container[key]`.
    DELETE_ITEM "delete_item" ANY I2 (cx, container, key) protocol::del_item(cx, container, key).map(|()| 0);
    /// `set.add(value)`.
    SET_ADD "set_add" ANY I2 (cx, set, value) containers::add(cx, set, value).map(|()| 0);
    /// `list.extend(value)` for a display or call.
    LIST_EXTEND "list_extend" ANY I2 (cx, list, value) containers::extend_list(cx, list, value).map(|()| 0);
    /// `set.update(value)`.
    SET_UPDATE "set_update" ANY I2 (cx, set, value) containers::update_set(cx, set, value).map(|()| 0);
    /// `dict.update(value)` for a display.
    MAP_UPDATE "map_update" ANY I2 (cx, map, value) containers::update_map(cx, map, value).map(|()| 0);
    /// `dict.update(value)` for a call: duplicates are errors.
    MAP_MERGE "map_merge" ANY I3 (cx, map, value, callee) containers::merge_map(cx, map, value, callee).map(|()| 0);
    /// `from module import *`.
    IMPORT_STAR "import_star" ANY I3 (cx, module, function, namespace) {
        let globals = super::globals_of(function);
        let namespace = if namespace.is_none() { &globals } else { namespace };
        crate::support::imports::import_star(cx, module, namespace).map(|()| 0)
    };
    /// Do exception and class match in `except`?
    EXCEPTION_MATCHES "exception_matches" ANY I2 (cx, exception, class) {
        truth(pv_runtime::types::exception::matches(cx, exception, class))
    };
}

words! {
    /// The string of one character.
    CHR "chr" LOOKS W1 (_cx, point) Ok(Obj::char(small(point)));
}

ints! {
    /// The character of an exact string of length 1.
    ORD "ord" PURE I1 (_cx, string) Ok(i64::from(string.expect::<Str>().code_point(0).unwrap_or(0)));
}

windows! {
    /// A tuple of the window's values, moved.
    BUILD_TUPLE "build_tuple" VALUE (_cx, _count, cells) Ok(Tuple::create(take_window(cells)));
    /// A list of the window's values, moved.
    BUILD_LIST "build_list" VALUE (_cx, _count, cells) {
        Ok(List::of_exactly(cells.iter().map(|cell| Obj::from_owned(cell.get()))))
    };
    /// A set of the window's values, moved.
    BUILD_SET "build_set" ANY (cx, _count, cells) containers::build_set(cx, take_window(cells));
    /// A dict of the window's pairs, moved.
    BUILD_MAP "build_map" ANY (cx, _count, cells) containers::build_map(cx, take_window(cells));
    /// The window's strings, joined.
    BUILD_STRING "build_string" VALUE (_cx, _count, cells) Ok(containers::join(&take_window(cells)));
    /// An interpolation of value, source text and format spec.
    BUILD_INTERPOLATION "build_interpolation" ANY (cx, conversion, cells) {
        template::interpolation(cx, take_window(cells), small(conversion))
    };
    /// An intrinsic on its operands, moved.
    INTRINSIC "intrinsic" ANY (cx, which, cells) crate::intrinsic::run(cx, small(which), take_window(cells));
}

windows_and_word! {
    /// `super(…).name` for the window `super`, class, instance.
    LOAD_SUPER_ATTR "load_super_attr" ANY (cx, name, cells, flags) {
        classes::load_super(cx, view_window(cells), name, small(flags) & 1 != 0)
    };
}
