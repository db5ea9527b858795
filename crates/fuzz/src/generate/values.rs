//! Expressions.

use super::{Generator, Kind, Shape};

const INTS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "7",
    "10",
    "-1",
    "-5",
    "100",
    "255",
    "65536",
    "2147483648",
    "1152921504606846975",
    "2305843009213693951",
    "2305843009213693952",
    "-2305843009213693952",
    "9223372036854775807",
    "-9223372036854775808",
    "100000000000000000000",
    "True",
];
const FLOATS: &[&str] = &["0.0", "-0.0", "0.5", "1.5", "-2.25", "3.0", "1e10", "1e-05", "0.1", "1e300", "7.0"];
const TEXTS: &[&str] = &["''", "'a'", "'bc'", "'x y'", "'h\\u00e9'", "'\\u65e5\\u672c'", "'%d'", "'0'"];
/// Widths to which ints are cut; most of them fit a machine word.
const CUTS: &[&str] = &[
    "& 255",
    "& 65535",
    "% PRIME",
    "% 1009",
    "& 2147483647",
    "& 2305843009213693951",
    "% 4611686018427387904",
    "& 18446744073709551615",
    "% 1000000000000000000000000",
];

impl Generator {
    /// An expression of a kind.
    pub(super) fn value(&mut self, kind: Kind, depth: usize) -> String {
        match kind {
            Kind::Int => self.int(depth),
            Kind::Float => self.float(depth),
            Kind::Number => self.number(depth),
            Kind::Text => self.text(depth),
            Kind::Ints => self.ints(depth),
            Kind::Numbers => self.numbers(depth),
            Kind::Table => self.table(depth),
            Kind::Pair => self.pair(depth),
            Kind::Object => self.object(depth),
        }
    }

    /// An expression that may be stored: of bounded size.
    pub(super) fn storable(&mut self, kind: Kind, depth: usize) -> String {
        match kind {
            Kind::Int => self.cut_int(depth),
            Kind::Number if self.random.once_in(2) => self.float(depth),
            Kind::Number if self.random.once_in(4) => self.condition(depth),
            Kind::Number if self.random.once_in(3) => format!("({}) % 1000003", self.number(depth)),
            Kind::Number => self.cut_int(depth),
            Kind::Text => format!("({})[-24:]", self.text(depth)),
            Kind::Ints | Kind::Numbers => format!("({})[:16]", self.value(kind, depth)),
            Kind::Pair => format!("({}, {})", self.cut_int(depth), self.cut_int(1)),
            Kind::Float | Kind::Table | Kind::Object => self.value(kind, depth),
        }
    }

    pub(super) fn cut_int(&mut self, depth: usize) -> String {
        let value = self.int(depth);
        format!("({value}) {}", self.random.pick(CUTS))
    }

    fn int_leaf(&mut self) -> String {
        if !self.random.once_in(4)
            && let Some(name) = self.variable(Kind::Int)
        {
            return name;
        }
        let small = if self.random.once_in(3) { INTS } else { &INTS[..9] };
        self.random.pick(small).to_owned()
    }

