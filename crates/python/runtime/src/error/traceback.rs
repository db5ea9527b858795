//! Tracebacks as text.

mod carets;

use std::collections::HashSet;

use pv_bytecode::{Pc, Span};
use pv_object::{Code, Dict, Exception, Kind, Obj, Traceback, Tuple, Type};

use crate::algorithm::suggest::suggest;
use crate::code;
use crate::error::Exc;
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::exception::field;

/// Entries of one place in a row that are shown.
const REPEATS: usize = 3;

/// The whole text that an uncaught exception prints: causes and contexts first.
pub fn format(cx: &Thread, exception: &Obj) -> String {
    let mut out = String::new();
    chain(cx, exception, &mut HashSet::new(), &mut out, "");
    out
}

fn chain(cx: &Thread, exception: &Obj, seen: &mut HashSet<u64>, out: &mut String, margin: &str) {
    seen.insert(exception.word().0);
    let view = exception.expect::<Exception>();
    let cause = view.cause.get();
    let context = view.context.get().filter(|_| cause.is_none() && !view.suppress.get());
    let linked = [
        (cause, "The above exception was the direct cause of the following exception:"),
        (context, "During handling of the above exception, another exception occurred:"),
    ];
    for (earlier, sentence) in linked {
        if let Some(earlier) = earlier.filter(|earlier| !seen.contains(&earlier.word().0)) {
            chain(cx, &earlier, seen, out, margin);
            out.push_str(&format!("{margin}\n{margin}{sentence}\n{margin}\n"));
        }
    }
    one(cx, exception, out, margin);
}

/// One exception: its traceback, its last line, its notes, the members of a group.
fn one(cx: &Thread, exception: &Obj, out: &mut String, margin: &str) {
    let mut own = String::new();
    let members = field(exception, "exceptions").filter(|_| cx.is_exception(exception, Exc::BaseExceptionGroup));
    if let Some(traceback) = exception.expect::<Exception>().traceback.get() {
        own.push_str(match members {
            Some(_) => "Exception Group Traceback (most recent call last):\n",
            None => "Traceback (most recent call last):\n",
        });
        entries(cx, &traceback, &mut own);
    }
    own.push_str(&last_lines(cx, exception));
    let nested = !margin.is_empty();
    let bar = if members.is_some() && !nested { "  | " } else { margin };
    for (index, line) in own.lines().enumerate() {
        match members.is_some() && !nested && index == 0 && line.starts_with("Exception Group") {
            true => out.push_str("  + "),
            false => out.push_str(bar),
        }
        out.push_str(line);
        out.push('\n');
    }
    if let Some(members) = members {
        group_members(cx, members.expect::<Tuple>().items(), out, bar);
    }
}

fn group_members(cx: &Thread, members: &[Obj], out: &mut String, bar: &str) {
    let indent = bar.trim_end_matches("| ");
    let inner = format!("{indent}  | ");
    for (index, member) in members.iter().enumerate() {
        let corner = if index == 0 { "+-" } else { "  " };
        out.push_str(&format!("{indent}{corner}+---------------- {} ----------------\n", index + 1));
        chain(cx, member, &mut HashSet::new(), out, &inner);
    }
    out.push_str(&format!("{indent}  +------------------------------------\n"));
}

/// The traceback's entries, outermost first.
fn entries(cx: &Thread, traceback: &Obj, out: &mut String) {
    let mut next = Some(traceback.clone());
    let mut last: Option<(Obj, u32)> = None;
    let mut count = 0;
    while let Some(entry) = next {
        let view = entry.expect::<Traceback>();
        if let Some(code) = view.code.get() {
            let place = (code.clone(), view.line.get());
            let same = last.as_ref().is_some_and(|(code, line)| code.same(&place.0) && *line == place.1);
            if !same {
                repeated(count, out);
                (last, count) = (Some(place), 0);
            }
            count += 1;
            if count <= REPEATS {
                frame(cx, &code, view.pc(), view.line.get(), out);
            }
        }
        next = view.next.get();
    }
    repeated(count, out);
}

