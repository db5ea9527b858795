use super::Mersenne;

#[test]
fn words_doubles_and_bits_are_those_of_the_reference() {
    let mut generator = Mersenne::from_key(&[12345]);
    let words: Vec<u32> = (0..4).map(|_| generator.next_u32()).collect();
    assert_eq!(words, [1_789_368_711, 3_146_859_322, 43_676_229, 3_522_623_596]);
    let doubles: Vec<f64> = (0..3).map(|_| generator.next_f64()).collect();
    assert_eq!(doubles, [0.8252065092537432, 0.2986398551995928, 0.3684116894884757]);
    let bytes = generator.bytes(70);
    let low = u128::from_le_bytes(std::array::from_fn(|i| bytes.get(i).copied().unwrap_or(0)));
    assert_eq!(low, 669_067_924_039_150_062_164);
    assert_eq!(generator.bits(45), 5_688_410_286_672);
}

#[test]
fn long_seeds() {
    let mut generator = Mersenne::from_key(&[7, 0, 0, 16]);
    let words: Vec<u32> = (0..3).map(|_| generator.next_u32()).collect();
    assert_eq!(words, [1_786_885_132, 353_954_449, 1_403_444_918]);
}

#[test]
fn a_state_goes_on_where_it_was_taken() {
    let mut generator = Mersenne::from_key(&[1]);
    for _ in 0..1000 {
        generator.next_u32();
    }
    let (words, index) = generator.state();
    let mut copy = Mersenne::from_state(*words, index).expect("a valid state");
    assert_eq!(copy.next_u32(), generator.next_u32());
    assert!(Mersenne::from_state([0; super::N], super::N + 1).is_none());
}
