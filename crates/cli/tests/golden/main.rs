//! Golden traces: what the optimiser makes of the programs in `traces/` is what the file beside each program says.
//!
//! `NAME.py` (or `NAME.bf`) has its expected trace in `NAME.trace`, in the language of [`pattern`]. Its remarks may be
//!
//! ```text
//! # trace: loop run 2             which trace: `loop`, `entry` or `bridge`; the function it starts in; which of several (1)
//! # part: loop                    `loop`, the block that jumps to itself (what a loop has by default), `tree`, that to which others jump
//!                                 back and all that follow it, or `all`
//! # jit: hot-loop=20 hot-exit=5   settings, besides the defaults
//! ```
//!
//! With `PITVIPER_BLESS` set, an expected file that does not match is written anew, its remarks and `!` lines kept.

mod pattern;

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use pattern::{Pattern, is_head, normalised};
use pitviper::{Config, Dumps, Jit};
use pv_brainfuck::Brainfuck;
use pv_events::{Compiled, Event, Reader, Start};

/// What a new expected file begins with.
const NEW: &str = "# trace: loop run\n# jit: hot-loop=20\n";

/// What the remarks of an expected file ask for.
struct Request {
    kind: String,
    function: String,
    number: usize,
    part: String,
    settings: Vec<String>,
}

impl Request {
    fn parse(text: &str) -> Result<Request, String> {
        let find = |key: &str| text.lines().find_map(|line| line.strip_prefix(&format!("# {key}: ")));
        let trace: Vec<&str> = find("trace").ok_or("there is no line `# trace: KIND FUNCTION`")?.split(' ').collect();
        let (kind, function, number) = match trace[..] {
            [kind, function] => (kind, function, 1),
            [kind, function, number] => (kind, function, number.parse().map_err(|_| "`# trace:` ends in no number")?),
            _ => return Err("expected `# trace: KIND FUNCTION [NUMBER]`".to_owned()),
        };
        let part = find("part").unwrap_or(if kind == "loop" { "loop" } else { "all" });
        if !["loop", "entry", "bridge"].contains(&kind) || !["loop", "tree", "all"].contains(&part) || number == 0 {
            return Err(format!("there is no trace `{}` with a part `{part}`", trace.join(" ")));
        }
        Ok(Request {
            kind: kind.to_owned(),
            function: function.to_owned(),
            number,
            part: part.to_owned(),
            settings: find("jit").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        })
    }

    /// The text of the trace asked for, as it was compiled.
    fn choose(&self, events: &[Event]) -> Result<String, String> {
        let made: Vec<(&str, &Compiled)> = events.iter().filter_map(compiled).collect();
        let wanted = |(kind, trace): &&(&str, &Compiled)| {
            *kind == self.kind && trace.attempt.start.at().function == self.function
        };
        let found = made.iter().filter(wanted).nth(self.number - 1).and_then(|(_, trace)| trace.stages.last());
        found.map(|stage| stage.text.clone()).ok_or_else(|| {
            let name = |(kind, trace): &(&str, &Compiled)| format!("{kind} {}", trace.attempt.start.at().function);
            let made: Vec<String> = made.iter().map(name).collect();
            format!("the trace {} {} {} was not made; these were: {made:?}", self.kind, self.function, self.number)
        })
    }

    /// The lines of the trace that the pattern is about.
    fn part<'t>(&self, text: &'t str) -> Result<Vec<&'t str>, String> {
        let lines = text.lines().skip_while(|line| !is_head(line)).map(str::trim);
        let lines: Vec<&str> = lines.take_while(|line| !is_table(line)).filter(|line| !line.is_empty()).collect();
        if self.part == "all" {
            return Ok(lines);
        }
        if self.part == "tree" {
            let back = lines.last().and_then(|last| last.strip_prefix("jump ")).unwrap_or_default();
            let label = back.split('(').next().unwrap_or_default();
            let head = lines.iter().position(|line| is_head(line) && line.split(['(', ':']).next() == Some(label));
            return head.map(|head| lines[head..].to_vec()).ok_or_else(|| format!("the end jumps nowhere:\n{text}"));
        }
        let blocks = lines.chunk_by(|_, next| !is_head(next));
        let mut loops = blocks.filter(|block| {
            let label = block[0].split(['(', ':']).next().unwrap_or_default();
            block.last().is_some_and(|last| last.starts_with(&format!("jump {label}(")))
        });
        loops.next_back().map(<[_]>::to_vec).ok_or_else(|| format!("no block jumps to itself:\n{text}"))
    }
}

