//! Statements without a body.

use super::{Generator, KINDS, Kind};

impl Generator {
    pub(super) fn assign(&mut self) {
        let kind = *self.random.pick(KINDS);
        let Some(name) = self.target(kind) else { return self.augment() };
        let depth = 1 + self.random.below(3);
        let value = self.storable(kind, depth);
        if kind == Kind::Number && self.random.once_in(6) {
            self.line(&format!("del {name}"));
        }
        self.line(&format!("{name} = {value}"));
    }

    pub(super) fn augment(&mut self) {
        let kind = [Kind::Int, Kind::Float, Kind::Number, Kind::Text][self.random.below(4)];
        let Some(name) = self.target(kind) else {
            let value = self.int(1);
            return self.line(&format!("unused = {value}"));
        };
        match kind {
            Kind::Int => {
                let operator = self.random.pick(&["+", "+", "-", "^", "|", "&", "//", "%", ">>"]);
                let value = self.int(1);
                match operator {
                    "//" | "%" => self.line(&format!("{name} {operator}= ({value}) | 1")),
                    ">>" => self.line(&format!("{name} >>= ({value}) & 7")),
                    "&" => self.line(&format!("{name} &= {value}")),
                    _ => self.line(&format!("{name} {operator}= ({value}) & 65535")),
                }
            }
            Kind::Text => {
                let value = self.text(1);
                self.line(&format!("{name} += ({value})[:2]"));
                self.line(&format!("{name} = {name}[-20:]"));
            }
            _ => {
                let operator = self.random.pick(&["+", "-", "*"]);
                let value = self.float(1);
                self.line(&format!("{name} {operator}= {value}"));
            }
        }
    }

    pub(super) fn swap(&mut self) {
        let (i, j) = (self.int(1), self.int(1));
        if let Some(list) = self.named(|v| matches!(v.kind, Kind::Ints | Kind::Numbers)) {
            let (i, j) = (format!("({i}) % len({list})"), format!("({j}) % len({list})"));
            self.line(&format!("if {list}:"));
            self.nested(|g| g.line(&format!("{list}[{i}], {list}[{j}] = {list}[{j}], {list}[{i}]")));
        }
    }

    pub(super) fn unpack(&mut self) {
        let (first, second) = (self.target(Kind::Int), self.target(Kind::Int));
        let (Some(first), Some(second)) = (first, second) else { return self.assign() };
        match self.random.below(6) {
            0 => self.line(&format!("{first}, {second} = {second}, {first}")),
            1 => {
                let pair = self.pair(1);
                self.line(&format!("{first}, {second} = {pair}"));
            }
            2 => {
                let (pair, value) = (self.pair(1), self.cut_int(1));
                self.line(&format!("({first}, {second}), {first} = {pair}, {value}"));
            }
            3 => match self.target(Kind::Ints) {
                Some(list) => self.line(&format!("{first}, *{list} = {list} or [0]")),
                None => self.line(&format!("{first} = {second} = {first}")),
            },
            4 => match self.target(Kind::Ints) {
                Some(list) => self.line(&format!("*{list}, {first}, {second} = [1, 2, *{list}][-16:]")),
                None => self.line(&format!("{first}, *_, {second} = range(5)")),
            },
            _ => {
                let (a, b) = (self.cut_int(1), self.cut_int(2));
                self.line(&format!("{first}, {second} = {a}, {b}"));
            }
        }
    }

    pub(super) fn change_list(&mut self) {
        let kind = if self.random.once_in(3) { Kind::Numbers } else { Kind::Ints };
        let Some(list) = self.variable(kind) else { return self.assign() };
        let item = if kind == Kind::Ints { Kind::Int } else { Kind::Number };
        let value = self.storable(item, 1);
        let at = self.int(1);
        if self.steady == 0 && self.random.once_in(2) {
            self.line(&format!("if len({list}) < 24:"));
            let growth = match self.random.below(5) {
                0 => format!("{list}.insert(({at}) & 3, {value})"),
                1 => format!("{list}.extend([{value}, {}])", self.int(0)),
                2 => format!("{list} += [{value}]"),
                _ => format!("{list}.append({value})"),
            };
            let growth = if growth.contains(" += ") && self.is_fixed(&list) { "pass".to_owned() } else { growth };
            return self.nested(|g| g.line(&growth));
        }
        match self.random.below(9) {
            0..=3 => {
                self.line(&format!("if {list}:"));
                let operator = if item == Kind::Int { self.random.pick(&["=", "=", "^=", "|="]) } else { "=" };
                self.nested(|g| g.line(&format!("{list}[({at}) % len({list})] {operator} {value}")));
            }
            4 => {
                self.line(&format!("if {list}:"));
                let what = self.random.pick(&["pop()", "pop(0)", "pop(-1)"]);
                match self.target(item) {
                    Some(name) => self.nested(|g| g.line(&format!("{name} = {list}.{what}"))),
                    None => self.nested(|g| g.line(&format!("{list}.{what}"))),
                }
            }
            5 => {
                let (from, to) = (self.int(0), self.int(0));
                self.line(&format!("del {list}[{from} & 7:{to} & 7]"));
            }
            6 => self.line(&format!("{list}[1:3] = [{value}]")),
            7 => self.line(&format!("{list}.reverse()")),
            _ if kind == Kind::Ints => self.line(&format!("{list}.sort()")),
            _ => self.line(&format!("{list}[:] = {list}[::-1]")),
        }
    }

