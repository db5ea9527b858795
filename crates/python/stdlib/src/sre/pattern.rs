//! `re.Pattern`.

use std::cell::RefCell;
use std::rc::Rc;

use memchr::memmem::Finder;
use pv_bytecode::op::Compare;
use pv_object::{CallIter, List, MappingProxy, Obj, Payload, Str, StrBuilder, Tuple};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, attr, getsets, natives, protocol};
use rustpython_sre_engine::{SreInfo, SreOpcode, State};

use super::scanner::{Scanner, Walk};
use super::subject::{Attempt, Mode, Subject, matched};
use super::{Classes, replace};
use crate::support::{Parameters, create, optional_int, state};

/// The state of a pattern.
pub(super) struct Pattern {
    /// What it was compiled from; None for a scanner's.
    pub source: Obj,
    pub flags: i64,
    pub code: Vec<u32>,
    /// What every match begins with, if the code says so and it is narrow.
    pub prefix: Option<Finder<'static>>,
    pub groups: usize,
    /// A dict from names of groups to their numbers.
    pub names: Obj,
    /// The name of each group, or None.
    pub indices: Vec<Obj>,
    pub classes: Rc<Classes>,
}

impl Payload for Pattern {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.source);
        visitor(&self.names);
        self.indices.iter().for_each(visitor);
    }
}

impl Pattern {
    /// For strings (true) or for bytes (false)? Unknown without a source.
    pub(super) fn is_textual(&self) -> Option<bool> {
        (!self.source.is_none()).then(|| self.source.downcast::<Str>().is_some())
    }
}

/// What every match of a program begins with.
pub(super) fn prefix(code: &[u32]) -> Option<Finder<'static>> {
    let [info, _, flags, _, _, len, _, rest @ ..] = code else { return None };
    if *info != SreOpcode::INFO as u32 || !SreInfo::from_bits_truncate(*flags).contains(SreInfo::PREFIX) {
        return None;
    }
    let letters = rest.get(..*len as usize)?.iter().map(|c| u8::try_from(*c).ok());
    Some(Finder::new(&letters.collect::<Option<Vec<u8>>>()?).into_owned())
}

/// The pattern that an object is.
pub(super) fn view<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a Pattern> {
    state(cx, this)
}

const PART: &str = "(string, pos=0, endpos=sys.maxsize)";
static MATCH: Parameters = Parameters::new("match", PART);
static FULL_MATCH: Parameters = Parameters::new("fullmatch", PART);
static SEARCH: Parameters = Parameters::new("search", PART);
static FIND_ALL: Parameters = Parameters::new("findall", PART);
static FIND_ITER: Parameters = Parameters::new("finditer", PART);
static SCANNER: Parameters = Parameters::new("scanner", PART);

/// The subject of a method with arguments `(self, string, pos, endpos)`.
fn subject(cx: &Thread, pattern: &Pattern, args: &Args<'_>, parameters: &Parameters) -> PyResult<Subject> {
    match (args.positional(), args.has_keywords()) {
        ([_, string], false) => return Subject::new(cx, pattern, string, None, None),
        ([_, string, start], false) => return Subject::new(cx, pattern, string, Some(start), None),
        ([_, string, start, end], false) => return Subject::new(cx, pattern, string, Some(start), Some(end)),
        _ => {}
    }
    let bound = parameters.bind(cx, &args.rest())?;
    match &bound[..] {
        [Some(string), start, end] => Subject::new(cx, pattern, string, start.as_ref(), end.as_ref()),
        _ => Err(cx.type_error("a string is required")),
    }
}

fn find_one(cx: &Thread, args: &Args<'_>, mode: Mode, parameters: &Parameters) -> PyResult {
    let this = &args.values()[0];
    let pattern = view(cx, this)?;
    let subject = subject(cx, pattern, args, parameters)?;
    let state = RefCell::default();
    let attempt = Attempt { mode, start: subject.start, must_advance: false };
    Ok(match subject.attempt(&state, pattern, attempt) {
        Some(found) => create(&pattern.classes.matched, matched(this, &subject, &state, &found)),
        None => Obj::none(),
    })
}

fn match_start(cx: &Thread, args: &Args<'_>) -> PyResult {
    find_one(cx, args, Mode::Match, &MATCH)
}

