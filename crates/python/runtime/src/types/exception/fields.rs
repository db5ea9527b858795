//! What exceptions have beside `args`: the fields that a class adds, how they follow from the arguments, and how they are read and
//! written.
//!
//! Fields are kept in the exception's `value`, a dict; an absent one reads as `None`. What StopIteration and SystemExit carry is read off
//! `args` until somebody replaces those. Exceptions that native code makes get theirs by
//! [`from_args`] unchecked; those that a program makes are checked by [`check`] first.

use pv_object::{Dict, Exception, Kind, Obj, Tuple, Type};

use crate::error::{EXCEPTIONS, Exc, ExceptionRow, PyResult};
use crate::native::Args;
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::empty_tuple;

/// The fields of a SyntaxError that its second argument gives.
const SYNTAX_DETAILS: [&str; 7] = ["filename", "lineno", "offset", "text", "end_lineno", "end_offset", "_metadata"];

/// The classes that add fields to their instances.
const WITH_FIELDS: [Exc; 11] = [
    Exc::StopIteration,
    Exc::AttributeError,
    Exc::NameError,
    Exc::OSError,
    Exc::ImportError,
    Exc::SystemExit,
    Exc::SyntaxError,
    Exc::UnicodeDecodeError,
    Exc::UnicodeEncodeError,
    Exc::UnicodeTranslateError,
    Exc::BaseExceptionGroup,
];

/// For each built-in exception class, by the address of its type: the name of the nearest class that has fields, itself or a base; empty
/// where there is none. Exceptions are made often, and their fields depend on it.
pub(crate) struct FieldClasses(Vec<(usize, &'static str)>);

impl FieldClasses {
    /// Of the classes of [`EXCEPTIONS`], in its order.
    pub(crate) fn new(classes: &[Obj]) -> FieldClasses {
        let address = |class: &Obj| class.word().addr();
        let mut rows: Vec<_> =
            classes.iter().zip(EXCEPTIONS).map(|(class, row)| (address(class), nearest(row))).collect();
        rows.sort_unstable();
        FieldClasses(rows)
    }

    /// `None` for a class that is none of the table's.
    fn of(&self, class: &Obj) -> Option<&'static str> {
        let found = self.0.binary_search_by_key(&class.word().addr(), |(address, _)| *address);
        found.ok().map(|at| self.0[at].1)
    }
}

fn nearest(row: &ExceptionRow) -> &'static str {
    match WITH_FIELDS.iter().map(|exc| exc.row().name).find(|name| *name == row.name) {
        Some(name) => name,
        None => row.base.exc().map_or("", |base| nearest(base.row())),
    }
}

/// Name of the nearest built-in class that has fields.
pub(super) fn builtin_of(cx: &Thread, exception: &Obj) -> &'static str {
    let classes = &cx.vm().field_classes;
    let class = cx.type_of(exception);
    if let Some(name) = classes.of(class) {
        return name;
    }
    let mro = class.expect::<Type>().mro();
    let mut known = mro.expect::<Tuple>().items().iter().filter_map(|base| classes.of(base));
    known.find(|name| !name.is_empty()).unwrap_or("")
}

/// A field that the class adds to its instances.
pub fn field(exception: &Obj, name: &str) -> Option<Obj> {
    let view = exception.expect::<Exception>();
    if let Some(fields) = view.value.get()
        && let Some(value) = fields.expect::<Dict>().get(name)
    {
        return Some(value);
    }
    if !matches!(name, "value" | "code") {
        return None;
    }
    let args = view.args.get()?;
    match args.expect::<Tuple>().items() {
        [] => None,
        [_, _, ..] if name == "code" => Some(args.clone()),
        [first, ..] => Some(first.clone()),
    }
}

/// Makes the exception keep what it has been reading off `args`, which are about to be replaced.
pub(super) fn keep_value(cx: &Thread, exception: &Obj) {
    let name = match builtin_of(cx, exception) {
        "StopIteration" => "value",
        "SystemExit" => "code",
        _ => return,
    };
    set_field(exception, name, read_field(cx, exception, name));
}

