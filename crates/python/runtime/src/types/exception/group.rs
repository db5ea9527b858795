//! Exception groups.

use pv_object::{Exception, Kind, List, Obj, Tuple, Type};

use super::{field, handling};
use crate::attr;
use crate::error::{Exc, PyResult};
use crate::protocol;
use crate::text;
use crate::thread::Thread;

/// A group of these exceptions: an ExceptionGroup where all are Exceptions.
pub(crate) fn create(cx: &Thread, message: &str, members: Vec<Obj>) -> PyResult {
    create_of(cx, message, List::create(members))
}

/// The same of a list or tuple, which the group shows itself by.
pub(super) fn create_of(cx: &Thread, message: &str, members: Obj) -> PyResult {
    let all_ordinary = protocol::collect(cx, &members)?.iter().all(|member| cx.is_exception(member, Exc::Exception));
    let class = match all_ordinary {
        true => cx.vm().extra_type("ExceptionGroup"),
        false => cx.vm().exception(Exc::BaseExceptionGroup).clone(),
    };
    protocol::call2(cx, &class, &text::new(message), &members)
}

/// The field with the text of a sequence that is neither list nor tuple, as it was when the group was made.
pub(super) const SHOWN: &str = " shown";

/// `repr(group)`: the members as they were given, whatever has become of the sequence since.
pub(super) fn repr(cx: &Thread, group: &Obj) -> PyResult {
    let args = group.expect::<Exception>().args.get().unwrap_or_else(crate::types::empty_tuple);
    let shown = match (field(group, SHOWN), args.expect::<Tuple>().get(1)) {
        (Some(shown), _) => shown,
        (None, Some(given)) if given.kind() == Kind::List => protocol::repr(cx, &List::create(members(group)))?,
        _ => protocol::repr(cx, &Tuple::create(members(group)))?,
    };
    let message = protocol::repr(cx, &field(group, "message").unwrap_or_else(Obj::none))?;
    let (name, message) = (group.shape().ty().name_string(), text::to_string(&message));
    Ok(text::new(&format!("{name}({message}, {})", text::to_string(&shown))))
}

fn members(group: &Obj) -> Vec<Obj> {
    field(group, "exceptions").map_or_else(Vec::new, |members| members.expect::<Tuple>().items().to_vec())
}

/// Does the condition (class, tuple of classes, or callable) hold for the exception?
fn holds(cx: &Thread, exception: &Obj, condition: &Obj) -> PyResult<bool> {
    if condition.kind() == Kind::Type || condition.kind() == Kind::Tuple {
        return handling::matches(cx, exception, condition);
    }
    let answer = protocol::call1(cx, condition, exception)?;
    protocol::truth(cx, &answer)
}

