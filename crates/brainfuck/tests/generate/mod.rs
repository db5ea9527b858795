//! What the generated programs are made of.

use crate::assembler::{Asm, Var};

/// Scale of the plotter's fixed-point numbers, as a shift: 32 steps to one.
const SHIFT: u32 = 5;
/// Largest magnitude of a coordinate that is not known to escape: just under two.
const LIMIT: i32 = 63;
/// Largest sum of squares that has not escaped: four.
const FOUR: i32 = 128;

/// A signed number: magnitude, and 1 for negative.
#[derive(Clone, Copy)]
struct Signed {
    size: Var,
    minus: Var,
}

fn signed(a: &mut Asm) -> Signed {
    Signed { size: a.var(), minus: a.var() }
}

/// The plotter's working cells.
#[derive(Clone, Copy)]
struct Work {
    keep: Var,
    first: Var,
    second: Var,
    count: Var,
}

impl Work {
    fn copy(&self, a: &mut Asm, from: Signed, to: Signed) {
        a.copy(from.size, to.size, self.keep);
        a.copy(from.minus, to.minus, self.keep);
    }

    /// `to = x * y / 32`, magnitudes only.
    fn multiply(&self, a: &mut Asm, x: Var, y: Var, to: Var) {
        let Work { keep, first, second, count } = *self;
        let full = (1 << SHIFT) - 1;
        a.set(to, 0);
        a.copy(x, first, keep);
        a.set(count, full);
        a.drain(first, |a| {
            a.copy(y, second, keep);
            a.drain(second, |a| {
                let wrap = |a: &mut Asm| {
                    a.add(count, full);
                    a.add(to, 1);
                };
                a.if_else(count, |a| a.add(count, -1), wrap);
            });
        });
    }

    /// `flag = x xor y`, flags only.
    fn differ(&self, a: &mut Asm, x: Var, y: Var, flag: Var) {
        a.copy(x, flag, self.keep);
        a.copy(y, self.second, self.keep);
        a.drain(self.second, |a| a.if_else(flag, |a| a.add(flag, -1), |a| a.add(flag, 1)));
    }

    /// `to = x + y`; destroys the magnitudes of both.
    fn sum(&self, a: &mut Asm, x: Signed, y: Signed, to: Signed) {
        a.set(to.size, 0);
        a.copy(x.minus, to.minus, self.keep);
        self.differ(a, x.minus, y.minus, self.first);
        let subtract = |a: &mut Asm| {
            a.add(self.first, -1);
            a.drain(x.size, |a| a.if_else(y.size, |a| a.add(y.size, -1), |a| a.add(to.size, 1)));
            let rest = |a: &mut Asm| {
                a.copy(y.minus, to.minus, self.keep);
                a.move_to(y.size, &[to.size]);
            };
            a.if_else(y.size, rest, |_| {});
        };
        a.if_else(self.first, subtract, |a| {
            a.move_to(x.size, &[to.size]);
            a.move_to(y.size, &[to.size]);
        });
    }

    /// `flag = 1` where `v` is more than `limit`.
    fn exceeds(&self, a: &mut Asm, v: Var, limit: i32, flag: Var) {
        a.copy(v, self.first, self.keep);
        a.set(self.count, limit);
        a.drain(self.first, |a| a.if_else(self.count, |a| a.add(self.count, -1), |a| a.set(flag, 1)));
    }

    /// `to = counter * factor - less`.
    fn coordinate(&self, a: &mut Asm, counter: Var, factor: i32, less: i32, [x, y]: [Signed; 2], to: Signed) {
        a.set(x.size, 0);
        a.copy(counter, self.first, self.keep);
        a.drain(self.first, |a| a.add(x.size, factor));
        a.set(x.minus, 0);
        a.set(y.size, less);
        a.set(y.minus, 1);
        self.sum(a, x, y, to);
    }
}

/// A picture of `columns` by `rows` points, at most `iterations` for each. Points count down to 1.
pub fn mandelbrot(columns: i32, rows: i32, iterations: i32) -> String {
    let mut a = Asm::default();
    let w = Work { keep: a.var(), first: a.var(), second: a.var(), count: a.var() };
    let [row, column, left, out, symbol] = std::array::from_fn(|_| a.var());
    let [cr, ci, zr, zi, x, y, z] = std::array::from_fn(|_| signed(&mut a));
    let iterate = |a: &mut Asm| {
        // x = zr², y = -zi²; leave where their sum exceeds four; z = 2 zr zi
        w.multiply(a, zr.size, zr.size, x.size);
        a.set(x.minus, 0);
        w.multiply(a, zi.size, zi.size, y.size);
        a.set(y.minus, 1);
        a.copy(x.size, z.size, w.keep);
        a.copy(y.size, z.minus, w.keep);
        a.move_to(z.minus, &[z.size]);
        w.exceeds(a, z.size, FOUR, out);
        w.multiply(a, zr.size, zi.size, z.size);
        a.move_to(z.size, &[w.first]);
        a.drain(w.first, |a| a.add(z.size, 2));
        w.differ(a, zr.minus, zi.minus, z.minus);
        w.sum(a, x, y, zr);
        w.copy(a, zr, x);
        w.copy(a, cr, y);
        w.sum(a, x, y, zr);
        w.copy(a, ci, y);
        w.sum(a, z, y, zi);
    };
    let point = |a: &mut Asm| {
        w.coordinate(a, column, 80 / columns, 64, [x, y], cr);
        w.coordinate(a, row, 76 / rows, 38, [x, y], ci);
        for v in [zr.size, zr.minus, zi.size, zi.minus, out] {
            a.set(v, 0);
        }
        a.set(symbol, i32::from(b'0'));
        a.set(left, iterations);
        a.drain(left, |a| {
            w.exceeds(a, zr.size, LIMIT, out);
            w.exceeds(a, zi.size, LIMIT, out);
            a.if_else(out, |_| {}, iterate);
            a.if_else(out, |a| a.set(left, 0), |a| a.add(symbol, 1));
        });
        a.if_else(out, |_| {}, |a| a.set(symbol, i32::from(b' ')));
        a.put(symbol);
    };
    a.set(row, rows);
    a.while_(row, |a| {
        a.set(column, columns);
        a.while_(column, |a| {
            point(a);
            a.add(column, -1);
        });
        a.set(symbol, i32::from(b'\n'));
        a.put(symbol);
        a.add(row, -1);
    });
    a.finish("The Mandelbrot set in fixed point of eight bits; written by the macros in the tests")
}

