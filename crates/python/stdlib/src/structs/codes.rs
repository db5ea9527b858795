//! The items that formats speak of, and their bytes.
//!
//! Used by `_struct`, and by `memoryview` for native formats of one letter.

use pv_object::{BigInt, ByteArray, Bytes, Complex, Obj};
use pv_runtime::{Raised, Thread, protocol};

use crate::algorithm::half;
use crate::support::real;

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Bytes that stand for nothing.
    Pad,
    /// A byte string of length 1.
    Char,
    Bool,
    Signed,
    Unsigned,
    /// An address.
    Pointer,
    /// A floating-point number of 2, 4 or 8 bytes.
    Float,
    /// Two of them.
    Complex,
    /// A byte string of the count's length.
    String,
    /// A byte string behind a byte with its length.
    Pascal,
}

/// A letter of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    pub letter: char,
    pub item: Item,
    /// Bytes per item.
    pub size: usize,
    /// What its place is a multiple of, in native formats.
    pub align: usize,
}

impl Code {
    /// A letter's meaning, with native sizes or with standard ones.
    pub fn of(letter: char, native: bool) -> Option<Code> {
        let long = if native { 8 } else { 4 };
        let (item, size) = match letter {
            'x' => (Item::Pad, 1),
            'c' => (Item::Char, 1),
            '?' => (Item::Bool, 1),
            'b' => (Item::Signed, 1),
            'B' => (Item::Unsigned, 1),
            'h' => (Item::Signed, 2),
            'H' => (Item::Unsigned, 2),
            'i' => (Item::Signed, 4),
            'I' => (Item::Unsigned, 4),
            'l' => (Item::Signed, long),
            'L' => (Item::Unsigned, long),
            'q' => (Item::Signed, 8),
            'Q' => (Item::Unsigned, 8),
            'n' if native => (Item::Signed, 8),
            'N' if native => (Item::Unsigned, 8),
            'P' if native => (Item::Pointer, 8),
            'e' => (Item::Float, 2),
            'f' => (Item::Float, 4),
            'd' => (Item::Float, 8),
            'F' => (Item::Complex, 8),
            'D' => (Item::Complex, 16),
            's' => (Item::String, 1),
            'p' => (Item::Pascal, 1),
            _ => return None,
        };
        let align = match item {
            _ if !native => 1,
            Item::Complex => size / 2,
            _ => size,
        };
        Some(Code { letter, item, size, align })
    }
}

/// Why a value cannot be packed.
pub enum Refusal {
    /// It is of the wrong type; in the words of `struct`.
    Type(&'static str),
    /// The number is out of range.
    Range,
    /// The float is.
    TooLarge,
    /// Something else went wrong.
    Raised(Raised),
}

impl From<Raised> for Refusal {
    fn from(raised: Raised) -> Refusal {
        Refusal::Raised(raised)
    }
}

/// The least and the greatest number of an integer item.
pub fn range(code: Code) -> (i128, i128) {
    let bits = 8 * code.size as u32;
    match code.item {
        Item::Signed => (-1_i128 << (bits - 1), (1_i128 << (bits - 1)) - 1),
        _ => (0, (1_i128 << bits) - 1),
    }
}

fn integer(cx: &Thread, value: &Obj) -> Result<i128, Refusal> {
    if !value.is_int() && cx.lookup_special(value, &cx.names().__index__).is_none() {
        return Err(Refusal::Type("required argument is not an integer"));
    }
    let index = protocol::to_index(cx, value)?;
    Ok(match index.as_i64() {
        Some(number) => i128::from(number),
        None => {
            let big = index.as_bigint().unwrap_or(BigInt::ZERO);
            let beyond = if big.is_negative() { i128::MIN } else { i128::MAX };
            big.to_i128().unwrap_or(beyond)
        }
    })
}

fn float(cx: &Thread, value: &Obj) -> Result<f64, Refusal> {
    real(cx, value).map_err(|raised| {
        cx.discard(raised);
        Refusal::Type("required argument is not a float")
    })
}

fn complex(cx: &Thread, value: &Obj) -> Result<(f64, f64), Refusal> {
    let class = cx.vm().type_of_kind(pv_object::Kind::Complex);
    let made = if value.downcast::<Complex>().is_some() || value.as_float().is_some() || value.is_int() {
        protocol::call1(cx, class, value).ok()
    } else {
        None
    };
    match made.as_ref().and_then(|made| made.downcast::<Complex>()) {
        Some(number) => Ok((number.real(), number.imag())),
        None => {
            drop(cx.take_pending());
            Err(Refusal::Type("required argument is not a complex"))
        }
    }
}

/// The bits of a float of that many bytes.
fn float_bits(number: f64, size: usize) -> Result<u64, Refusal> {
    match size {
        2 => half::to_bits(number).map(u64::from).ok_or(Refusal::TooLarge),
        4 => {
            let single = number as f32;
            if single.is_infinite() && number.is_finite() {
                return Err(Refusal::TooLarge);
            }
            Ok(u64::from(single.to_bits()))
        }
        _ => Ok(number.to_bits()),
    }
}

fn float_of(bits: u64, size: usize) -> f64 {
    match size {
        2 => half::from_bits(bits as u16),
        4 => f64::from(f32::from_bits(bits as u32)),
        _ => f64::from_bits(bits),
    }
}

fn put(out: &mut [u8], bits: u64, little: bool) {
    let size = out.len();
    out.copy_from_slice(&bits.to_le_bytes()[..size]);
    if !little {
        out.reverse();
    }
}

fn take(bytes: &[u8], little: bool) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    if !little {
        word[..bytes.len()].reverse();
    }
    u64::from_le_bytes(word)
}

