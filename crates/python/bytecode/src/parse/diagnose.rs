//! From the parser's errors to CPython's class, text and range.

use ruff_python_ast::Mod;
use ruff_python_parser::{
    InterpolatedStringErrorType, LexicalErrorType, ParseError, ParseErrorType, Parsed, UnsupportedSyntaxError,
};
use ruff_text_size::Ranged;

use crate::error::{SyntaxErr, SyntaxErrKind};
use crate::source::LineIndex;

/// The first error of a parse, if it has one.
pub(super) fn first_error(parsed: &Parsed<Mod>, index: &LineIndex, filename: &str) -> Option<SyntaxErr> {
    if let Some(error) = parsed.errors().iter().min_by_key(|error| error.location.start()) {
        return Some(translate(error, index, filename));
    }
    parsed.unsupported_syntax_errors().first().map(|error| unsupported(error, index, filename))
}

fn unsupported(error: &UnsupportedSyntaxError, index: &LineIndex, filename: &str) -> SyntaxErr {
    SyntaxErr::at(index, filename, error.range(), "invalid syntax")
}

fn translate(error: &ParseError, index: &LineIndex, filename: &str) -> SyntaxErr {
    let (line, _) = index.line_and_col(error.location.start().to_u32());
    let (kind, message) = message(&error.error, line);
    let mut out = SyntaxErr::at(index, filename, error.location, message);
    out.kind = kind;
    out.incomplete = error.location.end().to_usize() >= index.text().trim_end().len();
    out
}

fn message(error: &ParseErrorType, line: u32) -> (SyntaxErrKind, String) {
    use ParseErrorType as E;
    let syntax = |text: &str| (SyntaxErrKind::Syntax, text.to_string());
    match error {
        E::Lexical(error) => lexical(error, line),
        E::UnexpectedIndentation => (SyntaxErrKind::Indentation, "unexpected indent".into()),
        E::OtherError(text) => other(text, line),
        E::FStringError(error) => (SyntaxErrKind::Syntax, interpolated("f-string", error, line)),
        E::TStringError(error) => (SyntaxErrKind::Syntax, interpolated("t-string", error, line)),
        E::PositionalAfterKeywordArgument => syntax("positional argument follows keyword argument"),
        E::PositionalAfterKeywordUnpacking => syntax("positional argument follows keyword argument unpacking"),
        E::InvalidArgumentUnpackingOrder => syntax("iterable argument unpacking follows keyword argument unpacking"),
        E::IterableUnpackingInComprehension => syntax("iterable unpacking cannot be used in comprehension"),
        E::UnparenthesizedGeneratorExpression => syntax("Generator expression must be parenthesized"),
        E::ParamAfterVarKeywordParam => syntax("arguments cannot follow var-keyword argument"),
        E::NonDefaultParamAfterDefaultParam => syntax("parameter without a default follows parameter with a default"),
        E::ExpectedKeywordParam => syntax("named parameters must follow bare *"),
        E::VarParameterWithDefault => syntax("var-positional parameter cannot have default value"),
        E::EmptyTypeParams => syntax("Type parameter list cannot be empty"),
        E::EmptyImportNames => syntax("Expected one or more names after 'import'"),
        E::InvalidStarredExpressionUsage => syntax("can't use starred expression here"),
        E::InvalidMatchPatternTarget => syntax("cannot use '_' as a target"),
        E::InvalidNamedAssignmentTarget => syntax("cannot use assignment expressions with expression"),
        E::ExpectedRealNumber => syntax("real number required in complex literal"),
        E::ExpectedImaginaryNumber => syntax("imaginary number required in complex literal"),
        _ => syntax("invalid syntax"),
    }
}

fn lexical(error: &LexicalErrorType, line: u32) -> (SyntaxErrKind, String) {
    use LexicalErrorType as E;
    let text = match error {
        E::IndentationError => {
            return (SyntaxErrKind::Indentation, "unindent does not match any outer indentation level".into());
        }
        E::UnclosedStringError => format!("unterminated string literal (detected at line {line})"),
        E::FStringError(error) => interpolated("f-string", error, line),
        E::TStringError(error) => interpolated("t-string", error, line),
        E::InvalidByteLiteral => "bytes can only contain ASCII literal characters".into(),
        E::LineContinuationError => "unexpected character after line continuation character".into(),
        E::Eof => "unexpected EOF while parsing".into(),
        E::UnicodeError | E::MissingUnicodeLbrace | E::MissingUnicodeRbrace => {
            "(unicode error) 'unicodeescape' codec can't decode bytes: malformed \\N character escape".into()
        }
        E::UnrecognizedToken { tok } if tok.is_ascii() => "invalid syntax".into(),
        E::UnrecognizedToken { tok } => format!("invalid character '{tok}' (U+{:04X})", u32::from(*tok)),
        E::OtherError(text) => text.to_string(),
        _ => "invalid syntax".into(),
    };
    (SyntaxErrKind::Syntax, text)
}

fn interpolated(what: &str, error: &InterpolatedStringErrorType, line: u32) -> String {
    use InterpolatedStringErrorType as E;
    match error {
        E::UnclosedLbrace => format!("{what}: expecting '}}'"),
        E::InvalidConversionFlag => format!("{what}: invalid conversion character: expected 's', 'r', or 'a'"),
        E::SingleRbrace => format!("{what}: single '}}' is not allowed"),
        E::UnterminatedString => format!("unterminated {what} literal (detected at line {line})"),
        E::UnterminatedTripleQuotedString => {
            format!("unterminated triple-quoted {what} literal (detected at line {line})")
        }
        E::LambdaWithoutParentheses => format!("{what}: lambda expressions are not allowed without parentheses"),
        E::ConversionFlagNotImmediatelyAfterExclamation => {
            format!("{what}: conversion type must come right after the exclamation mark")
        }
        E::NewlineInFormatSpec => {
            format!("{what}: newlines are not allowed in format specifiers for single quoted {what}s")
        }
    }
}

/// Errors that the parser words freely.
fn other(text: &str, line: u32) -> (SyntaxErrKind, String) {
    if let Some(rest) = text.strip_prefix("Expected an indented block after ") {
        let what = rest.replace('`', "'");
        return (SyntaxErrKind::Indentation, format!("expected an indented block after {what} on line {line}"));
    }
    (SyntaxErrKind::Syntax, "invalid syntax".into())
}
