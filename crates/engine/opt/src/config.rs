//! The manifest of passes, the switches, and the statistics.

use std::fmt;
use std::str::FromStr;

macro_rules! passes {
    ($($(#[doc = $doc:literal])+ $name:ident $text:literal;)*) => {
        /// A pass, or a group of rules of the door, that can be switched by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Pass {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Pass {
            /// The manifest, in order.
            pub const ALL: &'static [Pass] = &[$(Pass::$name),*];

            /// The name on the command line.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Pass::$name => $text,)*
                }
            }

            /// What it does.
            pub const fn doc(self) -> &'static str {
                match self {
                    $(Pass::$name => concat!($($doc, "\n"),+),)*
                }
            }
        }
    };
}

passes! {
    /// Constant folding and algebra.
    Fold "fold";
    /// Reuse of pure operations.
    Reuse "reuse";
    /// Known tags: tests and tag conversions whose answer is known.
    Tags "tags";
    /// Integer ranges: overflow guards, bounds checks and comparisons that are decided.
    Ranges "ranges";
    /// Guards implied by earlier ones.
    Guards "guards";
    /// Heap cache: loads answered by earlier loads and stores.
    Heap "heap";
    /// Reference counts: pairs cancel, the rest moves into exits.
    Counts "counts";
    /// Float boxes are made only where something needs the word.
    Boxes "boxes";
    /// Objects are allocated only where something needs their address.
    Virtuals "virtuals";
    /// Snapshots leave out what its home slot holds anyway.
    Trim "trim";
    /// The loop is peeled: the first iteration's facts hold in the loop proper.
    Peel "peel";
    /// What nothing uses is removed.
    Sweep "sweep";
}

/// Which passes run, and their bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptConfig {
    enabled: u32,
    /// Longest loop that is peeled, in recorded instructions.
    pub peel_limit: usize,
    /// How often the loop proper is tried with assumptions before it is taken with the weakest.
    pub peel_tries: u32,
    /// Take a number that the trace itself has made for an immediate float where the recording tested that, and leave the test out
    /// where no word of it is made: a box of the same value must be treated alike by the language.
    pub trust_floats: bool,
    /// Show the trace as it leaves the door, before the sweep, to whoever dumps stages (it costs a copy).
    pub dump_door: bool,
}

impl Default for OptConfig {
    fn default() -> Self {
        OptConfig { enabled: u32::MAX, peel_limit: 4000, peel_tries: 4, trust_floats: true, dump_door: false }
    }
}

impl OptConfig {
    /// Nothing enabled: instructions pass the door unchanged.
    pub fn none() -> Self {
        OptConfig { enabled: 0, trust_floats: false, ..OptConfig::default() }
    }

    /// Does the pass run?
    pub const fn runs(&self, pass: Pass) -> bool {
        self.enabled >> pass as u32 & 1 != 0
    }

    /// Switches a pass.
    pub const fn set(&mut self, pass: Pass, on: bool) {
        let bit = 1 << pass as u32;
        self.enabled = if on { self.enabled | bit } else { self.enabled & !bit };
    }

    /// With one pass switched on.
    #[must_use]
    pub const fn with(mut self, pass: Pass) -> Self {
        self.set(pass, true);
        self
    }

    /// With one pass switched off.
    #[must_use]
    pub const fn without(mut self, pass: Pass) -> Self {
        self.set(pass, false);
        self
    }

    /// Applies switches as given on a command line: comma-separated names, each off with a leading `-` and on with `+` or
    /// none; `all` and `none` stand for every pass.
    pub fn apply(&mut self, switches: &str) -> Result<(), UnknownPass> {
        for switch in switches.split(',').map(str::trim).filter(|switch| !switch.is_empty()) {
            let (on, name) = match switch.strip_prefix('-') {
                Some(name) => (false, name),
                None => (true, switch.strip_prefix('+').unwrap_or(switch)),
            };
            match name {
                "all" => self.enabled = if on { u32::MAX } else { 0 },
                "none" => self.enabled = if on { 0 } else { u32::MAX },
                _ => self.set(name.parse()?, on),
            }
        }
        Ok(())
    }
}

/// A name that is not in the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPass(pub String);

impl fmt::Display for UnknownPass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Pass::ALL.iter().map(|pass| pass.name()).collect();
        write!(f, "no optimiser pass is called `{}`; there are {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownPass {}

impl FromStr for Pass {
    type Err = UnknownPass;
    fn from_str(name: &str) -> Result<Self, UnknownPass> {
        Pass::ALL.iter().copied().find(|pass| pass.name() == name).ok_or_else(|| UnknownPass(name.to_owned()))
    }
}

/// What the optimiser did to one trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Instructions recorded.
    pub ops_in: usize,
    /// Instructions in the optimised trace, peeled iteration included.
    pub ops_out: usize,
    /// Guards recorded.
    pub guards_in: usize,
    /// Guards in the optimised trace.
    pub guards_out: usize,
    /// Instructions in the loop proper, if there is one.
    pub loop_ops: usize,
    /// How often the loop proper was emitted, the last and valid time included.
    pub loop_tries: u32,
    hits: [u32; Pass::ALL.len()],
}

impl Stats {
    /// Notes that a pass changed something.
    pub(crate) fn hit(&mut self, pass: Pass) {
        self.hits[pass as usize] += 1;
    }

    /// How often a pass changed something.
    pub const fn hits(&self, pass: Pass) -> u32 {
        self.hits[pass as usize]
    }

    /// Every pass with its number of hits.
    pub fn by_pass(&self) -> impl Iterator<Item = (Pass, u32)> + '_ {
        Pass::ALL.iter().map(|&pass| (pass, self.hits(pass)))
    }
}
