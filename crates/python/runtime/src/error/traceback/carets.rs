//! Source lines with carets under what failed.
//!
//! The range of the instruction is underlined with `^`; in a binary operation, a subscript or a call the operator, the brackets
//! or the parentheses get `^` and the rest `~`. A range that is the whole line gets nothing, unless it has such an anchor.

use pv_bytecode::Span;
use ruff_python_ast::{Expr, Mod, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

/// A part of the range that is marked `^`, by line of the range and byte within the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Anchor {
    start: (usize, usize),
    end: (usize, usize),
}

/// Appends the lines of `span`, dedented by the first line's indentation, with their carets.
pub(super) fn show(lines: &[&str], span: Span, out: &mut String) {
    let margin = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(margin..).unwrap_or("").trim_end()).collect();
    let start = (span.col as usize).saturating_sub(margin);
    let last = lines.len() - 1;
    let end = (span.end_col as usize).saturating_sub(margin).min(lines[last].len());
    let located = span.end_col > 0 && (last > 0 || end > start) && lines[0].is_char_boundary(start.min(lines[0].len()));
    let anchor = if located { anchor_in(&lines, start, end) } else { None };
    let marked = located && should_mark(&lines, start, end, anchor);
    let mut important = vec![0, last];
    if let Some(anchor) = anchor {
        important.extend(anchor.start.0..=anchor.end.0);
    }
    important.sort_unstable();
    important.dedup();
    let mut previous = 0;
    for (index, line) in important.into_iter().enumerate() {
        match line - previous {
            2 if index > 0 => show_line(&lines, line - 1, start, end, anchor, marked, out),
            gap if index > 0 && gap > 2 => out.push_str(&format!("    ...<{} lines>...\n", gap - 1)),
            _ => {}
        }
        show_line(&lines, line, start, end, anchor, marked, out);
        previous = line;
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn show_line(
    lines: &[&str],
    number: usize,
    start: usize,
    end: usize,
    anchor: Option<Anchor>,
    marked: bool,
    out: &mut String,
) {
    let line = lines[number];
    out.push_str(&format!("    {line}\n"));
    if !marked {
        return;
    }
    let from = if number == 0 { start } else { indent(line) };
    let to = if number == lines.len() - 1 { end } else { line.len() };
    let mut carets = String::new();
    for (at, _) in line.char_indices().filter(|(at, _)| *at < to) {
        let mark = match anchor {
            _ if at < from => ' ',
            Some(anchor) if (number, at) >= anchor.start && (number, at) < anchor.end => '^',
            Some(_) => '~',
            None => '^',
        };
        carets.push(mark);
    }
    out.push_str(&format!("    {carets}\n"));
}

/// A range that is all there is on its lines needs no carets; a call that is the whole right side or result neither.
fn should_mark(lines: &[&str], start: usize, end: usize, anchor: Option<Anchor>) -> bool {
    let last = lines.len() - 1;
    if spans_whole_call(&lines.join("\n"), start, end + lines[..last].iter().map(|line| line.len() + 1).sum::<usize>())
    {
        return false;
    }
    let before = lines[0].get(..start).unwrap_or("").trim();
    let after = lines[last].get(end..).unwrap_or("").trim();
    anchor.is_some() || !before.is_empty() || !after.is_empty()
}

fn statement(source: &str) -> Option<Stmt> {
    let parsed = parse_unchecked(source, ParseOptions::from(Mode::Module));
    if !parsed.errors().is_empty() {
        return None;
    }
    match parsed.into_syntax() {
        Mod::Module(module) => module.body.into_iter().next(),
        Mod::Expression(_) => None,
    }
}

/// Is the statement `return name(…)` or `x = f(…)` with the call as the range?
fn spans_whole_call(source: &str, start: usize, end: usize) -> bool {
    let call = match statement(source) {
        Some(Stmt::Return(ret)) => match ret.value.map(|value| *value) {
            Some(Expr::Call(call)) if matches!(*call.func, Expr::Name(_)) => call,
            _ => return false,
        },
        Some(Stmt::Assign(assign)) => match *assign.value {
            Expr::Call(call) => call,
            _ => return false,
        },
        _ => return false,
    };
    call.range().start().to_usize() == start && call.range().end().to_usize() == end
}

/// The anchor of the expression that the range holds.
fn anchor_in(lines: &[&str], start: usize, end: usize) -> Option<Anchor> {
    let last = lines.len() - 1;
    let mut segment = String::from("(");
    for (number, line) in lines.iter().enumerate() {
        let from = if number == 0 { start } else { 0 };
        let to = if number == last { end } else { line.len() };
        segment.push_str(line.get(from..to)?);
        segment.push(if number == last { ')' } else { '\n' });
    }
    let parsed = parse_unchecked(&segment, ParseOptions::from(Mode::Expression));
    if !parsed.errors().is_empty() {
        return None;
    }
    let Mod::Expression(expression) = parsed.into_syntax() else { return None };
    let (from, to) = anchor_range(&segment, &expression.body)?;
    let place = |at: usize| {
        let before = &segment[1..at];
        let line = before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
        (line, if line == 0 { column + start } else { column })
    };
    Some(Anchor { start: place(from), end: place(to) })
}

/// Bytes of the segment that are the anchor.
fn anchor_range(segment: &str, expression: &Expr) -> Option<(usize, usize)> {
    match expression {
        Expr::BinOp(operation) => {
            let from = operation.left.range().end().to_usize();
            let to = operation.right.range().start().to_usize();
            let gap = segment.get(from..to)?;
            let offset = gap.find(|c: char| !c.is_whitespace() && !matches!(c, ')' | '\\' | '#'))?;
            let operator: String = gap[offset..].chars().take_while(|c| "+-*/%@<>&|^".contains(*c)).take(2).collect();
            Some((from + offset, from + offset + operator.len().max(1)))
        }
        Expr::Subscript(subscript) => {
            let from = subscript.value.range().end().to_usize();
            let offset = segment.get(from..)?.find('[')?;
            Some((from + offset, subscript.range().end().to_usize()))
        }
        Expr::Call(call) => {
            let from = call.func.range().end().to_usize();
            let offset = segment.get(from..)?.find('(')?;
            Some((from + offset, call.range().end().to_usize()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, col: u32, end_col: u32) -> String {
        let mut out = String::new();
        show(&[line], Span { line: 1, end_line: 1, col, end_col }, &mut out);
        out
    }

    #[test]
    fn operators_brackets_and_parentheses_are_anchors() {
        assert_eq!(shown("x = a + b", 4, 9), "    x = a + b\n        ~~^~~\n");
        assert_eq!(shown("    y[12]", 4, 9), "    y[12]\n    ~^^^^\n");
        assert_eq!(shown("foo(1)", 0, 6), "    foo(1)\n    ~~~^^^\n");
        assert_eq!(shown("1 // 0", 0, 6), "    1 // 0\n    ~~^^~~\n");
    }

    #[test]
    fn whole_lines_get_no_carets() {
        assert_eq!(shown("raise ValueError", 0, 16), "    raise ValueError\n");
        assert_eq!(shown("x = foo(1)", 4, 10), "    x = foo(1)\n");
        assert_eq!(shown("print(a.b)", 6, 9), "    print(a.b)\n          ^^^\n");
    }
}
