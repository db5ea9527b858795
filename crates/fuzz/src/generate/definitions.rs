//! Classes and functions.

use super::{Function, Generator, KINDS, Kind, Shape};

/// Variables that every function has.
const ALWAYS: &[Kind] = &[Kind::Int, Kind::Int, Kind::Ints, Kind::Object, Kind::Number];

/// What every class has, so that any instance can stand for any other.
const COMMON: &str = "\
@property
def total(self):
    return self.x + self.kind
@total.setter
def total(self, value):
    self.x = value & 65535
@classmethod
def build(cls, x, y):
    return cls(x & 255, y)";

impl Generator {
    pub(super) fn class(&mut self) {
        let number = self.classes;
        let base = if number > 0 && self.random.once_in(2) { Some(self.random.below(number)) } else { None };
        match base {
            Some(base) => self.line(&format!("class C{number}(C{base}):")),
            None => self.line(&format!("class C{number}:")),
        }
        self.classes += 1;
        self.nested(|g| {
            if base.is_none() {
                g.whole_class(number);
            } else {
                g.subclass(number);
            }
        });
        self.line("");
        self.line("");
    }

    fn whole_class(&mut self, number: usize) {
        if self.random.once_in(3) {
            self.line("__slots__ = ('x', 'y', 'extra')");
        } else {
            self.line(&format!("kind = {}", number + 3));
        }
        let slots = self.lines.last().is_some_and(|line| line.contains("__slots__"));
        let stores = ["self.x = x", "self.y = y"];
        let order = if self.random.once_in(2) { [1, 0] } else { [0, 1] };
        self.line("def __init__(self, x, y=0):");
        self.nested(|g| order.iter().for_each(|&at| g.line(stores[at])));
        for line in COMMON.lines() {
            self.line(line);
        }
        if slots {
            self.line("kind = 11");
        }
        self.method("step", 30);
        self.method("__call__", 6);
        self.method("__getitem__", 6);
        self.line("def __add__(self, other):");
        self.nested(|g| g.line("return type(self)((self.x + other.x) & 65535, other.y)"));
        if self.random.once_in(3) {
            self.line("def __bool__(self):");
            self.nested(|g| g.line("return self.x & 1 == 0"));
        }
    }

    fn subclass(&mut self, number: usize) {
        if self.random.once_in(2) {
            self.line(&format!("kind = {}", number * 7));
        }
        if self.random.once_in(2) {
            self.line("def __init__(self, x, y=1.5):");
            self.nested(|g| g.line("super().__init__(x ^ 1, y)"));
        }
        if self.random.once_in(2) {
            self.method("step", 12);
        } else {
            self.line("def step(self, n):");
            self.nested(|g| g.line("return super().step(n + 1) ^ 5"));
        }
    }

    /// A method of one parameter that gives an int.
    fn method(&mut self, name: &str, limit: u64) {
        self.line(&format!("def {name}(self, n):"));
        self.begin(limit, Some(Kind::Int));
        // A method that calls methods of other objects could recurse without end, so only `self.x` and `self.y` are in sight.
        self.declare("n", Kind::Int, false);
        self.declare("self.x", Kind::Int, true);
        self.declare("self.y", Kind::Number, true);
        self.nested(|g| {
            if g.random.once_in(2) {
                let value = g.cut_int(1);
                g.line(&format!("self.x = {value}"));
            }
            if g.random.once_in(3) {
                let value = g.storable(Kind::Number, 1);
                g.line(&format!("self.y = {value}"));
            }
            let count = g.some(1);
            g.statements(count, 1);
            let value = g.cut_int(2);
            g.line(&format!("return {value}"));
        });
        self.variables.clear();
    }

    fn begin(&mut self, limit: u64, result: Option<Kind>) {
        self.variables.clear();
        (self.times, self.cost, self.limit) = (1, 0, limit);
        (self.loops, self.tries, self.steady) = (0, 0, 0);
        self.result = result;
        self.yields = false;
    }

