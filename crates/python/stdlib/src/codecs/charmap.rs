//! Codecs by tables: one byte for each character.

use pv_object::{Bytes, Kind, Obj, Str, StrBuilder};
use pv_runtime::types::dict;
use pv_runtime::{Args, Exc, PyResult, Thread, natives, protocol, text};

use super::unicode::{answer, string};
use super::{failure, handled};
use crate::support::{bytes_like, machine_int};

const UNDEFINED: &str = "character maps to <undefined>";

/// What a table has for a key: nothing for a missing one and for None.
fn entry(cx: &Thread, mapping: &Obj, key: &Obj) -> PyResult<Option<Obj>> {
    if let Some(table) = mapping.downcast::<Str>() {
        let point = key.as_i64().and_then(|at| table.code_point(at as usize));
        return Ok(point.filter(|point| *point != 0xfffe).map(Obj::char));
    }
    let found = match mapping.exact::<pv_object::Dict>() {
        Some(_) => dict::get(cx, mapping, key)?,
        None => cx.absorb(protocol::get_item(cx, mapping, key), Exc::LookupError)?,
    };
    Ok(found.filter(|value| !value.is_none()))
}

fn charmap_decode(cx: &Thread, args: &Args<'_>) -> PyResult {
    let [object, rest @ ..] = args.values() else {
        return Err(cx.type_error("charmap_decode expected at least 1 argument, got 0"));
    };
    let data = bytes_like(cx, object)?;
    let Some(mapping) = rest.get(1).filter(|mapping| !mapping.is_none()) else {
        let made: String = data.iter().map(|byte| char::from(*byte)).collect();
        return Ok(answer(text::new(&made), data.len()));
    };
    let (mut out, mut at) = (StrBuilder::with_capacity(data.len()), 0);
    while at < data.len() {
        match entry(cx, mapping, &Obj::small(i32::from(data[at])))? {
            Some(value) if value.kind() == Kind::Str => {
                out.push_obj(value.expect());
                at += 1;
            }
            Some(value) => {
                out.push(u32::try_from(machine_int(cx, &value)?).unwrap_or(0xfffd));
                at += 1;
            }
            None => {
                let error = failure(cx, Exc::UnicodeDecodeError, "charmap", object, at..at + 1, UNDEFINED);
                let (instead, place) = handled(cx, rest.first(), error, data.len())?;
                out.push_obj(string(cx, &instead)?);
                at = place;
            }
        }
    }
    Ok(answer(out.finish(), data.len()))
}

/// Adds what the table has for a character; false where it has nothing.
fn push_mapped(cx: &Thread, mapping: &Obj, point: u32, out: &mut Vec<u8>) -> PyResult<bool> {
    let Some(value) = entry(cx, mapping, &Obj::int(i64::from(point)))? else { return Ok(false) };
    match value.downcast::<Bytes>() {
        Some(bytes) => out.extend_from_slice(bytes.data()),
        None => match u8::try_from(machine_int(cx, &value)?) {
            Ok(byte) => out.push(byte),
            Err(_) => return Err(cx.type_error("character mapping must be in range(256)")),
        },
    }
    Ok(true)
}

fn charmap_encode(cx: &Thread, args: &Args<'_>) -> PyResult {
    let [object, rest @ ..] = args.values() else {
        return Err(cx.type_error("charmap_encode expected at least 1 argument, got 0"));
    };
    let source = string(cx, object)?;
    let Some(mapping) = rest.get(1).filter(|mapping| !mapping.is_none()) else {
        let data = pv_runtime::types::str::codec::encode(
            cx,
            object,
            pv_runtime::types::str::codec::Encoding::Latin1,
            pv_runtime::types::str::codec::Errors::Strict,
        )?;
        return Ok(answer(Bytes::create(&data), source.len()));
    };
    let (mut out, mut at) = (Vec::with_capacity(source.len()), 0);
    while let Some(point) = source.code_point(at) {
        if push_mapped(cx, mapping, point, &mut out)? {
            at += 1;
            continue;
        }
        let error = failure(cx, Exc::UnicodeEncodeError, "charmap", object, at..at + 1, UNDEFINED);
        let (instead, place) = handled(cx, rest.first(), error.clone(), source.len())?;
        at = place;
        if let Some(bytes) = instead.downcast::<Bytes>() {
            out.extend_from_slice(bytes.data());
            continue;
        }
        for point in string(cx, &instead)?.text().iter() {
            if !push_mapped(cx, mapping, point, &mut out)? {
                return Err(cx.raise(error));
            }
        }
    }
    Ok(answer(Bytes::create(&out), source.len()))
}

/// The encoding table of a decoding table.
fn charmap_build(cx: &Thread, table: &Obj) -> PyResult {
    let map = dict::new();
    for (byte, point) in string(cx, table)?.text().iter().enumerate() {
        if point != 0xfffe {
            dict::set(cx, &map, &Obj::int(i64::from(point)), Obj::usize(byte))?;
        }
    }
    Ok(map)
}

natives! { pub(super) static FUNCTIONS:
    "charmap_build" "(map, /)" F1(charmap_build) "";
    "charmap_decode" "" Raw(charmap_decode) "";
    "charmap_encode" "" Raw(charmap_encode) "";
}