/// A group like `group` of other members.
fn derive(cx: &Thread, group: &Obj, members: Vec<Obj>) -> PyResult {
    let derived = protocol::call_method1(cx, group, "derive", &List::create(members))?;
    if !cx.is_exception(&derived, Exc::BaseExceptionGroup) {
        return Err(cx.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (from, to) = (group.expect::<Exception>(), derived.expect::<Exception>());
    drop(to.traceback.replace(from.traceback.get()));
    drop(to.context.replace(from.context.get()));
    drop(to.cause.replace(from.cause.get()));
    to.suppress.set(from.suppress.get());
    let notes = from.dict_obj().and_then(|dict| dict.expect::<pv_object::Dict>().get("__notes__"));
    if let Some(notes) = notes.filter(|notes| protocol::is_sequence(cx, notes)) {
        let notes = protocol::collect(cx, &notes)?;
        to.dict().expect::<pv_object::Dict>().set("__notes__", List::create(notes));
    }
    Ok(derived)
}

/// The parts of a group for which the condition holds, and the rest.
pub(crate) fn split(cx: &Thread, group: &Obj, condition: &Obj) -> PyResult<(Option<Obj>, Option<Obj>)> {
    split_by(cx, group, &|exception| holds(cx, exception, condition))
}

/// The part of a group whose plain exceptions are those of the given exceptions and groups.
pub(super) fn project(cx: &Thread, group: &Obj, kept: &[Obj]) -> PyResult<Option<Obj>> {
    let mut leaves = Vec::new();
    kept.iter().for_each(|each| gather_leaves(cx, each, &mut leaves));
    let wanted = |exception: &Obj| Ok(leaves.iter().any(|leaf| leaf.same(exception)));
    Ok(split_by(cx, group, &wanted)?.0)
}

fn gather_leaves(cx: &Thread, exception: &Obj, leaves: &mut Vec<Obj>) {
    match cx.is_exception(exception, Exc::BaseExceptionGroup) {
        true => members(exception).iter().for_each(|member| gather_leaves(cx, member, leaves)),
        false => leaves.push(exception.clone()),
    }
}

fn split_by(cx: &Thread, group: &Obj, wanted: &dyn Fn(&Obj) -> PyResult<bool>) -> PyResult<(Option<Obj>, Option<Obj>)> {
    if wanted(group)? {
        return Ok((Some(group.clone()), None));
    }
    let (mut found, mut rest) = (Vec::new(), Vec::new());
    cx.nested(" in exceptiongroup_split", || {
        for member in members(group) {
            if cx.is_exception(&member, Exc::BaseExceptionGroup) {
                let (inner_found, inner_rest) = split_by(cx, &member, wanted)?;
                found.extend(inner_found);
                rest.extend(inner_rest);
            } else if wanted(&member)? {
                found.push(member);
            } else {
                rest.push(member);
            }
        }
        Ok(())
    })?;
    let whole = |members: Vec<Obj>| match members.is_empty() {
        true => Ok(None),
        false => derive(cx, group, members).map(Some),
    };
    Ok((whole(found)?, whole(rest)?))
}

fn split_method(cx: &Thread, group: &Obj, condition: &Obj) -> PyResult {
    let (found, rest) = split(cx, group, condition)?;
    Ok(Tuple::pair(found.unwrap_or_else(Obj::none), rest.unwrap_or_else(Obj::none)))
}

fn subgroup(cx: &Thread, group: &Obj, condition: &Obj) -> PyResult {
    Ok(split(cx, group, condition)?.0.unwrap_or_else(Obj::none))
}

fn derive_method(cx: &Thread, group: &Obj, members: &Obj) -> PyResult {
    let message = attr::get_str(cx, group, "message")?;
    let members = protocol::collect(cx, members)?;
    create(cx, &text::to_string(&protocol::str(cx, &message)?), members)
}

fn class_getitem(cx: &Thread, class: &Obj, item: &Obj) -> PyResult {
    crate::types::generic_alias(cx, class, item)
}

crate::natives! { pub(crate) static METHODS:
    "split" "(self, matcher_value, /)" F2(split_method) "The parts of the group that match, and the rest.";
    "subgroup" "(self, matcher_value, /)" F2(subgroup) "The parts of the group that match.";
    "derive" "(self, excs, /)" F2(derive_method) "A group like this one of other exceptions.";
}

crate::natives! { pub(crate) static CLASS_METHODS:
    "__class_getitem__" "(self, object, /)" F2(class_getitem) "See PEP 585";
}

/// `BaseExceptionGroup.__new__` makes an ExceptionGroup where all members are Exceptions.
pub(crate) fn class_for(cx: &Thread, class: &Obj, members: &[Obj]) -> PyResult {
    let ordinary = members.iter().all(|member| cx.is_exception(member, Exc::Exception));
    let plain_group = cx.vm().extra_type("ExceptionGroup");
    if class.same(cx.vm().exception(Exc::BaseExceptionGroup)) && ordinary {
        return Ok(plain_group);
    }
    if !ordinary && class.expect::<Type>().is_subtype(cx.vm().exception(Exc::Exception).expect::<Type>()) {
        return Err(cx.type_error(match class.same(&plain_group) {
            true => "Cannot nest BaseExceptions in an ExceptionGroup".to_owned(),
            false => format!("Cannot nest BaseExceptions in '{}'", class.expect::<Type>().name_string()),
        }));
    }
    Ok(class.clone())
}
