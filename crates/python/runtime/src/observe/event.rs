//! What can happen, and how each kind of watcher calls it.

/// What happens in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The frame begins.
    Start,
    /// A generator's goes on.
    Resume,
    /// A generator's goes on by raising.
    Throw,
    /// A line begins.
    Line,
    /// An instruction begins.
    Opcode,
    /// The frame ends with a value.
    Return,
    /// A generator's is suspended with a value.
    Yield,
    /// An exception ends the frame.
    Unwind,
    /// An exception passes the frame.
    Exception,
    /// A handler takes an exception.
    Handled,
    /// A Python function is called.
    Call,
    /// Something else is called.
    NativeCall,
    /// It has returned.
    NativeReturn,
    /// It has raised.
    NativeException,
}

impl Event {
    /// What trace and profile functions call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Event::Start | Event::Resume | Event::Throw | Event::Call => "call",
            Event::Line => "line",
            Event::Opcode => "opcode",
            Event::Return | Event::Yield | Event::Unwind => "return",
            Event::Exception | Event::Handled => "exception",
            Event::NativeCall => "c_call",
            Event::NativeReturn => "c_return",
            Event::NativeException => "c_exception",
        }
    }

    /// Do trace functions hear of it?
    pub(super) fn is_traced(self) -> bool {
        !self.is_native() && !matches!(self, Event::Call | Event::Handled)
    }

    /// Do profile functions hear of it?
    pub(super) fn is_profiled(self) -> bool {
        !matches!(self, Event::Line | Event::Opcode | Event::Exception | Event::Call | Event::Handled)
    }

    /// Is it about a call of something that is not written in Python? Profile functions hear of functions only, not of classes.
    pub(super) fn is_native(self) -> bool {
        matches!(self, Event::NativeCall | Event::NativeReturn | Event::NativeException)
    }

    /// Its number in `sys.monitoring.events`, as a power of two.
    pub(super) fn number(self) -> u32 {
        match self {
            Event::Start => 0,
            Event::Resume => 1,
            Event::Return => 2,
            Event::Yield => 3,
            Event::Call | Event::NativeCall => 4,
            Event::Line => 5,
            Event::Opcode => 6,
            Event::Exception => 11,
            Event::Handled => 12,
            Event::Unwind => 13,
            Event::Throw => 14,
            Event::NativeReturn => 16,
            Event::NativeException => 17,
        }
    }
}
