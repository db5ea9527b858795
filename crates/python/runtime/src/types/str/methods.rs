//! The methods of strings.

use pv_object::{List, Obj, Str, StrBuilder, Text, Tuple};

use super::algorithm::{self, Ends, Span};
use super::{case, codec, empty, exact, join, nth_arg, only_arg, predicates, translate, view};
use crate::error::{PyResult, Raised};
use crate::format::{render, template};
use crate::protocol;
use crate::thread::Thread;
use crate::types::args::flag;
use crate::unicode;

/// The bound arguments behind `self`.
fn arg(args: &[Option<Obj>], index: usize) -> Option<&Obj> {
    args.get(index).and_then(Option::as_ref)
}

fn receiver<'a>(cx: &Thread, args: &'a [Option<Obj>]) -> PyResult<&'a Obj> {
    arg(args, 0).ok_or_else(|| cx.system_error("a method of str was bound wrongly"))
}

/// The parts of a string as a list.
fn list_of(object: &Obj, spans: Vec<Span>) -> Obj {
    let string = view(object);
    let part = |span: Span| {
        if span.len() == string.len() { exact(object) } else { string.slice(span.start, span.end) }
    };
    List::create(spans.into_iter().map(part).collect())
}

// -- Case ---------------------------------------------------------------------------------------------------------

macro_rules! mappings {
    ($($name:ident $map:path;)*) => {
        $(fn $name(_: &Thread, object: &Obj) -> PyResult {
            Ok($map(view(object).text()).finish())
        })*
    };
}
mappings! {
    capitalize case::capitalize;
    casefold case::fold;
    lower case::lower;
    swapcase case::swap;
    title case::title;
    upper case::upper;
}

// -- Splitting ----------------------------------------------------------------------------------------------------

/// The arguments of `split` and `rsplit`: a separator, if there is one, and how often to split.
fn split_args(cx: &Thread, args: &[Option<Obj>]) -> PyResult<(Option<Obj>, usize)> {
    let max = arg(args, 2).map_or(Ok(-1), |max| protocol::to_isize(cx, max))?;
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let separator = match arg(args, 1) {
        Some(separator) if !separator.is_none() => separator,
        _ => return Ok((None, max)),
    };
    match separator.downcast::<Str>() {
        Some(text) if text.is_empty() => Err(cx.value_error("empty separator")),
        Some(_) => Ok((Some(separator.clone()), max)),
        None => {
            let found = cx.type_name(separator);
            Err(cx.type_error(format_args!("must be str or None, not {found}")))
        }
    }
}

fn split(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let object = receiver(cx, args)?;
    let (separator, max) = split_args(cx, args)?;
    let text = view(object).text();
    let spans = match &separator {
        Some(separator) => algorithm::split(text, view(separator).text(), max),
        None => algorithm::split_space(text, max, unicode::is_space),
    };
    Ok(list_of(object, spans))
}

fn rsplit(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let object = receiver(cx, args)?;
    let (separator, max) = split_args(cx, args)?;
    let text = view(object).text();
    let spans = match &separator {
        Some(separator) => algorithm::rsplit(text, view(separator).text(), max),
        None => algorithm::rsplit_space(text, max, unicode::is_space),
    };
    Ok(list_of(object, spans))
}

fn splitlines(cx: &Thread, object: &Obj, keep_ends: Option<&Obj>) -> PyResult {
    let keep_ends = flag(cx, keep_ends, false)?;
    Ok(list_of(object, algorithm::lines(view(object).text(), keep_ends, unicode::is_line_break)))
}

/// A separator that is a string and not empty.
fn separator<'a>(cx: &Thread, arg: &'a Obj) -> PyResult<&'a Str> {
    match arg.downcast::<Str>() {
        Some(text) if text.is_empty() => Err(cx.value_error("empty separator")),
        Some(text) => Ok(text),
        None => Err(cx.type_error(format_args!("must be str, not {}", cx.type_name(arg)))),
    }
}

fn three(a: Obj, b: Obj, c: Obj) -> PyResult {
    Ok(Tuple::create(vec![a, b, c]))
}

