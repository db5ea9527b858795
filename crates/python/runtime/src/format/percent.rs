//! The `%` operator of strings and byte strings.
//!
//! Terms: a *conversion* is `%[(key)][flags][width][.precision][length]type`. Bytes are formatted as texts of width one by the same
//! code; what differs is in [`Side`].

use pv_object::{Bytes, Kind, Obj, Str, StrBuilder, Text, Tuple};

use super::float::{self, Style};
use super::number::fill;
use super::render::int_digits;
use crate::error::{PyResult, Raised};
use crate::protocol;
use crate::thread::Thread;
use crate::types;

/// What is being formatted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Str,
    Bytes,
}

/// `template % args` of a string.
pub(crate) fn string(cx: &Thread, template: &Obj, args: &Obj) -> PyResult {
    let text = template.expect::<Str>().text();
    Ok(Formatter::new(cx, Side::Str, text, args).run()?.finish())
}

/// `template % args` of bytes.
pub(crate) fn bytes(cx: &Thread, template: &[u8], args: &Obj) -> PyResult<Vec<u8>> {
    let out = Formatter::new(cx, Side::Bytes, Text::One(template), args).run()?;
    Ok(out.text().bytes().to_vec())
}

/// One conversion's options.
#[derive(Default)]
struct Conversion {
    left: bool,
    plus: bool,
    blank: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// A formatted value before it is padded.
#[derive(Default)]
struct Piece<'a> {
    sign: &'a str,
    prefix: &'a str,
    zeros: bool,
}

struct Formatter<'a> {
    cx: &'a Thread,
    side: Side,
    text: Text<'a>,
    at: usize,
    args: &'a Obj,
    /// How many of a tuple's items (or of the one value) are used up.
    used: usize,
    /// A value that a key picked.
    picked: Option<Obj>,
    mapping: bool,
    out: StrBuilder,
}

impl<'a> Formatter<'a> {
    fn new(cx: &'a Thread, side: Side, text: Text<'a>, args: &'a Obj) -> Formatter<'a> {
        let plain = args.downcast::<Tuple>().is_some() || args.downcast::<Str>().is_some();
        let other = !plain && (side == Side::Str || types::bytes::buffer(args).is_none());
        let mapping = other && cx.lookup_special(args, &cx.names().__getitem__).is_some();
        let out = StrBuilder::with_capacity(text.len() + 16);
        Formatter { cx, side, text, at: 0, args, used: 0, picked: None, mapping, out }
    }

    fn run(mut self) -> PyResult<StrBuilder> {
        while self.at < self.text.len() {
            let start = self.at;
            while self.peek().is_some_and(|c| c != '%') {
                self.at += 1;
            }
            self.out.push_text(self.text.slice(start, self.at));
            if self.at < self.text.len() {
                self.at += 1;
                self.conversion()?;
            }
        }
        let given = self.args.downcast::<Tuple>().map_or(1, Tuple::len);
        if self.used < given && !self.mapping {
            let what = if self.side == Side::Str { "string" } else { "bytes" };
            return Err(self.cx.type_error(format_args!("not all arguments converted during {what} formatting")));
        }
        Ok(self.out)
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).map(|c| char::from_u32(c).unwrap_or('\u{fffd}'))
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// The next argument.
    fn next(&mut self) -> PyResult {
        if let Some(picked) = self.picked.take() {
            return Ok(picked);
        }
        let found = match self.args.downcast::<Tuple>() {
            Some(tuple) => tuple.items().get(self.used).cloned(),
            None => (self.used == 0).then(|| self.args.clone()),
        };
        self.used += 1;
        found.ok_or_else(|| self.cx.type_error("not enough arguments for format string"))
    }

    fn conversion(&mut self) -> PyResult<()> {
        if self.eat('%') {
            self.out.push(u32::from('%'));
            return Ok(());
        }
        if self.eat('(') {
            self.key()?;
        }
        let mut conversion = self.flags();
        self.width(&mut conversion)?;
        if self.eat('.') {
            conversion.precision = Some(self.precision()?);
        }
        if matches!(self.peek(), Some('h' | 'l' | 'L')) {
            self.at += 1;
        }
        let Some(kind) = self.peek() else { return Err(self.cx.value_error("incomplete format")) };
        self.at += 1;
        self.cx.room_for(conversion.width.max(conversion.precision.unwrap_or(0)))?;
        let value = self.next()?;
        self.convert(kind, &conversion, &value)
    }

    /// A key in brackets, which may nest.
    fn key(&mut self) -> PyResult<()> {
        if !self.mapping {
            return Err(self.cx.type_error("format requires a mapping"));
        }
        let (start, mut depth) = (self.at, 1);
        while depth > 0 {
            match self.peek() {
                Some('(') => depth += 1,
                Some(')') => depth -= 1,
                Some(_) => {}
                None => return Err(self.cx.value_error("incomplete format key")),
            }
            self.at += 1;
        }
        let key = self.text.slice(start, self.at - 1);
        let key = if self.side == Side::Str { Obj::text(key) } else { Bytes::create(key.bytes()) };
        self.picked = Some(protocol::get_item(self.cx, self.args, &key)?);
        Ok(())
    }

    fn flags(&mut self) -> Conversion {
        let mut conversion = Conversion::default();
        loop {
            match self.peek() {
                Some('-') => conversion.left = true,
                Some('+') => conversion.plus = true,
                Some(' ') => conversion.blank = true,
                Some('#') => conversion.alternate = true,
                Some('0') => conversion.zero = true,
                _ => return conversion,
            }
            self.at += 1;
        }
    }

    fn width(&mut self, conversion: &mut Conversion) -> PyResult<()> {
        if self.eat('*') {
            let width = self.star()?;
            if width == i64::MIN {
                return Err(self.cx.overflow_error("width too big"));
            }
            conversion.left |= width < 0;
            conversion.width = width.unsigned_abs() as usize;
        } else {
            conversion.width = self.number("width too big")?;
        }
        Ok(())
    }

    fn precision(&mut self) -> PyResult<usize> {
        if self.eat('*') {
            let precision = self.star()?;
            return match i32::try_from(precision) {
                Ok(precision) => Ok(usize::try_from(precision).unwrap_or(0)),
                Err(_) => Err(self.cx.overflow_error("Python int too large to convert to C int")),
            };
        }
        let precision = self.number("precision too big")?;
        match i32::try_from(precision) {
            Ok(_) => Ok(precision),
            Err(_) => Err(self.cx.value_error("precision too big")),
        }
    }

    /// A width or precision taken from the arguments.
    fn star(&mut self) -> PyResult<i64> {
        let value = self.next()?;
        if !value.is_int() {
            return Err(self.cx.type_error("* wants int"));
        }
        value.as_i64().ok_or_else(|| self.cx.overflow_error("Python int too large to convert to C ssize_t"))
    }

    fn number(&mut self, too_big: &str) -> PyResult<usize> {
        let mut value = 0_usize;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            let grown = value.checked_mul(10).and_then(|v| v.checked_add(digit as usize));
            let grown = grown.filter(|v| *v <= isize::MAX as usize / 8);
            value = grown.ok_or_else(|| self.cx.value_error(too_big))?;
            self.at += 1;
        }
        Ok(value)
    }