/// The bytes of a byte string or bytearray.
fn string(value: &Obj) -> Option<Vec<u8>> {
    match value.downcast::<Bytes>() {
        Some(bytes) => Some(bytes.data().to_vec()),
        None => value.downcast::<ByteArray>().map(|bytes| bytes.with(<[u8]>::to_vec)),
    }
}

/// Writes a value's bytes to `out`, which is as long as the item.
pub fn pack(cx: &Thread, code: Code, value: &Obj, out: &mut [u8], little: bool) -> Result<(), Refusal> {
    match code.item {
        Item::Pad => {}
        Item::Char => match value.downcast::<Bytes>().map(Bytes::data) {
            Some([byte]) => out[0] = *byte,
            _ => return Err(Refusal::Type("char format requires a bytes object of length 1")),
        },
        Item::Bool => out[0] = u8::from(protocol::truth(cx, value)?),
        Item::Signed | Item::Unsigned => {
            let number = integer(cx, value)?;
            let (least, most) = range(code);
            if number < least || number > most {
                return Err(Refusal::Range);
            }
            put(out, number as u64, little);
        }
        Item::Pointer => {
            let number = integer(cx, value)?;
            if number < i128::from(i64::MIN) || number > i128::from(u64::MAX) {
                return Err(Refusal::Type("int too large to convert"));
            }
            put(out, number as u64, little);
        }
        Item::Float => put(out, float_bits(float(cx, value)?, code.size)?, little),
        Item::Complex => {
            let ((real, imaginary), half) = (complex(cx, value)?, code.size / 2);
            put(&mut out[..half], float_bits(real, half)?, little);
            put(&mut out[half..], float_bits(imaginary, half)?, little);
        }
        Item::String => {
            let text = string(value).ok_or(Refusal::Type("argument for 's' must be a bytes object"))?;
            let len = text.len().min(out.len());
            out[..len].copy_from_slice(&text[..len]);
        }
        Item::Pascal => {
            let text = string(value).ok_or(Refusal::Type("argument for 'p' must be a bytes object"))?;
            if let Some((first, rest)) = out.split_first_mut() {
                let len = text.len().min(rest.len());
                rest[..len].copy_from_slice(&text[..len]);
                *first = len.min(255) as u8;
            }
        }
    }
    Ok(())
}

/// The value that an item's bytes stand for.
pub fn unpack(code: Code, bytes: &[u8], little: bool) -> Obj {
    match code.item {
        Item::Pad => Obj::none(),
        Item::Char | Item::String => Bytes::create(bytes),
        Item::Bool => Obj::bool(bytes.iter().any(|byte| *byte != 0)),
        Item::Signed => {
            let shift = 64 - 8 * code.size as u32;
            Obj::int((take(bytes, little) << shift) as i64 >> shift)
        }
        Item::Unsigned | Item::Pointer => {
            let bits = take(bytes, little);
            i64::try_from(bits).map_or_else(|_| Obj::big(BigInt::from(bits)), Obj::int)
        }
        Item::Float => Obj::float(float_of(take(bytes, little), code.size)),
        Item::Complex => {
            let (half, part) = (code.size / 2, |bytes: &[u8]| float_of(take(bytes, little), bytes.len()));
            Complex::create(part(&bytes[..half]), part(&bytes[half..]))
        }
        Item::Pascal => match bytes.split_first() {
            Some((len, rest)) => Bytes::create(&rest[..usize::from(*len).min(rest.len())]),
            None => Bytes::create(&[]),
        },
    }
}
