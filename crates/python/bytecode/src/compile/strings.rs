//! f-strings, template strings, and `%` formatting.

use ruff_python_ast::{self as ast, ConversionFlag, FStringPart, InterpolatedElement, InterpolatedStringElement};
use ruff_text_size::{Ranged, TextRange};

use super::{Compiler, R};
use crate::error::Res;
use crate::literal;
use crate::op::Op;
use crate::source::LineIndex;
use crate::unit::{Const, Wtf8};

/// So many pieces wait in registers before they are joined.
const MOST_PIECES: u16 = 512;

/// A piece of an interpolated string.
enum Piece<'a> {
    Text(Vec<u32>),
    Value(&'a InterpolatedElement),
}

impl<'a> Compiler<'a> {
    pub(crate) fn fstring(&mut self, e: &'a ast::ExprFString, dst: R) -> Res {
        let mut pieces = Vec::new();
        for part in &e.value {
            match part {
                FStringPart::Literal(text) => literal::string_points(self.index, text, open_text(&mut pieces))?,
                FStringPart::FString(part) => self.pieces(part.elements.iter(), true, &mut pieces)?,
            }
        }
        self.join(pieces, e.range, dst)
    }

    fn pieces(
        &self,
        elements: impl Iterator<Item = &'a InterpolatedStringElement>,
        debug: bool,
        pieces: &mut Vec<Piece<'a>>,
    ) -> Res {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(text) => {
                    literal::piece_points(self.index, &text.value, text.range, open_text(pieces))?;
                }
                InterpolatedStringElement::Interpolation(value) => {
                    if let (true, Some(debug)) = (debug, &value.debug_text) {
                        let text = without_comments(debug.as_str());
                        open_text(pieces).extend(text.chars().map(u32::from));
                    }
                    pieces.push(Piece::Value(value));
                }
            }
        }
        Ok(())
    }

    /// Formats the pieces and joins them, many pieces part by part.
    fn join(&mut self, mut pieces: Vec<Piece<'a>>, range: TextRange, dst: R) -> Res {
        pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        match &pieces[..] {
            [] => {
                self.at(range);
                self.load_const(dst, Const::Str(Wtf8::default()));
                return Ok(());
            }
            [Piece::Text(text)] => {
                self.at(range);
                self.load_const(dst, Const::Str(Wtf8::from_code_points(text.iter().copied())));
                return Ok(());
            }
            [Piece::Value(value)] => return self.format_value(value, dst),
            _ => {}
        }
        let mark = self.next_temp();
        let base = self.scratch(dst);
        let first_temp = self.next_temp();
        let mut waiting = 0;
        for piece in &pieces {
            if waiting == MOST_PIECES {
                self.at(range);
                self.emit(Op::BuildString, base, base, waiting);
                self.pop_to(first_temp);
                waiting = 1;
            }
            let temp = if waiting == 0 { base } else { self.push() };
            waiting += 1;
            match piece {
                Piece::Text(text) => {
                    self.at(range);
                    self.load_const(temp, Const::Str(Wtf8::from_code_points(text.iter().copied())));
                }
                Piece::Value(value) => self.format_value(value, temp)?,
            }
        }
        self.at(range);
        self.emit(Op::BuildString, dst, base, waiting);
        self.pop_to(mark);
        Ok(())
    }

    fn format_value(&mut self, element: &'a InterpolatedElement, dst: R) -> Res {
        let mark = self.next_temp();
        let value = self.operand_in(&element.expression, dst)?;
        self.at(element.range);
        let mut value = value;
        let conversion = match (conversion(element.conversion), &element.debug_text, &element.format_spec) {
            (0, Some(_), None) => 2,
            (conversion, ..) => conversion,
        };
        if conversion != 0 {
            let converted = if Self::is_temp(value) { value } else { self.scratch(dst) };
            self.emit(Op::Convert, converted, value, conversion);
            value = converted;
        }
        match &element.format_spec {
            None => self.emit(Op::FormatSimple, dst, value, 0),
            Some(spec) => {
                let text = self.push();
                self.format_spec(spec, text)?;
                self.at(element.range);
                self.emit(Op::FormatSpec, dst, value, text);
            }
        }
        self.pop_to(mark);
        Ok(())
    }

    fn format_spec(&mut self, spec: &'a ast::InterpolatedStringFormatSpec, dst: R) -> Res {
        let mut pieces = Vec::new();
        self.pieces(spec.elements.iter(), true, &mut pieces)?;
        self.join(pieces, spec.range, dst)
    }

    pub(crate) fn tstring(&mut self, e: &'a ast::ExprTString, dst: R) -> Res {
        let mut pieces = Vec::new();
        self.pieces(e.value.elements(), true, &mut pieces)?;
        let (mut texts, mut values, mut text) = (Vec::new(), Vec::new(), Vec::new());
        for piece in pieces {
            match piece {
                Piece::Text(points) => text.extend(points),
                Piece::Value(value) => {
                    texts.push(Const::Str(Wtf8::from_code_points(text.drain(..))));
                    values.push(value);
                }
            }
        }
        texts.push(Const::Str(Wtf8::from_code_points(text)));
        let mark = self.next_temp();
        self.at(e.range);
        let texts = self.const_temp(Const::Tuple(texts.into()));
        let tuple = self.next_temp();
        for value in &values {
            let temp = self.push();
            self.interpolation(value, temp)?;
        }
        self.at(e.range);
        self.emit(Op::BuildTuple, tuple, tuple, values.len() as u16);
        self.push_above(tuple, 0);
        self.emit(Op::BuildTemplate, dst, texts, tuple);
        self.pop_to(mark);
        Ok(())
    }

    fn interpolation(&mut self, element: &'a InterpolatedElement, dst: R) -> Res {
        self.expr_to(&element.expression, dst)?;
        let text = Const::Str(Wtf8::new(&interpolation_text(self.index, element)));
        self.at(element.range);
        self.const_temp(text);
        let spec = self.push();
        match &element.format_spec {
            Some(format) => self.format_spec(format, spec)?,
            None => self.load_const(spec, Const::Str(Wtf8::default())),
        }
        self.at(element.range);
        let conversion = match (conversion(element.conversion), &element.debug_text, &element.format_spec) {
            (0, Some(_), None) => 2,
            (conversion, ..) => conversion,
        };
        self.emit(Op::BuildInterpolation, dst, dst, conversion);
        self.pop_to(dst + 1);
        Ok(())
    }
}

