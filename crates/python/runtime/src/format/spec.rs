//! Format specifications: what follows the colon in a replacement field.
//!
//! Terms: a *specification* is `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`; code points, not text, because the
//! fill may be any of them. Parsing is pure; its errors are the texts of the ValueErrors that programs see.

/// Where the padding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`: behind.
    Left,
    /// `>`: in front.
    Right,
    /// `^`: on both sides.
    Center,
    /// `=`: between sign and digits.
    AfterSign,
}

/// Which sign a number shows when it is not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `+`
    Plus,
    /// A space.
    Space,
    /// `-`: none (the default, written out).
    Minus,
}

/// A parsed specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The code point that pads.
    pub fill: u32,
    /// Where the padding goes.
    pub align: Align,
    /// Was the alignment (or a leading zero) given?
    pub align_given: bool,
    /// The sign option.
    pub sign: Option<Sign>,
    /// `z`: negative zero becomes zero.
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    /// Least number of code points.
    pub width: usize,
    /// Separator of groups of digits before the point.
    pub grouping: Option<char>,
    /// Digits behind the point, or code points of a string.
    pub precision: Option<usize>,
    /// Separator of groups of digits behind the point.
    pub fraction_grouping: Option<char>,
    /// The presentation type, if one is given.
    pub kind: Option<u32>,
}

/// The largest width or precision that is accepted.
const LIMIT: usize = i64::MAX as usize;

struct Cursor<'a> {
    points: &'a [u32],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.points.get(self.at).copied().and_then(char::from_u32)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn rest(&self) -> usize {
        self.points.len() - self.at
    }

    /// A run of decimal digits, if there is one.
    fn number(&mut self) -> Result<Option<usize>, String> {
        let start = self.at;
        let mut value = 0_usize;
        while let Some(digit) = self.points.get(self.at).and_then(|c| crate::unicode::decimal(*c)) {
            let grown = value.checked_mul(10).and_then(|v| v.checked_add(digit as usize));
            value = grown.filter(|v| *v <= LIMIT).ok_or("Too many decimal digits in format string")?;
            self.at += 1;
        }
        Ok((self.at > start).then_some(value))
    }

    /// `,` or `_`, but not both.
    fn grouping(&mut self) -> Result<Option<char>, String> {
        let mut grouping = self.eat(',').then_some(',');
        if self.eat('_') {
            if grouping.is_some() {
                return Err("Cannot specify both ',' and '_'.".into());
            }
            grouping = Some('_');
        }
        if grouping == Some('_') && self.peek() == Some(',') {
            return Err("Cannot specify both ',' and '_'.".into());
        }
        Ok(grouping)
    }
}

fn alignment(point: Option<&u32>) -> Option<Align> {
    Some(match char::from_u32(*point?)? {
        '<' => Align::Left,
        '>' => Align::Right,
        '^' => Align::Center,
        '=' => Align::AfterSign,
        _ => return None,
    })
}

impl Spec {
    /// A specification that asks for nothing.
    pub fn plain(align: Align) -> Spec {
        Spec {
            fill: u32::from(' '),
            align,
            align_given: false,
            sign: None,
            no_negative_zero: false,
            alternate: false,
            width: 0,
            grouping: None,
            precision: None,
            fraction_grouping: None,
            kind: None,
        }
    }

    /// Parses a specification for an object of the type called `type_name`, whose default presentation is `default`.
    pub fn parse(points: &[u32], align: Align, default: char, type_name: &str) -> Result<Spec, String> {
        let mut spec = Spec::plain(align);
        let mut cursor = Cursor { points, at: 0 };
        let fill_given = spec.parse_alignment(&mut cursor);
        spec.parse_flags(&mut cursor, fill_given);
        spec.width = cursor.number()?.unwrap_or(0);
        spec.grouping = cursor.grouping()?;
        spec.parse_precision(&mut cursor)?;
        if cursor.rest() > 1 {
            let text: String = points.iter().map(|c| char::from_u32(*c).unwrap_or('\u{fffd}')).collect();
            return Err(format!("Invalid format specifier '{text}' for object of type '{type_name}'"));
        }
        spec.kind = points.get(cursor.at).copied();
        spec.check_grouping(default)?;
        Ok(spec)
    }

    fn parse_alignment(&mut self, cursor: &mut Cursor<'_>) -> bool {
        if let Some(align) = alignment(cursor.points.get(1)) {
            (self.fill, self.align, self.align_given) = (cursor.points[0], align, true);
            cursor.at = 2;
            return true;
        }
        if let Some(align) = alignment(cursor.points.first()) {
            (self.align, self.align_given) = (align, true);
            cursor.at = 1;
        }
        false
    }

    fn parse_flags(&mut self, cursor: &mut Cursor<'_>, fill_given: bool) {
        self.sign = match cursor.peek() {
            Some('+') => Some(Sign::Plus),
            Some(' ') => Some(Sign::Space),
            Some('-') => Some(Sign::Minus),
            _ => None,
        };
        cursor.at += usize::from(self.sign.is_some());
        self.no_negative_zero = cursor.eat('z');
        self.alternate = cursor.eat('#');
        if !fill_given && cursor.eat('0') {
            self.fill = u32::from('0');
            if !self.align_given && self.align == Align::Right {
                self.align = Align::AfterSign;
            }
        }
    }

    fn parse_precision(&mut self, cursor: &mut Cursor<'_>) -> Result<(), String> {
        if !cursor.eat('.') {
            return Ok(());
        }
        self.precision = cursor.number()?;
        self.fraction_grouping = cursor.grouping()?;
        if self.precision.is_none() && self.fraction_grouping.is_none() {
            return Err("Format specifier missing precision".into());
        }
        Ok(())
    }

    /// Grouping goes with numbers in fixed notation.
    fn check_grouping(&self, default: char) -> Result<(), String> {
        let kind = self.kind.unwrap_or(u32::from(default));
        let shown = char::from_u32(kind).unwrap_or('\u{fffd}');
        let whole = matches!(shown, 'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0');
        let radix = matches!(shown, 'b' | 'o' | 'x' | 'X');
        let wrong = match self.grouping {
            Some(separator) if !(whole || radix && separator == '_') => Some(separator),
            _ => self.fraction_grouping.filter(|_| shown == 'n'),
        };
        if let Some(separator) = wrong {
            return Err(match kind {
                33..=127 => format!("Cannot specify '{separator}' with '{shown}'."),
                _ => format!("Cannot specify '{separator}' with '\\x{kind:x}'."),
            });
        }
        Ok(())
    }

    /// The presentation type as a character; `None` where there is none.
    pub fn kind(&self) -> Option<char> {
        self.kind.map(|c| char::from_u32(c).unwrap_or('\u{fffd}'))
    }

    /// The error text for a presentation type that objects of the type do not know.
    pub fn unknown_kind(&self, type_name: &str) -> String {
        match self.kind.unwrap_or(0) {
            kind @ 33..=127 => {
                format!("Unknown format code '{}' for object of type '{type_name}'", kind as u8 as char)
            }
            kind => format!("Unknown format code '\\x{kind:x}' for object of type '{type_name}'"),
        }
    }

    /// Code points of padding in front of and behind `len` others.
    pub fn padding(&self, len: usize) -> (usize, usize) {
        let total = self.width.saturating_sub(len);
        let left = match self.align {
            Align::Left | Align::AfterSign => 0,
            Align::Right => total,
            Align::Center => total / 2,
        };
        (left, total - left)
    }
}
