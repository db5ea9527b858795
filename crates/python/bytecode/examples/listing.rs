//! Prints the register code of a Python file. With `--check` it compiles and verifies every file named or
//! found below the directories named, and prints one line per failure; with `--facts` it prints what a
//! file's code objects say about themselves, one line each.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pv_bytecode::{CodeUnit, Mode, Options, compile, disasm, parse, source, verify};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((first, paths)) if first == "--check" => check(paths),
        Some((first, [file])) if first == "--facts" => facts(file),
        Some((file, [])) => list(file),
        _ => {
            eprintln!("usage: listing FILE | listing --check PATH... | listing --facts FILE");
            ExitCode::FAILURE
        }
    }
}

fn compile_file(path: &Path) -> Result<pv_bytecode::Compiled, String> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let text = source::decode(&bytes, &name).map_err(|error| error.to_string())?;
    let ast = parse(&text, Mode::Exec, &name).map_err(|error| error.to_string())?;
    compile(&ast, Options::default()).map_err(|error| error.to_string())
}

fn list(file: &str) -> ExitCode {
    match compile_file(Path::new(file)) {
        Ok(compiled) => {
            print!("{}", disasm::listing(&compiled.unit));
            for warning in compiled.warnings {
                eprintln!("SyntaxWarning: line {}: {}", warning.error.line, warning.text());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn facts(file: &str) -> ExitCode {
    match compile_file(Path::new(file)) {
        Ok(compiled) => {
            print_facts(&compiled.unit);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print_facts(unit: &CodeUnit) {
    let cells: Vec<&str> = unit.cellvars.iter().map(|(name, _)| &**name).collect();
    println!(
        "{} {} args={} {} {} flags={:#x} vars={} cells={} free={}",
        unit.qualname,
        unit.first_line,
        unit.argcount,
        unit.posonly,
        unit.kwonly,
        unit.flags,
        unit.varnames.join(","),
        cells.join(","),
        unit.freevars.join(","),
    );
    verify::nested(&unit.consts).for_each(print_facts);
}

fn check(paths: &[String]) -> ExitCode {
    let mut files = Vec::new();
    paths.iter().for_each(|path| collect(Path::new(path), &mut files));
    files.sort();
    let mut failures = 0;
    for file in &files {
        let result = std::panic::catch_unwind(|| compile_file(file));
        let problem = match result {
            Err(_) => Some("panic".to_string()),
            Ok(Err(error)) => Some(error),
            Ok(Ok(compiled)) => verify::verify(&compiled.unit).err().map(|error| error.to_string()),
        };
        if let Some(problem) = problem {
            failures += 1;
            println!("{}: {problem}", file.display());
        }
    }
    println!("{} files, {failures} failures", files.len());
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.for_each(|entry| collect(&entry.path(), files));
    } else if path.extension().is_some_and(|extension| extension == "py") {
        files.push(path.to_path_buf());
    }
}
