//! The methods that need not pass, each with its reason: a file that is written and reviewed by hand.
//!
//! A line is `MODULE METHOD | REASON: words`; METHOD may end in `*`. REASON is one of [`REASONS`].

/// What may be a reason. The words that follow say which detail, or which module.
const REASONS: [&str; 3] = ["CPython implementation detail", "needs native module", "C API"];

/// The list.
#[derive(Debug, Default)]
pub struct Expected {
    rows: Vec<(String, String)>,
}

impl Expected {
    /// Reads the list; a fault is told with its line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rows = Vec::new();
        for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line.trim())) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (names, reason) = line.split_once(" | ").ok_or(format!("{number}: no ` | ` before a reason"))?;
            let (module, method) = names.split_once(' ').ok_or(format!("{number}: a module and a method"))?;
            let known = REASONS.iter().find_map(|known| reason.strip_prefix(known));
            let words = known.ok_or(format!("{number}: the reason is none of {}", REASONS.join(", ")))?;
            if words.trim_matches([':', ' ']).is_empty() {
                return Err(format!("{number}: the reason says nothing about this method"));
            }
            rows.push((module.to_owned(), method.trim().to_owned()));
        }
        Ok(Self { rows })
    }

    /// Is the method on the list?
    pub fn covers(&self, module: &str, method: &str) -> bool {
        self.rows.iter().any(|(place, pattern)| {
            place == module
                && match pattern.strip_suffix('*') {
                    Some(start) => method.starts_with(start),
                    None => method == pattern,
                }
        })
    }
}

#[cfg(test)]
mod tests;
