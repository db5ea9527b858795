//! `str.format`: replacement fields.
//!
//! Terms: a *template* is literal text and fields `{name!conversion:spec}`; a name is an argument's index or name followed by
//! attributes and items; a spec is a template itself, one level deep.

use pv_object::{Obj, Str, StrBuilder, Text};

use crate::attr;
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::thread::Thread;

/// Templates may nest this deep.
const DEPTH: u32 = 2;

/// `template.format(*args, **kwargs)`.
pub(crate) fn format(cx: &Thread, args: &Args<'_>) -> PyResult {
    let Some(template) = args.positional().first() else {
        return Err(cx.type_error("unbound method str.format() needs an argument"));
    };
    Filler { cx, source: Source::Args(args.rest()), numbering: Numbering::Unknown }.fill(template)
}

/// `template.format_map(mapping)`.
pub(crate) fn format_map(cx: &Thread, template: &Obj, mapping: &Obj) -> PyResult {
    Filler { cx, source: Source::Mapping(mapping), numbering: Numbering::Unknown }.fill(template)
}

/// Where the values come from.
enum Source<'a> {
    Args(Args<'a>),
    Mapping(&'a Obj),
}

/// Fields number themselves, or all carry numbers.
enum Numbering {
    Unknown,
    Automatic(usize),
    Manual,
}

struct Filler<'a> {
    cx: &'a Thread,
    source: Source<'a>,
    numbering: Numbering,
}

/// A field's parts, as ranges of the template.
struct Field<'t> {
    name: Text<'t>,
    conversion: Option<u32>,
    spec: Text<'t>,
    nested: bool,
}

/// Reads a template.
struct Reader<'t> {
    text: Text<'t>,
    at: usize,
}

const NOTHING: Text<'static> = Text::One(&[]);

impl<'t> Reader<'t> {
    fn take(&mut self) -> Option<u32> {
        let c = self.text.get(self.at)?;
        self.at += 1;
        Some(c)
    }

    /// Literal text up to a field (true) or the end; doubled braces stand for single ones.
    fn literal(&mut self, out: &mut StrBuilder) -> Result<bool, &'static str> {
        loop {
            let start = self.at;
            while self.text.get(self.at).is_some_and(|c| !is(c, '{') && !is(c, '}')) {
                self.at += 1;
            }
            out.push_text(self.text.slice(start, self.at));
            let Some(brace) = self.take() else { return Ok(false) };
            if self.text.get(self.at) == Some(brace) {
                self.at += 1;
                out.push(brace);
            } else if is(brace, '}') {
                return Err("Single '}' encountered in format string");
            } else if self.at == self.text.len() {
                return Err("Single '{' encountered in format string");
            } else {
                return Ok(true);
            }
        }
    }

    /// A field behind its opening brace.
    fn field(&mut self) -> Result<Field<'t>, &'static str> {
        let start = self.at;
        let end = loop {
            match self.take() {
                Some(c) if is(c, '{') => return Err("unexpected '{' in field name"),
                Some(c) if is(c, '[') => {
                    while self.text.get(self.at).is_some_and(|c| !is(c, ']')) {
                        self.at += 1;
                    }
                }
                Some(c) if is(c, '}') || is(c, ':') || is(c, '!') => break c,
                Some(_) => {}
                None => return Err("expected '}' before end of string"),
            }
        };
        let name = self.text.slice(start, self.at - 1);
        let mut field = Field { name, conversion: None, spec: NOTHING, nested: false };
        if is(end, '}') {
            return Ok(field);
        }
        if is(end, '!') {
            field.conversion = Some(self.take().ok_or("end of string while looking for conversion specifier")?);
            match self.take() {
                Some(c) if is(c, '}') => return Ok(field),
                Some(c) if !is(c, ':') => return Err("expected ':' after conversion specifier"),
                _ => {}
            }
        }
        self.spec(&mut field)?;
        Ok(field)
    }

    fn spec(&mut self, field: &mut Field<'t>) -> Result<(), &'static str> {
        let (start, mut depth) = (self.at, 1);
        while let Some(c) = self.take() {
            if is(c, '{') {
                field.nested = true;
                depth += 1;
            } else if is(c, '}') {
                depth -= 1;
                if depth == 0 {
                    field.spec = self.text.slice(start, self.at - 1);
                    return Ok(());
                }
            }
        }
        Err("unmatched '{' in format spec")
    }
}

fn is(c: u32, wanted: char) -> bool {
    c == u32::from(wanted)
}

