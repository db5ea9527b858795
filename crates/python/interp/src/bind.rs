//! Binding arguments to the parameters of a Python function, with CPython's errors.

use pv_bytecode::CodeUnit;
use pv_bytecode::unit::flags;
use pv_machine::{Direct, Machine, Own, Slot};
use pv_object::{CodeRef, Dict, Function, Obj, Str, Tuple};
use pv_runtime::{Args, PyResult, Raised, Thread, code, types};

use crate::operands::FRAME_HEADER;

/// Values by parameter register.
type Bound = Vec<Option<Obj>>;

/// Binds and returns the values of all parameters as a tuple, in register order.
pub fn to_tuple(cx: &Thread, function: &Obj, args: &Args<'_>) -> PyResult {
    Ok(Tuple::create(bind(cx, function, args)?))
}

/// Binds into the first registers of a frame at `base` slots above the machine's; how many were filled.
pub fn into_slots(
    m: &mut Direct<'_, Thread>,
    function: &Obj,
    code: CodeRef,
    args: &Args<'_>,
    base: u32,
) -> PyResult<u32> {
    let values = if code.is_simple() && !args.has_keywords() && args.positional().len() == code.argcount() as usize {
        args.positional().to_vec()
    } else {
        bind(m.context(), function, args)?
    };
    let count = values.len() as u32;
    for (index, value) in values.into_iter().enumerate() {
        m.init(Slot((base + FRAME_HEADER) as i32 + index as i32), Own::new(value.into_word()));
    }
    Ok(count)
}

/// The values of all parameters in register order: positional, keyword-only, `*args`, `**kwargs`.
fn bind(cx: &Thread, function: &Obj, args: &Args<'_>) -> PyResult<Vec<Obj>> {
    let code = CodeRef::of_function(function);
    let binder = Binder { cx, function, unit: code::unit(&code) };
    let named = (binder.unit.argcount + binder.unit.kwonly) as usize;
    let mut bound: Bound = vec![None; named];
    let rest = binder.positional(args, &mut bound);
    let extra = binder.keywords(args, &mut bound)?;
    if rest.is_none() && args.positional().len() > binder.unit.argcount as usize {
        return Err(binder.too_many(args, &bound));
    }
    binder.defaults(&mut bound)?;
    binder.keyword_defaults(&mut bound)?;
    let mut values: Vec<Obj> = bound.into_iter().flatten().collect();
    values.extend(rest);
    values.extend(extra);
    Ok(values)
}

struct Binder<'a> {
    cx: &'a Thread,
    function: &'a Obj,
    unit: &'a CodeUnit,
}

