use super::hex_digits;
use crate::compile::tests::constants;
use crate::unit::Const;

#[test]
fn integers_past_64_bits() {
    assert_eq!(hex_digits("18446744073709551616"), Ok("10000000000000000".into()));
    assert_eq!(hex_digits("0xFFFF_FFFF_FFFF_FFFF_F"), Ok("fffffffffffffffff".into()));
    assert_eq!(hex_digits("0o7777777777777777777777"), Ok("3ffffffffffffffff".into()));
    assert_eq!(hex_digits("0b101"), Ok("5".into()));
    assert!(hex_digits(&"9".repeat(4301)).is_err());
}

#[test]
fn lone_surrogates_survive() {
    let points = |source: &str| match &constants(source)[0] {
        Const::Str(text) => text.code_points().collect::<Vec<u32>>(),
        other => panic!("{other:?} is no string"),
    };
    assert_eq!(points(r"x = '\ud800\udc00'"), [0xd800, 0xdc00]);
    assert_eq!(points(r"x = 'a\x41\101\N{BULLET}\udfff\q'"), [97, 65, 65, 0x2022, 0xdfff, 92, 113]);
    assert_eq!(points(r"x = f'{{\ud834}}'"), [123, 0xd834, 125]);
    assert_eq!(points("x = '\u{fffd}' 'b'"), [0xfffd, 98]);
}

#[test]
fn limits_of_the_word_are_folded_exactly() {
    let shown = |source: &str| crate::disasm::show(&constants(source)[0]);
    assert_eq!(shown("x = -9223372036854775808"), "-9223372036854775808");
    assert_eq!(shown("x = -9223372036854775809"), "-0x8000000000000001");
    assert_eq!(shown("x = 2 ** 62"), "4611686018427387904");
    assert_eq!(shown("x = -70001 // 2"), "-35001");
    assert_eq!(shown("x = 1 - 2j"), "(1.0+-2.0j)");
}
