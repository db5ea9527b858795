//! From the parser's tree to node objects: f-strings and template strings.
//!
//! Texts next to each other are one Constant, from the start of the first to the end of the last. The debug form `{x=}` is a text, from
//! behind the brace to what follows the expression, and a value.

use pv_bytecode::{Const, SyntaxErr, Wtf8};
use pv_object::{List, Obj};
use ruff_python_ast::{self as ast, ConversionFlag, FStringPart, InterpolatedElement, InterpolatedStringElement};
use ruff_text_size::{TextRange, TextSize};

use super::build::Builder;
use crate::error::{PyResult, Raised};
use crate::text;

/// A piece of a joined string.
enum Piece<'a> {
    Text { points: Vec<u32>, range: TextRange, unicode: bool },
    Value(&'a InterpolatedElement),
}

impl Builder<'_> {
    fn fault(&self, error: &SyntaxErr) -> Raised {
        crate::compile::syntax_error(self.cx, error)
    }

    pub(super) fn formatted(&self, e: &ast::ExprFString) -> PyResult {
        let mut pieces = Vec::new();
        for part in &e.value {
            match part {
                FStringPart::Literal(part) => {
                    let points = self.tree.string_part(part).map_err(|error| self.fault(&error))?;
                    add_text(&mut pieces, points, part.range, part.flags.prefix().is_unicode());
                }
                FStringPart::FString(part) => self.pieces(&part.elements, &mut pieces)?,
            }
        }
        self.node("JoinedStr", Some(e.range), [("values", self.values(pieces, false)?)])
    }

    pub(super) fn template(&self, e: &ast::ExprTString) -> PyResult {
        let mut pieces = Vec::new();
        for part in &e.value {
            self.pieces(&part.elements, &mut pieces)?;
        }
        self.node("TemplateStr", Some(e.range), [("values", self.values(pieces, true)?)])
    }

    fn pieces<'e>(&self, elements: &'e ast::InterpolatedStringElements, pieces: &mut Vec<Piece<'e>>) -> PyResult<()> {
        for element in elements.iter() {
            match element {
                InterpolatedStringElement::Literal(piece) => {
                    let points = self.tree.string_piece(piece).map_err(|error| self.fault(&error))?;
                    add_text(pieces, points, piece.range, false);
                }
                InterpolatedStringElement::Interpolation(value) => {
                    if let (Some(debug), Some(written)) = (self.tree.debug_text(value), &value.debug_text) {
                        let start = value.range.start() + TextSize::new(1);
                        let range = TextRange::at(start, TextSize::new(written.as_str().len() as u32));
                        add_text(pieces, debug.chars().map(u32::from).collect(), range, false);
                    }
                    pieces.push(Piece::Value(value));
                }
            }
        }
        Ok(())
    }

    fn values(&self, pieces: Vec<Piece<'_>>, template: bool) -> PyResult {
        let mut values = Vec::new();
        for piece in pieces {
            values.push(match piece {
                Piece::Text { points, .. } if points.is_empty() => continue,
                Piece::Text { points, range, unicode } => {
                    let value = crate::code::constant(&Const::Str(Wtf8::from_code_points(points)));
                    let kind = if unicode { text::intern("u") } else { Obj::none() };
                    self.node("Constant", Some(range), [("value", value), ("kind", kind)])?
                }
                Piece::Value(element) => self.value(element, template)?,
            });
        }
        Ok(List::create(values))
    }

    fn value(&self, element: &InterpolatedElement, template: bool) -> PyResult {
        let conversion = match (element.conversion, &element.debug_text, &element.format_spec) {
            (ConversionFlag::None, Some(_), None) => i64::from(b'r'),
            (conversion, ..) => i64::from(conversion as i8),
        };
        let spec = match element.format_spec.as_deref() {
            None => Obj::none(),
            Some(spec) => {
                let mut pieces = Vec::new();
                self.pieces(&spec.elements, &mut pieces)?;
                self.node("JoinedStr", Some(self.with_colon(spec.range)), [("values", self.values(pieces, false)?)])?
            }
        };
        let (value, conversion) = (self.expr(&element.expression)?, Obj::int(conversion));
        let (conversion, spec) = (("conversion", conversion), ("format_spec", spec));
        if template {
            let shown = text::new(&self.tree.interpolation_text(element));
            return self.node(
                "Interpolation",
                Some(element.range),
                [("value", value), ("str", shown), conversion, spec],
            );
        }
        self.node("FormattedValue", Some(element.range), [("value", value), conversion, spec])
    }

    /// The range of a format specification with the colon ahead of it.
    fn with_colon(&self, range: TextRange) -> TextRange {
        let start = range.start().to_usize();
        let colon = start > 0 && self.tree.index().text().as_bytes().get(start - 1) == Some(&b':');
        TextRange::new(range.start() - TextSize::new(u32::from(colon)), range.end())
    }
}

/// Adds a text, to the one before if there is one.
fn add_text(pieces: &mut Vec<Piece<'_>>, added: Vec<u32>, added_range: TextRange, added_unicode: bool) {
    if let Some(Piece::Text { points, range, .. }) = pieces.last_mut() {
        points.extend(added);
        *range = TextRange::new(range.start(), added_range.end());
        return;
    }
    pieces.push(Piece::Text { points: added, range: added_range, unicode: added_unicode });
}
