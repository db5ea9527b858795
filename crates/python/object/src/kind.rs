//! The table of layouts: one row per kind of heap object.
//!
//! Role: everything that must treat any object (freeing, visiting children, the census) goes through [`Kind::info`].
//! The Python type of an object is named by its shape; several types may share a layout, and the row's name is that of the
//! built-in type whose instances are [`EXACT`](crate::header::EXACT).

use crate::header::Header;
use crate::layouts::*;
use crate::obj::Obj;
use crate::shape::{Instance, Spill};
use crate::types::Type;

/// Called with each object that another owns.
pub type Visitor<'a> = &'a mut dyn FnMut(&Obj);

/// A Rust struct that lies in memory as a heap object does.
///
/// # Safety
/// `repr(C)` with a [`Header`] first; every object whose kind is [`Layout::KIND`] has this layout. Dropping the struct in place
/// gives up what it owns, inline tails included.
pub unsafe trait Layout: 'static {
    /// The kind of objects with this layout.
    const KIND: Kind;

    /// Bytes the object takes, its inline tail included (the attribute word excluded).
    fn extent(&self) -> usize {
        std::mem::size_of_val(self)
    }

    /// Calls the visitor with every object this one owns, once per reference it owns.
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized));

    /// Gives up what may take part in a reference cycle.
    fn clear(&self) {}
}

/// What the heap knows of a kind.
pub struct KindInfo {
    /// Name of the built-in type.
    pub name: &'static str,
    pub(crate) extent: unsafe fn(*const Header) -> usize,
    /// Drops the object in place and returns the bytes it took.
    pub(crate) drop: unsafe fn(*mut Header) -> usize,
    pub(crate) visit: unsafe fn(*const Header, Visitor<'_>),
    pub(crate) clear: unsafe fn(*const Header),
}

/// # Safety
/// `object` points to a live object of layout `L`.
unsafe fn extent_of<L: Layout>(object: *const Header) -> usize {
    // SAFETY: the caller's promise.
    unsafe { &*object.cast::<L>() }.extent()
}

/// # Safety
/// `object` points to an object of layout `L` that nobody refers to any more.
unsafe fn drop_of<L: Layout>(object: *mut Header) -> usize {
    let object = object.cast::<L>();
    // SAFETY: the caller's promise.
    unsafe {
        let extent = (*object).extent();
        object.drop_in_place();
        extent
    }
}

/// # Safety
/// `object` points to a live object of layout `L`.
unsafe fn visit_of<L: Layout>(object: *const Header, visitor: Visitor<'_>) {
    // SAFETY: the caller's promise.
    unsafe { &*object.cast::<L>() }.visit(visitor);
}

/// # Safety
/// `object` points to a live object of layout `L`.
unsafe fn clear_of<L: Layout>(object: *const Header) {
    // SAFETY: the caller's promise.
    unsafe { &*object.cast::<L>() }.clear();
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $layout:ty, $name:literal;)*) => {
        /// The layout of a heap object.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every kind, in order.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind,)*];
        }

        static KINDS: &[KindInfo] = &[$(KindInfo {
            name: $name,
            extent: extent_of::<$layout>,
            drop: drop_of::<$layout>,
            visit: visit_of::<$layout>,
            clear: clear_of::<$layout>,
        },)*];
    };
}

