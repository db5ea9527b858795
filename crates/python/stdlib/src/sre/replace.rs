//! What `sub` puts in the place of a match: a string, a filled template, or what a function answers.

use std::cell::RefCell;

use pv_object::{ByteArray, Bytes, Kind, Obj, Payload, Str, StrBuilder};
use pv_runtime::{Exc, PyResult, Slots, Thread, TypeTable, protocol};
use rustpython_sre_engine::State;

use super::matched::Match;
use super::pattern::view;
use super::scanner::Walk;
use super::subject::{Mode, Subject, matched};
use crate::support::{bytes_like, create, module_item};

/// Where the class of templates stands in the module's namespace.
pub(super) const CLASS: &str = "_Template";

/// The state of a template: a literal, then groups with the literal behind each.
struct Template {
    literal: Obj,
    parts: Vec<(usize, Obj)>,
}

impl Payload for Template {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.literal);
        self.parts.iter().for_each(|(_, literal)| visitor(literal));
    }
}

/// `_sre.SRE_Template`.
pub(super) static TABLE: TypeTable =
    TypeTable { slots: Slots { new: Some(super::no_instances), ..Slots::NONE }, ..TypeTable::NONE };

/// `_sre.template`.
pub(super) fn template(cx: &Thread, _: &Obj, parts: &Obj) -> PyResult {
    let invalid = || cx.type_error("invalid template");
    let Some(list) = parts.downcast::<pv_object::List>() else { return Err(invalid()) };
    let items = list.to_vec();
    let Some((literal, rest)) = items.split_first() else { return Err(invalid()) };
    let mut parts = Vec::new();
    for pair in rest.chunks(2) {
        let [group, literal] = pair else { return Err(invalid()) };
        let group = if group.is_int() { group.as_i64() } else { None };
        let group = group.and_then(|group| usize::try_from(group).ok()).ok_or_else(invalid)?;
        parts.push((group, literal.clone()));
    }
    Ok(create(&module_item(cx, "_sre", CLASS)?, Template { literal: literal.clone(), parts }))
}

/// The template that a replacement is, by the library's parser.
pub(super) fn compile_template(cx: &Thread, pattern: &Obj, replacement: &Obj) -> PyResult {
    let compile = module_item(cx, "re", "_compile_template")?;
    let raised = match protocol::call2(cx, &compile, pattern, replacement) {
        Ok(template) => return Ok(template),
        Err(raised) => raised,
    };
    // Unhashable replacements become plain strings.
    let plain = match replacement.downcast::<Str>() {
        Some(text) if !replacement.is_exact() => text.slice(0, text.len()),
        None if replacement.exact::<Bytes>().is_none() => {
            let unhashable = cx.catch(raised, Exc::TypeError)?;
            match cx.absorb(bytes_like(cx, replacement), Exc::TypeError)? {
                Some(data) => return protocol::call2(cx, &compile, pattern, &Bytes::create(&data)),
                None => return Err(cx.set_pending(unhashable)),
            }
        }
        _ => return Err(raised),
    };
    cx.catch(raised, Exc::TypeError)?;
    protocol::call2(cx, &compile, pattern, &plain)
}

/// A template filled with the groups of a match.
pub(super) fn expand(cx: &Thread, template: &Obj, matched: &Match) -> PyResult {
    let Some(template) = template.native::<Template>() else { return Ok(template.clone()) };
    if template.parts.is_empty() {
        return Ok(template.literal.clone());
    }
    let mut pieces = vec![template.literal.clone()];
    for (group, literal) in &template.parts {
        if *group >= matched.regions.len() {
            return Err(cx.index_error("no such group"));
        }
        pieces.push(matched.text(cx, *group, &Obj::none())?);
        pieces.push(literal.clone());
    }
    pieces.retain(|piece| !piece.is_none());
    join(cx, &matched.string, &pieces)
}

