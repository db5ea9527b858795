//! An interpreter: a Python with its library, ready to run a program.

use std::io::Read as _;
use std::path::PathBuf;
use std::rc::Rc;

use pv_bytecode::Mode;
use pv_events::{Event, Stats};
use pv_jit::{Config, ConfigError, Dumps};
use pv_object::{Dict, Leak, List, Module, Obj, ThreadContext};
use pv_runtime::types::dict;
use pv_runtime::{PyResult, Thread, Vm, attr, compile, import, protocol, sys, text};

use crate::flags::Flags;
use crate::tier::{AnyTier, Extension};

/// Who listens to the JIT's events.
pub type Observer = Box<dyn FnMut(&Event)>;

/// How to set an interpreter up.
#[derive(Default)]
pub struct Options {
    /// The JIT's configuration; `None` for the interpreter alone.
    pub jit: Option<Config>,
    /// `sys.argv`.
    pub argv: Vec<String>,
    /// What the command line says about the Python itself.
    pub flags: Flags,
    /// What to log in events, and who listens.
    pub observer: Option<(Dumps, Observer)>,
    /// Collect cyclic garbage at every poll that follows an allocation.
    pub collect_always: bool,
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

/// Exit status of a program that the interrupt key has ended.
pub const INTERRUPTED: i32 = 130;

/// A Python.
pub struct Interpreter {
    pub(crate) thread: Box<Thread>,
    flags: Flags,
}

impl Interpreter {
    /// An interpreter with its built-in modules and the embedded library.
    pub fn new(options: Options) -> Result<Interpreter, ConfigError> {
        let compiles = options.jit.is_some();
        let mut tier = AnyTier::new(options.jit)?;
        if let Some((dumps, observer)) = options.observer {
            tier.observe(dumps, observer);
        }
        let vm = Vm::with_hash_key(options.flags.hash_seed.key());
        pv_stdlib::install(&vm);
        options.flags.apply(&vm);
        if compiles {
            vm.set_tier();
        }
        vm.install(pv_interp::hooks::<Extension>());
        let thread = Thread::new(Rc::clone(&vm));
        tier.watch(thread.heap());
        thread.extend(Box::new(tier));
        pv_stdlib::install_streams(&thread);
        if options.flags.unbuffered {
            write_at_once(&thread);
        }
        pv_runtime::shutdown::note_builtins(&vm);
        vm.heap.collect_always(options.collect_always);
        let interpreter = Interpreter { thread, flags: options.flags };
        let argv = options.argv.iter().map(|word| text::new(word)).collect();
        interpreter.set_sys("argv", List::create(argv));
        if let Ok(executable) = std::env::current_exe() {
            let executable = text::new(&executable.display().to_string());
            interpreter.set_sys("executable", executable.clone());
            interpreter.set_sys("_base_executable", executable);
        }
        Ok(interpreter)
    }

    /// The JIT's figures so far, if there is one.
    pub fn stats(&self) -> Option<Stats> {
        self.thread.extension::<AnyTier>().and_then(AnyTier::stats)
    }

    /// Runs a program as `__main__` and ends the interpreter; the exit status. An exception that leaves it is reported on standard error.
    pub fn run(&self, program: &Program) -> i32 {
        let status = self.execute(program);
        self.finish(status)
    }

    /// Runs a program as `__main__`, whose variables stay; the exit status.
    pub fn execute(&self, program: &Program) -> i32 {
        self.outcome(self.run_main(program))
    }

    /// Ends the interpreter: exit functions, the program's objects with their finalisers, the standard streams. The exit status, for a
    /// program that ended with `status`.
    pub fn finish(&self, mut status: i32) -> i32 {
        let cx = &*self.thread;
        self.outcome(self.call_exit_functions());
        let flushed = sys::flush_standard(cx);
        if status == 0 {
            status = self.outcome(flushed);
        }
        pv_runtime::shutdown::clear_modules(cx);
        self.outcome(sys::flush_standard(cx));
        pv_runtime::shutdown::clear_core(cx);
        status
    }

    /// Lets go of the machine, after [`Interpreter::finish`], and finds what is alive all the same: nothing, unless a reference was lost.
    pub fn find_leaks(self) -> Vec<Leak> {
        let heap = self.thread.vm().heap;
        drop(self);
        heap.find_leaks()
    }

