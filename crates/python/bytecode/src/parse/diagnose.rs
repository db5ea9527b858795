//! From the parser's errors to CPython's class, text and range.
//!
//! The parser decides that a source is wrong and where. What CPython says of it is found from the kind of the
//! parser's error, from the tokens around (brackets, keywords) and, for targets of assignments, from the
//! tree that the parser recovered. A fault that nothing here knows is "invalid syntax" at the parser's place.

use ruff_python_ast::Mod;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::{
    InterpolatedStringErrorType, LexicalErrorType, ParseError, ParseErrorType, Parsed, UnsupportedSyntaxError,
    UnsupportedSyntaxErrorKind,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{brackets, escapes, numbers, targets};
use crate::error::{SyntaxErr, SyntaxErrKind};
use crate::source::LineIndex;

/// What all diagnoses look at.
pub(super) struct Context<'a> {
    pub(super) parsed: &'a Parsed<Mod>,
    pub(super) index: &'a LineIndex,
}

/// A diagnosis: class, text, range.
pub(super) struct Diagnosis {
    pub(super) kind: SyntaxErrKind,
    pub(super) message: String,
    pub(super) range: TextRange,
}

impl Diagnosis {
    /// A `SyntaxError`.
    pub(super) fn new(message: impl Into<String>, range: TextRange) -> Diagnosis {
        Diagnosis { kind: SyntaxErrKind::Syntax, message: message.into(), range }
    }

    fn indentation(message: impl Into<String>, range: TextRange) -> Diagnosis {
        Diagnosis { kind: SyntaxErrKind::Indentation, ..Diagnosis::new(message, range) }
    }
}

impl Context<'_> {
    pub(super) fn text(&self, range: TextRange) -> &str {
        &self.index.text()[range]
    }

    pub(super) fn line(&self, offset: TextSize) -> u32 {
        self.index.line_and_col(offset.to_u32()).0
    }

    /// The tokens that begin before an offset, without comments and line breaks inside brackets.
    pub(super) fn tokens_before(&self, offset: TextSize) -> impl DoubleEndedIterator<Item = &Token> {
        let tokens: &[Token] = self.parsed.tokens();
        let count = tokens.partition_point(|token| token.start() < offset);
        let trivia = |kind| matches!(kind, TokenKind::Comment | TokenKind::NonLogicalNewline);
        tokens[..count].iter().filter(move |token| !trivia(token.kind()))
    }
}

/// The first error of a parse, if it has one.
pub(super) fn first_error(parsed: &Parsed<Mod>, index: &LineIndex, filename: &str) -> Option<SyntaxErr> {
    let context = Context { parsed, index };
    if let Some(error) = parsed.errors().iter().min_by_key(|error| error.location.start()) {
        let diagnosis = diagnose(&context, error);
        let mut out = place(index, filename, &diagnosis);
        out.incomplete = error.location.end().to_usize() >= index.text().trim_end().len();
        return Some(out);
    }
    parsed.unsupported_syntax_errors().first().map(|error| unsupported(error, index, filename))
}

/// An error whose range, where it is a line break, is one column wide.
fn place(index: &LineIndex, filename: &str, diagnosis: &Diagnosis) -> SyntaxErr {
    let mut out = SyntaxErr::at(index, filename, diagnosis.range, diagnosis.message.clone());
    out.kind = diagnosis.kind;
    let text = &index.text()[diagnosis.range];
    if text.starts_with(['\n', '\r']) {
        (out.end_line, out.end_col) = (out.line, out.col + 1);
    }
    out
}

fn unsupported(error: &UnsupportedSyntaxError, index: &LineIndex, filename: &str) -> SyntaxErr {
    let range = error.range();
    let two = TextRange::at(range.start(), 2.into());
    let (message, range) = match &error.kind {
        UnsupportedSyntaxErrorKind::UnpackingInComprehension(_) if index.text()[range].starts_with("**") => {
            ("dict unpacking cannot be used in dict comprehension", two)
        }
        UnsupportedSyntaxErrorKind::UnpackingInComprehension(_) => {
            ("iterable unpacking cannot be used in comprehension", range)
        }
        _ => ("invalid syntax", range),
    };
    SyntaxErr::at(index, filename, range, message)
}

