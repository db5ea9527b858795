//! What the command line says about the Python itself: `sys.flags`, `sys.warnoptions`, `sys._xoptions`.

use std::hash::{BuildHasher as _, RandomState};

use pv_object::{Dict, List, Obj};
use pv_runtime::{Vm, sys, text};

/// What the hashes of text and bytes depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashSeed {
    /// Another one in every interpreter.
    Random,
    /// As `PYTHONHASHSEED` with this number: the same hashes every time, and those of every other Python with this number.
    Fixed(u32),
}

impl Default for HashSeed {
    /// An embedded interpreter does the same every time.
    fn default() -> Self {
        Self::Fixed(0)
    }
}

impl HashSeed {
    /// What `PYTHONHASHSEED` says, if it says anything.
    pub fn from_environment() -> Result<Option<Self>, String> {
        match std::env::var_os("PYTHONHASHSEED").filter(|value| !value.is_empty()) {
            None => Ok(None),
            Some(value) if value == "random" => Ok(Some(Self::Random)),
            Some(value) => match value.to_str().and_then(|text| text.parse().ok()) {
                Some(seed) => Ok(Some(Self::Fixed(seed))),
                None => Err(r#"PYTHONHASHSEED must be "random" or an integer in range [0; 4294967295]"#.to_owned()),
            },
        }
    }

    /// The key of the hash function.
    pub(crate) fn key(self) -> [u64; 2] {
        match self {
            Self::Fixed(seed) => pv_object::hash::key_from_seed(seed),
            Self::Random => {
                // The standard library has its keys from the system.
                let state = RandomState::new();
                [state.hash_one(0), state.hash_one(1)]
            }
        }
    }
}

/// Settings of a Python, named as in `sys.flags`.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `-b`.
    pub bytes_warning: u8,
    /// `-E`.
    pub ignore_environment: bool,
    /// `-R` and `PYTHONHASHSEED`.
    pub hash_seed: HashSeed,
    /// `-i`.
    pub interactive: bool,
    /// `-I`.
    pub isolated: bool,
    /// `-S`.
    pub no_site: bool,
    /// `-s`.
    pub no_user_site: bool,
    /// `-O`.
    pub optimize: u8,
    /// `-q`.
    pub quiet: bool,
    /// `-P`.
    pub safe_path: bool,
    /// `-u`.
    pub unbuffered: bool,
    /// `-v`.
    pub verbose: u8,
    /// `-W`.
    pub warnings: Vec<String>,
    /// `-X`.
    pub options: Vec<(String, Option<String>)>,
}

impl Flags {
    /// The settings with those of the environment added, unless it is to be ignored.
    #[must_use]
    pub fn with_environment(mut self) -> Self {
        if self.ignore_environment {
            return self;
        }
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        if let Some(level) = variable("PYTHONOPTIMIZE") {
            self.optimize = self.optimize.max(level.parse().unwrap_or(1));
        }
        if let Some(filters) = variable("PYTHONWARNINGS") {
            self.warnings.splice(..0, filters.split(',').map(str::to_owned));
        }
        if let Some(digits) = variable("PYTHONINTMAXSTRDIGITS") {
            self.options.insert(0, ("int_max_str_digits".to_owned(), Some(digits)));
        }
        self.unbuffered |= variable("PYTHONUNBUFFERED").is_some();
        self.safe_path |= variable("PYTHONSAFEPATH").is_some();
        self.no_user_site |= variable("PYTHONNOUSERSITE").is_some();
        if variable("PYTHONNODEBUGRANGES").is_some() {
            self.options.push(("no_debug_ranges".to_owned(), None));
        }
        if variable("PYTHONDEVMODE").is_some() {
            self.options.push(("dev".to_owned(), None));
        }
        self
    }

    fn has_option(&self, wanted: &str) -> bool {
        self.options.iter().any(|(name, _)| name == wanted)
    }

    /// Tells the virtual machine.
    pub(crate) fn apply(&self, vm: &Vm) {
        let developing = self.has_option("dev");
        let digits = self.options.iter().rev().find(|(name, _)| name == "int_max_str_digits");
        if let Some(limit) = digits.and_then(|(_, value)| value.as_ref()?.parse().ok()) {
            vm.set_digit_limit(limit);
        }
        vm.set_shows_columns(!self.has_option("no_debug_ranges"));
        vm.set_developing(developing);
        vm.set_optimize(self.optimize.min(2));
        let number = |value: u8| Obj::small(i32::from(value));
        let small = |value: bool| Obj::small(i32::from(value));
        sys::set_flags(
            vm,
            &[
                ("bytes_warning", number(self.bytes_warning)),
                ("dev_mode", Obj::bool(developing)),
                ("hash_randomization", small(self.hash_seed != HashSeed::Fixed(0))),
                ("ignore_environment", small(self.ignore_environment)),
                ("inspect", small(self.interactive)),
                ("int_max_str_digits", Obj::usize(vm.digit_limit())),
                ("interactive", small(self.interactive)),
                ("isolated", small(self.isolated)),
                ("no_site", small(self.no_site)),
                ("no_user_site", small(self.no_user_site)),
                ("optimize", number(self.optimize)),
                ("quiet", small(self.quiet)),
                ("safe_path", Obj::bool(self.safe_path)),
                ("verbose", number(self.verbose)),
            ],
        );
        let developer = developing.then_some("default");
        let warnings = developer.into_iter().chain(self.warnings.iter().map(String::as_str));
        let warnings = warnings.chain(match self.bytes_warning {
            0 => None,
            1 => Some("default::BytesWarning"),
            _ => Some("error::BytesWarning"),
        });
        let sys = vm.sys.expect::<Dict>();
        sys.set("warnoptions", List::create(warnings.map(text::new).collect()));
        let options = Dict::create();
        for (name, value) in &self.options {
            let value = value.as_ref().map_or_else(|| Obj::bool(true), |value| text::new(value));
            options.expect::<Dict>().set(name, value);
        }
        sys.set("_xoptions", options);
    }
}
