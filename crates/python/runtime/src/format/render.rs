//! Numbers and strings formatted by a specification: what the `__format__` methods of built-in types do.

use pv_object::{Complex, Obj, Str, StrBuilder};

use super::float::{self as digits, Style};
use super::number::{self, Pieces};
use super::spec::{Align, Sign, Spec};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types;

/// The specification of a `__format__` call, parsed; `None` where it is empty.
fn parse(cx: &Thread, spec: &Obj, align: Align, default: char, name: &str) -> PyResult<Option<Spec>> {
    let Some(text) = spec.downcast::<Str>() else {
        let found = cx.type_name(spec);
        return Err(cx.type_error(format_args!("__format__() argument must be str, not {found}")));
    };
    if text.is_empty() {
        return Ok(None);
    }
    let points: Vec<u32> = text.text().iter().collect();
    let spec = Spec::parse(&points, align, default, name).map_err(|error| cx.value_error(error))?;
    cx.room_for(spec.width)?;
    Ok(Some(spec))
}

/// `format` of an int.
pub(crate) fn int(cx: &Thread, value: &Obj, spec: &Obj) -> PyResult {
    let name = cx.type_name(value);
    let Some(spec) = parse(cx, spec, Align::Right, 'd', &name)? else { return crate::protocol::str(cx, value) };
    match spec.kind() {
        None | Some('d' | 'n' | 'b' | 'o' | 'x' | 'X' | 'c') => int_by(cx, value, &spec),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            let value = types::int::to_f64(cx, value)?;
            Ok(float_by(value, &spec))
        }
        Some(_) => Err(cx.value_error(spec.unknown_kind(&name))),
    }
}