fn diagnose(context: &Context<'_>, error: &ParseError) -> Diagnosis {
    use ParseErrorType as E;
    let at = error.location;
    let syntax = |text: &str| Diagnosis::new(text, at);
    match &error.error {
        E::Lexical(lexical) => self::lexical(context, lexical, at),
        E::UnexpectedIndentation => {
            inconsistent_tabs(context, at).unwrap_or_else(|| Diagnosis::indentation("unexpected indent", at))
        }
        E::OtherError(text) => other(context, text, at),
        E::FStringError(error) | E::TStringError(error) => {
            let what = interpolated_kind(context, at.end());
            Diagnosis::new(interpolated(context, what, error, at), at)
        }
        E::InvalidAssignmentTarget => targets::assignment(context, at),
        E::InvalidAugmentedAssignmentTarget => targets::augmented(context, at),
        E::InvalidDeleteTarget => targets::deletion(context, at),
        E::InvalidNamedAssignmentTarget => targets::named(context, at),
        E::InvalidAnnotatedAssignmentTarget => syntax("illegal target for annotation"),
        E::PositionalAfterKeywordArgument => syntax("positional argument follows keyword argument"),
        E::PositionalAfterKeywordUnpacking => syntax("positional argument follows keyword argument unpacking"),
        E::InvalidArgumentUnpackingOrder => syntax("iterable argument unpacking follows keyword argument unpacking"),
        E::IterableUnpackingInComprehension => syntax("iterable unpacking cannot be used in comprehension"),
        E::UnparenthesizedGeneratorExpression => syntax("Generator expression must be parenthesized"),
        E::ParamAfterVarKeywordParam => syntax("arguments cannot follow var-keyword argument"),
        E::NonDefaultParamAfterDefaultParam => syntax("parameter without a default follows parameter with a default"),
        E::ExpectedKeywordParam => syntax("named arguments must follow bare *"),
        E::VarParameterWithDefault => syntax("var-positional argument cannot have default value"),
        E::EmptyTypeParams => syntax("Type parameter list cannot be empty"),
        E::EmptyImportNames => syntax("Expected one or more names after 'import'"),
        E::InvalidStarredExpressionUsage => starred(context, at),
        E::InvalidMatchPatternTarget => syntax("cannot use '_' as a target"),
        E::ExpectedRealNumber => syntax("real number required in complex literal"),
        E::ExpectedImaginaryNumber => syntax("imaginary number required in complex literal"),
        E::ExpectedToken { expected: TokenKind::Colon, found: TokenKind::Newline } => expected_colon(context, at),
        E::ExpectedToken { expected: TokenKind::Else, .. } => {
            targets::missing_else(context, at).unwrap_or_else(|| generic(context, at))
        }
        _ => generic(context, at),
    }
}

