//! Exceptions and tracebacks as objects.

pub(crate) mod group;
mod handling;

pub use handling::{end_async_for, group_match, matches, parts, prepare_reraise_star, raise};

use pv_object::{Dict, Exception, Kind, List, Obj, Traceback, Tuple, Type, TypeFlags};

use super::TypeTable;
use super::descriptor::GetSetPayload;
use crate::error::{Exc, ExceptionRow, PyResult};
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;
use crate::vm::Vm;

/// An instance of an exception class, its fields set from the arguments.
pub(crate) fn create(cx: &Thread, class: &Obj, args: Vec<Obj>) -> Obj {
    let class = refined_os_error(cx, class, &args);
    let ty = class.expect::<Type>();
    let exception = Exception::create(args, ty.root_shape());
    fields_from_args(&exception);
    exception
}

/// `OSError(errno, …)` makes an instance of the subclass for the errno.
fn refined_os_error(cx: &Thread, class: &Obj, args: &[Obj]) -> Obj {
    if !class.same(cx.vm().exception(Exc::OSError)) || args.len() < 2 {
        return class.clone();
    }
    match args[0].as_i64() {
        Some(errno) => cx.vm().exception(Exc::of_errno(errno as i32)).clone(),
        None => class.clone(),
    }
}

/// Sets the fields that follow from `args` at once.
fn fields_from_args(exception: &Obj) {
    let view = exception.expect::<Exception>();
    let args = view.args.get().unwrap_or_else(super::empty_tuple);
    let args = args.expect::<Tuple>().items();
    let builtin = builtin_of(exception.shape().ty());
    match builtin {
        "OSError" if (2..=5).contains(&args.len()) => {
            let fields = ["errno", "strerror", "filename"];
            fields.iter().zip(args).for_each(|(name, value)| set_field(exception, name, value.clone()));
            if let Some(second) = args.get(4) {
                set_field(exception, "filename2", second.clone());
            }
            if args.len() > 2 && !args[2].is_none() {
                view.args.set(Tuple::create(args[..2].to_vec()));
            }
        }
        "ImportError" if args.len() == 1 => set_field(exception, "msg", args[0].clone()),
        "SyntaxError" if !args.is_empty() => syntax_fields(exception, args),
        "UnicodeEncodeError" | "UnicodeDecodeError" if args.len() == 5 => {
            let fields = ["encoding", "object", "start", "end", "reason"];
            fields.iter().zip(args).for_each(|(name, value)| set_field(exception, name, value.clone()));
        }
        "UnicodeTranslateError" if args.len() == 4 => {
            let fields = ["object", "start", "end", "reason"];
            fields.iter().zip(args).for_each(|(name, value)| set_field(exception, name, value.clone()));
        }
        "BaseExceptionGroup" if args.len() == 2 => {
            set_field(exception, "message", args[0].clone());
            set_field(exception, "exceptions", args[1].clone());
        }
        _ => {}
    }
}

fn syntax_fields(exception: &Obj, args: &[Obj]) {
    set_field(exception, "msg", args[0].clone());
    if let Some(details) = args.get(1).and_then(|details| details.downcast::<Tuple>()) {
        let fields = ["filename", "lineno", "offset", "text", "end_lineno", "end_offset"];
        let values = details.items().iter().cloned().chain(std::iter::repeat_with(Obj::none));
        fields.iter().zip(values).for_each(|(name, value)| set_field(exception, name, value));
    }
}

/// Checks the place that a `SyntaxError` is made with: four values, and two more for its end.
fn check_syntax_details(cx: &Thread, args: &[Obj]) -> PyResult<()> {
    let [_, details] = args else { return Ok(()) };
    match protocol::collect(cx, details)?.len() {
        count @ 0..4 => Err(cx.type_error(format_args!("function takes at least 4 arguments ({count} given)"))),
        5 => Err(cx.type_error("end_offset must be provided when end_lineno is provided")),
        4..=7 => Ok(()),
        count => Err(cx.type_error(format_args!("function takes at most 7 arguments ({count} given)"))),
    }
}

