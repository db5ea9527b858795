//! UTF-7 (RFC 2152): ASCII, with runs of everything else as UTF-16 in base 64 between `+` and `-`.

use pv_object::{Bytes, Obj, StrBuilder};
use pv_runtime::{Exc, PyResult, Thread, natives, protocol};

use super::unicode::{answer, string};
use super::{failure, handled};
use crate::support::bytes_like;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit(byte: u8) -> Option<u32> {
    DIGITS.iter().position(|digit| *digit == byte).map(|value| value as u32)
}

/// May the character stand for itself outside a run?
fn is_direct(point: u32) -> bool {
    matches!(u8::try_from(point), Ok(b' '..=b'}' | b'\t' | b'\n' | b'\r')) && !matches!(point, 0x2b | 0x5c)
}

/// Bits on their way from one width to another.
#[derive(Default)]
struct Bits {
    value: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, width: u32) {
        self.value = self.value << width | value;
        self.count += width;
    }

    /// The first bits that came, if there are so many.
    fn pop(&mut self, width: u32) -> Option<u32> {
        self.count = self.count.checked_sub(width)?;
        let first = self.value >> self.count;
        self.value &= (1 << self.count) - 1;
        Some(first)
    }
}

fn encoded(points: impl Iterator<Item = u32>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut run: Option<Bits> = None;
    let finish = |bits: &Bits, out: &mut Vec<u8>| {
        if bits.count > 0 {
            out.push(DIGITS[(bits.value << (6 - bits.count)) as usize]);
        }
    };
    for point in points {
        if is_direct(point) {
            if let Some(bits) = run.take() {
                finish(&bits, &mut out);
                // What cannot belong to the run ends it anyhow.
                if point == 0x2d || digit(point as u8).is_some() {
                    out.push(b'-');
                }
            }
            out.push(point as u8);
            continue;
        }
        if point == 0x2b && run.is_none() {
            out.extend(b"+-");
            continue;
        }
        let bits = run.get_or_insert_with(|| {
            out.push(b'+');
            Bits::default()
        });
        let mut put = |unit: u32| {
            bits.push(unit, 16);
            while let Some(value) = bits.pop(6) {
                out.push(DIGITS[value as usize]);
            }
        };
        match point.checked_sub(0x1_0000) {
            Some(offset) => {
                put(0xd800 + (offset >> 10));
                put(0xdc00 + (offset & 0x3ff));
            }
            None => put(point),
        }
    }
    if let Some(bits) = run {
        finish(&bits, &mut out);
        out.push(b'-');
    }
    out
}

fn utf_7_encode(cx: &Thread, value: &Obj, _: Option<&Obj>) -> PyResult {
    let source = string(cx, value)?;
    Ok(answer(Bytes::create(&encoded(source.text().iter())), source.len()))
}

/// A run that is being read.
#[derive(Default)]
struct Run {
    start: usize,
    /// How much had been made of what came before.
    made: usize,
    bits: Bits,
    /// The first half of a pair whose second half has to follow.
    high: Option<u32>,
}

/// Where and why reading failed; it goes on at `end` unless an error handler says otherwise.
struct Fault {
    start: usize,
    end: usize,
    reason: &'static str,
}

struct Decoder<'a> {
    data: &'a [u8],
    at: usize,
    out: StrBuilder,
    run: Option<Run>,
}

