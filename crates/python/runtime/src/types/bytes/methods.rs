//! Methods that bytes and bytearrays share. Results have the receiver's kind.

use pv_object::{Bytes, List, Obj, Text, Tuple};

use super::bytearray as array;
use super::{byte, case, exact, held, hex, like, make, shown, with_data};
use crate::error::{PyResult, Raised};
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::args::flag;
use crate::types::str::algorithm::{self, Ends, Span};
use crate::types::str::{codec, range_args};

/// The bound arguments behind `self`.
pub(super) fn arg(args: &[Option<Obj>], index: usize) -> Option<&Obj> {
    args.get(index).and_then(Option::as_ref)
}

pub(super) fn receiver<'a>(cx: &Thread, args: &'a [Option<Obj>]) -> PyResult<&'a Obj> {
    arg(args, 0).ok_or_else(|| cx.system_error("a method of bytes was bound wrongly"))
}

fn mapped(object: &Obj, f: impl FnOnce(&[u8]) -> Vec<u8>) -> PyResult {
    let data = with_data(object, f);
    Ok(make(object, &data))
}

fn part(object: &Obj, span: Span) -> Obj {
    with_data(object, |data| if span.len() == data.len() { None } else { Some(make(object, &data[span])) })
        .unwrap_or_else(|| exact(object))
}

fn list_of(object: &Obj, spans: Vec<Span>) -> PyResult {
    Ok(List::create(spans.into_iter().map(|span| part(object, span)).collect()))
}

macro_rules! mappings {
    ($($name:ident $map:expr;)*) => {
        $(fn $name(_: &Thread, object: &Obj) -> PyResult {
            mapped(object, $map)
        })*
    };
}
mappings! {
    capitalize case::capitalize;
    lower |data| data.to_ascii_lowercase();
    swapcase case::swap;
    title case::title;
    upper |data| data.to_ascii_uppercase();
}

macro_rules! predicates {
    ($($name:ident $test:expr;)*) => {
        $(fn $name(_: &Thread, object: &Obj) -> PyResult {
            Ok(Obj::bool(with_data(object, $test)))
        })*
    };
}
predicates! {
    is_alnum |data| case::all(data, |c| c.is_ascii_alphanumeric());
    is_alpha |data| case::all(data, |c| c.is_ascii_alphabetic());
    is_ascii <[u8]>::is_ascii;
    is_digit |data| case::all(data, |c| c.is_ascii_digit());
    is_lower case::is_lower;
    is_space |data| case::all(data, case::is_space);
    is_title case::is_title;
    is_upper case::is_upper;
}

fn space(c: u32) -> bool {
    u8::try_from(c).is_ok_and(case::is_space)
}

fn split_args(cx: &Thread, args: &[Option<Obj>]) -> PyResult<(Option<Vec<u8>>, usize)> {
    let max = arg(args, 2).map_or(Ok(-1), |max| protocol::to_isize(cx, max))?;
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let object = receiver(cx, args)?;
    match arg(args, 1) {
        Some(separator) if !separator.is_none() => Ok((Some(held(object, || separator_of(cx, separator))?), max)),
        _ => Ok((None, max)),
    }
}

fn separator_of(cx: &Thread, arg: &Obj) -> PyResult<Vec<u8>> {
    let separator = like(cx, arg)?;
    if separator.is_empty() { Err(cx.value_error("empty separator")) } else { Ok(separator) }
}

fn split(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let object = receiver(cx, args)?;
    let (separator, max) = split_args(cx, args)?;
    let spans = with_data(object, |data| match &separator {
        Some(separator) => algorithm::split(Text::One(data), Text::One(separator), max),
        None => algorithm::split_space(Text::One(data), max, space),
    });
    list_of(object, spans)
}

fn rsplit(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let object = receiver(cx, args)?;
    let (separator, max) = split_args(cx, args)?;
    let spans = with_data(object, |data| match &separator {
        Some(separator) => algorithm::rsplit(Text::One(data), Text::One(separator), max),
        None => algorithm::rsplit_space(Text::One(data), max, space),
    });
    list_of(object, spans)
}

