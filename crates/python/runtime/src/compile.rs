//! From source text to code objects, and syntax errors as exceptions.

use pv_bytecode::{Mode, Options, SyntaxErr, SyntaxErrKind, Warning};
use pv_object::{Bytes, Function, Obj, Tuple};

use crate::code::new_code;
use crate::error::{Exc, PyResult, Raised};
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::{dict, function};

/// Compiles source text to a code object. Sources that are no files are kept for tracebacks.
pub fn compile(cx: &Thread, source: &str, filename: &str, mode: Mode, options: Options) -> PyResult {
    if filename.starts_with('<') {
        cx.vm().sources.borrow_mut().insert(filename.to_owned(), source.into());
    }
    let ast = pv_bytecode::parse(source, mode, filename).map_err(|error| unreadable(cx, &error, source))?;
    generate(cx, &ast, options)
}

/// Could more text make a program of this source, which is none?
pub fn is_incomplete(source: &str, filename: &str, mode: Mode) -> bool {
    pv_bytecode::parse(source, mode, filename).is_err_and(|error| error.incomplete)
}

/// Parses source text to a syntax tree as Python sees it.
pub fn parse(cx: &Thread, source: &str, filename: &str, mode: Mode) -> PyResult {
    let ast = pv_bytecode::parse(source, mode, filename).map_err(|error| unreadable(cx, &error, source))?;
    crate::syntax::to_object(cx, &ast, mode)
}

/// Compiles a syntax tree that Python made or changed.
pub fn compile_tree(cx: &Thread, tree: &Obj, filename: &str, mode: Mode, options: Options) -> PyResult {
    let ast = crate::syntax::from_object(cx, tree, mode, filename)?;
    generate(cx, &ast, options)
}

fn generate(cx: &Thread, ast: &pv_bytecode::Ast, options: Options) -> PyResult {
    let compiled = pv_bytecode::compile(ast, options).map_err(|error| syntax_error(cx, &error))?;
    for warning in &compiled.warnings {
        warn(cx, warning)?;
    }
    Ok(new_code(&compiled.unit))
}

/// Gives a warning about a program's text through the module `warnings`; a syntax error where the filters make an error of it.
fn warn(cx: &Thread, warning: &Warning) -> PyResult<()> {
    let warnings = crate::import::import_module(cx, "warnings")?;
    let category = cx.vm().exception(Exc::SyntaxWarning).clone();
    let (message, file) = (text::new(warning.text()), text::new(&warning.error.filename));
    let given = [message, category, file, Obj::int(i64::from(warning.error.line))];
    match protocol::call_method(cx, &warnings, "warn_explicit", &given) {
        Ok(_) => Ok(()),
        Err(raised) => {
            drop(cx.catch(raised, Exc::SyntaxWarning)?);
            Err(syntax_error(cx, &warning.error))
        }
    }
}

/// Source text from bytes, by its encoding declaration.
pub fn decode(cx: &Thread, bytes: &[u8], filename: &str) -> PyResult<String> {
    decode_by(cx, bytes, filename, pv_bytecode::source::decode)
}

/// As [`decode`], of a file, which errors name.
pub fn decode_file(cx: &Thread, bytes: &[u8], filename: &str) -> PyResult<String> {
    decode_by(cx, bytes, filename, pv_bytecode::source::decode_file)
}

fn decode_by(
    cx: &Thread,
    bytes: &[u8],
    filename: &str,
    decode: fn(&[u8], &str) -> Result<String, SyntaxErr>,
) -> PyResult<String> {
    if let Some(encoding) = pv_bytecode::source::foreign_encoding(bytes)
        && let Some(text) = decode_by_codec(cx, bytes, &encoding)?
    {
        return Ok(text);
    }
    decode(bytes, filename).map_err(|error| syntax_error(cx, &error))
}

