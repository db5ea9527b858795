//! Statements: which one comes next, and those that contain others (but loops, which are in `loops`).

use super::{Generator, Kind};

impl Generator {
    /// Several statements.
    pub(super) fn statements(&mut self, count: usize, depth: usize) {
        for _ in 0..count {
            if !self.affords(2) {
                return;
            }
            self.statement(depth);
        }
    }

    fn statement(&mut self, depth: usize) {
        self.spend(1);
        match self.random.below(44) {
            0..=6 => self.assign(),
            7..=10 => self.augment(),
            11..=13 => self.change_list(),
            14 | 15 => self.change_table(),
            16..=18 => self.change_object(),
            19 | 20 => self.unpack(),
            21 => self.show_some(),
            22 => self.swap(),
            23 if self.features.finalizers => self.noisy(),
            23 => self.change_class(),
            24..=26 if depth > 0 => self.conditional(depth),
            27..=32 if depth > 0 => self.a_loop(depth),
            33 if depth > 0 => self.attempt(depth),
            34 if depth > 0 && self.features.exceptions => self.attempt(depth),
            35 if depth > 0 => self.closure(depth),
            36 if depth > 0 => self.with(depth),
            37 if depth > 0 => self.choice(depth),
            38 if self.loops > 0 => self.leave_loop(),
            39 => self.leave(),
            40..=43 if depth > 0 && self.times < 100 => self.a_loop(depth),
            _ => self.assign(),
        }
    }

    /// How many statements a body gets: less, deeper down.
    pub(super) fn some(&mut self, depth: usize) -> usize {
        1 + self.random.below(2 + depth)
    }

    fn conditional(&mut self, depth: usize) {
        let test = self.condition(2);
        self.line(&format!("if {test}:"));
        let count = self.some(depth);
        self.nested(|g| g.statements(count, depth - 1));
        if self.random.once_in(4) {
            let test = self.condition(1);
            self.line(&format!("elif {test}:"));
            self.nested(|g| g.statements(2, depth - 1));
        }
        if self.random.once_in(2) {
            self.line("else:");
            self.nested(|g| g.statements(count, depth - 1));
        }
    }

    fn choice(&mut self, depth: usize) {
        let subject = self.int(1);
        let width = 2 + self.random.below(4);
        self.line(&format!("match {subject} % {width}:"));
        self.nested(|g| {
            for at in 0..width - 1 {
                let pattern = if g.random.once_in(4) { format!("{at} | -1") } else { at.to_string() };
                g.line(&format!("case {pattern}:"));
                g.nested(|g| g.statements(2, depth - 1));
            }
            g.line("case _:");
            g.nested(|g| g.statements(1, depth - 1));
        });
    }

    /// `try`, with something that may raise in it.
    fn attempt(&mut self, depth: usize) {
        self.line("try:");
        let count = self.some(depth);
        let exceptions = self.features.exceptions;
        self.nested(|g| {
            g.tries += usize::from(exceptions);
            g.statements(count, depth - 1);
            if exceptions {
                g.raise();
                g.statements(1, depth - 1);
            }
            g.tries -= usize::from(exceptions);
        });
        let clause = self.random.pick(&[
            "except Fault as fault:",
            "except (ZeroDivisionError, IndexError, KeyError):",
            "except ArithmeticError:",
            "except Exception as fault:",
            "except Exception:",
            "except (TypeError, AttributeError, ValueError) as fault:",
        ]);
        let catches = !self.random.once_in(5);
        if catches {
            self.line(clause);
            self.nested(|g| g.handler(clause, depth));
        }
        if catches && self.random.once_in(4) {
            self.line("else:");
            self.nested(|g| g.statements(2, depth - 1));
        }
        if !catches || self.random.once_in(4) {
            self.line("finally:");
            let loops = std::mem::take(&mut self.loops);
            let (result, yields) = (self.result.take(), std::mem::take(&mut self.yields));
            self.nested(|g| g.statements(2, depth - 1));
            (self.loops, self.result, self.yields) = (loops, result, yields);
        }
    }

    fn handler(&mut self, clause: &str, depth: usize) {
        if clause.ends_with("as fault:")
            && let Some(name) = self.target(Kind::Text)
        {
            self.line(&format!("{name} = (type(fault).__name__ + str(fault))[-24:]"));
        }
        self.statements(2, depth - 1);
        if self.tries > 0 && self.random.once_in(5) {
            let code = self.int(0);
            let how = ["raise", &*format!("raise Fault({code}) from None"), &*format!("raise Fault({code})")]
                [self.random.below(3)]
            .to_owned();
            self.line(&how);
        }
    }

