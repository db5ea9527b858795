//! A macro assembler that writes Brainfuck.
//!
//! Every variable is four cells: the value and three helpers that are zero between macros. With them a value can be
//! tested in constant time and without being destroyed ([`Asm::if_else`]).

/// A variable, by its first cell.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Var(pub usize);

/// The program so far and where its pointer stands.
#[derive(Default)]
pub struct Asm {
    code: String,
    at: usize,
    vars: usize,
}

impl Asm {
    /// The program, broken into lines under a title without operations in it.
    pub fn finish(self, title: &str) -> String {
        let mut text = format!("{title}\n");
        for (index, symbol) in self.code.chars().enumerate() {
            if index % 100 == 0 {
                text.push('\n');
            }
            text.push(symbol);
        }
        text.push('\n');
        text
    }

    /// A new variable, zero.
    pub fn var(&mut self) -> Var {
        self.vars += 1;
        Var(4 * (self.vars - 1))
    }

    fn go(&mut self, cell: usize) {
        let symbol = if cell > self.at { ">" } else { "<" };
        self.code.push_str(&symbol.repeat(cell.abs_diff(self.at)));
        self.at = cell;
    }

    /// `v += amount`.
    pub fn add(&mut self, v: Var, amount: i32) {
        self.go(v.0);
        let symbol = if amount > 0 { "+" } else { "-" };
        self.code.push_str(&symbol.repeat(amount.unsigned_abs() as usize));
    }

    /// `v = value`.
    pub fn set(&mut self, v: Var, value: i32) {
        self.go(v.0);
        self.code.push_str("[-]");
        self.add(v, value);
    }

    /// Writes `v`.
    pub fn put(&mut self, v: Var) {
        self.go(v.0);
        self.code.push('.');
    }

    /// Reads into `v`.
    pub fn read(&mut self, v: Var) {
        self.go(v.0);
        self.code.push(',');
    }

    /// Runs `body` while `v` is not zero.
    pub fn while_(&mut self, v: Var, body: impl FnOnce(&mut Asm)) {
        self.go(v.0);
        self.code.push('[');
        body(self);
        self.go(v.0);
        self.code.push(']');
    }

    /// Runs `body` once for every unit of `v`, which ends at zero.
    pub fn drain(&mut self, v: Var, body: impl FnOnce(&mut Asm)) {
        self.while_(v, |a| {
            a.add(v, -1);
            body(a);
        });
    }

    /// `to += from; from = 0` for every target.
    pub fn move_to(&mut self, from: Var, to: &[Var]) {
        self.drain(from, |a| to.iter().for_each(|&to| a.add(to, 1)));
    }

    /// `to = from`.
    pub fn copy(&mut self, from: Var, to: Var, scratch: Var) {
        self.set(to, 0);
        self.move_to(from, &[to, scratch]);
        self.move_to(scratch, &[from]);
    }

    /// Runs one of two bodies, by whether `v` is zero; `v` may be changed by them.
    pub fn if_else(&mut self, v: Var, nonzero: impl FnOnce(&mut Asm), zero: impl FnOnce(&mut Asm)) {
        let [flag, stop, end] = [v.0 + 1, v.0 + 2, v.0 + 3];
        self.go(flag);
        self.code.push('+');
        self.go(v.0);
        self.code.push('[');
        self.go(flag);
        self.code.push('-');
        nonzero(self);
        self.go(stop);
        // Here the pointer stands at `stop` or, if the value was zero, still at the value: one step right is `end` or `flag`.
        self.code.push_str("]>[");
        self.at = flag;
        self.code.push('-');
        zero(self);
        self.go(end);
        self.code.push(']');
    }

    /// Moves the frame of reference: what was `cells` to the right becomes cell 0, in a loop over records. The body must
    /// return to its record's cell 0.
    pub fn records(&mut self, first: usize, size: usize, body: impl FnOnce(&mut Asm)) {
        self.go(first);
        self.code.push('[');
        self.at = 0;
        body(self);
        self.go(size);
        self.code.push(']');
        self.code.push_str(&"<".repeat(size));
        self.code.push('[');
        self.code.push_str(&"<".repeat(size));
        self.code.push(']');
        self.at = first - size;
    }

    /// As `records` over records yet to be made: runs `fill`, and goes on while it leaves `test` nonzero.
    pub fn fill_records(&mut self, first: usize, size: usize, mark: Var, test: Var) {
        self.go(first);
        self.at = 0;
        self.read(test);
        self.go(test.0);
        self.code.push('[');
        self.add(mark, 1);
        self.at = mark.0;
        self.go(mark.0 + size);
        self.at = mark.0;
        self.read(test);
        self.code.push(']');
        // Back over the marks to the record before the first.
        self.go(mark.0);
        self.code.push_str(&"<".repeat(size));
        self.code.push('[');
        self.code.push_str(&"<".repeat(size));
        self.code.push(']');
        self.at = first - size + mark.0;
    }
}