/// The row of the nearest built-in class that has fields.
fn row_of(ty: &Type) -> Option<&'static ExceptionRow> {
    let mro = ty.mro();
    let builtin = mro.expect::<Tuple>().items().iter().filter_map(|class| class.downcast::<Type>());
    builtin.filter(|class| !class.has(TypeFlags::HEAP)).find_map(|class| {
        let name = class.name();
        WITH_FIELDS.iter().map(|exc| exc.row()).find(|row| text::eq(&name, row.name))
    })
}

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

/// Name of that class.
fn builtin_of(ty: &Type) -> &'static str {
    row_of(ty).map_or("", |row| row.name)
}

/// A field that the class adds to its instances.
pub fn field(exception: &Obj, name: &str) -> Option<Obj> {
    let view = exception.expect::<Exception>();
    if let Some(fields) = view.value.get()
        && let Some(value) = fields.expect::<Dict>().get(name)
    {
        return Some(value);
    }
    if matches!(name, "value" | "code") {
        let args = view.args.get()?;
        let args = args.expect::<Tuple>().items();
        return match args.len() {
            0 => None,
            1 => Some(args[0].clone()),
            _ if name == "code" => Some(Tuple::create(args.to_vec())),
            _ => Some(args[0].clone()),
        };
    }
    None
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

/// Adds descriptors and documentation to a built-in class.
pub(crate) fn fill_class(vm: &Vm, class: &Obj, row: &'static ExceptionRow) {
    for field in row.fields {
        super::fill::add_getset(class, field, GetSetPayload::Field(field));
    }
    class.expect::<Type>().set_attr(&vm.names.__doc__, text::new(row.doc));
    if row.name == "BaseExceptionGroup" {
        super::fill::fill(vm, class, &GROUP);
    }
}

/// Appends to `__notes__`.
pub fn add_note(cx: &Thread, exception: &Obj, note: Obj) -> PyResult<()> {
    if note.kind() != Kind::Str {
        let found = cx.type_name(&note);
        return Err(cx.type_error(format_args!("note must be a str, not '{found}'")));
    }
    let dict = exception.expect::<Exception>().dict();
    let dict = dict.expect::<Dict>();
    match dict.get_str(&cx.names().__notes__) {
        Some(notes) => match notes.downcast::<List>() {
            Some(notes) => notes.push(note),
            None => return Err(cx.type_error("Cannot add note: __notes__ is not a list")),
        },
        None => dict.set_str(&cx.names().__notes__, List::create(vec![note])),
    }
    Ok(())
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let groups = cx.vm().exception(Exc::BaseExceptionGroup).expect::<Type>();
    if class.expect::<Type>().is_subtype(groups) {
        let members = checked_group(cx, args)?;
        let class = group::class_for(cx, class, &members)?;
        let exception = create(cx, &class, args.positional().to_vec());
        set_field(&exception, "exceptions", Tuple::create(members));
        return Ok(exception);
    }
    Ok(create(cx, class, args.positional().to_vec()))
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

fn init(cx: &Thread, exception: &Obj, args: &Args<'_>) -> PyResult<()> {
    let ty = exception.shape().ty();
    let builtin = builtin_of(ty);
    for (name, value) in args.keywords() {
        let shown = text::to_string(name);
        match keywords_of(builtin).iter().find(|known| **known == shown) {
            Some(known) => set_field(exception, known, value.clone()),
            None if keywords_of(builtin).is_empty() => {
                return Err(cx.type_error(format_args!("{}() takes no keyword arguments", ty.name_string())));
            }
            None => {
                let class = ty.name_string();
                return Err(cx.type_error(format_args!("{class}() got an unexpected keyword argument '{shown}'")));
            }
        }
    }
    if builtin == "BaseExceptionGroup" {
        return Ok(());
    }
    if builtin == "SyntaxError" {
        check_syntax_details(cx, args.positional())?;
    }
    let view = exception.expect::<Exception>();
    if builtin != "OSError" {
        view.args.set(Tuple::create(args.positional().to_vec()));
        fields_from_args(exception);
    }
    Ok(())
}

/// The members of an exception group made with these arguments: a message and a sequence of exceptions.
fn checked_group(cx: &Thread, args: &Args<'_>) -> PyResult<Vec<Obj>> {
    let [message, members] = args.positional() else {
        let given = args.positional().len();
        return Err(
            cx.type_error(format_args!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({given} given)"))
        );
    };
    if message.kind() != Kind::Str {
        let found = cx.type_name(message);
        return Err(cx.type_error(format_args!("argument 1 must be str, not {found}")));
    }
    if !matches!(members.kind(), Kind::List | Kind::Tuple) {
        return Err(cx.type_error("second argument (exceptions) must be a sequence"));
    }
    let members = protocol::collect(cx, members)?;
    if members.is_empty() {
        return Err(cx.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    if let Some(at) = members.iter().position(|member| member.downcast::<Exception>().is_none()) {
        return Err(cx.value_error(format_args!("Item {at} of second argument (exceptions) is not an exception")));
    }
    Ok(members)
}

fn repr(cx: &Thread, exception: &Obj) -> PyResult {
    let name = exception.shape().ty().name_string();
    let args = exception.expect::<Exception>().args.get().unwrap_or_else(super::empty_tuple);
    let shown = match args.expect::<Tuple>().items() {
        [] => "()".to_owned(),
        [one] => format!("({})", text::to_string(&protocol::repr(cx, one)?)),
        _ => text::to_string(&protocol::repr(cx, &args)?),
    };
    Ok(text::new(&format!("{name}{shown}")))
}

fn str(cx: &Thread, exception: &Obj) -> PyResult {
    let args = exception.expect::<Exception>().args.get().unwrap_or_else(super::empty_tuple);
    let items = args.expect::<Tuple>().items();
    match builtin_of(exception.shape().ty()) {
        "OSError" => {
            if let Some(shown) = os_error_text(cx, exception)? {
                return Ok(text::new(&shown));
            }
        }
        "ImportError" | "SyntaxError" => {
            if let Some(shown) = message_text(cx, exception)? {
                return Ok(shown);
            }
        }
        "BaseExceptionGroup" => return group_text(cx, exception),
        "UnicodeEncodeError" | "UnicodeDecodeError" if items.len() == 5 => return unicode_text(cx, exception),
        _ => {}
    }
    match items {
        [] => Ok(text::new("")),
        [key] if cx.is_exception(exception, Exc::KeyError) => protocol::repr(cx, key),
        [one] => protocol::str(cx, one),
        _ => protocol::str(cx, &args),
    }
}

fn os_error_text(cx: &Thread, exception: &Obj) -> PyResult<Option<String>> {
    let get = |name| field(exception, name).filter(|value| !value.is_none());
    let (Some(errno), Some(strerror)) = (get("errno"), get("strerror")) else { return Ok(None) };
    let shown = |value: &Obj| PyResult::Ok(text::to_string(&protocol::str(cx, value)?));
    let quoted = |value: &Obj| PyResult::Ok(text::to_string(&protocol::repr(cx, value)?));
    let mut line = format!("[Errno {}] {}", shown(&errno)?, shown(&strerror)?);
    if let Some(filename) = get("filename") {
        line.push_str(&format!(": {}", quoted(&filename)?));
        if let Some(second) = get("filename2") {
            line.push_str(&format!(" -> {}", quoted(&second)?));
        }
    }
    Ok(Some(line))
}

fn message_text(cx: &Thread, exception: &Obj) -> PyResult<Option<Obj>> {
    let Some(message) = field(exception, "msg") else { return Ok(None) };
    let (filename, line) = (field(exception, "filename"), field(exception, "lineno"));
    let name = filename.filter(|f| f.kind() == Kind::Str).map(|f| {
        let whole = text::to_string(&f);
        whole.rsplit('/').next().unwrap_or(&whole).to_owned()
    });
    let line = line.filter(Obj::is_int);
    let shown = text::to_string(&protocol::str(cx, &message)?);
    let number = match &line {
        Some(line) => text::to_string(&protocol::str(cx, line)?),
        None => String::new(),
    };
    Ok(Some(match (name, line.is_some()) {
        (Some(name), true) => text::new(&format!("{shown} ({name}, line {number})")),
        (Some(name), false) => text::new(&format!("{shown} ({name})")),
        (None, true) => text::new(&format!("{shown} (line {number})")),
        (None, false) if message.kind() == Kind::Str => message,
        (None, false) => return Ok(None),
    }))
}

fn group_text(cx: &Thread, exception: &Obj) -> PyResult {
    let message = field(exception, "message").unwrap_or_else(|| text::new(""));
    let count = field(exception, "exceptions").map_or(0, |members| members.expect::<Tuple>().len());
    let plural = if count == 1 { "" } else { "s" };
    let shown = text::to_string(&protocol::str(cx, &message)?);
    Ok(text::new(&format!("{shown} ({count} sub-exception{plural})")))
}

fn unicode_text(cx: &Thread, exception: &Obj) -> PyResult {
    let shown = |name| match field(exception, name) {
        Some(value) => PyResult::Ok(text::to_string(&protocol::str(cx, &value)?)),
        None => Ok(String::new()),
    };
    let (encoding, reason) = (shown("encoding")?, shown("reason")?);
    let number = |name| field(exception, name).and_then(|v| v.as_i64()).unwrap_or(0);
    let (start, end) = (number("start"), number("end"));
    let object = field(exception, "object").unwrap_or_else(Obj::none);
    let decoding = cx.is_exception(exception, Exc::UnicodeDecodeError);
    let verb = if decoding { "decode" } else { "encode" };
    if end != start + 1 {
        let (what, last) = (if decoding { "bytes" } else { "characters" }, end - 1);
        return Ok(text::new(&format!("'{encoding}' codec can't {verb} {what} in position {start}-{last}: {reason}")));
    }
    let item = protocol::get_item(cx, &object, &Obj::int(start))?;
    let shown = match item.downcast::<pv_object::Str>().and_then(|s| s.code_point(0)) {
        Some(point @ 0..0x100) => format!("character '\\x{point:02x}'"),
        Some(point @ 0x100..0x10000) => format!("character '\\u{point:04x}'"),
        Some(point) => format!("character '\\U{point:08x}'"),
        None => format!("byte 0x{:02x}", item.as_i64().unwrap_or(0)),
    };
    Ok(text::new(&format!("'{encoding}' codec can't {verb} {shown} in position {start}: {reason}")))
}

fn with_traceback(cx: &Thread, exception: &Obj, traceback: &Obj) -> PyResult {
    set_traceback(cx, exception, Some(traceback))?;
    Ok(exception.clone())
}

fn add_note_method(cx: &Thread, exception: &Obj, note: &Obj) -> PyResult {
    add_note(cx, exception, note.clone())?;
    Ok(Obj::none())
}

fn reduce(_: &Thread, exception: &Obj) -> PyResult {
    let view = exception.expect::<Exception>();
    let mut parts = vec![exception.shape().type_obj().clone(), view.args.get().unwrap_or_else(super::empty_tuple)];
    parts.extend(view.dict_obj());
    Ok(Tuple::create(parts))
}

fn get_args(_: &Thread, exception: &Obj) -> PyResult {
    Ok(exception.expect::<Exception>().args.get().unwrap_or_else(super::empty_tuple))
}

fn set_args(cx: &Thread, exception: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(cx.type_error("args may not be deleted")) };
    let items = protocol::collect(cx, value)?;
    exception.expect::<Exception>().args.set(Tuple::create(items));
    Ok(())
}

fn get_traceback(_: &Thread, exception: &Obj) -> PyResult {
    Ok(exception.expect::<Exception>().traceback.get().unwrap_or_else(Obj::none))
}

fn set_traceback(cx: &Thread, exception: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let view = exception.expect::<Exception>();
    match value {
        None => Err(cx.type_error("__traceback__ may not be deleted")),
        Some(value) if value.is_none() => {
            drop(view.traceback.take());
            Ok(())
        }
        Some(value) if value.kind() == Kind::Traceback => {
            view.traceback.set(value.clone());
            Ok(())
        }
        Some(_) => Err(cx.type_error("__traceback__ must be a traceback or None")),
    }
}

fn link(cx: &Thread, value: Option<&Obj>, what: &str) -> PyResult<Option<Obj>> {
    match value {
        None => Err(cx.type_error(format_args!("__{what}__ may not be deleted"))),
        Some(value) if value.is_none() => Ok(None),
        Some(value) if value.kind() == Kind::Exception => Ok(Some(value.clone())),
        Some(_) => Err(cx.type_error(format_args!("exception {what} must be None or derive from BaseException"))),
    }
}

fn get_context(_: &Thread, exception: &Obj) -> PyResult {
    Ok(exception.expect::<Exception>().context.get().unwrap_or_else(Obj::none))
}

fn set_context(cx: &Thread, exception: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(exception.expect::<Exception>().context.replace(link(cx, value, "context")?));
    Ok(())
}

fn get_cause(_: &Thread, exception: &Obj) -> PyResult {
    Ok(exception.expect::<Exception>().cause.get().unwrap_or_else(Obj::none))
}

fn set_cause(cx: &Thread, exception: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let view = exception.expect::<Exception>();
    drop(view.cause.replace(link(cx, value, "cause")?));
    view.suppress.set(true);
    Ok(())
}

fn get_suppress(_: &Thread, exception: &Obj) -> PyResult {
    Ok(Obj::bool(exception.expect::<Exception>().suppress.get()))
}

fn set_suppress(cx: &Thread, exception: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(cx.type_error("can't delete numeric/char attribute")) };
    exception.expect::<Exception>().suppress.set(protocol::truth(cx, value)?);
    Ok(())
}

fn get_dict(_: &Thread, exception: &Obj) -> PyResult {
    Ok(exception.expect::<Exception>().dict())
}

crate::natives! { static METHODS:
    "with_traceback" "(self, object, /)" F2(with_traceback) "Sets __traceback__ and returns the exception.";
    "add_note" "(self, note, /)" F2(add_note_method) "Adds a note to the exception.";
    "__reduce__" "(self, /)" F1(reduce) "Helper for pickle.";
}

crate::getsets! { static GETSETS:
    "args" get_args, set set_args => "";
    "__traceback__" get_traceback, set set_traceback => "";
    "__context__" get_context, set set_context => "exception context";
    "__cause__" get_cause, set set_cause => "exception cause";
    "__suppress_context__" get_suppress, set set_suppress => "";
    "__dict__" get_dict => "";
}

pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), str: Some(str), ..Slots::NONE },
    ..TypeTable::NONE
};

