//! Hashes that a program can print are CPython's; the keyed ones are those of its SipHash-1-3 under the zero key.

use super::*;
use crate::{Bytes, Complex, Heap, Obj, Tuple, quick_hash};

#[test]
fn hashes_of_ints() {
    for (value, expected) in [
        (0, 0),
        (1, 1),
        (-1, -2),
        (-2, -2),
        (2305843009213693951, 0),
        (2305843009213693950, 2305843009213693950),
        (-2305843009213693951, 0),
        (2305843009213693952, 1),
        (12345678901, 12345678901),
        (-12345678901, -12345678901),
    ] {
        assert_eq!(int(value), expected, "{value}");
    }
}

#[test]
fn hashes_of_floats() {
    for (bits, expected) in [
        (0x0000000000000000_u64, 0),
        (0x8000000000000000_u64, 0),
        (0x3ff0000000000000_u64, 1),
        (0xbff0000000000000_u64, -2),
        (0x3fe0000000000000_u64, 1152921504606846976),
        (0xbfe0000000000000_u64, -1152921504606846976),
        (0x3ff8000000000000_u64, 1152921504606846977),
        (0x3fb999999999999a_u64, 230584300921369408),
        (0x400921fb54442d18_u64, 326490430436040707),
        (0x4202a05f20000000_u64, 10000000000),
        (0x54b249ad2594c37d_u64, 1822893315824342674),
        (0xd4b249ad2594c37d_u64, -1822893315824342674),
        (0x2b2bff2ee48e0530_u64, 1735222877707689105),
        (0x0000000000000001_u64, 16777216),
        (0x7fefffffffffffff_u64, 2234066890152476671),
        (0x43c0000000000000_u64, 1),
        (0x4c70000000000000_u64, 131072),
        (0x7ff0000000000000_u64, 314159),
        (0xfff0000000000000_u64, -314159),
    ] {
        let value = f64::from_bits(bits);
        assert_eq!(float(value), Some(expected), "{value}");
    }
    assert_eq!(float(f64::NAN), None);
}

#[test]
fn hashes_of_objects() {
    Heap::with_hash_key([0, 0]);
    let pair = |a: Obj, b: Obj| Tuple::create(vec![a, b]);
    assert_eq!(quick_hash(&Tuple::create(Vec::new())), Some(5740354900026072187));
    assert_eq!(quick_hash(&Tuple::create(vec![Obj::small(1)])), Some(-6644214454873602895));
    assert_eq!(quick_hash(&pair(Obj::small(1), pair(Obj::small(2), Obj::float(1e100)))), Some(2254803074255155961));
    assert_eq!(quick_hash(&pair(Obj::str("a"), Obj::none())), Some(-64139034995030440));
    assert_eq!(quick_hash(&Complex::create(1.0, 2.0)), Some(2000007));
    assert_eq!(quick_hash(&Complex::create(0.0, -1.0)), Some(-2000006));
    assert_eq!(quick_hash(&Obj::none()), Some(4238894112));
    assert_eq!(quick_hash(&Obj::bool(true)), Some(1));
    assert_eq!(quick_hash(&Obj::str("")), Some(0));
    assert_eq!(quick_hash(&Obj::str("a")), Some(4644417185603328019));
    assert_eq!(quick_hash(&Obj::str("abc")), Some(-4594863902769663758));
    assert_eq!(quick_hash(&Obj::str("abcdefg")), Some(7904145750247929094));
    assert_eq!(quick_hash(&Obj::str("abcdefgh")), Some(4574395652268504554));
    assert_eq!(quick_hash(&Obj::str("abcdefghi")), Some(-532774252720507163));
    assert_eq!(quick_hash(&Obj::str("hello, world, how are you")), Some(-4011611413386638063));
    assert_eq!(quick_hash(&Obj::str("é")), Some(6047309291227476195));
    assert_eq!(quick_hash(&Obj::str("αβγ")), Some(-8649766505409503091));
    assert_eq!(quick_hash(&Obj::str("😀😀")), Some(3533687109701847103));
    assert_eq!(quick_hash(&Bytes::create(b"abc")), Some(-4594863902769663758));
    assert_eq!(quick_hash(&Obj::big(crate::BigInt::from(3).pow(100))), Some(1175369268131054105));
}

#[test]
fn hashes_of_frozen_sets() {
    assert_eq!(frozenset([0_i64; 0].into_iter()), 133146708735736);
    assert_eq!(frozenset([1_i64].into_iter()), -558064481276695278);
    assert_eq!(frozenset([1_i64, 2_i64, 3_i64].into_iter()), -272375401224217160);
    assert_eq!(
        frozenset(
            [
                0_i64, 1_i64, 2_i64, 3_i64, 4_i64, 5_i64, 6_i64, 7_i64, 8_i64, 9_i64, 10_i64, 11_i64, 12_i64, 13_i64,
                14_i64, 15_i64, 16_i64, 17_i64, 18_i64, 19_i64, 20_i64, 21_i64, 22_i64, 23_i64, 24_i64, 25_i64, 26_i64,
                27_i64, 28_i64, 29_i64, 30_i64, 31_i64, 32_i64, 33_i64, 34_i64, 35_i64, 36_i64, 37_i64, 38_i64, 39_i64,
                40_i64, 41_i64, 42_i64, 43_i64, 44_i64, 45_i64, 46_i64, 47_i64, 48_i64, 49_i64, 50_i64, 51_i64, 52_i64,
                53_i64, 54_i64, 55_i64, 56_i64, 57_i64, 58_i64, 59_i64, 60_i64, 61_i64, 62_i64, 63_i64, 64_i64, 65_i64,
                66_i64, 67_i64, 68_i64, 69_i64, 70_i64, 71_i64, 72_i64, 73_i64, 74_i64, 75_i64, 76_i64, 77_i64, 78_i64,
                79_i64, 80_i64, 81_i64, 82_i64, 83_i64, 84_i64, 85_i64, 86_i64, 87_i64, 88_i64, 89_i64, 90_i64, 91_i64,
                92_i64, 93_i64, 94_i64, 95_i64, 96_i64, 97_i64, 98_i64, 99_i64
            ]
            .into_iter()
        ),
        4411996150312757951
    );
}