fn splitlines(cx: &Thread, object: &Obj, keep_ends: Option<&Obj>) -> PyResult {
    let keep = flag(cx, keep_ends, false)?;
    list_of(object, with_data(object, |data| algorithm::lines(Text::One(data), keep, |c| c == 0x0a || c == 0x0d)))
}

fn partition(cx: &Thread, object: &Obj, by: &Obj) -> PyResult {
    let separator = separator_of(cx, by)?;
    let spans = with_data(object, |data| algorithm::split(Text::One(data), Text::One(&separator), 1));
    Ok(Tuple::create(match spans.as_slice() {
        [before, after] => vec![part(object, before.clone()), exact(by), part(object, after.clone())],
        _ => vec![exact(object), make(object, &[]), make(object, &[])],
    }))
}

fn rpartition(cx: &Thread, object: &Obj, by: &Obj) -> PyResult {
    let separator = separator_of(cx, by)?;
    let spans = with_data(object, |data| algorithm::rsplit(Text::One(data), Text::One(&separator), 1));
    Ok(Tuple::create(match spans.as_slice() {
        [before, after] => vec![part(object, before.clone()), exact(by), part(object, after.clone())],
        _ => vec![make(object, &[]), make(object, &[]), exact(object)],
    }))
}

fn strip_ends(cx: &Thread, object: &Obj, chars: Option<&Obj>, ends: Ends) -> PyResult {
    let set = match chars.filter(|chars| !chars.is_none()) {
        Some(chars) => Some(like(cx, chars)?),
        None => None,
    };
    let span = with_data(object, |data| match &set {
        Some(set) => algorithm::strip(Text::One(data), ends, |c| set.contains(&(c as u8))),
        None => algorithm::strip(Text::One(data), ends, space),
    });
    Ok(part(object, span))
}

fn strip(cx: &Thread, object: &Obj, chars: Option<&Obj>) -> PyResult {
    strip_ends(cx, object, chars, Ends::BOTH)
}

fn lstrip(cx: &Thread, object: &Obj, chars: Option<&Obj>) -> PyResult {
    strip_ends(cx, object, chars, Ends::LEFT)
}

fn rstrip(cx: &Thread, object: &Obj, chars: Option<&Obj>) -> PyResult {
    strip_ends(cx, object, chars, Ends::RIGHT)
}

fn removeprefix(cx: &Thread, object: &Obj, prefix: &Obj) -> PyResult {
    let prefix = like(cx, prefix)?;
    let len = with_data(object, <[u8]>::len);
    let found = with_data(object, |data| data.starts_with(&prefix));
    Ok(if found { part(object, prefix.len()..len) } else { exact(object) })
}

fn removesuffix(cx: &Thread, object: &Obj, suffix: &Obj) -> PyResult {
    let suffix = like(cx, suffix)?;
    let len = with_data(object, <[u8]>::len);
    let found = with_data(object, |data| data.ends_with(&suffix));
    Ok(if found { part(object, 0..len - suffix.len()) } else { exact(object) })
}

/// What is searched for: bytes, or a number that stands for one.
fn needle(cx: &Thread, arg: &Obj) -> PyResult<Vec<u8>> {
    if let Some(data) = shown(cx, arg)? {
        return Ok(data);
    }
    if !arg.is_int() && cx.lookup_special(arg, &cx.names().__index__).is_none() {
        let found = cx.type_name(arg);
        return Err(cx.type_error(format_args!("argument should be integer or bytes-like object, not '{found}'")));
    }
    Ok(vec![byte(cx, arg, "byte must be in range(0, 256)")?])
}

