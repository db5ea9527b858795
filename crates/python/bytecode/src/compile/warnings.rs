//! The warnings that the compiler gives without compiling: a walk over the tree.
//!
//! They come in CPython's order: escapes in literals, jumps out of `finally`, then those about expressions.

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, CmpOp, Expr, Mod, Number, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::error::{SyntaxErr, Warning};
use crate::parse::depth::with_stack;
use crate::source::LineIndex;

/// All warnings for a program.
/// An error where a decimal literal has more than `most` digits.
pub(super) fn warnings(
    module: &Mod,
    index: &LineIndex,
    filename: &str,
    most: usize,
) -> Result<Vec<Warning>, SyntaxErr> {
    let lists = [const { Vec::new() }; 3];
    let [escapes, jumps, others] = lists;
    let mut walker = Walker { index, filename, most, escapes, jumps, others, finally: Vec::new(), too_long: None };
    match module {
        Mod::Module(module) => walker.visit_body(&module.body),
        Mod::Expression(expression) => walker.visit_expr(&expression.body),
    }
    match walker.too_long {
        Some(error) => Err(error),
        None => Ok([walker.escapes, walker.jumps, walker.others].concat()),
    }
}

/// The warnings about escapes in the literals of a program that could not be parsed, as far as it could.
pub(crate) fn of_escapes(module: &Mod, index: &LineIndex, filename: &str) -> Vec<Warning> {
    let [escapes, jumps, others] = [const { Vec::new() }; 3];
    let mut walker = Walker { index, filename, most: 0, escapes, jumps, others, finally: Vec::new(), too_long: None };
    match module {
        Mod::Module(module) => walker.visit_body(&module.body),
        Mod::Expression(expression) => walker.visit_expr(&expression.body),
    }
    walker.escapes
}

/// What a jump statement would leave, innermost last.
#[derive(Clone, Copy, PartialEq)]
enum Around {
    Finally,
    Loop,
}

struct Walker<'i> {
    index: &'i LineIndex,
    filename: &'i str,
    escapes: Vec<Warning>,
    jumps: Vec<Warning>,
    others: Vec<Warning>,
    finally: Vec<Around>,
    most: usize,
    too_long: Option<SyntaxErr>,
}

