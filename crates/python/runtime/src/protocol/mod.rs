//! The protocols of Python objects: what operators, calls, iteration, attribute-free built-in functions do.
//!
//! Every function takes the thread first and borrows its operands. Exact instances of built-in types are served by their
//! [`Slots`](crate::slots::Slots), all others by special methods looked up on their type.

mod call;
mod compare;
mod convert;
mod instance;
mod item;
mod iter;
mod number;
mod power;

pub use call::{
    call, call_ex, call_method, call_method0, call_method1, call_special, call0, call1, call2, is_callable, with_spread,
};
pub use compare::{compare_bool, compare_rest, identical, rich_compare, values_equal};
pub use convert::{ascii, format, hash, identity_hash, repr, str, to_index, to_isize, truth};
pub(crate) use convert::{checked_int, defines, warn_of_subclass};
pub use instance::{is_instance, is_subclass};
pub(crate) use instance::{plain_is_instance, plain_is_subclass};
pub use item::{contains, del_item, get_item, len, length_hint, normalize_index, set_item, slice_bounds};
pub(crate) use item::{is_sequence, slice_part};
pub(crate) use iter::is_iterator;
pub use iter::{collect, for_each, get_iter, iter_next, iter_step, unpack, unpack_star};
pub use number::{absolute, binary_op, binary_rest, divmod, inplace_op, inplace_rest, invert, negative, positive};
pub(crate) use power::native_power_modulo;
pub use power::power_modulo;

use pv_object::{Obj, Type};

use crate::thread::Thread;

impl Thread {
    /// The type of an object, as an object.
    #[inline]
    pub fn type_of(&self, obj: &Obj) -> &'static Obj {
        obj.shape().type_obj()
    }

    /// The name of an object's type, as error texts give it.
    pub fn type_name(&self, obj: &Obj) -> String {
        obj.shape().ty().name_string()
    }

    /// The attribute `name` (interned) of the object's type, unbound.
    #[inline]
    pub fn lookup_special(&self, obj: &Obj, name: &Obj) -> Option<Obj> {
        self.lookup_type(obj.shape().ty(), name)
    }

    /// The attribute `name` (interned) of the first class in the type's resolution order that has it.
    #[inline]
    pub fn lookup_type(&self, ty: &Type, name: &Obj) -> Option<Obj> {
        self.vm().cache.lookup(ty, name)
    }
}