fn repeated(count: usize, out: &mut String) {
    if count > REPEATS {
        let more = count - REPEATS;
        let plural = if more == 1 { "" } else { "s" };
        out.push_str(&format!("  [Previous line repeated {more} more time{plural}]\n"));
    }
}

/// One entry: where, the source lines, carets.
fn frame(cx: &Thread, code: &Obj, pc: u32, line: u32, out: &mut String) {
    let unit = code::unit(code.expect::<Code>());
    out.push_str(&format!("  File \"{}\", line {line}, in {}\n", unit.filename, unit.name));
    let Some(source) = source_of(cx, &unit.filename) else { return };
    let span = unit.span(Pc(pc));
    let span = if span.line == line && cx.vm().shows_columns() {
        span
    } else {
        Span { line, end_line: line, col: 0, end_col: 0 }
    };
    let last = span.end_line.max(line) as usize;
    let lines: Vec<&str> = source.lines().skip(line as usize - 1).take(last + 1 - line as usize).collect();
    if lines.first().is_some_and(|first| !first.trim().is_empty()) {
        carets::show(&lines, span, out);
    }
}

/// The text of a source: kept, or read from its file.
pub(crate) fn source_of(cx: &Thread, filename: &str) -> Option<std::rc::Rc<str>> {
    if let Some(source) = cx.vm().sources.borrow().get(filename) {
        return Some(source.clone());
    }
    if filename.starts_with('<') {
        return None;
    }
    let bytes = std::fs::read(filename).ok()?;
    let text = pv_bytecode::source::decode(&bytes, filename);
    let source: std::rc::Rc<str> = text.unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned()).into();
    cx.vm().sources.borrow_mut().insert(filename.to_owned(), source.clone());
    Some(source)
}

/// The type and message, with notes and suggestions: what `traceback.format_exception_only` gives.
pub fn last_lines(cx: &Thread, exception: &Obj) -> String {
    let mut out = String::new();
    let syntax = cx.is_exception(exception, Exc::SyntaxError) && syntax_lines(cx, exception, &mut out);
    let ty = exception.shape().ty();
    let name = class_name(cx, ty);
    let message = if syntax {
        field(exception, "msg").map_or_else(String::new, |message| shown(cx, &message))
    } else {
        shown(cx, exception) + &suggestion(cx, exception)
    };
    out.push_str(&if message.is_empty() { format!("{name}\n") } else { format!("{name}: {message}\n") });
    notes(cx, exception, &mut out);
    out
}

fn class_name(cx: &Thread, ty: &Type) -> String {
    let qualname = text::to_string(&ty.qualname());
    match crate::types::type_type::module_of(cx, ty) {
        Some(module) if module != "builtins" && module != "__main__" => format!("{module}.{qualname}"),
        _ => qualname,
    }
}

/// `str(value)` for printing, whatever happens.
fn shown(cx: &Thread, value: &Obj) -> String {
    match protocol::str(cx, value) {
        Ok(shown) => text::to_string(&shown),
        Err(raised) => {
            cx.discard(raised);
            format!("<{} str() failed>", if value.kind() == Kind::Exception { "exception" } else { "object" })
        }
    }
}

fn notes(cx: &Thread, exception: &Obj, out: &mut String) {
    let Some(dict) = exception.expect::<Exception>().dict_obj() else { return };
    let Some(notes) = dict.expect::<Dict>().get_str(&cx.names().__notes__) else { return };
    match protocol::collect(cx, &notes) {
        Ok(notes) => notes.iter().for_each(|note| {
            shown(cx, note).split('\n').for_each(|line| out.push_str(&format!("{line}\n")));
        }),
        Err(raised) => cx.discard(raised),
    }
}

