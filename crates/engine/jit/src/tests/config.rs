//! The table of tunables.

use std::collections::HashSet;

use crate::{Backend, Config};

#[test]
fn settings_are_parsed_by_the_table() {
    let mut config = Config::default();
    config.set("hot-loop=7").unwrap();
    config.set("backend = evaluator").unwrap();
    config.set("opt=-peel,-heap").unwrap();
    assert_eq!((config.hot_loop, config.backend), (7, Backend::Evaluator));
}

#[test]
fn wrong_settings_are_explained() {
    let mut config = Config::default();
    let mut refused = |setting: &str| config.set(setting).unwrap_err().to_string();
    assert_eq!(refused("hot-loop"), "`hot-loop` is no setting: KEY=VALUE expected");
    assert!(refused("hot=1").starts_with("no tunable is called `hot`; there are hot-loop, "));
    assert_eq!(refused("hot-loop=soon"), "`soon` is no value for hot-loop (passes)");
    assert_eq!(refused("backend=gcc"), "`gcc` is no value for backend (compiled|evaluator)");
    assert!(refused("opt=magic").starts_with("no optimiser pass is called `magic`"));
}

#[test]
fn keys_are_unique_and_defaults_parse() {
    let keys: HashSet<_> = Config::table().iter().map(|row| row.key).collect();
    assert_eq!(keys.len(), Config::table().len());
    let mut config = Config::default();
    for row in Config::table() {
        config.set(&format!("{}={}", row.key, row.default)).unwrap();
    }
    assert_eq!(config, Config::default());
    assert_eq!(Config::help().lines().count(), keys.len());
}