/// Calls `f` with the receiver, the needle and the range of a searching method.
fn search<R>(
    cx: &Thread,
    args: &[Option<Obj>],
    f: impl FnOnce(Text<'_>, Text<'_>, usize, usize) -> R,
) -> PyResult<Option<R>> {
    let object = receiver(cx, args)?;
    let wanted = arg(args, 1).ok_or_else(|| cx.system_error("a search without a needle"))?;
    let needle = held(object, || needle(cx, wanted))?;
    let (start, end) = range_args(cx, args, 2, with_data(object, <[u8]>::len))?;
    Ok((start <= end).then(|| with_data(object, |data| f(Text::One(data), Text::One(&needle), start, end))))
}

fn first(cx: &Thread, args: &[Option<Obj>]) -> PyResult<Option<usize>> {
    let place = |data: Text<'_>, needle: Text<'_>, start, end| pv_object::Finder::new(data, needle).find(start, end);
    search(cx, args, place).map(Option::flatten)
}

fn last(cx: &Thread, args: &[Option<Obj>]) -> PyResult<Option<usize>> {
    let place = |data: Text<'_>, needle: Text<'_>, start, end| pv_object::Finder::new(data, needle).rfind(start, end);
    search(cx, args, place).map(Option::flatten)
}

fn found(place: Option<usize>) -> Obj {
    place.map_or(Obj::small(-1), Obj::usize)
}

fn not_found(cx: &Thread) -> Raised {
    cx.value_error("subsection not found")
}

fn find(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    first(cx, args).map(found)
}

fn rfind(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    last(cx, args).map(found)
}

fn index(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    first(cx, args)?.map(Obj::usize).ok_or_else(|| not_found(cx))
}

fn rindex(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    last(cx, args)?.map(Obj::usize).ok_or_else(|| not_found(cx))
}

fn count(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let occurrences = |data: Text<'_>, needle: Text<'_>, start, end| {
        algorithm::occurrences(data.slice(start, end), needle, usize::MAX).len()
    };
    Ok(Obj::usize(search(cx, args, occurrences)?.unwrap_or(0)))
}

fn affix(cx: &Thread, method: &str, args: &[Option<Obj>], at_end: bool) -> PyResult {
    let object = receiver(cx, args)?;
    let range = range_args(cx, args, 2, with_data(object, <[u8]>::len))?;
    let wanted = arg(args, 1).ok_or_else(|| cx.system_error("a search without a needle"))?;
    let all = match (wanted.downcast::<Tuple>(), shown(cx, wanted)?) {
        (Some(all), _) => all.items().iter().map(|each| like(cx, each)).collect::<PyResult<Vec<_>>>()?,
        (None, Some(one)) => vec![one],
        (None, None) => {
            let found = cx.type_name(wanted);
            return Err(
                cx.type_error(format_args!("{method} first arg must be bytes or a tuple of bytes, not {found}"))
            );
        }
    };
    let has = |affix: &Vec<u8>| {
        with_data(object, |data| algorithm::has_affix(Text::One(data), Text::One(affix), range, at_end))
    };
    Ok(Obj::bool(all.iter().any(has)))
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
    let (old, new) = (like(cx, old)?, like(cx, new)?);
    let max = count.as_ref().map_or(Ok(-1), |count| protocol::to_isize(cx, count))?;
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let mut out = Vec::new();
    let piece = |piece: Option<Text<'_>>| out.extend_from_slice(piece.map_or(new.as_slice(), Text::bytes));
    match with_data(object, |data| algorithm::replace(Text::One(data), Text::One(&old), max, piece)) {
        true => Ok(make(object, &out)),
        false => Ok(exact(object)),
    }
}

fn join(cx: &Thread, separator: &Obj, iterable: &Obj) -> PyResult {
    let pieces = held(separator, || pieces_of(cx, iterable))?;
    mapped(separator, |separator| pieces.join(separator))
}

