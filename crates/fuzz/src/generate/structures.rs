//! Programs about structures: loops over nodes in lists, tuples and attributes, while nodes come, move and go.
//!
//! They are after what a compiled loop knows of what holds what. Deaths show as their number and the sum of values, not as their order: where
//! several objects die by one instruction, CPython runs finalisers inside it.

use crate::random::Random;

const PRELUDE: &str = include_str!("structures.py");

/// Variables of every function.
const NODES: &[&str] = &["a", "b", "c", "d"];
const LISTS: &[&str] = &["nodes", "others"];
const PLACES: &[&str] = &["0", "1", "2", "-1", "i % 3", "i % 5", "(i * 7) % 4"];
/// How often a function's loop runs.
const TRIPS: &[&str] = &["9", "30", "60", "120"];
/// Most statements nested in each other.
const DEPTH: usize = 3;

/// The program of a seed.
pub(super) fn program(seed: u64) -> String {
    let mut writer = Writer { random: Random::new(seed), lines: Vec::new(), indent: 0, depth: 0 };
    for number in 0..2 {
        writer.function(number);
    }
    writer.main();
    format!("# Seed {seed}\n{PRELUDE}{}\n", writer.lines.join("\n"))
}

struct Writer {
    random: Random,
    lines: Vec<String>,
    indent: usize,
    depth: usize,
}

impl Writer {
    fn line(&mut self, text: &str) {
        self.lines.push(format!("{}{text}", "    ".repeat(self.indent)));
    }

    fn nested(&mut self, header: &str, body: impl FnOnce(&mut Self)) {
        self.line(header);
        self.indent += 1;
        body(self);
        self.indent -= 1;
    }

    fn function(&mut self, number: usize) {
        self.nested(&format!("def f{number}(nodes, others, pairs, trips):"), |w| {
            w.line("a = b = c = d = None");
            w.line("total = 0");
            w.line("seen = 0");
            w.nested("for i in range(trips):", |w| {
                let count = 3 + w.random.below(6);
                w.statements(count);
            });
            w.line("return total % 1000003, seen");
        });
        self.line("");
        self.line("");
    }

    fn main(&mut self) {
        self.nested("for turn in range(3):", |w| {
            for number in 0..2 {
                let trips = w.random.pick::<str>(TRIPS).to_owned();
                w.line("nodes = [Node() for _ in range(6)]");
                w.line("others = [Other() if at % 2 else Node() for at in range(6)]");
                w.line("pairs = list(zip(nodes, others))");
                w.nested("for at in range(5):", |w| {
                    w.line("nodes[at].next = nodes[at + 1]");
                    w.line("others[at].kids = [nodes[at], others[at + 1]]");
                });
                w.line("at = None");
                w.nested("try:", |w| w.line(&format!("print(f{number}(nodes, others, pairs, {trips}), DEAD)")));
                w.nested("except Exception as error:", |w| w.line("print(type(error).__name__)"));
                w.line("del nodes, others, pairs");
                w.line("print(DEAD)");
            }
        });
    }

    fn statements(&mut self, count: usize) {
        for _ in 0..count {
            self.statement();
        }
    }

    fn node(&mut self) -> &'static str {
        NODES[self.random.below(NODES.len())]
    }

    /// An element of a list of nodes.
    fn element(&mut self) -> String {
        let (list, place) = (LISTS[self.random.below(LISTS.len())], PLACES[self.random.below(PLACES.len())]);
        format!("{list}[{place}]")
    }

    fn expression(&mut self) -> String {
        let (node, at) = (self.node(), self.random.below(2));
        let part = match self.random.below(12) {
            0..=3 => return self.element(),
            4 => return node.to_owned(),
            5 => return "None".to_owned(),
            6 => return format!("pairs[{}][{at}]", PLACES[self.random.below(PLACES.len())]),
            7 => return "Node()".to_owned(),
            8 => format!("{node}.kids[{at}]"),
            9 => format!("{node}.pair[0]"),
            10 => format!("{node}.kid({at})"),
            _ => format!("{node}.next"),
        };
        format!("({part} if {node} is not None else None)")
    }

    fn statement(&mut self) {
        let value = self.expression();
        match self.random.below(20) {
            0..=5 => {
                let node = self.node();
                self.line(&format!("{node} = {value}"));
            }
            6..=10 => self.on_a_node(&value),
            11 | 12 => {
                let element = self.element();
                self.line(&format!("{element} = {value}"));
            }
            13 => self.move_around(&value),
            14 => self.line("seen += DEAD[0]"),
            15 => self.call(&value),
            16 | 17 if self.depth < DEPTH => self.test(),
            18 if self.depth < DEPTH - 1 => self.inner_loop(),
            _ => {
                let (node, value) = (self.node(), if self.random.once_in(3) { "Other()" } else { "None" });
                self.line(&format!("{node} = {value}"));
            }
        }
    }

    /// Something that needs a node.
    fn on_a_node(&mut self, value: &str) {
        let (node, at, target) = (self.node(), self.random.below(2), self.node());
        let action = match self.random.below(8) {
            0 => format!("total += {node}.value"),
            1 => format!("{node}.value += {at}"),
            2 => format!("{node}.weight = {node}.weight * 0.5 - total"),
            3 => format!("{node}.next = {value}"),
            4 => format!("{node}.kids[{at}] = {value}"),
            5 => format!("{node}.pair = ({value}, total)"),
            6 => format!("{target} = {node}.bump(1)"),
            _ => format!("{node}.swap({node} if {target} is None else {target})"),
        };
        self.nested(&format!("if {node} is not None:"), |w| w.line(&action));
    }

    fn move_around(&mut self, value: &str) {
        let place = PLACES[self.random.below(PLACES.len())];
        let other = self.expression();
        let text = match self.random.below(4) {
            0 => format!("pairs[{place}] = ({value}, {other})"),
            1 => "nodes.append(nodes.pop(0))".to_owned(),
            2 => "others.insert(0, others.pop())".to_owned(),
            _ => "nodes, others = others, nodes".to_owned(),
        };
        self.line(&text);
    }

    fn call(&mut self, value: &str) {
        let (list, place, node) =
            (LISTS[self.random.below(LISTS.len())], PLACES[self.random.below(PLACES.len())], self.node());
        let text =
            if self.random.once_in(2) { format!("put({list}, {place}, {value})") } else { format!("cut({node})") };
        self.line(&text);
    }

    fn test(&mut self) {
        let (node, other) = (self.node(), self.node());
        let condition = match self.random.below(4) {
            0 => format!("i % {} == {}", 2 + self.random.below(7), self.random.below(2)),
            1 => format!("{node} is None"),
            2 => format!("{node} is {other}"),
            _ => "total % 3 == 0".to_owned(),
        };
        self.block(&format!("if {condition}:"), 3);
        if self.random.once_in(3) {
            self.block("else:", 2);
        }
    }

    fn inner_loop(&mut self) {
        let (node, other, list) = (self.node(), self.node(), LISTS[self.random.below(LISTS.len())]);
        let header = match self.random.below(5) {
            0 => format!("for {node} in {list}:"),
            1 => format!("for {node} in tuple({list}):"),
            2 => format!("for {node}, {other} in pairs:"),
            3 => format!("for at, {node} in enumerate({list}):"),
            _ => format!("for at in range({}):", 2 + self.random.below(4)),
        };
        self.block(&header, 4);
    }

    fn block(&mut self, header: &str, most: usize) {
        self.depth += 1;
        self.nested(header, |w| {
            let count = 1 + w.random.below(most);
            w.statements(count);
        });
        self.depth -= 1;
    }
}
