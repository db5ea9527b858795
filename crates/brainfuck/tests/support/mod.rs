//! Running programs in tests.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use pv_brainfuck::{Brainfuck, Program, context, run};
use pv_machine::{NoTier, Tier};

/// A writer whose bytes can be read afterwards.
#[derive(Clone, Default)]
struct Output(Rc<RefCell<Vec<u8>>>);

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The text of a program in `programs/`.
pub fn program(name: &str) -> String {
    std::fs::read_to_string(format!("{}/programs/{name}", env!("CARGO_MANIFEST_DIR"))).expect("the program exists")
}

/// What a program prints under a tier.
pub fn output<T: Tier<Brainfuck>>(source: &str, input: &str, tier: &T) -> String {
    let output = Output::default();
    let input = io::Cursor::new(input.as_bytes().to_vec());
    let cx = context(Program::parse(source).expect("a valid program"), 30_000, input, output.clone());
    run(&cx, tier).expect("the program runs");
    let bytes = output.0.take();
    String::from_utf8(bytes).expect("text")
}

/// What a program prints under the interpreter.
pub fn interpret(source: &str, input: &str) -> String {
    output(source, input, &NoTier)
}
