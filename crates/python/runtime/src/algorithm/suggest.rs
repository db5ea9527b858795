//! "Did you mean": the nearest name by an edit distance in which a change of case is cheap.

/// Cost of an insertion, deletion or substitution.
const MOVE_COST: usize = 2;
/// Cost of a change of case.
const CASE_COST: usize = 1;
/// More candidates than this are not looked at.
const MAX_CANDIDATES: usize = 750;
/// Names longer than this are not compared.
const MAX_LENGTH: usize = 40;

/// The candidate nearest to `name`, when one is near enough.
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if candidates.len() > MAX_CANDIDATES || name.chars().count() > MAX_LENGTH {
        return None;
    }
    let mut best: Option<(&str, usize)> = None;
    for candidate in candidates.into_iter().filter(|c| *c != name) {
        let total = candidate.chars().count() + name.chars().count() + 3;
        let mut limit = total * MOVE_COST / 6;
        if let Some((_, distance)) = best {
            limit = limit.min(distance - 1);
        }
        let distance = distance(name, candidate);
        if distance <= limit {
            best = Some((candidate, distance));
        }
        if distance == 0 {
            break;
        }
    }
    best.map(|(candidate, _)| candidate)
}

fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return usize::MAX;
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
    row[b.len()]
}

fn substitution(a: char, b: char) -> usize {
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
}