/// File, line, source and caret of a syntax error; false where it knows none.
fn syntax_lines(cx: &Thread, exception: &Obj, out: &mut String) -> bool {
    let get = |name: &str| field(exception, name).filter(|value| !value.is_none());
    let number = |name: &str| get(name).and_then(|value| value.as_i64());
    let Some(line) = number("lineno") else { return get("msg").is_some() };
    let filename = get("filename").map_or_else(|| "<string>".to_owned(), |name| shown(cx, &name));
    out.push_str(&format!("  File \"{filename}\", line {line}\n"));
    let Some(source) = get("text").filter(|source| source.kind() == Kind::Str) else { return true };
    let source = text::to_string(&source);
    let whole = source.chars().count() as i64;
    let source = source.trim_end_matches(['\n', '\r']);
    let stripped = source.trim_start_matches([' ', '\t', '\u{c}']);
    out.push_str(&format!("    {stripped}\n"));
    let Some(offset) = number("offset").filter(|offset| *offset >= 1) else { return true };
    // A column behind the line is taken for its end.
    let behind = source.chars().count() as i64 + 1;
    let within = |column: i64| if whole > 0 && column > whole { behind } else { column };
    let offset = within(offset);
    let removed = (source.chars().count() - stripped.chars().count()) as i64;
    let start = offset - 1 - removed;
    let same_line = number("end_lineno").is_none_or(|end| end == line);
    let end = match number("end_offset") {
        Some(end) if same_line && within(end) > offset => within(end) - 1 - removed,
        Some(_) if !same_line => stripped.chars().count() as i64,
        _ => start + 1,
    };
    if start >= 0 {
        let pad: String =
            stripped.chars().take(start as usize).map(|c| if c.is_whitespace() { c } else { ' ' }).collect();
        let pad = format!("{pad:<width$}", width = start as usize);
        out.push_str(&format!("    {pad}{}\n", "^".repeat((end - start).max(1) as usize)));
    }
    true
}

/// `. Did you mean: 'name'?` for names and attributes that are not there.
fn suggestion(cx: &Thread, exception: &Obj) -> String {
    let Some(name) = field(exception, "name").filter(|name| name.kind() == Kind::Str) else { return String::new() };
    let name = text::to_string(&name);
    let candidates = if cx.is_exception(exception, Exc::AttributeError) {
        attribute_candidates(cx, exception)
    } else if cx.is_exception(exception, Exc::NameError) {
        name_candidates(cx, exception)
    } else {
        return String::new();
    };
    let public = |candidate: &&String| name.starts_with('_') || !candidate.starts_with('_');
    match suggest(&name, candidates.iter().filter(public).map(String::as_str)) {
        Some(near) => format!(". Did you mean: '{near}'?"),
        None if cx.is_exception(exception, Exc::NameError) && is_library_module(cx, &name) => {
            format!(". Did you forget to import '{name}'?")
        }
        None => String::new(),
    }
}

fn is_library_module(cx: &Thread, name: &str) -> bool {
    name == "sys" || cx.vm().native_modules.borrow().contains_key(name)
}

fn attribute_candidates(cx: &Thread, exception: &Obj) -> Vec<String> {
    let Some(obj) = field(exception, "obj").filter(|obj| !obj.is_none()) else { return Vec::new() };
    match crate::builtins::dir_of(cx, &obj).and_then(|names| protocol::collect(cx, &names)) {
        Ok(names) => strings(&names),
        Err(raised) => {
            cx.discard(raised);
            Vec::new()
        }
    }
}

/// Names of the locals of the innermost frame, of the main module, and of the builtins.
fn name_candidates(cx: &Thread, exception: &Obj) -> Vec<String> {
    let mut names = Vec::new();
    let mut entry = exception.expect::<Exception>().traceback.get();
    while let Some(view) = entry.as_ref().map(|entry| entry.expect::<Traceback>()) {
        match view.next.get() {
            Some(next) => entry = Some(next),
            None => {
                if let Some(code) = view.code.get() {
                    names.extend(strings(&code::payload(code.expect::<Code>()).local_names));
                }
                break;
            }
        }
    }
    if let Some(main) = cx.vm().modules.expect::<Dict>().get_str(&cx.names().__main__)
        && let Some(module) = main.downcast::<pv_object::Module>()
    {
        names.extend(strings(&module.dict().expect::<Dict>().keys()));
    }
    names.extend(strings(&cx.vm().builtins.expect::<Dict>().keys()));
    names
}

fn strings(names: &[Obj]) -> Vec<String> {
    names.iter().filter(|name| name.kind() == Kind::Str).map(text::to_string).collect()
}
