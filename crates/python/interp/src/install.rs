//! Giving the runtime its way back into Python code: the hooks, over any tier.

use pv_machine::Tier;
use pv_object::Obj;
use pv_runtime::vm::{Hooks, Resume, Resumed};
use pv_runtime::{Args, PyResult, Thread};

use crate::driver;
use crate::language::PythonLanguage;

/// Where the hooks, which are plain functions, find the tier of their thread.
pub trait TierSource: 'static {
    /// The tier.
    type Tier: Tier<PythonLanguage>;
    /// The tier of a thread.
    fn tier(cx: &Thread) -> &Self::Tier;
}

fn call_function<S: TierSource>(cx: &Thread, function: &Obj, args: &Args<'_>) -> PyResult {
    driver::call_function(cx, S::tier(cx), function, args)
}

fn resume_generator<S: TierSource>(cx: &Thread, generator: &Obj, with: Resume) -> PyResult<Resumed> {
    driver::resume_generator(cx, S::tier(cx), generator, with)
}

fn run_function<S: TierSource>(cx: &Thread, function: &Obj, namespace: Option<&Obj>) -> PyResult {
    driver::run_in_namespace(cx, S::tier(cx), function, namespace)
}

/// The hooks for threads whose tier `S` knows.
pub fn hooks<S: TierSource>() -> Hooks {
    Hooks {
        call_function: call_function::<S>,
        resume_generator: resume_generator::<S>,
        run_function: run_function::<S>,
        frame: crate::inspect::frame,
        frame_behind: crate::inspect::frame_behind,
        frame_at: crate::inspect::frame_at,
        frame_pc: crate::inspect::frame_pc,
        frame_register: crate::inspect::register,
        set_frame_register: crate::inspect::set_register,
        generator_base: crate::inspect::generator_base,
        namespaces: crate::inspect::namespaces,
        super_arguments: crate::inspect::super_arguments,
    }
}