fn tb_next(_: &Thread, traceback: &Obj) -> PyResult {
    Ok(traceback.expect::<Traceback>().next.get().unwrap_or_else(Obj::none))
}

fn set_tb_next(cx: &Thread, traceback: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let next = match value {
        Some(value) if value.is_none() => None,
        Some(value) if value.kind() == Kind::Traceback => Some(value.clone()),
        Some(value) => {
            let found = cx.type_name(value);
            return Err(cx.type_error(format_args!("expected traceback object or None, got type '{found}'")));
        }
        None => return Err(cx.type_error("can't delete tb_next attribute")),
    };
    drop(traceback.expect::<Traceback>().next.replace(next));
    Ok(())
}

fn tb_frame(cx: &Thread, traceback: &Obj) -> PyResult {
    Ok(super::traceback::frame(cx, traceback.expect()))
}

fn tb_lineno(_: &Thread, traceback: &Obj) -> PyResult {
    Ok(Obj::int(i64::from(traceback.expect::<Traceback>().line.get())))
}

fn tb_lasti(_: &Thread, traceback: &Obj) -> PyResult {
    Ok(Obj::int(i64::from(traceback.expect::<Traceback>().pc.get()) * 2))
}

crate::getsets! { static TRACEBACK_GETSETS:
    "tb_next" tb_next, set set_tb_next => "";
    "tb_frame" tb_frame => "";
    "tb_lineno" tb_lineno => "";
    "tb_lasti" tb_lasti => "";
}

fn tb_dir(_: &Thread, _: &Obj) -> PyResult {
    Ok(List::create(TRACEBACK_GETSETS.iter().map(|getset| text::intern(getset.name)).collect()))
}

crate::natives! { static TRACEBACK_METHODS:
    "__dir__" "(self)" F1(tb_dir) "Names of what a traceback entry tells.";
}

pub(crate) static TRACEBACK: TypeTable = TypeTable {
    methods: TRACEBACK_METHODS,
    getsets: TRACEBACK_GETSETS,
    slots: Slots { new: Some(super::traceback::new), ..Slots::NONE },
    doc: "Create a new traceback object.",
    ..TypeTable::NONE
};

static GROUP: TypeTable = TypeTable { methods: group::METHODS, class_methods: group::CLASS_METHODS, ..TypeTable::NONE };
