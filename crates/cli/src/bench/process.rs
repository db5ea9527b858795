//! One process: one program on one interpreter, watched until its end or its time limit.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use pv_report::FailureKind;
use pv_report::protocol::{Collected, Collector};

/// How often memory and the time limit are looked at while the process prints nothing.
const TICK: Duration = Duration::from_millis(50);
/// How often the end is looked for once the standard output is closed.
const END_TICK: Duration = Duration::from_micros(100);
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
    /// Its memory in bytes over time, about one sample every [`TICK`].
    pub memory: Vec<i64>,
    /// When it started.
    pub start: SystemTime,
    /// How long it ran.
    pub duration: Duration,
}

impl Outcome {
    /// The means of the memory over the third and over the last quarter of the samples.
    pub fn late_memory(&self) -> Option<(i64, i64)> {
        late_means(&self.memory)
    }
}

fn late_means(samples: &[i64]) -> Option<(i64, i64)> {
    let quarter = samples.len() / 4;
    let mean = |samples: &[i64]| samples.iter().sum::<i64>() / samples.len() as i64;
    let late = &samples[samples.len() - 2 * quarter..];
    (quarter > 0).then(|| (mean(&late[..quarter]), mean(&late[quarter..])))
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
            memory: Vec::new(),
            start: SystemTime::now(),
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
    memory: Vec<i64>,
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
            memory: Vec::new(),
        }
    }

    fn finish(mut self) -> Outcome {
        let failure = match self.watch() {
            Ok(Some(status)) if status.success() => None,
            Ok(Some(status)) => Some((FailureKind::Exit, format!("it ended with {status}"))),
            Ok(None) => Some(self.end_late_process()),
            Err(error) => Some((FailureKind::Exit, format!("it cannot be waited for: {error}"))),
        };
        let duration = self.start.elapsed();
        let start = SystemTime::now() - duration;
        // A process that it left behind may hold the pipe open: do not wait for that one.
        let stderr = self.stderr.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
        Outcome {
            collected: self.collector.finish(),
            failure,
            stderr: last_lines(&stderr),
            peak_memory: self.peak_memory,
            memory: self.memory,
            start,
            duration,
        }
    }

    /// Takes lines until the process ends; `None` when the time is over.
    fn watch(&mut self) -> io::Result<Option<ExitStatus>> {
        let mut open = true;
        while self.start.elapsed() < self.limit {
            if open {
                open = self.take_line();
                self.look_at_memory();
            } else {
                thread::sleep(END_TICK);
            }
            if let Some(status) = self.child.try_wait()? {
                self.take_rest(open);
                return Ok(Some(status));
            }
        }
        Ok(None)
    }

    /// Waits for a line; `false` when there will be none any more.
    fn take_line(&mut self) -> bool {
        match self.lines.recv_timeout(TICK) {
            Ok(line) => self.collector.line(&line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        true
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
        self.lines.try_iter().for_each(|line| self.collector.line(&line));
        let ended = self.child.kill().and_then(|()| self.child.wait());
        let cause = match ended {
            Ok(_) => format!("it was still running after {limit} s and was ended"),
            Err(error) => format!("it was still running after {limit} s and cannot be ended: {error}"),
        };
        (FailureKind::Timeout, cause)
    }

    fn look_at_memory(&mut self) {
        if let Some((now, peak)) = memory(self.child.id()) {
            // A process that prints many lines is looked at more often than it is sampled.
            if self.start.elapsed() >= TICK * self.memory.len() as u32 {
                self.memory.push(now);
            }
            self.peak_memory = Some(peak).max(self.peak_memory);
        }
    }
}

/// A live process's resident memory and the peak of it, in bytes; Linux only.
fn memory(process: u32) -> Option<(i64, i64)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let bytes = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<i64>().ok()? * 1024)
    };
    Some((bytes("VmRSS:")?, bytes("VmHWM:")?))
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

#[cfg(test)]
mod tests;
