//! Packs the Python part of the standard library: one blob of separately compressed files and a table of them.
//!
//! A file of `overlay/` takes the place of the library's file of the same path.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What is not packed: user interfaces, demonstrations, installers.
const LEFT_OUT: &[&str] =
    &["__phello__", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "tkinter", "turtle.py", "turtledemo", "venv"];
const LEVEL: u8 = 6;

fn main() -> io::Result<()> {
    let overlay = Path::new("overlay");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=overlay");
    let mut files = BTreeMap::new();
    gather(Path::new(rustpython_pylib::LIB_PATH), "", &mut files)?;
    if overlay.is_dir() {
        gather(overlay, "", &mut files)?;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    pack(&files, &out)
}

/// Collects Python files by their path in the library.
fn gather(folder: &Path, prefix: &str, files: &mut BTreeMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if prefix.is_empty() && LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &format!("{path}/"), files)?;
        } else if name.ends_with(".py") {
            files.insert(path, entry.path());
        }
    }
    Ok(())
}

fn pack(files: &BTreeMap<String, PathBuf>, out: &Path) -> io::Result<()> {
    let (mut blob, mut table) = (Vec::new(), String::from("&[\n"));
    let mut modules: Vec<(String, &String, &PathBuf)> =
        files.iter().map(|(path, file)| (module_name(path), path, file)).collect();
    modules.sort();
    for (name, path, file) in modules {
        let data = fs::read(file)?;
        let packed = miniz_oxide::deflate::compress_to_vec(&data, LEVEL);
        let (start, end, size) = (blob.len(), blob.len() + packed.len(), data.len());
        writeln!(table, "Entry {{ name: {name:?}, path: {path:?}, start: {start}, end: {end}, size: {size} }},")
            .map_err(io::Error::other)?;
        blob.extend(packed);
    }
    table.push(']');
    fs::write(out.join("library.bin"), blob)?;
    fs::write(out.join("library.rs"), table)
}

fn module_name(path: &str) -> String {
    let stem = path.trim_end_matches(".py");
    stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".")
}
