//! Abort reasons: one table with stable codes and a sentence for the user.
//!
//! How to add one: add a row; the code never changes its meaning and is never reused.

use std::fmt;

macro_rules! aborts {
    ($($(#[doc = $doc:literal])+ $name:ident $code:literal $sentence:literal;)*) => {
        /// Why a recording was given up. Codes are stable; sentences are for people.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Abort {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Abort {
            /// Every reason, in the order of the table.
            pub const ALL: &'static [Abort] = &[$(Abort::$name),*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Abort::$name => $code,)* }
            }

            /// What to tell a user.
            pub const fn sentence(self) -> &'static str {
                match self { $(Abort::$name => $sentence,)* }
            }
        }
    };
}

aborts! {
    /// Length limit.
    TooLong "too-long" "the trace grew past the limit of recorded operations";
    /// Inlining limit.
    TooDeep "too-deep" "calls nested deeper than the inlining limit";
    /// The loop's frame returned.
    LeftFrame "left-frame" "the function returned before the loop came round";
    /// The driver's first frame returned.
    Finished "finished" "the program left its outermost frame while recording";
    /// An exception while recording.
    Raised "raised" "a helper raised an exception while the trace was recorded";
    /// An exception left the driver's first frame.
    RaisedOut "raised-out" "an exception left the outermost frame while recording";
    /// Something waited at a boundary.
    Boundary "boundary" "finalisers or signals had to be served while recording";
    /// Inner loops kept the recording from closing.
    InnerLoop "inner-loop" "an inner loop has to get its own trace first";
    /// The inner loop was unrolled too often.
    Unrolled "unrolled" "an inner loop was unrolled too many times";
    /// A function called itself.
    Recursion "recursion" "a recursive call was met while recording";
    /// A trace could not be entered or left in this way.
    Unsupported "unsupported" "this flow of control cannot be part of a trace yet";
    /// A language's bytecode tests after its first effect.
    TestAfterEffect "test-after-effect" "a bytecode tested a value after its first effect; its definition needs a checkpoint";
    /// A language's bytecode holds a reference across a call that may raise.
    OwnedInFlight "owned-in-flight" "a bytecode held an owned value outside its slots where the trace may be left";
    /// Effects follow a branch.
    EffectAfterBranch "effect-after-branch" "a bytecode went on after its branch";
    /// One more version of a loop would be like another.
    Known "known" "the trip through the loop was recorded before: that trace is entered";
    /// The optimiser or verifier refused.
    Invalid "invalid" "the recorded trace failed verification (an engine bug)";
    /// The code generator refused.
    Codegen "codegen" "the code generator could not compile the trace";
    /// Budget.
    Budget "budget" "the budget for traces or code memory is used up";
    /// An assumption broke, or an embedded object died.
    Changed "changed" "something the trace relied on changed while it was recorded";
}

impl fmt::Display for Abort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}
