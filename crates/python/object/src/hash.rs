//! Hashes: CPython's for numbers and tuples (a program prints them), SipHash-1-3 under the heap's key for text and bytes.

/// 2^61 - 1: equal numbers of any type have equal hashes because all are reduced modulo this prime.
pub const MODULUS: u64 = (1 << 61) - 1;
/// Number of bits of [`MODULUS`].
pub const BITS: u32 = 61;
/// Hash of the infinities.
pub const INF: i64 = 314_159;
/// Multiplier of a complex number's imaginary part.
pub const IMAG: i64 = 1_000_003;

/// -1 is reserved; its hash is -2.
#[inline]
pub fn settle(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

/// Hash of an int.
#[inline]
pub fn int(value: i64) -> i64 {
    let magnitude = value.unsigned_abs();
    let magnitude = if magnitude < MODULUS { magnitude } else { magnitude % MODULUS } as i64;
    settle(if value < 0 { -magnitude } else { magnitude })
}

/// Hash of a float; `None` for nan, whose hash is that of its object's address.
pub fn float(value: f64) -> Option<i64> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { INF } else { -INF });
    }
    let (mut mantissa, mut exponent) = split(value.abs());
    let mut hash: u64 = 0;
    while mantissa != 0.0 {
        hash = (hash << 28) & MODULUS | hash >> (BITS - 28);
        mantissa *= 268_435_456.0;
        exponent -= 28;
        let digit = mantissa as u64;
        mantissa -= digit as f64;
        hash += digit;
        if hash >= MODULUS {
            hash -= MODULUS;
        }
    }
    let shift = exponent.rem_euclid(BITS as i32) as u32;
    hash = rotate(hash, shift);
    Some(settle(if value < 0.0 { -(hash as i64) } else { hash as i64 }))
}

/// Multiplies by 2^shift modulo [`MODULUS`].
pub fn rotate(hash: u64, shift: u32) -> u64 {
    if shift == 0 { hash } else { (hash << shift) & MODULUS | hash >> (BITS - shift) }
}

/// `value == mantissa * 2^exponent` with `0.5 <= mantissa < 1` (or both zero).
pub fn split(value: f64) -> (f64, i32) {
    if value == 0.0 || !value.is_finite() {
        return (value, 0);
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    if exponent == 0 {
        let (mantissa, exponent) = split(value * 18_014_398_509_481_984.0);
        return (mantissa, exponent - 54);
    }
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent - 1022)
}

/// Hash of a complex number from those of its parts.
pub fn complex(real: i64, imag: i64) -> i64 {
    settle(real.wrapping_add(imag.wrapping_mul(IMAG)))
}

/// Hash of a tuple from those of its items (xxHash's accumulation, as CPython has it).
pub fn tuple(items: impl ExactSizeIterator<Item = i64>) -> i64 {
    const P1: u64 = 11_400_714_785_074_694_791;
    const P2: u64 = 14_029_467_366_897_019_727;
    const P5: u64 = 2_870_177_450_012_600_261;
    let len = items.len() as u64;
    let step = |acc: u64, hash: i64| acc.wrapping_add((hash as u64).wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
    let hash = items.fold(P5, step).wrapping_add(len ^ P5 ^ 3_527_539);
    if hash == u64::MAX { 1_546_275_796 } else { hash as i64 }
}

/// Combines the hashes of a frozenset's items; the order does not matter.
pub fn frozenset(items: impl ExactSizeIterator<Item = i64>) -> i64 {
    let len = items.len() as u64;
    let mix = |hash: u64| ((hash ^ 89_869_747) ^ (hash << 16)).wrapping_mul(3_644_798_167);
    let mut hash = items.fold(0, |acc, item| acc ^ mix(item as u64));
    hash ^= (len + 1).wrapping_mul(1_927_868_237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
    if hash == u64::MAX { 590_923_713 } else { hash as i64 }
}

/// Hash of an address, for objects without `__hash__`.
pub fn address(addr: usize) -> i64 {
    settle((addr as u64).rotate_right(4) as i64)
}

/// Hash of text or bytes; the empty string's is 0.
pub fn bytes(key: [u64; 2], data: &[u8]) -> i64 {
    if data.is_empty() { 0 } else { settle(siphash13(key, data) as i64) }
}

/// The key that a `PYTHONHASHSEED` names; 0 is the zero key.
pub fn key_from_seed(seed: u32) -> [u64; 2] {
    if seed == 0 {
        return [0, 0];
    }
    let mut state = seed;
    let mut next = || {
        (0..8).fold(0_u64, |word, byte| {
            state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
            word | u64::from(state >> 16 & 0xff) << (8 * byte)
        })
    };
    [next(), next()]
}

fn siphash13(key: [u64; 2], data: &[u8]) -> u64 {
    let mut v = [
        key[0] ^ 0x736f_6d65_7073_6575,
        key[1] ^ 0x646f_7261_6e64_6f6d,
        key[0] ^ 0x6c79_6765_6e65_7261,
        key[1] ^ 0x7465_6462_7974_6573,
    ];
    let (words, tail) = data.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        v[3] ^= word;
        sip_round(&mut v);
        v[0] ^= word;
    }
    // The tail's bytes from the bottom, the length's low byte on top.
    let tail = tail.iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    let last = tail | (data.len() as u64) << 56;
    v[3] ^= last;
    sip_round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    (0..3).for_each(|_| sip_round(&mut v));
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline(always)]
fn sip_round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests;
