//! Tunables: one table with default, unit and documentation; parsing, help text and docs come from it.
//!
//! How to add one: add a row and use the field. Values are given as `--jit KEY=VALUE`.

use std::fmt;

use pv_opt::OptConfig;

/// How traces are run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// Compiled to machine code.
    #[default]
    Compiled,
    /// Stepped through by the reference evaluator: slow, for checking.
    Evaluator,
}

/// A type of tunable.
pub trait Value: Sized {
    /// Parses a value given as text.
    fn parse(text: &str) -> Option<Self>;
    /// The value as text.
    fn show(&self) -> String;
}

impl Value for u32 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for bool {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        }
    }
    fn show(&self) -> String {
        if *self { "on" } else { "off" }.to_owned()
    }
}

impl Value for Backend {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "compiled" => Some(Backend::Compiled),
            "evaluator" => Some(Backend::Evaluator),
            _ => None,
        }
    }
    fn show(&self) -> String {
        match self {
            Backend::Compiled => "compiled",
            Backend::Evaluator => "evaluator",
        }
        .to_owned()
    }
}

impl Value for String {
    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
    fn show(&self) -> String {
        self.clone()
    }
}

/// A row of the table, for help and docs.
#[derive(Clone, Debug)]
pub struct Tunable {
    /// Key on the command line.
    pub key: &'static str,
    /// Default, as text.
    pub default: String,
    /// Unit, or the values allowed.
    pub unit: &'static str,
    /// What it does.
    pub doc: &'static str,
}

macro_rules! tunables {
    ($($(#[doc = $doc:literal])+ $field:ident $key:literal: $ty:ty = $default:expr, $unit:literal;)*) => {
        /// Every tunable; see the table in the source.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Config {
            $($(#[doc = $doc])+ pub $field: $ty,)*
        }

        impl Default for Config {
            fn default() -> Self {
                Config { $($field: $default,)* }
            }
        }

        impl Config {
            /// The table.
            pub fn table() -> Vec<Tunable> {
                vec![$(Tunable {
                    key: $key,
                    default: { let default: $ty = $default; default.show() },
                    unit: $unit,
                    doc: concat!($($doc),+).trim_ascii(),
                }),*]
            }

            fn assign(&mut self, key: &str, value: &str) -> Result<(), ConfigError> {
                match key {
                    $($key => {
                        self.$field = Value::parse(value).ok_or_else(|| ConfigError::Value {
                            key: $key,
                            value: value.to_owned(),
                            unit: $unit,
                        })?;
                    })*
                    _ => return Err(ConfigError::Key(key.to_owned())),
                }
                Ok(())
            }
        }
    };
}

tunables! {
    /// Passes of a loop header before the loop is recorded.
    hot_loop "hot-loop": u32 = 200, "passes";
    /// Calls of a function before its entry is recorded; 0 never records entries.
    hot_entry "hot-entry": u32 = 500, "calls";
    /// Times an exit is taken before a bridge is recorded.
    hot_exit "hot-exit": u32 = 50, "times";
    /// Longest recording.
    trace_limit "trace-limit": u32 = 4000, "operations";
    /// Deepest inlining.
    inline_limit "inline-limit": u32 = 12, "calls";
    /// How often one function may stand on the inlined call stack.
    recursion_limit "recursion-limit": u32 = 2, "calls";
    /// Back edges of inner loops that a recording follows before it gives up.
    unroll_limit "unroll-limit": u32 = 8, "passes";
    /// Most traces, bridges included.
    max_traces "max-traces": u32 = 4000, "traces";
    /// Most traces of one loop or function, each for other kinds of values in its variables.
    max_versions "max-versions": u32 = 4, "traces";
    /// Most bridges grown from one loop or function.
    max_bridges "max-bridges": u32 = 100, "traces";
    /// Bridges leading back to a loop at which loop and bridges are compiled anew as one; 0 never does.
    tree_step "tree-step": u32 = 4, "traces";
    /// Longest recordings, taken together, that are compiled as one.
    tree_limit "tree-limit": u32 = 6000, "operations";
    /// Most operations compiled in all.
    max_ops "max-ops": u32 = 4_000_000, "operations";
    /// Aborted recordings of one place before it is blacklisted.
    abort_limit "abort-limit": u32 = 5, "recordings";
    /// How long a blacklisted place is left alone.
    blacklist "blacklist": u32 = 100_000, "passes";
    /// How traces are run.
    backend "backend": Backend = Backend::default(), "compiled|evaluator";
    /// Verifies traces before and after optimising.
    verify "verify": bool = cfg!(debug_assertions), "on|off";
    /// Runs the optimiser.
    optimize "optimize": bool = true, "on|off";
    /// Optimiser passes to switch: names separated by commas, off with a leading minus.
    opt "opt": String = String::new(), "names";
    /// Lets Cranelift optimise too, which takes longer.
    clif_opt "clif-opt": bool = true, "on|off";
    /// Names compiled code for `perf` in a map file.
    perf_map "perf-map": bool = false, "on|off";
    /// Chaos: every Nth entry into a trace leaves at its first poll; 0 never.
    chaos_poll "chaos-poll": u32 = 0, "entries";
    /// Chaos: every Nth guard that resumes before its bytecode fails, traces being evaluated; 0 never.
    chaos_guard "chaos-guard": u32 = 0, "guards";
    /// Logs every departure from compiled code with what it leaves behind, so that the logs of two backends can be compared.
    cross_check "cross-check": bool = false, "on|off";
    /// Chaos: compiles only the first N recordings, to bisect a wrong one.
    fuel "fuel": u32 = u32::MAX, "recordings";
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// No `=` in it.
    Form(String),
    /// No such key.
    Key(String),
    /// Not a value for the key.
    Value {
        /// The key.
        key: &'static str,
        /// What was given.
        value: String,
        /// What it should be.
        unit: &'static str,
    },
    /// The optimiser has no such pass.
    Opt(String),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Form(text) => write!(f, "`{text}` is no setting: KEY=VALUE expected"),
            ConfigError::Key(key) => {
                let keys: Vec<_> = Config::table().iter().map(|row| row.key).collect();
                write!(f, "no tunable is called `{key}`; there are {}", keys.join(", "))
            }
            ConfigError::Value { key, value, unit } => write!(f, "`{value}` is no value for {key} ({unit})"),
            ConfigError::Opt(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Applies one `KEY=VALUE`.
    pub fn set(&mut self, setting: &str) -> Result<(), ConfigError> {
        let (key, value) = setting.split_once('=').ok_or_else(|| ConfigError::Form(setting.to_owned()))?;
        self.assign(key.trim(), value.trim())?;
        self.optimizer().map(drop)
    }

    /// The optimiser's configuration.
    pub fn optimizer(&self) -> Result<OptConfig, ConfigError> {
        let mut config = OptConfig::default();
        config.apply(&self.opt).map_err(|error| ConfigError::Opt(error.to_string()))?;
        Ok(config)
    }

    /// The names of the optimiser's passes, in order.
    pub fn passes() -> Vec<&'static str> {
        pv_opt::Pass::ALL.iter().map(|pass| pass.name()).collect()
    }

    /// The table as help text, one row a line.
    pub fn help() -> String {
        let mut help = String::new();
        for row in Self::table() {
            let setting = format!("{}={}", row.key, row.default);
            help.push_str(&format!("  {setting:<24} {} [{}]\n", row.doc, row.unit));
        }
        help
    }
}
