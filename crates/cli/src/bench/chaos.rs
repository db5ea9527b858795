//! The settings under which a JIT that is right changes nothing: the lowest thresholds, guards and polls that are made to fail, the
//! reference evaluator, and the optimiser off, without each pass and with each alone.

use pitviper::Config;

/// The lowest thresholds that still let a loop be interpreted once.
const LOW: [&str; 3] = ["hot-loop=2", "hot-exit=2", "tree-step=1"];

/// What is set beside [`LOW`], by name. Later settings of one tunable win.
const SETTINGS: &[(&str, &[&str])] = &[
    ("lowest", &["hot-loop=1", "hot-exit=1", "hot-entry=1", "tree-step=1"]),
    ("entries", &["hot-entry=3"]),
    ("loops", &["hot-entry=0"]),
    ("no-bridges", &["max-bridges=0"]),
    ("short-traces", &["trace-limit=100", "inline-limit=2"]),
    ("failing-guards", &["chaos-guard=7"]),
    ("failing-polls", &["chaos-poll=3"]),
    ("evaluator", &["backend=evaluator"]),
    ("no-clif-opt", &["clif-opt=off"]),
    ("no-optimizer", &["optimize=off"]),
];

/// Every setting: its name, and what follows `--jit`, each.
pub fn settings() -> Vec<(String, Vec<String>)> {
    let words = |settings: &[&str]| LOW.iter().chain(settings).map(|setting| (*setting).to_owned()).collect();
    let fixed = SETTINGS.iter().map(|(name, settings)| ((*name).to_owned(), words(settings)));
    let without = |pass: &str| (format!("without-{pass}"), words(&[&format!("opt=-{pass}")]));
    let only = |pass: &str| (format!("only-{pass}"), words(&[&format!("opt=none,{pass}")]));
    let passes = Config::passes();
    fixed.chain(passes.iter().map(|pass| without(pass))).chain(passes.iter().map(|pass| only(pass))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jit_knows_every_setting() {
        for (name, settings) in settings() {
            let mut config = Config::default();
            for setting in settings {
                assert_eq!(config.set(&setting), Ok(()), "{name}");
            }
        }
    }
}
