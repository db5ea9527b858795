//! Modules.

use pv_object::{Dict, Kind, Module, Obj, Type};

use super::{TypeTable, annotations};
use crate::attr;
use crate::error::PyResult;
use crate::native::Args;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

/// A module with the attributes every module has.
pub fn new(cx: &Thread, name: &str, doc: Option<&str>) -> Obj {
    let module = Module::create();
    fill(cx, &module, text::intern(name), doc.map_or_else(Obj::none, text::new));
    module
}

/// A module around an existing namespace (a dict of cells).
pub fn around(cx: &Thread, namespace: &Obj, name: &str) -> Obj {
    let module = Module::around(namespace.clone());
    fill(cx, &module, text::intern(name), Obj::none());
    module
}

fn fill(cx: &Thread, module: &Obj, name: Obj, doc: Obj) {
    let dict = module.expect::<Module>().dict();
    let (dict, names) = (dict.expect::<Dict>(), cx.names());
    dict.set_str(&names.__name__, name);
    if dict.get_str(&names.__doc__).is_none() {
        dict.set_str(&names.__doc__, doc);
    }
    for absent in [&names.__package__, &names.__loader__, &names.__spec__] {
        dict.set_str(absent, Obj::none());
    }
}

/// The namespace of a module.
pub fn namespace(module: &Obj) -> Obj {
    module.expect::<Module>().dict()
}

fn module_new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(Module::with_shape(class.expect::<Type>().root_shape()))
}

fn init(cx: &Thread, module: &Obj, args: &Args<'_>) -> PyResult<()> {
    let Some(name) = args.positional().first().or_else(|| args.keyword("name")) else {
        return Err(cx.type_error("module() missing required argument 'name' (pos 1)"));
    };
    if name.kind() != Kind::Str {
        let found = cx.type_name(name);
        return Err(cx.type_error(format_args!("module() argument 'name' must be str, not {found}")));
    }
    let doc = args.positional().get(1).or_else(|| args.keyword("doc"));
    fill(cx, module, name.clone(), doc.cloned().unwrap_or_else(Obj::none));
    Ok(())
}

fn repr(cx: &Thread, module: &Obj) -> PyResult {
    let dict = namespace(module);
    let names = cx.names();
    let shown = |name: &Obj| match dict.expect::<Dict>().get_str(name) {
        Some(value) if !value.is_none() => PyResult::Ok(Some(text::to_string(&crate::protocol::repr(cx, &value)?))),
        _ => Ok(None),
    };
    let name = shown(&names.__name__)?.unwrap_or_else(|| "'?'".to_owned());
    Ok(text::new(&match shown(&names.__file__)? {
        Some(file) => format!("<module {name} from {file}>"),
        None if is_native(cx, module) => format!("<module {name} (built-in)>"),
        None => format!("<module {name}>"),
    }))
}

fn is_native(cx: &Thread, module: &Obj) -> bool {
    let dict = namespace(module);
    let name = dict.expect::<Dict>().get_str(&cx.names().__name__);
    let name = name.filter(|name| name.kind() == Kind::Str).map_or_else(String::new, |name| text::to_string(&name));
    matches!(name.as_str(), "builtins" | "sys") || cx.vm().native_modules.borrow().contains_key(name.as_str())
}

fn get_dict(_: &Thread, module: &Obj) -> PyResult {
    Ok(namespace(module))
}

fn dir(cx: &Thread, module: &Obj) -> PyResult {
    let dict = attr::get(cx, module, &cx.names().__dict__)?;
    if dict.downcast::<Dict>().is_none() {
        let class = cx.type_name(module);
        return Err(cx.type_error(format_args!("{class}.__dict__ is not a dictionary")));
    }
    match dict.expect::<Dict>().get_str(&cx.names().__dir__) {
        Some(hook) => crate::protocol::call0(cx, &hook),
        None => Ok(pv_object::List::create(dict.expect::<Dict>().keys())),
    }
}

fn get_attribute(cx: &Thread, module: &Obj, name: &Obj) -> PyResult {
    let name = &attr::interned(cx, name)?;
    match attr::find_plain(cx, module, module.shape().ty(), name)? {
        Some(value) => Ok(value),
        None => Err(attr::missing(cx, module, name)),
    }
}

crate::natives! { static METHODS:
    "__dir__" "(self)" F1(dir) "Names in the module.";
}

crate::getsets! { static GETSETS:
    "__dict__" get_dict as member => "";
    "__annotations__" annotations::of_module, set annotations::set_of_module => "";
    "__annotate__" annotations::annotate_of_module, set annotations::set_annotate_of_module => "";
}

/// Modules.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots {
        new: Some(module_new),
        init: Some(init),
        repr: Some(repr),
        get_attr: Some(get_attribute),
        ..Slots::NONE
    },
    doc: "Create a module object.",
    ..TypeTable::NONE
};
