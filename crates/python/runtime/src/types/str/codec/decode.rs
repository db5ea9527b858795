//! Bytes to strings.

use pv_object::{Bytes, Obj, StrBuilder, Text};

use super::{Encoding, Errors, Order, unknown_handler};
use crate::error::{Exc, PyResult, Raised};
use crate::text;
use crate::thread::Thread;

/// The string that bytes spell; `object` is what error objects show.
pub fn decode(cx: &Thread, object: &Obj, data: &[u8], encoding: Encoding, errors: Errors) -> PyResult {
    match encoding {
        Encoding::Latin1 => return Ok(Obj::text(Text::One(data))),
        Encoding::Ascii | Encoding::Utf8 if data.is_ascii() => return Ok(Obj::text(Text::One(data))),
        _ => {}
    }
    let out = StrBuilder::with_capacity(data.len());
    let mut decoder = Decoder { cx, object, data, encoding, errors, out };
    match encoding {
        Encoding::Utf8 => decoder.utf8()?,
        Encoding::Utf16(order) => decoder.wide::<2>(order)?,
        Encoding::Utf32(order) => decoder.wide::<4>(order)?,
        Encoding::Ascii | Encoding::Latin1 => decoder.ascii()?,
    }
    Ok(decoder.out.finish())
}

struct Decoder<'a> {
    cx: &'a Thread,
    object: &'a Obj,
    data: &'a [u8],
    encoding: Encoding,
    errors: Errors,
    out: StrBuilder,
}