/// What `mandelbrot` prints.
pub fn reference(columns: i32, rows: i32, iterations: i32) -> String {
    let mut picture = String::new();
    for row in (1..=rows).rev() {
        for column in (1..=columns).rev() {
            let c = (column * (80 / columns) - 64, row * (76 / rows) - 38);
            picture.push(escape(c, iterations));
        }
        picture.push('\n');
    }
    picture
}

fn escape((cr, ci): (i32, i32), iterations: i32) -> char {
    let (mut zr, mut zi, mut symbol) = (0_i32, 0_i32, b'0');
    for _ in 0..iterations {
        if zr.abs() > LIMIT || zi.abs() > LIMIT {
            return symbol.into();
        }
        let scaled = |x: i32, y: i32| (x.abs() * y.abs()) >> SHIFT;
        let (x, y) = (scaled(zr, zr), scaled(zi, zi));
        let z = 2 * scaled(zr, zi) * if (zr < 0) == (zi < 0) { 1 } else { -1 };
        if x + y > FOUR {
            return symbol.into();
        }
        (zr, zi) = (x - y + cr, z + ci);
        symbol += 1;
    }
    ' '
}

/// The first `count` squares in decimal, by sums of odd numbers.
pub fn squares(count: i32) -> String {
    let mut a = Asm::default();
    let [left, odd, add, keep, symbol, started] = std::array::from_fn(|_| a.var());
    // Four digits, lowest first, each with what is missing to ten.
    let digits: [(Var, Var); 4] = std::array::from_fn(|_| (a.var(), a.var()));
    for (_, missing) in digits {
        a.set(missing, 10);
    }
    a.set(odd, 1);
    a.set(left, count);
    a.drain(left, |a| {
        a.set(started, 0);
        for (index, &(digit, _)) in digits.iter().enumerate().rev() {
            a.if_else(digit, |a| a.set(started, 1), |_| {});
            let print = |a: &mut Asm| {
                a.copy(digit, symbol, keep);
                a.add(symbol, i32::from(b'0'));
                a.put(symbol);
            };
            if index == 0 { print(a) } else { a.if_else(started, print, |_| {}) }
        }
        a.set(symbol, i32::from(b'\n'));
        a.put(symbol);
        a.copy(odd, add, keep);
        a.drain(add, |a| increment(a, &digits));
        a.add(odd, 2);
    });
    a.finish("The squares of the first hundred numbers; written by the macros in the tests")
}

/// Adds one to a decimal number, lowest digit first.
fn increment(a: &mut Asm, digits: &[(Var, Var)]) {
    let Some((&(digit, missing), higher)) = digits.split_first() else { return };
    a.add(digit, 1);
    a.add(missing, -1);
    let carry = |a: &mut Asm| {
        a.add(missing, 10);
        a.set(digit, 0);
        increment(a, higher);
    };
    a.if_else(missing, |_| {}, carry);
}

/// Sorts its input (without zero bytes) by counting every byte down at once and printing those that arrive.
pub fn sort() -> String {
    // Records of 16 cells: mark, byte counted down, byte counted up, printed.
    let (size, first) = (16, 32);
    let mut a = Asm::default();
    let passes = a.var();
    let [mark, down, up, printed] = std::array::from_fn(|index| Var(4 * index));
    a.fill_records(first, size, mark, down);
    // A record to the left of the first has no mark; the counter lies left of that.
    a.set(passes, 255);
    a.drain(passes, |a| {
        a.records(first, size, |a| {
            let count = |a: &mut Asm| {
                a.add(up, 1);
                a.add(down, -1);
                let print = |a: &mut Asm| {
                    a.put(up);
                    a.add(printed, 1);
                };
                a.if_else(down, |_| {}, print);
            };
            a.if_else(printed, |_| {}, count);
        });
    });
    a.finish("Sorts its input; written by the macros in the tests")
}
