//! The Mersenne Twister MT19937: 32-bit words of period 2^19937 - 1 (Matsumoto and Nishimura, 1998).
//!
//! Seeding, and the making of doubles and of integers out of words, follow the reference implementation of the generator, so that
//! equal seeds give equal sequences everywhere.

/// Words of state.
pub const N: usize = 624;
const M: usize = 397;

/// A generator's state.
#[derive(Clone)]
pub struct Mersenne {
    words: [u32; N],
    index: usize,
}

impl Mersenne {
    /// A generator seeded with a number.
    pub fn new(seed: u32) -> Mersenne {
        let mut words = [seed; N];
        for i in 1..N {
            let before = words[i - 1];
            words[i] = (before ^ (before >> 30)).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Mersenne { words, index: N }
    }

    /// A generator seeded with a number of any size: its words of 32 bits, lowest first (at least one).
    pub fn from_key(key: &[u32]) -> Mersenne {
        let mut this = Mersenne::new(19_650_218);
        let words = &mut this.words;
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            let before = words[i - 1];
            let mixed = words[i] ^ (before ^ (before >> 30)).wrapping_mul(1_664_525);
            words[i] = mixed.wrapping_add(key[j]).wrapping_add(j as u32);
            i = advance(words, i);
            j = (j + 1) % key.len();
        }
        for _ in 0..N - 1 {
            let before = words[i - 1];
            let mixed = words[i] ^ (before ^ (before >> 30)).wrapping_mul(1_566_083_941);
            words[i] = mixed.wrapping_sub(i as u32);
            i = advance(words, i);
        }
        words[0] = 0x8000_0000;
        this
    }

    /// A generator in a given state; the index says how many of the words are used up.
    pub fn from_state(words: [u32; N], index: usize) -> Option<Mersenne> {
        (index <= N).then_some(Mersenne { words, index })
    }

    /// The words of state, and how many of them are used up.
    pub fn state(&self) -> (&[u32; N], usize) {
        (&self.words, self.index)
    }

    fn refill(&mut self) {
        for i in 0..N {
            let y = (self.words[i] & 0x8000_0000) | (self.words[(i + 1) % N] & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.words[i] = self.words[(i + M) % N] ^ (y >> 1) ^ odd;
        }
        self.index = 0;
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.words[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// A double in [0, 1) with 53 random bits.
    pub fn next_f64(&mut self) -> f64 {
        let high = f64::from(self.next_u32() >> 5);
        let low = f64::from(self.next_u32() >> 6);
        (high * 67_108_864.0 + low) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// `count` random bits (at most 64).
    pub fn bits(&mut self, count: u32) -> u64 {
        match count {
            0 => 0,
            1..=32 => u64::from(self.next_u32() >> (32 - count)),
            _ => {
                let low = u64::from(self.next_u32());
                low | u64::from(self.next_u32() >> (64 - count)) << 32
            }
        }
    }

    /// `count` random bits, as bytes from the lowest on.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count.div_ceil(32) * 4);
        let mut left = count;
        while left > 0 {
            let word = self.next_u32();
            let word = if left < 32 { word >> (32 - left) } else { word };
            bytes.extend(word.to_le_bytes());
            left = left.saturating_sub(32);
        }
        bytes
    }
}

fn advance(words: &mut [u32; N], i: usize) -> usize {
    if i + 1 < N {
        return i + 1;
    }
    words[0] = words[N - 1];
    1
}

#[cfg(test)]
mod tests;
