//! `_sre`: what the library's `re` compiles its patterns to, and runs them with.
//!
//! Role: the matching itself is the crate `rustpython-sre_engine`, an interpreter of the codes that `re._compiler` makes; here are
//! the objects around it. [`subject`] is the text that is matched, [`pattern`] and [`matched`] the two visible classes, [`scanner`]
//! the state of an iteration, [`replace`] what `sub` puts in.
//! Invariant: no Python code runs while the engine looks at a text.

mod check;
mod matched;
mod pattern;
mod replace;
mod scanner;
mod subject;

use std::rc::Rc;

use pv_object::{List, Obj, Payload, Str, Tuple, Type, TypeFlags};
use pv_runtime::types::new_native_type;
use pv_runtime::{Args, PyResult, Thread, TypeTable, natives, protocol, text};
use rustpython_sre_engine::{CODESIZE, MAXREPEAT, SRE_MAGIC, string};

use crate::support::{constant, create, functions, machine_int, module_item, state};
use pattern::Pattern;

/// The greatest number of groups.
const MAX_GROUPS: i64 = (i32::MAX / 2) as i64;

/// The classes of this module's objects.
struct Classes {
    pattern: Obj,
    matched: Obj,
    scanner: Obj,
}

/// Keeps the classes for `compile`.
struct Registry(Rc<Classes>);

impl Payload for Registry {
    fn visit(&self, _: &mut dyn FnMut(&Obj)) {}
}

/// Where the registry stands in the module's namespace.
const REGISTRY: &str = "_classes";

/// `__new__` of classes that only this module makes instances of.
fn no_instances(cx: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    let ty = class.expect::<Type>();
    let module = text::to_string(&pv_runtime::attr::get_str(cx, class, "__module__")?);
    Err(cx.type_error(format_args!("cannot create '{module}.{}' instances", ty.name_string())))
}

fn codes(cx: &Thread, code: &Obj) -> PyResult<Vec<u32>> {
    let Some(list) = code.downcast::<List>() else {
        let found = cx.type_name(code);
        return Err(cx.type_error(format_args!("compile() argument 'code' must be list, not {found}")));
    };
    let mut codes = Vec::with_capacity(list.len());
    for item in list.to_vec() {
        if !item.is_int() {
            return Err(cx.type_error("an integer is required"));
        }
        let code = item.as_i64().and_then(|code| u32::try_from(code).ok());
        codes.push(code.ok_or_else(|| cx.overflow_error("regular expression code size limit exceeded"))?);
    }
    Ok(codes)
}

fn compile(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(source), Some(flags), Some(code), Some(groups), Some(names), Some(indices)] = args else {
        return Err(cx.type_error("compile() takes 6 arguments"));
    };
    if names.downcast::<pv_object::Dict>().is_none() {
        let found = cx.type_name(names);
        return Err(cx.type_error(format_args!("compile() argument 'groupindex' must be dict, not {found}")));
    }
    let Some(indices) = indices.downcast::<Tuple>() else {
        let found = cx.type_name(indices);
        return Err(cx.type_error(format_args!("compile() argument 'indexgroup' must be tuple, not {found}")));
    };
    let code = codes(cx, code)?;
    let (flags, groups) = (machine_int(cx, flags)?, machine_int(cx, groups)?);
    if !source.is_none() && source.downcast::<Str>().is_none() {
        crate::support::bytes_like(cx, source)?;
    }
    let Ok(groups) = usize::try_from(groups) else { return Err(cx.runtime_error("invalid SRE code")) };
    if !check::is_valid(&code, groups) {
        return Err(cx.runtime_error("invalid SRE code"));
    }
    let registry = module_item(cx, "_sre", REGISTRY)?;
    let classes = Rc::clone(&state::<Registry>(cx, &registry)?.0);
    let class = classes.pattern.clone();
    let pattern = Pattern {
        source: source.clone(),
        flags,
        prefix: pattern::prefix(&code),
        code,
        groups,
        names: names.clone(),
        indices: indices.items().to_vec(),
        classes,
    };
    Ok(create(&class, pattern))
}

fn code_size(_: &Thread) -> PyResult {
    Ok(Obj::usize(CODESIZE))
}

fn character(cx: &Thread, value: &Obj) -> PyResult<u32> {
    let number = protocol::to_index(cx, value)?.as_i64().and_then(|number| i32::try_from(number).ok());
    number.map(|number| number as u32).ok_or_else(|| cx.overflow_error("Python int too large to convert to C int"))
}

fn number(c: u32) -> Obj {
    Obj::int(i64::from(c as i32))
}

fn ascii_is_cased(cx: &Thread, c: &Obj) -> PyResult {
    let c = character(cx, c)?;
    Ok(Obj::bool(u8::try_from(c).is_ok_and(|c| c.is_ascii_alphabetic())))
}

fn unicode_is_cased(cx: &Thread, c: &Obj) -> PyResult {
    let c = character(cx, c)?;
    // Of an upper case of several characters the first one counts.
    let mut upper = None;
    pv_runtime::unicode::to_upper(c, &mut |c| {
        upper.get_or_insert(c);
    });
    Ok(Obj::bool(string::lower_unicode(c) != c || upper.is_some_and(|upper| upper != c)))
}

fn ascii_to_lower(cx: &Thread, c: &Obj) -> PyResult {
    Ok(number(string::lower_ascii(character(cx, c)?)))
}

fn unicode_to_lower(cx: &Thread, c: &Obj) -> PyResult {
    Ok(number(string::lower_unicode(character(cx, c)?)))
}

natives! { static FUNCTIONS:
    "ascii_iscased" "(character, /)" F1(ascii_is_cased) "Does the ASCII character have a case?";
    "ascii_tolower" "(character, /)" F1(ascii_to_lower) "The ASCII character in lower case.";
    "compile" "(pattern, flags, code, groups, groupindex, indexgroup)" Bound(compile) "Makes a pattern of its code.";
    "getcodesize" "()" F0(code_size) "Bytes per code.";
    "template" "(pattern, template, /)" F2(replace::template) "Makes a template of its parts.";
    "unicode_iscased" "(character, /)" F1(unicode_is_cased) "Does the character have a case?";
    "unicode_tolower" "(character, /)" F1(unicode_to_lower) "The character in lower case.";
}

fn class(cx: &Thread, module: &str, name: &str, table: &'static TypeTable) -> Obj {
    let class = new_native_type(cx.vm(), module, name, table);
    class.expect::<Type>().set_flags(TypeFlags::BASE, false);
    class
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_sre", FUNCTIONS);
    constant(namespace, "MAGIC", Obj::usize(SRE_MAGIC));
    constant(namespace, "CODESIZE", Obj::usize(CODESIZE));
    constant(namespace, "MAXREPEAT", Obj::usize(MAXREPEAT));
    constant(namespace, "MAXGROUPS", Obj::int(MAX_GROUPS));
    let pattern = class(cx, "re", "Pattern", &pattern::TABLE);
    pv_runtime::types::weakref::allow(&pattern);
    let classes = Classes {
        pattern,
        matched: class(cx, "re", "Match", &matched::TABLE),
        scanner: class(cx, "_sre", "SRE_Scanner", &scanner::TABLE),
    };
    let registry = new_native_type(cx.vm(), "_sre", "_Classes", &TypeTable::NONE);
    constant(namespace, REGISTRY, create(&registry, Registry(Rc::new(classes))));
    constant(namespace, replace::CLASS, class(cx, "_sre", "SRE_Template", &replace::TABLE));
    Ok(())
}

#[cfg(test)]
mod tests;
