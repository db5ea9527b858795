//! Known values, made with the reference.

use pv_object::BigInt;

use super::float::{self, Style};
use super::parse::{self, IntText};
use super::spec::{Align, Spec};

fn style(kind: char) -> Style {
    match kind {
        'e' => Style::Exponent,
        'f' => Style::Fixed,
        _ => Style::General,
    }
}

#[test]
#[allow(clippy::excessive_precision, reason = "the exact values show that they lie between two shortest texts")]
fn the_shortest_text_that_reads_back() {
    for (value, shown) in [
        (0.1, "0.1"),
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (1e16, "1e+16"),
        (9999999999999998.0, "9999999999999998.0"),
        (1e-5, "1e-05"),
        (0.0001, "0.0001"),
        (123456789.123, "123456789.123"),
        (1e22, "1e+22"),
        (5e-324, "5e-324"),
        (-1076096507617107.25, "-1076096507617107.2"),
        (1076096507617107.75, "1076096507617107.8"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (f64::INFINITY, "inf"),
        (f64::NAN, "nan"),
    ] {
        assert_eq!(float::repr(value), shown);
    }
}

#[test]
fn digits_are_rounded_exactly_ties_to_even() {
    for (kind, precision, value, shown) in [
        ('f', 0, 0.5, "0"),
        ('f', 0, 1.5, "2"),
        ('f', 0, 2.5, "2"),
        ('f', 2, 0.125, "0.12"),
        ('f', 2, 2.675, "2.67"),
        ('f', 3, -1e-9, "-0.000"),
        ('f', 1, 1e22, "10000000000000000000000.0"),
        ('e', 2, 12345.0, "1.23e+04"),
        ('e', 0, 1.5e-7, "1e-07"),
        ('e', 3, 0.0, "0.000e+00"),
        ('g', 6, 100000.0, "100000"),
        ('g', 6, 1000000.0, "1e+06"),
        ('g', 6, 0.0001, "0.0001"),
        ('g', 6, 0.00001, "1e-05"),
        ('g', 3, 1234.5, "1.23e+03"),
        ('g', 3, 999.9, "1e+03"),
        ('g', 1, 0.0, "0"),
    ] {
        assert_eq!(float::format(value, style(kind), precision, false), shown, "{value} {kind} {precision}");
    }
    assert_eq!(float::format(1.5, Style::General, 6, true), "1.50000");
    assert_eq!(float::format(3.0, Style::Fixed, 0, true), "3.");
    assert_eq!(float::format(123.0, Style::GeneralPoint, 3, false), "1.23e+02");
    assert_eq!(float::format(12.0, Style::GeneralPoint, 3, false), "12.0");
    assert_eq!(float::format(1.0, Style::Fixed, 2000, false).len(), 2002);
}

#[test]
fn hexadecimal_floats_go_both_ways() {
    for (value, shown) in [
        (1.5, "0x1.8000000000000p+0"),
        (-0.1, "-0x1.999999999999ap-4"),
        (5e-324, "0x0.0000000000001p-1022"),
        (0.0, "0x0.0p+0"),
    ] {
        assert_eq!(float::hex(value), shown);
        assert_eq!(parse::float_hex(shown), Ok(value));
    }
    assert_eq!(parse::float_hex("0x.8p1"), Ok(1.0));
    assert_eq!(parse::float_hex("1.8"), Ok(1.5));
    assert_eq!(parse::float_hex("0x1p1024"), Err(parse::HexError::TooLarge));
    assert_eq!(parse::float_hex("xyz"), Err(parse::HexError::Invalid));
    assert_eq!(parse::float_hex("-inf"), Ok(f64::NEG_INFINITY));
}

#[test]
fn integers_are_read_as_int_reads_them() {
    for (text, base, value) in [
        ("12", 10, 12),
        ("-1_000", 10, -1000),
        ("+0x1F", 16, 31),
        ("0x_1f", 0, 31),
        ("0b101", 0, 5),
        ("0o17", 0, 15),
        ("00", 0, 0),
        ("0_0", 0, 0),
        ("z", 36, 35),
        ("b1", 16, 177),
    ] {
        assert_eq!(parse::int(text, base, 0), IntText::Small(value), "{text}");
    }
    for (text, base) in
        [("", 10), ("_1", 10), ("1_", 10), ("1__0", 10), ("012", 0), ("0x", 16), ("--1", 10), ("1.0", 10), ("2", 2)]
    {
        assert_eq!(parse::int(text, base, 0), IntText::Invalid, "{text}");
    }
    let big = "1000000000000000000000000000000";
    assert_eq!(parse::int(big, 10, 0), IntText::Big(BigInt::from(10).pow(30)));
    assert_eq!(parse::int(&"9".repeat(5000), 10, 4300), IntText::TooLong(5000));
}

#[test]
fn floats_are_read_as_float_reads_them() {
    for (text, value) in [
        ("1", 1.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1e5", -1e5),
        ("1_0.5_0", 10.5),
        ("1e400", f64::INFINITY),
        ("-Infinity", f64::NEG_INFINITY),
        ("9007199254740993", 9007199254740992.0),
    ] {
        assert_eq!(parse::float(text), Some(value), "{text}");
    }
    for text in ["", ".", "1__0", "1_", "_1", "1e", "e5", "1 2", "0x1", "infin", "1._5"] {
        assert_eq!(parse::float(text), None, "{text}");
    }
    assert_eq!(parse::complex("1+2j"), Some((1.0, 2.0)));
    assert_eq!(parse::complex("(-j)"), Some((0.0, -1.0)));
    assert_eq!(parse::complex("1e3j"), Some((0.0, 1000.0)));
    assert_eq!(parse::complex("1-infj"), Some((1.0, f64::NEG_INFINITY)));
    assert_eq!(["x", "1+2", "1 + 2j", "j1", "1+2j)"].map(parse::complex), [None; 5]);
}

fn spec(text: &str) -> Result<Spec, String> {
    let points: Vec<u32> = text.chars().map(u32::from).collect();
    Spec::parse(&points, Align::Right, 'd', "int")
}

#[test]
fn specifications_are_taken_apart() {
    let full = spec("*^+z#012,.3_f").expect("a valid specification");
    assert_eq!((full.fill, full.align, full.width), (u32::from('*'), Align::Center, 12));
    assert_eq!((full.grouping, full.precision, full.fraction_grouping), (Some(','), Some(3), Some('_')));
    assert_eq!(spec("08").map(|s| (s.align, s.fill)), Ok((Align::AfterSign, u32::from('0'))));
    assert_eq!(spec("<08").map(|s| (s.align, s.fill)), Ok((Align::Left, u32::from('0'))));
    for (text, error) in [
        (".", "Format specifier missing precision"),
        (",_", "Cannot specify both ',' and '_'."),
        ("_,", "Cannot specify both ',' and '_'."),
        (",,", "Cannot specify ',' with ','."),
        (",b", "Cannot specify ',' with 'b'."),
        ("xy", "Invalid format specifier 'xy' for object of type 'int'"),
        ("99999999999999999999", "Too many decimal digits in format string"),
    ] {
        assert_eq!(spec(text), Err(error.to_string()));
    }
}

#[test]
fn digits_are_grouped_and_filled_with_zeros() {
    use super::number::group;
    assert_eq!(group("1234", Some(','), 3, 0), "1,234");
    assert_eq!(group("1234", Some(','), 3, 10), "00,001,234");
    assert_eq!(group("4d2", Some('_'), 4, 10), "0_0000_04d2");
    assert_eq!(group("123", Some(','), 3, 4), "0,123");
    assert_eq!(group("123", None, 3, 5), "00123");
}
