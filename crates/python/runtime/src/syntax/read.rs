//! From node objects to a tree for the compiler: what all nodes share, and modules.
//!
//! Everything is checked on the way: fields that must be there, their types, places, contexts, and what the parser would never make. The
//! offsets of the tree are numbers handed out in the order of the nodes ([`Places`]).

use std::cell::RefCell;
use std::collections::HashMap;

use pv_bytecode::source::Places;
use pv_bytecode::{Ast, Mode};
use pv_object::{Dict, Kind, List, Obj, Str, Tuple, Type};
use ruff_python_ast::{AtomicNodeIndex, Identifier, Mod, ModExpression, ModModule};
use ruff_text_size::{TextRange, TextSize};

use crate::attr;
use crate::error::{PyResult, Raised};
use crate::protocol;
use crate::text;
use crate::thread::Thread;

/// The tree that a module object stands for.
pub fn from_object(cx: &Thread, tree: &Obj, mode: Mode, filename: &str) -> PyResult<Ast> {
    let reader = Reader::new(cx)?;
    let wanted = match mode {
        Mode::Exec => "Module",
        Mode::Single => "Interactive",
        Mode::Eval => "Expression",
    };
    if reader.class(tree).as_deref() != Some(wanted) {
        let found = cx.type_name(tree);
        return Err(cx.type_error(format_args!("expected {wanted} node, got {found}")));
    }
    let node = Node { reader: &reader, object: tree, class: wanted };
    let start = reader.places.borrow_mut().next(1, 0);
    let (expression, body) = match mode {
        Mode::Eval => (Some(node.expr("body")?), Vec::new()),
        _ => (None, node.body("body", false)?),
    };
    let range = TextRange::new(start, reader.places.borrow_mut().next(1, 0));
    let module = match expression {
        Some(body) => Mod::Expression(ModExpression { node_index: AtomicNodeIndex::NONE, range, body: Box::new(body) }),
        None => Mod::Module(ModModule { node_index: AtomicNodeIndex::NONE, range, body: body.into_iter().collect() }),
    };
    Ok(Ast::made(module, reader.places.into_inner(), mode, filename))
}

/// Is this a node? Nobody has one who has not imported the module.
pub fn is_node(cx: &Thread, value: &Obj) -> PyResult<bool> {
    let Some(module) = crate::types::dict::get_str(&cx.vm().modules, &text::intern("_ast")) else { return Ok(false) };
    let base = attr::get_str(cx, &module, "AST")?;
    protocol::is_instance(cx, value, &base)
}

pub(super) struct Reader<'a> {
    pub(super) cx: &'a Thread,
    /// Names of the node classes, by address.
    classes: HashMap<u64, String>,
    pub(super) places: RefCell<Places>,
}

/// Where a node begins; what its children need is handed out before its end.
pub(super) struct Place {
    start: TextSize,
    end: (u32, u32),
}

impl<'a> Reader<'a> {
    fn new(cx: &'a Thread) -> PyResult<Reader<'a>> {
        let module = crate::import::import_module(cx, "_ast")?;
        let table = attr::get_str(cx, &module, "_classes")?;
        let table = table.expect::<Dict>();
        let classes = table.items().into_iter().map(|(name, class)| (class.word().0, text::to_string(&name))).collect();
        Ok(Reader { cx, classes, places: RefCell::default() })
    }

    /// The name of the node class that an object is of.
    pub(super) fn class(&self, object: &Obj) -> Option<String> {
        let mro = self.cx.type_of(object).expect::<Type>().mro();
        mro.expect::<Tuple>().items().iter().find_map(|class| self.classes.get(&class.word().0)).cloned()
    }

    /// Raises the error of an object that is no node of the kind wanted.
    pub(super) fn unexpected(&self, kind: &str, object: &Obj) -> Raised {
        match protocol::repr(self.cx, object) {
            Ok(shown) => {
                let shown = text::to_string(&shown);
                self.cx.type_error(format_args!("expected some sort of {kind}, but got {shown}"))
            }
            Err(raised) => raised,
        }
    }

    pub(super) fn value_error(&self, message: &str) -> Raised {
        self.cx.value_error(message)
    }

    /// Reads a node's place; `kind` is what errors call it.
    pub(super) fn enter(&self, object: &Obj, kind: &'static str) -> PyResult<Place> {
        let node = Node { reader: self, object, class: kind };
        let (line, col) = (node.required_int("lineno")?, node.required_int("col_offset")?);
        let end_line = node.optional_int("end_lineno")?.unwrap_or(line);
        let end_col = node.optional_int("end_col_offset")?.unwrap_or(col);
        let cx = self.cx;
        if line > end_line {
            return Err(cx.value_error(format_args!("AST node line range ({line}, {end_line}) is not valid")));
        }
        if line < 0 && end_line != line || col < 0 && col != end_col {
            return Err(cx.value_error(format_args!(
                "AST node column range ({col}, {end_col}) for line range ({line}, {end_line}) is not valid"
            )));
        }
        if line == end_line && col > end_col {
            return Err(cx.value_error(format_args!("line {line}, column {col}-{end_col} is not a valid range")));
        }
        let number = |value: i64| value.clamp(0, i64::from(u32::MAX)) as u32;
        let start = self.places.borrow_mut().next(number(line), number(col));
        Ok(Place { start, end: (number(end_line), number(end_col)) })
    }

    /// The range of a node whose children have been read.
    pub(super) fn leave(&self, place: &Place) -> TextRange {
        let (line, col) = place.end;
        TextRange::new(place.start, self.places.borrow_mut().next(line, col))
    }

    /// The range of something without a place of its own.
    pub(super) fn nowhere(&self, place: &Place) -> TextRange {
        TextRange::empty(place.start)
    }

    /// Reads one level deeper.
    pub(super) fn nested<T>(&self, read: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        self.cx.nested(" during ast construction", read)
    }

    /// The text of a string, which may not be a keyword that is a constant.
    pub(super) fn identifier_of(&self, value: &Obj) -> PyResult<Identifier> {
        let Some(name) = value.downcast::<Str>() else {
            return Err(self.cx.type_error("AST identifier must be of type str"));
        };
        let name = name.to_string_lossy();
        if matches!(name.as_str(), "None" | "True" | "False") {
            return Err(self.cx.value_error(format_args!("identifier field can't represent '{name}' constant")));
        }
        Ok(Identifier { id: name.into(), range: TextRange::default(), node_index: AtomicNodeIndex::NONE })
    }

    fn int_of(&self, value: &Obj) -> PyResult<i64> {
        if !value.is_int() {
            let shown = text::to_string(&protocol::repr(self.cx, value)?);
            return Err(self.cx.value_error(format_args!("invalid integer value: {shown}")));
        }
        value.as_i64().ok_or_else(|| self.cx.overflow_error("Python int too large to convert to C int"))
    }
}

/// An object whose fields are being read.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) reader: &'a Reader<'a>,
    pub(super) object: &'a Obj,
    /// What errors call it.
    pub(super) class: &'a str,
}

