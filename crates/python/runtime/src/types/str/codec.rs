//! Strings to bytes and back: UTF-8, UTF-16, UTF-32, Latin-1 and ASCII, with the standard error handlers.

mod decode;
mod encode;

use pv_object::{Bytes, Kind, Obj, Str};

use super::named_arg;
use crate::error::{PyResult, Raised};
use crate::thread::Thread;

/// An encoding that needs no library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Code points below 128.
    Ascii,
    /// Code points below 256.
    Latin1,
    /// UTF-8.
    Utf8,
    /// UTF-16; with a mark when the byte order is not given.
    Utf16(Option<Order>),
    /// UTF-32; with a mark when the byte order is not given.
    Utf32(Option<Order>),
}

/// Byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Lowest byte first.
    Little,
    /// Highest byte first.
    Big,
}

impl Encoding {
    /// The encoding of this name or alias.
    pub fn named(name: &str) -> Option<Encoding> {
        let plain = |c: char| if c == '-' || c == ' ' { '_' } else { c.to_ascii_lowercase() };
        let name: String = name.chars().map(plain).collect();
        Some(match name.as_str() {
            "utf_8" | "utf8" | "u8" | "utf" | "cp65001" => Encoding::Utf8,
            "ascii" | "us_ascii" | "646" | "ansi_x3.4_1968" => Encoding::Ascii,
            "latin_1" | "latin1" | "iso_8859_1" | "iso8859_1" | "iso_8859_1_1987" | "l1" | "latin" | "8859"
            | "cp819" => Encoding::Latin1,
            "utf_16" | "utf16" | "u16" => Encoding::Utf16(None),
            "utf_16_le" | "utf_16le" | "utf16_le" => Encoding::Utf16(Some(Order::Little)),
            "utf_16_be" | "utf_16be" | "utf16_be" => Encoding::Utf16(Some(Order::Big)),
            "utf_32" | "utf32" | "u32" => Encoding::Utf32(None),
            "utf_32_le" | "utf_32le" | "utf32_le" => Encoding::Utf32(Some(Order::Little)),
            "utf_32_be" | "utf_32be" | "utf32_be" => Encoding::Utf32(Some(Order::Big)),
            _ => return None,
        })
    }

    /// Its name in error texts.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Ascii => "ascii",
            Encoding::Latin1 => "latin-1",
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16(None) => "utf-16",
            Encoding::Utf16(Some(Order::Little)) => "utf-16-le",
            Encoding::Utf16(Some(Order::Big)) => "utf-16-be",
            Encoding::Utf32(None) => "utf-32",
            Encoding::Utf32(Some(Order::Little)) => "utf-32-le",
            Encoding::Utf32(Some(Order::Big)) => "utf-32-be",
        }
    }
}

/// What to do about what cannot be encoded or decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errors {
    /// Raise.
    Strict,
    /// Leave it out.
    Ignore,
    /// A question mark, or U+FFFD.
    Replace,
    /// `\xNN`, `\uNNNN`, `\UNNNNNNNN`.
    Backslash,
    /// `&#NNN;`
    XmlReference,
    /// `\N{NAME}`
    Name,
    /// Bytes from 128 up stand for U+DC80 to U+DCFF.
    SurrogateEscape,
    /// Surrogates are encoded like other code points.
    SurrogatePass,
    /// A handler that is not known.
    Unknown(String),
}

impl Errors {
    /// The handler of this name.
    pub fn named(name: &str) -> Errors {
        match name {
            "strict" => Errors::Strict,
            "ignore" => Errors::Ignore,
            "replace" => Errors::Replace,
            "backslashreplace" => Errors::Backslash,
            "xmlcharrefreplace" => Errors::XmlReference,
            "namereplace" => Errors::Name,
            "surrogateescape" => Errors::SurrogateEscape,
            "surrogatepass" => Errors::SurrogatePass,
            other => Errors::Unknown(other.to_string()),
        }
    }
}

