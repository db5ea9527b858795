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

use super::{brackets, escapes, interpolations, numbers, targets};
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
    /// Has a start only.
    pub(super) open_ended: bool,
}

impl Diagnosis {
    /// A `SyntaxError`.
    pub(super) fn new(message: impl Into<String>, range: TextRange) -> Diagnosis {
        Diagnosis { kind: SyntaxErrKind::Syntax, message: message.into(), range, open_ended: false }
    }

    /// A `SyntaxError` of which CPython tells no end.
    pub(super) fn open_ended(message: impl Into<String>, range: TextRange) -> Diagnosis {
        Diagnosis { open_ended: true, ..Diagnosis::new(message, range) }
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

    /// The tokens that begin at an offset or behind it, without comments and line breaks inside brackets.
    pub(super) fn tokens_from(&self, offset: TextSize) -> impl DoubleEndedIterator<Item = &Token> {
        let tokens: &[Token] = self.parsed.tokens();
        let first = tokens.partition_point(|token| token.start() < offset);
        let trivia = |kind| matches!(kind, TokenKind::Comment | TokenKind::NonLogicalNewline);
        tokens[first..].iter().filter(move |token| !trivia(token.kind()))
    }

    /// Whether the interpolated string around an offset is a t-string or an f-string.
    pub(super) fn interpolated_kind(&self, offset: TextSize) -> &'static str {
        let starts = |kind| matches!(kind, TokenKind::FStringStart | TokenKind::TStringStart);
        match self.tokens_before(offset).rev().find(|token| starts(token.kind())) {
            Some(token) if token.kind() == TokenKind::TStringStart => "t-string",
            _ => "f-string",
        }
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
        let diagnosis = prevailing(&context, error);
        let mut out = place(index, filename, &diagnosis);
        if index.line_and_col(error.location.end().to_u32()).0 > out.line {
            // The line is not the last one read: it is told without its end.
            out.text = out.text.map(|text| text.trim_end_matches(['\r', '\n']).to_string());
        }
        out.incomplete = wants_more(&context, error);
        out.behind = statement_ahead(&context, error.location.start());
        return Some(out);
    }
    parsed.unsupported_syntax_errors().first().map(|error| unsupported(error, index, filename))
}

/// Where the last statement of the module begins that ends ahead of the line of an error: its offset plus one, or 0.
fn statement_ahead(context: &Context<'_>, at: TextSize) -> u32 {
    let Mod::Module(module) = context.parsed.syntax() else { return 0 };
    let (line, column) = context.index.line_and_col(at.to_u32());
    let line_start = if line == 0 { at } else { at - TextSize::from(column) };
    // What the parser made of a broken statement ends within a line.
    let ends_line = |end| context.tokens_from(end).next().is_some_and(|token| token.kind() == TokenKind::Newline);
    let ahead = module.body.iter().take_while(|statement| statement.end() <= line_start && ends_line(statement.end()));
    let ahead = ahead.last();
    ahead.map_or(0, |statement| statement.start().to_u32() + 1)
}

/// Has the parser come to the end of the source where a further line could mend it: inside brackets or a string of several lines, or
/// behind a complete line, and not within one?
fn wants_more(context: &Context<'_>, error: &ParseError) -> bool {
    let text = context.index.text().trim_end();
    if error.location.end().to_usize() < text.len() {
        return false;
    }
    let stack = brackets::Stack::before(context, TextSize::of(context.index.text()) + TextSize::from(1));
    if stack.innermost().is_some() {
        return true;
    }
    if is_tokenizers(error) {
        let token = &text[error.location.start().to_usize().min(text.len())..];
        let quotes = token.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        return !quotes.starts_with(['\'', '"']) || quotes.starts_with("'''") || quotes.starts_with("\"\"\"");
    }
    let ends_line = |kind| matches!(kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent);
    let behind_line =
        context.tokens_before(error.location.start()).next_back().is_some_and(|token| ends_line(token.kind()));
    behind_line || error.error.to_string().contains("indented block")
}

/// The error that CPython reports when its parser stops at one: it reads on, and a fault that its tokenizer finds behind comes first.
fn prevailing(context: &Context<'_>, error: &ParseError) -> Diagnosis {
    let fault = tokenizers_fault(context);
    let at = error.location.start();
    // Behind an error in an interpolation the lexer has lost its way.
    let lost = brackets::Stack::before(context, at).field().is_some();
    let fault = fault.filter(|(place, _)| !lost || *place <= at);
    if is_tokenizers(error) {
        return fault.map_or_else(|| diagnose(context, error), |(_, fault)| fault);
    }
    let found = diagnose(context, error);
    if lost {
        return fault.map_or(found, |(_, fault)| fault);
    }
    if found.kind == SyntaxErrKind::Indentation && found.message == UNEXPECTED_INDENT {
        return fault.filter(|(place, _)| *place < at).map_or(found, |(_, fault)| fault);
    }
    match fault {
        Some((_, fault)) => fault,
        None => brackets::never_closed(context, error.location).unwrap_or(found),
    }
}

