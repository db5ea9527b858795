//! The interactive loop: statements from lines, each compiled and run for itself, values shown.
//!
//! A statement is over where CPython's plain loop has it: a simple one at the end of its line, a compound one at an empty line, and
//! neither within brackets, within a long string or behind a backslash.

mod extent;

use pv_bytecode::Mode;
use pv_object::{Dict, Module, Obj};
use pv_runtime::{Exc, PyResult, compile, import, protocol, sys, text};

use crate::interpreter::Interpreter;

/// What comes from where lines are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A line, without its end.
    Text(String),
    /// The interrupt key instead of a line.
    Interrupted,
    /// There are no more.
    End,
}

/// Where lines come from.
pub trait Lines {
    /// Shows the prompt and reads a line.
    fn read(&mut self, prompt: &str) -> std::io::Result<Line>;
}

impl Interpreter {
    /// The text above the first prompt.
    pub fn banner(&self) -> String {
        let help = "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.";
        format!("Python {} on {}\n{help}", self.sys_text("version"), self.sys_text("platform"))
    }

    /// An attribute of `sys` as text; nothing if it has none.
    fn sys_text(&self, name: &str) -> String {
        let shown = self.thread.sys_attribute(name).and_then(|value| protocol::str(&self.thread, &value));
        match shown {
            Ok(shown) => text::to_string(&shown),
            Err(raised) => {
                self.thread.discard(raised);
                String::new()
            }
        }
    }

    /// Reads statements and runs them in `__main__` until there are no more lines, or SystemExit; the exit status.
    pub fn interact(&self, lines: &mut dyn Lines) -> std::io::Result<i32> {
        for (name, prompt) in [("ps1", ">>> "), ("ps2", "... ")] {
            if self.thread.vm().sys.expect::<Dict>().get(name).is_none() {
                self.set_sys(name, text::new(prompt));
            }
        }
        loop {
            let status = match self.read_statement(lines)? {
                Line::Text(source) => self.interaction(&source),
                Line::Interrupted => {
                    sys::write_stderr(&self.thread, "\nKeyboardInterrupt\n");
                    None
                }
                Line::End => {
                    sys::write_stderr(&self.thread, "\n");
                    Some(0)
                }
            };
            if let Some(status) = status {
                return Ok(status);
            }
        }
    }

    /// A whole statement; one that the end of the lines cuts off is taken as it is.
    fn read_statement(&self, lines: &mut dyn Lines) -> std::io::Result<Line> {
        let mut source = String::new();
        loop {
            let prompt = self.sys_text(if source.is_empty() { "ps1" } else { "ps2" });
            match lines.read(&prompt)? {
                Line::Text(line) => {
                    source.push_str(&line);
                    source.push('\n');
                    if extent::is_whole(&source) {
                        return Ok(Line::Text(source));
                    }
                }
                Line::End if !source.is_empty() => return Ok(Line::Text(source)),
                other => return Ok(other),
            }
        }
    }

    /// Runs one statement; the exit status if it asks to leave.
    fn interaction(&self, source: &str) -> Option<i32> {
        let cx = &*self.thread;
        let mut status = None;
        if let Err(raised) = self.statement(source) {
            let exception = cx.take_exception(raised);
            let leaves = cx.is_exception(&exception, Exc::SystemExit);
            if !leaves {
                self.set_sys("last_exc", exception.clone());
            }
            let reported = sys::report_uncaught(cx, &exception);
            status = leaves.then_some(reported);
        }
        if let Err(raised) = sys::flush_standard(cx) {
            cx.discard(raised);
        }
        status
    }

    fn statement(&self, source: &str) -> PyResult<()> {
        let cx = &*self.thread;
        if source.trim().is_empty() {
            return Ok(());
        }
        let code: Obj = compile::compile(cx, source, "<stdin>", Mode::Single, cx.vm().compile_options())?;
        let globals = import::main_module(cx).expect::<Module>().dict();
        compile::run(cx, &code, &globals, None).map(drop)
    }
}