/// The text of an interpolation's expression: from the brace to what follows it.
pub(crate) fn interpolation_text(index: &LineIndex, element: &InterpolatedElement) -> String {
    if let Some(text) = index.written(element.range.start()) {
        return text.iter().filter_map(|point| char::from_u32(*point)).collect();
    }
    let source = index.text();
    let (start, end) = (element.range.start().to_usize() + 1, element.expression.end().to_usize());
    let rest = &source[end..element.range.end().to_usize()];
    let mut tail = 0;
    let mut comment = false;
    for c in rest.chars() {
        comment = (comment || c == '#') && c != '\n';
        if !comment && matches!(c, '!' | ':' | '=' | '}') {
            break;
        }
        tail += c.len_utf8();
    }
    without_comments(&source[start..end + tail])
}

/// Source text without its comments.
pub(crate) fn without_comments(text: &str) -> String {
    let (mut out, mut comment, mut quote, mut escaped) = (String::new(), false, None, false);
    for c in text.chars() {
        match (c, quote) {
            _ if escaped => escaped = false,
            ('\\', Some(_)) => escaped = true,
            ('\n', _) => comment = false,
            ('#', None) => comment = true,
            ('"' | '\'', None) if !comment => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
        if !comment {
            out.push(c);
        }
    }
    out
}

/// The text piece at the end, begun if need be.
fn open_text<'p>(pieces: &'p mut Vec<Piece<'_>>) -> &'p mut Vec<u32> {
    if !matches!(pieces.last(), Some(Piece::Text(_))) {
        pieces.push(Piece::Text(Vec::new()));
    }
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text,
        _ => unreachable!("a text piece was pushed"),
    }
}

/// The number of a conversion for CONVERT; 0 for none.
fn conversion(flag: ConversionFlag) -> u16 {
    match flag {
        ConversionFlag::None => 0,
        ConversionFlag::Str => 1,
        ConversionFlag::Repr => 2,
        ConversionFlag::Ascii => 3,
    }
}
