//! Import: finding modules, running them, and what import statements do.
//!
//! A module is looked for in `sys.modules`, among the native modules, in the folders of `sys.path` (a package's in its `__path__`), and
//! in the embedded library. It is in `sys.modules` while its body runs, so circular imports see what there is so far.

use std::path::Path;

use pv_bytecode::Mode;
use pv_object::{Dict, Kind, List, Module, Obj, Str, Tuple};

use crate::attr;
use crate::error::{Exc, PyResult, Raised};
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::{dict, exception, module};

/// Where the embedded library's modules come from.
pub trait LibrarySource {
    /// The source of a module by its full name, and whether it is a package.
    fn find(&self, name: &str) -> Option<LibraryModule>;
}

/// A module of the embedded library.
pub struct LibraryModule {
    /// Its source text.
    pub source: std::borrow::Cow<'static, str>,
    /// Is it a package (`__init__.py`)?
    pub is_package: bool,
    /// The file name that tracebacks show.
    pub file: String,
}

/// A module's source, wherever it was found.
struct Found {
    source: String,
    file: String,
    /// The folder, for a package.
    folder: Option<String>,
}

/// Imports a module by its full name, its packages first, and gives the module itself.
pub fn import_module(cx: &Thread, name: &str) -> PyResult {
    if let Some(module) = loaded(cx, name) {
        return if module.is_none() { Err(halted(cx, name)) } else { Ok(module) };
    }
    if cx.vm().finalizing.get() {
        return Err(cx.import_error("sys.meta_path is None, Python is likely shutting down"));
    }
    let parent = match name.rsplit_once('.') {
        None => None,
        Some((parent, _)) => Some(import_module(cx, parent)?),
    };
    if let Some(module) = loaded(cx, name) {
        return Ok(module);
    }
    let module = load(cx, name, parent.as_ref())?;
    if let (Some(parent), Some((_, child))) = (parent, name.rsplit_once('.')) {
        attr::set(cx, &parent, &text::intern(child), &module)?;
    }
    Ok(module)
}

fn loaded(cx: &Thread, name: &str) -> Option<Obj> {
    cx.vm().modules.expect::<Dict>().get(name)
}

fn halted(cx: &Thread, name: &str) -> Raised {
    not_found(cx, name, &format!("import of {name} halted; None in sys.modules"))
}

fn not_found(cx: &Thread, name: &str, message: &str) -> Raised {
    let error = cx.new_exception(Exc::ModuleNotFoundError, vec![text::new(message)]);
    exception::set_field(&error, "name", text::new(name));
    cx.raise(error)
}

fn load(cx: &Thread, name: &str, parent: Option<&Obj>) -> PyResult {
    let native = cx.vm().native_modules.borrow().get(name).copied();
    if let Some(native) = native {
        let module = module::new(cx, name, None);
        dict::set_str(&cx.vm().modules, &text::intern(name), module.clone());
        if let Err(raised) = (native.init)(cx, &module) {
            drop(cx.vm().modules.expect::<Dict>().delete_str(&text::intern(name)));
            return Err(raised);
        }
        return Ok(loaded(cx, name).unwrap_or(module));
    }
    let folders = match parent {
        None => sys_path(cx)?,
        Some(parent) => match attr::get_optional(cx, parent, &cx.names().__path__)? {
            Some(path) => strings(&protocol::collect(cx, &path)?),
            None => {
                let package = name.rsplit_once('.').map_or("", |(package, _)| package);
                let message = format!("No module named '{name}'; '{package}' is not a package");
                return Err(not_found(cx, name, &message));
            }
        },
    };
    let child = name.rsplit('.').next().unwrap_or(name);
    match find(cx, name, child, &folders)? {
        Some(found) => run(cx, name, found),
        None => Err(not_found(cx, name, &format!("No module named '{name}'"))),
    }
}

fn strings(items: &[Obj]) -> Vec<String> {
    items.iter().filter_map(|item| item.downcast::<Str>()).map(Str::to_string_lossy).collect()
}

fn sys_path(cx: &Thread) -> PyResult<Vec<String>> {
    match cx.vm().sys.expect::<Dict>().get_str(&cx.names().path) {
        Some(path) => Ok(strings(&protocol::collect(cx, &path)?)),
        None => Err(cx.runtime_error("sys.path must be a list of directory names")),
    }
}

fn find(cx: &Thread, name: &str, child: &str, folders: &[String]) -> PyResult<Option<Found>> {
    for folder in folders {
        let base = Path::new(if folder.is_empty() { "." } else { folder }).join(child);
        let package = base.join("__init__.py");
        let (file, folder) = match package.is_file() {
            true => (package, Some(base.to_string_lossy().into_owned())),
            false => (base.with_extension("py"), None),
        };
        if !file.is_file() {
            continue;
        }
        let shown = file.to_string_lossy().into_owned();
        let bytes = std::fs::read(&file).map_err(|error| cx.io_error(&error, Some(&shown)))?;
        let source = crate::compile::decode_file(cx, &bytes, &shown)?;
        return Ok(Some(Found { source, file: shown, folder }));
    }
    let library = cx.vm().library.borrow().clone();
    let Some(found) = library.and_then(|library| library.find(name)) else { return Ok(None) };
    let folder = found.is_package.then(|| found.file.trim_end_matches("/__init__.py").to_owned());
    Ok(Some(Found { source: found.source.into_owned(), file: found.file, folder }))
}

