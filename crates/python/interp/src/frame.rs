//! Frames: the header, return information, and return actions.
//!
//! A frame is the callee's slots: `[0]` the function, `[1]` return information, `[2]` the extra slot (empty, or the
//! namespace of name-mode code, or the running generator), then the registers. Return information is a
//! tagged int that says where the caller goes on and what it does with the result, and whether somebody has the frame's object, who is
//! told of the frame's end (*kept*, see `pv_runtime::frames`).

use pv_word::Word;

/// Slot of the running function.
pub const CALLEE: i32 = 0;
/// Slot of the return information.
pub const RETURN_INFO: i32 = 1;
/// Slot of the namespace or generator.
pub const EXTRA: i32 = 2;

/// What happens with a frame's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Action {
    /// Stored into the destination register.
    Store,
    /// The driver returns; the result is left in slot 0 of the frame that returned.
    Exit,
    /// The frame is `__init__`: the result must be None, and the instance one slot below the frame is stored.
    Init,
    /// The result is dropped (setters, `__setitem__`, …).
    Discard,
    /// The frame is a generator advanced by `FOR_NEXT`: a yielded value is stored and the loop goes on, a return ends it.
    ForNext,
    /// The frame is a generator advanced by `SEND`.
    Send,
    /// The frame is a generator advanced by a call of `next` or `send`: a yielded value is stored, a return raises StopIteration.
    Next,
    /// The result is the item of a `FOR_NEXT`: stored, and the loop goes on.
    Item,
    /// As `Store`, but `NotImplemented` goes on to the reflected operation.
    Operator,
    /// The result of a comparison whose truth decides a jump; `NotImplemented` goes on to the reflected comparison.
    Test,
}

impl Action {
    const ALL: [Action; 10] = [
        Action::Store,
        Action::Exit,
        Action::Init,
        Action::Discard,
        Action::ForNext,
        Action::Send,
        Action::Next,
        Action::Item,
        Action::Operator,
        Action::Test,
    ];

    /// Does the operation that waits look at the result before it is delivered?
    #[inline(always)]
    pub fn inspects(self) -> bool {
        self as u8 >= Action::Operator as u8
    }
}

/// A frame's second header word, unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnInfo {
    /// Where the caller goes on.
    pub pc: u32,
    /// Slots from the caller's base to this frame's.
    pub delta: u32,
    /// The caller's destination register.
    pub dst: u32,
    /// What happens with the result, and whether the frame is kept: an [`Action`], with [`ReturnInfo::KEPT`] or without.
    tail: u8,
}

impl ReturnInfo {
    const PC_BITS: u32 = 24;
    const REGISTER_BITS: u32 = 16;
    const TAIL_BITS: u32 = 5;
    const KEPT: u8 = 16;

    /// Return information of a frame that nobody keeps.
    #[inline(always)]
    pub fn new(pc: u32, delta: u32, dst: u32, action: Action) -> ReturnInfo {
        ReturnInfo { pc, delta, dst, tail: action as u8 }
    }

    /// The same for a frame that begins elsewhere.
    #[inline(always)]
    pub fn at(self, delta: u32) -> ReturnInfo {
        ReturnInfo { delta, ..self }
    }

    /// What happens with the result.
    #[inline(always)]
    pub fn action(self) -> Action {
        Action::ALL[(self.tail & (Self::KEPT - 1)) as usize]
    }

    /// Has somebody got the frame's object?
    #[inline(always)]
    pub fn is_kept(self) -> bool {
        self.tail & Self::KEPT != 0
    }

    /// The same for a frame that is kept.
    pub fn kept(self) -> ReturnInfo {
        ReturnInfo { tail: self.tail | Self::KEPT, ..self }
    }

    /// Is the result just stored, and nobody told?
    #[inline(always)]
    pub fn is_plain_store(self) -> bool {
        self.tail == Action::Store as u8
    }

    /// Code larger than this many words cannot run.
    pub const MAX_PC: u32 = 1 << Self::PC_BITS;

    /// The tagged int.
    #[inline(always)]
    pub fn pack(self) -> Word {
        let bits = u64::from(self.pc)
            | u64::from(self.delta) << Self::PC_BITS
            | u64::from(self.dst) << (Self::PC_BITS + Self::REGISTER_BITS)
            | u64::from(self.tail) << (Self::PC_BITS + 2 * Self::REGISTER_BITS);
        Word(bits << pv_word::INT_SHIFT)
    }

    /// From the tagged int.
    #[inline(always)]
    pub fn unpack(word: Word) -> ReturnInfo {
        let bits = word.0 >> pv_word::INT_SHIFT;
        let mask = |bits: u64, width: u32| (bits & ((1 << width) - 1)) as u32;
        ReturnInfo {
            pc: mask(bits, Self::PC_BITS),
            delta: mask(bits >> Self::PC_BITS, Self::REGISTER_BITS),
            dst: mask(bits >> (Self::PC_BITS + Self::REGISTER_BITS), Self::REGISTER_BITS),
            tail: mask(bits >> (Self::PC_BITS + 2 * Self::REGISTER_BITS), Self::TAIL_BITS) as u8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn return_information_round_trips() {
        for action in Action::ALL {
            let info = ReturnInfo::new(ReturnInfo::MAX_PC - 1, 65_535, 65_535, action);
            for info in [info, info.kept()] {
                assert!(info.pack().is_int());
                assert_eq!(ReturnInfo::unpack(info.pack()), info);
                assert_eq!(info.action(), action);
            }
        }
    }
}
