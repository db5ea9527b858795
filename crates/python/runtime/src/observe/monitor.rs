//! The tools of `sys.monitoring`: which events each wants, for all code or for some, and its callbacks.
//!
//! A callback that answers `DISABLE` does not hear of that event at that place any more, until `restart_events`.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use pv_object::{Frame, Held, Obj, Tuple};

use super::{Event, place};
use crate::error::PyResult;
use crate::thread::Thread;

/// Names of the events in the order of their bits, and whether the interpreter tells of them.
pub(crate) const EVENTS: [(&str, bool); 19] = [
    ("PY_START", true),
    ("PY_RESUME", true),
    ("PY_RETURN", true),
    ("PY_YIELD", true),
    ("CALL", true),
    ("LINE", true),
    ("INSTRUCTION", true),
    ("JUMP", false),
    ("BRANCH_LEFT", false),
    ("BRANCH_RIGHT", false),
    ("STOP_ITERATION", false),
    ("RAISE", true),
    ("EXCEPTION_HANDLED", true),
    ("PY_UNWIND", true),
    ("PY_THROW", true),
    ("RERAISE", false),
    ("C_RETURN", true),
    ("C_RAISE", true),
    ("BRANCH", false),
];

/// Events up to this one belong to places in code, and can be disabled there.
const LOCAL_EVENTS: u32 = 11;
/// How many tools there are.
pub(crate) const TOOLS: usize = 8;

/// A tool.
#[derive(Default)]
pub(crate) struct Tool {
    /// Its name, while it is in use.
    pub name: Held,
    /// Events that it wants of all code.
    pub events: Cell<u32>,
    callbacks: [Held; EVENTS.len()],
    /// Events that it wants of some code objects, by their addresses.
    local: RefCell<HashMap<u64, (Obj, u32)>>,
    /// Places where it wants no more events: address of the code, offset (or another number), event.
    disabled: RefCell<HashSet<(u64, u32, u32)>>,
}

impl Tool {
    /// Sets the callback of an event; the one before.
    pub fn set_callback(&self, event: usize, function: Option<Obj>) -> Option<Obj> {
        self.callbacks[event].replace(function)
    }

    /// The events that it wants of a code object beside those of all code.
    pub fn local_events(&self, code: &Obj) -> u32 {
        self.local.borrow().get(&code.word().0).map_or(0, |(_, events)| *events)
    }

    /// Sets them.
    pub fn set_local_events(&self, code: &Obj, events: u32) {
        let old = match events {
            0 => self.local.borrow_mut().remove(&code.word().0),
            _ => self.local.borrow_mut().insert(code.word().0, (code.clone(), events)),
        };
        drop(old);
    }

    /// Forgets all but the name.
    pub fn clear(&self) {
        self.events.set(0);
        self.callbacks.iter().for_each(|callback| drop(callback.take()));
        let old = self.local.take();
        self.disabled.borrow_mut().clear();
        drop(old);
    }

    fn wants(&self, code: &Obj, offset: u32, event: u32) -> Option<Obj> {
        let bit = 1 << event;
        // A native call is over only for who heard of it.
        let mut events = self.events.get() | self.local_events(code);
        if bit & (1 << 16 | 1 << 17) != 0 && events & 1 << 4 == 0 {
            events &= !bit;
        }
        let silent = self.disabled.borrow().contains(&(code.word().0, offset, event));
        (events & bit != 0 && !silent).then(|| self.callbacks[event as usize].get()).flatten()
    }
}

/// All tools.
#[derive(Default)]
pub(crate) struct Monitoring {
    pub tools: [Tool; TOOLS],
    /// `DISABLE` and `MISSING`.
    pub disable: Held,
    pub missing: Held,
}

impl Monitoring {
    /// Does any tool want to hear of anything?
    pub fn is_active(&self) -> bool {
        self.tools.iter().any(|tool| tool.events.get() != 0 || !tool.local.borrow().is_empty())
    }

    /// Places where events were disabled are told of again.
    pub fn restart(&self) {
        self.tools.iter().for_each(|tool| tool.disabled.borrow_mut().clear());
    }
}

impl Thread {
    /// Does a tool want to hear of single instructions?
    pub fn watches_instructions(&self) -> bool {
        let bit = 1 << Event::Opcode.number();
        let wants = |tool: &Tool| {
            tool.events.get() & bit != 0 || tool.local.borrow().values().any(|(_, events)| events & bit != 0)
        };
        self.vm().monitoring.tools.iter().any(wants)
    }

    /// Tells the tools that want to hear of an event, the first one first.
    pub(super) fn tell_tools(&self, frame: &Obj, event: Event, argument: &Obj, first: Option<&Obj>) -> PyResult<()> {
        let (code, mut offset) = place(frame);
        let number = event.number();
        let marked = frame.expect::<Frame>().line.get();
        if event == Event::Line && marked != 0 {
            // A statement without an instruction: no offset is its own.
            offset = !marked;
        }
        for tool in &self.vm().monitoring.tools {
            let Some(callback) = tool.wants(&code, offset, number) else { continue };
            let args = self.monitoring_arguments(frame, event, argument, first);
            let answer = self.call_watcher(&callback, &args)?;
            if !self.vm().monitoring.disable.get().is_some_and(|disable| answer.same(&disable)) {
                continue;
            }
            if number >= LOCAL_EVENTS {
                drop(tool.set_callback(number as usize, None));
                let name = EVENTS[number as usize].0;
                return Err(self.value_error(format_args!("Cannot disable {name} events. Callback removed.")));
            }
            tool.disabled.borrow_mut().insert((code.word().0, offset, number));
        }
        Ok(())
    }

    fn monitoring_arguments(&self, frame: &Obj, event: Event, argument: &Obj, first: Option<&Obj>) -> Vec<Obj> {
        let (code, offset) = place(frame);
        let offset = Obj::int(i64::from(offset));
        match event {
            Event::Start | Event::Resume | Event::Opcode => vec![code, offset],
            Event::Line => {
                let view = frame.expect::<Frame>();
                let line = match view.line.get() {
                    0 => crate::code::line(code.expect(), view.pc.get()),
                    marked => marked,
                };
                vec![code, Obj::int(i64::from(line))]
            }
            Event::Call | Event::NativeCall | Event::NativeReturn | Event::NativeException => {
                let missing = self.vm().monitoring.missing.get();
                let first = first.cloned().or(missing).unwrap_or_else(|| Tuple::create(Vec::new()));
                vec![code, offset, argument.clone(), first]
            }
            _ => vec![code, offset, argument.clone()],
        }
    }
}
