//! Text signatures: parsing, binding of arguments, and the texts of arity errors.
//!
//! Role: a native function states its parameters once, in the notation of `__text_signature__`; from that come its
//! binding, its error texts and its introspection. Binding is generic over the value type and knows no objects.
//! Invariant: [`Signature::bind`] fills exactly one place per parameter, `self` included where the function has one.

/// How a parameter takes its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Before the slash.
    PositionalOnly,
    /// By position or by name.
    Positional,
    /// `*args`.
    VarPositional,
    /// After the star.
    KeywordOnly,
    /// `**kwargs`.
    VarKeyword,
}

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// How it takes its argument.
    pub kind: ParamKind,
    /// Source text of its default, if it has one.
    pub default: Option<&'static str>,
}

/// A parsed signature; `self` is not among the parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Does the text begin with `self` (or `cls`)?
    pub has_self: bool,
    /// The parameters in order.
    pub params: Box<[Param]>,
    /// Parameters that may be given by position.
    positional: usize,
    /// Of those, how many must be given.
    required: usize,
    /// Of those, how many cannot be given by name.
    positional_only: usize,
    star: Option<usize>,
    double_star: Option<usize>,
}

/// What one parameter receives from [`Signature::bind`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nothing: its default holds.
    Missing,
    /// The argument value at this index (positional and keyword values are numbered together).
    Value(usize),
    /// The positional arguments from this index to the last.
    Rest(usize),
    /// The keyword values at these indices.
    Keywords(Vec<usize>),
}

impl Signature {
    /// Parses `(self, object, /, *, key=None)`; defaults may contain quoted commas and brackets.
    pub fn parse(text: &'static str) -> Signature {
        let inner = text.trim().trim_start_matches('(').trim_end_matches(')');
        let mut params: Vec<Param> = Vec::new();
        let mut kind = ParamKind::Positional;
        let mut has_self = false;
        for (index, piece) in split_top_level(inner).into_iter().enumerate() {
            match piece {
                "self" | "cls" if index == 0 => has_self = true,
                "/" => params.iter_mut().for_each(|p| p.kind = ParamKind::PositionalOnly),
                "*" => kind = ParamKind::KeywordOnly,
                _ => {
                    params.push(parse_param(piece, kind));
                    if piece.starts_with('*') {
                        kind = ParamKind::KeywordOnly;
                    }
                }
            }
        }
        Signature::from_params(has_self, params)
    }

    fn from_params(has_self: bool, params: Vec<Param>) -> Signature {
        let is_positional = |p: &&Param| matches!(p.kind, ParamKind::PositionalOnly | ParamKind::Positional);
        let positional = params.iter().filter(is_positional).count();
        let required = params.iter().filter(is_positional).filter(|p| p.default.is_none()).count();
        let positional_only = params.iter().filter(|p| p.kind == ParamKind::PositionalOnly).count();
        let find = |kind| params.iter().position(|p: &Param| p.kind == kind);
        let (star, double_star) = (find(ParamKind::VarPositional), find(ParamKind::VarKeyword));
        Signature { has_self, params: params.into(), positional, required, positional_only, star, double_star }
    }

    /// Fewest and most positional arguments (`None` where there is no limit).
    pub fn positional_range(&self) -> (usize, Option<usize>) {
        (self.required, if self.star.is_some() { None } else { Some(self.positional) })
    }

    /// Number of places, `self` included, when this many values (`self` included) given by position are all it takes to fill
    /// them one after the other.
    #[inline]
    pub fn places_of(&self, values: usize) -> Option<usize> {
        let lead = usize::from(self.has_self);
        let given = values.checked_sub(lead)?;
        let plain = self.star.is_none() && self.double_star.is_none() && self.required_total() == self.required;
        (plain && (self.required..=self.positional).contains(&given)).then(|| lead + self.params.len())
    }

    /// Can any parameter be given by name?
    pub fn takes_keywords(&self) -> bool {
        self.double_star.is_some() || self.params.iter().any(is_nameable)
    }

    /// Assigns `given` positional arguments and the keyword arguments `names` (whose values are numbered from `given` on)
    /// to the parameters. `name` is the bare name and `qualified` the name with its type or module, for error texts.
    pub fn bind(&self, given: usize, names: &[&str], name: &str, qualified: &str) -> Result<Vec<Source>, String> {
        if self.takes_keywords() {
            self.check_counts(given, names.len(), name)?;
        } else {
            if !names.is_empty() {
                return Err(format!("{qualified}() takes no keyword arguments"));
            }
            self.check_positional_only(given, name, qualified)?;
        }
        let mut sources = vec![Source::Missing; self.params.len()];
        for (i, source) in sources.iter_mut().enumerate().take(given.min(self.positional)) {
            *source = Source::Value(i);
        }
        if let Some(star) = self.star {
            sources[star] = Source::Rest(self.positional.min(given));
        }
        self.bind_names(given, names, name, &mut sources)?;
        self.check_missing(&sources, name)?;
        Ok(sources)
    }

    fn bind_names(&self, given: usize, names: &[&str], name: &str, sources: &mut [Source]) -> Result<(), String> {
        let mut extra = Vec::new();
        for (i, keyword) in names.iter().enumerate() {
            match self.params.iter().position(|p| is_nameable(p) && p.name == *keyword) {
                Some(at) if sources[at] != Source::Missing => {
                    let position = at + 1;
                    return Err(format!("argument for {name}() given by name ('{keyword}') and position ({position})"));
                }
                Some(at) => sources[at] = Source::Value(given + i),
                None if self.double_star.is_some() => extra.push(given + i),
                None => return Err(format!("{name}() got an unexpected keyword argument '{keyword}'")),
            }
        }
        if let Some(at) = self.double_star {
            sources[at] = Source::Keywords(extra);
        }
        Ok(())
    }

