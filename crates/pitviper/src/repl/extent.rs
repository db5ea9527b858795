//! How far a statement goes, told from its characters: good enough to know when to ask for another line. Whether it is
//! right Python is the compiler's to say.

/// Words that begin a compound statement, which goes on to an empty line.
const COMPOUND: &[&str] = &["if", "while", "for", "try", "with", "def", "class", "async"];
/// The quotes of strings that go over lines.
const LONG: &[&str] = &["\"\"\"", "'''"];

/// What the characters so far have opened.
#[derive(Default)]
struct Open {
    brackets: usize,
    /// The quotes of a long string.
    long_string: Option<&'static str>,
    /// The last line goes on after a backslash.
    joined: bool,
    /// The last character that is neither blank nor comment.
    last: Option<char>,
}

/// Is `source`, which ends with a line's end, all of a statement?
pub(super) fn is_whole(source: &str) -> bool {
    let open = scan(source);
    if open.brackets > 0 || open.long_string.is_some() || open.joined {
        return false;
    }
    let first = source.trim_start();
    let word: String = first.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    let header = source.lines().next().is_some_and(|line| scan(line).last == Some(':'));
    let compound = COMPOUND.contains(&&*word) || first.starts_with('@') || header;
    !compound || source.ends_with("\n\n")
}

fn scan(source: &str) -> Open {
    let mut open = Open { joined: source.ends_with("\\\n"), ..Open::default() };
    let mut rest = source;
    while let Some(letter) = rest.chars().next() {
        let skip = match (open.long_string, letter) {
            (Some(quotes), _) if rest.starts_with(quotes) => {
                open.long_string = None;
                quotes.len()
            }
            (_, '\\') => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            (Some(_), _) => letter.len_utf8(),
            (None, '#') => rest.find('\n').unwrap_or(rest.len()),
            (None, '"' | '\'') => string(&mut open, rest, letter),
            (None, _) => {
                bracket(&mut open, letter);
                letter.len_utf8()
            }
        };
        if !(letter.is_whitespace() || letter == '#') {
            open.last = Some(letter);
        }
        rest = &rest[skip..];
    }
    open
}

fn bracket(open: &mut Open, letter: char) {
    match letter {
        '(' | '[' | '{' => open.brackets += 1,
        ')' | ']' | '}' => open.brackets = open.brackets.saturating_sub(1),
        _ => {}
    }
}

/// The length of a string in one line, or of the quotes that open a long one.
fn string(open: &mut Open, rest: &str, quote: char) -> usize {
    if let Some(quotes) = LONG.iter().find(|quotes| rest.starts_with(**quotes)) {
        open.long_string = Some(quotes);
        return quotes.len();
    }
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            '\n' if !escaped => return at,
            _ if letter == quote && !escaped => return at + 1,
            _ => escaped = letter == '\\' && !escaped,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests;