/// The text by a codec of the library; `None` where there is no such codec.
fn decode_by_codec(cx: &Thread, bytes: &[u8], encoding: &str) -> PyResult<Option<String>> {
    let (data, encoding) = (Bytes::create(bytes), text::new(encoding));
    let decoded = protocol::call_method1(cx, &data, "decode", &encoding);
    Ok(cx.absorb(decoded, Exc::LookupError)?.map(|decoded| text::to_string(&decoded)))
}

/// Raises the error of a source that cannot be parsed. An "invalid syntax" knows the source, in which `traceback` looks for a
/// misspelt keyword.
fn unreadable(cx: &Thread, error: &SyntaxErr, source: &str) -> Raised {
    for warning in &error.warnings {
        if let Err(raised) = warn(cx, warning) {
            return raised;
        }
    }
    let raised = syntax_error(cx, error);
    if error.message.starts_with("invalid syntax")
        && let Some(exception) = cx.pending()
    {
        let before = error.behind.checked_sub(1).and_then(|offset| source.get(..offset as usize));
        let place = before.map_or([0, 0], |before| {
            let lines = before.matches('\n').count();
            [lines + 1, before.len() - before.rfind('\n').map_or(0, |end| end + 1)]
        });
        let place = place.map(Obj::usize);
        let end = if source.ends_with('\n') { "" } else { "\n" };
        let known = place.into_iter().chain([text::new(&format!("{source}{end}"))]).collect();
        crate::types::exception::set_field(&exception, "_metadata", Tuple::create(known));
    }
    raised
}

/// Bytes of a line that an error quotes from a file, as in CPython.
const QUOTED: usize = 999;

/// A line of the source, if the file is there: as much of it as an error quotes.
fn line_of_file(filename: &str, line: u32) -> Option<String> {
    let number = (line as usize).checked_sub(1)?;
    let bytes = std::fs::read(filename).ok()?;
    let source = pv_bytecode::source::decode(&bytes, filename).ok()?;
    let line = source.split_inclusive('\n').nth(number)?.as_bytes();
    Some(String::from_utf8_lossy(&line[..line.len().min(QUOTED)]).into_owned())
}

/// Raises a syntax error.
pub(crate) fn syntax_error(cx: &Thread, error: &SyntaxErr) -> Raised {
    let exc = match error.kind {
        SyntaxErrKind::Syntax => Exc::SyntaxError,
        SyntaxErrKind::Indentation => Exc::IndentationError,
        SyntaxErrKind::Tab => Exc::TabError,
        SyntaxErrKind::Recursion => return cx.recursion_error(&error.message),
    };
    let placed = error.line != 0;
    let number = |value: u32| if placed { Obj::int(i64::from(value)) } else { Obj::none() };
    // The columns of an error without its text count bytes, and go on doing so.
    let line = error.text.clone().or_else(|| line_of_file(&error.filename, error.line));
    let source = line.map_or_else(Obj::none, |line| text::new(&line));
    let details = Tuple::create(vec![
        text::new(&error.filename),
        number(error.line),
        number(error.col),
        source,
        number(error.end_line),
        number(error.end_col),
    ]);
    cx.raise_args(exc, vec![text::new(&error.message), details])
}

/// Runs a code object in namespaces; the builtins are added to globals that lack them. Gives an expression's value.
pub fn run(cx: &Thread, code: &Obj, globals: &Obj, locals: Option<&Obj>) -> PyResult {
    run_with(cx, code, globals, locals, None)
}

/// As [`run`], with the cells of the code's free variables.
pub fn run_with(cx: &Thread, code: &Obj, globals: &Obj, locals: Option<&Obj>, closure: Option<&Obj>) -> PyResult {
    if dict::get_str(globals, &cx.names().__builtins__).is_none() {
        dict::set_str(globals, &cx.names().__builtins__, cx.vm().builtins.clone());
    }
    let runner = function::new(code, globals);
    drop(runner.expect::<Function>().doc.take());
    if let Some(closure) = closure {
        runner.expect::<Function>().closure.set(closure.clone());
    }
    let plain = globals.is_exact();
    (cx.vm().hooks().run_function)(cx, &runner, locals.filter(|locals| !plain || !locals.same(globals)))
}
