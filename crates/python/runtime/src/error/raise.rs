//! Making exceptions pending: one helper per class that native code raises often.

use std::fmt::Display;

use pv_object::{Exception, Obj, Type};

use super::{Exc, PyResult, Raised};
use crate::thread::Thread;

macro_rules! helpers {
    ($($helper:ident $exc:ident;)*) => {
        impl Thread {
            $(
                #[doc = concat!("Raises `", stringify!($exc), "` with a message.")]
                #[cold]
                pub fn $helper(&self, message: impl Display) -> Raised {
                    self.raise_message(Exc::$exc, message)
                }
            )*
        }
    };
}

helpers! {
    type_error TypeError;
    value_error ValueError;
    index_error IndexError;
    attribute_error AttributeError;
    name_error NameError;
    runtime_error RuntimeError;
    recursion_error RecursionError;
    overflow_error OverflowError;
    zero_division ZeroDivisionError;
    not_implemented NotImplementedError;
    not_implemented_error NotImplementedError;
    unbound_local_error UnboundLocalError;
    os_error OSError;
    import_error ImportError;
    system_error SystemError;
    lookup_error LookupError;
    assertion_error AssertionError;
    memory_error MemoryError;
    buffer_error BufferError;
}

/// Requests up to this size are made without asking first whether there is room.
const SMALL_REQUEST: usize = 1 << 26;

impl Thread {
    /// MemoryError unless there is room for this many more bytes.
    #[inline]
    pub fn room_for(&self, bytes: usize) -> PyResult<()> {
        if bytes <= SMALL_REQUEST { Ok(()) } else { self.ask_for_room(bytes) }
    }

    #[cold]
    fn ask_for_room(&self, bytes: usize) -> PyResult<()> {
        // The system says so itself; what it promises here it still has when the memory is wanted.
        match Vec::<u8>::new().try_reserve_exact(bytes) {
            Ok(()) => Ok(()),
            Err(_) => Err(self.raise_args(Exc::MemoryError, Vec::new())),
        }
    }

    /// Raises a built-in exception with a message.
    #[cold]
    pub fn raise_message(&self, exc: Exc, message: impl Display) -> Raised {
        let text = crate::text::new(&message.to_string());
        self.raise_args(exc, vec![text])
    }

    /// Raises a built-in exception with arguments.
    #[cold]
    pub fn raise_args(&self, exc: Exc, args: Vec<Obj>) -> Raised {
        let exception = self.new_exception(exc, args);
        self.raise(exception)
    }

    /// Raises `KeyError(key)`.
    #[cold]
    pub fn key_error(&self, key: Obj) -> Raised {
        self.raise_args(Exc::KeyError, vec![key])
    }

    /// Raises the NameError of a name that is not defined, with a suggestion where a near one is.
    #[cold]
    pub fn name_not_defined(&self, name: &Obj) -> Raised {
        let shown = crate::text::to_string(name);
        self.name_error_of(name, &format!("name '{shown}' is not defined"))
    }

    /// Raises a NameError that knows its name.
    #[cold]
    pub fn name_error_of(&self, name: &Obj, message: &str) -> Raised {
        let exception = self.new_exception(Exc::NameError, vec![crate::text::new(message)]);
        crate::types::exception::set_field(&exception, "name", name.clone());
        self.raise(exception)
    }

    /// Makes an exception pending that was thrown into the running frame.
    pub fn raise_thrown(&self, exception: Obj) -> Raised {
        self.raise(exception)
    }

    /// Raises the OSError for a failed system call.
    #[cold]
    pub fn io_error(&self, error: &std::io::Error, filename: Option<&str>) -> Raised {
        let Some(errno) = error.raw_os_error() else { return self.os_error(error) };
        let shown = error.to_string();
        let message = shown.split(" (os error").next().unwrap_or(&shown);
        let mut args = vec![Obj::int(i64::from(errno)), crate::text::new(message)];
        args.extend(filename.map(crate::text::new));
        self.raise_args(Exc::OSError, args)
    }

    /// Raises `StopIteration(value)`.
    pub fn stop_iteration(&self, value: Option<Obj>) -> Raised {
        self.raise_args(Exc::StopIteration, value.into_iter().collect())
    }

    /// An instance of a built-in exception class.
    pub fn new_exception(&self, exc: Exc, args: Vec<Obj>) -> Obj {
        crate::types::exception::create(self, self.vm().exception(exc), args)
    }

    /// Makes an exception pending, with the handled one as its context.
    pub fn raise(&self, exception: Obj) -> Raised {
        if let Some(handled) = self.handled() {
            set_context(&exception, handled);
        }
        self.set_pending(exception)
    }

    /// Is the exception an instance of the built-in class?
    pub fn is_exception(&self, exception: &Obj, exc: Exc) -> bool {
        exception.shape().ty().is_subtype(self.vm().exception(exc).expect::<Type>())
    }

    /// Takes the pending exception when it is of the class; otherwise it stays pending.
    pub fn catch(&self, raised: Raised, exc: Exc) -> PyResult<Obj> {
        match self.pending() {
            Some(pending) if self.is_exception(&pending, exc) => Ok(self.take_exception(raised)),
            _ => Err(raised),
        }
    }

    /// Turns an exception of the class into `None`.
    pub fn absorb<T>(&self, result: PyResult<T>, exc: Exc) -> PyResult<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(raised) => self.catch(raised, exc).map(|_| None),
        }
    }

    /// Drops the pending exception.
    pub fn discard(&self, raised: Raised) {
        drop(self.take_exception(raised));
    }
}

/// Sets `__context__`, cutting the chain where it would become a cycle.
fn set_context(exception: &Obj, context: Obj) {
    if exception.same(&context) {
        return;
    }
    let next_of = |link: &Obj| link.expect::<Exception>().context.get();
    // A program may have made a cycle that the exception is no part of: the second pointer goes at half the speed and is met there.
    let (mut link, mut slow, mut moves) = (context.clone(), context.clone(), false);
    while let Some(next) = next_of(&link) {
        if next.same(exception) {
            drop(link.expect::<Exception>().context.take());
            break;
        }
        link = next;
        if link.same(&slow) {
            break;
        }
        if moves && let Some(next) = next_of(&slow) {
            slow = next;
        }
        moves = !moves;
    }
    exception.expect::<Exception>().context.set(context);
}