fn partition(cx: &Thread, object: &Obj, by: &Obj) -> PyResult {
    let (string, middle) = (view(object), separator(cx, by)?);
    match string.find(middle, 0, usize::MAX) {
        Some(at) => three(string.slice(0, at), by.clone(), string.slice(at + middle.len(), string.len())),
        None => three(exact(object), empty(cx), empty(cx)),
    }
}

fn rpartition(cx: &Thread, object: &Obj, by: &Obj) -> PyResult {
    let (string, middle) = (view(object), separator(cx, by)?);
    match string.rfind(middle, 0, usize::MAX) {
        Some(at) => three(string.slice(0, at), by.clone(), string.slice(at + middle.len(), string.len())),
        None => three(empty(cx), empty(cx), exact(object)),
    }
}

// -- Ends ---------------------------------------------------------------------------------------------------------

fn strip_ends(cx: &Thread, method: &str, object: &Obj, chars: Option<&Obj>, ends: Ends) -> PyResult {
    let string = view(object);
    let span = match chars.filter(|chars| !chars.is_none()) {
        None => algorithm::strip(string.text(), ends, unicode::is_space),
        Some(chars) => {
            let Some(set) = chars.downcast::<Str>() else {
                return Err(cx.type_error(format_args!("{method} arg must be None or str")));
            };
            algorithm::strip(string.text(), ends, |c| set.text().iter().any(|each| each == c))
        }
    };
    Ok(if span.len() == string.len() { exact(object) } else { string.slice(span.start, span.end) })
}

fn strip(cx: &Thread, object: &Obj, chars: Option<&Obj>) -> PyResult {
    strip_ends(cx, "strip", object, chars, Ends::BOTH)
}

fn lstrip(cx: &Thread, object: &Obj, chars: Option<&Obj>) -> PyResult {
    strip_ends(cx, "lstrip", object, chars, Ends::LEFT)
}

fn rstrip(cx: &Thread, object: &Obj, chars: Option<&Obj>) -> PyResult {
    strip_ends(cx, "rstrip", object, chars, Ends::RIGHT)
}

fn removeprefix(cx: &Thread, object: &Obj, prefix: &Obj) -> PyResult {
    let (string, prefix) = (view(object), only_arg(cx, "removeprefix", prefix)?);
    let found = algorithm::has_affix(string.text(), prefix.text(), (0, string.len()), false);
    Ok(if found { string.slice(prefix.len(), string.len()) } else { exact(object) })
}

fn removesuffix(cx: &Thread, object: &Obj, suffix: &Obj) -> PyResult {
    let (string, suffix) = (view(object), only_arg(cx, "removesuffix", suffix)?);
    let found = algorithm::has_affix(string.text(), suffix.text(), (0, string.len()), true);
    Ok(if found { string.slice(0, string.len() - suffix.len()) } else { exact(object) })
}

// -- Searching ----------------------------------------------------------------------------------------------------

/// The arguments `start` and `end` at this index and the next, cut to a text of this length.
pub(crate) fn range_args(cx: &Thread, args: &[Option<Obj>], index: usize, len: usize) -> PyResult<(usize, usize)> {
    let number = |at: usize| match arg(args, at) {
        Some(value) if !value.is_none() => place(cx, value).map(Some),
        _ => Ok(None),
    };
    let (start, end) = (number(index)?, number(index + 1)?);
    Ok(algorithm::clamp(start, end, len))
}