#[cold]
fn unknown_handler(cx: &Thread, name: &str) -> Raised {
    cx.lookup_error(format_args!("unknown error handler name '{name}'"))
}

/// The error handler that the registry has under a name; LookupError if there is none.
fn registered_handler(cx: &Thread, name: &str) -> PyResult {
    if !cx.vm().native_modules.borrow().contains_key("_codecs") {
        return Err(unknown_handler(cx, name));
    }
    let codecs = crate::import::import_module(cx, "_codecs")?;
    crate::protocol::call_method(cx, &codecs, "lookup_error", &[crate::text::new(name)])
}

/// The arguments `encoding` and `errors` of a method; no encoding where it is none of ours.
fn choose(
    cx: &Thread,
    method: &str,
    encoding: Option<&Obj>,
    errors: Option<&Obj>,
) -> PyResult<(Option<Encoding>, Errors)> {
    let encoding = match encoding {
        None => Some(Encoding::Utf8),
        Some(encoding) => Encoding::named(&named_arg(cx, method, "encoding", encoding)?),
    };
    let errors = match errors {
        None => Errors::Strict,
        Some(errors) => Errors::named(&named_arg(cx, method, "errors", errors)?),
    };
    if let Errors::Unknown(name) = &errors
        && cx.vm().is_developing()
    {
        // Who develops hears of a wrong name even where nothing fails.
        registered_handler(cx, name)?;
    }
    Ok((encoding, errors))
}

/// Encodes or decodes by the registered codec; the result has to be of the kind `wanted`. A virtual machine that was not given the
/// registry knows no encodings but those above.
fn by_registry(
    cx: &Thread,
    function: &str,
    object: &Obj,
    encoding: Option<&Obj>,
    errors: Option<&Obj>,
    wanted: Kind,
) -> PyResult {
    if !cx.vm().native_modules.borrow().contains_key("_codecs") {
        let name = encoding.map_or_else(String::new, crate::text::to_string);
        return Err(cx.lookup_error(format_args!("unknown encoding: {name}")));
    }
    let codecs = crate::import::import_module(cx, "_codecs")?;
    let mut args = vec![object.clone()];
    args.extend(encoding.cloned());
    args.extend(errors.cloned());
    let made = crate::protocol::call_method(cx, &codecs, function, &args)?;
    if made.kind() == wanted {
        return Ok(made);
    }
    let name = encoding.map_or_else(String::new, crate::text::to_string);
    let (found, wanted) = (cx.type_name(&made), wanted.name());
    Err(cx.type_error(format_args!(
        "'{name}' {function}r returned '{found}' instead of '{wanted}'; use codecs.{function}() to {function} to arbitrary types"
    )))
}

/// `object.encode(encoding, errors)` of a string, as bytes.
pub(crate) fn encode_object(
    cx: &Thread,
    method: &str,
    object: &Obj,
    encoding: Option<&Obj>,
    errors: Option<&Obj>,
) -> PyResult {
    let (Some(encoding), errors) = choose(cx, method, encoding, errors)? else {
        return by_registry(cx, "encode", object, encoding, errors, Kind::Bytes);
    };
    let string = object.expect::<Str>();
    if let (Some(ascii), Encoding::Ascii | Encoding::Latin1 | Encoding::Utf8) = (string.as_ascii(), encoding) {
        return Ok(Bytes::create(ascii.as_bytes()));
    }
    encode::encode(cx, object, encoding, errors).map(|data| Bytes::create(&data))
}

/// `object.decode(encoding, errors)` of a bytes-like object with these bytes.
pub(crate) fn decode_object(
    cx: &Thread,
    method: &str,
    object: &Obj,
    data: &[u8],
    encoding: Option<&Obj>,
    errors: Option<&Obj>,
) -> PyResult {
    let (Some(encoding), errors) = choose(cx, method, encoding, errors)? else {
        return by_registry(cx, "decode", object, encoding, errors, Kind::Str);
    };
    decode::decode(cx, object, data, encoding, errors)
}

pub use decode::decode;
pub use encode::encode;
