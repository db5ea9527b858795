//! The pipeline from a trace to executable code.

use cranelift_codegen::Context as ClifContext;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{AbiParam, Function, Signature, UserFuncName, types};
use cranelift_codegen::isa::{self, CallConv, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::FunctionBuilderContext;
use pv_ir::{Dominators, SnapRef, Terminator, Trace, TraceId, ValueRef};
use target_lexicon::Triple;

use crate::arena::{Arena, CodeBlock};
use crate::compiled::{CompiledTrace, ExitInfo, TraceData};
use crate::env::Env;
use crate::error::CodegenError;
use crate::gdb::Registration;
use crate::perf;
use crate::trampoline::{self, Trampoline};
use crate::translate;

/// How hard Cranelift tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OptLevel {
    /// 1.3 µs per CLIF instruction; right for what our optimiser has been over.
    None,
    /// 2 to 4 µs per CLIF instruction, for little.
    Speed,
}

/// Choices of a compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How hard Cranelift tries.
    pub opt_level: OptLevel,
    /// Run our verifier and Cranelift's; by default in debug builds.
    pub verify: bool,
    /// Keep the CLIF text of every trace for dumps.
    pub keep_clif: bool,
    /// Name code for `perf`.
    pub perf_map: bool,
    /// Name code for gdb.
    pub gdb: bool,
    /// Traces with more instructions are refused.
    pub max_insts: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            opt_level: OptLevel::Speed,
            verify: cfg!(debug_assertions),
            keep_clif: false,
            perf_map: false,
            gdb: false,
            max_insts: 20_000,
        }
    }
}

/// A code generator with its code memory. Everything it made must be gone before it.
pub struct Compiler {
    config: Config,
    isa: OwnedTargetIsa,
    clif: ClifContext,
    frontend: FunctionBuilderContext,
    arena: Arena,
    trampoline: Trampoline,
    stub: CodeBlock,
    quiet: Quiet,
    next_exit: u32,
    /// Keep gdb informed of trampoline and stub.
    _gdb: Vec<Registration>,
}

impl Compiler {
    /// A compiler for this host.
    pub fn new(config: Config) -> Result<Self, CodegenError> {
        let isa = host_isa(&config)?;
        let mut clif = ClifContext::new();
        let mut frontend = FunctionBuilderContext::new();
        let mut arena = Arena::new();
        let enter = trampoline::enter_function(&isa, &mut frontend);
        let enter = arena.place(&emit(&mut clif, enter, &isa)?)?;
        let stub = trampoline::stub_function(&isa, &mut frontend);
        let stub = arena.place(&emit(&mut clif, stub, &isa)?)?;
        let mut quiet = |argument| {
            let function = trampoline::quiet_function(&isa, &mut frontend, argument);
            Ok::<_, CodegenError>(arena.place(&emit(&mut clif, function, &isa)?)?.addr())
        };
        let quiet = Quiet { float: quiet(types::F64)?, int: quiet(types::I64)? };
        // SAFETY: the block holds the function made for exactly this purpose and is never freed before the arena.
        let trampoline = unsafe { Trampoline::new(enter.addr()) };
        let named = [("pv_enter", &enter), ("pv_stub", &stub)].into_iter().filter(|_| config.gdb);
        let gdb = named.map(|(name, block)| Registration::new(name, block.addr(), block.bytes().len())).collect();
        Ok(Compiler { config, isa, clif, frontend, arena, trampoline, stub, quiet, next_exit: 1, _gdb: gdb })
    }

    /// The way into compiled code.
    pub fn trampoline(&self) -> Trampoline {
        self.trampoline
    }

    /// The code memory, for accounting.
    pub fn arena(&self) -> &Arena {
        &self.arena
    }

    /// Compiles a trace. Its exits get the next free numbers, from 1 on.
    pub fn compile(&mut self, trace: &Trace, env: &Env<'_>) -> Result<CompiledTrace, CodegenError> {
        if trace.len() > self.config.max_insts {
            return Err(CodegenError::Limit(format!("{} instructions", trace.len())));
        }
        if self.config.verify {
            pv_ir::verify(trace).map_err(|fault| CodegenError::Malformed(fault.to_string()))?;
        }
        let dominators = Dominators::new(trace);
        let exits = exits(trace, &dominators, self.next_exit);
        let data = TraceData::new(trace, &exits, self.stub.addr());
        let mut function = self.function(trace.id);
        translate::translate(
            &mut function,
            &mut self.frontend,
            &*self.isa,
            translate::Input { trace, env, dominators: &dominators, exits: &exits, data: &data, quiet: self.quiet },
        )?;
        let clif = self.config.keep_clif.then(|| function.display().to_string());
        let bytes = emit(&mut self.clif, function, &self.isa)?;
        let lines = self.lines();
        let code = self.arena.place(&bytes)?;
        if self.config.perf_map {
            perf::register(code.addr(), bytes.len(), &format!("pv {} {}", trace.id, trace.name))?;
        }
        self.next_exit += exits.len() as u32;
        let gdb = self.config.gdb.then(|| Registration::new(&format!("pv_{}", trace.id), code.addr(), bytes.len()));
        let (id, stub) = (trace.id, self.stub.addr());
        Ok(CompiledTrace { id, code, data, exits, stub, clif, lines, _gdb: gdb })
    }

