//! Which programs are measured, and where they are.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::interpreters::on_path;
use super::{BenchArgs, Suite};

/// The programs of pyperformance that are measured unless others are asked for.
const PYPERFORMANCE: [&str; 18] = [
    "nbody",
    "fannkuch",
    "spectral_norm",
    "float",
    "nqueens",
    "richards",
    "richards_super",
    "deltablue",
    "chaos",
    "go",
    "hexiom",
    "raytrace",
    "pidigits",
    "scimark",
    "meteor_contest",
    "unpack_sequence",
    "generators",
    "crypto_pyaes",
];

/// The module beside our programs that measures them; no program itself.
const MEASURING: &str = "measuring.py";

/// What is measured when nothing but the start of an interpreter is.
const STARTUP: [(&str, &str); 1] = [("startup_pass", "pass")];

/// Something to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The file's name without its ending, or pyperformance's name for it.
    pub name: String,
    /// What is run.
    pub body: Body,
}

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A file that measures itself.
    File {
        /// The file.
        file: PathBuf,
        /// Where it finds modules, joined for PYTHONPATH; `None` leaves the variable alone.
        python_path: Option<OsString>,
        /// Whether it reads its settings from the command line instead of the environment.
        settings_on_command_line: bool,
    },
    /// A text for `-c`, measured from outside, from start to end.
    Code(&'static str),
}

/// The programs that `args` ask for.
pub fn find(args: &BenchArgs) -> Result<Vec<Program>, String> {
    match args.suite {
        Suite::Own => own(&benches(args)?.join("suite"), args),
        Suite::Pyperformance => pyperformance(&benches(args)?, args),
        Suite::Startup => startup(args),
    }
}

fn startup(args: &BenchArgs) -> Result<Vec<Program>, String> {
    let known = STARTUP.map(|(name, _)| name.to_owned());
    let chosen = choose(&known, &known, &args.only)?;
    let bodies = STARTUP.iter().filter(|(name, _)| chosen.iter().any(|chosen| chosen == name));
    Ok(bodies.map(|(name, code)| Program { name: (*name).to_owned(), body: Body::Code(code) }).collect())
}

/// The directory `benches`: the one named, or else upwards from the current directory or the executable.
fn benches(args: &BenchArgs) -> Result<PathBuf, String> {
    if let Some(directory) = &args.benches {
        return Ok(directory.clone());
    }
    let starts = [env::current_dir().ok(), env::current_exe().ok()];
    let ancestors = starts.iter().flatten().flat_map(|start| start.ancestors());
    ancestors
        .map(|directory| directory.join("benches"))
        .find(|benches| benches.join("suite").join(MEASURING).is_file())
        .ok_or_else(|| "cannot find the directory `benches` of Pitviper's sources; name it with --benches".into())
}

fn own(suite: &Path, args: &BenchArgs) -> Result<Vec<Program>, String> {
    let entries =
        fs::read_dir(suite).map_err(|error| format!("cannot list the programs in {}: {error}", suite.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name != MEASURING)
        .filter_map(|name| Some(name.strip_suffix(".py")?.to_owned()))
        .collect();
    names.sort();
    let chosen = choose(&names, &names, &args.only)?;
    let python_path = joined(&args.pythonpath)?;
    let program = |name: String| Program {
        body: Body::File {
            file: suite.join(format!("{name}.py")),
            python_path: python_path.clone(),
            settings_on_command_line: true,
        },
        name,
    };
    Ok(chosen.into_iter().map(program).collect())
}

fn pyperformance(benches: &Path, args: &BenchArgs) -> Result<Vec<Program>, String> {
    let directory = match &args.pyperformance {
        Some(directory) => below(directory)?,
        None => installed()?,
    };
    let known = known_programs(&directory)?;
    let usual: Vec<String> = PYPERFORMANCE.map(str::to_owned).to_vec();
    let chosen = choose(&known, &usual, &args.only)?;
    let mut path = vec![benches.join("pyperf_standin"), benches.join("suite")];
    path.extend(args.pythonpath.iter().cloned());
    let alone = joined(&path)?;
    path.extend(site_of(&directory));
    let with_packages = joined(&path)?;
    let program = |name: String| {
        let home = directory.join(format!("bm_{name}"));
        // Only programs that need other packages get to see what else is installed.
        let needs_packages = home.join("requirements.txt").is_file();
        let body = Body::File {
            file: home.join("run_benchmark.py"),
            python_path: if needs_packages { with_packages.clone() } else { alone.clone() },
            settings_on_command_line: false,
        };
        Program { name, body }
    };
    Ok(chosen.into_iter().map(program).collect())
}

/// `DIR` may be the directory of the programs, the package's, or the one that it is installed in.
fn below(directory: &Path) -> Result<PathBuf, String> {
    ["", "data-files/benchmarks", "pyperformance/data-files/benchmarks"]
        .map(|step| directory.join(step))
        .into_iter()
        .find(|place| place.join("bm_nbody").is_dir())
        .ok_or_else(|| format!("{}: pyperformance is not installed there", directory.display()))
}

/// Asks the interpreters on the PATH where pyperformance is.
fn installed() -> Result<PathBuf, String> {
    const QUESTION: &str = "import pyperformance; print(pyperformance.__path__[0])";
    for name in ["python3", "python3.14", "pypy3"] {
        let Some(python) = on_path(name) else { continue };
        let answer = Command::new(python).args(["-c", QUESTION]).output();
        if let Ok(answer) = answer
            && answer.status.success()
        {
            let path = String::from_utf8_lossy(&answer.stdout);
            return below(Path::new(path.trim()));
        }
    }
    Err("the package pyperformance is not installed: `python3 -m pip install --target DIR \
         pyperformance pyaes`, then --pyperformance DIR"
        .into())
}

/// The directory that the package is installed in, if the programs lie in a package.
fn site_of(programs: &Path) -> Option<PathBuf> {
    let package = programs.ancestors().find(|directory| directory.ends_with("pyperformance"))?;
    package.parent().map(Path::to_owned)
}

fn known_programs(directory: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(directory)
        .map_err(|error| format!("cannot list the programs in {}: {error}", directory.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok())
        .filter(|entry| entry.path().join("run_benchmark.py").is_file())
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_prefix("bm_")?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// The wanted names in the wanted order, or else the usual ones.
fn choose(known: &[String], usual: &[String], wanted: &[String]) -> Result<Vec<String>, String> {
    let chosen = if wanted.is_empty() { usual } else { wanted };
    match chosen.iter().find(|name| !known.contains(name)) {
        Some(name) => Err(format!("no program `{name}`; there are {}", known.join(", "))),
        None => Ok(chosen.to_vec()),
    }
}

/// The directories for PYTHONPATH, followed by what the variable holds already.
fn joined(directories: &[PathBuf]) -> Result<Option<OsString>, String> {
    if directories.is_empty() {
        return Ok(None);
    }
    let mut all = directories.to_vec();
    all.extend(env::var_os("PYTHONPATH").iter().flat_map(env::split_paths));
    env::join_paths(all).map(Some).map_err(|error| format!("cannot build PYTHONPATH: {error}"))
}

#[cfg(test)]
mod tests;