    pub(super) fn int(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.int_leaf();
        }
        let deeper = depth - 1;
        match self.random.below(26) {
            0..=8 => {
                let operator = self.random.pick(&["+", "+", "+", "-", "-", "*", "*", "&", "|", "^"]);
                format!("({} {operator} {})", self.int(deeper), self.int(deeper))
            }
            9 => format!("({} // ({} | 1))", self.int(deeper), self.int(deeper)),
            10 => format!("({} % ({} | 1))", self.int(deeper), self.int(deeper)),
            11 => format!("({} << ({} & 15))", self.int(deeper), self.int(deeper)),
            12 => format!("({} >> ({} & 15))", self.int(deeper), self.int(deeper)),
            13 => format!("({}{})", self.random.pick(&["-", "~", "+"]), self.int(deeper)),
            14 => format!("{}({}, {})", self.random.pick(&["min", "max"]), self.int(deeper), self.int(deeper)),
            15 => format!("({} if {} else {})", self.int(deeper), self.condition(deeper), self.int(deeper)),
            16 => self.length(),
            17 => self.item_of_ints(deeper),
            18 | 19 => self.int_of_object(deeper),
            20 => self.call(Kind::Int, deeper).unwrap_or_else(|| self.int(deeper)),
            21 => self.int_of_pair(),
            22 => self.rare_int(deeper),
            23 => self.reduction(deeper),
            24 if self.tries > 0 => self.risky_int(deeper),
            _ => self.int_leaf(),
        }
    }

    fn length(&mut self) -> String {
        match self.named(|v| matches!(v.kind, Kind::Ints | Kind::Numbers | Kind::Text | Kind::Table)) {
            Some(name) => format!("len({name})"),
            None => self.int_leaf(),
        }
    }

    fn item_of_ints(&mut self, depth: usize) -> String {
        let Some(list) = self.variable(Kind::Ints) else { return self.int_leaf() };
        match self.random.below(4) {
            0 => format!("({list}[0] if {list} else {})", self.int_leaf()),
            1 => format!("({list}[-1] if {list} else {})", self.int_leaf()),
            2 => format!("sum({list})"),
            _ => format!("({list}[{} % len({list})] if {list} else {})", self.int(depth), self.int_leaf()),
        }
    }

    fn int_of_object(&mut self, depth: usize) -> String {
        let Some(name) = self.variable(Kind::Object) else { return self.int_leaf() };
        match self.random.below(8) {
            0..=3 => format!("{name}.x"),
            4 if self.affords(30) => {
                self.spend(30);
                format!("{name}.step({})", self.int(depth))
            }
            5 if self.affords(8) => {
                self.spend(8);
                format!("{name}({})", self.int(depth))
            }
            6 => format!("{name}.kind"),
            7 => format!("{name}[{}]", self.int(depth)),
            _ => format!("{name}.total"),
        }
    }

    fn int_of_pair(&mut self) -> String {
        match self.variable(Kind::Pair) {
            Some(name) => format!("{name}[{}]", self.random.pick(&["0", "1", "-1"])),
            None => self.int_leaf(),
        }
    }

    fn rare_int(&mut self, depth: usize) -> String {
        let a = self.int(depth);
        match self.random.below(9) {
            0 => format!("abs({a})"),
            1 => format!("divmod({a}, {} | 1)[{}]", self.int(depth), self.random.below(2)),
            2 => format!("pow({a}, {} & 7, 1009)", self.int(depth)),
            3 => format!("({a} ** 2)"),
            4 => format!("({a}).bit_length()"),
            5 => format!("(lambda q: q + {})({a})", self.int_leaf()),
            6 => format!("int(({}) > 0)", self.float(depth)),
            7 => format!("({a} + ({}))", self.condition(depth)),
            _ => format!("int(str(({a}) % 100000))"),
        }
    }

    /// Something folded over a comprehension or a generator expression.
    fn reduction(&mut self, depth: usize) -> String {
        if !self.affords(16) {
            return self.int_leaf();
        }
        self.spend(12);
        let count = 2 + self.random.below(8);
        let (item, fold) = (self.fresh("q"), self.random.pick(&["sum", "max", "len", "sum"]).to_owned());
        let visible = self.variables.len();
        self.declare(&item, Kind::Int, true);
        let body = self.int(depth.min(1));
        let filter =
            if self.random.once_in(3) && fold != "max" { format!(" if {}", self.condition(0)) } else { String::new() };
        self.variables.truncate(visible);
        let text = format!("{body} for {item} in range({count}){filter}");
        if fold == "len" || self.random.once_in(2) { format!("{fold}([{text}])") } else { format!("{fold}({text})") }
    }

    /// What may raise.
    fn risky_int(&mut self, depth: usize) -> String {
        let a = self.int(depth);
        match self.random.below(7) {
            0 => format!("({a} // {})", self.int(depth)),
            1 => format!("({a} % {})", self.int(depth)),
            2 => match self.variable(Kind::Ints) {
                Some(list) => format!("{list}[{a}]"),
                None => format!("[1, 2, 3][{a}]"),
            },
            3 => format!("({a} + {})", self.text(0)),
            4 => format!("int({})", self.text(depth)),
            5 => match self.variable(Kind::Object) {
                Some(name) => format!("{name}.missing"),
                None => format!("({a}).missing"),
            },
            _ => format!("int({})", self.float(depth)),
        }
    }

    pub(super) fn float(&mut self, depth: usize) -> String {
        if depth == 0 {
            let name = if self.random.once_in(3) { None } else { self.variable(Kind::Float) };
            return name.unwrap_or_else(|| self.random.pick(FLOATS).to_owned());
        }
        let deeper = depth - 1;
        match self.random.below(12) {
            0..=4 => {
                let operator = self.random.pick(&["+", "-", "*"]);
                format!("({} {operator} {})", self.float(deeper), self.float(deeper))
            }
            5 => format!("({} / (abs({}) + 1.0))", self.float(deeper), self.float(deeper)),
            6 => format!("(-{})", self.float(deeper)),
            7 => format!("float({} % 1000)", self.int(deeper)),
            8 => format!("({} {} 3.5)", self.float(deeper), self.random.pick(&["%", "//"])),
            9 => format!("({} if {} else {})", self.float(deeper), self.condition(deeper), self.float(deeper)),
            10 => format!("({} / ({} | 1))", self.int(deeper), self.int(deeper)),
            _ => format!("({} + {})", self.float(deeper), self.int(deeper)),
        }
    }

    pub(super) fn number(&mut self, depth: usize) -> String {
        match self.random.below(7) {
            0 if depth > 0 => self.float(depth),
            1 if depth > 0 => self.int(depth),
            2 | 3 if depth > 0 => {
                let operator = self.random.pick(&["+", "-", "*"]);
                format!("({} {operator} {})", self.number(depth - 1), self.number(depth - 1))
            }
            4 => match self.variable(Kind::Table) {
                Some(name) => format!("{name}.get({}, {})", self.key(), self.int_leaf()),
                None => self.float(0),
            },
            5 => match self.variable(Kind::Object) {
                Some(name) => format!("{name}.y"),
                None => self.int_leaf(),
            },
            _ => self.variable(Kind::Number).unwrap_or_else(|| self.int_leaf()),
        }
    }

    /// A key of a table.
    pub(super) fn key(&mut self) -> String {
        if self.random.once_in(6) {
            return self.random.pick(&["'a'", "'k'", "(1, 2)", "2.0", "True"]).to_owned();
        }
        format!("{} & 7", self.int_leaf())
    }

    pub(super) fn condition(&mut self, depth: usize) -> String {
        let deeper = depth.saturating_sub(1);
        let comparison = self.random.pick(&["<", "<", "<=", ">", ">=", "==", "!="]);
        match self.random.below(14) {
            0..=3 => format!("{} {comparison} {}", self.int(deeper), self.int(deeper)),
            4 => format!("{} % {} == {}", self.int(deeper), 2 + self.random.below(5), self.random.below(3)),
            5 => format!("{} {comparison} {}", self.number(deeper), self.number(deeper)),
            6 => format!("{} {comparison} {}", self.float(deeper), self.float(deeper)),
            7 => format!("not ({})", self.condition(deeper)),
            8 if depth > 0 => {
                let word = self.random.pick(&["and", "or"]);
                format!("({} {word} {})", self.condition(deeper), self.condition(deeper))
            }
            9 => format!("{} {comparison} {}", self.text(deeper), self.text(deeper)),
            10 => match self.named(|v| matches!(v.kind, Kind::Ints | Kind::Table | Kind::Pair)) {
                Some(name) => format!("{} in {name}", self.int(deeper)),
                None => self.int_leaf(),
            },
            11 => format!("isinstance({}, {})", self.number(deeper), self.random.pick(&["int", "float", "bool"])),
            12 => format!("{} < {} < {}", self.int(deeper), self.int(deeper), self.int(deeper)),
            _ => match self.named(|v| !v.fixed) {
                Some(name) => name,
                None => self.int_leaf(),
            },
        }
    }

    pub(super) fn text(&mut self, depth: usize) -> String {
        if depth == 0 {
            let name = if self.random.once_in(3) { None } else { self.variable(Kind::Text) };
            return name.unwrap_or_else(|| self.random.pick(TEXTS).to_owned());
        }
        let a = self.text(depth - 1);
        match self.random.below(11) {
            0 => format!("({a} + {})", self.text(depth - 1)),
            1 => format!("{a}[{} % 8:{} % 9]", self.int(0), self.int(0)),
            2 => {
                format!("{a}.{}", self.random.pick(&["upper()", "lower()", "strip()", "title()", "replace('a', 'bc')"]))
            }
            3 => format!("str({})", self.int(depth - 1)),
            4 => format!("f'{{{}}}:{{{}!r}}'", self.int_leaf(), self.number(0)),
            5 => format!("({a} * ({} & 3))", self.int(0)),
            6 => format!("','.join([{a}, {}])", self.text(0)),
            7 => format!("('%d;' % ({}))", self.int(depth - 1)),
            8 => format!("repr({})", self.float(depth - 1)),
            9 => format!("({a}[{} % len({a})] if {a} else 'z')", self.int(0)),
            _ => format!("({a} if {} else {})", self.condition(0), self.text(0)),
        }
    }

    pub(super) fn ints(&mut self, depth: usize) -> String {
        let name = self.variable(Kind::Ints);
        let list = name.unwrap_or_else(|| format!("[{}, {}]", self.int(0), self.int(0)));
        let deeper = depth.saturating_sub(1);
        match self.random.below(11) {
            0 | 1 => format!("[{}, {}, {}]", self.cut_int(deeper), self.cut_int(0), self.int(0)),
            2 => format!("{list}[{} & 3:]", self.int(0)),
            3 => format!("{list}[::{}]", self.random.pick(&["-1", "2", "-2", "1"])),
            4 => format!("sorted({list})"),
            5 => self.comprehension(Kind::Int, deeper),
            6 => format!("list(range({} & 15))", self.int(0)),
            7 => format!("({list} + [{}])", self.cut_int(deeper)),
            8 => format!("([{}] * {})", self.int_leaf(), self.random.below(9)),
            9 if self.affords(30) => {
                self.spend(30);
                format!("list(map(lambda q: q ^ {}, {list}))", self.int_leaf())
            }
            _ => list,
        }
    }

    fn comprehension(&mut self, kind: Kind, depth: usize) -> String {
        if !self.affords(14) {
            return "[]".to_owned();
        }
        self.spend(14);
        let item = self.fresh("q");
        let visible = self.variables.len();
        self.declare(&item, Kind::Int, true);
        let body = self.storable(kind, depth.min(1));
        self.variables.truncate(visible);
        let count = 1 + self.random.below(12);
        let filter = if self.random.once_in(3) { format!(" if {item} & 1") } else { String::new() };
        format!("[{body} for {item} in range({count}){filter}]")
    }

    pub(super) fn numbers(&mut self, depth: usize) -> String {
        let name = self.variable(Kind::Numbers);
        let deeper = depth.saturating_sub(1);
        match (self.random.below(5), name) {
            (0, Some(list)) => format!("{list}[::-1]"),
            (1, Some(list)) => format!("({list} + [{}])", self.storable(Kind::Number, deeper)),
            (2, Some(list)) => list,
            (3, _) => self.comprehension(Kind::Number, deeper),
            _ => format!("[{}, {}]", self.storable(Kind::Number, deeper), self.storable(Kind::Number, 0)),
        }
    }

    pub(super) fn table(&mut self, depth: usize) -> String {
        match self.random.below(4) {
            0 if self.affords(10) => {
                self.spend(10);
                let item = self.fresh("q");
                format!("{{{item} & 7: {item} + {} for {item} in range({})}}", self.int(0), self.random.below(9))
            }
            1 => match self.variable(Kind::Table) {
                Some(name) => format!("dict({name})"),
                None => "{}".to_owned(),
            },
            2 => "{}".to_owned(),
            _ => {
                let first = self.storable(Kind::Number, depth.saturating_sub(1));
                format!("{{{}: {first}, {}: {}}}", self.key(), self.key(), self.int(0))
            }
        }
    }

    pub(super) fn pair(&mut self, depth: usize) -> String {
        match (self.random.below(3), self.variable(Kind::Pair)) {
            (0, Some(name)) => format!("{name}[::-1]"),
            (1, Some(name)) => name,
            _ => format!("({}, {})", self.cut_int(depth.saturating_sub(1)), self.int(0)),
        }
    }

    pub(super) fn object(&mut self, depth: usize) -> String {
        let name = if self.random.once_in(2) { None } else { self.variable(Kind::Object) };
        let deeper = depth.saturating_sub(1);
        match (self.random.below(5), name) {
            (0, Some(name)) if self.affords(6) => {
                self.spend(6);
                match self.variable(Kind::Object) {
                    Some(other) => format!("({name} + {other})"),
                    None => name,
                }
            }
            (1..=3, Some(name)) => name,
            _ => {
                let class = self.random.below(self.classes);
                self.spend(3);
                let number = self.storable(Kind::Number, deeper);
                let how = self.random.pick(&["", "", "", ".build"]);
                format!("C{class}{how}({}, {number})", self.cut_int(deeper))
            }
        }
    }

    /// A call of an earlier function with a result of the kind, if one can be afforded.
    pub(super) fn call(&mut self, kind: Kind, depth: usize) -> Option<String> {
        let fitting: Vec<usize> = (0..self.functions.len())
            .filter(|&at| self.functions[at].shape != Shape::Generator)
            .filter(|&at| self.functions[at].result == kind && self.affords(self.functions[at].cost))
            .filter(|&at| self.steady == 0 || !self.functions[at].parameters.contains(&Kind::Ints))
            .collect();
        if fitting.is_empty() {
            return None;
        }
        let function = self.functions[fitting[self.random.below(fitting.len())]].clone();
        self.spend(function.cost);
        Some(self.call_text(&function, depth))
    }

    /// A call with fitting arguments, some left out, some by name.
    pub(super) fn call_text(&mut self, function: &super::Function, depth: usize) -> String {
        let left_out = self.random.below(function.optional + 1);
        let given = function.parameters.len() - left_out;
        let named =
            if function.shape == Shape::Open || self.random.once_in(2) { 0 } else { self.random.below(given + 1) };
        let mut arguments: Vec<String> = Vec::new();
        for (at, &kind) in function.parameters[..given].iter().enumerate() {
            let value = self.storable(kind, depth.min(1));
            arguments.push(if at >= given - named { format!("p{at}={value}") } else { value });
        }
        if function.shape == Shape::Open {
            self.open_arguments(function, given, &mut arguments);
        }
        format!("{}({})", function.name, arguments.join(", "))
    }

    fn open_arguments(&mut self, function: &super::Function, given: usize, arguments: &mut Vec<String>) {
        if given == function.parameters.len() {
            match self.random.below(3) {
                0 => arguments.push(format!("{}, {}", self.int(0), self.int(0))),
                1 => arguments.push(format!("*{}", self.pair(0))),
                _ => {}
            }
        }
        match self.random.below(3) {
            0 => arguments.push(format!("extra={}", self.int(0))),
            1 => arguments.push(format!("**{{'extra': {}, 'other': {}}}", self.int(0), self.int(0))),
            _ => {}
        }
    }
}
