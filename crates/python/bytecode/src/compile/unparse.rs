//! Annotations as text, for `from __future__ import annotations`.

use ruff_python_ast::{Expr, Operator};
use ruff_text_size::Ranged;

use super::Compiler;

/// The text of an annotation: common forms in normal spelling, others as in the source.
pub(super) fn unparse(e: &Expr, compiler: &Compiler<'_>) -> String {
    normal(e, compiler).unwrap_or_else(|| compiler.index.text()[e.range()].to_string())
}

fn normal(e: &Expr, c: &Compiler<'_>) -> Option<String> {
    let join = |items: &[Expr]| Some(items.iter().map(|e| normal(e, c)).collect::<Option<Vec<_>>>()?.join(", "));
    Some(match e {
        Expr::Name(name) => name.id.to_string(),
        Expr::NoneLiteral(_) => "None".into(),
        Expr::BooleanLiteral(e) => if e.value { "True" } else { "False" }.into(),
        Expr::EllipsisLiteral(_) => "...".into(),
        Expr::NumberLiteral(_) => c.index.text()[e.range()].to_string(),
        Expr::StringLiteral(e) => repr(e.value.to_str()),
        Expr::Attribute(e) => format!("{}.{}", normal(&e.value, c)?, e.attr),
        Expr::Subscript(e) => match &*e.slice {
            Expr::Tuple(t) if !t.elts.is_empty() && !t.elts.iter().any(Expr::is_starred_expr) => {
                let comma = if t.elts.len() == 1 { "," } else { "" };
                format!("{}[{}{comma}]", normal(&e.value, c)?, join(&t.elts)?)
            }
            slice => format!("{}[{}]", normal(&e.value, c)?, normal(slice, c)?),
        },
        Expr::Tuple(t) => match &t.elts[..] {
            [one] => format!("({},)", normal(one, c)?),
            elts => format!("({})", join(elts)?),
        },
        Expr::List(l) => format!("[{}]", join(&l.elts)?),
        Expr::BinOp(e) if e.op == Operator::BitOr && !e.right.is_bin_op_expr() => {
            format!("{} | {}", normal(&e.left, c)?, normal(&e.right, c)?)
        }
        Expr::Call(e) if e.arguments.keywords.is_empty() => {
            format!("{}({})", normal(&e.func, c)?, join(&e.arguments.args)?)
        }
        Expr::Starred(e) => format!("*{}", normal(&e.value, c)?),
        _ => return None,
    })
}

/// A string as `repr` writes it, for text without control characters.
fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}