    fn is_fixed(&self, name: &str) -> bool {
        self.variables.iter().any(|variable| variable.name == name && variable.fixed)
    }

    pub(super) fn change_table(&mut self) {
        let Some(table) = self.variable(Kind::Table) else { return self.assign() };
        let (key, value) = (self.key(), self.storable(Kind::Number, 1));
        match self.random.below(8) {
            0..=2 => self.line(&format!("{table}[{key}] = {value}")),
            3 => self.line(&format!("{table}[{key}] = ({table}.get({key}, 0) + {value}) % 1009")),
            4 => {
                self.line(&format!("if {key} in {table}:"));
                self.nested(|g| g.line(&format!("del {table}[{key}]")));
            }
            5 => self.line(&format!("{table}.pop({key}, None)")),
            6 => self.line(&format!("{table}.setdefault({key}, {value})")),
            _ => self.line(&format!("{table}.update({{{key}: {value}}})")),
        }
    }

    pub(super) fn change_object(&mut self) {
        let Some(object) = self.variable(Kind::Object) else { return self.assign() };
        match self.random.below(9) {
            0 | 1 => {
                let value = self.cut_int(2);
                self.line(&format!("{object}.x = {value}"));
            }
            2 => {
                let value = self.storable(Kind::Number, 1);
                self.line(&format!("{object}.y = {value}"));
            }
            3 | 4 => {
                let value = self.int(1);
                self.line(&format!("{object}.x += ({value}) & 1023"));
            }
            5 => {
                let value = self.cut_int(1);
                self.line(&format!("{object}.total = {value}"));
            }
            6 if self.features.exceptions => {
                let value = self.int(0);
                self.line(&format!("{object}.extra = {value}"));
            }
            7 => {
                self.line(&format!("if hasattr({object}, 'extra'):"));
                self.nested(|g| g.line(&format!("del {object}.extra")));
            }
            _ if self.affords(30) => {
                self.spend(30);
                let value = self.int(1);
                self.line(&format!("{object}.step({value})"));
            }
            _ => self.line(&format!("{object}.x ^= 1")),
        }
    }

    /// A class changes while code that relies on it is hot.
    pub(super) fn change_class(&mut self) {
        let class = self.random.below(self.classes);
        let test = self.condition(1);
        match self.random.below(4) {
            0 => {
                let value = self.int(0);
                self.line(&format!("C{class}.kind = ({value}) & 15"));
            }
            1 => {
                self.line(&format!("if {test}:"));
                self.nested(|g| g.line(&format!("C{class}.step = lambda self, n: (self.x ^ n) & 255")));
            }
            _ => {
                self.line(&format!("if {test}:"));
                let value = self.int(0);
                self.nested(|g| g.line(&format!("C{class}.kind = {value}")));
            }
        }
    }

    /// An object whose death shows, in places from which it goes soon, later, or with something else.
    pub(super) fn noisy(&mut self) {
        let value = self.int(0);
        let holder = self.variable(Kind::Object);
        match (self.random.below(4), holder) {
            (0 | 1, Some(object)) => self.line(&format!("{object}.extra = Noisy({value})")),
            (2, _) => self.line(&format!("Noisy({value})")),
            _ => {
                let name = self.fresh("noisy");
                self.line(&format!("{name} = [Noisy({value}), Noisy(2)]"));
                if self.random.once_in(2) {
                    self.line(&format!("del {name}[0]"));
                }
                if self.random.once_in(2) {
                    self.line(&format!("{name} = None"));
                }
            }
        }
    }

    pub(super) fn show_some(&mut self) {
        if self.times > 40 {
            return self.augment();
        }
        self.show_all();
    }

    /// Shows the variables, if that is not too often.
    pub(super) fn show_all(&mut self) {
        if self.times > 40 || !self.affords(60) {
            return;
        }
        self.spend(60);
        let names: Vec<String> = self.variables.iter().rev().take(7).map(|variable| variable.name.clone()).collect();
        self.line(&format!("show({})", names.join(", ")));
    }
}
