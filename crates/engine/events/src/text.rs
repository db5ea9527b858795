//! The text form of `pitviper trace`: one line per event first, details on request.
//!
//! ```text
//! line    = "trace" tN WHAT [detail]
//! WHAT    = "starts at" place | "compiled:" … | "bridge of" tN "exit" N … | "aborted at" place ":" sentence "[" code "]" | …
//! place   = FILE ":" LINE "(" FUNCTION ")"
//! ```
//! Details are indented by two spaces under a title line that ends in a colon.

use std::fmt::Write;

use crate::schema::{Compiled, Event, ExitInfo, Position, Start, Stats};

/// What to show below an event's line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// Bytecodes with source lines.
    pub steps: bool,
    /// IR at every stage.
    pub ir: bool,
    /// Cranelift's input.
    pub clif: bool,
    /// Machine code.
    pub assembly: bool,
    /// Exits.
    pub exits: bool,
}

impl Detail {
    /// Everything.
    pub const ALL: Detail = Detail { steps: true, ir: true, clif: true, assembly: true, exits: true };
}

/// Renders one event; ends with a newline.
pub fn render(event: &Event, detail: Detail) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_event(&mut out, event, detail);
    out
}

fn write_event(out: &mut String, event: &Event, detail: Detail) -> std::fmt::Result {
    match event {
        Event::TraceStarted(attempt) => {
            writeln!(out, "trace t{} starts at {}", attempt.trace, start(&attempt.start))
        }
        Event::TraceCompiled(compiled) | Event::BridgeCompiled(compiled) => write_compiled(out, compiled, detail),
        Event::TraceAborted { attempt, reason, sentence, at, detail } => {
            writeln!(out, "trace t{} aborted at {}: {sentence} [{reason}]", attempt.trace, place(at))?;
            block(out, "detail", detail)
        }
        Event::ExitHot { trace, exit, taken } => {
            writeln!(out, "trace t{trace} exit {exit} is hot: taken {taken} times")
        }
        Event::Blacklisted { at, expires } => writeln!(out, "blacklisted {} for {expires} passes", place(at)),
        Event::Invalidated { trace, what } => {
            writeln!(out, "trace t{trace} invalidated: what it assumed has changed ({what})")
        }
        Event::Left { entered, trace, exit, pc, depth, slots } => {
            let exit = exit.map_or_else(|| "before it began".to_owned(), |exit| format!("by exit {exit}"));
            let slots = slots.join(", ");
            writeln!(out, "trace t{entered} left {exit} of t{trace} to pc {pc}, depth {depth}: {slots}")
        }
        Event::Stats(stats) => write_stats(out, stats),
    }
}

fn place(at: &Position) -> String {
    format!("{}:{} ({})", at.file, at.line, at.function)
}

fn start(start: &Start) -> String {
    match start {
        Start::Header { at } => format!("{}, a loop", place(at)),
        Start::Entry { at } => format!("{}, a function", place(at)),
        Start::Bridge { at, trace, exit } => format!("{}, exit {exit} of t{trace}", place(at)),
    }
}

fn write_compiled(out: &mut String, compiled: &Compiled, detail: Detail) -> std::fmt::Result {
    writeln!(
        out,
        "trace t{} compiled: {}; ends in {}; {} bytecodes, {} ops recorded, {} compiled, {} exits, {} bytes",
        compiled.attempt.trace,
        start(&compiled.attempt.start),
        compiled.end,
        compiled.steps.len(),
        compiled.ops_recorded,
        compiled.ops_compiled,
        compiled.exits.len(),
        compiled.code_bytes
    )?;
    if detail.steps {
        writeln!(out, "  bytecodes:")?;
        for step in &compiled.steps {
            let indent = 2 * step.depth.max(0) as usize;
            writeln!(out, "    {:indent$}{}:{} {}", "", step.function, step.line, step.bytecode)?;
        }
    }
    if detail.ir {
        for stage in &compiled.stages {
            block(out, &stage.name, &stage.text)?;
        }
        for pass in compiled.passes.iter().filter(|pass| pass.changes > 0) {
            writeln!(out, "  pass {}: {} changes", pass.name, pass.changes)?;
        }
    }
    if detail.exits {
        writeln!(out, "  exits:")?;
        compiled.exits.iter().try_for_each(|exit| write_exit(out, exit))?;
    }
    if detail.clif {
        block(out, "clif", &compiled.clif)?;
    }
    if detail.assembly {
        block(out, "machine code", &compiled.assembly)?;
    }
    Ok(())
}

fn write_exit(out: &mut String, exit: &ExitInfo) -> std::fmt::Result {
    writeln!(out, "    {}: {} {} {}", exit.exit, exit.kind, place(&exit.at), exit.at.bytecode)
}

fn block(out: &mut String, title: &str, text: &str) -> std::fmt::Result {
    if text.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {title}:")?;
    text.lines().try_for_each(|line| writeln!(out, "    {line}"))
}

fn write_stats(out: &mut String, stats: &Stats) -> std::fmt::Result {
    writeln!(
        out,
        "{} recordings, {} aborted, {} traces and {} bridges compiled, {} invalidated, {} blacklisted",
        stats.recordings, stats.aborts, stats.traces, stats.bridges, stats.invalidated, stats.blacklisted
    )?;
    writeln!(
        out,
        "{} ops recorded, {} compiled; {} bytes of code, {} bytes beside it",
        stats.ops_recorded, stats.ops_compiled, stats.code_bytes, stats.metadata_bytes
    )?;
    for trace in &stats.per_trace {
        writeln!(out, "trace t{}: {} entries, {} bytes", trace.trace, trace.entries, trace.code_bytes)?;
        for (exit, taken) in trace.exits.iter().enumerate().filter(|&(_, &taken)| taken > 0) {
            writeln!(out, "  exit {exit}: taken {taken} times")?;
        }
    }
    Ok(())
}