fn place(cx: &Thread, value: &Obj) -> PyResult<i64> {
    if let Some(small) = value.word().as_i64() {
        return Ok(small);
    }
    if !value.is_int() && cx.lookup_special(value, &cx.names().__index__).is_none() {
        return Err(cx.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let index = protocol::to_index(cx, value)?;
    let cut = if crate::types::int::is_negative(&index) { i64::MIN } else { i64::MAX };
    Ok(index.as_i64().unwrap_or(cut))
}

/// Receiver, needle and range of a searching method.
fn search_args<'a>(cx: &Thread, method: &str, args: &'a [Option<Obj>]) -> PyResult<(&'a Str, &'a Str, (usize, usize))> {
    let string = view(receiver(cx, args)?);
    let needle = arg(args, 1).ok_or_else(|| cx.system_error("a search without a needle"))?;
    let needle = nth_arg(cx, method, 1, needle)?;
    Ok((string, needle, range_args(cx, args, 2, string.len())?))
}

fn search(cx: &Thread, method: &str, args: &[Option<Obj>], last: bool) -> PyResult<Option<usize>> {
    let (string, needle, (start, end)) = search_args(cx, method, args)?;
    if start > end {
        return Ok(None);
    }
    Ok(if last { string.rfind(needle, start, end) } else { string.find(needle, start, end) })
}

fn found(place: Option<usize>) -> Obj {
    place.map_or(Obj::small(-1), Obj::usize)
}

fn find(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    search(cx, "find", args, false).map(found)
}

fn rfind(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    search(cx, "rfind", args, true).map(found)
}

fn not_found(cx: &Thread) -> Raised {
    cx.value_error("substring not found")
}

fn index(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    search(cx, "index", args, false)?.map(Obj::usize).ok_or_else(|| not_found(cx))
}

fn rindex(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    search(cx, "rindex", args, true)?.map(Obj::usize).ok_or_else(|| not_found(cx))
}

fn count(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let (string, needle, (start, end)) = search_args(cx, "count", args)?;
    Ok(Obj::usize(if start > end { 0 } else { string.count(needle, start, end) }))
}

fn affix(cx: &Thread, method: &str, args: &[Option<Obj>], at_end: bool) -> PyResult {
    let text = view(receiver(cx, args)?).text();
    let range = range_args(cx, args, 2, text.len())?;
    let wanted = arg(args, 1).ok_or_else(|| cx.system_error("a search without a needle"))?;
    if let Some(affix) = wanted.downcast::<Str>() {
        return Ok(Obj::bool(algorithm::has_affix(text, affix.text(), range, at_end)));
    }
    let Some(all) = wanted.downcast::<Tuple>() else {
        let found = cx.type_name(wanted);
        return Err(cx.type_error(format_args!("{method} first arg must be str or a tuple of str, not {found}")));
    };
    for each in all.items() {
        let Some(affix) = each.downcast::<Str>() else {
            let found = cx.type_name(each);
            return Err(cx.type_error(format_args!("tuple for {method} must only contain str, not {found}")));
        };
        if algorithm::has_affix(text, affix.text(), range, at_end) {
            return Ok(Obj::bool(true));
        }
    }
    Ok(Obj::bool(false))
}

fn startswith(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    affix(cx, "startswith", args, false)
}

fn endswith(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    affix(cx, "endswith", args, true)
}

fn replace(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(object), Some(old), Some(new), count] = args else {
        return Err(cx.system_error("replace was bound wrongly"));
    };
    let (old, new) = (nth_arg(cx, "replace", 1, old)?, nth_arg(cx, "replace", 2, new)?);
    let max = count.as_ref().map_or(Ok(-1), |count| protocol::to_isize(cx, count))?;
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let text = view(object).text();
    let mut out = StrBuilder::with_capacity(text.len());
    let piece = |piece: Option<Text<'_>>| out.push_text(piece.unwrap_or(new.text()));
    match algorithm::replace(text, old.text(), max, piece) {
        true => Ok(out.finish()),
        false => Ok(exact(object)),
    }
}

// -- Padding ------------------------------------------------------------------------------------------------------

/// Width and fill of a padding method.
fn pad_args(cx: &Thread, width: &Obj, fill: Option<&Obj>) -> PyResult<(usize, u32)> {
    let width = usize::try_from(protocol::to_isize(cx, width)?).unwrap_or(0);
    cx.room_for(width)?;
    let Some(fill) = fill else { return Ok((width, u32::from(' '))) };
    match fill.downcast::<Str>() {
        Some(text) if text.len() == 1 => Ok((width, text.code_point(0).unwrap_or(0))),
        Some(_) => Err(cx.type_error("The fill character must be exactly one character long")),
        None => {
            let found = cx.type_name(fill);
            Err(cx.type_error(format_args!("The fill character must be a unicode character, not {found}")))
        }
    }
}

