//! Native functions as objects: flavours, binding, what Python sees of them.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use pv_object::{Heap, Kind, NativeFunction, Obj, Payload};

use super::{Args, Imp, NativeDef, Signature, invoke, invoke_unbound};
use crate::error::PyResult;
use crate::slots::SlotImp;
use crate::text;
use crate::thread::Thread;
use crate::vm::Vm;

/// What a native function is to Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// A function of a module, or `__new__` of a type: nothing is bound.
    Function,
    /// A method of a built-in type.
    Method,
    /// A special method made from a slot.
    SlotWrapper,
    /// A class method of a built-in type.
    ClassMethod,
}

/// The payload of a [`NativeFunction`].
struct NativePayload {
    def: &'static NativeDef,
    flavor: Flavor,
    signature: OnceCell<Signature>,
    mark: Cell<u8>,
}

impl Payload for NativePayload {}

/// Makes a native function object. `owner` is the type that has the method, or the name of a function's module.
pub fn new_native(vm: &Vm, def: &'static NativeDef, flavor: Flavor, owner: Option<Obj>) -> Obj {
    let shape = match flavor {
        Flavor::Function => None,
        Flavor::Method => Some("method_descriptor"),
        Flavor::SlotWrapper => Some("wrapper_descriptor"),
        Flavor::ClassMethod => Some("classmethod_descriptor"),
    };
    let shape = shape.map(|name| vm.extra_shape(name));
    NativeFunction::create(
        text::intern(def.name),
        owner,
        Rc::new(NativePayload { def, flavor, signature: OnceCell::new(), mark: Cell::new(0) }),
        shape,
    )
}

/// A native function bound to a receiver.
pub fn bind_native(cx: &Thread, function: &Obj, receiver: Obj) -> Obj {
    let native = function.expect::<NativeFunction>();
    if native.flavor() == Flavor::Method {
        return NativeFunction::bind(function, receiver);
    }
    // A class method's descriptor takes no class as its first argument, so a call goes by the payload.
    let name = native.name.get().unwrap_or_else(|| text::intern(native.def().name));
    let shape = (native.flavor() == Flavor::SlotWrapper).then(|| cx.vm().extra_shape("method-wrapper"));
    let bound = NativeFunction::create(name, native.owner.get(), native.shared(), shape);
    bound.expect::<NativeFunction>().receiver.set(receiver);
    bound
}

/// What the runtime knows of native function objects.
pub trait NativeExt {
    /// The table row.
    fn def(&self) -> &'static NativeDef;
    /// A number for the interpreter's own use, shared by all that came of one row of one type: 0 at first.
    fn mark(&self) -> &Cell<u8>;
    /// The flavour.
    fn flavor(&self) -> Flavor;
    /// The signature, parsed on first use.
    fn signature(&self) -> &Signature;
    /// An unbound method, which wants its receiver as first argument?
    fn is_method(&self) -> bool;
    /// Calls it.
    fn call(&self, cx: &Thread, args: &Args<'_>) -> PyResult;
    /// `type.name` or `module.name` for error texts.
    fn qualified(&self) -> String;
    /// `__qualname__`.
    fn qualname(&self) -> String;
}

fn payload(native: &NativeFunction) -> &NativePayload {
    match native.payload::<NativePayload>() {
        Some(payload) => payload,
        None => unreachable!("native functions are made by `new_native` only"),
    }
}

impl NativeExt for NativeFunction {
    #[inline]
    fn def(&self) -> &'static NativeDef {
        payload(self).def
    }

    #[inline]
    fn mark(&self) -> &Cell<u8> {
        &payload(self).mark
    }

    #[inline]
    fn flavor(&self) -> Flavor {
        payload(self).flavor
    }

    fn signature(&self) -> &Signature {
        let payload = payload(self);
        payload.signature.get_or_init(|| Signature::parse(payload.def.signature))
    }

    #[inline]
    fn is_method(&self) -> bool {
        self.receiver.is_empty() && matches!(self.flavor(), Flavor::Method | Flavor::SlotWrapper)
    }

    fn call(&self, cx: &Thread, args: &Args<'_>) -> PyResult {
        if let Some(receiver) = self.receiver.get() {
            let values = args.prepend(receiver);
            return invoke(cx, self, &Args::with_names(&values, args.names()));
        }
        match self.flavor() {
            Flavor::Function => invoke(cx, self, args),
            _ => invoke_unbound(cx, self, args),
        }
    }

    fn qualified(&self) -> String {
        let name = self.def().name;
        match self.owner.get() {
            Some(owner) if owner.kind() == Kind::Type => {
                format!("{}.{name}", owner.expect::<pv_object::Type>().name_string())
            }
            Some(module) if module.kind() == Kind::Str && !text::eq(&module, "builtins") => {
                format!("{}.{name}", text::to_string(&module))
            }
            _ => name.to_owned(),
        }
    }

    fn qualname(&self) -> String {
        let name = self.def().name;
        match self.owner.get() {
            Some(owner) if owner.kind() == Kind::Type && matches!(self.def().imp, Imp::Slot(SlotImp::New(_))) => {
                format!("{}.{name}", owner.expect::<pv_object::Type>().name_string())
            }
            Some(owner) if owner.kind() == Kind::Type => {
                format!("{}.{name}", text::to_string(&owner.expect::<pv_object::Type>().qualname()))
            }
            _ => name.to_owned(),
        }
    }
}

impl Vm {
    /// The shape of instances of a built-in type that shares its layout with others.
    pub fn extra_shape(&self, name: &str) -> pv_object::ShapeRef {
        self.extra_type(name).expect::<pv_object::Type>().root_shape()
    }
}

/// Fills a namespace (a dict of cells) with functions of the module `module`.
pub fn add_functions(vm: &Vm, namespace: &Obj, module: &str, functions: &'static [NativeDef]) {
    let module = Heap::current().intern(module);
    for def in functions {
        let function = new_native(vm, def, Flavor::Function, Some(module.clone()));
        crate::types::dict::set_str(namespace, &text::intern(def.name), function);
    }
}