/// Is this a snapshot or a virtual object? They follow the blocks.
fn is_table(line: &str) -> bool {
    matches!(line.split_once(" = "), Some((name, _)) if name.starts_with(['s', 'o']) && !name.contains(':'))
}

/// The trace that an event is about, with its kind.
fn compiled(event: &Event) -> Option<(&'static str, &Compiled)> {
    let (Event::TraceCompiled(trace) | Event::BridgeCompiled(trace)) = event else { return None };
    let kind = match trace.attempt.start {
        Start::Header { .. } => "loop",
        Start::Entry { .. } => "entry",
        Start::Bridge { .. } => "bridge",
    };
    Some((kind, trace))
}

/// What the JIT did while the program ran.
fn events(program: &Path, settings: &[String]) -> Result<Vec<Event>, String> {
    if program.extension().is_some_and(|extension| extension == "bf") {
        return brainfuck(program, settings);
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_pitviper"));
    command.args(["trace", "--json"]).args(settings.iter().map(|setting| format!("--jit={setting}"))).arg(program);
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    let log = Reader::new(output.stderr.as_slice()).map_err(|error| error.to_string())?;
    log.collect::<Result<_, _>>().map_err(|error| error.to_string())
}

fn brainfuck(program: &Path, settings: &[String]) -> Result<Vec<Event>, String> {
    let source = fs::read_to_string(program).map_err(|error| error.to_string())?;
    let program = pv_brainfuck::Program::parse(&source).map_err(|error| error.to_string())?;
    let mut config = Config::default();
    for setting in settings {
        config.set(setting).map_err(|error| error.to_string())?;
    }
    let mut jit = Jit::<Brainfuck>::new(config).map_err(|error| error.to_string())?;
    let events = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&events);
    jit.observe(Dumps::ALL, move |event| sink.borrow_mut().push(event.clone()));
    let cx = pv_brainfuck::context(program, 100, std::io::empty(), std::io::sink());
    pv_brainfuck::run(&cx, &jit).map_err(|error| error.to_string())?;
    Ok(events.take())
}

/// Checks one program against its expected file, or writes that.
fn check(program: &Path, bless: bool) -> Result<(), String> {
    let file = program.with_extension("trace");
    if !file.exists() && !bless {
        return Err("the expected file is missing; PITVIPER_BLESS=1 writes it".to_owned());
    }
    let expected = if file.exists() { fs::read_to_string(&file) } else { Ok(NEW.to_owned()) };
    let expected = expected.map_err(|error| error.to_string())?;
    let request = Request::parse(&expected)?;
    let pattern = Pattern::parse(&expected)?;
    let trace = request.choose(&events(program, &request.settings)?)?;
    let part = request.part(&trace)?;
    pattern.check_never(&part)?;
    match pattern.check(&part) {
        Err(_) if bless => {
            let kept = |line: &&str| line.starts_with(['#', '!']);
            let kept: String = expected.lines().filter(kept).map(|line| format!("{line}\n")).collect();
            fs::write(&file, kept + &normalised(&part)).map_err(|error| error.to_string())
        }
        outcome => outcome,
    }
}

/// The files in `traces/` that end in one of these, sorted.
fn files(extensions: &[&str]) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    let entries = fs::read_dir(folder).expect("the directory of golden traces");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted)));
    files.sort();
    files
}

#[test]
fn traces_are_as_expected() {
    let bless = std::env::var_os("PITVIPER_BLESS").is_some();
    let programs = files(&["py", "bf"]);
    assert!(!programs.is_empty(), "there are no golden traces");
    let failures: Vec<String> = programs
        .iter()
        .filter_map(|program| check(program, bless).err().map(|error| (program, error)))
        .map(|(program, error)| format!("== {}\n{error}", program.file_name().unwrap_or_default().display()))
        .collect();
    assert!(failures.is_empty(), "{} golden traces differ\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_expected_file_has_its_program() {
    let lone = |file: &PathBuf| !["py", "bf"].iter().any(|extension| file.with_extension(extension).exists());
    let lone: Vec<PathBuf> = files(&["trace"]).into_iter().filter(lone).collect();
    assert_eq!(lone, Vec::<PathBuf>::new());
}
