//! `sys.monitoring`: tools that hear of events in running code.
//!
//! Events that the interpreter does not tell of are refused by name when a tool asks for them.

use pv_object::{Code, Instance, Kind, Module, Obj};

use crate::error::{PyResult, Raised};
use crate::native::add_functions;
use crate::observe::{EVENTS, Monitoring, TOOLS};
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::{dict, namespace};
use crate::vm::Vm;

/// Tools that a program may use; the others are the interpreter's own.
const USABLE: usize = 6;
const CALL: u32 = 1 << 4;
const NATIVE_ENDS: u32 = 1 << 16 | 1 << 17;

fn state(cx: &Thread) -> &Monitoring {
    &cx.vm().monitoring
}

fn tool_id(cx: &Thread, id: &Obj) -> PyResult<usize> {
    let given = protocol::to_isize(cx, id)?;
    match usize::try_from(given) {
        Ok(id) if id < USABLE => Ok(id),
        _ => Err(cx.value_error(format_args!("invalid tool {given} (must be between 0 and {})", USABLE - 1))),
    }
}

/// A tool that is in use.
fn used_tool(cx: &Thread, id: &Obj) -> PyResult<usize> {
    let id = tool_id(cx, id)?;
    match state(cx).tools[id].name.is_empty() {
        true => Err(cx.value_error(format_args!("tool {id} is not in use"))),
        false => Ok(id),
    }
}

/// Tells the interpreter whether anybody listens still.
fn settle(cx: &Thread) -> PyResult {
    cx.set_monitored(state(cx).is_active());
    Ok(Obj::none())
}

fn use_tool(cx: &Thread, id: &Obj, name: &Obj) -> PyResult {
    let id = tool_id(cx, id)?;
    if name.kind() != Kind::Str {
        return Err(cx.value_error("tool name must be a str"));
    }
    let place = &state(cx).tools[id].name;
    if !place.is_empty() {
        return Err(cx.value_error(format_args!("tool {id} is already in use")));
    }
    place.set(name.clone());
    Ok(Obj::none())
}

fn clear_tool(cx: &Thread, id: &Obj) -> PyResult {
    let id = tool_id(cx, id)?;
    if !state(cx).tools[id].name.is_empty() {
        state(cx).tools[id].clear();
    }
    settle(cx)
}

fn free_tool(cx: &Thread, id: &Obj) -> PyResult {
    clear_tool(cx, id)?;
    drop(state(cx).tools[tool_id(cx, id)?].name.take());
    Ok(Obj::none())
}

fn get_tool(cx: &Thread, id: &Obj) -> PyResult {
    let id = tool_id(cx, id)?;
    Ok(state(cx).tools[id].name.get().unwrap_or_else(Obj::none))
}

fn register(cx: &Thread, id: &Obj, event: &Obj, function: &Obj) -> PyResult {
    let id = tool_id(cx, id)?;
    let given = protocol::to_isize(cx, event)?;
    let event = u32::try_from(given).ok().filter(|event| event.is_power_of_two());
    let Some(event) = event else {
        return Err(cx.value_error("The callback can only be set for one event at a time"));
    };
    let number = event.trailing_zeros() as usize;
    if number >= EVENTS.len() {
        return Err(cx.value_error(format_args!("invalid event {given}")));
    }
    let function = Some(function.clone()).filter(|function| !function.is_none());
    Ok(state(cx).tools[id].set_callback(number, function).unwrap_or_else(Obj::none))
}

