//! Scopes and names: which name means a local, a cell, a free variable or a global.
//!
//! [`collect`] walks the tree once and notes for every scope how its names are used; [`analyze`]
//! then decides each name's [`Place`]. A list, set or dict comprehension directly in a function
//! or a module is *inlined*: its iteration variables become hidden locals of its host, and its
//! other names are the host's. All names are mangled.

mod analyze;
mod collect;
mod exprs;

use std::collections::HashMap;
use std::rc::Rc;

use ruff_python_ast::Mod;
use ruff_text_size::TextRange;

use crate::error::Res;

/// Index of a scope in the table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct ScopeId(pub usize);

/// What kind of block a scope is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    ListComp,
    SetComp,
    DictComp,
    GenExpr,
    /// The annotate function of a function, class or module.
    Annotations,
    /// The scope of a type parameter list.
    TypeParams,
    /// A lazily evaluated expression: a type alias's value, a bound, a default.
    Evaluator,
}

impl ScopeKind {
    /// A comprehension or generator expression.
    pub(crate) fn is_comprehension(self) -> bool {
        use ScopeKind::*;
        matches!(self, ListComp | SetComp | DictComp | GenExpr)
    }

    /// Whether there are asynchronous ones of its kind.
    pub(crate) fn may_await(self) -> bool {
        matches!(self, ScopeKind::Function | ScopeKind::Module) || self.is_comprehension()
    }

    /// Whether its names are fast locals.
    pub(crate) fn is_function_like(self) -> bool {
        !matches!(self, ScopeKind::Module | ScopeKind::Class)
    }
}

/// Which of the scopes that belong to one syntax node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Part {
    Body,
    Annotations,
    TypeParams,
}

/// Where a name lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Local,
    Cell,
    Free,
    GlobalExplicit,
    GlobalImplicit,
}

/// How a name is used in a scope: a set of bits.
pub(crate) mod usage {
    pub(crate) const PARAM: u16 = 1;
    pub(crate) const ASSIGNED: u16 = 2;
    pub(crate) const USED: u16 = 4;
    pub(crate) const GLOBAL: u16 = 8;
    pub(crate) const NONLOCAL: u16 = 16;
    pub(crate) const ANNOTATED: u16 = 32;
    pub(crate) const COMP_ITER: u16 = 64;
    pub(crate) const TYPE_PARAM: u16 = 128;
    /// Bound in a class and free in a scope nested in it.
    pub(crate) const FREE_CLASS: u16 = 256;
    pub(crate) const BOUND: u16 = PARAM | ASSIGNED | TYPE_PARAM;
}

/// A name in a scope.
#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    pub name: Rc<str>,
    pub usage: u16,
    pub place: Place,
    /// Where it was declared global or nonlocal.
    pub declared: Option<TextRange>,
}

/// One scope.
#[derive(Debug)]
pub(crate) struct Scope {
    pub kind: ScopeKind,
    pub parent: Option<ScopeId>,
    pub children: Vec<ScopeId>,
    pub symbols: Vec<Symbol>,
    index: HashMap<Rc<str>, usize>,
    /// By which class names are mangled.
    pub private: Option<Rc<Private>>,
    /// Is a comprehension that is compiled into its parent.
    pub inlined: bool,
    /// Lies in a function.
    pub nested: bool,
    /// `async def`, or a comprehension that awaits.
    pub is_async: bool,
    pub has_yield: bool,
    pub has_return_value: Option<TextRange>,
    /// A class whose methods use `__class__`.
    pub needs_class_cell: bool,
    /// A class whose annotation scopes look into its namespace.
    pub needs_class_dict: bool,
    /// An annotation scope directly in a class.
    pub sees_class: bool,
    /// A module, or a class with annotations in conditional blocks or with scopes that ask for them.
    pub conditional_annotations: bool,
    /// Has names bound by assignment expressions.
    pub walrus_targets: Vec<Rc<str>>,
    /// What an evaluator evaluates, for messages.
    pub label: &'static str,
    pub range: TextRange,
}

impl Scope {
    /// The symbol of a (mangled) name.
    pub(crate) fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.index.get(name).map(|i| &self.symbols[*i])
    }

    /// Whether the name is bound in this scope itself.
    pub(crate) fn binds(&self, name: &str) -> bool {
        self.symbol(name).is_some_and(|symbol| symbol.usage & usage::BOUND != 0)
    }
}

/// All scopes of a program.
#[derive(Debug)]
pub(crate) struct SymbolTable {
    scopes: Vec<Scope>,
    by_node: HashMap<(usize, Part), ScopeId>,
}

impl SymbolTable {
    /// Builds and analyses the table.
    pub(crate) fn build(module: &Mod, future_annotations: bool, top_level_await: bool) -> Res<SymbolTable> {
        let mut table = collect::collect(module, future_annotations, top_level_await)?;
        analyze::analyze(&mut table)?;
        Ok(table)
    }

    pub(crate) fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0]
    }

    pub(crate) fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0]
    }

    /// The scope that belongs to a syntax node.
    pub(crate) fn of<T>(&self, node: &T, part: Part) -> Option<ScopeId> {
        self.by_node.get(&(std::ptr::from_ref(node).addr(), part)).copied()
    }

    /// The place of a (mangled) name seen from a scope; inlined comprehensions defer to their host.
    pub(crate) fn place(&self, id: ScopeId, name: &str) -> Place {
        let scope = self.scope(id);
        match (scope.symbol(name), scope.parent) {
            (_, Some(parent)) if scope.inlined && !scope.binds(name) => self.place(parent, name),
            (Some(symbol), _) => symbol.place,
            (None, _) => Place::GlobalImplicit,
        }
    }
}

/// The class by which names are mangled.
#[derive(Clone, Debug)]
pub(crate) struct Private {
    pub class: Rc<str>,
    /// The only names concerned, where not all are: around the body of a generic class its type parameters.
    pub only: Option<Vec<Rc<str>>>,
}

impl Private {
    fn concerns(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|one| &**one == name))
    }
}

/// Mangles a name for use in a class.
pub(crate) fn mangle(private: Option<&Private>, name: &str) -> Rc<str> {
    if let Some(private) = private
        && name.starts_with("__")
        && !name.ends_with("__")
        && !name.contains('.')
        && private.concerns(name)
    {
        let class = private.class.trim_start_matches('_');
        if !class.is_empty() {
            return format!("_{class}{name}").into();
        }
    }
    name.into()
}

#[cfg(test)]
mod tests;
