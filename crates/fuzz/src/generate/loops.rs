//! Loops.

use super::{Generator, Kind, Shape};

const TRIPS: &[u64] = &[1, 3, 3, 5, 8, 8, 20, 20, 45, 120, 300];

impl Generator {
    /// A loop of some form; what is too expensive becomes an assignment.
    pub(super) fn a_loop(&mut self, depth: usize) {
        let trips = TRIPS[self.random.below(TRIPS.len())];
        if !self.affords(trips * 3) {
            return self.assign();
        }
        match self.random.below(10) {
            0..=3 => self.over_range(trips, depth),
            4..=6 => self.while_loop(trips, depth),
            7 => self.over_list(depth),
            8 => self.over_generator(depth),
            _ => self.over_table(depth),
        }
        self.show_all();
    }

    /// A loop's body: `trips` says how often it runs.
    fn body(&mut self, trips: u64, depth: usize, extra: impl FnOnce(&mut Self)) {
        let times = self.times;
        self.times *= trips;
        self.loops += 1;
        let count = self.some(depth);
        self.nested(|g| {
            extra(g);
            g.statements(count, depth - 1);
        });
        self.loops -= 1;
        self.times = times;
    }

    fn or_else(&mut self, depth: usize) {
        if self.random.once_in(8) {
            self.line("else:");
            self.nested(|g| g.statements(1, depth - 1));
        }
    }

    fn over_range(&mut self, trips: u64, depth: usize) {
        let name = self.fresh("i");
        let range = match self.random.below(4) {
            0 => format!("range({}, {})", 7, 7 + trips),
            1 => format!("range({}, -1, -1)", trips - 1),
            2 => format!("range(0, {}, 3)", trips * 3),
            _ => format!("range({trips})"),
        };
        self.line(&format!("for {name} in {range}:"));
        self.body(trips, depth, |g| g.declare(&name, Kind::Int, true));
        self.or_else(depth);
    }

    fn while_loop(&mut self, trips: u64, depth: usize) {
        let name = self.fresh("n");
        let down = self.random.once_in(2);
        self.line(&format!("{name} = {}", if down { trips } else { 0 }));
        let extra =
            if self.random.once_in(4) { format!(" and ({} or True)", self.condition(1)) } else { String::new() };
        let test = if down { format!("{name} > 0{extra}") } else { format!("{name} < {trips}{extra}") };
        self.line(&format!("while {test}:"));
        self.body(trips, depth, |g| {
            g.line(&format!("{name} {}= 1", if down { "-" } else { "+" }));
            g.declare(&name, Kind::Int, true);
        });
        self.or_else(depth);
    }

    fn over_list(&mut self, depth: usize) {
        let Some(list) = self.variable(Kind::Ints) else { return self.assign() };
        let (item, at) = (self.fresh("e"), self.fresh("i"));
        if !self.affords(24 * 3) {
            return self.assign();
        }
        let form = self.random.below(5);
        let header = match form {
            0 => format!("for {at}, {item} in enumerate({list}[:12]):"),
            1 => format!("for {at}, {item} in zip({list}[1:], list({list})):"),
            2 => format!("for {at}, {item} in [({list}.index(q), q) for q in {list}]:"),
            3 => format!("for {at}, {item} in enumerate({list}):"),
            _ => format!("for {item} in {list}:"),
        };
        self.line(&header);
        let direct = usize::from(form >= 3);
        self.steady += direct;
        self.body(24, depth, |g| {
            g.declare(&item, Kind::Int, true);
            if form < 4 {
                g.declare(&at, Kind::Int, true);
            }
        });
        self.steady -= direct;
    }

    fn over_table(&mut self, depth: usize) {
        let Some(table) = self.variable(Kind::Table) else { return self.assign() };
        if !self.affords(10 * 3) {
            return self.assign();
        }
        let (key, item) = (self.fresh("k"), self.fresh("e"));
        let header = match self.random.below(3) {
            0 => format!("for {key}, {item} in {table}.items():"),
            1 => format!("for {key}, {item} in list({table}.items()):"),
            _ => format!("for {item} in {table}.values():"),
        };
        self.line(&header);
        self.body(10, depth, |g| g.declare(&item, Kind::Number, true));
    }

    fn over_generator(&mut self, depth: usize) {
        let found: Vec<usize> = (0..self.functions.len())
            .filter(|&at| self.functions[at].shape == Shape::Generator && self.affords(self.functions[at].cost + 60))
            .collect();
        if found.is_empty() {
            return self.over_range(8, depth);
        }
        let function = self.functions[found[self.random.below(found.len())]].clone();
        self.spend(function.cost);
        let (item, call) = (self.fresh("e"), self.call_text(&function, 1));
        let count = self.fresh("n");
        self.line(&format!("{count} = 0"));
        self.line(&format!("for {item} in {call}:"));
        self.body(20, depth, |g| {
            g.line(&format!("{count} += 1"));
            g.line(&format!("if {count} > 20:"));
            g.nested(|g| g.line("break"));
            g.declare(&item, Kind::Int, true);
        });
    }
}
