//! Compiles and verifies the whole library of the reference interpreter.

use std::path::{Path, PathBuf};

use pv_bytecode::{Mode, Options, compile, parse, source, verify};

/// Sources that are meant not to compile, or are in an encoding that is not supported.
const EXCEPTIONS: [&str; 5] =
    ["badsyntax_future.py", "bad_coding.py", "badsyntax_3131.py", "badsyntax_pep3120.py", "module_koi8_r.py"];

/// The library's folder, found from the interpreter that the environment names.
fn library() -> Option<PathBuf> {
    let python = PathBuf::from(std::env::var_os("PITVIPER_REFERENCE")?);
    let root = python.parent()?.parent()?;
    let folder = root.join("lib").join("python3.14");
    folder.is_dir().then_some(folder)
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "py") && path.exists() {
            found.push(path);
        }
    }
}

fn problem(path: &Path) -> Option<String> {
    let name = path.display().to_string();
    let result = std::fs::read(path).map_err(|error| error.to_string()).and_then(|bytes| {
        let text = source::decode(&bytes, &name).map_err(|error| error.to_string())?;
        let ast = parse(&text, Mode::Exec, &name).map_err(|error| error.to_string())?;
        let compiled = compile(&ast, Options::default()).map_err(|error| error.to_string())?;
        verify::verify(&compiled.unit).map_err(|error| error.to_string())
    });
    result.err().map(|error| format!("{name}: {error}"))
}

#[test]
fn the_library_compiles_and_verifies() {
    let Some(folder) = library() else {
        println!("skipped: PITVIPER_REFERENCE names no interpreter with a library beside it");
        return;
    };
    let mut files = Vec::new();
    sources(&folder, &mut files);
    let excepted = |path: &PathBuf| EXCEPTIONS.iter().any(|name| path.ends_with(name));
    // The library's own modules; its tests take minutes, and the example `listing --check` covers them.
    files.retain(|path| !excepted(path) && !path.components().any(|part| part.as_os_str() == "test"));
    assert!(files.len() > 300, "only {} sources in {}", files.len(), folder.display());
    let problems: Vec<String> = files.iter().filter_map(|path| problem(path)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