    /// Which trace instruction the code last emitted belongs to, by offset; `None` where it is nobody's (ends and exits).
    fn lines(&self) -> Vec<(u32, Option<ValueRef>)> {
        let Some(compiled) = self.clif.compiled_code() else { return Vec::new() };
        let locations = compiled.buffer.get_srclocs_sorted().iter();
        locations.map(|at| (at.start, (!at.loc.is_default()).then(|| ValueRef(at.loc.bits())))).collect()
    }

    /// Frees a trace's code.
    ///
    /// # Safety
    /// No thread runs the trace, and no exit of another is attached to it.
    pub unsafe fn release(&mut self, trace: CompiledTrace) {
        // SAFETY: the caller vouches for the code being out of use; it came from this compiler's arena.
        unsafe { self.arena.free(trace.code) }
    }

    fn function(&self, id: TraceId) -> Function {
        Function::with_name_signature(UserFuncName::user(0, id.0), trace_signature())
    }
}

/// Addresses of the functions that call a helper of one argument and leave every register alone.
#[derive(Clone, Copy)]
pub(crate) struct Quiet {
    /// With a double.
    pub(crate) float: usize,
    /// With a word.
    pub(crate) int: usize,
}

/// The signature of every trace, and of the stub: the addresses of the state and of the record of the exit through which it is
/// entered (of interest to the stub only), in the convention of tail calls.
pub(crate) fn trace_signature() -> Signature {
    let mut signature = Signature::new(CallConv::Tail);
    signature.params.extend([AbiParam::new(types::I64); 2]);
    signature
}

/// The exits of the reachable part of a trace, numbered from `first`.
fn exits(trace: &Trace, dominators: &Dominators, first: u32) -> Vec<ExitInfo> {
    let mut exits: Vec<ExitInfo> = Vec::new();
    let mut add = |snapshot: SnapRef, link: Option<TraceId>| {
        if !exits.iter().any(|exit| exit.snapshot == snapshot && exit.link == link) {
            let kind = trace.snapshot(snapshot).kind;
            exits.push(ExitInfo { id: first + exits.len() as u32, snapshot, kind, link });
        }
    };
    for &block in dominators.order() {
        let block = trace.block(block);
        let guards = block.insts.iter().filter_map(|value| trace.inst(*value)).filter(|inst| inst.op.is_guard());
        guards.filter_map(|inst| inst.snapshot).for_each(|snapshot| add(snapshot, None));
        match block.terminator {
            Some(Terminator::Exit(snapshot)) => add(snapshot, None),
            Some(Terminator::Link { trace, snapshot }) => add(snapshot, Some(trace)),
            _ => {}
        }
    }
    exits
}

/// Compiles a function to bytes that need no relocation.
fn emit(clif: &mut ClifContext, function: Function, isa: &OwnedTargetIsa) -> Result<Vec<u8>, CodegenError> {
    clif.clear();
    clif.func = function;
    let compiled = clif
        .compile(&**isa, &mut ControlPlane::default())
        .map_err(|error| CodegenError::Backend(format!("{:?}", error.inner)))?;
    if compiled.buffer.relocs().is_empty() {
        Ok(compiled.code_buffer().to_vec())
    } else {
        Err(CodegenError::Unsupported("this processor lacks instructions that compiled code needs".to_string()))
    }
}

fn host_isa(config: &Config) -> Result<OwnedTargetIsa, CodegenError> {
    let unsupported = |error: &dyn std::fmt::Display| CodegenError::Unsupported(error.to_string());
    let mut flags = settings::builder();
    let level = match config.opt_level {
        OptLevel::None => "none",
        OptLevel::Speed => "speed",
    };
    let verifier = if config.verify { "true" } else { "false" };
    let choices = [
        ("opt_level", level),
        ("enable_verifier", verifier),
        ("preserve_frame_pointers", "true"),
        ("unwind_info", "false"),
        ("is_pic", "false"),
    ];
    for (name, value) in choices {
        flags.set(name, value).map_err(|error| unsupported(&error))?;
    }
    let mut builder = isa::lookup(Triple::host()).map_err(|error| unsupported(&error))?;
    for feature in host_features() {
        builder.enable(feature).map_err(|error| unsupported(&error))?;
    }
    builder.finish(settings::Flags::new(flags)).map_err(|error| unsupported(&error))
}

/// Cranelift's names for what this processor can do beyond the baseline.
#[cfg(target_arch = "x86_64")]
fn host_features() -> Vec<&'static str> {
    let found = [
        (is_x86_feature_detected!("sse3"), "has_sse3"),
        (is_x86_feature_detected!("ssse3"), "has_ssse3"),
        (is_x86_feature_detected!("sse4.1"), "has_sse41"),
        (is_x86_feature_detected!("sse4.2"), "has_sse42"),
        (is_x86_feature_detected!("avx"), "has_avx"),
        (is_x86_feature_detected!("avx2"), "has_avx2"),
        (is_x86_feature_detected!("bmi1"), "has_bmi1"),
        (is_x86_feature_detected!("bmi2"), "has_bmi2"),
        (is_x86_feature_detected!("lzcnt"), "has_lzcnt"),
        (is_x86_feature_detected!("popcnt"), "has_popcnt"),
    ];
    found.into_iter().filter(|(present, _)| *present).map(|(_, name)| name).collect()
}

/// Other processors are used at their baseline.
#[cfg(not(target_arch = "x86_64"))]
fn host_features() -> Vec<&'static str> {
    Vec::new()
}