/// A set of events; those that nobody tells of are refused. `what` is the set's name in errors.
fn event_set(cx: &Thread, set: &Obj, what: &str) -> PyResult<u32> {
    let given = protocol::to_isize(cx, set)?;
    let fits = u32::try_from(given).ok().filter(|set| *set < 1 << EVENTS.len());
    let Some(set) = fits else { return Err(cx.value_error(format_args!("invalid {what} 0x{given:x}"))) };
    if set & NATIVE_ENDS != 0 && set & CALL == 0 {
        return Err(cx.value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    let untold = EVENTS.iter().enumerate().filter(|(number, (_, told))| set & 1 << number != 0 && !told);
    match untold.map(|(_, (name, _))| *name).collect::<Vec<_>>() {
        names if names.is_empty() => Ok(set),
        names => Err(unsupported(cx, &names.join(", "))),
    }
}

fn unsupported(cx: &Thread, names: &str) -> Raised {
    cx.not_implemented_error(format_args!("sys.monitoring does not tell of these events yet: {names}"))
}

fn get_events(cx: &Thread, id: &Obj) -> PyResult {
    let id = tool_id(cx, id)?;
    Ok(Obj::int(i64::from(state(cx).tools[id].events.get())))
}

fn set_events(cx: &Thread, id: &Obj, set: &Obj) -> PyResult {
    let id = used_tool(cx, id)?;
    let set = event_set(cx, set, "event set")?;
    state(cx).tools[id].events.set(set);
    settle(cx)
}

fn code_object<'a>(cx: &Thread, code: &'a Obj) -> PyResult<&'a Obj> {
    match code.downcast::<Code>() {
        Some(_) => Ok(code),
        None => Err(cx.type_error("code must be a code object")),
    }
}

fn get_local_events(cx: &Thread, id: &Obj, code: &Obj) -> PyResult {
    let code = code_object(cx, code)?;
    let id = tool_id(cx, id)?;
    Ok(Obj::int(i64::from(state(cx).tools[id].local_events(code))))
}

fn set_local_events(cx: &Thread, id: &Obj, code: &Obj, set: &Obj) -> PyResult {
    let code = code_object(cx, code)?;
    let id = used_tool(cx, id)?;
    let set = event_set(cx, set, "local event set")?;
    state(cx).tools[id].set_local_events(code, set);
    settle(cx)
}

fn restart(cx: &Thread) -> PyResult {
    state(cx).restart();
    Ok(Obj::none())
}

crate::natives! { static FUNCTIONS:
    "use_tool_id" "(tool_id, name, /)" F2(use_tool) "Take a tool's number into use under a name.";
    "clear_tool_id" "(tool_id, /)" F1(clear_tool) "Forget a tool's events and callbacks.";
    "free_tool_id" "(tool_id, /)" F1(free_tool) "Forget a tool altogether.";
    "get_tool" "(tool_id, /)" F1(get_tool) "The name under which a tool is in use, or None.";
    "register_callback" "(tool_id, event, func, /)" F3(register) "Set the function that hears of an event; the one before.";
    "get_events" "(tool_id, /)" F1(get_events) "The events that a tool hears of in all code.";
    "set_events" "(tool_id, event_set, /)" F2(set_events) "Choose the events that a tool hears of in all code.";
    "get_local_events" "(tool_id, code, /)" F2(get_local_events) "The events that a tool hears of in one code object.";
    "set_local_events" "(tool_id, code, event_set, /)" F3(set_local_events) "Choose the events that a tool hears of in one code object.";
    "restart_events" "()" F0(restart) "Tell again of events that callbacks have disabled.";
}

/// The module.
pub(super) fn module(vm: &Vm, namespace_class: &Obj) -> Obj {
    let module = Module::create();
    let own = module.expect::<Module>().dict();
    let set = |name: &str, value: Obj| dict::set_str(&own, &text::intern(name), value);
    set("__name__", text::intern("sys.monitoring"));
    add_functions(vm, &own, "sys.monitoring", FUNCTIONS);
    let tools = [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)];
    tools.into_iter().for_each(|(name, id)| set(name, Obj::int(id)));
    let numbered = EVENTS.iter().enumerate().map(|(number, (name, _))| (*name, Obj::int(1 << number)));
    let events: Vec<(&str, Obj)> = numbered.chain([("NO_EVENTS", Obj::int(0))]).collect();
    set("events", namespace::create(namespace_class, &events));
    for (name, place) in [("DISABLE", &vm.monitoring.disable), ("MISSING", &vm.monitoring.missing)] {
        let marker = Instance::create(vm.heap.shape_of(Kind::Instance));
        set(name, marker.clone());
        place.set(marker);
    }
    module
}

const _: () = assert!(USABLE <= TOOLS);
