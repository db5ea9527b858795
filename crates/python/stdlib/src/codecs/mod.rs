//! `_codecs`: the registry of codecs and error handlers, and the codecs that need no tables.
//!
//! The registry is three objects in the module's namespace: the search functions, what they found, and the error handlers.

mod charmap;
mod escape;
mod unicode;
mod utf7;

use std::ops::Range;

use pv_object::{Dict, List, Obj, Tuple};
use pv_runtime::types::dict;
use pv_runtime::{Args, Exc, PyResult, Thread, natives, protocol, text};

use crate::support::{Parameters, constant, functions, machine_int, module_item};

const SEARCH: &str = "_search_path";
const FOUND: &str = "_found";
const HANDLERS: &str = "_handlers";

/// Names of the handlers that every encoder knows.
const STANDARD: [&str; 7] =
    ["strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace", "surrogateescape"];

fn item(cx: &Thread, name: &str) -> PyResult {
    module_item(cx, "_codecs", name)
}

fn register(cx: &Thread, function: &Obj) -> PyResult {
    if !protocol::is_callable(cx, function) {
        return Err(cx.type_error("argument must be callable"));
    }
    item(cx, SEARCH)?.expect::<List>().push(function.clone());
    Ok(Obj::none())
}

fn unregister(cx: &Thread, function: &Obj) -> PyResult {
    let path = item(cx, SEARCH)?;
    let list = path.expect::<List>();
    let rest = list.take_all().into_iter().filter(|one| !one.same(function));
    list.extend(rest);
    item(cx, FOUND)?.expect::<Dict>().remove_all();
    Ok(Obj::none())
}

/// The name under which codecs are looked for.
fn normalized(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '_' };
    let mut out = String::new();
    for c in name.chars().map(plain) {
        if !(c == '_' && out.ends_with('_')) {
            out.push(c);
        }
    }
    out
}

/// The codec's four functions.
fn lookup(cx: &Thread, encoding: &Obj) -> PyResult {
    if encoding.kind() != pv_object::Kind::Str {
        let found = cx.type_name(encoding);
        return Err(cx.type_error(format_args!("lookup() argument must be str, not {found}")));
    }
    let key = text::intern(&normalized(&text::to_string(encoding)));
    let found = item(cx, FOUND)?;
    if let Some(known) = dict::get_str(&found, &key) {
        return Ok(known);
    }
    let path = item(cx, SEARCH)?;
    if path.expect::<List>().is_empty() {
        pv_runtime::import::import_module(cx, "encodings")?;
    }
    for search in path.expect::<List>().to_vec() {
        let codec = protocol::call1(cx, &search, &key)?;
        if codec.is_none() {
            continue;
        }
        if codec.downcast::<Tuple>().is_none_or(|codec| codec.len() != 4) {
            return Err(cx.type_error("codec search functions must return 4-tuples"));
        }
        dict::set_str(&found, &key, codec.clone());
        return Ok(codec);
    }
    Err(cx.lookup_error(format_args!("unknown encoding: {}", text::to_string(encoding))))
}

static CODE: Parameters = Parameters::new("encode", "(obj, encoding='utf-8', errors='strict')");

/// Calls one of a codec's functions, which answers a result and a length.
fn apply(cx: &Thread, args: &Args<'_>, place: usize, what: &str) -> PyResult {
    let bound = CODE.bind(cx, args)?;
    let encoding = bound[1].clone().unwrap_or_else(|| text::new("utf-8"));
    let codec = lookup(cx, &encoding)?;
    let function = codec.expect::<Tuple>().items()[place].clone();
    let mut values = vec![bound[0].clone().unwrap_or_else(Obj::none)];
    values.extend(bound[2].clone());
    let answer = protocol::call(cx, &function, &Args::new(&values))?;
    match answer.downcast::<Tuple>().map(|pair| pair.items().to_vec()).as_deref() {
        Some([result, _]) => Ok(result.clone()),
        _ => Err(cx.type_error(format_args!("{what} must return a tuple (object, integer)"))),
    }
}