/// The number that the text spells, if it is all digits; an error when it is too large.
fn number(text: Text<'_>) -> Result<Option<usize>, &'static str> {
    let mut value = 0_usize;
    for c in text.iter() {
        let Some(digit) = crate::unicode::decimal(c) else { return Ok(None) };
        let grown = value.checked_mul(10).and_then(|v| v.checked_add(digit as usize));
        value = grown.filter(|v| *v <= isize::MAX as usize).ok_or("Too many decimal digits in format string")?;
    }
    Ok((!text.is_empty()).then_some(value))
}

impl Filler<'_> {
    fn fill(&mut self, template: &Obj) -> PyResult {
        let mut out = StrBuilder::with_capacity(template.expect::<Str>().len() + 16);
        self.build(template.expect::<Str>().text(), DEPTH, &mut out)?;
        Ok(out.finish())
    }

    fn build(&mut self, template: Text<'_>, depth: u32, out: &mut StrBuilder) -> PyResult<()> {
        if depth == 0 {
            return Err(self.cx.value_error("Max string recursion exceeded"));
        }
        let mut reader = Reader { text: template, at: 0 };
        while reader.literal(out).map_err(|error| self.cx.value_error(error))? {
            let field = reader.field().map_err(|error| self.cx.value_error(error))?;
            let value = self.value(field.name)?;
            let value = self.converted(value, field.conversion)?;
            let spec = self.expanded(&field, depth)?;
            let shown = protocol::format(self.cx, &value, &spec)?;
            out.push_obj(shown.expect());
        }
        Ok(())
    }

    fn expanded(&mut self, field: &Field<'_>, depth: u32) -> PyResult {
        if !field.nested {
            return Ok(Obj::text(field.spec));
        }
        let mut spec = StrBuilder::new();
        self.build(field.spec, depth - 1, &mut spec)?;
        Ok(spec.finish())
    }

    fn converted(&self, value: Obj, conversion: Option<u32>) -> PyResult {
        let Some(conversion) = conversion else { return Ok(value) };
        match char::from_u32(conversion) {
            Some('r') => protocol::repr(self.cx, &value),
            Some('s') => protocol::str(self.cx, &value),
            Some('a') => protocol::ascii(self.cx, &value),
            Some(other @ '!'..='~') => Err(self.cx.value_error(format_args!("Unknown conversion specifier {other}"))),
            _ => Err(self.cx.value_error(format_args!("Unknown conversion specifier \\x{conversion:x}"))),
        }
    }

    /// The value that a field's name reaches.
    fn value(&mut self, name: Text<'_>) -> PyResult {
        let first = name.iter().position(|c| is(c, '.') || is(c, '[')).unwrap_or(name.len());
        let mut value = self.argument(name.slice(0, first))?;
        let mut at = first;
        while let Some(c) = name.get(at) {
            at += 1;
            let rest = name.slice(at, name.len());
            if is(c, '.') {
                let len = rest.iter().position(|c| is(c, '.') || is(c, '[')).unwrap_or(rest.len());
                value = self.attribute(&value, rest.slice(0, len))?;
                at += len;
            } else if is(c, '[') {
                let Some(len) = rest.iter().position(|c| is(c, ']')) else {
                    return Err(self.cx.value_error("Missing ']' in format string"));
                };
                value = self.item(&value, rest.slice(0, len))?;
                at += len + 1;
            } else {
                return Err(self.cx.value_error("Only '.' or '[' may follow ']' in format field specifier"));
            }
        }
        Ok(value)
    }

    fn attribute(&self, value: &Obj, name: Text<'_>) -> PyResult {
        if name.is_empty() {
            return Err(self.cx.value_error("Empty attribute in format string"));
        }
        let name = pv_object::Heap::current().intern_obj(Obj::text(name));
        attr::get(self.cx, value, &name)
    }

    fn item(&self, value: &Obj, key: Text<'_>) -> PyResult {
        if key.is_empty() {
            return Err(self.cx.value_error("Empty attribute in format string"));
        }
        let index = number(key).map_err(|error| self.cx.value_error(error))?;
        let key = index.map_or_else(|| Obj::text(key), Obj::usize);
        protocol::get_item(self.cx, value, &key)
    }

    fn argument(&mut self, name: Text<'_>) -> PyResult {
        let index = number(name).map_err(|error| self.cx.value_error(error))?;
        let index = if name.is_empty() { Some(self.automatic()?) } else { self.manual(index)? };
        match (&self.source, index) {
            (Source::Args(args), Some(index)) => args.positional().get(index).cloned().ok_or_else(|| {
                self.cx.index_error(format_args!("Replacement index {index} out of range for positional args tuple"))
            }),
            (Source::Mapping(_), Some(_)) => Err(self.cx.value_error("Format string contains positional fields")),
            (Source::Mapping(mapping), None) => protocol::get_item(self.cx, mapping, &Obj::text(name)),
            (Source::Args(args), None) => {
                let wanted = Obj::text(name);
                let same = |key: &Obj| key.expect::<Str>().same_text(wanted.expect());
                let found = args.keywords().find(|(key, _)| same(key)).map(|(_, value)| value.clone());
                found.ok_or_else(|| self.cx.key_error(wanted.clone()))
            }
        }
    }

    fn automatic(&mut self) -> PyResult<usize> {
        let index = match self.numbering {
            Numbering::Unknown => 0,
            Numbering::Automatic(next) => next,
            Numbering::Manual => {
                return Err(self
                    .cx
                    .value_error("cannot switch from manual field specification to automatic field numbering"));
            }
        };
        self.numbering = Numbering::Automatic(index + 1);
        Ok(index)
    }

    fn manual(&mut self, index: Option<usize>) -> PyResult<Option<usize>> {
        if index.is_none() {
            return Ok(None);
        }
        if let Numbering::Automatic(_) = self.numbering {
            return Err(self
                .cx
                .value_error("cannot switch from automatic field numbering to manual field specification"));
        }
        self.numbering = Numbering::Manual;
        Ok(index)
    }
}