/// The bytes of each item of an iterable.
fn pieces_of(cx: &Thread, iterable: &Obj) -> PyResult<Vec<Vec<u8>>> {
    let items = match protocol::get_iter(cx, iterable) {
        Ok(_) => protocol::collect(cx, iterable)?,
        Err(raised) => {
            drop(cx.catch(raised, crate::Exc::TypeError)?);
            return Err(cx.type_error("can only join an iterable"));
        }
    };
    let mut pieces = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        pieces.push(shown(cx, item)?.ok_or_else(|| {
            let found = cx.type_name(item);
            cx.type_error(format_args!("sequence item {index}: expected a bytes-like object, {found} found"))
        })?);
        if iterable.exact::<List>().is_some_and(|list| list.len() != items.len()) {
            return Err(cx.runtime_error("sequence changed size during iteration"));
        }
    }
    Ok(pieces)
}

fn pad_args(cx: &Thread, method: &str, width: &Obj, fill: Option<&Obj>) -> PyResult<(usize, u8)> {
    let width = usize::try_from(protocol::to_isize(cx, width)?).unwrap_or(0);
    cx.room_for(width)?;
    let Some(fill) = fill else { return Ok((width, b' ')) };
    match super::buffer(fill).as_deref() {
        Some([byte]) => Ok((width, *byte)),
        Some(data) => {
            let (found, len) = (cx.type_name(fill), data.len());
            Err(cx.type_error(format_args!(
                "{method}(): argument 2 must be a byte string of length 1, not a {found} object of length {len}"
            )))
        }
        None => {
            let found = cx.type_name(fill);
            Err(cx.type_error(format_args!("{method}() argument 2 must be a byte string of length 1, not {found}")))
        }
    }
}

fn padded(object: &Obj, (left, right): (usize, usize), fill: u8) -> PyResult {
    mapped(object, |data| [&vec![fill; left], data, &vec![fill; right]].concat())
}

fn center(cx: &Thread, object: &Obj, width: &Obj, fill: Option<&Obj>) -> PyResult {
    let (width, fill) = pad_args(cx, "center", width, fill)?;
    padded(object, algorithm::centered(with_data(object, <[u8]>::len), width), fill)
}

fn ljust(cx: &Thread, object: &Obj, width: &Obj, fill: Option<&Obj>) -> PyResult {
    let (width, fill) = pad_args(cx, "ljust", width, fill)?;
    padded(object, (0, width.saturating_sub(with_data(object, <[u8]>::len))), fill)
}

fn rjust(cx: &Thread, object: &Obj, width: &Obj, fill: Option<&Obj>) -> PyResult {
    let (width, fill) = pad_args(cx, "rjust", width, fill)?;
    padded(object, (width.saturating_sub(with_data(object, <[u8]>::len)), 0), fill)
}

fn zfill(cx: &Thread, object: &Obj, width: &Obj) -> PyResult {
    let width = usize::try_from(protocol::to_isize(cx, width)?).unwrap_or(0);
    cx.room_for(width)?;
    mapped(object, |data| {
        let signed = usize::from(matches!(data.first(), Some(b'+' | b'-')));
        let (sign, digits) = data.split_at(signed);
        [sign, &vec![b'0'; width.saturating_sub(data.len())], digits].concat()
    })
}

fn expandtabs(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let size = arg(args, 1).map_or(Ok(8), |size| protocol::to_isize(cx, size))?;
    cx.room_for(usize::try_from(size).unwrap_or(0))?;
    mapped(receiver(cx, args)?, |data| {
        let mut out = Vec::with_capacity(data.len());
        let push = |c: u32, count| out.extend(std::iter::repeat_n(c as u8, count));
        algorithm::expand_tabs(Text::One(data), usize::try_from(size).unwrap_or(0), push);
        out
    })
}

fn translate(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let object = receiver(cx, args)?;
    let table = match arg(args, 1) {
        Some(table) if !table.is_none() => Some(like(cx, table)?),
        _ => None,
    };
    if table.as_ref().is_some_and(|table| table.len() != 256) {
        return Err(cx.value_error("translation table must be 256 characters long"));
    }
    let delete = arg(args, 2).map_or(Ok(Vec::new()), |delete| like(cx, delete))?;
    mapped(object, |data| {
        let kept = data.iter().filter(|c| !delete.contains(c));
        kept.map(|c| table.as_ref().map_or(*c, |table| table[usize::from(*c)])).collect()
    })
}