/// Makes the module and runs its body.
fn run(cx: &Thread, name: &str, found: Found) -> PyResult {
    let module = module::new(cx, name, None);
    let namespace = module::namespace(&module);
    let view = namespace.expect::<Dict>();
    view.set("__file__", text::new(&found.file));
    view.set("__loader__", crate::types::source_loader::create(cx, name, &found.file));
    let package = match found.folder {
        Some(folder) => {
            view.set("__path__", List::create(vec![text::new(&folder)]));
            name
        }
        None => name.rsplit_once('.').map_or("", |(package, _)| package),
    };
    view.set("__package__", text::new(package));
    let key = text::intern(name);
    dict::set_str(&cx.vm().modules, &key, module.clone());
    let code = crate::compile::compile(cx, &found.source, &found.file, Mode::Exec, cx.vm().compile_options());
    let result = code.and_then(|code| crate::compile::run(cx, &code, &namespace, None));
    if let Err(raised) = result {
        drop(cx.vm().modules.expect::<Dict>().delete_str(&key));
        return Err(raised);
    }
    Ok(loaded(cx, name).unwrap_or(module))
}

/// `__import__(name, globals, …, fromlist, level)`.
pub fn import_name(cx: &Thread, globals: &Obj, name: &Obj, fromlist: &Obj, level: u32) -> PyResult {
    let name = text::to_string(name);
    let full = if level == 0 { name.clone() } else { absolute(cx, globals, &name, level)? };
    if full.is_empty() {
        return Err(cx.value_error("Empty module name"));
    }
    let module = import_module(cx, &full)?;
    if !protocol::truth(cx, fromlist)? {
        let top = match name.split_once('.') {
            None => return Ok(module),
            Some((first, _)) if level == 0 => first.to_owned(),
            Some((first, _)) => full[..full.len() - (name.len() - first.len())].to_owned(),
        };
        return import_module(cx, &top);
    }
    import_submodules(cx, &module, &full, fromlist)?;
    Ok(module)
}

/// `from package import submodule` imports the submodules that the package lacks.
fn import_submodules(cx: &Thread, module: &Obj, full: &str, fromlist: &Obj) -> PyResult<()> {
    if module.downcast::<Module>().is_none() || attr::get_optional(cx, module, &cx.names().__path__)?.is_none() {
        return Ok(());
    }
    for name in protocol::collect(cx, fromlist)? {
        if name.kind() != Kind::Str || attr::get_optional(cx, module, &name)?.is_some() {
            continue;
        }
        if text::eq(&name, "*") {
            if let Some(all) = attr::get_optional(cx, module, &cx.names().__all__)? {
                import_submodules(cx, module, full, &Tuple::create(protocol::collect(cx, &all)?))?;
            }
            continue;
        }
        let submodule = format!("{full}.{}", text::to_string(&name));
        if let Err(raised) = import_module(cx, &submodule) {
            let error = cx.catch(raised, Exc::ModuleNotFoundError)?;
            let missing = exception::field(&error, "name");
            if !missing.is_some_and(|missing| text::eq(&missing, &submodule)) {
                return Err(cx.set_pending(error));
            }
        }
    }
    Ok(())
}

/// The full name of a relative import.
fn absolute(cx: &Thread, globals: &Obj, name: &str, level: u32) -> PyResult<String> {
    let view = globals.expect::<Dict>();
    let string =
        |key: &str| view.get(key).filter(|value| value.kind() == Kind::Str).map(|value| text::to_string(&value));
    let package = match string("__package__") {
        Some(package) => package,
        None => match string("__name__") {
            Some(own) => {
                let what = "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__";
                crate::warn::warn(cx, Exc::ImportWarning, what)?;
                match view.get("__path__") {
                    Some(_) => own,
                    None => own.rsplit_once('.').map_or(String::new(), |(package, _)| package.to_owned()),
                }
            }
            None => return Err(cx.raise_args(Exc::KeyError, vec![text::new("'__name__' not in globals")])),
        },
    };
    if package.is_empty() {
        return Err(cx.import_error("attempted relative import with no known parent package"));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        base = match base.rsplit_once('.') {
            Some((outer, _)) => outer,
            None => return Err(cx.import_error("attempted relative import beyond top-level package")),
        };
    }
    Ok(if name.is_empty() { base.to_owned() } else { format!("{base}.{name}") })
}

/// The module `__main__`, made if need be, with the builtins in its namespace.
pub fn main_module(cx: &Thread) -> Obj {
    if let Some(main) = loaded(cx, "__main__") {
        return main;
    }
    let main = module::new(cx, "__main__", None);
    module::namespace(&main).expect::<Dict>().set("__builtins__", loaded(cx, "builtins").unwrap_or_else(Obj::none));
    dict::set_str(&cx.vm().modules, &cx.names().__main__, main.clone());
    main
}