    pub(super) fn function(&mut self) {
        let shape = match self.random.below(6) {
            0 => Shape::Generator,
            1 => Shape::Open,
            _ => Shape::Plain,
        };
        let name = format!("f{}", self.functions.len());
        let parameters: Vec<Kind> = (0..self.random.below(4)).map(|_| *self.random.pick(KINDS)).collect();
        let optional = match shape {
            Shape::Plain => self.random.below(parameters.len() + 1),
            Shape::Generator | Shape::Open => 0,
        };
        let result = [Kind::Int, Kind::Int, Kind::Number, Kind::Float, Kind::Ints][self.random.below(5)];
        let limit = [80, 400, 3000, 9000][self.random.below(4)];
        self.begin(limit, (shape != Shape::Generator).then_some(result));
        let recursive = shape == Shape::Plain && self.random.once_in(4);
        let header = self.header(&parameters, optional, &shape, recursive);
        self.line(&format!("def {name}({header}):"));
        let mut function = Function { name, parameters, optional, result, cost: 0, shape, recursive };
        self.nested(|g| g.function_body(&function));
        function.cost = self.cost.max(4);
        self.functions.push(function);
        self.variables.clear();
        self.line("");
        self.line("");
    }

    fn header(&mut self, parameters: &[Kind], optional: usize, shape: &Shape, recursive: bool) -> String {
        let mut words: Vec<String> = Vec::new();
        for (at, &kind) in parameters.iter().enumerate() {
            let default =
                if at >= parameters.len() - optional { format!("={}", self.storable(kind, 0)) } else { String::new() };
            words.push(format!("p{at}{default}"));
        }
        if *shape == Shape::Open {
            words.push("*rest".to_owned());
            words.push("**more".to_owned());
        }
        if recursive {
            words.push("level=0".to_owned());
        }
        words.join(", ")
    }

    fn function_body(&mut self, function: &Function) {
        for (at, &kind) in function.parameters.iter().enumerate() {
            self.declare(&format!("p{at}"), kind, false);
        }
        if self.random.once_in(3) {
            self.line("global SHARED");
            self.line("SHARED = (SHARED * 3 + 1) % PRIME");
            self.declare("SHARED", Kind::Int, true);
        }
        for at in 0..6 + self.random.below(4) {
            let kind = ALWAYS.get(at).copied().unwrap_or_else(|| *self.random.pick(KINDS));
            let name = self.fresh("v");
            let value = self.storable(kind, 1);
            self.line(&format!("{name} = {value}"));
            self.declare(&name, kind, false);
        }
        if function.shape == Shape::Open {
            self.line("rest = sum(rest) & 65535");
            self.line("more = more.get('extra', len(more))");
            self.declare("rest", Kind::Int, false);
            self.declare("more", Kind::Int, false);
        }
        self.yields = function.shape == Shape::Generator;
        if function.recursive {
            return self.recursive_body(function);
        }
        let count = 3 + self.random.below(6);
        self.statements(count, 4);
        if self.yields {
            self.line("for item in range(6):");
            let value = self.cut_int(1);
            return self.nested(|g| g.line(&format!("yield {value} + item")));
        }
        self.show_all();
        let value = self.storable(function.result, 2);
        self.line(&format!("return {value}"));
    }

    /// One call of itself to a depth of some ten, or two to a depth of five.
    fn recursive_body(&mut self, function: &Function) {
        let double = self.random.once_in(2);
        let (depth, calls) = if double { (5, 32) } else { (4 + self.random.below(16), 20) };
        self.limit /= 8;
        self.times = calls;
        self.line(&format!("if level >= {depth}:"));
        self.nested(|g| {
            let value = g.storable(function.result, 1);
            g.line(&format!("return {value}"));
        });
        self.statements(2, 2);
        for _ in 0..1 + usize::from(double) {
            let bare = Function { optional: 0, ..function.clone() };
            let call = self.call_text(&bare, 1);
            let comma = if function.parameters.is_empty() { "" } else { ", " };
            let call = format!("{}{comma}level=level + 1)", &call[..call.len() - 1]);
            let name = self.fresh("r");
            self.line(&format!("{name} = {call}"));
            self.declare(&name, function.result, false);
            self.statements(2, 2);
        }
        let value = self.storable(function.result, 2);
        self.line(&format!("return {value}"));
        self.times = 1;
    }
}