fn maketrans(cx: &Thread, from: &Obj, to: &Obj) -> PyResult {
    let (from, to) = (like(cx, from)?, like(cx, to)?);
    if from.len() != to.len() {
        return Err(cx.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    from.iter().zip(&to).for_each(|(a, b)| table[usize::from(*a)] = *b);
    Ok(Bytes::create(&table))
}

fn decode(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let object = receiver(cx, args)?;
    let data = like(cx, object)?;
    codec::decode_object(cx, "decode", object, &data, arg(args, 1), arg(args, 2))
}

fn hex_digits(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let object = receiver(cx, args)?;
    let group = arg(args, 2).map_or(Ok(1), |group| protocol::to_isize(cx, group))?;
    let separator = held(object, || arg(args, 1).map(|arg| hex::separator(cx, arg)).transpose())?;
    Ok(text::new(&with_data(object, |data| hex::show(data, separator, group))))
}

fn fromhex(cx: &Thread, class: &Obj, digits: &Obj) -> PyResult {
    let data = Bytes::create(&hex::read(cx, digits)?);
    if crate::types::args::is_builtin(class, pv_object::Kind::Bytes) {
        return Ok(data);
    }
    protocol::call1(cx, class, &data)
}

fn to_bytes(_: &Thread, object: &Obj) -> PyResult {
    Ok(with_data(object, Bytes::create))
}

fn getnewargs(_: &Thread, object: &Obj) -> PyResult {
    Ok(Tuple::create(vec![with_data(object, Bytes::create)]))
}

fn sizeof(_: &Thread, object: &Obj) -> PyResult {
    Ok(Obj::usize(33 + with_data(object, <[u8]>::len)))
}

/// The table of one of the two types: the shared rows and its own.
macro_rules! byte_methods {
    ($vis:vis static $table:ident: $($own:tt)*) => {
        $crate::natives! { $vis static $table:
            "capitalize" "(self, /)" F1(capitalize) "A copy with the first letter in upper case and the rest in lower case.";
            "center" "(self, width, fillchar=b' ', /)" O3(center) "A copy centred in a field.";
            "count" "(self, sub, start=None, end=None, /)" Bound(count) "Number of occurrences that do not overlap.";
            "decode" "(self, /, encoding='utf-8', errors='strict')" Bound(decode) "The string that the bytes spell.";
            "endswith" "(self, suffix, start=None, end=None, /)" Bound(endswith) "Do the bytes end so?";
            "expandtabs" "(self, /, tabsize=8)" Bound(expandtabs) "A copy with tabs turned into spaces.";
            "find" "(self, sub, start=None, end=None, /)" Bound(find) "Lowest index of a subsection, or -1.";
            "hex" "(self, /, sep=<unrepresentable>, bytes_per_sep=1)" Bound(hex_digits) "The bytes as hexadecimal digits.";
            "index" "(self, sub, start=None, end=None, /)" Bound(index) "Lowest index of a subsection.";
            "isalnum" "(self, /)" F1(is_alnum) "ASCII letters and digits only?";
            "isalpha" "(self, /)" F1(is_alpha) "ASCII letters only?";
            "isascii" "(self, /)" F1(is_ascii) "ASCII only?";
            "isdigit" "(self, /)" F1(is_digit) "ASCII digits only?";
            "islower" "(self, /)" F1(is_lower) "In lower case?";
            "isspace" "(self, /)" F1(is_space) "Whitespace only?";
            "istitle" "(self, /)" F1(is_title) "In title case?";
            "isupper" "(self, /)" F1(is_upper) "In upper case?";
            "join" "(self, iterable_of_bytes, /)" F2(join) "Bytes-like objects with this one between them.";
            "ljust" "(self, width, fillchar=b' ', /)" O3(ljust) "A copy at the left of a field.";
            "lower" "(self, /)" F1(lower) "A copy in lower case.";
            "lstrip" "(self, bytes=None, /)" O2(lstrip) "A copy without leading whitespace or bytes.";
            "partition" "(self, sep, /)" F2(partition) "The parts before, at and behind the first separator.";
            "removeprefix" "(self, prefix, /)" F2(removeprefix) "A copy without a prefix.";
            "removesuffix" "(self, suffix, /)" F2(removesuffix) "A copy without a suffix.";
            "replace" "(self, old, new, count=-1, /)" Bound(replace) "A copy with occurrences replaced.";
            "rfind" "(self, sub, start=None, end=None, /)" Bound(rfind) "Highest index of a subsection, or -1.";
            "rindex" "(self, sub, start=None, end=None, /)" Bound(rindex) "Highest index of a subsection.";
            "rjust" "(self, width, fillchar=b' ', /)" O3(rjust) "A copy at the right of a field.";
            "rpartition" "(self, sep, /)" F2(rpartition) "The parts before, at and behind the last separator.";
            "rsplit" "(self, /, sep=None, maxsplit=-1)" Bound(rsplit) "The parts between separators, counted from the end.";
            "rstrip" "(self, bytes=None, /)" O2(rstrip) "A copy without trailing whitespace or bytes.";
            "split" "(self, /, sep=None, maxsplit=-1)" Bound(split) "The parts between separators.";
            "splitlines" "(self, /, keepends=False)" O2(splitlines) "The lines.";
            "startswith" "(self, prefix, start=None, end=None, /)" Bound(startswith) "Do the bytes begin so?";
            "strip" "(self, bytes=None, /)" O2(strip) "A copy without whitespace or bytes at either end.";
            "swapcase" "(self, /)" F1(swapcase) "A copy with upper and lower case exchanged.";
            "title" "(self, /)" F1(title) "A copy with every word in title case.";
            "translate" "(self, table, /, delete=b'')" Bound(translate) "A copy with bytes mapped through a table.";
            "upper" "(self, /)" F1(upper) "A copy in upper case.";
            "zfill" "(self, width, /)" F2(zfill) "A copy with zeros in front.";
            "__sizeof__" "(self, /)" F1(sizeof) "Size in memory, in bytes.";
            $($own)*
        }
    };
}

byte_methods! { pub(super) static METHODS:
    "__bytes__" "(self, /)" F1(to_bytes) "The bytes as an exact bytes object.";
    "__getnewargs__" "(self, /)" F1(getnewargs) "Arguments that make the same bytes.";
}

byte_methods! { pub(super) static ARRAY_METHODS:
    "append" "(self, item, /)" F2(array::append) "Adds a byte at the end.";
    "clear" "(self, /)" F1(array::clear) "Removes all bytes.";
    "copy" "(self, /)" F1(array::copy) "A copy.";
    "extend" "(self, iterable_of_ints, /)" F2(array::extend) "Adds the bytes of an iterable at the end.";
    "insert" "(self, index, item, /)" F3(array::insert) "Inserts a byte.";
    "pop" "(self, index=-1, /)" O2(array::pop) "Removes a byte and returns it.";
    "remove" "(self, value, /)" F2(array::remove) "Removes the first byte of a value.";
    "resize" "(self, size, /)" F2(array::resize) "Changes the size, with zeros for new bytes.";
    "reverse" "(self, /)" F1(array::reverse) "Reverses the bytes in place.";
    "__reduce__" "(self, /)" F1(array::reduce) "Return state information for pickling.";
    "__reduce_ex__" "(self, proto=0, /)" O2(array::reduce_ex) "Return state information for pickling.";
}

crate::natives! { pub(super) static CLASS_METHODS:
    "fromhex" "(cls, string, /)" F2(fromhex) "The bytes that hexadecimal digits spell.";
}

crate::natives! { pub(super) static STATIC_METHODS:
    "maketrans" "(frm, to, /)" F2(maketrans) "A table for translate().";
}
