//! The tables as a whole, against counts and sums taken from the reference.

use super::*;

/// Behind this point only private and unassigned code points and selectors follow.
const END: u32 = 0x33500;

fn count(test: fn(u32) -> bool) -> usize {
    (0..END).filter(|c| test(*c)).count()
}

#[test]
fn as_many_code_points_have_each_property() {
    assert_eq!(count(is_alpha), 141028, "is_alpha");
    assert_eq!(count(is_decimal), 760, "is_decimal");
    assert_eq!(count(is_digit), 888, "is_digit");
    assert_eq!(count(is_numeric), 2002, "is_numeric");
    assert_eq!(count(is_alnum), 142939, "is_alnum");
    assert_eq!(count(is_space), 29, "is_space");
    assert_eq!(count(is_printable), 154570, "is_printable");
    assert_eq!(count(is_lower), 2569, "is_lower");
    assert_eq!(count(is_upper), 1978, "is_upper");
}

/// The sum over all mappings that change something of (from + 1) * to, modulo 2^64.
fn sum(map: fn(u32, &mut dyn FnMut(u32))) -> u64 {
    let mut sum = 0_u64;
    for c in 0..END {
        let mut mapped = Vec::new();
        map(c, &mut |to| mapped.push(to));
        if mapped != [c] {
            sum = mapped.iter().fold(sum, |sum, to| sum.wrapping_add(u64::from(c + 1).wrapping_mul(u64::from(*to))));
        }
    }
    sum
}

#[test]
fn mappings_lead_to_the_same_code_points() {
    assert_eq!(sum(|c, mut out| to_upper(c, &mut out)), 2196674951363);
    assert_eq!(sum(|c, mut out| to_lower(c, &mut out)), 2192863167778);
    assert_eq!(sum(|c, mut out| to_title(c, &mut out)), 2193461863661);
    assert_eq!(sum(|c, mut out| fold(c, &mut out)), 2196774562978);
}

#[test]
fn names_are_found_both_ways() {
    assert_eq!(lookup("GREEK SMALL LETTER ALPHA"), Some(0x3b1));
    assert_eq!(name(0x3b1).as_deref(), Some("GREEK SMALL LETTER ALPHA"));
    assert_eq!(lookup("NO SUCH NAME"), None);
    assert_eq!(decimal(0x663), Some(3));
    assert_eq!(decimal(0xb2), None);
}
