//! Functions, methods, closures' cells, and the descriptor kinds.

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

use pv_word::Word;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::native::Shared;
use crate::layouts::{Payload, create, held_layout};
use crate::obj::{Held, Obj};
use crate::shape::ShapeRef;

/// A captured variable.
#[repr(C)]
pub struct CellObj {
    header: Header,
    /// The variable's value; empty while unbound.
    pub value: Held,
}

impl CellObj {
    /// A cell, empty or with a value.
    pub fn create(value: Option<Obj>) -> Obj {
        let shape = Heap::current().shape_of(Kind::Cell);
        create!(CellObj { value: Held::maybe(value) }, shape)
    }
}

held_layout!(CellObj, Cell, [value]);

/// A Python function. The parts a call needs come first; the others are empty until set.
#[repr(C)]
pub struct Function {
    header: Header,
    /// `__code__`.
    pub code: Held,
    /// `__globals__`.
    pub globals: Held,
    /// Tuple of cells, or empty.
    pub closure: Held,
    /// Tuple of positional defaults, or empty.
    pub defaults: Held,
    /// Dict of keyword-only defaults, or empty.
    pub kwdefaults: Held,
    /// `__name__`.
    pub name: Held,
    /// `__qualname__`.
    pub qualname: Held,
    /// `__module__`, when set.
    pub module: Held,
    /// `__doc__`, when set.
    pub doc: Held,
    /// `__annotations__`, when made.
    pub annotations: Held,
    /// `__annotate__`, when set.
    pub annotate: Held,
    /// `__type_params__`, when set.
    pub type_params: Held,
    /// `__dict__`, when made.
    pub dict: Held,
    /// `__builtins__` the function was made with, when not the usual ones.
    pub builtins: Held,
    /// Changes whenever code or defaults are replaced.
    pub version: Cell<u64>,
}

impl Function {
    /// A function.
    pub fn create(code: Obj, globals: Obj, name: Obj, qualname: Obj) -> Obj {
        create!(Function {
            code: Held::new(code),
            globals: Held::new(globals),
            closure: Held::empty(),
            defaults: Held::empty(),
            kwdefaults: Held::empty(),
            name: Held::new(name),
            qualname: Held::new(qualname),
            module: Held::empty(),
            doc: Held::empty(),
            annotations: Held::empty(),
            annotate: Held::empty(),
            type_params: Held::empty(),
            dict: Held::empty(),
            builtins: Held::empty(),
            version: Cell::new(0),
        })
    }

    /// What traces assume that rely on functions keeping their code: the address of the field's description, a static. (The descriptor
    /// itself is a constant, which has another address wherever it is used.)
    pub fn code_key() -> u64 {
        std::ptr::from_ref(crate::desc::FUNCTION_CODE.info).addr() as u64
    }

    /// Replaces the code; every trace that relies on functions keeping theirs is told.
    pub fn replace_code(&self, code: Obj) {
        self.code.set(code);
        Heap::current().announce(Word::from_addr(Function::code_key() as usize));
    }
}

held_layout!(
    Function,
    Function,
    [
        code,
        globals,
        closure,
        defaults,
        kwdefaults,
        name,
        qualname,
        module,
        doc,
        annotations,
        annotate,
        type_params,
        dict,
        builtins
    ]
);

/// A function bound to its first argument.
#[repr(C)]
pub struct BoundMethod {
    header: Header,
    /// `__func__`.
    pub function: Held,
    /// `__self__`.
    pub receiver: Held,
}

impl BoundMethod {
    /// A bound method.
    pub fn create(function: Obj, receiver: Obj) -> Obj {
        create!(BoundMethod { function: Held::new(function), receiver: Held::new(receiver) })
    }
}

held_layout!(BoundMethod, BoundMethod, [function, receiver]);

/// A function implemented in Rust: what it does is its payload. With a receiver it is a bound method; the types of method and
/// wrapper descriptors share this layout.
#[repr(C)]
pub struct NativeFunction {
    header: Header,
    /// `__self__`, when bound.
    pub receiver: Held,
    /// The method that was bound to it; empty where a call has to go by the payload.
    pub function: Held,
    /// `__name__`.
    pub name: Held,
    /// `__module__`, or the class that has the method.
    pub owner: Held,
    payload: Shared,
}

impl NativeFunction {
    /// A native function of the type that `shape` names (`None`: `builtin_function_or_method`).
    pub fn create(name: Obj, owner: Option<Obj>, payload: Rc<dyn Payload>, shape: Option<ShapeRef>) -> Obj {
        let shape = shape.unwrap_or_else(|| Heap::current().shape_of(Kind::NativeFunction));
        let (name, owner) = (Held::new(name), Held::maybe(owner));
        let payload = Shared::new(payload);
        let [receiver, function] = [const { Held::empty() }; 2];
        create!(NativeFunction { receiver, function, name, owner, payload }, shape)
    }

    /// A method bound to a receiver, which it would take as its first argument, too.
    pub fn bind(function: &Obj, receiver: Obj) -> Obj {
        let unbound = function.expect::<NativeFunction>();
        let payload = unbound.payload.clone();
        let (name, owner) = (Held::maybe(unbound.name.get()), Held::maybe(unbound.owner.get()));
        let (receiver, function) = (Held::new(receiver), Held::new(function.clone()));
        create!(NativeFunction { receiver, function, name, owner, payload })
    }

