//! The machine types of arrays: their letters, sizes and bytes.

use pv_object::{ArrayForm, BigInt, Obj, Str};
use pv_runtime::{PyResult, Thread, protocol};

use crate::support::real;

/// A machine type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// An integer: its letter, its size, whether it has a sign.
    Int(char, u8, bool),
    /// A character of 4 bytes.
    Character(char),
    Float,
    Double,
}

impl Code {
    /// The type of a letter.
    pub(super) fn of(letter: char) -> Option<Code> {
        Some(match letter {
            'b' | 'B' => Code::Int(letter, 1, letter == 'b'),
            'h' | 'H' => Code::Int(letter, 2, letter == 'h'),
            'i' | 'I' => Code::Int(letter, 4, letter == 'i'),
            'l' | 'q' => Code::Int(letter, 8, true),
            'L' | 'Q' => Code::Int(letter, 8, false),
            'u' | 'w' => Code::Character(letter),
            'f' => Code::Float,
            'd' => Code::Double,
            _ => return None,
        })
    }

    /// Its letter.
    pub(super) fn letter(self) -> char {
        match self {
            Code::Int(letter, ..) | Code::Character(letter) => letter,
            Code::Float => 'f',
            Code::Double => 'd',
        }
    }

    /// Its letter in a format of the module `struct`, or `w` for characters.
    fn format(self) -> &'static str {
        match self {
            Code::Character(_) => "w",
            Code::Float => "f",
            Code::Double => "d",
            Code::Int(letter, ..) => match letter {
                'b' => "b",
                'B' => "B",
                'h' => "h",
                'H' => "H",
                'i' => "i",
                'I' => "I",
                'l' => "l",
                'L' => "L",
                'q' => "q",
                _ => "Q",
            },
        }
    }

    /// What arrays of it are made of.
    pub(super) fn form(self) -> ArrayForm {
        ArrayForm { letter: self.letter() as u8, size: self.size() as u8, format: self.format() }
    }

    /// Bytes per item.
    #[inline]
    pub(super) fn size(self) -> usize {
        match self {
            Code::Int(_, size, _) => size as usize,
            Code::Character(_) | Code::Float => 4,
            Code::Double => 8,
        }
    }

    /// Of characters?
    pub(super) fn is_character(self) -> bool {
        matches!(self, Code::Character(_))
    }

    /// The item that these bytes are.
    #[inline]
    pub(super) fn read(self, bytes: &[u8]) -> Obj {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        let bits = u64::from_le_bytes(word);
        match self {
            Code::Double => Obj::float(f64::from_bits(bits)),
            Code::Float => Obj::float(f64::from(f32::from_bits(bits as u32))),
            Code::Character(_) => Obj::char(bits as u32),
            Code::Int(_, size, true) => {
                let shift = 64 - 8 * u32::from(size);
                Obj::int((bits << shift) as i64 >> shift)
            }
            Code::Int(_, _, false) => i64::try_from(bits).map_or_else(|_| Obj::big(BigInt::from(bits)), Obj::int),
        }
    }

    /// The bytes of an item, and how many they are.
    #[inline]
    pub(super) fn encode(self, cx: &Thread, value: &Obj) -> PyResult<([u8; 8], usize)> {
        let bits = match self {
            Code::Double => real(cx, value)?.to_bits(),
            Code::Float => u64::from((real(cx, value)? as f32).to_bits()),
            Code::Character(_) => self.character(cx, value)?,
            Code::Int(_, size, signed) => self.integer(cx, value, size, signed)?,
        };
        Ok((bits.to_le_bytes(), self.size()))
    }

    fn character(self, cx: &Thread, value: &Obj) -> PyResult<u64> {
        let Some(text) = value.downcast::<Str>() else {
            let found = cx.type_name(value);
            return Err(cx.type_error(format_args!("array item must be a unicode character, not {found}")));
        };
        match (text.len(), text.code_point(0)) {
            (1, Some(point)) => Ok(u64::from(point)),
            (len, _) => {
                Err(cx
                    .type_error(format_args!("array item must be a string of length 1, not a string of length {len}")))
            }
        }
    }

    fn integer(self, cx: &Thread, value: &Obj, size: u8, signed: bool) -> PyResult<u64> {
        let index = protocol::to_index(cx, value)?;
        let (least, most) = match signed {
            true => (-1_i128 << (8 * size - 1), (1_i128 << (8 * size - 1)) - 1),
            false => (0, (1_i128 << (8 * u32::from(size))) - 1),
        };
        let number = match index.as_i64() {
            Some(number) => i128::from(number),
            None => {
                let big = index.as_bigint().unwrap_or(BigInt::ZERO);
                let beyond = if big.is_negative() { i128::MIN } else { i128::MAX };
                big.to_i128().unwrap_or(beyond)
            }
        };
        if (least..=most).contains(&number) {
            return Ok(number as u64);
        }
        Err(cx.overflow_error(self.overflow(number, most)))
    }

    /// The words in which CPython says that a number does not fit.
    fn overflow(self, number: i128, most: i128) -> String {
        let name = match self.letter() {
            'b' => "signed char",
            'B' => "unsigned byte integer",
            'h' => "signed short integer",
            'H' => "unsigned short",
            'i' if i64::try_from(number).is_ok() => "signed integer",
            'I' if number >= 0 && u64::try_from(number).is_ok() => "unsigned int",
            'I' | 'L' if number < 0 => return "can't convert negative value to unsigned int".to_owned(),
            'I' | 'L' => return "Python int too large to convert to C unsigned long".to_owned(),
            'q' | 'Q' if number > 0 || self.letter() == 'q' => return "int too big to convert".to_owned(),
            'Q' => return "can't convert negative int to unsigned".to_owned(),
            _ => return "Python int too large to convert to C long".to_owned(),
        };
        format!(
            "{name} is {} than {}",
            if number > most { "greater" } else { "less" },
            if number > most { "maximum" } else { "minimum" }
        )
    }
}
