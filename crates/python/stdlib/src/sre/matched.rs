//! `re.Match`.

use pv_object::{Obj, Payload, Str, StrBuilder, Tuple};
use pv_runtime::types::dict;
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, getsets, natives, protocol};

use super::pattern::view as pattern_view;
use super::{replace, subject};
use crate::support::state;

/// The state of a match.
pub(super) struct Match {
    pub pattern: Obj,
    pub string: Obj,
    /// The part of the string that was looked at.
    pub start: usize,
    pub end: usize,
    /// Where the match and its groups are.
    pub regions: Vec<Option<(usize, usize)>>,
    /// The last group that matched.
    pub last: Option<usize>,
}

impl Payload for Match {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.pattern);
        visitor(&self.string);
    }
}

impl Match {
    /// The text of a group, or `default`.
    pub(super) fn text(&self, cx: &Thread, group: usize, default: &Obj) -> PyResult {
        match self.regions.get(group) {
            Some(Some((start, end))) => subject::slice(cx, &self.string, *start, *end),
            Some(None) => Ok(default.clone()),
            None => Err(cx.index_error("no such group")),
        }
    }

    /// The number of a group that is given by number or name.
    fn group(&self, cx: &Thread, key: &Obj) -> PyResult<usize> {
        let number = if key.is_int() || cx.lookup_special(key, &cx.names().__index__).is_some() {
            protocol::to_index(cx, key)?.as_i64()
        } else {
            dict::get(cx, &pattern_view(cx, &self.pattern)?.names, key)?.and_then(|number| number.as_i64())
        };
        let number = number.and_then(|number| usize::try_from(number).ok());
        number.filter(|number| *number < self.regions.len()).ok_or_else(|| cx.index_error("no such group"))
    }

    fn region(&self, cx: &Thread, key: Option<&Obj>) -> PyResult<(Obj, Obj)> {
        let group = key.map_or(Ok(0), |key| self.group(cx, key))?;
        Ok(match self.regions[group] {
            Some((start, end)) => (Obj::usize(start), Obj::usize(end)),
            None => (Obj::small(-1), Obj::small(-1)),
        })
    }
}

fn view<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a Match> {
    state(cx, this)
}

fn group(cx: &Thread, args: &Args<'_>) -> PyResult {
    let (this, keys) = (view(cx, &args.values()[0])?, &args.positional()[1..]);
    if args.has_keywords() {
        return Err(cx.type_error("Match.group() takes no keyword arguments"));
    }
    let text = |key: &Obj| this.text(cx, this.group(cx, key)?, &Obj::none());
    match keys {
        [] => this.text(cx, 0, &Obj::none()),
        [key] => text(key),
        keys => Ok(Tuple::create(keys.iter().map(text).collect::<PyResult<_>>()?)),
    }
}

fn item(cx: &Thread, this: &Obj, key: &Obj) -> PyResult {
    let this = view(cx, this)?;
    this.text(cx, this.group(cx, key)?, &Obj::none())
}

fn groups(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), default] = args else { return Err(cx.type_error("a match is required")) };
    let (this, default) = (view(cx, this)?, default.clone().unwrap_or_else(Obj::none));
    let groups = (1..this.regions.len()).map(|group| this.text(cx, group, &default));
    Ok(Tuple::create(groups.collect::<PyResult<_>>()?))
}

fn group_dict(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), default] = args else { return Err(cx.type_error("a match is required")) };
    let (this, default) = (view(cx, this)?, default.clone().unwrap_or_else(Obj::none));
    let result = dict::new();
    for (name, number) in dict::items(&pattern_view(cx, &this.pattern)?.names) {
        let value = this.text(cx, this.group(cx, &number)?, &default)?;
        dict::set(cx, &result, &name, value)?;
    }
    Ok(result)
}

fn start(cx: &Thread, this: &Obj, group: Option<&Obj>) -> PyResult {
    Ok(view(cx, this)?.region(cx, group)?.0)
}

fn end(cx: &Thread, this: &Obj, group: Option<&Obj>) -> PyResult {
    Ok(view(cx, this)?.region(cx, group)?.1)
}

