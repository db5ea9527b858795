//! Making a program small while something stays true of it.
//!
//! Works on lines and their indentation, so it needs no parser: a *block* is a line with all deeper ones below it. Candidates that are
//! no Python are harmless, since both sides then fail alike. Deletes blocks, replaces them by `pass`, pulls bodies out of
//! their headers, and replaces expressions in parentheses by an operand or by `1`.

/// The smallest version found for which `holds` is true. `holds` must be true of `source`.
pub fn reduce(source: &str, holds: &mut dyn FnMut(&str) -> bool) -> String {
    let mut lines: Vec<String> = source.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
    loop {
        let before = lines.len();
        let shorter = delete_blocks(&mut lines, holds);
        let flatter = each_line(&mut lines, holds, hoisted);
        let passed = each_line(&mut lines, holds, passed);
        if !(shorter || flatter || passed) || lines.len() == before {
            break;
        }
    }
    while each_line(&mut lines, holds, simplified) {}
    delete_blocks(&mut lines, holds);
    lines.join("\n") + "\n"
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Where the block that starts at `at` ends.
fn end_of_block(lines: &[String], at: usize) -> usize {
    let own = depth(&lines[at]);
    lines[at + 1..].iter().position(|line| depth(line) <= own).map_or(lines.len(), |more| at + 1 + more)
}

/// Deletes runs of blocks that stand beside each other, long runs first.
fn delete_blocks(lines: &mut Vec<String>, holds: &mut dyn FnMut(&str) -> bool) -> bool {
    let mut any = false;
    for run in [16, 8, 4, 2, 1] {
        let mut at = lines.len();
        while at > 0 {
            at -= 1;
            if at >= lines.len() {
                continue;
            }
            let mut end = at;
            let own = depth(&lines[at]);
            for _ in 0..run {
                if end < lines.len() && depth(&lines[end]) == own {
                    end = end_of_block(lines, end);
                }
            }
            let candidate = [&lines[..at], &lines[end..]].concat();
            if holds(&candidate.join("\n")) {
                *lines = candidate;
                any = true;
            }
        }
    }
    any
}

/// Offers every line's candidates, which replace the block of the line.
fn each_line(
    lines: &mut Vec<String>,
    holds: &mut dyn FnMut(&str) -> bool,
    candidates: fn(&[String]) -> Vec<Vec<String>>,
) -> bool {
    let mut any = false;
    let mut at = 0;
    while at < lines.len() {
        let end = end_of_block(lines, at);
        let block = lines[at..end].to_vec();
        let found = candidates(&block).into_iter().find_map(|replacement| {
            let candidate = [&lines[..at], &replacement[..], &lines[end..]].concat();
            holds(&candidate.join("\n")).then_some(candidate)
        });
        match found {
            Some(candidate) => {
                *lines = candidate;
                any = true;
            }
            None => at += 1,
        }
    }
    any
}

fn hoisted(block: &[String]) -> Vec<Vec<String>> {
    if block.len() < 2 {
        return Vec::new();
    }
    let shift = depth(&block[1]) - depth(&block[0]);
    vec![block[1..].iter().map(|line| line[shift..].to_owned()).collect()]
}

fn passed(block: &[String]) -> Vec<Vec<String>> {
    if block[0].trim() == "pass" {
        return Vec::new();
    }
    vec![vec![format!("{}pass", " ".repeat(depth(&block[0])))]]
}

fn simplified(block: &[String]) -> Vec<Vec<String>> {
    let line = &block[0];
    let mut found = Vec::new();
    for (start, end) in groups(line) {
        let (before, inner, after) = (&line[..start], &line[start + 1..end], &line[end + 1..]);
        let mut parts = operands(inner);
        parts.push("1".to_owned());
        for part in parts.iter().filter(|part| part.len() + 2 < end + 1 - start || (*part == "1" && inner != "1")) {
            for text in [format!("{before}{part}{after}"), format!("{before}({part}){after}")] {
                if text.len() < line.len() {
                    found.push([&[text], &block[1..]].concat());
                }
            }
        }
    }
    found
}

/// Places of matching parentheses; those in string literals do no harm.
fn groups(line: &str) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'(' => open.push(at),
            b')' => found.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
    }
    found.sort_by_key(|&(start, end)| start.wrapping_sub(end));
    found
}

/// What stands between spaces outside of brackets: names, calls, operators; the operators do no harm.
fn operands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut nesting, mut start) = (0i32, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => nesting += 1,
            b')' | b']' | b'}' => nesting -= 1,
            b' ' | b',' if nesting == 0 => {
                found.push(text[start..at].to_owned());
                start = at + 1;
            }
            _ => {}
        }
    }
    if start > 0 {
        found.push(text[start..].to_owned());
    }
    found.retain(|part| part.len() > 1 || part.chars().all(char::is_alphanumeric));
    found.retain(|part| !part.is_empty());
    found
}

#[cfg(test)]
mod tests;
