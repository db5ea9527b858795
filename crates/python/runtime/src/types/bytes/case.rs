//! ASCII case and character classes. Pure.

/// Every word's first letter in upper case, the others in lower case.
pub(super) fn title(data: &[u8]) -> Vec<u8> {
    let mut in_word = false;
    let mut map = |c: &u8| {
        let mapped = if in_word { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
        in_word = c.is_ascii_alphabetic();
        mapped
    };
    data.iter().map(&mut map).collect()
}

/// The first letter in upper case, the others in lower case.
pub(super) fn capitalize(data: &[u8]) -> Vec<u8> {
    let mut out = data.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

/// Upper and lower case exchanged.
pub(super) fn swap(data: &[u8]) -> Vec<u8> {
    data.iter().map(|c| if c.is_ascii_alphabetic() { c ^ 0x20 } else { *c }).collect()
}

/// Whitespace of byte strings.
pub(super) fn is_space(c: u8) -> bool {
    matches!(c, b'\t'..=b'\r' | b' ')
}

/// Not empty, and every byte passes?
pub(super) fn all(data: &[u8], test: impl Fn(u8) -> bool) -> bool {
    !data.is_empty() && data.iter().all(|c| test(*c))
}

/// Has letters, none of them upper case?
pub(super) fn is_lower(data: &[u8]) -> bool {
    data.iter().any(u8::is_ascii_lowercase) && !data.iter().any(u8::is_ascii_uppercase)
}

/// Has letters, none of them lower case?
pub(super) fn is_upper(data: &[u8]) -> bool {
    data.iter().any(u8::is_ascii_uppercase) && !data.iter().any(u8::is_ascii_lowercase)
}

/// Words begin in upper case and go on in lower case?
pub(super) fn is_title(data: &[u8]) -> bool {
    let (mut in_word, mut any) = (false, false);
    for c in data {
        if c.is_ascii_uppercase() && in_word || c.is_ascii_lowercase() && !in_word {
            return false;
        }
        in_word = c.is_ascii_alphabetic();
        any |= in_word;
    }
    any
}
