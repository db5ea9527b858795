//! Bounds on nesting: programs that would exhaust the native stack of what walks their tree are refused.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Mod, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::brackets::Stack;

/// Deepest nesting of brackets.
const MAX_BRACKETS: u32 = 200;

/// Deepest nesting of expressions and statements.
const MAX_DEPTH: u32 = 4000;

/// Stack for dropping a refused tree; only what is touched becomes memory.
const DISCARD_STACK: usize = 256 << 20;

/// Where brackets nest too deeply, if they do.
pub(super) fn too_many_brackets(tokens: &[Token]) -> Option<TextRange> {
    let mut depth = 0_u32;
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_BRACKETS {
            return Some(token.range());
        }
    }
    None
}

/// Most interpolated strings within each other.
const MAX_STRINGS: usize = 149;

/// Most interpolations within the formats of each other.
const MAX_FIELDS: usize = 2;

/// Where interpolated strings nest too deeply, if they do, and the words for it.
pub(super) fn too_many_strings(tokens: &[Token]) -> Option<(TextRange, String)> {
    let mut stack = Stack::default();
    let mut kind = "f";
    for token in tokens {
        let (strings, fields) = (stack.strings(), stack.fields());
        // Brackets that do not match are somebody else's concern.
        drop(stack.take(token));
        match token.kind() {
            TokenKind::FStringStart | TokenKind::TStringStart => {
                kind = if token.kind() == TokenKind::FStringStart { "f" } else { "t" };
                if strings == MAX_STRINGS {
                    let quote = TextRange::empty(token.end() - TextSize::new(1));
                    return Some((quote, "too many nested f-strings or t-strings".to_string()));
                }
            }
            TokenKind::Lbrace if stack.fields() > fields && fields > MAX_FIELDS => {
                let before = TextRange::empty(token.start() - TextSize::new(1));
                return Some((before, format!("{kind}-string: expressions nested too deeply")));
            }
            _ => {}
        }
    }
    None
}

/// Whether the tree is too deep to be compiled.
pub(super) fn too_deep(module: &Mod) -> bool {
    let mut walker = Walker { depth: 0, exceeded: false };
    match module {
        Mod::Module(module) => module.body.iter().for_each(|stmt| walker.visit_stmt(stmt)),
        Mod::Expression(expression) => walker.visit_expr(&expression.body),
    }
    walker.exceeded
}

/// Drops a tree that may be too deep for the present stack.
pub(super) fn discard(module: Mod) {
    // Dropping recurses by nesting; a tree refused here is small enough for this much stack.
    stacker::grow(DISCARD_STACK, || drop(module));
}

struct Walker {
    depth: u32,
    exceeded: bool,
}

impl Walker {
    fn nested(&mut self, walk: impl FnOnce(&mut Walker)) {
        if self.depth == MAX_DEPTH || self.exceeded {
            self.exceeded = true;
            return;
        }
        self.depth += 1;
        with_stack(|| walk(self));
        self.depth -= 1;
    }
}

impl<'a> SourceOrderVisitor<'a> for Walker {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.nested(|walker| walk_stmt(walker, stmt));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.nested(|walker| walk_expr(walker, expr));
    }
}

/// Runs a step of a recursive walk, on a fresh piece of stack where the present one runs short.
pub(crate) fn with_stack<T>(step: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(128 << 10, 2 << 20, step)
}
