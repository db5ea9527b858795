//! The door through which a trace evaluator reaches memory and helpers.
//!
//! Role: the evaluator interprets a trace on the real heap without `unsafe` of its own. What a trace says of addresses,
//! descriptors and signatures must be true of the context; whoever opens a door promises that, once.

use std::cell::Cell;

use pv_word::Word;

use crate::context::Context;
use crate::desc::{ArrayInfo, HelperInfo, Param, Repr, Target, Window};
use crate::direct::{self, Direct, RawHeap};
use crate::state::State;

/// Erased access to the memory, counts and helpers of one context.
pub struct Door<'a, Cx: Context> {
    cx: &'a Cx,
}

impl<'a, Cx: Context> Door<'a, Cx> {
    /// Opens a door to a context.
    ///
    /// # Safety
    /// Whatever passes through the door is true of this context: addresses name live objects that have the cells which the
    /// descriptors describe, slots lie on the register stack, indices are in bounds, helpers belong to the context. A trace recorded
    /// from (or written for) the context and accepted by the IR verifier has these properties.
    pub unsafe fn open(cx: &'a Cx) -> Self {
        Door { cx }
    }

    /// The thread state.
    pub fn state(&self) -> &'a State {
        self.cx.state()
    }

    /// Frames may nest this deep.
    pub fn depth_limit(&self) -> u32 {
        self.cx.depth_limit()
    }

    /// The language's true or false.
    pub fn bool_word(&self, value: bool) -> Word {
        self.cx.bool_word(value)
    }

    fn slot(&self, base: *const Cell<Word>, slot: i32) -> &'a Cell<Word> {
        // SAFETY: `open` promises that slots lie on the register stack.
        unsafe { &*base.offset(slot as isize) }
    }

    /// What a slot relative to `base` holds.
    pub fn slot_get(&self, base: *const Cell<Word>, slot: i32) -> Word {
        self.slot(base, slot).get()
    }

    /// Overwrites a slot relative to `base`.
    pub fn slot_set(&self, base: *const Cell<Word>, slot: i32, word: Word) {
        self.slot(base, slot).set(word);
    }

    /// Reads a cell at `addr + offset` as raw bits.
    pub fn read(&self, addr: u64, offset: i64, repr: Repr) -> u64 {
        // SAFETY: `open` promises that the cell exists.
        unsafe { RawHeap::read((addr as i64 + offset) as usize, repr) }
    }

    /// Writes a cell at `addr + offset`, truncating to its storage.
    pub fn write(&self, addr: u64, offset: i64, repr: Repr, bits: u64) {
        // SAFETY: `open` promises that the cell exists and may be written.
        unsafe { RawHeap::write((addr as i64 + offset) as usize, repr, bits) }
    }

    /// Address of an array's first element.
    pub fn array_base(&self, object: Word, array: &ArrayInfo) -> u64 {
        // SAFETY: `open` promises that the object has the array.
        unsafe { RawHeap::array_base(object.addr(), array) as u64 }
    }

    /// A new object with these header words, every further word empty.
    pub fn allocate(&self, size: usize, header: [u64; 2]) -> Word {
        // SAFETY: `open` promises that headers and size describe an object of the language.
        unsafe { direct::allocate(self.cx, size, header) }
    }

    /// Takes a reference to whatever the word is.
    pub fn retain(&self, word: Word) {
        Direct::<Cx>::retain(word);
    }

    /// Drops a reference to whatever the word is.
    pub fn release(&self, word: Word) {
        direct::drop_ref(self.cx, word);
    }

    /// The word of a double, boxed where it has no immediate form.
    pub fn tag_float(&self, value: f64) -> Word {
        direct::tag_float(self.cx, value)
    }

    /// Calls a helper. `args` are the raw bits of its parameters without context and window, `window` is the first slot
    /// (relative to `base`) and the number of slots. The result is raw bits.
    ///
    /// # Panics
    /// When the arguments do not suit the helper's parameters.
    pub fn invoke(
        &self,
        helper: &HelperInfo,
        args: &[u64],
        base: *const Cell<Word>,
        window: Option<(i32, u32)>,
    ) -> u64 {
        let window = window.map(|(first, count)| {
            // SAFETY: `open` promises that slots lie on the register stack.
            Window::new(unsafe { std::slice::from_raw_parts(self.slot(base, first), count as usize) })
        });
        match target::<Cx>(helper) {
            Some(target) => call(self.cx, &target, args, window).unwrap_or_else(|| wrong_call(helper)),
            None => wrong_call(helper),
        }
    }
}