fn encode(cx: &Thread, args: &Args<'_>) -> PyResult {
    apply(cx, args, 0, "encoder")
}

fn decode(cx: &Thread, args: &Args<'_>) -> PyResult {
    apply(cx, args, 1, "decoder")
}

fn register_error(cx: &Thread, name: &Obj, handler: &Obj) -> PyResult {
    if !protocol::is_callable(cx, handler) {
        return Err(cx.type_error("handler must be callable"));
    }
    dict::set(cx, &item(cx, HANDLERS)?, name, handler.clone())?;
    Ok(Obj::none())
}

fn lookup_error(cx: &Thread, name: &Obj) -> PyResult {
    match dict::get(cx, &item(cx, HANDLERS)?, name)? {
        Some(handler) => Ok(handler),
        None => Err(cx.lookup_error(format_args!("unknown error handler name '{}'", text::to_string(name)))),
    }
}

/// Asks the handler that `errors` names; what to put instead, and where to go on.
fn handled(cx: &Thread, errors: Option<&Obj>, error: Obj, length: usize) -> PyResult<(Obj, usize)> {
    let name = errors.filter(|errors| !errors.is_none()).cloned().unwrap_or_else(|| text::new("strict"));
    let handler = lookup_error(cx, &name)?;
    let result = protocol::call1(cx, &handler, &error)?;
    let Some([instead, place]) =
        result.downcast::<Tuple>().map(|pair| pair.items().to_vec()).and_then(|items| <[Obj; 2]>::try_from(items).ok())
    else {
        return Err(cx.type_error("error handler must return (str/bytes, int) tuple"));
    };
    let place = machine_int(cx, &place)?;
    let place = if place < 0 { place + length as i64 } else { place };
    match usize::try_from(place) {
        Ok(place) if place <= length => Ok((instead, place)),
        _ => Err(cx.index_error(format_args!("position {place} from error handler out of bounds"))),
    }
}

/// A UnicodeError about a part of what was to be encoded or decoded.
fn failure(cx: &Thread, exc: Exc, codec: &str, object: &Obj, part: Range<usize>, reason: &str) -> Obj {
    let values =
        vec![text::new(codec), object.clone(), Obj::usize(part.start), Obj::usize(part.end), text::new(reason)];
    cx.new_exception(exc, values)
}

natives! { static FUNCTIONS:
    "decode" "" Raw(decode) "Decodes obj using the codec registered for encoding.";
    "encode" "" Raw(encode) "Encodes obj using the codec registered for encoding.";
    "lookup" "(encoding, /)" F1(lookup) "Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.";
    "lookup_error" "(name, /)" F1(lookup_error) "Return the error handler for the specified error handling name.";
    "register" "(search_function, /)" F1(register) "Register a codec search function.";
    "register_error" "(errors, handler, /)" F2(register_error) "Register the specified error handler under the name errors.";
    "unregister" "(search_function, /)" F1(unregister) "Unregister a codec search function and clear the registry's cache.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    constant(namespace, SEARCH, List::create(Vec::new()));
    constant(namespace, FOUND, dict::new());
    let handlers = dict::new();
    constant(namespace, HANDLERS, handlers.clone());
    for table in [FUNCTIONS, unicode::FUNCTIONS, charmap::FUNCTIONS, escape::FUNCTIONS, utf7::FUNCTIONS] {
        functions(cx, namespace, "_codecs", table);
    }
    let standard = dict::new();
    functions(cx, &standard, "codecs", unicode::HANDLERS);
    for name in STANDARD {
        if let Some(handler) = dict::get_str(&standard, &text::intern(&format!("{name}_errors"))) {
            dict::set_str(&handlers, &text::intern(name), handler);
        }
    }
    Ok(())
}