fn full_match(cx: &Thread, args: &Args<'_>) -> PyResult {
    find_one(cx, args, Mode::Full, &FULL_MATCH)
}

fn search(cx: &Thread, args: &Args<'_>) -> PyResult {
    find_one(cx, args, Mode::Search, &SEARCH)
}

/// What `findall` lists for a match: the group, or all of them.
fn listed(cx: &Thread, subject: &Subject, regions: &[Option<(usize, usize)>]) -> PyResult {
    let part = |region: &Option<(usize, usize)>| {
        let (start, end) = region.unwrap_or((0, 0));
        subject.slice(cx, start, end)
    };
    match regions {
        [whole] => part(whole),
        [_, only] => part(only),
        [_, groups @ ..] => Ok(Tuple::create(groups.iter().map(part).collect::<PyResult<_>>()?)),
        [] => Ok(Obj::none()),
    }
}

fn find_all(cx: &Thread, args: &Args<'_>) -> PyResult {
    let pattern = view(cx, &args.values()[0])?;
    let subject = subject(cx, pattern, args, &FIND_ALL)?;
    let (state, mut walk, mut found) = (RefCell::<State>::default(), Walk::new(subject.start), Vec::new());
    while let Some(place) = walk.next(&subject, &state, pattern, Mode::Search) {
        let (regions, _) = super::subject::regions(&state.borrow(), pattern.groups, &place);
        found.push(listed(cx, &subject, &regions)?);
    }
    Ok(List::create(found))
}

fn make_scanner(cx: &Thread, args: &Args<'_>, parameters: &Parameters) -> PyResult {
    let this = &args.values()[0];
    let pattern = view(cx, this)?;
    let subject = subject(cx, pattern, args, parameters)?;
    Ok(create(&pattern.classes.scanner, Scanner::new(this.clone(), subject)))
}

fn scanner(cx: &Thread, args: &Args<'_>) -> PyResult {
    make_scanner(cx, args, &SCANNER)
}

fn find_iter(cx: &Thread, args: &Args<'_>) -> PyResult {
    let scanner = make_scanner(cx, args, &FIND_ITER)?;
    let search = attr::get_str(cx, &scanner, "search")?;
    Ok(CallIter::create(search, Obj::none()))
}

fn split(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), Some(string), limit] = args else { return Err(cx.type_error("a string is required")) };
    let pattern = view(cx, this)?;
    let limit = optional_int(cx, limit.as_ref(), 0)?;
    let subject = Subject::new(cx, pattern, string, None, None)?;
    let (state, mut walk) = (RefCell::<State>::default(), Walk::new(0));
    let (mut parts, mut last, mut count) = (Vec::new(), 0, 0);
    while limit == 0 || count < limit {
        let Some(place) = walk.next(&subject, &state, pattern, Mode::Search) else { break };
        parts.push(subject.slice(cx, last, place.start)?);
        let (regions, _) = super::subject::regions(&state.borrow(), pattern.groups, &place);
        for region in &regions[1..] {
            parts.push(match region {
                Some((start, end)) => subject.slice(cx, *start, *end)?,
                None => Obj::none(),
            });
        }
        (last, count) = (place.end, count + 1);
    }
    parts.push(subject.slice(cx, last, subject.end)?);
    Ok(List::create(parts))
}

fn sub(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), Some(repl), Some(string), count] = args else { return Err(cx.type_error("a string is required")) };
    Ok(replace::substitute(cx, this, repl, string, optional_int(cx, count.as_ref(), 0)?)?.0)
}

fn subn(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), Some(repl), Some(string), count] = args else { return Err(cx.type_error("a string is required")) };
    let (result, made) = replace::substitute(cx, this, repl, string, optional_int(cx, count.as_ref(), 0)?)?;
    Ok(Tuple::pair(result, Obj::int(made)))
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