/// The first fault of the source that CPython's tokenizer finds by itself, and where it stands.
fn tokenizers_fault(context: &Context<'_>) -> Option<(TextSize, Diagnosis)> {
    let at_its_start = |found: Diagnosis| (found.range.start(), found);
    let mut errors: Vec<&ParseError> = context.parsed.errors().iter().filter(|error| is_tokenizers(error)).collect();
    errors.retain(|error| !matches!(error.error, ParseErrorType::Lexical(LexicalErrorType::Eof)));
    let first = errors.into_iter().min_by_key(|error| error.location.start());
    let first = first.map(|error| (error.location.start(), diagnose(context, error)));
    let others = [brackets::mismatch(context), numbers::glued(context), prefixes(context)];
    first.into_iter().chain(others.into_iter().flatten().map(at_its_start)).min_by_key(|(place, _)| *place)
}

/// Is an error one that CPython's tokenizer finds, and not its parser?
fn is_tokenizers(error: &ParseError) -> bool {
    use LexicalErrorType as E;
    let ParseErrorType::Lexical(lexical) = &error.error else { return false };
    match lexical {
        E::IndentationError | E::UnclosedStringError | E::LineContinuationError | E::Eof | E::OtherError(_) => true,
        E::UnrecognizedToken { tok } => !(tok.is_ascii_graphic() || *tok == ' '),
        E::FStringError(error) | E::TStringError(error) => matches!(
            error,
            InterpolatedStringErrorType::UnterminatedString
                | InterpolatedStringErrorType::UnterminatedTripleQuotedString
                | InterpolatedStringErrorType::NewlineInFormatSpec
        ),
        _ => false,
    }
}

const UNEXPECTED_INDENT: &str = "unexpected indent";