impl Binder<'_> {
    fn name(&self) -> String {
        let name = self.function.expect::<Function>().qualname.get();
        name.map_or_else(String::new, |name| name.expect::<Str>().to_string_lossy())
    }

    /// Places positional arguments; the `*args` tuple, if the function has one.
    fn positional(&self, args: &Args<'_>, bound: &mut Bound) -> Option<Obj> {
        let given = args.positional();
        let taken = given.len().min(self.unit.argcount as usize);
        for (place, value) in bound.iter_mut().zip(&given[..taken]) {
            *place = Some(value.clone());
        }
        let varargs = self.unit.flags & flags::VARARGS != 0;
        varargs.then(|| Tuple::create(given[taken..].to_vec()))
    }

    /// Places keyword arguments; the `**kwargs` dict, if the function has one.
    fn keywords(&self, args: &Args<'_>, bound: &mut Bound) -> PyResult<Option<Obj>> {
        let extra = (self.unit.flags & flags::VARKEYWORDS != 0).then(Dict::create);
        let mut positional_only = Vec::new();
        for (name, value) in args.keywords() {
            let Some(text) = name.downcast::<Str>().map(Str::to_string_lossy) else {
                return Err(self.cx.type_error(format_args!("{}() keywords must be strings", self.name())));
            };
            match self.parameter(&text) {
                Some(index) if bound[index].is_none() => bound[index] = Some(value.clone()),
                Some(_) => return Err(self.multiple(&text)),
                None if extra.is_some() => {
                    types::dict::set(self.cx, extra.as_ref().expect("checked"), name, value.clone())?;
                }
                None if self.is_positional_only(&text) => positional_only.push(text),
                None => return Err(self.unexpected(&text)),
            }
        }
        if !positional_only.is_empty() {
            return Err(self.cx.type_error(format_args!(
                "{}() got some positional-only arguments passed as keyword arguments: '{}'",
                self.name(),
                positional_only.join(", ")
            )));
        }
        Ok(extra)
    }

    /// The register of the parameter that a keyword may name.
    fn parameter(&self, name: &str) -> Option<usize> {
        let named = (self.unit.argcount + self.unit.kwonly) as usize;
        let names = &self.unit.varnames[..named];
        names.iter().position(|each| &**each == name).filter(|index| *index >= self.unit.posonly as usize)
    }

    fn is_positional_only(&self, name: &str) -> bool {
        self.unit.varnames[..self.unit.posonly as usize].iter().any(|each| &**each == name)
    }

    fn multiple(&self, name: &str) -> Raised {
        self.cx.type_error(format_args!("{}() got multiple values for argument '{name}'", self.name()))
    }

    fn unexpected(&self, name: &str) -> Raised {
        let named = (self.unit.argcount + self.unit.kwonly) as usize;
        let candidates = self.unit.varnames[self.unit.posonly as usize..named].iter().map(|each| &**each);
        let hint = match pv_runtime::algorithm::suggest::suggest(name, candidates) {
            Some(close) => format!(". Did you mean '{close}'?"),
            None => String::new(),
        };
        self.cx.type_error(format_args!("{}() got an unexpected keyword argument '{name}'{hint}", self.name()))
    }

    fn too_many(&self, args: &Args<'_>, bound: &Bound) -> Raised {
        let most = self.unit.argcount as usize;
        let defaults = self.default_values().len();
        let given = args.positional().len();
        let kwonly = bound[most..].iter().flatten().count();
        let takes = if defaults == 0 { most.to_string() } else { format!("from {} to {most}", most - defaults) };
        let plural = if most == 1 && defaults == 0 { "" } else { "s" };
        let (extra, were) = if kwonly == 0 {
            (String::new(), if given == 1 { "was" } else { "were" })
        } else {
            let (s1, s2) = (if given == 1 { "" } else { "s" }, if kwonly == 1 { "" } else { "s" });
            (format!(" positional argument{s1} (and {kwonly} keyword-only argument{s2})"), "were")
        };
        self.cx.type_error(format_args!(
            "{}() takes {takes} positional argument{plural} but {given}{extra} {were} given",
            self.name()
        ))
    }

    fn default_values(&self) -> Vec<Obj> {
        let defaults = self.function.expect::<Function>().defaults.get();
        defaults.map_or_else(Vec::new, |tuple| tuple.expect::<Tuple>().items().to_vec())
    }

    fn defaults(&self, bound: &mut Bound) -> PyResult<()> {
        let defaults = self.default_values();
        let most = self.unit.argcount as usize;
        let first = most.saturating_sub(defaults.len());
        let skip = defaults.len().saturating_sub(most);
        for (place, value) in bound[first..most].iter_mut().zip(&defaults[skip..]) {
            place.get_or_insert_with(|| value.clone());
        }
        self.require(&bound[..first], 0, "positional")
    }

    fn keyword_defaults(&self, bound: &mut Bound) -> PyResult<()> {
        let most = self.unit.argcount as usize;
        if let Some(defaults) = self.function.expect::<Function>().kwdefaults.get() {
            for (index, place) in bound.iter_mut().enumerate().skip(most).filter(|(_, place)| place.is_none()) {
                *place = defaults.expect::<Dict>().get(&self.unit.varnames[index]);
            }
        }
        self.require(&bound[most..], most, "keyword-only")
    }

    /// TypeError unless all these places, from parameter `first` on, are filled.
    fn require(&self, places: &[Option<Obj>], first: usize, kind: &str) -> PyResult<()> {
        let missing: Vec<String> = places
            .iter()
            .enumerate()
            .filter(|(_, place)| place.is_none())
            .map(|(index, _)| format!("'{}'", self.unit.varnames[first + index]))
            .collect();
        let list = match &missing[..] {
            [] => return Ok(()),
            [one] => one.clone(),
            [one, two] => format!("{one} and {two}"),
            [many @ .., last] => format!("{}, and {last}", many.join(", ")),
        };
        let (count, plural) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
        let name = self.name();
        Err(self.cx.type_error(format_args!("{name}() missing {count} required {kind} argument{plural}: {list}")))
    }
}