impl Walker<'_> {
    fn warning(&self, range: TextRange, message: String) -> Warning {
        Warning { error: SyntaxErr::at(self.index, self.filename, range, message), text: None }
    }

    fn number(&mut self, e: &ast::ExprNumberLiteral) {
        let (limit, text) = (self.most, &self.index.text()[e.range]);
        if limit == 0 || text.len() <= limit || !text.bytes().all(|c| c.is_ascii_digit() || c == b'_') {
            return;
        }
        let count = text.bytes().filter(|c| *c != b'_').count();
        if count > limit && self.too_long.is_none() {
            let message = format!(
                "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} digits; use \
                 sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to \
                 avoid decimal conversion limits."
            );
            self.too_long = Some(SyntaxErr::at(self.index, self.filename, e.range, message));
        }
    }

    fn other(&mut self, range: TextRange, message: String) {
        let warning = self.warning(range, message);
        self.others.push(warning);
    }

    fn jump(&mut self, range: TextRange, word: &str) {
        let crosses = match word {
            "return" => self.finally.contains(&Around::Finally),
            _ => self.finally.last() == Some(&Around::Finally),
        };
        if crosses {
            let warning = self.warning(range, format!("'{word}' in a 'finally' block"));
            self.jumps.push(warning);
        }
    }

    /// A literal, or a piece of an interpolated one.
    fn literal(&mut self, range: TextRange, prefix: &str) {
        if prefix.contains(['r', 'R']) {
            return;
        }
        let bytes = prefix.contains(['b', 'B']);
        if let Some((at, escape)) = invalid_escape(&self.index.text()[range], bytes) {
            let octal = if escape.len() > 2 { "octal escape sequence" } else { "escape sequence" };
            let hint = format!("Did you mean \"\\{escape}\"? A raw string is also an option.");
            let found = format!("\"{escape}\" is an invalid {octal}.");
            let text = format!("{found} Such sequences will not work in the future. {hint}");
            let start = range.start() + TextSize::new(at as u32);
            let place = TextRange::at(start, TextSize::of(escape.as_str()));
            let warning = self.warning(place, format!("{found} {hint}"));
            self.escapes.push(Warning { text: Some(text), ..warning });
        }
    }

    /// The prefix letters of a literal.
    fn prefix(&self, range: TextRange) -> String {
        self.index.text()[range].chars().take_while(char::is_ascii_alphabetic).collect()
    }

    fn elements(&mut self, elements: &ast::InterpolatedStringElements, range: TextRange) {
        let prefix = self.prefix(range);
        self.pieces(elements, &prefix);
    }

    /// The literal pieces of an interpolated string, those of formats included.
    fn pieces(&mut self, elements: &ast::InterpolatedStringElements, prefix: &str) {
        for element in elements {
            match element {
                ast::InterpolatedStringElement::Literal(literal) => self.literal(literal.range, prefix),
                ast::InterpolatedStringElement::Interpolation(field) => {
                    field.format_spec.iter().for_each(|format| self.pieces(&format.elements, prefix));
                }
            }
        }
    }

    fn strings(&mut self, e: &Expr) {
        match e {
            Expr::StringLiteral(e) => e.value.iter().for_each(|part| {
                let prefix = self.prefix(part.range);
                self.literal(part.range, &prefix);
            }),
            Expr::BytesLiteral(e) => e.value.iter().for_each(|part| {
                let prefix = self.prefix(part.range);
                self.literal(part.range, &prefix);
            }),
            Expr::FString(e) => e.value.f_strings().for_each(|part| self.elements(&part.elements, part.range)),
            Expr::TString(e) => e.value.iter().for_each(|part| self.elements(&part.elements, part.range)),
            _ => {}
        }
    }

    fn compare(&mut self, e: &ast::ExprCompare) {
        let mut left = &*e.left;
        for (op, right) in e.ops.iter().zip(&e.comparators) {
            if let CmpOp::Is | CmpOp::IsNot = op
                && let Some(name) = literal_type(left).or_else(|| literal_type(right))
            {
                let (word, meant) = if *op == CmpOp::Is { ("is", "==") } else { ("is not", "!=") };
                self.other(e.range, format!("\"{word}\" with '{name}' literal. Did you mean \"{meant}\"?"));
                return;
            }
            left = right;
        }
    }

    fn call(&mut self, e: &ast::ExprCall) {
        if let Some(name) = display_type(&e.func).filter(|_| !e.func.is_lambda_expr()) {
            self.other(e.range(), format!("'{name}' object is not callable; perhaps you missed a comma?"));
        }
    }

    fn subscript(&mut self, e: &ast::ExprSubscript) {
        let Some(name) = display_type(&e.value) else { return };
        if !["str", "bytes", "tuple", "list", "dict"].contains(&name) {
            self.other(e.range, format!("'{name}' object is not subscriptable; perhaps you missed a comma?"));
            return;
        }
        let Some(index) = display_type(&e.slice).filter(|index| name != "dict" && !["int", "bool"].contains(index))
        else {
            return;
        };
        let text = format!("{name} indices must be integers or slices, not {index}; perhaps you missed a comma?");
        self.other(e.range, text);
    }

    fn within(&mut self, around: Around, body: &[Stmt]) {
        self.finally.push(around);
        self.visit_body(body);
        self.finally.pop();
    }
}