#[cold]
fn wrong_call(helper: &HelperInfo) -> ! {
    panic!("helper {} was called with arguments that its signature does not have", helper.name)
}

/// Gives a helper's address its type back.
fn target<Cx: 'static>(helper: &HelperInfo) -> Option<Target<Cx>> {
    use Param::{Cx as C, Float as F, Int as I, Window as S, Word as W};
    let addr = helper.addr.0;
    // SAFETY: `Helper::new` derived parameters and result from a function of exactly this type; only it makes `HelperInfo`s
    // with these parameters for a context.
    unsafe {
        Some(match (helper.params, helper.result) {
            ([C], W) => Target::W0(std::mem::transmute::<*const (), extern "C" fn(&Cx) -> Word>(addr)),
            ([C, W], W) => Target::W1(std::mem::transmute::<*const (), extern "C" fn(&Cx, Word) -> Word>(addr)),
            ([C, W, W], W) => {
                Target::W2(std::mem::transmute::<*const (), extern "C" fn(&Cx, Word, Word) -> Word>(addr))
            }
            ([C, W, W, W], W) => {
                Target::W3(std::mem::transmute::<*const (), extern "C" fn(&Cx, Word, Word, Word) -> Word>(addr))
            }
            ([C, W, W, W, W], W) => {
                Target::W4(std::mem::transmute::<*const (), extern "C" fn(&Cx, Word, Word, Word, Word) -> Word>(addr))
            }
            ([C, W, W, W, W, W], W) => Target::W5(std::mem::transmute::<
                *const (),
                extern "C" fn(&Cx, Word, Word, Word, Word, Word) -> Word,
            >(addr)),
            ([C, W], I) => Target::I1(std::mem::transmute::<*const (), extern "C" fn(&Cx, Word) -> i64>(addr)),
            ([C, W, W], I) => Target::I2(std::mem::transmute::<*const (), extern "C" fn(&Cx, Word, Word) -> i64>(addr)),
            ([C, W, W, W], I) => {
                Target::I3(std::mem::transmute::<*const (), extern "C" fn(&Cx, Word, Word, Word) -> i64>(addr))
            }
            ([C, W, S], W) => {
                Target::Win(std::mem::transmute::<*const (), extern "C" fn(&Cx, Word, Window<'_>) -> Word>(addr))
            }
            ([C, W, S, W], W) => {
                Target::WinW(std::mem::transmute::<*const (), extern "C" fn(&Cx, Word, Window<'_>, Word) -> Word>(addr))
            }
            ([F], F) => Target::F1(std::mem::transmute::<*const (), extern "C" fn(f64) -> f64>(addr)),
            ([F, F], F) => Target::F2(std::mem::transmute::<*const (), extern "C" fn(f64, f64) -> f64>(addr)),
            ([C, F], W) => Target::FW(std::mem::transmute::<*const (), extern "C" fn(&Cx, f64) -> Word>(addr)),
            _ => return None,
        })
    }
}

fn call<Cx>(cx: &Cx, target: &Target<Cx>, args: &[u64], window: Option<Window<'_>>) -> Option<u64> {
    let w = Word;
    let float = f64::from_bits;
    Some(match (target, args, window) {
        (Target::W0(f), [], None) => f(cx).0,
        (Target::W1(f), &[a], None) => f(cx, w(a)).0,
        (Target::W2(f), &[a, b], None) => f(cx, w(a), w(b)).0,
        (Target::W3(f), &[a, b, c], None) => f(cx, w(a), w(b), w(c)).0,
        (Target::W4(f), &[a, b, c, d], None) => f(cx, w(a), w(b), w(c), w(d)).0,
        (Target::W5(f), &[a, b, c, d, e], None) => f(cx, w(a), w(b), w(c), w(d), w(e)).0,
        (Target::I1(f), &[a], None) => f(cx, w(a)) as u64,
        (Target::I2(f), &[a, b], None) => f(cx, w(a), w(b)) as u64,
        (Target::I3(f), &[a, b, c], None) => f(cx, w(a), w(b), w(c)) as u64,
        (Target::Win(f), &[a], Some(window)) => f(cx, w(a), window).0,
        (Target::WinW(f), &[a, b], Some(window)) => f(cx, w(a), window, w(b)).0,
        (Target::F1(f), &[a], None) => f(float(a)).to_bits(),
        (Target::F2(f), &[a, b], None) => f(float(a), float(b)).to_bits(),
        (Target::FW(f), &[a], None) => f(cx, float(a)).0,
        _ => return None,
    })
}
