//! Decides where each name lives.

use std::collections::HashSet;
use std::rc::Rc;

use super::{Place, Scope, ScopeId, ScopeKind, Symbol, SymbolTable, usage};
use crate::error::{Res, fault};

type Names = HashSet<Rc<str>>;

/// Names that a scope implicitly offers to the scopes nested in a class.
const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

/// What a scope finds around it.
#[derive(Clone, Default)]
struct Around {
    /// Names bound in functions around; none at all for the module.
    bound: Option<Names>,
    /// Names declared global.
    global: Names,
    /// Those of the bound ones that are type parameters.
    type_params: Names,
}

/// What comes of the names of one scope.
#[derive(Default)]
struct Own {
    local: Names,
    free: Names,
}

/// Decides every name of the table.
pub(super) fn analyze(table: &mut SymbolTable) -> Res {
    block(table, ScopeId(0), &Around::default()).map(drop)
}

/// Analyses one scope; returns the names that scopes nested in it, or itself, need from outside.
fn block(table: &mut SymbolTable, id: ScopeId, around: &Around) -> Res<Names> {
    let kind = table.scope(id).kind;
    let (mut own, mut seen) = (Own::default(), around.clone());
    for i in 0..table.scope(id).symbols.len() {
        let place = decide(table, id, i, &mut seen, &mut own)?;
        table.scope_mut(id).symbols[i].place = place;
    }
    let mut inner = around.clone();
    inner.type_params = seen.type_params;
    let mut bound = Names::new();
    if kind == ScopeKind::Class {
        bound.extend(inner.bound.take().into_iter().flatten());
        bound.extend(CLASS_CELLS.map(Rc::from));
    } else {
        if kind.is_function_like() {
            bound.extend(own.local.iter().cloned());
        }
        bound.extend(seen.bound.into_iter().flatten());
        inner.global = seen.global;
    }
    inner.bound = Some(bound);
    let mut captured = Names::new();
    for child in table.scope(id).children.clone() {
        captured.extend(block(table, child, &inner)?);
    }
    claim(table, id, &own.local, &mut captured);
    pass_through(table, id, &captured);
    if !table.scope(id).inlined {
        captured.extend(own.free);
    }
    Ok(captured)
}

fn decide(table: &SymbolTable, id: ScopeId, i: usize, seen: &mut Around, own: &mut Own) -> Res<Place> {
    let scope = table.scope(id);
    let symbol = &scope.symbols[i];
    let name = &symbol.name;
    let bound_around = seen.bound.as_ref().is_some_and(|bound| bound.contains(name));
    if symbol.usage & (usage::GLOBAL | usage::NONLOCAL) != 0 {
        check_declaration(scope, symbol, seen)?;
        if symbol.usage & usage::GLOBAL != 0 {
            seen.global.insert(name.clone());
            seen.bound.iter_mut().for_each(|bound| drop(bound.take(name)));
            return Ok(Place::GlobalExplicit);
        }
        own.free.insert(name.clone());
        return Ok(Place::Free);
    }
    if symbol.usage & usage::BOUND != 0 {
        own.local.insert(name.clone());
        seen.global.remove(name);
        if symbol.usage & usage::TYPE_PARAM != 0 {
            seen.type_params.insert(name.clone());
        } else {
            seen.type_params.remove(name);
        }
        return Ok(Place::Local);
    }
    if let Some(place) = place_in_class(table, id, name) {
        return Ok(place);
    }
    if bound_around && !(CLASS_CELLS.contains(&&**name) && is_part_of_class(table, scope)) {
        own.free.insert(name.clone());
        return Ok(Place::Free);
    }
    Ok(Place::GlobalImplicit)
}

/// Is it a comprehension that belongs to a class body? It sees of the class's cells what the body sees: nothing.
fn is_part_of_class(table: &SymbolTable, scope: &Scope) -> bool {
    let comprehension = scope.kind.is_comprehension() && scope.kind != ScopeKind::GenExpr;
    comprehension && scope.parent.is_some_and(|parent| table.scope(parent).kind == ScopeKind::Class)
}

/// Can a name be declared `global` or `nonlocal` as it is?
fn check_declaration(scope: &Scope, symbol: &Symbol, seen: &Around) -> Res {
    let (name, range) = (&symbol.name, symbol.declared.unwrap_or(scope.range));
    let global = symbol.usage & usage::GLOBAL != 0;
    if global && symbol.usage & usage::NONLOCAL != 0 {
        return fault(range, format!("name '{name}' is nonlocal and global"));
    }
    if global {
        return Ok(());
    }
    if scope.kind == ScopeKind::Module {
        return fault(range, "nonlocal declaration not allowed at module level");
    }
    if !seen.bound.as_ref().is_some_and(|bound| bound.contains(name)) {
        return fault(range, format!("no binding for nonlocal '{name}' found"));
    }
    if seen.type_params.contains(name) {
        return fault(range, format!("nonlocal binding not allowed for type parameter '{name}'"));
    }
    Ok(())
}

/// A name in an annotation scope that the class around has too: it is looked up in the class, then globally, never in functions around.
fn place_in_class(table: &SymbolTable, id: ScopeId, name: &str) -> Option<Place> {
    let mut scope = table.scope(id);
    if !scope.sees_class || CLASS_CELLS.contains(&name) {
        return None;
    }
    while scope.kind != ScopeKind::Class {
        scope = table.scope(scope.parent?);
    }
    let usage = scope.symbol(name)?.usage;
    if usage & usage::GLOBAL != 0 {
        return Some(Place::GlobalExplicit);
    }
    (usage & usage::BOUND != 0 && usage & usage::NONLOCAL == 0).then_some(Place::GlobalImplicit)
}

/// Turns captured locals into cells, and takes the class cells.
fn claim(table: &mut SymbolTable, id: ScopeId, local: &Names, captured: &mut Names) {
    let scope = table.scope_mut(id);
    if scope.kind.is_function_like() {
        for symbol in &mut scope.symbols {
            if symbol.place == Place::Local && local.contains(&symbol.name) && captured.remove(&symbol.name) {
                symbol.place = Place::Cell;
            }
        }
    } else if scope.kind == ScopeKind::Class {
        scope.needs_class_cell = captured.remove(CLASS_CELLS[0]);
        scope.needs_class_dict = captured.remove(CLASS_CELLS[1]);
        scope.conditional_annotations |= captured.remove(CLASS_CELLS[2]);
    }
}

/// May a name mean something else in this scope than in those nested in it?
fn keeps_apart(scope: &Scope) -> bool {
    scope.kind == ScopeKind::Class || scope.sees_class
}

/// Enters the names that nested scopes need from further out.
fn pass_through(table: &mut SymbolTable, id: ScopeId, captured: &Names) {
    let scope = table.scope_mut(id);
    let mut names: Vec<&Rc<str>> = captured.iter().collect();
    names.sort();
    for name in names {
        match scope.index.get(name) {
            Some(&i) if keeps_apart(scope) && scope.symbols[i].place != Place::Free => {
                scope.symbols[i].usage |= usage::FREE_CLASS;
            }
            Some(_) => {}
            None if scope.inlined || scope.kind == ScopeKind::Module => {}
            None => {
                scope.index.insert(name.clone(), scope.symbols.len());
                scope.symbols.push(super::Symbol { name: name.clone(), usage: 0, place: Place::Free, declared: None });
            }
        }
    }
}