    fn convert(&mut self, kind: char, conversion: &Conversion, value: &Obj) -> PyResult<()> {
        match kind {
            's' | 'b' if self.side == Side::Bytes => self.byte_string(conversion, value),
            's' => {
                let shown = protocol::str(self.cx, value)?;
                self.shown(conversion, &shown)
            }
            'r' if self.side == Side::Str => {
                let shown = protocol::repr(self.cx, value)?;
                self.shown(conversion, &shown)
            }
            'r' | 'a' => {
                let shown = protocol::ascii(self.cx, value)?;
                self.shown(conversion, &shown)
            }
            'c' => self.character(conversion, value),
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => self.integer(kind, conversion, value),
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => self.float(kind, conversion, value),
            _ => Err(self.unsupported(kind)),
        }
    }

    #[cold]
    fn unsupported(&self, kind: char) -> Raised {
        let (code, place) = (u32::from(kind), self.at - 1);
        let shown = if matches!(code, 31..=126) || self.side == Side::Bytes { kind } else { '?' };
        self.cx.value_error(format_args!("unsupported format character '{shown}' (0x{code:x}) at index {place}"))
    }

    /// Text that a precision cuts.
    fn shown(&mut self, conversion: &Conversion, shown: &Obj) -> PyResult<()> {
        let text = shown.expect::<Str>().text();
        let end = conversion.precision.unwrap_or(usize::MAX).min(text.len());
        self.pad(conversion, &Piece::default(), text.slice(0, end));
        Ok(())
    }

    fn byte_string(&mut self, conversion: &Conversion, value: &Obj) -> PyResult<()> {
        let exact = value.is_exact() && matches!(value.kind(), Kind::Bytes | Kind::ByteArray);
        let made = if exact { Some(value.clone()) } else { types::bytes::converted(self.cx, value)? };
        let data = match made {
            Some(made) => types::bytes::buffer(&made).unwrap_or_default(),
            None => match types::bytes::shown(self.cx, value)? {
                Some(data) => data,
                None => {
                    let found = self.cx.type_name(value);
                    return Err(self.cx.type_error(format_args!(
                        "%b requires a bytes-like object, or an object that implements __bytes__, not '{found}'"
                    )));
                }
            },
        };
        let end = conversion.precision.unwrap_or(usize::MAX).min(data.len());
        self.pad(conversion, &Piece::default(), Text::One(&data[..end]));
        Ok(())
    }