fn int_by(cx: &Thread, value: &Obj, spec: &Spec) -> PyResult {
    if spec.precision.is_some() {
        return Err(cx.value_error("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(cx.value_error("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    if spec.kind() == Some('c') {
        return character(cx, value, spec);
    }
    let text = int_digits(cx, value, spec.kind())?;
    let negative = text.starts_with('-');
    let prefix = match (spec.alternate, spec.kind()) {
        (true, Some('b')) => "0b",
        (true, Some('o')) => "0o",
        (true, Some('x')) => "0x",
        (true, Some('X')) => "0X",
        _ => "",
    };
    let pieces = Pieces { negative, prefix, whole: text.trim_start_matches('-'), ..Pieces::default() };
    let mut out = StrBuilder::with_capacity(text.len().max(spec.width));
    number::write(&mut out, spec, &pieces);
    Ok(out.finish())
}

/// The digits, with a sign below zero.
pub(crate) fn int_digits(cx: &Thread, value: &Obj, kind: Option<char>) -> PyResult<String> {
    let radix = match kind {
        Some('b') => 2,
        Some('o') => 8,
        Some('x' | 'X') => 16,
        _ => return types::int::to_text(cx, value),
    };
    let text = match (value.as_i64(), radix) {
        (Some(small), _) => {
            let (sign, magnitude) = (if small < 0 { "-" } else { "" }, small.unsigned_abs());
            match radix {
                2 => format!("{sign}{magnitude:b}"),
                8 => format!("{sign}{magnitude:o}"),
                _ => format!("{sign}{magnitude:x}"),
            }
        }
        (None, _) => types::int::with_big(value, |big| big.to_radix(radix)),
    };
    Ok(if kind == Some('X') { text.to_ascii_uppercase() } else { text })
}

fn character(cx: &Thread, value: &Obj, spec: &Spec) -> PyResult {
    if spec.sign.is_some() {
        return Err(cx.value_error("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(cx.value_error("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let Some(point) = value.as_i64() else {
        return Err(cx.overflow_error("Python int too large to convert to C long"));
    };
    match u32::try_from(point) {
        Ok(point @ 0..=0x10_ffff) => Ok(pad(spec, &Obj::char(point))),
        _ => Err(cx.overflow_error("%c arg not in range(0x110000)")),
    }
}

/// A string with padding.
fn pad(spec: &Spec, text: &Obj) -> Obj {
    let text = text.expect::<Str>();
    let (left, right) = spec.padding(text.len());
    let mut out = StrBuilder::with_capacity(text.len() + left + right);
    number::fill(&mut out, spec.fill, left);
    out.push_obj(text);
    number::fill(&mut out, spec.fill, right);
    out.finish()
}

/// `format` of a float.
pub(crate) fn float(cx: &Thread, object: &Obj, spec: &Obj) -> PyResult {
    let name = cx.type_name(object);
    let Some(spec) = parse(cx, spec, Align::Right, '\0', &name)? else { return crate::protocol::str(cx, object) };
    match spec.kind() {
        None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => {
            Ok(float_by(object.as_float().unwrap_or(0.0), &spec))
        }
        Some(_) => Err(cx.value_error(spec.unknown_kind(&name))),
    }
}

/// The style and precision that a presentation type asks for.
fn style(spec: &Spec) -> (Style, usize) {
    let precision = spec.precision.unwrap_or(6);
    match (spec.kind(), spec.precision) {
        (Some('e' | 'E'), _) => (Style::Exponent, precision),
        (Some('f' | 'F' | '%'), _) => (Style::Fixed, precision),
        (Some(_), _) => (Style::General, precision),
        (None, Some(precision)) => (Style::GeneralPoint, precision),
        (None, None) => (Style::Repr, 0),
    }
}

/// The digits of a float as the specification wants them, without padding.
fn float_text(value: f64, spec: &Spec, style: Style, precision: usize) -> String {
    let percent = spec.kind() == Some('%');
    let value = if percent { value * 100.0 } else { value };
    let mut text = digits::format(value, style, precision, spec.alternate);
    if percent {
        text.push('%');
    }
    if spec.no_negative_zero && text.starts_with('-') && is_zero_text(&text) {
        text.remove(0);
    }
    if matches!(spec.kind(), Some('E' | 'F' | 'G')) { text.to_ascii_uppercase() } else { text }
}

/// All digits of the mantissa are zeros?
fn is_zero_text(text: &str) -> bool {
    let mut mantissa = text.chars().take_while(|c| !matches!(c, 'e' | 'E'));
    mantissa.all(|c| matches!(c, '-' | '0' | '.' | '%'))
}

/// A float laid out by the specification.
pub(crate) fn float_by(value: f64, spec: &Spec) -> Obj {
    let (style, precision) = style(spec);
    let text = float_text(value, spec, style, precision);
    let mut out = StrBuilder::with_capacity(text.len().max(spec.width));
    number::write(&mut out, spec, &Pieces::of_float(&text));
    out.finish()
}

/// `format` of a complex number.
pub(crate) fn complex(cx: &Thread, object: &Obj, spec: &Obj) -> PyResult {
    let name = cx.type_name(object);
    let Some(spec) = parse(cx, spec, Align::Right, '\0', &name)? else { return crate::protocol::str(cx, object) };
    if !matches!(spec.kind(), None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')) {
        return Err(cx.value_error(spec.unknown_kind(&name)));
    }
    if spec.fill == u32::from('0') && !spec.align_given {
        return Err(cx.value_error("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(cx.value_error("'=' alignment flag is not allowed in complex format specifier"));
    }
    let value = object.expect::<Complex>();
    let body = complex_text(value.real(), value.imag(), &spec);
    Ok(pad(&spec, &body))
}

/// Both parts, without padding.
fn complex_text(real: f64, imag: f64, spec: &Spec) -> Obj {
    let plain = spec.kind().is_none();
    let skip_real = plain && real == 0.0 && real.is_sign_positive();
    let (style, precision) = match (plain, spec.precision) {
        (true, None) => (Style::Shortest, 0),
        (true, Some(precision)) => (Style::General, precision),
        _ => style(spec),
    };
    let mut part = Spec { width: 0, fill: u32::from(' '), align: Align::Left, ..spec.clone() };
    let mut out = StrBuilder::new();
    if plain && !skip_real {
        out.push_str("(");
    }
    if !skip_real {
        let text = float_text(real, &part, style, precision);
        number::write(&mut out, &part, &Pieces::of_float(&text));
        part.sign = Some(Sign::Plus);
    }
    let text = float_text(imag, &part, style, precision);
    number::write(&mut out, &part, &Pieces::of_float(&text));
    out.push_str(if plain && !skip_real { "j)" } else { "j" });
    out.finish()
}

/// `format` of a string.
pub(crate) fn string(cx: &Thread, object: &Obj, spec: &Obj) -> PyResult {
    let name = cx.type_name(object);
    let Some(spec) = parse(cx, spec, Align::Left, 's', &name)? else { return crate::protocol::str(cx, object) };
    if !matches!(spec.kind(), None | Some('s')) {
        return Err(cx.value_error(spec.unknown_kind(&name)));
    }
    let wrong = match (spec.sign, spec.no_negative_zero, spec.alternate, spec.align) {
        (Some(Sign::Space), ..) => Some("Space not allowed in string format specifier"),
        (Some(_), ..) => Some("Sign not allowed in string format specifier"),
        (_, true, ..) => Some("Negative zero coercion (z) not allowed in string format specifier"),
        (_, _, true, _) => Some("Alternate form (#) not allowed in string format specifier"),
        (.., Align::AfterSign) => Some("'=' alignment not allowed in string format specifier"),
        _ => None,
    };
    if let Some(wrong) = wrong {
        return Err(cx.value_error(wrong));
    }
    let text = object.expect::<Str>();
    let shown = match spec.precision {
        Some(precision) if precision < text.len() => text.slice(0, precision),
        _ => object.clone(),
    };
    Ok(pad(&spec, &shown))
}
