//! An interpreter: a Python with its library, ready to run a program.

use std::path::PathBuf;
use std::rc::Rc;

use pv_bytecode::{Mode, compile, parse};
use pv_events::{Event, Stats};
use pv_jit::{Config, ConfigError, Dumps};
use pv_object::{Dict, Module, Obj, ThreadContext};
use pv_runtime::types::function;
use pv_runtime::{PyResult, Thread, Vm, code, text};

use crate::tier::{AnyTier, Extension};

/// How to set an interpreter up.
#[derive(Default)]
pub struct Options {
    /// The JIT's configuration; `None` for the interpreter alone.
    pub jit: Option<Config>,
    /// `sys.argv`.
    pub argv: Vec<String>,
    /// What to log in events, and who listens.
    pub observer: Option<(Dumps, Box<dyn FnMut(&Event)>)>,
}

/// What to run.
#[derive(Clone, Debug)]
pub enum Program {
    /// Source text (`-c`).
    Text(String),
    /// A file.
    File(PathBuf),
    /// A module by name (`-m`).
    Module(String),
    /// Standard input.
    Input,
}

/// A Python.
pub struct Interpreter {
    thread: Box<Thread>,
}

impl Interpreter {
    /// An interpreter with its built-in modules and the embedded library.
    pub fn new(options: Options) -> Result<Interpreter, ConfigError> {
        let mut tier = AnyTier::new(options.jit)?;
        if let Some((dumps, observer)) = options.observer {
            tier.observe(dumps, observer);
        }
        let vm = Vm::new();
        vm.install(pv_interp::hooks::<Extension>());
        let thread = Thread::new(Rc::clone(&vm));
        tier.watch(thread.heap());
        thread.extend(Box::new(tier));
        Ok(Interpreter { thread })
    }

    /// The JIT's figures so far, if there is one.
    pub fn stats(&self) -> Option<Stats> {
        self.thread.extension::<AnyTier>().and_then(AnyTier::stats)
    }

    /// Runs a program as `__main__` to its end; the exit status.
    pub fn run(&self, program: &Program) -> i32 {
        let cx = &*self.thread;
        match self.run_main(program) {
            Ok(()) => 0,
            Err(raised) => {
                let exception = cx.take_exception(raised);
                eprintln!("{}: {}", cx.type_name(&exception), show(cx, &exception));
                1
            }
        }
    }

    fn run_main(&self, program: &Program) -> PyResult<()> {
        let cx = &*self.thread;
        let (source, name) = match program {
            Program::Text(source) => (source.clone(), "<string>".to_owned()),
            Program::File(path) => {
                let source = std::fs::read_to_string(path).map_err(|error| cx.system_error(error))?;
                (source, path.display().to_string())
            }
            Program::Module(_) | Program::Input => return Err(cx.not_implemented("-m and standard input")),
        };
        let unit = parse(&source, Mode::Exec, &name)
            .and_then(|ast| compile(&ast, pv_bytecode::Options::default()))
            .map_err(|error| cx.raise_message(pv_runtime::Exc::SyntaxError, error.message))?;
        let module = self.main_module();
        let globals = module.expect::<Module>().dict();
        let function = function::new(&code::new_code(&unit.unit), &globals);
        (cx.vm().hooks().run_function)(cx, &function, None)?;
        Ok(())
    }

    /// A fresh `__main__`.
    fn main_module(&self) -> Obj {
        let vm = self.thread.vm();
        let module = Module::create();
        let dict = module.expect::<Module>().dict();
        dict.expect::<Dict>().set("__name__", text::new("__main__"));
        vm.modules.expect::<Dict>().set("__main__", module.clone());
        module
    }
}

/// `str(exception)`, for the last resort.
fn show(cx: &Thread, exception: &Obj) -> String {
    pv_runtime::protocol::str(cx, exception).map_or_else(|_| String::new(), |message| text::to_string(&message))
}
