//! `IncrementalNewlineDecoder`: makes all line ends of text that comes in pieces `\n`.

use std::cell::{Cell, RefCell};

use pv_object::{Held, Obj, Payload, Str};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, getsets, natives, protocol, text};

use crate::support::{Parameters, create, state};

struct Decoder {
    /// Decodes bytes first, unless it is None.
    inner: Held,
    translate: Cell<bool>,
    /// A `\r` at the end of the last piece, whose `\n` may follow.
    pending: Cell<bool>,
    seen: RefCell<[bool; 3]>,
}

impl Payload for Decoder {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.inner.visit(visitor);
    }
}

static NEW: Parameters = Parameters::new("IncrementalNewlineDecoder", "(decoder, translate, errors='strict')");

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let bound = NEW.bind(cx, args)?;
    let translate = bound[1].as_ref().map_or(Ok(false), |value| protocol::truth(cx, value))?;
    let inner = Held::maybe(bound[0].clone().filter(|inner| !inner.is_none()));
    Ok(create(
        class,
        Decoder { inner, translate: Cell::new(translate), pending: Cell::new(false), seen: RefCell::default() },
    ))
}

static DECODE: Parameters = Parameters::new("decode", "(input, final=False)");

fn decode(cx: &Thread, args: &Args<'_>) -> PyResult {
    let decoder = state::<Decoder>(cx, &args.values()[0])?;
    let bound = DECODE.bind(cx, &args.rest())?;
    let input = bound[0].clone().unwrap_or_else(Obj::none);
    let last = bound[1].as_ref().map_or(Ok(false), |value| protocol::truth(cx, value))?;
    let output = match decoder.inner.get() {
        Some(inner) => protocol::call_method(cx, &inner, "decode", &[input, Obj::bool(last)])?,
        None => input,
    };
    let Some(piece) = output.downcast::<Str>() else {
        let found = cx.type_name(&output);
        return Err(cx.type_error(format_args!("decoder should return a string result, not '{found}'")));
    };
    let mut points: Vec<u32> = decoder.pending.take().then_some(13).into_iter().collect();
    points.extend(piece.text().iter());
    if points.last() == Some(&13) && !last {
        points.pop();
        decoder.pending.set(true);
    }
    Ok(joined(decoder, &points))
}

/// The text, its line ends noted and, if asked for, translated.
fn joined(decoder: &Decoder, points: &[u32]) -> Obj {
    let mut out = pv_object::StrBuilder::with_capacity(points.len());
    let mut at = 0;
    while let Some(point) = points.get(at) {
        let (width, kind) = match (point, points.get(at + 1)) {
            (13, Some(10)) => (2, Some(2)),
            (13, _) => (1, Some(0)),
            (10, _) => (1, Some(1)),
            _ => (1, None),
        };
        if let Some(kind) = kind {
            decoder.seen.borrow_mut()[kind] = true;
        }
        match kind {
            Some(_) if decoder.translate.get() => out.push(10),
            _ => points[at..at + width].iter().for_each(|point| out.push(*point)),
        }
        at += width;
    }
    out.finish()
}

fn reset(cx: &Thread, this: &Obj) -> PyResult {
    let decoder = state::<Decoder>(cx, this)?;
    decoder.pending.set(false);
    *decoder.seen.borrow_mut() = [false; 3];
    match decoder.inner.get() {
        Some(inner) => protocol::call_method0(cx, &inner, "reset"),
        None => Ok(Obj::none()),
    }
}

fn newlines(cx: &Thread, this: &Obj) -> PyResult {
    let seen = *state::<Decoder>(cx, this)?.seen.borrow();
    let names = ["\r", "\n", "\r\n"].into_iter().zip(seen).filter(|(_, met)| *met);
    let mut met: Vec<Obj> = names.map(|(name, _)| text::new(name)).collect();
    Ok(match met.len() {
        0 => Obj::none(),
        1 => met.remove(0),
        _ => pv_object::Tuple::create(met),
    })
}

natives! { static METHODS:
    "decode" "" Raw(decode) "Decodes a piece.";
    "reset" "(self, /)" F1(reset) "Starts over.";
}

getsets! { static GETSETS:
    "newlines" newlines => "The line ends met so far.";
}

/// `IncrementalNewlineDecoder`.
pub(super) static DECODER: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(new), ..Slots::NONE },
    doc: "Codec used when reading a file in universal newlines mode.",
    ..TypeTable::NONE
};