/// Sets such a field.
pub fn set_field(exception: &Obj, name: &str, value: Obj) {
    let view = exception.expect::<Exception>();
    if view.value.is_empty() {
        view.value.set(Dict::create());
    }
    if let Some(fields) = view.value.get() {
        fields.expect::<Dict>().set(name, value);
    }
}

fn clear_field(exception: &Obj, name: &str) {
    if let Some(fields) = exception.expect::<Exception>().value.get() {
        fields.expect::<Dict>().delete_str(&text::intern(name));
    }
}

/// Sets the fields that follow from `args` at once.
pub(super) fn from_args(cx: &Thread, exception: &Obj) {
    let view = exception.expect::<Exception>();
    let args = view.args.get().unwrap_or_else(empty_tuple);
    let args = args.expect::<Tuple>().items();
    let builtin = builtin_of(cx, exception);
    let set_all = |names: &[&str]| {
        names.iter().zip(args).for_each(|(name, value)| set_field(exception, name, value.clone()));
    };
    match (builtin, args.len()) {
        ("OSError", 2..=5) => {
            set_all(&["errno", "strerror", "filename"]);
            if let Some(second) = args.get(4) {
                set_field(exception, "filename2", second.clone());
            }
            if args.len() > 2 && !args[2].is_none() {
                view.args.set(Tuple::create(args[..2].to_vec()));
            }
        }
        ("ImportError", 1) => set_all(&["msg"]),
        ("SyntaxError", 1..) => syntax_fields(exception, args),
        ("UnicodeEncodeError", 5) => set_all(&["encoding", "object", "start", "end", "reason"]),
        ("UnicodeDecodeError", 5) => {
            set_all(&["encoding", "object", "start", "end", "reason"]);
            if let Some(bytes) = args[1].downcast::<pv_object::ByteArray>() {
                set_field(exception, "object", bytes.with(pv_object::Bytes::create));
            }
        }
        ("UnicodeTranslateError", 4) => set_all(&["object", "start", "end", "reason"]),
        ("BaseExceptionGroup", 2) => set_all(&["message", "exceptions"]),
        _ => {}
    }
}

fn syntax_fields(exception: &Obj, args: &[Obj]) {
    set_field(exception, "msg", args[0].clone());
    if let Some(details) = args.get(1).and_then(|details| details.downcast::<Tuple>()).filter(|_| args.len() == 2) {
        SYNTAX_DETAILS.iter().zip(details.items()).for_each(|(name, value)| set_field(exception, name, value.clone()));
    }
}

/// Keyword arguments that a class takes.
fn keywords_of(builtin: &str) -> &'static [&'static str] {
    match builtin {
        "ImportError" => &["name", "path", "name_from"],
        "AttributeError" => &["name", "obj"],
        "NameError" => &["name"],
        _ => &[],
    }
}

/// TypeError for a keyword argument that the class does not take.
pub(super) fn check_keywords(cx: &Thread, exception: &Obj, args: &Args<'_>) -> PyResult<()> {
    let ty = exception.shape().ty();
    let known = keywords_of(builtin_of(cx, exception));
    for (name, _) in args.keywords() {
        let shown = text::to_string(name);
        if known.is_empty() {
            return Err(cx.type_error(format_args!("{}() takes no keyword arguments", ty.name_string())));
        }
        if !known.contains(&shown.as_str()) {
            let class = ty.name_string();
            return Err(cx.type_error(format_args!("{class}() got an unexpected keyword argument '{shown}'")));
        }
    }
    Ok(())
}