kinds! {
    /// The object `None`.
    None: Singleton, "NoneType";
    /// `True` and `False`.
    Bool: Singleton, "bool";
    /// The object `...`.
    Ellipsis: Singleton, "ellipsis";
    /// The object `NotImplemented`.
    NotImplemented: Singleton, "NotImplementedType";
    /// Integers past 62 bits, and instances of subclasses of int.
    Int: BoxedInt, "int";
    /// Floats without an immediate form, and instances of subclasses of float.
    Float: BoxedFloat, "float";
    /// Complex numbers.
    Complex: Complex, "complex";
    /// Strings.
    Str: Str, "str";
    /// Byte strings.
    Bytes: Bytes, "bytes";
    /// Mutable byte strings.
    ByteArray: ByteArray, "bytearray";
    /// Tuples.
    Tuple: Tuple, "tuple";
    /// Lists.
    List: List, "list";
    /// Dictionaries.
    Dict: Dict, "dict";
    /// Sets.
    Set: Set, "set";
    /// Frozen sets.
    FrozenSet: FrozenSet, "frozenset";
    /// Ranges.
    Range: Range, "range";
    /// Slices.
    Slice: Slice, "slice";
    /// A captured variable.
    Cell: CellObj, "cell";
    /// A module's or class's variable.
    GlobalCell: GlobalCell, "global_cell";
    /// Python functions.
    Function: Function, "function";
    /// Code objects.
    Code: Code, "code";
    /// Bound methods.
    BoundMethod: BoundMethod, "method";
    /// Functions implemented in Rust, bound or not.
    NativeFunction: NativeFunction, "builtin_function_or_method";
    /// Properties.
    Property: Property, "property";
    /// Static methods.
    StaticMethod: StaticMethod, "staticmethod";
    /// Class methods.
    ClassMethod: ClassMethod, "classmethod";
    /// Descriptors of `__slots__`.
    Member: Member, "member_descriptor";
    /// Descriptors of built-in attributes.
    GetSet: GetSet, "getset_descriptor";
    /// Modules.
    Module: Module, "module";
    /// Instances of Python classes.
    Instance: Instance, "object";
    /// An instance's slots beyond those inline.
    Spill: Spill, "spill";
    /// Classes.
    Type: Type, "type";
    /// Exceptions.
    Exception: Exception, "BaseException";
    /// Traceback entries.
    Traceback: Traceback, "traceback";
    /// Frame objects.
    Frame: Frame, "frame";
    /// Iterators over a sequence by index (`__getitem__`).
    SeqIter: SeqIter, "iterator";
    /// `iter(callable, sentinel)`.
    CallIter: CallIter, "callable_iterator";
    /// Iterators over lists.
    ListIter: ListIter, "list_iterator";
    /// Iterators over tuples.
    TupleIter: TupleIter, "tuple_iterator";
    /// Iterators over strings.
    StrIter: StrIter, "str_iterator";
    /// Iterators over bytes and bytearrays.
    BytesIter: BytesIter, "bytes_iterator";
    /// Iterators over ranges of small ints.
    RangeIter: RangeIter, "range_iterator";
    /// Iterators over other ranges.
    LongRangeIter: LongRangeIter, "longrange_iterator";
    /// Iterators over the entries of a dict.
    DictIter: DictIter, "dict_keyiterator";
    /// Views of a dict.
    DictView: DictView, "dict_keys";
    /// Iterators over sets.
    SetIter: SetIter, "set_iterator";
    /// `reversed`.
    Reversed: Reversed, "reversed";
    /// `enumerate`.
    Enumerate: Enumerate, "enumerate";
    /// `zip`.
    Zip: Zip, "zip";
    /// `map`.
    Map: Map, "map";
    /// `filter`.
    Filter: Filter, "filter";
    /// Generators, coroutines and async generators.
    Generator: Generator, "generator";
    /// Weak references.
    WeakRef: WeakRef, "ReferenceType";
    /// Read-only views of a mapping.
    MappingProxy: MappingProxy, "mappingproxy";
    /// `super`.
    Super: Super, "super";
    /// Arrays of machine numbers.
    Array: Array, "array";
    /// Objects whose state is a Rust value of the standard library.
    Native: Native, "native";
}

impl Kind {
    /// Number of kinds.
    pub const COUNT: usize = Kind::ALL.len();

    /// The row of the table.
    #[inline(always)]
    pub fn info(self) -> &'static KindInfo {
        &KINDS[self as usize]
    }

    /// Name of the built-in type.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// May objects of this kind take part in a reference cycle? (So may all whose kind bits say that they have attributes.) Ranges count
    /// as such because machines make them, and machines allocate containers only.
    #[inline(always)]
    pub const fn is_container(self) -> bool {
        use Kind::*;
        !matches!(
            self,
            None | Bool | Ellipsis | NotImplemented | Int | Float | Complex | Str | Bytes | ByteArray | Code
        )
    }

    /// The kind in the low byte of a live object's kind bits.
    ///
    /// # Panics
    /// When there is no such kind.
    #[inline(always)]
    pub fn of_bits(bits: i64) -> Kind {
        assert!(((bits & 0xff) as usize) < Kind::COUNT);
        Kind::of_byte(bits as u8)
    }

    #[inline(always)]
    pub(crate) fn of_byte(byte: u8) -> Kind {
        debug_assert!((byte as usize) < Kind::COUNT, "kind {byte} is not in the table: a dead object was used");
        // SAFETY: headers are written from a `Kind` only.
        unsafe { std::mem::transmute::<u8, Kind>(byte) }
    }
}
