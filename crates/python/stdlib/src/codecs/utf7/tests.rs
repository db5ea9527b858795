//! The encoder on the examples of RFC 2152 and at the edges of runs.

use super::encoded;

#[test]
fn runs_begin_and_end_where_they_must() {
    for (text, expected) in [
        ("A\u{2262}\u{391}.", "A+ImIDkQ."),
        ("Hi Mom -\u{263a}-!", "Hi Mom -+Jjo--!"),
        ("\u{65e5}\u{672c}\u{8a9e}", "+ZeVnLIqe-"),
        ("Item 3 is \u{a3}1.", "Item 3 is +AKM-1."),
        ("+", "+-"),
        ("\u{abcde}", "+2m/c3g-"),
        ("\\\\\\?", "+AFwAXABc?"),
        ("\u{a3}+", "+AKMAKw-"),
    ] {
        let data = encoded(text.chars().map(u32::from));
        assert_eq!(String::from_utf8_lossy(&data), expected, "{text}");
    }
}
