//! Making byte strings.

use pv_object::{ByteArray, Bytes, Kind, Obj, Str, Type};

use super::{buffer, from_object};
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::thread::Thread;
use crate::types::args::{bind, is_builtin};
use crate::types::str::codec;

pub(super) fn bytes(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let exact = is_builtin(class, Kind::Bytes);
    if let ([source], false) = (args.positional(), args.has_keywords())
        && exact
        && source.exact::<Bytes>().is_some()
    {
        return Ok(source.clone());
    }
    let data = data_of(cx, "bytes", args)?;
    Ok(if exact { Bytes::create(&data) } else { Bytes::with_shape(&data, class.expect::<Type>().root_shape()) })
}

pub(super) fn bytearray(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(ByteArray::with_shape(Vec::new(), class.expect::<Type>().root_shape()))
}

pub(super) fn init_bytearray(cx: &Thread, object: &Obj, args: &Args<'_>) -> PyResult<()> {
    let data = data_of(cx, "bytearray", args)?;
    super::bytearray::check_resizable(cx, object)?;
    object.expect::<ByteArray>().with_mut(|own| *own = data);
    Ok(())
}

/// The bytes that a constructor's arguments ask for.
fn data_of(cx: &Thread, name: &str, args: &Args<'_>) -> PyResult<Vec<u8>> {
    let [source, encoding, errors] = bind(cx, name, "(source=b'', encoding='utf-8', errors='strict')", args)?;
    let codec_given = encoding.is_some() || errors.is_some();
    let Some(source) = source else {
        return match codec_given {
            true => Err(cx.type_error("encoding without a string argument")),
            false => Ok(Vec::new()),
        };
    };
    if source.downcast::<Str>().is_some() {
        if encoding.is_none() {
            return Err(cx.type_error("string argument without an encoding"));
        }
        let made = codec::encode_object(cx, name, &source, encoding.as_ref(), errors.as_ref())?;
        return Ok(buffer(&made).unwrap_or_default());
    }
    if codec_given {
        return Err(cx.type_error("encoding without a string argument"));
    }
    match count_of(cx, &source)? {
        Some(count) => Ok(vec![0; count]),
        None => from_object(cx, &source),
    }
}

/// The number of zero bytes, when the argument is an integer.
fn count_of(cx: &Thread, source: &Obj) -> PyResult<Option<usize>> {
    let has = |name: &Obj| cx.lookup_special(source, name).is_some();
    if has(&cx.names().__bytes__) || !source.is_int() && !has(&cx.names().__index__) {
        return Ok(None);
    }
    let index = protocol::to_index(cx, source)?;
    match index.as_i64() {
        Some(count) => match usize::try_from(count) {
            Ok(count) => cx.room_for(count).map(|()| Some(count)),
            Err(_) => Err(cx.value_error("negative count")),
        },
        None => {
            let found = cx.type_name(source);
            Err(cx.overflow_error(format_args!("cannot fit '{found}' into an index-sized integer")))
        }
    }
}
