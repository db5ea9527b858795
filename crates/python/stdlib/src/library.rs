//! The Python part of the standard library, carried inside the executable.
//!
//! Role: finds a module's source by the module's name. Files are packed at build time (`build.rs`), each compressed on its own;
//! nothing is read, decompressed or allocated before a module is asked for.
//! A file's `co_filename` is its path below `<lib>/`, as `<lib>/collections/__init__.py`.

use pv_runtime::import::LibrarySource;

/// Stands for the folder of the library in file names.
pub const FOLDER: &str = "<lib>";

struct Entry {
    name: &'static str,
    path: &'static str,
    start: usize,
    end: usize,
    size: usize,
}

static ENTRIES: &[Entry] = include!(concat!(env!("OUT_DIR"), "/library.rs"));
static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));

/// A module of the library.
#[derive(Clone, Copy)]
pub struct LibraryModule(&'static Entry);

impl LibraryModule {
    /// The module of this full name.
    pub fn find(name: &str) -> Option<LibraryModule> {
        let place = ENTRIES.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
        Some(LibraryModule(&ENTRIES[place]))
    }

    /// Names of all modules, sorted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ENTRIES.iter().map(|entry| entry.name)
    }

    /// A package?
    pub fn is_package(self) -> bool {
        self.0.path.ends_with("/__init__.py")
    }

    /// Its `co_filename` and `__file__`.
    pub fn file_name(self) -> String {
        format!("{FOLDER}/{}", self.0.path)
    }

    /// Its source text.
    ///
    /// # Panics
    /// When what the build script packed cannot be unpacked.
    pub fn source(self) -> String {
        let packed = &BLOB[self.0.start..self.0.end];
        let data = match miniz_oxide::inflate::decompress_to_vec_with_limit(packed, self.0.size) {
            Ok(data) => data,
            Err(error) => panic!("library file {}: {error}", self.0.path),
        };
        match String::from_utf8(data) {
            Ok(text) => text,
            Err(error) => panic!("library file {}: {error}", self.0.path),
        }
    }
}

/// The library as the import system asks for it.
#[derive(Clone, Copy, Debug)]
pub struct Library;

impl LibrarySource for Library {
    fn find(&self, name: &str) -> Option<pv_runtime::import::LibraryModule> {
        let module = LibraryModule::find(name)?;
        Some(pv_runtime::import::LibraryModule {
            source: module.source().into(),
            is_package: module.is_package(),
            file: module.file_name(),
        })
    }
}

#[cfg(test)]
mod tests;
