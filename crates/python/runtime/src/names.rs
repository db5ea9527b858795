//! Interned names that the runtime looks up.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Heap, Obj};

use crate::slots::{compare_dunder, dunders};

macro_rules! names {
    ($($name:ident)*) => {
        /// One interned string per name.
        #[allow(non_snake_case, missing_docs)]
        pub struct Names {
            $(pub $name: Obj,)*
            /// Special methods of the binary operators, by number: plain, reflected, in place.
            pub operators: Vec<[Obj; 3]>,
            /// Special methods of the comparisons, by number.
            pub comparisons: Vec<Obj>,
        }

        impl Names {
            /// Interns them all.
            pub fn new(heap: &'static Heap) -> Names {
                let operators = BinaryOp::ALL.iter().map(|op| {
                    let (plain, reflected, in_place) = dunders(*op);
                    [heap.intern(plain), heap.intern(reflected), heap.intern(in_place)]
                });
                Names {
                    $($name: heap.intern(stringify!($name)),)*
                    operators: operators.collect(),
                    comparisons: Compare::ALL.iter().map(|op| heap.intern(compare_dunder(*op))).collect(),
                }
            }
        }
    };
}

names! {
    __abs__ __abstractmethods__ __add__ __aenter__ __aexit__ __aiter__ __all__ __and__ __anext__ __annotate__ __annotations__
    __args__ __await__ __bases__ __bool__ __buffer__ __build_class__ __builtins__ __bytes__ __cached__ __call__ __cause__ __ceil__ __class__
    __class_getitem__ __classcell__ __complex__ __contains__ __context__ __copy__ __defaults__ __del__ __delattr__ __delete__
    __delitem__ __dict__ __dir__ __divmod__ __doc__ __enter__ __eq__ __exit__ __file__ __float__ __floor__ __floordiv__
    __format__ __ge__ __get__ __getattr__ __getattribute__ __getitem__ __getnewargs__ __getstate__ __gt__ __hash__ __iadd__ __iand__
    __ifloordiv__ __ilshift__ __imatmul__ __imod__ __import__ __imul__ __index__ __init__ __init_subclass__
    __instancecheck__ __int__ __invert__ __ior__ __ipow__ __irshift__ __isub__ __iter__ __itruediv__ __ixor__
    __kwdefaults__ __le__ __len__ __length_hint__ __loader__ __lshift__ __lt__ __main__ __match_args__ __matmul__ __missing__ __mod__
    __module__ __mro_entries__ __mul__ __name__ __ne__ __neg__ __new__ __next__ __notes__ __objclass__ __or__ __orig_bases__ __origin__ __package__
    __path__ __pos__ __pow__ __prepare__ __qualname__ __radd__ __rand__ __rdivmod__ __reduce__ __reduce_ex__ __release_buffer__ __repr__
    __reversed__ __rfloordiv__ __rlshift__ __rmatmul__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__
    __rsub__ __rtruediv__ __rxor__ __self__ __set__ __set_name__ __setattr__ __setitem__ __slots__ __spec__ __static_attributes__ __firstlineno__ __str__
    __sub__ __subclasscheck__ __subclasses__ __subclasshook__ __suppress_context__ __text_signature__ __traceback__
    __truediv__ __trunc__ __type_params__ __weakref__ __wrapped__ __xor__
    builtins sys modules path argv stdout stderr stdin write flush displayhook excepthook mro join end sep file key default
    reverse strict start keys items values update get append encoding errors name obj msg value code metaclass send throw close encode decode print_file_and_line
    args exceptions message fget fset fdel doc closed readline read tracebacklimit last_exc ps1 ps2 __displayhook__ __excepthook__ meta_path
}
