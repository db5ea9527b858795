//! Known values, checked against the reference.

use super::*;

fn big(text: &str) -> BigInt {
    BigInt::parse(text, 10).unwrap_or_else(|| panic!("not a number: {text}"))
}

#[test]
fn decimal_text_round_trips() {
    for text in ["0", "-1", "123456789012345678901234567890", "-340282366920938463463374607431768211456"] {
        assert_eq!(big(text).to_string(), text);
    }
    let long = "9".repeat(10_000);
    assert_eq!(big(&long).to_string(), long);
    assert_eq!(BigInt::parse("zz", 36), Some(BigInt::from(1295)));
    assert_eq!(
        [2, 8, 16, 36].map(|radix| BigInt::from(-1295).to_radix(radix)),
        ["-10100001111", "-2417", "-50f", "-zz"]
    );
    assert_eq!(["", "-", "+", "1_0", "12a", "--1", " 1"].map(|text| BigInt::parse(text, 10)), [const { None }; 7]);
}

#[test]
fn division_rounds_towards_negative_infinity() {
    let (a, b) = (big("100000000000000000000000000007"), big("9000000000000000000"));
    for (x, y, quotient, remainder) in [
        (&a, &b, "11111111111", "1000000000000000007"),
        (&-&a, &b, "-11111111112", "7999999999999999993"),
        (&a, &-&b, "-11111111112", "-7999999999999999993"),
        (&-&a, &-&b, "11111111111", "-1000000000000000007"),
    ] {
        assert_eq!(x.div_mod(y), Some((big(quotient), big(remainder))));
    }
    assert_eq!(a.div_mod(&BigInt::ZERO), None);
}

#[test]
fn bits_are_those_of_twos_complement() {
    let (a, b) = (big("-36893488147419103233"), big("18446744073709551619"));
    assert_eq!(&a & &b, big("18446744073709551619"));
    assert_eq!(&a | &b, big("-36893488147419103233"));
    assert_eq!(&a ^ &b, big("-55340232221128654852"));
    assert_eq!(!&a, big("36893488147419103232"));
    assert_eq!((a.shr(3), a.shl(3)), (big("-4611686018427387905"), big("-295147905179352825864")));
    assert_eq!((a.bit_length(), a.bit_count(), a.low_u64()), (66, 2, u64::MAX));
    assert_eq!(BigInt::from(-1).shr(1000), BigInt::from(-1));
    assert_eq!(BigInt::from(-128).to_le_bytes(), [0x80]);
    assert_eq!(BigInt::from_le_bytes(&[0x80], true), BigInt::from(-128));
    assert_eq!(BigInt::from_le_bytes(&[0x80], false), BigInt::from(128));
}

#[test]
fn powers_and_roots() {
    assert_eq!(BigInt::from(3).pow(80).to_string(), "147808829414345923316083210206383297601");
    let (base, exponent, modulus) = (BigInt::from(7), big("1000000000000000000000"), big("1000000007"));
    assert_eq!(base.pow_mod(&exponent, &modulus), Some(BigInt::from(686_288_592)));
    assert_eq!(base.pow_mod(&BigInt::from(-1), &BigInt::from(40)), Some(BigInt::from(23)));
    assert_eq!(base.pow_mod(&BigInt::from(2), &BigInt::from(-40)), Some(BigInt::from(-31)));
    assert_eq!(BigInt::from(2).pow_mod(&BigInt::from(-1), &BigInt::from(4)), None);
    assert_eq!(base.pow_mod(&exponent, &BigInt::from(-1)), Some(BigInt::ZERO));
    assert_eq!(big("1000000000000000000000000000001").sqrt(), big("1000000000000000"));
    assert_eq!(BigInt::from(-12).gcd(&BigInt::ZERO), BigInt::from(12));
    assert_eq!(BigInt::from(-12).gcd(&BigInt::from(18)), BigInt::from(6));
}

#[test]
fn doubles_are_the_nearest_ties_to_even() {
    assert_eq!(big("9007199254740993").to_f64(), Some(9_007_199_254_740_992.0));
    assert_eq!(big("9007199254740995").to_f64(), Some(9_007_199_254_740_996.0));
    assert_eq!(big("36893488147419107329").to_f64(), Some(36_893_488_147_419_111_424.0));
    assert_eq!(big("36893488147419107328").to_f64(), Some(36_893_488_147_419_103_232.0));
    assert_eq!(BigInt::from(2).pow(1024).to_f64(), None);
    assert_eq!((&BigInt::from(2).pow(1024) - &BigInt::from(2).pow(970)).to_f64(), None);
    assert_eq!((&BigInt::from(2).pow(1024) - &(&BigInt::from(2).pow(970) + &BigInt::ONE)).to_f64(), Some(f64::MAX));
    assert_eq!(BigInt::from_f64(-1e30), Some(big("-1000000000000000019884624838656")));
    assert_eq!(BigInt::from_f64(-0.9), Some(BigInt::ZERO));
    assert_eq!(BigInt::from_f64(12345.75), Some(BigInt::from(12345)));
    assert_eq!(BigInt::from_f64(f64::NAN), None);
}

#[test]
fn quotients_are_rounded_once() {
    let ten = |exponent| BigInt::from(10).pow(exponent);
    assert_eq!(BigInt::from(1).true_div(&BigInt::from(3)), Some(1.0 / 3.0));
    assert_eq!(ten(400).true_div(&ten(399)), Some(10.0));
    assert_eq!(BigInt::from(-1).true_div(&ten(320)), Some(-1e-320));
    assert_eq!(BigInt::from(5).true_div(&ten(324)), Some(5e-324));
    assert_eq!(BigInt::from(2).true_div(&ten(324)), Some(0.0));
    assert_eq!(BigInt::from(3).true_div(&ten(324)), Some(5e-324));
    assert_eq!(BigInt::from(1).true_div(&ten(400)), Some(0.0));
    assert_eq!(ten(309).true_div(&BigInt::from(1)), None);
    assert_eq!(BigInt::from(1).true_div(&BigInt::ZERO), None);
    let (a, b) = (&BigInt::from(2).pow(1074), &BigInt::from(2).pow(1074) + &BigInt::ONE);
    assert_eq!(BigInt::from(1).true_div(a), Some(5e-324));
    assert_eq!(b.true_div(&BigInt::from(2).pow(2149)), Some(5e-324));
    assert_eq!(a.true_div(&BigInt::from(2).pow(2149)), Some(0.0));
}

#[test]
fn comparisons_with_doubles_are_exact() {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let a = big("9007199254740993");
    assert_eq!(a.compare_f64(9_007_199_254_740_992.0), Some(Greater));
    assert_eq!(a.compare_f64(9_007_199_254_740_994.0), Some(Less));
    assert_eq!(BigInt::from(3).compare_f64(3.5), Some(Less));
    assert_eq!(BigInt::from(-3).compare_f64(-3.5), Some(Greater));
    assert_eq!(BigInt::from(3).compare_f64(3.0), Some(Equal));
    assert_eq!(BigInt::from(3).compare_f64(f64::INFINITY), Some(Less));
    assert_eq!(BigInt::from(3).compare_f64(f64::NAN), None);
}

#[test]
fn hashes_are_the_references() {
    assert_eq!(BigInt::from(2).pow(61).hash(), 1);
    assert_eq!(big("123456789012345678901234567890").hash(), 248789772095949448);
    assert_eq!((-&BigInt::from(2).pow(61)).hash(), -2);
    assert_eq!(hash::int(-1), -2);
}