    /// What it does, if that has this type.
    #[inline]
    pub fn payload<T: Payload>(&self) -> Option<&T> {
        self.payload.get()
    }

    /// What it does, shared.
    pub fn shared(&self) -> Rc<dyn Payload> {
        self.payload.rc()
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for NativeFunction {
    const KIND: Kind = Kind::NativeFunction;
    fn extent(&self) -> usize {
        size_of::<NativeFunction>()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        [&self.receiver, &self.function, &self.name, &self.owner].into_iter().for_each(|held| held.visit(visitor));
    }
    fn clear(&self) {
        drop(self.receiver.take());
        drop(self.function.take());
    }
}

/// A property.
#[repr(C)]
pub struct Property {
    header: Header,
    /// `fget`.
    pub getter: Held,
    /// `fset`.
    pub setter: Held,
    /// `fdel`.
    pub deleter: Held,
    /// `__doc__`.
    pub doc: Held,
    /// `__name__`, when set.
    pub name: Held,
    /// Is the documentation the getter's?
    pub getter_doc: Cell<bool>,
}

impl Property {
    /// A property with nothing set.
    pub fn create(shape: ShapeRef) -> Obj {
        let [getter, setter, deleter, doc, name] = [const { Held::empty() }; 5];
        create!(Property { getter, setter, deleter, doc, name, getter_doc: Cell::new(false) }, shape)
    }
}

held_layout!(Property, Property, [getter, setter, deleter, doc, name]);

/// A static method.
#[repr(C)]
pub struct StaticMethod {
    header: Header,
    /// `__func__`.
    pub function: Held,
    /// `__dict__`, when made.
    pub dict: Held,
}

impl StaticMethod {
    /// A static method of the type that `shape` names.
    pub fn create(function: Obj, shape: ShapeRef) -> Obj {
        create!(StaticMethod { function: Held::new(function), dict: Held::empty() }, shape)
    }
}

held_layout!(StaticMethod, StaticMethod, [function, dict]);

/// A class method.
#[repr(C)]
pub struct ClassMethod {
    header: Header,
    /// `__func__`.
    pub function: Held,
    /// `__dict__`, when made.
    pub dict: Held,
}

impl ClassMethod {
    /// A class method of the type that `shape` names.
    pub fn create(function: Obj, shape: ShapeRef) -> Obj {
        create!(ClassMethod { function: Held::new(function), dict: Held::empty() }, shape)
    }
}

held_layout!(ClassMethod, ClassMethod, [function, dict]);

/// The descriptor of one of `__slots__`, or of a field of a built-in type.
#[repr(C)]
pub struct Member {
    header: Header,
    /// The class that has the slot.
    pub owner: Held,
    /// `__name__`.
    pub name: Held,
    slot: u32,
    computed: Option<Rc<dyn Payload>>,
}

impl Member {
    /// The descriptor of the slot with this number.
    pub fn create(owner: Obj, name: Obj, slot: usize) -> Obj {
        create!(Member { owner: Held::new(owner), name: Held::new(name), slot: slot as u32, computed: None })
    }

    /// The descriptor of a built-in type's field, which `payload` reads and writes as a [`GetSet`]'s does.
    pub fn create_computed(owner: Obj, name: Obj, payload: Rc<dyn Payload>) -> Obj {
        create!(Member { owner: Held::new(owner), name: Held::new(name), slot: 0, computed: Some(payload) })
    }

    /// What reads and writes a built-in type's field, if that has this type; slots have none.
    pub fn computed<T: Payload>(&self) -> Option<&T> {
        (&**self.computed.as_ref()? as &dyn Any).downcast_ref()
    }

    /// Number of the slot in instances.
    pub fn slot(&self) -> usize {
        self.slot as usize
    }
}

held_layout!(Member, Member, [owner, name]);

/// The descriptor of a built-in attribute: what it does is its payload.
#[repr(C)]
pub struct GetSet {
    header: Header,
    /// The class that has the attribute.
    pub owner: Held,
    /// `__name__`.
    pub name: Held,
    payload: Rc<dyn Payload>,
}

impl GetSet {
    /// A descriptor.
    pub fn create(owner: Option<Obj>, name: Obj, payload: Rc<dyn Payload>) -> Obj {
        create!(GetSet { owner: Held::maybe(owner), name: Held::new(name), payload })
    }

    /// What it does, if that has this type.
    pub fn payload<T: Payload>(&self) -> Option<&T> {
        (&*self.payload as &dyn Any).downcast_ref()
    }
}

held_layout!(GetSet, GetSet, [owner, name]);

/// A `super` object.
#[repr(C)]
pub struct Super {
    header: Header,
    /// `__thisclass__`.
    pub class: Held,
    /// `__self__`, when bound.
    pub receiver: Held,
    /// `__self_class__`, when bound.
    pub receiver_class: Held,
}

impl Super {
    /// A `super` object of the type that `shape` names.
    pub fn create(class: Option<Obj>, receiver: Option<Obj>, receiver_class: Option<Obj>, shape: ShapeRef) -> Obj {
        let (class, receiver) = (Held::maybe(class), Held::maybe(receiver));
        create!(Super { class, receiver, receiver_class: Held::maybe(receiver_class) }, shape)
    }
}

held_layout!(Super, Super, [class, receiver, receiver_class]);
