//! `str.translate` and `str.maketrans`.

use pv_object::{Dict, Kind, Obj, Str, StrBuilder};

use super::{nth_arg, view};
use crate::error::{Exc, PyResult};
use crate::protocol;
use crate::thread::Thread;
use crate::types::dict;

pub(super) fn translate(cx: &Thread, object: &Obj, table: &Obj) -> PyResult {
    let text = view(object).text();
    let mut out = StrBuilder::with_capacity(text.len());
    // Answers for ASCII, asked for once each.
    let mut known: [Option<Option<Obj>>; 128] = [const { None }; 128];
    for c in text.iter() {
        let answer = match known.get(c as usize) {
            Some(Some(answer)) => answer.clone(),
            _ => {
                let answer = lookup(cx, table, c)?;
                if let Some(place) = known.get_mut(c as usize) {
                    *place = Some(answer.clone());
                }
                answer
            }
        };
        match answer {
            Some(mapped) => push(cx, &mut out, &mapped)?,
            None => out.push(c),
        }
    }
    Ok(out.finish())
}

/// What the table has for a code point; `None` where it leaves it as it is.
fn lookup(cx: &Thread, table: &Obj, c: u32) -> PyResult<Option<Obj>> {
    let key = Obj::int(i64::from(c));
    if table.exact::<Dict>().is_some() {
        return dict::get(cx, table, &key);
    }
    cx.absorb(protocol::get_item(cx, table, &key), Exc::LookupError)
}

fn push(cx: &Thread, out: &mut StrBuilder, mapped: &Obj) -> PyResult<()> {
    if mapped.is_none() {
        return Ok(());
    }
    if let Some(text) = mapped.downcast::<Str>() {
        out.push_obj(text);
        return Ok(());
    }
    if !mapped.is_int() {
        return Err(cx.type_error("character mapping must return integer, None or str"));
    }
    match mapped.as_i64().and_then(|point| u32::try_from(point).ok()) {
        Some(point @ 0..=0x10_ffff) => {
            out.push(point);
            Ok(())
        }
        _ => Err(cx.value_error("character mapping must be in range(0x110000)")),
    }
}

pub(super) fn maketrans(cx: &Thread, x: &Obj, y: Option<&Obj>, z: Option<&Obj>) -> PyResult {
    let table = dict::new();
    match y {
        Some(y) => from_strings(cx, &table, x, y, z)?,
        None if x.kind() == Kind::Dict && x.is_exact() => from_dict(cx, &table, x)?,
        None => return Err(cx.type_error("if you give only one argument to maketrans it must be a dict")),
    }
    Ok(table)
}

fn from_strings(cx: &Thread, table: &Obj, x: &Obj, y: &Obj, z: Option<&Obj>) -> PyResult<()> {
    let Some(from) = x.downcast::<Str>() else {
        return Err(cx.type_error("first maketrans argument must be a string if there is a second argument"));
    };
    let to = nth_arg(cx, "maketrans", 2, y)?;
    if from.len() != to.len() {
        return Err(cx.value_error("the first two maketrans arguments must have equal length"));
    }
    for (a, b) in from.text().iter().zip(to.text().iter()) {
        dict::set(cx, table, &Obj::int(i64::from(a)), Obj::int(i64::from(b)))?;
    }
    if let Some(z) = z {
        for c in nth_arg(cx, "maketrans", 3, z)?.text().iter() {
            dict::set(cx, table, &Obj::int(i64::from(c)), Obj::none())?;
        }
    }
    Ok(())
}

fn from_dict(cx: &Thread, table: &Obj, source: &Obj) -> PyResult<()> {
    for (key, value) in dict::items(source) {
        let key = match key.downcast::<Str>() {
            Some(text) if text.len() == 1 => Obj::int(i64::from(text.code_point(0).unwrap_or(0))),
            Some(_) => return Err(cx.value_error("string keys in translatetable must be of length 1")),
            None if key.is_int() => key,
            None => return Err(cx.type_error("keys in translate table mustbe strings or integers")),
        };
        dict::set(cx, table, &key, value)?;
    }
    Ok(())
}
