//! Making byte strings.

use pv_object::{ByteArray, Bytes, Kind, Obj, Str, Type};

use super::bytearray::RANGE;
use super::{BYTES_RANGE, buffer, converted, from_object};
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
    let bound = parameters(cx, "bytes", args)?;
    if let [Some(source), None, None] = &bound
        && let Some(made) = converted(cx, source)?
    {
        let data = made.expect::<Bytes>().data();
        return Ok(if exact { made } else { Bytes::with_shape(data, class.expect::<Type>().root_shape()) });
    }
    let data = data_of(cx, "bytes", bound, BYTES_RANGE)?;
    Ok(if exact { Bytes::create(&data) } else { Bytes::with_shape(&data, class.expect::<Type>().root_shape()) })
}

pub(super) fn bytearray(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(ByteArray::with_shape(Vec::new(), class.expect::<Type>().root_shape()))
}

pub(super) fn init_bytearray(cx: &Thread, object: &Obj, args: &Args<'_>) -> PyResult<()> {
    let bound = parameters(cx, "bytearray", args)?;
    if !object.expect::<ByteArray>().with(<[u8]>::is_empty) {
        super::bytearray::clear(cx, object)?;
    }
    let data = data_of(cx, "bytearray", bound, RANGE)?;
    super::bytearray::check_resizable(cx, object)?;
    object.expect::<ByteArray>().with_mut(|own| *own = data);
    Ok(())
}

/// The arguments of a constructor: source, encoding, errors.
fn parameters(cx: &Thread, name: &str, args: &Args<'_>) -> PyResult<[Option<Obj>; 3]> {
    bind(cx, name, "(source=b'', encoding='utf-8', errors='strict')", args)
}

/// The bytes that they ask for.
fn data_of(cx: &Thread, name: &str, [source, encoding, errors]: [Option<Obj>; 3], range: &str) -> PyResult<Vec<u8>> {
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
        None => from_object(cx, &source, range),
    }
}

/// The number of zero bytes, when the argument is an integer.
fn count_of(cx: &Thread, source: &Obj) -> PyResult<Option<usize>> {
    if !source.is_int() && cx.lookup_special(source, &cx.names().__index__).is_none() {
        return Ok(None);
    }
    // What says that it is no number after all may still be something else.
    let Some(index) = cx.absorb(protocol::to_index(cx, source), crate::Exc::TypeError)? else { return Ok(None) };
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
