//! Exceptions and tracebacks as objects.

mod fields;
pub(crate) mod group;
mod handling;
mod pickle;
mod shown;

pub(crate) use fields::{FieldClasses, read_field, write_field};
pub use fields::{field, set_field};
pub use handling::{end_async_for, group_match, matches, parts, prepare_reraise_star, raise};

use pv_object::{Dict, Exception, Kind, List, Obj, Traceback, Tuple, Type};

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
    fields::from_args(cx, &exception);
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

/// Adds descriptors and documentation to a built-in class.
pub(crate) fn fill_class(vm: &Vm, class: &Obj, row: &'static ExceptionRow) {
    for field in row.fields {
        super::fill::add_getset(class, field, GetSetPayload::Field(field));
    }
    class.expect::<Type>().set_attr(&vm.names.__doc__, text::new(row.doc));
    match row.name {
        "BaseExceptionGroup" => super::fill::fill(vm, class, &GROUP),
        "AttributeError" => super::fill::fill(vm, class, &ATTRIBUTE_ERROR),
        _ => {}
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
        let (members, shown) = checked_group(cx, args)?;
        let class = group::class_for(cx, class, &members)?;
        let exception = create(cx, &class, args.positional().to_vec());
        set_field(&exception, "exceptions", Tuple::create(members));
        if let Some(shown) = shown {
            set_field(&exception, group::SHOWN, shown);
        }
        return Ok(exception);
    }
    Ok(create(cx, class, args.positional().to_vec()))
}

fn init(cx: &Thread, exception: &Obj, args: &Args<'_>) -> PyResult<()> {
    fields::check_keywords(cx, exception, args)?;
    match fields::builtin_of(cx, exception) {
        "BaseExceptionGroup" => return Ok(()),
        "OSError" => {}
        builtin => {
            exception.expect::<Exception>().args.set(Tuple::create(args.positional().to_vec()));
            fields::reset(exception, builtin);
            fields::check(cx, exception, builtin, args.positional())?;
            fields::from_args(cx, exception);
        }
    }
    for (name, value) in args.keywords() {
        set_field(exception, &text::to_string(name), value.clone());
    }
    Ok(())
}

/// The members of an exception group made with these arguments, a message and a sequence of exceptions; and how the sequence shows
/// itself, where that cannot be told from the members.
fn checked_group(cx: &Thread, args: &Args<'_>) -> PyResult<(Vec<Obj>, Option<Obj>)> {
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
    if !protocol::is_sequence(cx, members) {
        return Err(cx.type_error("second argument (exceptions) must be a sequence"));
    }
    let plain = matches!(members.kind(), Kind::List | Kind::Tuple) && members.is_exact();
    let shown = if plain { None } else { Some(protocol::repr(cx, members)?) };
    let members = protocol::collect(cx, members)?;
    if members.is_empty() {
        return Err(cx.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    if let Some(at) = members.iter().position(|member| member.downcast::<Exception>().is_none()) {
        return Err(cx.value_error(format_args!("Item {at} of second argument (exceptions) is not an exception")));
    }
    Ok((members, shown))
}

fn repr(cx: &Thread, exception: &Obj) -> PyResult {
    if cx.is_exception(exception, Exc::BaseExceptionGroup) {
        return group::repr(cx, exception);
    }
    let name = exception.shape().ty().name_string();
    let args = exception.expect::<Exception>().args.get().unwrap_or_else(super::empty_tuple);
    let shown = match args.expect::<Tuple>().items() {
        [] => "()".to_owned(),
        [one] => format!("({})", text::to_string(&protocol::repr(cx, one)?)),
        _ => text::to_string(&protocol::repr(cx, &args)?),
    };
    Ok(text::new(&format!("{name}{shown}")))
}

fn with_traceback(cx: &Thread, exception: &Obj, traceback: &Obj) -> PyResult {
    set_traceback(cx, exception, Some(traceback))?;
    Ok(exception.clone())
}

fn add_note_method(cx: &Thread, exception: &Obj, note: &Obj) -> PyResult {
    add_note(cx, exception, note.clone())?;
    Ok(Obj::none())
}

fn get_args(_: &Thread, exception: &Obj) -> PyResult {
    Ok(exception.expect::<Exception>().args.get().unwrap_or_else(super::empty_tuple))
}

fn set_args(cx: &Thread, exception: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(cx.type_error("args may not be deleted")) };
    let items = protocol::collect(cx, value)?;
    fields::keep_value(cx, exception);
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
    match value {
        None => Err(cx.type_error("can't delete numeric/char attribute")),
        Some(value) if value.kind() != Kind::Bool => Err(cx.type_error("attribute value type must be bool")),
        Some(value) => {
            exception.expect::<Exception>().suppress.set(value.same(&Obj::bool(true)));
            Ok(())
        }
    }
}

fn get_dict(_: &Thread, exception: &Obj) -> PyResult {
    Ok(exception.expect::<Exception>().dict())
}

fn set_dict(cx: &Thread, exception: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        None => Err(cx.type_error("__dict__ may not be deleted")),
        Some(value) if value.kind() != Kind::Dict => {
            let found = cx.type_name(value);
            Err(cx.type_error(format_args!("__dict__ must be set to a dictionary, not a '{found}'")))
        }
        Some(value) => {
            exception.expect::<Exception>().set_dict(value.clone());
            Ok(())
        }
    }
}

crate::natives! { static METHODS:
    "with_traceback" "(self, object, /)" F2(with_traceback) "Sets __traceback__ and returns the exception.";
    "add_note" "(self, note, /)" F2(add_note_method) "Adds a note to the exception.";
    "__reduce__" "(self, /)" F1(pickle::reduce) "Helper for pickle.";
    "__setstate__" "(self, state, /)" F2(pickle::set_state) "Sets the attributes that a dict names.";
}

crate::getsets! { static GETSETS:
    "args" get_args, set set_args => "";
    "__traceback__" get_traceback, set set_traceback => "";
    "__context__" get_context, set set_context => "exception context";
    "__cause__" get_cause, set set_cause => "exception cause";
    "__suppress_context__" get_suppress, set set_suppress as member => "";
    "__dict__" get_dict, set set_dict => "";
}

pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), str: Some(shown::str), ..Slots::NONE },
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
    let mut each = next.clone();
    while let Some(entry) = each {
        if entry.same(traceback) {
            return Err(cx.value_error("traceback loop detected"));
        }
        each = entry.expect::<Traceback>().next.get();
    }
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
    Ok(Obj::int(i64::from(traceback.expect::<Traceback>().lasti)))
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

static ATTRIBUTE_ERROR: TypeTable = TypeTable { methods: pickle::ATTRIBUTE_ERROR, ..TypeTable::NONE };