/// The pieces as one string, or as bytes where `like` is no string.
fn join(cx: &Thread, like: &Obj, pieces: &[Obj]) -> PyResult {
    if let [only] = pieces
        && only.is_exact()
        && matches!(only.kind(), Kind::Str | Kind::Bytes)
        && (only.kind() == Kind::Str) == like.downcast::<Str>().is_some()
    {
        return Ok(only.clone());
    }
    if like.downcast::<Str>().is_some() {
        let mut out = StrBuilder::new();
        for (index, piece) in pieces.iter().enumerate() {
            let Some(text) = piece.downcast::<Str>() else {
                let found = cx.type_name(piece);
                return Err(cx.type_error(format_args!("sequence item {index}: expected str instance, {found} found")));
            };
            out.push_obj(text);
        }
        return Ok(out.finish());
    }
    let mut out = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let found = cx.type_name(piece);
        let Some(data) = cx.absorb(bytes_like(cx, piece), Exc::TypeError)? else {
            let message = format!("sequence item {index}: expected a bytes-like object, {found} found");
            return Err(cx.type_error(message));
        };
        out.extend(data);
    }
    Ok(Bytes::create(&out))
}

enum Replacement {
    Literal(Obj),
    Template(Obj),
    Function(Obj),
}

fn has_backslash(replacement: &Obj) -> Option<bool> {
    if let Some(text) = replacement.downcast::<Str>() {
        return Some(text.text().iter().any(|c| c == u32::from('\\')));
    }
    if let Some(bytes) = replacement.downcast::<Bytes>() {
        return Some(bytes.data().contains(&b'\\'));
    }
    replacement.downcast::<ByteArray>().map(|bytes| bytes.with(|data| data.contains(&b'\\')))
}

fn replacement(cx: &Thread, pattern: &Obj, given: &Obj) -> PyResult<Replacement> {
    if has_backslash(given) == Some(false) {
        return Ok(Replacement::Literal(given.clone()));
    }
    if has_backslash(given).is_none() && is_callable(cx, given) {
        return Ok(Replacement::Function(given.clone()));
    }
    let template = compile_template(cx, pattern, given)?;
    Ok(match template.native::<Template>() {
        Some(parts) if parts.parts.is_empty() => Replacement::Literal(parts.literal.clone()),
        Some(_) => Replacement::Template(template),
        None => Replacement::Literal(template),
    })
}

fn is_callable(cx: &Thread, value: &Obj) -> bool {
    let known = matches!(value.kind(), Kind::Function | Kind::NativeFunction | Kind::BoundMethod | Kind::Type);
    known || cx.lookup_special(value, &cx.names().__call__).is_some()
}

/// `sub` and `subn`: the result and the number of replacements.
pub(super) fn substitute(cx: &Thread, this: &Obj, given: &Obj, string: &Obj, count: i64) -> PyResult<(Obj, i64)> {
    let pattern = view(cx, this)?;
    let replacement = replacement(cx, this, given)?;
    let subject = Subject::new(cx, pattern, string, None, None)?;
    let (engine, mut walk) = (RefCell::<State>::default(), Walk::new(0));
    let (mut pieces, mut last, mut made) = (Vec::new(), 0, 0);
    while count == 0 || made < count {
        let Some(place) = walk.next(&subject, &engine, pattern, Mode::Search) else { break };
        if last < place.start {
            pieces.push(subject.slice(cx, last, place.start)?);
        }
        let item = match &replacement {
            Replacement::Literal(text) => text.clone(),
            Replacement::Template(template) => expand(cx, template, &matched(this, &subject, &engine, &place))?,
            Replacement::Function(function) => {
                let found = create(&pattern.classes.matched, matched(this, &subject, &engine, &place));
                protocol::call1(cx, function, &found)?
            }
        };
        if !item.is_none() {
            pieces.push(item);
        }
        (last, made) = (place.end, made + 1);
    }
    if last < subject.end {
        pieces.push(subject.slice(cx, last, subject.end)?);
    }
    Ok((join(cx, string, &pieces)?, made))
}