fn padded(object: &Obj, (left, right): (usize, usize), fill: u32) -> PyResult {
    let string = view(object);
    if left + right == 0 {
        return Ok(exact(object));
    }
    let mut out = StrBuilder::with_capacity(string.len() + left + right);
    crate::format::number::fill(&mut out, fill, left);
    out.push_obj(string);
    crate::format::number::fill(&mut out, fill, right);
    Ok(out.finish())
}

fn center(cx: &Thread, object: &Obj, width: &Obj, fill: Option<&Obj>) -> PyResult {
    let (width, fill) = pad_args(cx, width, fill)?;
    padded(object, algorithm::centered(view(object).len(), width), fill)
}

fn ljust(cx: &Thread, object: &Obj, width: &Obj, fill: Option<&Obj>) -> PyResult {
    let (width, fill) = pad_args(cx, width, fill)?;
    padded(object, (0, width.saturating_sub(view(object).len())), fill)
}

fn rjust(cx: &Thread, object: &Obj, width: &Obj, fill: Option<&Obj>) -> PyResult {
    let (width, fill) = pad_args(cx, width, fill)?;
    padded(object, (width.saturating_sub(view(object).len()), 0), fill)
}

fn zfill(cx: &Thread, object: &Obj, width: &Obj) -> PyResult {
    let string = view(object);
    let (width, zero) = (pad_args(cx, width, None)?.0, u32::from('0'));
    let missing = width.saturating_sub(string.len());
    let sign = string.code_point(0).filter(|c| matches!(char::from_u32(*c), Some('+' | '-')));
    let Some(sign) = sign.filter(|_| missing > 0) else { return padded(object, (missing, 0), zero) };
    let mut out = StrBuilder::with_capacity(width);
    out.push(sign);
    crate::format::number::fill(&mut out, zero, missing);
    out.push_text(string.text().slice(1, string.len()));
    Ok(out.finish())
}

fn expandtabs(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let object = receiver(cx, args)?;
    let size = arg(args, 1).map_or(Ok(8), |size| protocol::to_isize(cx, size))?;
    let text = view(object).text();
    cx.room_for(usize::try_from(size).unwrap_or(0))?;
    let mut out = StrBuilder::with_capacity(text.len());
    let push = |c, count| crate::format::number::fill(&mut out, c, count);
    algorithm::expand_tabs(text, usize::try_from(size).unwrap_or(0), push);
    Ok(out.finish())
}

// -- The rest -----------------------------------------------------------------------------------------------------

fn encode(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    codec::encode_object(cx, "encode", receiver(cx, args)?, arg(args, 1), arg(args, 2))
}

fn format_spec(cx: &Thread, object: &Obj, spec: &Obj) -> PyResult {
    render::string(cx, object, spec)
}

fn getnewargs(cx: &Thread, object: &Obj) -> PyResult {
    Ok(Tuple::create(vec![view(object).with_shape(cx.vm().heap.shape_of(pv_object::Kind::Str))]))
}

fn sizeof(_: &Thread, object: &Obj) -> PyResult {
    let string = view(object);
    let head = if string.is_ascii() { 40 } else { 56 };
    Ok(Obj::usize(head + (string.len() + 1) * string.text().width()))
}