/// An error whose range, where it is a line break, is one column wide.
fn place(index: &LineIndex, filename: &str, diagnosis: &Diagnosis) -> SyntaxErr {
    let mut out = SyntaxErr::at(index, filename, diagnosis.range, diagnosis.message.clone());
    out.kind = diagnosis.kind;
    if diagnosis.open_ended {
        out.end_col = 0;
    }
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
            inconsistent_tabs(context, at).unwrap_or_else(|| Diagnosis::indentation(UNEXPECTED_INDENT, at))
        }
        E::OtherError(text) => other(context, text, at),
        E::FStringError(error) | E::TStringError(error) => {
            use InterpolatedStringErrorType as I;
            let inner = match error {
                I::UnclosedLbrace => {
                    targets::missing_comma(context, at).or_else(|| interpolations::problem(context, at))
                }
                I::InvalidConversionFlag => interpolations::problem(context, at),
                _ => None,
            };
            let what = context.interpolated_kind(at.end());
            inner.unwrap_or_else(|| Diagnosis::new(interpolated(context, what, error, at), at))
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

/// An indentation that no line before has: told at the end of its line.
fn unindent(context: &Context<'_>, at: TextRange) -> Diagnosis {
    let line = context.index.line_text(context.line(at.start()));
    let column = context.index.line_and_col(at.start().to_u32()).1;
    let end = at.start() + TextSize::of(line.trim_end_matches(['\r', '\n'])) - TextSize::new(column);
    let message = "unindent does not match any outer indentation level";
    Diagnosis::indentation(message, TextRange::empty(end))
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
    (!consistent).then(|| Diagnosis { kind: SyntaxErrKind::Tab, ..Diagnosis::open_ended(message, at) })
}

/// A missing colon, unless an assignment stands where a comparison was meant.
fn expected_colon(context: &Context<'_>, at: TextRange) -> Diagnosis {
    brackets::never_closed(context, at).unwrap_or_else(|| Diagnosis::new("expected ':'", at))
}

/// Errors that the parser has no special word for.
fn generic(context: &Context<'_>, at: TextRange) -> Diagnosis {
    let special = numbers::trailing(context, at)
        .or_else(|| in_interpolation(context, at))
        .or_else(|| legacy_statement(context, at))
        .or_else(|| targets::diamond(context, at))
        .or_else(|| targets::generator_as_keyword(context, at))
        .or_else(|| targets::statement_in_conditional(context, at))
        .or_else(|| targets::name_after_as(context, at))
        .or_else(|| targets::comparison_meant(context, at))
        .or_else(|| targets::augmented_tuple(context, at))
        .or_else(|| targets::missing_value(context, at))
        .or_else(|| targets::bound_of_many(context, at))
        .or_else(|| targets::bare_comprehension_target(context, at))
        .or_else(|| targets::missing_comma(context, at));
    special.unwrap_or_else(|| Diagnosis::new("invalid syntax", at))
}

/// `uf''` and the like.
fn prefixes(context: &Context<'_>) -> Option<Diagnosis> {
    let quoted = |token: &Token| context.text(token.range()).starts_with(['\'', '"']);
    let glued =
        |pair: &&[Token]| pair[0].kind() == TokenKind::Name && pair[0].end() == pair[1].start() && quoted(&pair[1]);
    context.parsed.tokens().windows(2).filter(glued).find_map(|pair| incompatible(context, pair[0].range()))
}

fn incompatible(context: &Context<'_>, prefix: TextRange) -> Option<Diagnosis> {
    let text = context.text(prefix).to_ascii_lowercase();
    let letters = |letter: char| text.matches(letter).count();
    if text.chars().any(|c| !"bruft".contains(c) || letters(c) > 1) {
        return None;
    }
    let pairs = [('u', 'b'), ('u', 'r'), ('u', 'f'), ('u', 't'), ('b', 'f'), ('b', 't'), ('f', 't')];
    let (one, other) = pairs.into_iter().find(|(one, other)| letters(*one) > 0 && letters(*other) > 0)?;
    Some(Diagnosis::new(format!("'{one}' and '{other}' prefixes are incompatible"), prefix))
}

/// In the braces of an f-string.
fn in_interpolation(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let field = brackets::Stack::before(context, at.start()).field()?;
    let comma = targets::missing_comma(context, at).filter(|comma| comma.range.start() > field.at);
    comma.or_else(|| interpolations::problem(context, at))
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
    let rest: Vec<&Token> = context.tokens_from(at.start()).collect();
    let end = rest[interpolations::expression_tokens(context, &rest)? - 1].end();
    let message = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
    Some(Diagnosis::new(message, TextRange::new(last.start(), end)))
}

fn lexical(context: &Context<'_>, error: &LexicalErrorType, at: TextRange) -> Diagnosis {
    use LexicalErrorType as E;
    let line = context.line(at.start());
    match error {
        E::IndentationError => inconsistent_tabs(context, at).unwrap_or_else(|| unindent(context, at)),
        E::UnclosedStringError => unterminated(context, at),
        E::FStringError(error) => lexical_interpolated(context, "f-string", error, at),
        E::TStringError(error) => lexical_interpolated(context, "t-string", error, at),
        E::InvalidByteLiteral => {
            let whole = context.parsed.tokens().iter().find(|token| token.range().contains_range(at));
            let range = whole.map_or(at, |token| token.range());
            Diagnosis::new("bytes can only contain ASCII literal characters", range)
        }
        E::LineContinuationError => {
            let behind = TextRange::empty(at.start() + TextSize::new(1));
            Diagnosis::open_ended("unexpected character after line continuation character", behind)
        }
        E::Eof => {
            brackets::never_closed(context, at).unwrap_or_else(|| Diagnosis::new("unexpected EOF while parsing", at))
        }
        E::UnicodeError | E::MissingUnicodeLbrace | E::MissingUnicodeRbrace | E::StringError => {
            escapes::problem(context, at)
        }
        E::UnrecognizedToken { tok } if tok.is_ascii_graphic() => generic(context, at),
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

/// A fault of an interpolated string that the lexer found. One without an end is told at its beginning, or its open brace is.
fn lexical_interpolated(
    context: &Context<'_>,
    what: &str,
    error: &InterpolatedStringErrorType,
    at: TextRange,
) -> Diagnosis {
    use InterpolatedStringErrorType as E;
    if !matches!(error, E::UnterminatedString | E::UnterminatedTripleQuotedString) {
        let place = if *error == E::NewlineInFormatSpec { at.end() } else { at.start() };
        return Diagnosis::new(interpolated(context, what, error, at), TextRange::empty(place));
    }
    let stack = brackets::Stack::before(context, at.end());
    match stack.innermost() {
        Some(open) if matches!(open.level, brackets::Level::Field | brackets::Level::Bracket(_)) => {
            let bracket = open.bracket().unwrap_or('{');
            Diagnosis::open_ended(format!("'{bracket}' was never closed"), TextRange::empty(open.at))
        }
        _ => {
            let starts = |kind| matches!(kind, TokenKind::FStringStart | TokenKind::TStringStart);
            let start = context.tokens_before(at.end()).rev().find(|token| starts(token.kind()));
            let start = start.map_or(at.start(), |token| token.start());
            Diagnosis::new(interpolated(context, what, error, at), TextRange::empty(start))
        }
    }
}

/// The string that an unclosed quote begins may be the end of the f-string around it.
fn closes_around(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let stack = brackets::Stack::before(context, at.start());
    stack.field()?;
    let starts = |kind| matches!(kind, TokenKind::FStringStart | TokenKind::TStringStart);
    let around = context.tokens_before(at.start()).rev().find(|token| starts(token.kind()))?;
    let quote = |text: &str| text.trim_start_matches(|c: char| c.is_ascii_alphabetic()).to_string();
    let (outer, text) = (quote(context.text(around.range())), context.text(at));
    let same = text.starts_with(&outer) && (outer.len() == 3 || !text.starts_with(&outer.repeat(3)));
    same.then(|| interpolations::unfinished(at.start(), context.interpolated_kind(at.start())))
}

fn unterminated(context: &Context<'_>, at: TextRange) -> Diagnosis {
    if let Some(found) = closes_around(context, at) {
        return found;
    }
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
    let line = context.line(at.end());
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
    ("Bytes literal cannot be mixed with non-bytes literals", "cannot mix bytes and nonbytes literals"),
    (
        "Cannot mix t-string literals with string or bytes literals",
        "cannot mix t-string literals with string or bytes literals",
    ),
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