impl Decoder<'_> {
    /// Reads one byte.
    fn step(&mut self) -> Result<(), Fault> {
        let byte = self.data[self.at];
        match (self.run.take(), digit(byte)) {
            (Some(mut run), Some(value)) => {
                self.at += 1;
                run.bits.push(value, 6);
                if let Some(unit) = run.bits.pop(16) {
                    self.unit(&mut run, unit);
                }
                self.run = Some(run);
                Ok(())
            }
            (Some(run), None) => self.leave(&run, byte),
            (None, _) if byte == b'+' => self.enter(),
            (None, _) => {
                self.at += 1;
                if !byte.is_ascii() {
                    return Err(self.fault(self.at - 1, "unexpected special character"));
                }
                self.out.push(u32::from(byte));
                Ok(())
            }
        }
    }

    fn fault(&self, start: usize, reason: &'static str) -> Fault {
        Fault { start, end: self.at, reason }
    }

    fn enter(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        match self.data.get(self.at) {
            Some(b'-') => {
                self.at += 1;
                self.out.push(u32::from(b'+'));
            }
            Some(byte) if digit(*byte).is_none() => {
                self.at += 1;
                return Err(self.fault(start, "ill-formed sequence"));
            }
            _ => self.run = Some(Run { start, made: self.out.len(), ..Run::default() }),
        }
        Ok(())
    }

    /// Takes a unit of UTF-16 in.
    fn unit(&mut self, run: &mut Run, unit: u32) {
        if let Some(high) = run.high.take() {
            if (0xdc00..0xe000).contains(&unit) {
                self.out.push(0x1_0000 + ((high & 0x3ff) << 10 | unit & 0x3ff));
                return;
            }
            self.out.push(high);
        }
        if (0xd800..0xdc00).contains(&unit) {
            run.high = Some(unit);
        } else {
            self.out.push(unit);
        }
    }

    /// Ends a run before a byte that is no digit.
    fn leave(&mut self, run: &Run, byte: u8) -> Result<(), Fault> {
        let reason = match (run.bits.count, run.bits.value) {
            (6.., _) => Some("partial character in base64 sequence"),
            (1.., 1..) => Some("non-zero padding bits in shift sequence"),
            _ => None,
        };
        if let Some(reason) = reason {
            self.at += 1;
            return Err(self.fault(run.start, reason));
        }
        if let Some(high) = run.high.filter(|_| byte.is_ascii()) {
            self.out.push(high);
        }
        self.at += usize::from(byte == b'-');
        Ok(())
    }

    /// What is wrong with a run that nothing follows.
    fn unfinished(&mut self) -> Result<(), Fault> {
        let Some(run) = self.run.take() else { return Ok(()) };
        if run.high.is_none() && run.bits.count < 6 && run.bits.value == 0 {
            return Ok(());
        }
        Err(self.fault(run.start, "unterminated shift sequence"))
    }
}

fn utf_7_decode(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let none = Obj::none();
    let object = args[0].as_ref().unwrap_or(&none);
    let data = bytes_like(cx, object)?;
    let last = args[2].as_ref().map_or(Ok(false), |value| protocol::truth(cx, value))?;
    let mut decoder = Decoder { data: &data, at: 0, out: StrBuilder::with_capacity(data.len()), run: None };
    loop {
        let result = match decoder.at < data.len() {
            true => decoder.step(),
            false if last && decoder.run.is_some() => decoder.unfinished(),
            false => break,
        };
        if let Err(fault) = result {
            let source = Bytes::create(&data);
            let error = failure(cx, Exc::UnicodeDecodeError, "utf7", &source, fault.start..fault.end, fault.reason);
            let (instead, place) = handled(cx, args[1].as_ref(), error, data.len())?;
            decoder.out.push_obj(string(cx, &instead)?);
            decoder.at = place;
        }
    }
    match decoder.run {
        // It is read again with what follows.
        Some(run) => {
            let made = decoder.out.finish();
            let made = made.expect::<pv_object::Str>().slice(0, run.made);
            Ok(answer(made, run.start))
        }
        None => Ok(answer(decoder.out.finish(), data.len())),
    }
}

natives! { pub(super) static FUNCTIONS:
    "utf_7_decode" "(data, errors=None, final=False, /)" Bound(utf_7_decode) "";
    "utf_7_encode" "(str, errors=None, /)" O2(utf_7_encode) "";
}

#[cfg(test)]
mod tests;
