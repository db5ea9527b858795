//! Decides where each name lives.

use std::collections::HashSet;
use std::rc::Rc;

use super::{Place, ScopeId, ScopeKind, SymbolTable, usage};
use crate::error::{Res, fault};

type Names = HashSet<Rc<str>>;

/// Names that a scope implicitly offers to the scopes nested in a class.
const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

/// Decides every name of the table.
pub(super) fn analyze(table: &mut SymbolTable) -> Res {
    block(table, ScopeId(0), None, &Names::new()).map(drop)
}

/// Analyses one scope; returns the names that scopes nested in it, or itself, need from outside.
fn block(table: &mut SymbolTable, id: ScopeId, bound: Option<&Names>, global: &Names) -> Res<Names> {
    let kind = table.scope(id).kind;
    let (mut local, mut free) = (Names::new(), Names::new());
    let (mut my_bound, mut my_global) = (bound.cloned(), global.clone());
    let (mut inner_bound, mut inner_global) = (Names::new(), global.clone());
    if kind == ScopeKind::Class {
        inner_bound.extend(bound.into_iter().flatten().cloned());
    }
    for i in 0..table.scope(id).symbols.len() {
        let place = decide(table, id, i, &mut my_bound, &mut local, &mut free, &mut my_global)?;
        table.scope_mut(id).symbols[i].place = place;
    }
    if kind == ScopeKind::Class {
        inner_bound.extend(CLASS_CELLS.map(Rc::from));
    } else {
        if kind.is_function_like() {
            inner_bound.extend(local.iter().cloned());
        }
        inner_bound.extend(my_bound.into_iter().flatten());
        inner_global = my_global;
    }
    let mut captured = Names::new();
    for child in table.scope(id).children.clone() {
        captured.extend(block(table, child, Some(&inner_bound), &inner_global)?);
    }
    claim(table, id, &local, &mut captured);
    pass_through(table, id, &captured);
    if !table.scope(id).inlined {
        captured.extend(free);
    }
    Ok(captured)
}

fn decide(
    table: &SymbolTable,
    id: ScopeId,
    i: usize,
    bound: &mut Option<Names>,
    local: &mut Names,
    free: &mut Names,
    global: &mut Names,
) -> Res<Place> {
    let scope = table.scope(id);
    let symbol = &scope.symbols[i];
    let (name, range) = (&symbol.name, symbol.declared.unwrap_or(scope.range));
    if symbol.usage & usage::GLOBAL != 0 {
        if symbol.usage & usage::NONLOCAL != 0 {
            return fault(range, format!("name '{name}' is nonlocal and global"));
        }
        global.insert(name.clone());
        bound.iter_mut().for_each(|bound| drop(bound.take(name)));
        return Ok(Place::GlobalExplicit);
    }
    if symbol.usage & usage::NONLOCAL != 0 {
        if scope.kind == ScopeKind::Module {
            return fault(range, "nonlocal declaration not allowed at module level");
        }
        if !bound.as_ref().is_some_and(|bound| bound.contains(name)) {
            return fault(range, format!("no binding for nonlocal '{name}' found"));
        }
        free.insert(name.clone());
        return Ok(Place::Free);
    }
    if symbol.usage & usage::BOUND != 0 {
        local.insert(name.clone());
        global.remove(name);
        return Ok(Place::Local);
    }
    if bound.as_ref().is_some_and(|bound| bound.contains(name)) {
        free.insert(name.clone());
        return Ok(Place::Free);
    }
    Ok(Place::GlobalImplicit)
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
        captured.remove(CLASS_CELLS[2]);
    }
}

/// Enters the names that nested scopes need from further out.
fn pass_through(table: &mut SymbolTable, id: ScopeId, captured: &Names) {
    let scope = table.scope_mut(id);
    let mut names: Vec<&Rc<str>> = captured.iter().collect();
    names.sort();
    for name in names {
        match scope.index.get(name) {
            Some(&i) if scope.kind == ScopeKind::Class && scope.symbols[i].place != Place::Free => {
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