const FLAGS: [(i64, &str); 8] = [
    (2, "re.IGNORECASE"),
    (4, "re.LOCALE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (32, "re.UNICODE"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
];
/// The flags of which only UNICODE is shown not: strings have it by themselves.
const CHARACTERS: i64 = 4 | 32 | 256;

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let pattern = view(cx, this)?;
    let mut flags = pattern.flags;
    if pattern.is_textual() != Some(false) && flags & CHARACTERS == 32 {
        flags &= !32;
    }
    let mut shown: Vec<String> = Vec::new();
    for (bit, name) in FLAGS {
        if flags & bit != 0 {
            shown.push(name.to_owned());
            flags &= !bit;
        }
    }
    if flags != 0 {
        shown.push(format!("{flags:#x}"));
    }
    let mut out = StrBuilder::new();
    out.push_str("re.compile(");
    let source = protocol::repr(cx, &pattern.source)?;
    let source = source.expect::<Str>();
    out.push_text(source.text().slice(0, source.len().min(200)));
    if !shown.is_empty() {
        out.push_str(&format!(", {}", shown.join("|")));
    }
    out.push_str(")");
    Ok(out.finish())
}

fn hash(cx: &Thread, this: &Obj) -> PyResult<i64> {
    let pattern = view(cx, this)?;
    let code = pv_object::hash::tuple(pattern.code.iter().map(|code| i64::from(*code)).collect::<Vec<_>>().into_iter());
    let parts = [protocol::hash(cx, &pattern.source)?, code, pattern.flags, pattern.groups as i64];
    Ok(pv_object::hash::tuple(parts.into_iter()))
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right), true) =
        (a.native::<Pattern>(), b.native::<Pattern>(), matches!(op, Compare::Eq | Compare::Ne))
    else {
        return Ok(Obj::not_implemented());
    };
    let alike = left.flags == right.flags
        && left.is_textual() == right.is_textual()
        && left.code == right.code
        && left.groups == right.groups;
    let equal = a.same(b) || alike && protocol::values_equal(cx, &left.source, &right.source)?;
    Ok(Obj::bool(equal == (op == Compare::Eq)))
}

fn source(cx: &Thread, this: &Obj) -> PyResult {
    Ok(view(cx, this)?.source.clone())
}

fn flags(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::int(view(cx, this)?.flags))
}

fn groups(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::usize(view(cx, this)?.groups))
}

fn names(cx: &Thread, this: &Obj) -> PyResult {
    Ok(MappingProxy::create(view(cx, this)?.names.clone()))
}

getsets! { static GETSETS:
    "pattern" source => "The pattern string from which the RE object was compiled.";
    "flags" flags => "The regex matching flags.";
    "groups" groups => "The number of capturing groups in the pattern.";
    "groupindex" names => "A dictionary mapping group names to group numbers.";
}

natives! { static METHODS:
    "__copy__" "(self, /)" F1(copy) "The pattern itself.";
    "__deepcopy__" "(self, memo, /)" F2(deep_copy) "The pattern itself.";
    "findall" "(self, /, string, pos=0, endpos=sys.maxsize)" Raw(find_all) "Return a list of all non-overlapping matches.";
    "finditer" "(self, /, string, pos=0, endpos=sys.maxsize)" Raw(find_iter) "Return an iterator over all matches.";
    "fullmatch" "(self, /, string, pos=0, endpos=sys.maxsize)" Raw(full_match) "Matches against all of the string.";
    "match" "(self, /, string, pos=0, endpos=sys.maxsize)" Raw(match_start) "Matches at the start of the string.";
    "scanner" "(self, /, string, pos=0, endpos=sys.maxsize)" Raw(scanner) "Makes a scanner of a string.";
    "search" "(self, /, string, pos=0, endpos=sys.maxsize)" Raw(search) "Looks for the first match.";
    "split" "(self, /, string, maxsplit=0)" Bound(split) "Split string by the occurrences of pattern.";
    "sub" "(self, /, repl, string, count=0)" Bound(sub) "Replaces the leftmost non-overlapping matches.";
    "subn" "(self, /, repl, string, count=0)" Bound(subn) "As sub, with the number of replacements.";
}

natives! { static CLASS_METHODS:
    "__class_getitem__" "(cls, object, /)" F2(class_getitem) "See PEP 585";
}

/// `re.Pattern`.
pub(super) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getsets: GETSETS,
    slots: Slots {
        new: Some(super::no_instances),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        ..Slots::NONE
    },
    doc: "Compiled regular expression object.",
    ..TypeTable::NONE
};
