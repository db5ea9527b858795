use super::{from_bits, to_bits};

#[test]
fn every_number_is_its_own_nearest() {
    for bits in 0..=u16::MAX {
        let number = from_bits(bits);
        if number.is_nan() {
            assert!(to_bits(number).is_some_and(|bits| from_bits(bits).is_nan()));
        } else {
            assert_eq!(to_bits(number), Some(bits), "{number}");
        }
    }
}

#[test]
fn ties_go_to_the_even_one() {
    assert_eq!(to_bits(1.0 + 1.0 / 2048.0), Some(0x3c00));
    assert_eq!(to_bits(1.0 + 3.0 / 2048.0), Some(0x3c02));
    assert_eq!(to_bits(65519.9), Some(0x7bff));
    assert_eq!(to_bits(65520.0), None);
    assert_eq!(to_bits(2f64.powi(-25)), Some(0));
    assert_eq!(to_bits(2f64.powi(-25) * 1.001), Some(1));
    assert_eq!(to_bits(-0.0), Some(0x8000));
}