    /// Calls what the program registered with `atexit`.
    fn call_exit_functions(&self) -> PyResult<()> {
        let cx = &*self.thread;
        match dict::get_str(&cx.vm().modules, &text::intern("atexit")) {
            Some(module) => protocol::call_method0(cx, &module, "_run_exitfuncs").map(drop),
            None => Ok(()),
        }
    }

    /// The exit status of a run.
    fn outcome(&self, result: PyResult<()>) -> i32 {
        match result {
            Ok(()) => 0,
            Err(raised) => {
                let exception = self.thread.take_exception(raised);
                let status = sys::report_uncaught(&self.thread, &exception);
                let interrupted = self.thread.is_exception(&exception, pv_runtime::Exc::KeyboardInterrupt);
                if interrupted { INTERRUPTED } else { status }
            }
        }
    }

    /// Lets the interrupt key (Ctrl-C) raise KeyboardInterrupt in the program. For at most one interpreter of a process.
    pub fn hear_interrupts(&self) {
        self.thread.hear_interrupts();
    }

    fn run_main(&self, program: &Program) -> PyResult<()> {
        match program {
            Program::Text(source) => {
                self.set_path("");
                self.run_source(source, "<string>")
            }
            Program::Input => {
                self.set_path("");
                let bytes = self.read(|bytes| std::io::stdin().read_to_end(bytes))?;
                let source = compile::decode(&self.thread, &bytes, "<stdin>")?;
                self.run_source(&source, "<stdin>")
            }
            Program::File(path) => {
                let name = path.display().to_string();
                let folder = path.parent().map_or_else(String::new, |folder| folder.display().to_string());
                self.set_path(&folder);
                let bytes = self.read(|bytes| std::fs::File::open(path)?.read_to_end(bytes))?;
                let source = compile::decode_file(&self.thread, &bytes, &name)?;
                self.set_main("__file__", text::new(&name));
                self.run_source(&source, &name)
            }
            Program::Module(name) => {
                self.set_path("");
                let runpy = import::import_module(&self.thread, "runpy")?;
                let run = attr::get_str(&self.thread, &runpy, "_run_module_as_main")?;
                protocol::call1(&self.thread, &run, &text::new(name)).map(drop)
            }
        }
    }

    /// Compiles a program and runs it in `__main__`.
    fn run_source(&self, source: &str, name: &str) -> PyResult<()> {
        let cx = &*self.thread;
        let code = compile::compile(cx, source, name, Mode::Exec, cx.vm().compile_options())?;
        let module = import::main_module(cx);
        let globals = module.expect::<Module>().dict();
        compile::run(cx, &code, &globals, None).map(drop)
    }

    fn read(&self, read: impl FnOnce(&mut Vec<u8>) -> std::io::Result<usize>) -> PyResult<Vec<u8>> {
        let mut bytes = Vec::new();
        match read(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(self.thread.raise_message(pv_runtime::Exc::OSError, error)),
        }
    }

    /// Makes `sys.path`: the program's folder, then the folders that `PYTHONPATH` names, as far as the flags let them count.
    fn set_path(&self, folder: &str) {
        let named = match self.flags.ignore_environment {
            true => std::ffi::OsString::new(),
            false => std::env::var_os("PYTHONPATH").unwrap_or_default(),
        };
        let named: Vec<String> = match named.is_empty() {
            true => Vec::new(),
            false => std::env::split_paths(&named).map(|folder| folder.display().to_string()).collect(),
        };
        let folders = (!self.flags.safe_path).then(|| folder.to_owned()).into_iter().chain(named);
        self.set_sys("path", List::create(folders.map(|folder| text::new(&folder)).collect()));
    }

    pub(crate) fn set_sys(&self, name: &str, value: Obj) {
        self.thread.vm().sys.expect::<Dict>().set(name, value);
    }

    fn set_main(&self, name: &str, value: Obj) {
        import::main_module(&self.thread).expect::<Module>().dict().expect::<Dict>().set(name, value);
    }
}

/// Lets the standard streams pass on at once what is written to them.
fn write_at_once(cx: &Thread) {
    for name in ["stdout", "stderr"] {
        let stream = cx.sys_attribute(name);
        let set = stream.and_then(|stream| {
            let reconfigure = attr::get_str(cx, &stream, "reconfigure")?;
            let (values, names) = ([Obj::bool(true)], [text::intern("write_through")]);
            protocol::call(cx, &reconfigure, &pv_runtime::Args::with_names(&values, &names))
        });
        if let Err(raised) = set {
            cx.discard(raised);
        }
    }
}
