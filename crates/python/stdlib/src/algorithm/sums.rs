//! Sums of doubles without rounding errors on the way.

use super::norm::product;

/// Why a sum has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSum {
    /// A partial sum overflowed.
    Overflow,
    /// Infinities of both signs were added.
    Infinities,
}

/// A sum kept as doubles that do not overlap, smallest first (Shewchuk, 1997): their exact sum is that of all numbers
/// added.
#[derive(Default)]
pub struct ExactSum {
    partials: Vec<f64>,
    specials: f64,
    infinities: f64,
}

impl ExactSum {
    /// Adds a number.
    pub fn add(&mut self, number: f64) -> Result<(), NoSum> {
        let mut x = number;
        let mut kept = 0;
        for i in 0..self.partials.len() {
            let (high, low) = two_sum(x, self.partials[i]);
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.partials.truncate(kept);
        if x == 0.0 {
            return Ok(());
        }
        if x.is_finite() {
            self.partials.push(x);
            return Ok(());
        }
        if number.is_finite() {
            return Err(NoSum::Overflow);
        }
        if number.is_infinite() {
            self.infinities += number;
        }
        self.specials += number;
        self.partials.clear();
        Ok(())
    }

    /// The sum, rounded once.
    pub fn total(mut self) -> Result<f64, NoSum> {
        if self.specials != 0.0 {
            return if self.infinities.is_nan() { Err(NoSum::Infinities) } else { Ok(self.specials) };
        }
        let Some(mut high) = self.partials.pop() else { return Ok(0.0) };
        let mut low = 0.0;
        while let Some(y) = self.partials.pop() {
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                break;
            }
        }
        // Half-way cases are decided by the sign of what lies below.
        let same_sign =
            self.partials.last().is_some_and(|next| (low < 0.0 && *next < 0.0) || (low > 0.0 && *next > 0.0));
        if same_sign {
            let twice = low * 2.0;
            let x = high + twice;
            if twice == x - high {
                high = x;
            }
        }
        Ok(high)
    }
}

/// `a + b` as the rounded sum and what rounding lost.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let (a, b) = if a.abs() < b.abs() { (b, a) } else { (a, b) };
    let high = a + b;
    (high, b - (high - a))
}

/// A sum of products of doubles in three doubles of decreasing size.
#[derive(Clone, Copy, Default)]
pub struct ProductSum {
    high: f64,
    low: f64,
    tiny: f64,
}

impl ProductSum {
    /// Adds `a * b`.
    pub fn add(&mut self, a: f64, b: f64) {
        let (high, low) = product(a, b);
        let (sum, lost) = knuth_sum(self.high, high);
        let (first, first_lost) = knuth_sum(self.low, low);
        let (second, second_lost) = knuth_sum(first, lost);
        *self = ProductSum { high: sum, low: second, tiny: self.tiny + first_lost + second_lost };
    }

    /// The sum.
    pub fn total(self) -> f64 {
        self.high + (self.low + self.tiny)
    }
}

/// `a + b` as the rounded sum and what rounding lost, whichever is larger.
fn knuth_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let z = sum - a;
    (sum, (a - (sum - z)) + (b - z))
}

#[cfg(test)]
mod tests;