impl Decoder<'_> {
    fn ascii(&mut self) -> PyResult<()> {
        let mut at = 0;
        while let Some(byte) = self.data.get(at) {
            if byte.is_ascii() {
                self.out.push(u32::from(*byte));
                at += 1;
            } else {
                at = self.failed(at, at + 1, "ordinal not in range(128)")?;
            }
        }
        Ok(())
    }

    fn utf8(&mut self) -> PyResult<()> {
        let mut at = 0;
        while at < self.data.len() {
            let rest = &self.data[at..];
            let error = match std::str::from_utf8(rest) {
                Ok(valid) => {
                    self.out.push_str(valid);
                    return Ok(());
                }
                Err(error) => error,
            };
            let (valid, _) = rest.split_at(error.valid_up_to());
            // The prefix was found valid.
            self.out.push_str(std::str::from_utf8(valid).unwrap_or_default());
            let start = at + error.valid_up_to();
            let lead = self.data[start];
            at = match error.error_len() {
                None => self.failed(start, self.data.len(), "unexpected end of data")?,
                Some(_) if !(0xc2..=0xf4).contains(&lead) => self.failed(start, start + 1, "invalid start byte")?,
                Some(len) => self.failed(start, start + len, "invalid continuation byte")?,
            };
        }
        Ok(())
    }

    /// UTF-16 and UTF-32: units of `N` bytes.
    fn wide<const N: usize>(&mut self, order: Option<Order>) -> PyResult<()> {
        let mut at = 0;
        let order = order.unwrap_or_else(|| {
            let little: &[u8] = if N == 2 { &[0xff, 0xfe] } else { &[0xff, 0xfe, 0, 0] };
            let big: &[u8] = if N == 2 { &[0xfe, 0xff] } else { &[0, 0, 0xfe, 0xff] };
            at = if self.data.starts_with(little) || self.data.starts_with(big) { N } else { 0 };
            if self.data.starts_with(big) { Order::Big } else { Order::Little }
        });
        self.encoding = if N == 2 { Encoding::Utf16(Some(order)) } else { Encoding::Utf32(Some(order)) };
        while at < self.data.len() {
            at = match self.unit::<N>(at, order) {
                None => self.failed(at, self.data.len(), "truncated data")?,
                Some(unit) if N == 2 => self.utf16_unit(at, unit, order)?,
                Some(unit) => self.utf32_unit(at, unit)?,
            };
        }
        Ok(())
    }

    fn unit<const N: usize>(&self, at: usize, order: Order) -> Option<u32> {
        let bytes = self.data.get(at..at + N)?;
        let join = |unit: u32, byte: &u8| unit << 8 | u32::from(*byte);
        Some(match order {
            Order::Little => bytes.iter().rev().fold(0, join),
            Order::Big => bytes.iter().fold(0, join),
        })
    }

    fn utf16_unit(&mut self, at: usize, unit: u32, order: Order) -> PyResult<usize> {
        match unit {
            0xd800..=0xdbff => match self.unit::<2>(at + 2, order) {
                Some(low @ 0xdc00..=0xdfff) => {
                    self.out.push(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
                    Ok(at + 4)
                }
                Some(_) => self.failed(at, at + 2, "illegal UTF-16 surrogate"),
                None => self.failed(at, self.data.len(), "unexpected end of data"),
            },
            0xdc00..=0xdfff => self.failed(at, at + 2, "illegal encoding"),
            _ => {
                self.out.push(unit);
                Ok(at + 2)
            }
        }
    }

    fn utf32_unit(&mut self, at: usize, unit: u32) -> PyResult<usize> {
        match unit {
            0xd800..=0xdfff => self.failed(at, at + 4, "code point in surrogate code point range(0xd800, 0xe000)"),
            0..=0x10_ffff => {
                self.out.push(unit);
                Ok(at + 4)
            }
            _ => self.failed(at, at + 4, "code point not in range(0x110000)"),
        }
    }

    /// Handles bytes that do not decode; where to go on.
    fn failed(&mut self, start: usize, end: usize, reason: &str) -> PyResult<usize> {
        let bytes = &self.data[start..end];
        match &self.errors {
            Errors::Ignore => {}
            Errors::Replace => self.out.push(0xfffd),
            Errors::Backslash => bytes.iter().for_each(|byte| self.out.push_str(&format!("\\x{byte:02x}"))),
            Errors::SurrogateEscape if bytes.iter().all(|byte| !byte.is_ascii()) => {
                bytes.iter().for_each(|byte| self.out.push(0xdc00 + u32::from(*byte)));
            }
            Errors::SurrogatePass => {
                let Some((surrogate, len)) = self.surrogate(start) else {
                    return Err(self.failure(start, end, reason));
                };
                self.out.push(surrogate);
                return Ok(start + len);
            }
            Errors::Unknown(name) => return Err(unknown_handler(self.cx, name)),
            Errors::Strict | Errors::SurrogateEscape => return Err(self.failure(start, end, reason)),
            Errors::XmlReference | Errors::Name => {
                return Err(self.cx.type_error("don't know how to handle UnicodeDecodeError in error callback"));
            }
        }
        Ok(end)
    }

    /// An encoded surrogate and its length.
    fn surrogate(&self, at: usize) -> Option<(u32, usize)> {
        let found = match self.encoding {
            Encoding::Utf8 => match self.data.get(at..at + 3)? {
                [0xed, b @ 0xa0..=0xbf, c @ 0x80..=0xbf] => {
                    (0xd000 | u32::from(*b & 0x3f) << 6 | u32::from(*c & 0x3f), 3)
                }
                _ => return None,
            },
            Encoding::Utf16(order) => (self.unit::<2>(at, order.unwrap_or(Order::Little))?, 2),
            Encoding::Utf32(order) => (self.unit::<4>(at, order.unwrap_or(Order::Little))?, 4),
            Encoding::Ascii | Encoding::Latin1 => return None,
        };
        matches!(found.0, 0xd800..=0xdfff).then_some(found)
    }

    #[cold]
    fn failure(&self, start: usize, end: usize, reason: &str) -> Raised {
        let shown = match self.object.downcast::<Bytes>() {
            Some(_) => self.object.clone(),
            None => Bytes::create(self.data),
        };
        let name = text::new(self.encoding.name());
        let args = vec![name, shown, Obj::usize(start), Obj::usize(end), text::new(reason)];
        self.cx.raise_args(Exc::UnicodeDecodeError, args)
    }
}
