//! `_io`: streams. Text over buffers over files, text and bytes in memory, and the classes from which Python programs derive
//! streams of their own; `io` is the library's.
//!
//! | room | classes |
//! |---|---|
//! | [`base`] | `_IOBase`, `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase` |
//! | [`file`] | `FileIO` |
//! | [`buffered`] | `BufferedReader`, `BufferedWriter`, `BufferedRandom` |
//! | [`text`] | `TextIOWrapper` |
//! | [`memory`] | `StringIO`, `BytesIO` |
//! | [`newline`] | `IncrementalNewlineDecoder` |
//! | [`open`] | the function `open` |
//! | [`standard`] | the standard streams |

mod base;
mod buffered;
mod file;
mod memory;
mod newline;
mod open;
pub(crate) mod standard;
mod text;

use pv_object::Obj;
use pv_runtime::types::{new_native_subtype, new_native_type_with_dict};
use pv_runtime::{Exc, PyResult, Thread, TypeTable, natives};

use crate::support::{class, constant, functions};

fn text_encoding(_: &Thread, encoding: &Obj, _: Option<&Obj>) -> PyResult {
    Ok(if encoding.is_none() { pv_runtime::text::intern("utf-8") } else { encoding.clone() })
}

natives! { static FUNCTIONS:
    "text_encoding" "(encoding, stacklevel=2, /)" O2(text_encoding) "The encoding, or the default one.";
}

/// Adds `open` to `builtins`.
pub(crate) fn install_open(vm: &pv_runtime::Vm) {
    pv_runtime::native::add_functions(vm, &vm.builtins, "_io", open::FUNCTIONS);
}

pub(crate) fn init_module(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_io", FUNCTIONS);
    functions(cx, namespace, "_io", open::FUNCTIONS);
    constant(namespace, "DEFAULT_BUFFER_SIZE", Obj::usize(base::BLOCK));
    constant(namespace, "BlockingIOError", cx.vm().exception(Exc::BlockingIOError).clone());
    constant(namespace, "UnsupportedOperation", base::unsupported_operation(cx));
    add_classes(cx, namespace);
    Ok(())
}

fn add_classes(cx: &Thread, namespace: &Obj) {
    let root = new_native_type_with_dict(cx.vm(), "_io", "_IOBase", &base::BASE);
    pv_runtime::types::weakref::allow(&root);
    constant(namespace, "_IOBase", root.clone());
    let add = |name: &str, parent: &Obj, table: &'static TypeTable| {
        let class = new_native_subtype(cx.vm(), "_io", name, parent, table);
        constant(namespace, name, class.clone());
        class
    };
    let raw = add("_RawIOBase", &root, &base::RAW);
    let buffered = add("_BufferedIOBase", &root, &base::BUFFERED);
    let text = add("_TextIOBase", &root, &base::TEXT);
    add("FileIO", &raw, &file::FILE);
    add("BytesIO", &buffered, &memory::BYTES_IO);
    add("BufferedReader", &buffered, &buffered::READER);
    add("BufferedWriter", &buffered, &buffered::WRITER);
    add("BufferedRandom", &buffered, &buffered::RANDOM);
    add("BufferedRWPair", &buffered, &buffered::PAIR);
    add("StringIO", &text, &memory::STRING_IO);
    add("TextIOWrapper", &text, &text::TEXT_FILE);
    class(cx, namespace, "_io", "_BytesIOBuffer", &memory::CONTENTS);
    class(cx, namespace, "_io", "IncrementalNewlineDecoder", &newline::DECODER);
}
