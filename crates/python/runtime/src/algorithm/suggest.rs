//! "Did you mean": the nearest name by Levenshtein's distance over the bytes of UTF-8, in which a change of case is cheap. Everybody who
//! suggests names asks here: tracebacks, calls, the library by way of `_suggestions`.

/// Cost of an insertion, deletion or substitution.
const MOVE_COST: usize = 2;
/// Cost of a change of case.
const CASE_COST: usize = 1;
/// With as many candidates nothing is suggested.
const MAX_CANDIDATES: usize = 750;
/// Longest differing middles that are compared, in bytes.
const MAX_LENGTH: usize = 40;

/// The candidate nearest to `name`, the first of several, when one is near enough.
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if candidates.len() >= MAX_CANDIDATES {
        return None;
    }
    let mut best: Option<(&str, usize)> = None;
    for candidate in candidates.into_iter().filter(|candidate| *candidate != name) {
        let near = (name.len() + candidate.len() + 3) * MOVE_COST / 6;
        let limit = best.map_or(near, |(_, distance)| near.min(distance - 1));
        if let Some(distance) = distance(name.as_bytes(), candidate.as_bytes()).filter(|found| *found <= limit) {
            best = Some((candidate, distance));
        }
    }
    best.map(|(candidate, _)| candidate)
}

/// The distance of two different texts; `None` where what differs is too long.
fn distance(a: &[u8], b: &[u8]) -> Option<usize> {
    let (a, b) = middles(a, b);
    if a.is_empty() || b.is_empty() {
        return Some((a.len() + b.len()) * MOVE_COST);
    }
    if a.len().max(b.len()) > MAX_LENGTH {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).map(|i| i * MOVE_COST).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1) * MOVE_COST;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + substitution(*ca, *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + MOVE_COST).min(row[j] + MOVE_COST);
        }
    }
    row.last().copied()
}

/// What is left of two texts without the ends that they share.
fn middles<'a>(a: &'a [u8], b: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let shared = std::iter::zip(a, b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[shared..], &b[shared..]);
    let shared = std::iter::zip(a.iter().rev(), b.iter().rev()).take_while(|(a, b)| a == b).count();
    (&a[..a.len() - shared], &b[..b.len() - shared])
}

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE_COST
    } else {
        MOVE_COST
    }
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(suggest("apend", ["append", "extend"]), Some("append"));
        assert_eq!(suggest("Foo", ["foo", "fool"]), Some("foo"));
        assert_eq!(suggest("x", ["yellow"]), None);
    }

    #[test]
    fn only_what_differs_has_to_be_short() {
        let long = "x".repeat(45);
        let candidate = format!("{long}a");
        assert_eq!(suggest(&format!("{long}b"), [candidate.as_str()]), Some(candidate.as_str()));
        assert_eq!(suggest(&"y".repeat(45), [candidate.as_str()]), None);
    }

    #[test]
    fn many_candidates_are_not_looked_at() {
        let others = |count| std::iter::repeat_n("zzzzzz", count).chain(["abc"]);
        assert_eq!(suggest("abd", others(748)), Some("abc"));
        assert_eq!(suggest("abd", others(749)), None);
    }
}
