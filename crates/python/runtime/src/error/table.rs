//! The built-in exception classes: one row each, in an order in which bases come first.

/// Expands the table into [`Exc`] and [`EXCEPTIONS`].
macro_rules! exceptions {
    ($($name:ident $base:ident $([$($field:literal),*])? $doc:literal;)*) => {
        /// A built-in exception class.
        #[allow(non_camel_case_types, reason = "variants are named as the classes are")]
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Exc {
            $(#[doc = $doc] $name,)*
        }

        /// The table, in the order of [`Exc`].
        pub const EXCEPTIONS: &[ExceptionRow] = &[$(ExceptionRow {
            name: stringify!($name),
            base: Base::$base,
            fields: &[$($($field),*)?],
            doc: $doc,
        },)*];

        #[allow(non_camel_case_types, reason = "variants are named as the classes are")]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        /// A row's base class.
        pub enum Base {
            /// `object`.
            Object,
            $(#[doc = $doc] $name,)*
        }

        impl Base {
            /// The exception class that is the base.
            pub fn exc(self) -> Option<Exc> {
                match self {
                    Base::Object => None,
                    $(Base::$name => Some(Exc::$name),)*
                }
            }
        }
    };
}

/// A row of the table.
#[derive(Debug)]
pub struct ExceptionRow {
    /// The class's name.
    pub name: &'static str,
    /// Its base.
    pub base: Base,
    /// Attributes kept in the instance beside `args`, where the class adds any.
    pub fields: &'static [&'static str],
    /// `__doc__`.
    pub doc: &'static str,
}

exceptions! {
    BaseException Object "Common base class of all exceptions.";
    BaseExceptionGroup BaseException ["message", "exceptions"] "A combination of several unrelated exceptions.";
    GeneratorExit BaseException "Asks a generator to exit.";
    KeyboardInterrupt BaseException "The program was interrupted by the user.";
    SystemExit BaseException ["code"] "Asks the interpreter to exit.";
    Exception BaseException "Common base class of all exceptions that do not ask the program to end.";
    ArithmeticError Exception "Base class of arithmetic errors.";
    FloatingPointError ArithmeticError "A floating-point operation failed.";
    OverflowError ArithmeticError "A result is too large to be represented.";
    ZeroDivisionError ArithmeticError "The divisor of a division or remainder was zero.";
    AssertionError Exception "An assertion failed.";
    AttributeError Exception ["name", "obj"] "An attribute was not found.";
    BufferError Exception "A buffer operation cannot be done.";
    EOFError Exception "Input ended where more was expected.";
    ImportError Exception ["msg", "name", "path", "name_from"] "An import cannot find a module, or a name in a module.";
    ModuleNotFoundError ImportError "A module was not found.";
    LookupError Exception "Base class of lookup errors.";
    IndexError LookupError "A sequence index is out of range.";
    KeyError LookupError "A mapping key was not found.";
    MemoryError Exception "Memory is exhausted.";
    NameError Exception ["name"] "A name was not found.";
    UnboundLocalError NameError "A local variable was read before it was bound.";
    OSError Exception ["errno", "strerror", "filename", "filename2"] "A function of the operating system failed.";
    BlockingIOError OSError "An operation would block.";
    ChildProcessError OSError "An operation on a child process failed.";
    ConnectionError OSError "A connection failed.";
    BrokenPipeError ConnectionError "The other end of a pipe is closed.";
    ConnectionAbortedError ConnectionError "A connection was aborted.";
    ConnectionRefusedError ConnectionError "A connection was refused.";
    ConnectionResetError ConnectionError "A connection was reset.";
    FileExistsError OSError "A file exists already.";
    FileNotFoundError OSError "A file was not found.";
    InterruptedError OSError "A system call was interrupted by a signal.";
    IsADirectoryError OSError "An operation does not work on directories.";
    NotADirectoryError OSError "An operation works on directories only.";
    PermissionError OSError "Access rights do not suffice.";
    ProcessLookupError OSError "A process was not found.";
    TimeoutError OSError "Time ran out.";
    ReferenceError Exception "A weak reference's target is gone.";
    RuntimeError Exception "An error of no other category.";
    NotImplementedError RuntimeError "A method is not implemented.";
    PythonFinalizationError RuntimeError "An operation is blocked while the interpreter ends.";
    RecursionError RuntimeError "The recursion limit was exceeded.";
    StopAsyncIteration Exception "An asynchronous iterator is exhausted.";
    StopIteration Exception ["value"] "An iterator is exhausted.";
    SyntaxError Exception ["msg", "filename", "lineno", "offset", "text", "end_lineno", "end_offset", "print_file_and_line", "_metadata"] "A program is not valid Python.";
    IndentationError SyntaxError "Indentation is wrong.";
    _IncompleteInputError SyntaxError "The source ends too early.";
    TabError IndentationError "Tabs and spaces are mixed inconsistently.";
    SystemError Exception "The interpreter found an internal error.";
    TypeError Exception "A value has the wrong type.";
    ValueError Exception "A value is unsuitable.";
    UnicodeError ValueError "An encoding error.";
    UnicodeDecodeError UnicodeError ["encoding", "object", "start", "end", "reason"] "Bytes cannot be decoded.";
    UnicodeEncodeError UnicodeError ["encoding", "object", "start", "end", "reason"] "A string cannot be encoded.";
    UnicodeTranslateError UnicodeError ["object", "start", "end", "reason"] "A string cannot be translated.";
    Warning Exception "Base class of warning categories.";
    BytesWarning Warning "Bytes and strings are mixed.";
    DeprecationWarning Warning "A deprecated feature is used.";
    EncodingWarning Warning "An encoding is left to the locale.";
    FutureWarning Warning "A construct will change its meaning.";
    ImportWarning Warning "A probable mistake in imports.";
    PendingDeprecationWarning Warning "A feature will be deprecated.";
    ResourceWarning Warning "A resource was not closed.";
    RuntimeWarning Warning "Dubious behaviour at run time.";
    SyntaxWarning Warning "Dubious syntax.";
    UnicodeWarning Warning "A Unicode-related problem.";
    UserWarning Warning "A warning of the program's own.";
}

impl Exc {
    /// Number of classes.
    pub const COUNT: usize = EXCEPTIONS.len();

    /// The class's row.
    pub fn row(self) -> &'static ExceptionRow {
        &EXCEPTIONS[self as usize]
    }

    /// The class for an `errno`, where there is a special one.
    pub fn of_errno(errno: i32) -> Exc {
        match errno {
            1 | 13 => Exc::PermissionError,
            2 => Exc::FileNotFoundError,
            3 => Exc::ProcessLookupError,
            4 => Exc::InterruptedError,
            10 => Exc::ChildProcessError,
            11 | 114 | 115 => Exc::BlockingIOError,
            17 => Exc::FileExistsError,
            20 => Exc::NotADirectoryError,
            21 => Exc::IsADirectoryError,
            32 | 108 => Exc::BrokenPipeError,
            103 => Exc::ConnectionAbortedError,
            104 => Exc::ConnectionResetError,
            110 => Exc::TimeoutError,
            111 => Exc::ConnectionRefusedError,
            _ => Exc::OSError,
        }
    }
}
