//! `posix`: the operating system below `os`: environment, files and folders ([`files`], [`descriptors`]), processes ([`process`]).

mod descriptors;
mod files;
pub(crate) mod process;

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use pv_object::{Bytes, Obj, Str};
use pv_runtime::types::dict;
use pv_runtime::{Exc, PyResult, Raised, Thread, natives, protocol, text};

use crate::support::record::{STAT, TERMINAL, record_class};
use crate::support::{constant, functions, machine_int};

/// Raises what the system reported.
pub(crate) fn os_error(cx: &Thread, error: &std::io::Error, path: Option<&Obj>) -> Raised {
    let number = error.raw_os_error().unwrap_or(5);
    let shown = error.to_string();
    let message = shown.split(" (os error").next().unwrap_or(&shown);
    let mut args = vec![Obj::small(number), text::new(message)];
    args.extend(path.cloned());
    cx.raise_args(Exc::OSError, args)
}

/// Random bytes from the system.
pub(crate) fn random_bytes(cx: &Thread, count: usize) -> PyResult<Vec<u8>> {
    let mut bytes = vec![0; count];
    let read = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    match read {
        Ok(()) => Ok(bytes),
        Err(error) => Err(os_error(cx, &error, None)),
    }
}

/// `os.fspath`.
fn fspath(cx: &Thread, path: &Obj) -> PyResult {
    if path.downcast::<Str>().is_some() || path.downcast::<Bytes>().is_some() {
        return Ok(path.clone());
    }
    let Some(method) = cx.lookup_special(path, &text::intern("__fspath__")) else {
        let found = cx.type_name(path);
        return Err(cx.type_error(format_args!("expected str, bytes or os.PathLike object, not {found}")));
    };
    let result = protocol::call_special(cx, &method, path, &[])?;
    if result.downcast::<Str>().is_some() || result.downcast::<Bytes>().is_some() {
        return Ok(result);
    }
    let (class, found) = (cx.type_name(path), cx.type_name(&result));
    Err(cx.type_error(format_args!("expected {class}.__fspath__() to return str or bytes, not {found}")))
}

/// A path argument.
pub(crate) fn path(cx: &Thread, value: &Obj) -> PyResult<PathBuf> {
    let value = fspath(cx, value)?;
    let bytes = match value.downcast::<Bytes>() {
        Some(bytes) => bytes.data().to_vec(),
        None => text::to_string(&value).into_bytes(),
    };
    if bytes.contains(&0) {
        return Err(cx.value_error("embedded null character in path"));
    }
    Ok(PathBuf::from(OsString::from_vec(bytes)))
}

/// A string of the system's as a Python string.
pub(crate) fn os_text(value: &std::ffi::OsStr) -> Obj {
    text::new(&String::from_utf8_lossy(value.as_bytes()))
}

fn urandom(cx: &Thread, count: &Obj) -> PyResult {
    match usize::try_from(machine_int(cx, count)?) {
        Ok(count) => Ok(Bytes::create(&random_bytes(cx, count)?)),
        Err(_) => Err(cx.value_error("negative argument not allowed")),
    }
}

fn getpid(_: &Thread) -> PyResult {
    Ok(Obj::int(i64::from(std::process::id())))
}

fn getppid(_: &Thread) -> PyResult {
    Ok(Obj::int(i64::from(std::os::unix::process::parent_id())))
}

fn getuid(_: &Thread) -> PyResult {
    Ok(Obj::int(i64::from(rustix::process::getuid().as_raw())))
}

fn cpu_count(_: &Thread) -> PyResult {
    Ok(std::thread::available_parallelism().map_or_else(|_| Obj::none(), |count| Obj::usize(count.get())))
}

fn exit_now(cx: &Thread, status: &Obj) -> PyResult {
    std::process::exit(machine_int(cx, status)? as i32)
}

fn strerror(cx: &Thread, number: &Obj) -> PyResult {
    let shown = std::io::Error::from_raw_os_error(machine_int(cx, number)? as i32).to_string();
    Ok(text::new(shown.split(" (os error").next().unwrap_or(&shown)))
}

fn terminal_size(cx: &Thread, _: Option<&Obj>) -> PyResult {
    match rustix::termios::tcgetwinsize(std::io::stdout()) {
        Ok(size) => {
            let class = crate::support::module_item(cx, "posix", "terminal_size")?;
            let items = vec![Obj::int(i64::from(size.ws_col)), Obj::int(i64::from(size.ws_row))];
            Ok(crate::support::record::record(&class, items))
        }
        Err(error) => Err(os_error(cx, &error.into(), None)),
    }
}

natives! { static FUNCTIONS:
    "_exit" "(status)" F1(exit_now) "Ends the process at once.";
    "cpu_count" "()" F0(cpu_count) "The number of processors.";
    "fspath" "(path)" F1(fspath) "The path that an object stands for.";
    "get_terminal_size" "(fd=1, /)" O1(terminal_size) "Columns and lines of the terminal.";
    "geteuid" "()" F0(getuid) "The user's number.";
    "getpid" "()" F0(getpid) "The process's number.";
    "getppid" "()" F0(getppid) "The parent process's number.";
    "getuid" "()" F0(getuid) "The user's number.";
    "strerror" "(code, /)" F1(strerror) "The text of an error number.";
    "urandom" "(size, /)" F1(urandom) "Random bytes from the system.";
}

/// Constants of the system (Linux).
const CONSTANTS: &[(&str, i32)] = &[
    ("F_OK", 0),
    ("R_OK", 4),
    ("W_OK", 2),
    ("X_OK", 1),
    ("O_RDONLY", 0),
    ("O_WRONLY", 1),
    ("O_RDWR", 2),
    ("O_CREAT", 0o100),
    ("O_EXCL", 0o200),
    ("O_TRUNC", 0o1000),
    ("O_APPEND", 0o2000),
    ("O_NONBLOCK", 0o4000),
    ("O_CLOEXEC", 0o2_000_000),
    ("WNOHANG", 1),
    ("EX_OK", 0),
];

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "posix", FUNCTIONS);
    functions(cx, namespace, "posix", files::FUNCTIONS);
    descriptors::add(cx, namespace);
    CONSTANTS.iter().for_each(|(name, value)| constant(namespace, name, Obj::small(*value)));
    record_class(cx, namespace, "os", "stat_result", &STAT, 7);
    record_class(cx, namespace, "os", "terminal_size", &TERMINAL, 2);
    constant(namespace, "error", cx.vm().exception(Exc::OSError).clone());
    constant(namespace, "_have_functions", pv_object::List::create(Vec::new()));
    let environ = dict::new();
    for (name, value) in std::env::vars_os() {
        dict::set(cx, &environ, &Bytes::create(name.as_bytes()), Bytes::create(value.as_bytes()))?;
    }
    process::add(cx, namespace, &environ)?;
    constant(namespace, "environ", environ);
    Ok(())
}
