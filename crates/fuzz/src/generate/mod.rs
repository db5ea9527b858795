//! Programs from seeds.
//!
//! Programs about structures have a generator of their own (`structures`). Any other program is a prelude (`prelude.py`), some classes, some functions (each calls only earlier ones, or itself to a bounded
//! depth), and calls of them, whatever they raise being printed. Terms: the *kind* of a variable says which expressions may be
//! assigned to it, so that most operations succeed; `Number` is the kind whose type changes. *Times* is how often the place that
//! is being written runs in one call; *cost* sums it over statements, and no statement is written that would exceed the limit.
//!
//! Invariants: integers are cut to a width when they are stored, texts and lists to a length; loops have a fixed bound;
//! a list that is iterated over directly does not grow in the loop; no reference cycles are made that a collector would find.

mod definitions;
mod loops;
mod simple;
mod statements;
mod structures;
mod values;

use crate::random::Random;

const PRELUDE: &str = include_str!("prelude.py");

/// What may be assigned to a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Int,
    Float,
    /// An int, a bool or a float.
    Number,
    Text,
    /// A list of ints.
    Ints,
    /// A list of numbers.
    Numbers,
    /// A dict from small ints (now and then texts) to numbers.
    Table,
    /// A tuple of two ints.
    Pair,
    /// An instance of one of the classes.
    Object,
}

const KINDS: &[&Kind] = &[
    &Kind::Int,
    &Kind::Int,
    &Kind::Int,
    &Kind::Float,
    &Kind::Number,
    &Kind::Number,
    &Kind::Text,
    &Kind::Ints,
    &Kind::Ints,
    &Kind::Numbers,
    &Kind::Table,
    &Kind::Pair,
    &Kind::Object,
    &Kind::Object,
];

#[derive(Clone, Debug)]
struct Variable {
    name: String,
    kind: Kind,
    /// Not to be assigned: a loop's bound depends on it.
    fixed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    Plain,
    /// Yields ints.
    Generator,
    /// Takes `*rest` and `**more`.
    Open,
}

#[derive(Clone, Debug)]
struct Function {
    name: String,
    parameters: Vec<Kind>,
    /// How many of the parameters, from the end, have defaults.
    optional: usize,
    result: Kind,
    cost: u64,
    shape: Shape,
    /// Calls itself, and counts how deep in `level`.
    recursive: bool,
}

/// What a program may contain.
#[derive(Clone, Copy, Debug)]
struct Features {
    /// Objects whose death shows. Not together with exceptions: a traceback keeps frames alive in CPython.
    finalizers: bool,
    /// Exceptions raised on purpose.
    exceptions: bool,
}

/// The program so far, and what is known where it goes on.
struct Generator {
    random: Random,
    lines: Vec<String>,
    indent: usize,
    names: usize,
    variables: Vec<Variable>,
    functions: Vec<Function>,
    classes: usize,
    times: u64,
    cost: u64,
    limit: u64,
    loops: usize,
    tries: usize,
    /// Direct iterations around this place; lists must not grow.
    steady: usize,
    /// What the function returns; `None` in generators and class bodies.
    result: Option<Kind>,
    yields: bool,
    features: Features,
}

/// The program of a seed: every third one is about structures.
pub fn program(seed: u64) -> String {
    if seed % 3 == 2 {
        return structures::program(seed);
    }
    let mut random = Random::new(seed);
    let finalizers = random.once_in(4);
    let mut generator = Generator {
        random,
        lines: Vec::new(),
        indent: 0,
        names: 0,
        variables: Vec::new(),
        functions: Vec::new(),
        classes: 0,
        times: 1,
        cost: 0,
        limit: 0,
        loops: 0,
        tries: 0,
        steady: 0,
        result: None,
        yields: false,
        features: Features { finalizers, exceptions: !finalizers },
    };
    generator.whole();
    format!("# Seed {seed}\n{PRELUDE}{}\n", generator.lines.join("\n"))
}

impl Generator {
    fn whole(&mut self) {
        for _ in 0..1 + self.random.below(3) {
            self.class();
        }
        for _ in 0..2 + self.random.below(5) {
            self.function();
        }
        for at in 0..self.functions.len() {
            self.main_call(at);
        }
    }

    /// Calls a function from the top level, and shows what comes out.
    fn main_call(&mut self, at: usize) {
        let function = self.functions[at].clone();
        let turns = 1 + self.random.below(4);
        self.line(&format!("for turn in range({turns}):"));
        self.nested(|g| {
            g.line("try:");
            g.nested(|g| {
                let call = g.call_text(&function, 1);
                let call = if function.shape == Shape::Generator { format!("list({call})") } else { call };
                g.line(&format!("show({at}, {call})"));
            });
            g.line("except Exception as error:");
            g.nested(|g| g.line("print(type(error).__name__, error)"));
        });
        self.line("print(GONE, SHARED)");
    }

    fn line(&mut self, text: &str) {
        self.lines.push(format!("{}{text}", "    ".repeat(self.indent)));
    }

    /// Writes one level deeper; an empty body gets `pass`, and variables made in it are forgotten after it.
    fn nested(&mut self, body: impl FnOnce(&mut Self)) {
        let (lines, variables) = (self.lines.len(), self.variables.len());
        self.indent += 1;
        body(self);
        if self.lines.len() == lines {
            self.line("pass");
        }
        self.indent -= 1;
        self.variables.truncate(variables);
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    /// Room for statements that together run `cost` times as often as this place?
    fn affords(&self, cost: u64) -> bool {
        self.cost + self.times * cost <= self.limit
    }

    fn spend(&mut self, cost: u64) {
        self.cost += self.times * cost;
    }

    fn declare(&mut self, name: &str, kind: Kind, fixed: bool) {
        self.variables.push(Variable { name: name.to_owned(), kind, fixed });
    }

    fn named(&mut self, wanted: impl Fn(&Variable) -> bool) -> Option<String> {
        let found: Vec<&Variable> = self.variables.iter().filter(|variable| wanted(variable)).collect();
        if found.is_empty() {
            return None;
        }
        let at = self.random.below(found.len());
        Some(found[at].name.clone())
    }

    /// Some variable of the kind.
    fn variable(&mut self, kind: Kind) -> Option<String> {
        self.named(|variable| variable.kind == kind)
    }

    /// Some variable of the kind that may be assigned.
    fn target(&mut self, kind: Kind) -> Option<String> {
        self.named(|variable| variable.kind == kind && !variable.fixed)
    }
}

#[cfg(test)]
mod tests;
