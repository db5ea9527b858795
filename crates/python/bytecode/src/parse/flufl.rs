//! `from __future__ import barry_as_FLUFL`: unequal is written `<>`, and only so.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// What is said of `!=`.
pub(super) const MESSAGE: &str = "with Barry as BDFL, use '<>' instead of '!='";

/// Where a source says it, if it does.
pub(super) fn import(tokens: &[Token], source: &str) -> Option<TextSize> {
    if !source.contains("barry_as_FLUFL") {
        return None;
    }
    let at = tokens.iter().position(|token| &source[token.range()] == "barry_as_FLUFL")?;
    let line = tokens[..at].iter().rev().take_while(|token| {
        !matches!(token.kind(), TokenKind::Newline | TokenKind::Semi | TokenKind::Indent | TokenKind::Dedent)
    });
    let from = line.last().filter(|token| token.kind() == TokenKind::From)?;
    let module = tokens.iter().find(|token| token.start() >= from.end())?;
    (&source[module.range()] == "__future__").then(|| tokens[at].end())
}

/// The source with `!=` for each `<>` behind an offset. Fails with the place of a `!=`.
pub(super) fn respell(tokens: &[Token], source: &str, import: TextSize) -> Result<String, TextRange> {
    let behind = |token: &&Token| token.start() >= import;
    if let Some(token) = tokens.iter().filter(behind).find(|token| token.kind() == TokenKind::NotEqual) {
        return Err(token.range());
    }
    let mut text = source.to_string();
    for pair in tokens.windows(2).filter(|pair| behind(&&pair[0])) {
        let diamond = pair[0].kind() == TokenKind::Less && pair[1].kind() == TokenKind::Greater;
        if diamond && pair[0].end() == pair[1].start() {
            text.replace_range(std::ops::Range::<usize>::from(pair[0].range().cover(pair[1].range())), "!=");
        }
    }
    Ok(text)
}