fn span(cx: &Thread, this: &Obj, group: Option<&Obj>) -> PyResult {
    let (start, end) = view(cx, this)?.region(cx, group)?;
    Ok(Tuple::pair(start, end))
}

fn expand(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), Some(template)] = args else { return Err(cx.type_error("a template is required")) };
    let this = view(cx, this)?;
    let template = replace::compile_template(cx, &this.pattern, template)?;
    replace::expand(cx, &template, this)
}

fn copy(_: &Thread, this: &Obj) -> PyResult {
    Ok(this.clone())
}

fn deep_copy(_: &Thread, this: &Obj, _: &Obj) -> PyResult {
    Ok(this.clone())
}

fn class_getitem(_: &Thread, class: &Obj, _: &Obj) -> PyResult {
    Ok(class.clone())
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let this = view(cx, this)?;
    let (start, end) = this.regions[0].unwrap_or_default();
    let mut out = StrBuilder::new();
    out.push_str(&format!("<re.Match object; span=({start}, {end}), match="));
    let shown = protocol::repr(cx, &this.text(cx, 0, &Obj::none())?)?;
    let shown = shown.expect::<Str>();
    out.push_text(shown.text().slice(0, shown.len().min(50)));
    out.push_str(">");
    Ok(out.finish())
}

fn string(cx: &Thread, this: &Obj) -> PyResult {
    Ok(view(cx, this)?.string.clone())
}

fn pattern(cx: &Thread, this: &Obj) -> PyResult {
    Ok(view(cx, this)?.pattern.clone())
}

fn first(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::usize(view(cx, this)?.start))
}

fn last(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::usize(view(cx, this)?.end))
}

fn last_index(cx: &Thread, this: &Obj) -> PyResult {
    Ok(view(cx, this)?.last.map_or_else(Obj::none, Obj::usize))
}

fn last_group(cx: &Thread, this: &Obj) -> PyResult {
    let this = view(cx, this)?;
    let names = &pattern_view(cx, &this.pattern)?.indices;
    Ok(this.last.and_then(|last| names.get(last)).cloned().unwrap_or_else(Obj::none))
}

fn regions(cx: &Thread, this: &Obj) -> PyResult {
    let place = |place: Option<usize>| place.map_or_else(|| Obj::small(-1), Obj::usize);
    let pair = |region: &Option<(usize, usize)>| Tuple::pair(place(region.map(|r| r.0)), place(region.map(|r| r.1)));
    Ok(Tuple::create(view(cx, this)?.regions.iter().map(pair).collect()))
}

getsets! { static GETSETS:
    "string" string => "The string passed to match() or search().";
    "re" pattern => "The regular expression object.";
    "pos" first => "The index into the string at which the RE engine started looking for a match.";
    "endpos" last => "The index into the string beyond which the RE engine will not go.";
    "lastindex" last_index => "The integer index of the last matched capturing group.";
    "lastgroup" last_group => "The name of the last matched capturing group.";
    "regs" regions => "The places of the match and its groups.";
}

natives! { static METHODS:
    "__copy__" "(self, /)" F1(copy) "The match itself.";
    "__deepcopy__" "(self, memo, /)" F2(deep_copy) "The match itself.";
    "end" "(self, group=0, /)" O2(end) "Return index of the end of the substring matched by group.";
    "expand" "(self, /, template)" Bound(expand) "Fills a template with the groups.";
    "group" "" Raw(group) "Return subgroup(s) of the match by indices or names.";
    "groupdict" "(self, /, default=None)" Bound(group_dict) "The named groups, by name.";
    "groups" "(self, /, default=None)" Bound(groups) "Return a tuple containing all the subgroups of the match.";
    "span" "(self, group=0, /)" O2(span) "The start and the end of a group.";
    "start" "(self, group=0, /)" O2(start) "Return index of the start of the substring matched by group.";
}

natives! { static CLASS_METHODS:
    "__class_getitem__" "(cls, object, /)" F2(class_getitem) "See PEP 585";
}

/// `re.Match`.
pub(super) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(super::no_instances), repr: Some(repr), get_item: Some(item), ..Slots::NONE },
    doc: "The result of re.match() and re.search().",
    ..TypeTable::NONE
};