    fn raise(&mut self) {
        let test = self.condition(1);
        match self.random.below(5) {
            0 => {
                let risky = self.storable(Kind::Int, 2);
                if let Some(name) = self.target(Kind::Int) {
                    self.line(&format!("{name} = {risky}"));
                }
            }
            1 => {
                let table = self.variable(Kind::Table).unwrap_or_else(|| "{}".to_owned());
                let key = self.key();
                if let Some(name) = self.target(Kind::Number) {
                    self.line(&format!("{name} = {table}[{key}]"));
                }
            }
            _ => {
                let code = self.int(1);
                let what = ["Fault", "Fault", "ValueError", "KeyError", "ZeroDivisionError"][self.random.below(5)];
                self.line(&format!("if {test}:"));
                self.nested(|g| g.line(&format!("raise {what}({code})")));
            }
        }
    }

    fn with(&mut self, depth: usize) {
        let name = self.fresh("w");
        let swallow = if self.features.exceptions { self.random.pick(&["True", "False"]) } else { "False" };
        self.line(&format!("with Watched({swallow}) as {name}:"));
        self.spend(4);
        let count = self.some(depth);
        self.nested(|g| {
            g.statements(count, depth - 1);
            if g.tries > 0 {
                g.raise();
            }
        });
        if let Some(target) = self.target(Kind::Int) {
            self.line(&format!("{target} += {name}.x"));
        }
    }

    /// A function in the function, called in a loop; it may change a variable around it.
    fn closure(&mut self, depth: usize) {
        let (name, parameter) = (self.fresh("inner"), self.fresh("v"));
        let trips = [2u64, 5, 12, 30][self.random.below(4)];
        if !self.affords(trips * 8) {
            return;
        }
        let caught = self.target(Kind::Int);
        let default = self.random.below(9);
        self.line(&format!("def {name}({parameter}, other={default}):"));
        let (loops, times, tries) = (std::mem::take(&mut self.loops), self.times, std::mem::take(&mut self.tries));
        let (result, yields) = (self.result.replace(Kind::Int), std::mem::take(&mut self.yields));
        let outside = std::mem::take(&mut self.variables);
        self.variables = outside.iter().cloned().map(|v| super::Variable { fixed: true, ..v }).collect();
        self.times *= trips;
        self.nested(|g| {
            g.declare(&parameter, Kind::Int, false);
            g.declare("other", Kind::Int, false);
            if let Some(caught) = &caught {
                g.line(&format!("nonlocal {caught}"));
                let value = g.cut_int(1);
                g.line(&format!("{caught} = {value}"));
            }
            let count = g.some(1);
            g.statements(count, depth.saturating_sub(2));
            let value = g.cut_int(1);
            g.line(&format!("return {value}"));
        });
        (self.loops, self.times, self.tries) = (loops, times, tries);
        (self.result, self.yields, self.variables) = (result, yields, outside);
        let counter = self.fresh("i");
        let target = self.target(Kind::Int);
        self.line(&format!("for {counter} in range({trips}):"));
        self.nested(|g| {
            let call = format!("{name}({counter}{})", if g.random.once_in(2) { ", 3" } else { "" });
            match target {
                Some(target) => g.line(&format!("{target} = ({target} + {call}) & 65535")),
                None => g.line(&call),
            }
        });
    }

    fn leave_loop(&mut self) {
        let test = self.condition(1);
        let word = self.random.pick(&["break", "continue", "continue"]);
        self.line(&format!("if {test}:"));
        self.nested(|g| g.line(word));
    }

    /// Now and then an early return, or an item from a generator.
    fn leave(&mut self) {
        if self.yields {
            let value = self.cut_int(1);
            return self.line(&format!("yield {value}"));
        }
        let Some(result) = self.result else { return self.assign() };
        let test = self.condition(1);
        let value = self.storable(result, 1);
        let name = self.int_name();
        self.line(&format!("if {test} and {name} == 3:"));
        self.nested(|g| g.line(&format!("return {value}")));
    }

    fn int_name(&mut self) -> String {
        self.variable(Kind::Int).unwrap_or_else(|| "3".to_owned())
    }
}