/// Forgets what an earlier `__init__` set.
pub(super) fn reset(exception: &Obj, builtin: &str) {
    keywords_of(builtin).iter().for_each(|name| clear_field(exception, name));
    match builtin {
        "StopIteration" => clear_field(exception, "value"),
        "SystemExit" => clear_field(exception, "code"),
        "ImportError" => clear_field(exception, "msg"),
        "SyntaxError" => {
            let args = exception.expect::<Exception>().args.get().unwrap_or_else(empty_tuple);
            if args.expect::<Tuple>().len() == 2 {
                SYNTAX_DETAILS.iter().for_each(|name| clear_field(exception, name));
            }
        }
        _ => {}
    }
}

/// Are these arguments for an exception of the built-in class, given by a program?
pub(super) fn check(cx: &Thread, exception: &Obj, builtin: &str, args: &[Obj]) -> PyResult<()> {
    match builtin {
        "SyntaxError" => check_syntax_details(cx, exception, args),
        "UnicodeEncodeError" => check_unicode(cx, args, "ssnns"),
        "UnicodeDecodeError" => check_unicode(cx, args, "sbnns"),
        "UnicodeTranslateError" => check_unicode(cx, args, "snns"),
        _ => Ok(()),
    }
}

fn check_syntax_details(cx: &Thread, exception: &Obj, args: &[Obj]) -> PyResult<()> {
    let [message, details] = args else { return Ok(()) };
    let details = protocol::collect(cx, details)?;
    match details.len() {
        given @ 0..=3 => Err(cx.type_error(format_args!("function takes at least 4 arguments ({given} given)"))),
        5 => Err(cx.type_error("end_offset must be provided when end_lineno is provided")),
        given @ 8.. => Err(cx.type_error(format_args!("function takes at most 7 arguments ({given} given)"))),
        _ => {
            syntax_fields(exception, &[message.clone(), Tuple::create(details)]);
            Ok(())
        }
    }
}

/// One letter for each argument: a string, bytes, a number.
fn check_unicode(cx: &Thread, args: &[Obj], wanted: &str) -> PyResult<()> {
    if args.len() != wanted.len() {
        let (wanted, given) = (wanted.len(), args.len());
        return Err(cx.type_error(format_args!("function takes exactly {wanted} arguments ({given} given)")));
    }
    for (position, (letter, value)) in wanted.chars().zip(args).enumerate() {
        match letter {
            's' if value.downcast::<pv_object::Str>().is_none() => {
                let (position, found) = (position + 1, cx.type_name(value));
                return Err(cx.type_error(format_args!("argument {position} must be str, not {found}")));
            }
            'b' => drop(crate::types::bytes::like(cx, value)?),
            'n' => _ = protocol::to_isize(cx, value)?,
            _ => {}
        }
    }
    Ok(())
}

/// Fields that hold a number.
fn is_number(cx: &Thread, exception: &Obj, name: &str) -> bool {
    matches!(name, "start" | "end") && builtin_of(cx, exception).starts_with("Unicode")
}

/// `exception.field`.
pub(crate) fn read_field(cx: &Thread, exception: &Obj, name: &str) -> Obj {
    field(exception, name).unwrap_or_else(|| if is_number(cx, exception, name) { Obj::int(0) } else { Obj::none() })
}

/// `exception.field = value`, or `del exception.field`.
pub(crate) fn write_field(cx: &Thread, exception: &Obj, name: &str, value: Option<&Obj>) -> PyResult<()> {
    if matches!(name, "message" | "exceptions") && cx.is_exception(exception, Exc::BaseExceptionGroup) {
        return Err(cx.attribute_error("readonly attribute"));
    }
    match value {
        None if is_number(cx, exception, name) => return Err(cx.type_error("can't delete numeric/char attribute")),
        Some(value) if is_number(cx, exception, name) && !matches!(value.kind(), Kind::Int | Kind::Bool) => {
            return Err(cx.type_error("an integer is required"));
        }
        None if matches!(name, "value" | "code") => set_field(exception, name, Obj::none()),
        None => clear_field(exception, name),
        Some(value) => set_field(exception, name, value.clone()),
    }
    Ok(())
}