    fn character(&mut self, conversion: &Conversion, value: &Obj) -> PyResult<()> {
        let (cx, bytes) = (self.cx, self.side == Side::Bytes);
        let limit = if bytes { 0xff } else { 0x10_ffff };
        let single = matches!(value.kind(), Kind::Str | Kind::Bytes | Kind::ByteArray);
        let point = if value.is_int() || !single && cx.lookup_special(value, &cx.names().__index__).is_some() {
            let value = protocol::to_index(cx, value)?;
            let point = value.as_i64().and_then(|point| u32::try_from(point).ok()).filter(|point| *point <= limit);
            let range = if bytes { "256" } else { "0x110000" };
            point.ok_or_else(|| cx.overflow_error(format_args!("%c arg not in range({range})")))?
        } else {
            self.one_character(value)?
        };
        self.pad(conversion, &Piece::default(), Text::Four(&[point]));
        Ok(())
    }

    fn one_character(&self, value: &Obj) -> PyResult<u32> {
        let (cx, bytes) = (self.cx, self.side == Side::Bytes);
        let wanted = match bytes {
            true => "%c requires an integer in range(256) or a single byte",
            false => "%c requires an int or a unicode character",
        };
        let found = match (bytes, value.downcast::<Str>()) {
            (false, Some(text)) if text.len() == 1 => return Ok(text.code_point(0).unwrap_or(0)),
            (false, Some(text)) => format!("a string of length {}", text.len()),
            _ => match types::bytes::buffer(value).filter(|_| bytes) {
                Some(data) if data.len() == 1 => return Ok(u32::from(data[0])),
                Some(data) => format!("a {} object of length {}", cx.type_name(value), data.len()),
                None => types::type_type::short_name(cx, cx.type_of(value).expect()),
            },
        };
        Err(cx.type_error(format_args!("{wanted}, not {found}")))
    }

    fn integer(&mut self, kind: char, conversion: &Conversion, value: &Obj) -> PyResult<()> {
        let number = self.integer_value(kind, value)?;
        let digits = int_digits(self.cx, &number, Some(kind))?;
        let (negative, digits) = match digits.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, digits.as_str()),
        };
        let least = conversion.precision.unwrap_or(0);
        let digits = "0".repeat(least.saturating_sub(digits.len())) + digits;
        let prefix = match (conversion.alternate, kind) {
            (true, 'o') => "0o",
            (true, 'x') => "0x",
            (true, 'X') => "0X",
            _ => "",
        };
        let piece = Piece { sign: sign(conversion, negative), prefix, zeros: conversion.zero };
        self.pad(conversion, &piece, Text::One(digits.as_bytes()));
        Ok(())
    }

    /// The int to show; floats lose their fraction in decimal conversions.
    fn integer_value(&self, kind: char, value: &Obj) -> PyResult {
        let cx = self.cx;
        if value.is_int() {
            return Ok(value.clone());
        }
        let names = cx.names();
        let decimal = matches!(kind, 'd' | 'i' | 'u');
        let convertible = cx.lookup_special(value, &names.__index__).is_some()
            || decimal && cx.lookup_special(value, &names.__int__).is_some();
        if !convertible {
            let (found, wanted) = (cx.type_name(value), if decimal { "a real number" } else { "an integer" });
            return Err(cx.type_error(format_args!("%{kind} format: {wanted} is required, not {found}")));
        }
        if decimal { types::int::from_object(cx, value) } else { protocol::to_index(cx, value) }
    }

    fn float(&mut self, kind: char, conversion: &Conversion, value: &Obj) -> PyResult<()> {
        let number = match types::float::try_f64(self.cx, value)? {
            Some(number) => number,
            None => {
                let found = self.cx.type_name(value);
                return Err(match self.side {
                    Side::Str => self.cx.type_error(format_args!("must be real number, not {found}")),
                    Side::Bytes => self.cx.type_error(format_args!("float argument required, not {found}")),
                });
            }
        };
        let style = match kind.to_ascii_lowercase() {
            'e' => Style::Exponent,
            'f' => Style::Fixed,
            _ => Style::General,
        };
        let mut shown = float::format(number, style, conversion.precision.unwrap_or(6), conversion.alternate);
        if kind.is_ascii_uppercase() {
            shown.make_ascii_uppercase();
        }
        let (negative, digits) = match shown.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, shown.as_str()),
        };
        let piece = Piece { sign: sign(conversion, negative), prefix: "", zeros: conversion.zero };
        self.pad(conversion, &piece, Text::One(digits.as_bytes()));
        Ok(())
    }

    fn pad(&mut self, conversion: &Conversion, piece: &Piece<'_>, body: Text<'_>) {
        let missing = conversion.width.saturating_sub(piece.sign.len() + piece.prefix.len() + body.len());
        let (space, zero) = (u32::from(' '), u32::from('0'));
        let zeros = piece.zeros && !conversion.left;
        if !zeros && !conversion.left {
            fill(&mut self.out, space, missing);
        }
        self.out.push_str(piece.sign);
        self.out.push_str(piece.prefix);
        if zeros {
            fill(&mut self.out, zero, missing);
        }
        self.out.push_text(body);
        if conversion.left {
            fill(&mut self.out, space, missing);
        }
    }
}

fn sign(conversion: &Conversion, negative: bool) -> &'static str {
    match (negative, conversion.plus, conversion.blank) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (.., true) => " ",
        _ => "",
    }
}