crate::natives! { pub(super) static METHODS:
    "capitalize" "(self, /)" F1(capitalize) "A copy with the first character in title case and the rest in lower case.";
    "casefold" "(self, /)" F1(casefold) "A copy for comparison without regard to case.";
    "center" "(self, width, fillchar=' ', /)" O3(center) "A copy centred in a field.";
    "count" "(self, sub, start=None, end=None, /)" Bound(count) "Number of occurrences that do not overlap.";
    "encode" "(self, /, encoding='utf-8', errors='strict')" Bound(encode) "The text as bytes in an encoding.";
    "endswith" "(self, suffix, start=None, end=None, /)" Bound(endswith) "Does the string end so?";
    "expandtabs" "(self, /, tabsize=8)" Bound(expandtabs) "A copy with tabs turned into spaces.";
    "find" "(self, sub, start=None, end=None, /)" Bound(find) "Lowest index of a substring, or -1.";
    "format" "(self, /, *args, **kwargs)" Raw(template::format) "The string with its replacement fields filled in.";
    "format_map" "(self, mapping, /)" F2(template::format_map) "The string with its fields filled in from a mapping.";
    "index" "(self, sub, start=None, end=None, /)" Bound(index) "Lowest index of a substring.";
    "isalnum" "(self, /)" F1(predicates::is_alnum) "Letters and digits only?";
    "isalpha" "(self, /)" F1(predicates::is_alpha) "Letters only?";
    "isascii" "(self, /)" F1(predicates::is_ascii) "ASCII only?";
    "isdecimal" "(self, /)" F1(predicates::is_decimal) "Decimal digits only?";
    "isdigit" "(self, /)" F1(predicates::is_digit) "Digits only?";
    "isidentifier" "(self, /)" F1(predicates::is_identifier) "A valid identifier?";
    "islower" "(self, /)" F1(predicates::is_lower) "In lower case?";
    "isnumeric" "(self, /)" F1(predicates::is_numeric) "Numeric characters only?";
    "isprintable" "(self, /)" F1(predicates::is_printable) "Printable characters only?";
    "isspace" "(self, /)" F1(predicates::is_space) "Whitespace only?";
    "istitle" "(self, /)" F1(predicates::is_title) "In title case?";
    "isupper" "(self, /)" F1(predicates::is_upper) "In upper case?";
    "join" "(self, iterable, /)" F2(join) "The strings of an iterable with this one between them.";
    "ljust" "(self, width, fillchar=' ', /)" O3(ljust) "A copy at the left of a field.";
    "lower" "(self, /)" F1(lower) "A copy in lower case.";
    "lstrip" "(self, chars=None, /)" O2(lstrip) "A copy without leading whitespace or characters.";
    "partition" "(self, sep, /)" F2(partition) "The parts before, at and behind the first separator.";
    "removeprefix" "(self, prefix, /)" F2(removeprefix) "A copy without a prefix.";
    "removesuffix" "(self, suffix, /)" F2(removesuffix) "A copy without a suffix.";
    "replace" "(self, old, new, /, count=-1)" Bound(replace) "A copy with occurrences replaced.";
    "rfind" "(self, sub, start=None, end=None, /)" Bound(rfind) "Highest index of a substring, or -1.";
    "rindex" "(self, sub, start=None, end=None, /)" Bound(rindex) "Highest index of a substring.";
    "rjust" "(self, width, fillchar=' ', /)" O3(rjust) "A copy at the right of a field.";
    "rpartition" "(self, sep, /)" F2(rpartition) "The parts before, at and behind the last separator.";
    "rsplit" "(self, /, sep=None, maxsplit=-1)" Bound(rsplit) "The parts between separators, counted from the end.";
    "rstrip" "(self, chars=None, /)" O2(rstrip) "A copy without trailing whitespace or characters.";
    "split" "(self, /, sep=None, maxsplit=-1)" Bound(split) "The parts between separators.";
    "splitlines" "(self, /, keepends=False)" O2(splitlines) "The lines.";
    "startswith" "(self, prefix, start=None, end=None, /)" Bound(startswith) "Does the string begin so?";
    "strip" "(self, chars=None, /)" O2(strip) "A copy without whitespace or characters at either end.";
    "swapcase" "(self, /)" F1(swapcase) "A copy with upper and lower case exchanged.";
    "title" "(self, /)" F1(title) "A copy with every word in title case.";
    "translate" "(self, table, /)" F2(translate::translate) "A copy with characters mapped through a table.";
    "upper" "(self, /)" F1(upper) "A copy in upper case.";
    "zfill" "(self, width, /)" F2(zfill) "A copy with zeros in front.";
    "__format__" "(self, format_spec, /)" F2(format_spec) "Formats the string by a specification.";
    "__getnewargs__" "(self, /)" F1(getnewargs) "Arguments that make the same string.";
    "__sizeof__" "(self, /)" F1(sizeof) "Size in memory, in bytes.";
}

crate::natives! { pub(super) static STATIC_METHODS:
    "maketrans" "(x, y=None, z=None, /)" Bound(maketrans) "A table for translate().";
}

fn maketrans(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let x = receiver(cx, args)?;
    translate::maketrans(cx, x, arg(args, 1), arg(args, 2))
}
