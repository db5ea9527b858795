//! Typed indices into the tables of a trace.

use std::fmt;

macro_rules! index {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The index as a position in its table.
            #[inline(always)]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

index!(
    /// A value: constant, block parameter or instruction.
    ValueRef, "v"
);
index!(
    /// A block.
    BlockRef, "b"
);
index!(
    /// A snapshot.
    SnapRef, "s"
);
index!(
    /// An object that exists only in snapshots.
    VirtualRef, "o"
);
index!(
    /// A trace, numbered by whoever owns the trace graph.
    TraceId, "t"
);