impl<'a> Node<'a> {
    pub(super) fn cx(&self) -> &'a Thread {
        self.reader.cx
    }

    /// A field; an absent one is `None`.
    pub(super) fn get(&self, field: &str) -> PyResult<Option<Obj>> {
        let value = attr::get_optional(self.cx(), self.object, &text::intern(field))?;
        Ok(value.filter(|value| !value.is_none()))
    }

    /// A field that must be there.
    pub(super) fn required(&self, field: &str) -> PyResult {
        match attr::get_optional(self.cx(), self.object, &text::intern(field))? {
            None => {
                let class = self.class;
                Err(self.cx().type_error(format_args!("required field \"{field}\" missing from {class}")))
            }
            Some(value) if value.is_none() => Err(self.is_required(field)),
            Some(value) => Ok(value),
        }
    }

    pub(super) fn is_required(&self, field: &str) -> Raised {
        let class = self.class;
        self.cx().value_error(format_args!("field '{field}' is required for {class}"))
    }

    /// The items of a list field; without the field there are none.
    pub(super) fn items(&self, field: &str) -> PyResult<Vec<Obj>> {
        let Some(value) = attr::get_optional(self.cx(), self.object, &text::intern(field))? else {
            return Ok(Vec::new());
        };
        match value.downcast::<List>() {
            Some(list) => Ok(list.to_vec()),
            None => {
                let (class, found) = (self.class, self.cx().type_name(&value));
                Err(self.cx().type_error(format_args!("{class} field \"{field}\" must be a list, not a {found}")))
            }
        }
    }

    /// The items of a list field that may not be empty.
    pub(super) fn some_items(&self, field: &str) -> PyResult<Vec<Obj>> {
        let items = self.items(field)?;
        if items.is_empty() {
            return Err(self.empty(field));
        }
        Ok(items)
    }

    pub(super) fn empty(&self, field: &str) -> Raised {
        let class = self.class;
        self.cx().value_error(format_args!("empty {field} on {class}"))
    }

    pub(super) fn required_int(&self, field: &str) -> PyResult<i64> {
        match attr::get_optional(self.cx(), self.object, &text::intern(field))? {
            Some(value) => self.reader.int_of(&value),
            None => {
                let class = self.class;
                Err(self.cx().type_error(format_args!("required field \"{field}\" missing from {class}")))
            }
        }
    }

    pub(super) fn optional_int(&self, field: &str) -> PyResult<Option<i64>> {
        self.get(field)?.map(|value| self.reader.int_of(&value)).transpose()
    }

    pub(super) fn identifier(&self, field: &str) -> PyResult<Identifier> {
        self.reader.identifier_of(&self.required(field)?)
    }

    pub(super) fn optional_identifier(&self, field: &str) -> PyResult<Option<Identifier>> {
        self.get(field)?.map(|value| self.reader.identifier_of(&value)).transpose()
    }

    pub(super) fn identifiers(&self, field: &str) -> PyResult<Vec<Identifier>> {
        self.items(field)?.iter().map(|item| self.reader.identifier_of(item)).collect()
    }

    /// A string that is checked and has no use, such as a type comment.
    pub(super) fn check_string(&self, field: &str) -> PyResult<()> {
        match self.get(field)? {
            Some(value) if value.kind() != Kind::Str => Err(self.cx().type_error("AST string must be of type str")),
            _ => Ok(()),
        }
    }
}
