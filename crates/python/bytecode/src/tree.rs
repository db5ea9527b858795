//! What a syntax tree's nodes leave in the source: values of literals, and texts of interpolations.

use std::rc::Rc;

use ruff_python_ast::{Expr, InterpolatedElement, InterpolatedStringLiteralElement, StringLiteral};

use crate::compile::{fold, strings};
use crate::error::{Fault, Res, SyntaxErr};
use crate::literal;
use crate::parse::Ast;
use crate::unit::{Const, Wtf8};

impl Ast {
    fn located<T>(&self, result: Res<T>) -> Result<T, SyntaxErr> {
        result.map_err(|fault: Fault| SyntaxErr::at(&self.index, &self.filename, fault.range, fault.message))
    }

    /// The value of a literal; `None` for any other expression.
    pub fn literal(&self, e: &Expr) -> Result<Option<Const>, SyntaxErr> {
        Ok(Some(match e {
            Expr::NoneLiteral(_) => Const::None,
            Expr::BooleanLiteral(e) => Const::Bool(e.value),
            Expr::EllipsisLiteral(_) => Const::Ellipsis,
            Expr::NumberLiteral(e) => self.located(fold::number(e))?,
            Expr::BytesLiteral(e) => Const::Bytes(e.value.bytes().collect::<Rc<[u8]>>()),
            Expr::StringLiteral(e) => {
                let mut points = Vec::new();
                for part in &e.value {
                    self.located(literal::string_points(&self.index, part, &mut points))?;
                }
                Const::Str(Wtf8::from_code_points(points))
            }
            _ => return Ok(None),
        }))
    }

    /// The code points of one string of a concatenation.
    pub fn string_part(&self, part: &StringLiteral) -> Result<Vec<u32>, SyntaxErr> {
        let mut points = Vec::new();
        self.located(literal::string_points(&self.index, part, &mut points))?;
        Ok(points)
    }

    /// The code points of the text between the interpolations of a string.
    pub fn string_piece(&self, piece: &InterpolatedStringLiteralElement) -> Result<Vec<u32>, SyntaxErr> {
        let mut points = Vec::new();
        self.located(literal::piece_points(&self.index, &piece.value, piece.range, &mut points))?;
        Ok(points)
    }

    /// The text of an interpolation's expression.
    pub fn interpolation_text(&self, element: &InterpolatedElement) -> String {
        strings::interpolation_text(&self.index, element)
    }

    /// The text that the debug form `{x=}` of an interpolation puts ahead of the value.
    pub fn debug_text(&self, element: &InterpolatedElement) -> Option<String> {
        element.debug_text.as_ref().map(|text| strings::without_comments(text.as_str()))
    }
}
