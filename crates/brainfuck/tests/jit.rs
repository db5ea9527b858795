//! The programs under the JIT: whatever the settings, they print what the interpreter prints.

#[allow(dead_code)]
mod assembler;
#[allow(dead_code)]
mod generate;
mod support;

use pv_brainfuck::Brainfuck;
use pv_jit::{Config, Jit};

use support::{interpret, output, program};

fn jit(settings: &[&str]) -> Jit<Brainfuck> {
    let mut config = Config::default();
    for setting in settings {
        config.set(setting).expect("a valid setting");
    }
    Jit::new(config).expect("a valid configuration")
}

/// Settings under which every program must behave alike.
const SETTINGS: &[&[&str]] = &[
    &[],
    &["hot-loop=1", "hot-exit=1"],
    &["hot-loop=2", "hot-exit=3", "unroll-limit=0"],
    &["hot-loop=1", "hot-exit=1", "unroll-limit=1000", "trace-limit=300"],
    &["hot-loop=3", "hot-exit=2", "chaos-poll=3"],
    &["hot-loop=1", "hot-exit=1", "max-traces=7"],
    &["hot-loop=2", "hot-exit=2", "optimize=off"],
];

fn check(source: &str, input: &str) {
    let expected = interpret(source, input);
    for settings in SETTINGS {
        for backend in ["backend=compiled", "backend=evaluator"] {
            let jit = jit(&[*settings, &[backend]].concat());
            assert_eq!(output(source, input, &jit), expected, "under {settings:?} {backend}");
            let stats = jit.stats();
            assert!(stats.traces > 0 || settings.is_empty(), "nothing was compiled under {settings:?}: {stats:?}");
        }
    }
}

#[test]
fn squares_agree() {
    check(&generate::squares(8), "");
}

#[test]
fn sort_agrees() {
    check(&program("sort.bf"), "sphinx");
}

#[test]
fn the_plot_agrees() {
    check(&generate::mandelbrot(4, 2, 2), "");
}

#[test]
fn endless_echo_leaves_its_trace_at_the_end_of_input() {
    check(",[.,]", &"x".repeat(500));
}
