//! Lines to tokens.

/// A token of the text form.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A word: mnemonic, keyword, name, `v12`.
    Name(String),
    /// A quoted string, unescaped.
    Str(String),
    /// A number: decimal or hexadecimal, perhaps with a fraction, an exponent or the suffix `f`.
    Number(String),
    /// Anything else, one character at a time.
    Punct(char),
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.')
}

/// Does `text` read as one [`Token::Name`]?
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(is_name_char)
}

/// The tokens of a line, its comment left out; an error message for an unfinished string.
pub(super) fn tokens(line: &str) -> Result<Vec<Token>, &'static str> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == ';' {
            break;
        }
        let (token, after) = token(first, rest)?;
        found.push(token);
        rest = after.trim_start();
    }
    Ok(found)
}

fn token(first: char, text: &str) -> Result<(Token, &str), &'static str> {
    if first == '"' {
        return string(text);
    }
    let digit_follows = text[first.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
    if first.is_ascii_digit() || (first == '-' && digit_follows) {
        let end = number_end(text);
        return Ok((Token::Number(text[..end].to_string()), &text[end..]));
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let end = text.find(|c| !is_name_char(c)).unwrap_or(text.len());
        return Ok((Token::Name(text[..end].to_string()), &text[end..]));
    }
    Ok((Token::Punct(first), &text[first.len_utf8()..]))
}

/// Where the number at the start of `text` ends; an exponent may carry a sign.
fn number_end(text: &str) -> usize {
    let mut previous = '-';
    let hexadecimal = text.trim_start_matches('-').starts_with("0x");
    for (index, c) in text.char_indices() {
        let sign = c == '-' && (index == 0 || (previous == 'e' && !hexadecimal));
        if !sign && !c.is_ascii_alphanumeric() && c != '.' {
            return index;
        }
        previous = c;
    }
    text.len()
}

fn string(text: &str) -> Result<(Token, &str), &'static str> {
    let mut unescaped = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((index, c)) = chars.next() {
        match c {
            '"' => return Ok((Token::Str(unescaped), &text[index + 1..])),
            '\\' => unescaped.push(escape(&mut chars)?),
            _ => unescaped.push(c),
        }
    }
    Err("unfinished string")
}

fn escape(chars: &mut impl Iterator<Item = (usize, char)>) -> Result<char, &'static str> {
    Ok(match chars.next().map(|(_, c)| c) {
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('0') => '\0',
        Some('u') => {
            let digits: String = chars.map(|(_, c)| c).skip(1).take_while(|c| *c != '}').collect();
            u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).ok_or("bad escape")?
        }
        Some(c @ ('"' | '\\' | '\'')) => c,
        _ => return Err("bad escape"),
    })
}