/// Whether the interpolated string around an offset is a t-string or an f-string.
fn interpolated_kind(context: &Context<'_>, offset: TextSize) -> &'static str {
    let starts = |kind| matches!(kind, TokenKind::FStringStart | TokenKind::TStringStart);
    match context.tokens_before(offset).rev().find(|token| starts(token.kind())) {
        Some(token) if token.kind() == TokenKind::TStringStart => "t-string",
        _ => "f-string",
    }
}

/// An indentation whose depth against the line before depends on the width of tabs.
fn inconsistent_tabs(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let line = context.line(at.start());
    let before = (1..line).rev().map(|line| context.index.line_text(line)).find(|text| !text.trim().is_empty())?;
    let widths = |text: &str| {
        text.chars().take_while(|c| " \t".contains(*c)).fold((0, 0), |(wide, narrow), c| {
            if c == '\t' { (wide / 8 * 8 + 8, narrow + 1) } else { (wide + 1, narrow + 1) }
        })
    };
    let (here, there) = (widths(context.index.line_text(line)), widths(before));
    let consistent = here.0.cmp(&there.0) == here.1.cmp(&there.1);
    let message = "inconsistent use of tabs and spaces in indentation";
    (!consistent).then(|| Diagnosis { kind: SyntaxErrKind::Tab, ..Diagnosis::new(message, at) })
}

/// A missing colon, unless an assignment stands where a comparison was meant.
fn expected_colon(context: &Context<'_>, at: TextRange) -> Diagnosis {
    brackets::problem(context, at).unwrap_or_else(|| Diagnosis::new("expected ':'", at))
}

/// Errors that the parser has no special word for.
fn generic(context: &Context<'_>, at: TextRange) -> Diagnosis {
    let special = brackets::problem(context, at)
        .or_else(|| numbers::trailing(context, at))
        .or_else(|| legacy_statement(context, at))
        .or_else(|| targets::diamond(context, at))
        .or_else(|| targets::generator_as_keyword(context, at))
        .or_else(|| targets::statement_in_conditional(context, at))
        .or_else(|| targets::name_after_as(context, at))
        .or_else(|| targets::comparison_meant(context, at))
        .or_else(|| targets::augmented_tuple(context, at))
        .or_else(|| targets::missing_value(context, at))
        .or_else(|| targets::missing_comma(context, at));
    special.unwrap_or_else(|| Diagnosis::new("invalid syntax", at))
}

/// A starred expression where there can be none: CPython's parser words it differently in brackets than its compiler elsewhere.
fn starred(context: &Context<'_>, at: TextRange) -> Diagnosis {
    let alone = context.tokens_before(at.start()).next_back().is_some_and(|last| last.kind() == TokenKind::Lpar)
        && context
            .parsed
            .tokens()
            .iter()
            .find(|token| token.start() >= at.end())
            .is_some_and(|next| next.kind() == TokenKind::Rpar);
    let text = if alone { "cannot use starred expression here" } else { "can't use starred expression here" };
    Diagnosis::new(text, at)
}

/// `print x` and `exec x`.
fn legacy_statement(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let last = context.tokens_before(at.start()).next_back()?;
    let word = context.text(last.range());
    if last.kind() != TokenKind::Name || !["print", "exec"].contains(&word) {
        return None;
    }
    let line_end = |kind| matches!(kind, TokenKind::Newline | TokenKind::Semi | TokenKind::EndOfFile);
    let rest = context.parsed.tokens().iter().skip_while(|token| token.start() < at.start());
    let end = rest.take_while(|token| !line_end(token.kind())).last()?.end();
    let message = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
    Some(Diagnosis::new(message, TextRange::new(last.start(), end)))
}

fn lexical(context: &Context<'_>, error: &LexicalErrorType, at: TextRange) -> Diagnosis {
    use LexicalErrorType as E;
    let line = context.line(at.start());
    match error {
        E::IndentationError => Diagnosis::indentation("unindent does not match any outer indentation level", at),
        E::UnclosedStringError => unterminated(context, at),
        E::FStringError(error) => Diagnosis::new(interpolated(context, "f-string", error, at), at),
        E::TStringError(error) => Diagnosis::new(interpolated(context, "t-string", error, at), at),
        E::InvalidByteLiteral => Diagnosis::new("bytes can only contain ASCII literal characters", at),
        E::LineContinuationError => {
            let behind = TextRange::empty(at.start() + TextSize::new(1));
            Diagnosis::new("unexpected character after line continuation character", behind)
        }
        E::Eof => brackets::problem(context, at).unwrap_or_else(|| Diagnosis::new("unexpected EOF while parsing", at)),
        E::UnicodeError | E::MissingUnicodeLbrace | E::MissingUnicodeRbrace | E::StringError => {
            escapes::problem(context, at)
        }
        E::UnrecognizedToken { tok } if tok.is_ascii() => Diagnosis::new("invalid syntax", at),
        E::UnrecognizedToken { tok } if !is_printable(*tok) => {
            let message = format!("invalid non-printable character U+{:04X}", u32::from(*tok));
            Diagnosis::new(message, TextRange::empty(at.start()))
        }
        E::UnrecognizedToken { tok } => {
            Diagnosis::new(format!("invalid character '{tok}' (U+{:04X})", u32::from(*tok)), at)
        }
        E::OtherError(text) => numbers::lexical(context, text, at, line),
    }
}

/// Does a character show? (Behind a letter, so that marks that combine with one are shown as they are.)
fn is_printable(c: char) -> bool {
    !format!("{:?}", format!("a{c}")).contains('\\')
}

fn unterminated(context: &Context<'_>, at: TextRange) -> Diagnosis {
    let text = context.text(at);
    let body = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let triple = body.starts_with("'''") || body.starts_with("\"\"\"");
    let last = context.line(TextSize::of(context.index.text().trim_end()));
    let (what, line) = if triple { ("triple-quoted string", last) } else { ("string", context.line(at.start())) };
    let escaped = !triple && ["\\\"", "\\'"].iter().any(|end| body.trim_end_matches(['\r', '\n']).ends_with(end));
    let hint = if escaped { "; perhaps you escaped the end quote?" } else { "" };
    Diagnosis::new(format!("unterminated {what} literal (detected at line {line}){hint}"), TextRange::empty(at.start()))
}

fn interpolated(context: &Context<'_>, what: &str, error: &InterpolatedStringErrorType, at: TextRange) -> String {
    use InterpolatedStringErrorType as E;
    let line = context.line(at.start());
    match error {
        E::UnclosedLbrace => format!("{what}: expecting '}}'"),
        E::InvalidConversionFlag => {
            let found = context.text(at);
            format!("{what}: invalid conversion character '{found}': expected 's', 'r', or 'a'")
        }
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

/// Errors that the parser words freely, and CPython's words for them.
const WORDED: &[(&str, &str)] = &[
    ("Expected `except` or `finally` after `try` block", "expected 'except' or 'finally' block"),
    ("Only one '*' parameter allowed", "* argument may appear only once"),
    ("Only one '/' separator allowed", "/ may appear only once"),
    ("'/' parameter must appear before '*' parameter", "/ must be ahead of *"),
    ("Position-only parameter separator not allowed as first parameter", "at least one argument must precede /"),
    (
        "Multiple exception types must be parenthesized when using `as`",
        "multiple exception types must be parenthesized when using 'as'",
    ),
    ("Only single target (not tuple) can be annotated", "only single target (not tuple) can be annotated"),
    ("Only single target (not list) can be annotated", "only single target (not list) can be annotated"),
    ("Positional patterns cannot follow keyword patterns", "positional patterns follow keyword patterns"),
    ("Trailing comma not allowed", "trailing comma not allowed without surrounding parentheses"),
    ("Expected one or more exception types", "expected one or more exception types"),
];

fn other(context: &Context<'_>, text: &str, at: TextRange) -> Diagnosis {
    if let Some(what) = text.strip_prefix("Expected an indented block after ") {
        return expected_block(context, what, at);
    }
    if text == "Cannot have both 'except' and 'except*' on the same 'try'" {
        // At the word that begins the clause.
        let line = context.index.text()[at.start().to_usize()..].lines().next().unwrap_or_default();
        let rest = line.strip_prefix("except").unwrap_or_default().trim_start();
        let width = if rest.starts_with('*') { line.find('*').map_or(6, |place| place + 1) } else { 6 };
        let range = TextRange::at(at.start(), TextSize::new(width as u32));
        return Diagnosis::new("cannot have both 'except' and 'except*' on the same 'try'", range);
    }
    match WORDED.iter().find(|(theirs, _)| *theirs == text) {
        Some((_, ours)) => Diagnosis::new(*ours, at),
        None => generic(context, at),
    }
}

fn expected_block(context: &Context<'_>, what: &str, at: TextRange) -> Diagnosis {
    let what = match what {
        "`class` definition" => "class definition".to_string(),
        what => what.replace('`', "'").replace("clause", "statement").replace("'case' block", "'case' statement"),
    };
    let colon = context.tokens_before(at.start()).rev().find(|token| token.kind() == TokenKind::Colon);
    let starts = |kind| matches!(kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent);
    let header = colon.and_then(|colon| {
        let mut first = None;
        for token in context.tokens_before(colon.start()) {
            first = if starts(token.kind()) { None } else { first.or(Some(token.start())) };
        }
        first
    });
    let line = context.line(header.unwrap_or(at.start()));
    Diagnosis::indentation(format!("expected an indented block after {what} on line {line}"), at)
}
