use pv_object::{List, Obj};

use crate::protocol;
use crate::text;
use crate::{Args, Exc, PyResult, Thread, Vm, attr};

fn thread() -> Box<Thread> {
    Thread::new(Vm::new())
}

/// The message of the exception that `result` left pending.
fn message(cx: &Thread, result: PyResult) -> String {
    let exception = cx.take_exception(result.expect_err("an exception"));
    let shown = protocol::str(cx, &exception).expect("a message");
    format!("{}: {}", cx.type_name(&exception), text::to_string(&shown))
}

#[test]
fn methods_of_lists_are_found_bound_and_called() {
    let cx = thread();
    let list = List::create(Vec::new());
    protocol::call_method1(&cx, &list, "append", &Obj::small(3)).expect("append");
    let bound = attr::get_str(&cx, &list, "append").expect("a bound method");
    protocol::call1(&cx, &bound, &Obj::small(4)).expect("append");
    assert_eq!(protocol::len(&cx, &list), Ok(2));
    let wrong = protocol::call0(&cx, &bound);
    assert_eq!(message(&cx, wrong), "TypeError: list.append() takes exactly one argument (0 given)");
}

#[test]
fn missing_attributes_name_type_and_attribute() {
    let cx = thread();
    let list = List::create(Vec::new());
    let missing = attr::get_str(&cx, &list, "push");
    assert_eq!(message(&cx, missing), "AttributeError: 'list' object has no attribute 'push'");
    let class = cx.type_of(&list).clone();
    let missing = attr::get_str(&cx, &class, "push");
    assert_eq!(message(&cx, missing), "AttributeError: type object 'list' has no attribute 'push'");
}

#[test]
fn classes_are_made_and_called() {
    let cx = thread();
    let name = text::new("Point");
    let bases = pv_object::Tuple::create(Vec::new());
    let namespace = crate::types::dict::new();
    let metatype = cx.vm().type_of_kind(pv_object::Kind::Type).clone();
    let class = protocol::call(&cx, &metatype, &Args::new(&[name, bases, namespace])).expect("a class");
    let point = protocol::call0(&cx, &class).expect("an instance");
    attr::set(&cx, &point, &text::new("x"), &Obj::small(7)).expect("an attribute");
    assert_eq!(attr::get_str(&cx, &point, "x").expect("x").as_i64(), Some(7));
    let wrong = protocol::call1(&cx, &class, &Obj::small(1));
    assert_eq!(message(&cx, wrong), "TypeError: Point() takes no arguments");
}

#[test]
fn the_handled_exception_becomes_the_context() {
    let cx = thread();
    let first = cx.new_exception(Exc::ValueError, vec![text::new("first")]);
    cx.set_handled(Some(first.clone()));
    let raised = cx.type_error("second");
    let second = cx.take_exception(raised);
    let context = attr::get_str(&cx, &second, "__context__").expect("a context");
    assert!(context.same(&first));
}