impl<'a> SourceOrderVisitor<'a> for Walker<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Return(s) => self.jump(s.range, "return"),
            Stmt::Break(s) => self.jump(s.range, "break"),
            Stmt::Continue(s) => self.jump(s.range, "continue"),
            Stmt::Assert(s) if matches!(&*s.test, Expr::Tuple(tuple) if !tuple.elts.is_empty()) => {
                self.other(s.range, "assertion is always true, perhaps remove parentheses?".into());
            }
            _ => {}
        }
        match stmt {
            Stmt::Try(s) if !s.finalbody.is_empty() => {
                self.visit_body(&s.body);
                s.handlers.iter().for_each(|handler| self.visit_except_handler(handler));
                self.visit_body(&s.orelse);
                self.within(Around::Finally, &s.finalbody);
            }
            Stmt::For(s) => {
                self.visit_expr(&s.iter);
                self.visit_expr(&s.target);
                self.within(Around::Loop, &s.body);
                self.visit_body(&s.orelse);
            }
            Stmt::While(s) => {
                self.visit_expr(&s.test);
                self.within(Around::Loop, &s.body);
                self.visit_body(&s.orelse);
            }
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                let outer = std::mem::take(&mut self.finally);
                walk_stmt(self, stmt);
                self.finally = outer;
            }
            stmt => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, e: &'a Expr) {
        if !self.index.has_source() {
            // Nobody wrote the literals of a tree that a program made.
            return with_stack(|| walk_expr(self, e));
        }
        self.strings(e);
        match e {
            Expr::NumberLiteral(e) => self.number(e),
            Expr::Compare(e) => self.compare(e),
            Expr::Call(e) => self.call(e),
            Expr::Subscript(e) => self.subscript(e),
            _ => {}
        }
        with_stack(|| walk_expr(self, e));
    }
}

/// The type of a literal that `is` does not suit.
fn literal_type(e: &Expr) -> Option<&'static str> {
    match e {
        Expr::NoneLiteral(_) | Expr::BooleanLiteral(_) | Expr::EllipsisLiteral(_) => None,
        Expr::Tuple(tuple) => {
            let constant = |e: &Expr| e.is_literal_expr() || literal_type(e).is_some();
            tuple.elts.iter().all(constant).then_some("tuple")
        }
        e if e.is_literal_expr() => display_type(e),
        _ => None,
    }
}

/// The type of a literal or display.
fn display_type(e: &Expr) -> Option<&'static str> {
    Some(match e {
        Expr::NoneLiteral(_) => "NoneType",
        Expr::BooleanLiteral(_) => "bool",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::NumberLiteral(e) => match e.value {
            Number::Int(_) => "int",
            Number::Float(_) => "float",
            Number::Complex { .. } => "complex",
        },
        Expr::StringLiteral(_) | Expr::FString(_) => "str",
        Expr::BytesLiteral(_) => "bytes",
        Expr::TString(_) => "string.templatelib.Template",
        Expr::Tuple(_) => "tuple",
        Expr::List(_) | Expr::ListComp(_) => "list",
        Expr::Set(_) | Expr::SetComp(_) => "set",
        Expr::Dict(_) | Expr::DictComp(_) => "dict",
        Expr::Generator(_) => "generator",
        Expr::Lambda(_) => "function",
        _ => return None,
    })
}

/// The first escape of a literal's source that means nothing, and where it begins; or an octal one past `\377`.
fn invalid_escape(text: &str, bytes: bool) -> Option<(usize, String)> {
    let mut chars = text.chars();
    loop {
        let at = text.len() - chars.as_str().len();
        if chars.next()? != '\\' {
            continue;
        }
        // What an interpolation's brace ends with a backslash.
        match chars.next().unwrap_or('{') {
            '\n' | '\r' | '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' => {}
            'N' | 'u' | 'U' if !bytes => {}
            first @ '4'..='7' => {
                let digits: String = chars.clone().take(2).take_while(|c| c.is_digit(8)).collect();
                if digits.len() == 2 {
                    return Some((at, format!("\\{first}{digits}")));
                }
            }
            '0'..='3' => {}
            other => return Some((at, format!("\\{other}"))),
        }
    }
}
