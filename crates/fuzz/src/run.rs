//! Running a program one way: a command, its output, how it ended.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// One way of running Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// What reports call it.
    pub name: String,
    /// The command; the program's file follows.
    pub command: Vec<String>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With this exit status.
    Status(i32),
    /// By a signal, or with the status that Rust gives to a panic.
    Crash(String),
    /// It was still running when its time was over.
    Late,
}

/// What a run showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Standard output.
    pub printed: String,
    /// How it ended.
    pub ending: Ending,
    /// The end of standard error; not compared.
    pub complaint: String,
}

impl Outcome {
    /// Did the program do the same? What went to standard error does not count.
    pub fn agrees(&self, other: &Outcome) -> bool {
        self.printed == other.printed && self.ending == other.ending
    }
}

/// Exit status of a Rust program that panicked.
const PANIC: i32 = 101;

/// Runs `program` for at most `limit`.
pub fn run(way: &Way, program: &Path, limit: Duration) -> std::io::Result<Outcome> {
    let mut command = Command::new(&way.command[0]);
    command.args(&way.command[1..]).arg(program);
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONHASHSEED", "0").env("RUST_BACKTRACE", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let output = child.stdout.take().map(|stream| thread::spawn(move || text_of(stream)));
    let errors = child.stderr.take().map(|stream| thread::spawn(move || text_of(stream)));
    let ending = wait(&mut child, limit)?;
    let text =
        |reader: Option<thread::JoinHandle<String>>| reader.and_then(|reader| reader.join().ok()).unwrap_or_default();
    let (printed, errors) = (text(output), text(errors));
    let lines: Vec<&str> = errors.lines().collect();
    let complaint = lines[lines.len().saturating_sub(6)..].join("\n");
    Ok(Outcome { printed, ending, complaint })
}

fn text_of(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    // What a process that was ended has written so far is all there is; an error only ends it earlier.
    drop(stream.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Ending> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(ending(status));
        }
        if began.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(Ending::Late);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

fn ending(status: ExitStatus) -> Ending {
    match status.code() {
        Some(PANIC) | None => Ending::Crash(status.to_string()),
        Some(code) => Ending::Status(code),
    }
}
