//! The programs: written by macros where hand-writing would be unreadable, and each doing what it says.
//!
//! `UPDATE_PROGRAMS=1` writes the files anew.

mod assembler;
mod generate;
mod support;

use support::{interpret, program};

fn check(name: &str, generated: String) {
    let path = format!("{}/programs/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_PROGRAMS").is_some() {
        std::fs::write(&path, &generated).expect("the file can be written");
    }
    assert_eq!(std::fs::read_to_string(path).expect("the file exists"), generated, "{name} is not what is generated");
}

#[test]
fn files_are_what_the_macros_write() {
    check("mandelbrot.bf", generate::mandelbrot(80, 38, 20));
    check("squares.bf", generate::squares(100));
    check("sort.bf", generate::sort());
}

#[test]
fn squares_are_squares() {
    let expected: String = (0..100).map(|n: u32| format!("{}\n", n * n)).collect();
    assert_eq!(interpret(&program("squares.bf"), ""), expected);
}

#[test]
fn sort_sorts() {
    assert_eq!(interpret(&program("sort.bf"), "pack my box"), "  abckmopxy");
    assert_eq!(interpret(&program("sort.bf"), ""), "");
}

#[test]
fn the_plot_is_the_sets() {
    let picture = interpret(&generate::mandelbrot(20, 19, 6), "");
    assert_eq!(picture, generate::reference(20, 19, 6));
}