    fn check_missing(&self, sources: &[Source], name: &str) -> Result<(), String> {
        for (i, (param, source)) in self.params.iter().zip(sources).enumerate() {
            if *source == Source::Missing && param.default.is_none() {
                let (param, position) = (param.name, i + 1);
                return Err(format!("{name}() missing required argument '{param}' (pos {position})"));
            }
        }
        Ok(())
    }

    /// The counts of a function with nameable parameters.
    fn check_counts(&self, given: usize, keywords: usize, name: &str) -> Result<(), String> {
        if self.star.is_some() {
            return Ok(());
        }
        let total = self.params.len();
        if self.double_star.is_none() && given + keywords > total {
            let bound = if self.required_total() == total { "exactly" } else { "at most" };
            let what = if given == 0 { "keyword argument" } else { "argument" };
            let all = given + keywords;
            if self.positional > 0 || given == 0 {
                return Err(format!("{name}() takes {bound} {total} {} ({all} given)", plural(what, total)));
            }
        }
        if given > self.positional {
            if self.positional == 0 {
                return Err(format!("{name}() takes no positional arguments"));
            }
            let bound = if self.required < self.positional { "at most" } else { "exactly" };
            let (most, what) = (self.positional, plural("positional argument", self.positional));
            return Err(format!("{name}() takes {bound} {most} {what} ({given} given)"));
        }
        let required_only = self.params.iter().take(self.positional_only).filter(|p| p.default.is_none()).count();
        if given < required_only {
            let bound = if required_only < self.positional { "at least" } else { "exactly" };
            let what = plural("positional argument", required_only);
            return Err(format!("{name}() takes {bound} {required_only} {what} ({given} given)"));
        }
        Ok(())
    }

    fn required_total(&self) -> usize {
        self.params.iter().filter(|p| p.default.is_none()).count()
    }

    /// The counts of a function whose parameters have no names.
    fn check_positional_only(&self, given: usize, name: &str, qualified: &str) -> Result<(), String> {
        let (least, most) = self.positional_range();
        match (least, most) {
            (0, Some(0)) if given > 0 => Err(format!("{qualified}() takes no arguments ({given} given)")),
            (1, Some(1)) if given != 1 => Err(format!("{qualified}() takes exactly one argument ({given} given)")),
            _ => check_positional(name, given, least, most),
        }
    }

    /// The value of `__text_signature__`: `self` is marked with `$`; a module function begins with `$module`.
    pub fn text(&self) -> String {
        let mut pieces = vec![if self.has_self { "$self".to_string() } else { "$module".to_string() }];
        let mut slash_due = self.positional_only == 0;
        let mut star_seen = false;
        if slash_due {
            pieces.push("/".to_string());
        }
        for (i, param) in self.params.iter().enumerate() {
            if !slash_due && i == self.positional_only {
                pieces.push("/".to_string());
                slash_due = true;
            }
            if param.kind == ParamKind::KeywordOnly && !star_seen && self.star.is_none() {
                pieces.push("*".to_string());
                star_seen = true;
            }
            pieces.push(param.text());
        }
        if !slash_due {
            pieces.push("/".to_string());
        }
        format!("({})", pieces.join(", "))
    }
}

impl Param {
    fn text(&self) -> String {
        let prefix = match self.kind {
            ParamKind::VarPositional => "*",
            ParamKind::VarKeyword => "**",
            _ => "",
        };
        match self.default {
            Some(default) => format!("{prefix}{}={default}", self.name),
            None => format!("{prefix}{}", self.name),
        }
    }
}

/// The check of a count of nameless arguments, with the texts of `insert expected 2 arguments, got 1`.
pub fn check_positional(name: &str, given: usize, least: usize, most: Option<usize>) -> Result<(), String> {
    let too_many = most.is_some_and(|most| given > most);
    if given >= least && !too_many {
        return Ok(());
    }
    let bound = if Some(least) == most {
        ""
    } else if too_many {
        "at most "
    } else {
        "at least "
    };
    let limit = if too_many { most.unwrap_or(least) } else { least };
    Err(format!("{name} expected {bound}{limit} {}, got {given}", plural("argument", limit)))
}

fn is_nameable(param: &Param) -> bool {
    matches!(param.kind, ParamKind::Positional | ParamKind::KeywordOnly)
}

fn plural(noun: &str, count: usize) -> String {
    if count == 1 { noun.to_string() } else { format!("{noun}s") }
}

fn parse_param(piece: &'static str, kind: ParamKind) -> Param {
    if let Some(name) = piece.strip_prefix("**") {
        return Param { name, kind: ParamKind::VarKeyword, default: None };
    }
    if let Some(name) = piece.strip_prefix('*') {
        return Param { name, kind: ParamKind::VarPositional, default: None };
    }
    match piece.split_once('=') {
        Some((name, default)) => Param { name: name.trim(), kind, default: Some(default.trim()) },
        None => Param { name: piece, kind, default: None },
    }
}

fn split_top_level(text: &'static str) -> Vec<&'static str> {
    let (mut pieces, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_i32, None);
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                pieces.push(text[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    pieces.push(text[start..].trim());
    pieces.retain(|p| !p.is_empty());
    pieces
}

#[cfg(test)]
mod tests;
