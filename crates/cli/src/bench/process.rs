//! One process: one program on one interpreter, watched until its end or its time limit.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use pv_report::FailureKind;
use pv_report::protocol::{Collected, Collector};

/// How often the peak memory and the time limit are looked at while the process prints nothing.
const TICK: Duration = Duration::from_millis(50);
/// How much of the standard error is kept.
const STDERR_BYTES: usize = 64 * 1024;
/// How many of its last lines are shown.
const STDERR_LINES: usize = 12;

/// What became of a process.
#[derive(Debug)]
pub struct Outcome {
    /// What it printed.
    pub collected: Collected,
    /// The kind and the cause of its failure.
    pub failure: Option<(FailureKind, String)>,
    /// The last lines of its standard error.
    pub stderr: String,
    /// Its peak memory in bytes, where the system tells.
    pub peak_memory: Option<i64>,
    /// How long it ran.
    pub duration: Duration,
}

/// Runs `command` for at most `limit`.
pub fn run(command: &mut Command, limit: Duration) -> Outcome {
    let start = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    match command.spawn() {
        Ok(child) => Watch::new(child, start, limit).finish(),
        Err(error) => Outcome {
            collected: Collected::default(),
            failure: Some((FailureKind::Start, format!("it cannot be started: {error}"))),
            stderr: String::new(),
            peak_memory: None,
            duration: start.elapsed(),
        },
    }
}

struct Watch {
    child: Child,
    start: Instant,
    limit: Duration,
    lines: Receiver<String>,
    stderr: Receiver<String>,
    collector: Collector,
    peak_memory: Option<i64>,
}

impl Watch {
    fn new(mut child: Child, start: Instant, limit: Duration) -> Self {
        let lines = child.stdout.take().map(read_lines);
        let stderr = child.stderr.take().map(read_tail);
        let nothing = || mpsc::channel().1;
        Self {
            child,
            start,
            limit,
            lines: lines.unwrap_or_else(nothing),
            stderr: stderr.unwrap_or_else(nothing),
            collector: Collector::default(),
            peak_memory: None,
        }
    }

    fn finish(mut self) -> Outcome {
        let failure = match self.watch() {
            Ok(Some(status)) if status.success() => None,
            Ok(Some(status)) => Some((FailureKind::Exit, format!("it ended with {status}"))),
            Ok(None) => Some(self.end_late_process()),
            Err(error) => Some((FailureKind::Exit, format!("it cannot be waited for: {error}"))),
        };
        // A process that it left behind may hold the pipe open: do not wait for that one.
        let stderr = self.stderr.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
        Outcome {
            collected: self.collector.finish(),
            failure,
            stderr: last_lines(&stderr),
            peak_memory: self.peak_memory,
            duration: self.start.elapsed(),
        }
    }

    /// Takes lines until the process ends; `None` when the time is over.
    fn watch(&mut self) -> io::Result<Option<ExitStatus>> {
        let mut open = true;
        while self.start.elapsed() < self.limit {
            if open {
                match self.lines.recv_timeout(TICK) {
                    Ok(line) => self.collector.line(&line),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => open = false,
                }
            } else {
                thread::sleep(Duration::from_millis(1));
            }
            self.look_at_memory();
            if let Some(status) = self.child.try_wait()? {
                self.take_rest(open);
                return Ok(Some(status));
            }
        }
        Ok(None)
    }

    /// The lines that were on their way when the process ended.
    fn take_rest(&mut self, open: bool) {
        if !open {
            return;
        }
        // The pipe closes when the reader has sent all, unless a process that was left behind holds it.
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(1)) {
            self.collector.line(&line);
        }
    }

    fn end_late_process(&mut self) -> (FailureKind, String) {
        let limit = self.limit.as_secs_f64();
        let ended = self.child.kill().and_then(|()| self.child.wait());
        let cause = match ended {
            Ok(_) => format!("it was still running after {limit} s and was ended"),
            Err(error) => format!("it was still running after {limit} s and cannot be ended: {error}"),
        };
        (FailureKind::Timeout, cause)
    }

    fn look_at_memory(&mut self) {
        self.peak_memory = peak_memory(self.child.id()).max(self.peak_memory);
    }
}

/// The peak of a live process's resident memory in bytes; Linux only.
fn peak_memory(process: u32) -> Option<i64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: i64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn read_lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        // A read error ends the output, as the end of the file does; the exit status tells the rest.
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line);
            if sender.send(text.trim_end_matches(['\n', '\r']).to_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
    receiver
}

/// Reads to the end, keeps the tail and sends it.
fn read_tail(mut stderr: ChildStderr) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut kept = Vec::new();
        let mut chunk = [0; 4096];
        while let Ok(length @ 1..) = stderr.read(&mut chunk) {
            kept.extend_from_slice(&chunk[..length]);
            if kept.len() > 2 * STDERR_BYTES {
                kept.drain(..kept.len() - STDERR_BYTES);
            }
        }
        // The receiver gives up a second after the process has ended.
        drop(sender.send(String::from_utf8_lossy(&kept).into_owned()));
    });
    receiver
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(STDERR_LINES)..].join("\n")
}
