//! Which interpreters are measured.
//!
//! Our own executable without and with its JIT; `python3`, `python3.14` and `pypy3` where the PATH has
//! them; the reference CPython that the environment variable PITVIPER_REFERENCE names, as `python3.14`
//! unless the PATH has one; and whatever the user adds, in the place of one of the same name.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{BenchArgs, chaos};
use crate::args::JitOption;

/// The names looked for on the PATH.
const ON_PATH: [&str; 3] = ["python3", "python3.14", "pypy3"];
/// Our interpreter alone.
const OFF: &str = "jit-off";
/// The environment variable that names the reference interpreter.
const REFERENCE: &str = "PITVIPER_REFERENCE";

/// Something that runs Python programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    /// Its name in reports.
    pub name: String,
    /// The executable.
    pub executable: OsString,
    /// The arguments that stand before the program.
    pub arguments: Vec<OsString>,
}

impl Interpreter {
    fn new(name: &str, executable: impl Into<OsString>, arguments: &[String]) -> Self {
        Self {
            name: name.to_owned(),
            executable: executable.into(),
            arguments: arguments.iter().map(OsString::from).collect(),
        }
    }

    /// The whole command, for people.
    pub fn command(&self) -> String {
        let words = std::iter::once(&self.executable).chain(&self.arguments);
        words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    /// What it says of its version, if it says anything.
    pub fn version(&self) -> Option<String> {
        let mut command = Command::new(&self.executable);
        let output = command.args(&self.arguments).arg("--version").stdin(Stdio::null()).output();
        output.ok().as_ref().and_then(first_line)
    }
}

/// The first line of the output of a command that succeeded.
fn first_line(output: &std::process::Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

/// The interpreters that `args` ask for, the baseline first, each name once.
pub fn find(args: &BenchArgs) -> Result<Vec<Interpreter>, String> {
    let mut found = if args.chaos { chaotic()? } else { candidates(args)? };
    for wanted in &args.interpreters {
        expect_among(&found, wanted)?;
    }
    if !args.interpreters.is_empty() {
        found.retain(|interpreter| args.interpreters.contains(&interpreter.name));
    }
    if let Some(baseline) = &args.baseline {
        expect_among(&found, baseline)?;
    }
    let baseline = args.baseline.as_deref().unwrap_or(if args.chaos { OFF } else { "python3" });
    found.sort_by_key(|interpreter| interpreter.name != baseline);
    Ok(found)
}

fn expect_among(found: &[Interpreter], wanted: &str) -> Result<(), String> {
    let names: Vec<&str> = found.iter().map(|interpreter| interpreter.name.as_str()).collect();
    if names.contains(&wanted) {
        Ok(())
    } else {
        Err(format!("no interpreter `{wanted}`; there are {}", names.join(", ")))
    }
}

fn candidates(args: &BenchArgs) -> Result<Vec<Interpreter>, String> {
    let mut found: Vec<Interpreter> =
        ON_PATH.iter().filter_map(|name| Some(Interpreter::new(name, behind_shims(on_path(name)?), &[]))).collect();
    if let Some(reference) = env::var_os(REFERENCE)
        && !found.iter().any(|interpreter| interpreter.name == "python3.14")
    {
        found.push(Interpreter::new("python3.14", reference, &[]));
    }
    found.extend(own(&args.jit)?);
    let added = args.python.iter().map(|text| parse(text)).collect::<Result<Vec<_>, _>>()?;
    expect_distinct(&added)?;
    for interpreter in added {
        match found.iter_mut().find(|other| other.name == interpreter.name) {
            Some(other) => *other = interpreter,
            None => found.push(interpreter),
        }
    }
    Ok(found)
}

fn expect_distinct(added: &[Interpreter]) -> Result<(), String> {
    let repeats = |(index, one): &(usize, &Interpreter)| added[..*index].iter().any(|other| other.name == one.name);
    match added.iter().enumerate().find(repeats) {
        Some((_, one)) => Err(format!("two interpreters are named `{}`", one.name)),
        None => Ok(()),
    }
}

fn own(options: &[JitOption]) -> Result<[Interpreter; 2], String> {
    let executable =
        env::current_exe().map_err(|error| format!("cannot find the executable that is running: {error}"))?;
    let mut on = vec!["--jit".to_owned(), "on".to_owned()];
    for option in options {
        let JitOption::Set { key, value } = option else {
            return Err("bench measures the JIT on and off; --jit takes only KEY=VALUE here".into());
        };
        on.extend(["--jit".to_owned(), format!("{key}={value}")]);
    }
    Ok([
        Interpreter::new(OFF, &executable, &["--jit".to_owned(), "off".to_owned()]),
        Interpreter::new("jit-on", &executable, &on),
    ])
}

/// Our own executable without the JIT, and with it under every setting of [`chaos`].
fn chaotic() -> Result<Vec<Interpreter>, String> {
    let [off, on] = own(&[])?;
    let with = |(name, settings): (String, Vec<String>)| {
        let words = settings.into_iter().flat_map(|setting| ["--jit".to_owned(), setting]);
        Interpreter::new(&name, &on.executable, &words.collect::<Vec<_>>())
    };
    Ok(std::iter::once(off).chain(chaos::settings().into_iter().map(with)).collect())
}

/// `NAME=COMMAND`, the command split at blanks.
fn parse(text: &str) -> Result<Interpreter, String> {
    let fault = || format!("--python {text}: expected NAME=COMMAND");
    let (name, command) = text.split_once('=').ok_or_else(fault)?;
    let mut words = command.split_whitespace().map(str::to_owned);
    let executable = words.next().filter(|_| !name.is_empty()).ok_or_else(fault)?;
    Ok(Interpreter::new(name, executable, &words.collect::<Vec<_>>()))
}

/// The executable itself where the PATH has a script in front of it that would be measured as well.
fn behind_shims(found: PathBuf) -> PathBuf {
    let mut command = Command::new(&found);
    let answer = command.args(["-c", "import sys; print(sys.executable)"]).stdin(Stdio::null()).output();
    let real = answer.ok().as_ref().and_then(first_line).map(PathBuf::from);
    real.filter(|real| is_executable(real)).unwrap_or(found)
}

/// The first executable file of this name on the PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|directory| directory.join(name)).find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests;
