//! The frame objects of frames that run, and writing to frames that compiled code is at work on.
//!
//! Terms: a frame is *kept* when somebody has asked for its frame object: the thread holds that until the frame ends, so that it is always
//! the same one, and the frame's return information says so, so that its end is noticed. Frames that nobody asks for cost nothing.
//! A *driver* runs the frames from its first one on, up to the next driver's; while it is inside the upper tier, what lies in their
//! slots is the tier's business: a write has to wait until the tier has been left, which it is at the next bytecode boundary.
//! Generators hold the frame objects of their frames themselves.

use std::cell::{Cell, RefCell};

use pv_machine::Breaker;
use pv_object::{Frame, Obj};
use pv_word::Word;

use crate::thread::Thread;

/// A write to a slot of a frame that waits for the upper tier to be left.
pub struct Deferred {
    /// Address of the frame's first slot.
    pub base: usize,
    /// The slot.
    pub slot: i32,
    /// What it held: if that has changed by then, the code that runs has written it since, and the write is void.
    pub old: Word,
    /// What it is to hold; `None` for nothing.
    pub new: Option<Obj>,
}

/// What a thread knows of its frames.
#[derive(Default)]
pub(crate) struct Frames {
    /// Kept frames, outermost first: address of the first slot, and the frame object.
    kept: RefCell<Vec<(usize, Obj)>>,
    deferred: RefCell<Vec<Deferred>>,
    /// Address of the first slot of the innermost driver's first frame.
    driver: Cell<usize>,
    /// Is the innermost driver inside the upper tier?
    in_tier: Cell<bool>,
    /// How many drivers around it are.
    tiers_below: Cell<u32>,
}

/// What has to be known again when a driver ends.
pub struct OuterDriver {
    base: usize,
    in_tier: bool,
}

impl Thread {
    /// The frame object of the frame at `base`, if that is kept. Those of frames that lie above the innermost one are forgotten.
    pub fn kept_frame(&self, base: usize) -> Option<Obj> {
        let mut kept = self.frames.kept.borrow_mut();
        let top = self.state().base.get() as usize;
        while let Some((_, lost)) = kept.pop_if(|(last, _)| *last > top) {
            lost.expect::<Frame>().base.set(0);
        }
        kept.iter().rfind(|(each, _)| *each == base).map(|(_, frame)| frame.clone())
    }

    /// Keeps the frame object of the frame at `base`, in the place of one that was.
    pub fn keep_frame(&self, base: usize, frame: Obj) {
        let mut kept = self.frames.kept.borrow_mut();
        let at = kept.partition_point(|(each, _)| *each < base);
        match kept.get_mut(at).filter(|(each, _)| *each == base) {
            Some(entry) => std::mem::replace(&mut entry.1, frame).expect::<Frame>().base.set(0),
            None => kept.insert(at, (base, frame)),
        }
    }

    /// The frame at `base` ends: its frame object, if it was kept.
    pub fn end_frame(&self, base: usize) -> Option<Obj> {
        let mut kept = self.frames.kept.borrow_mut();
        let at = kept.iter().rposition(|(each, _)| *each == base)?;
        Some(kept.remove(at).1)
    }

    /// A driver begins, whose first frame lies at `base`.
    pub fn begin_driver(&self, base: usize) -> OuterDriver {
        let frames = &self.frames;
        let outer = OuterDriver { base: frames.driver.replace(base), in_tier: frames.in_tier.replace(false) };
        frames.tiers_below.set(frames.tiers_below.get() + u32::from(outer.in_tier));
        outer
    }

    /// It ends. What waits is for those around it.
    pub fn end_driver(&self, outer: OuterDriver) {
        let frames = &self.frames;
        frames.tiers_below.set(frames.tiers_below.get() - u32::from(outer.in_tier));
        frames.driver.set(outer.base);
        frames.in_tier.set(outer.in_tier);
        if self.has_deferred() {
            self.state().breaker.set(Breaker::FINALIZERS);
        }
    }

    /// The innermost driver enters the upper tier, or has left it.
    #[inline]
    pub fn set_in_tier(&self, inside: bool) {
        self.frames.in_tier.set(inside);
    }

    /// May the slots of the frame at `base` be written now?
    pub fn may_write_frame(&self, base: usize) -> bool {
        let frames = &self.frames;
        !frames.in_tier.get() && (frames.tiers_below.get() == 0 || base >= frames.driver.get())
    }

    /// Puts a write off until the upper tier has been left, which this makes it do.
    pub fn defer(&self, write: Deferred) {
        let mut deferred = self.frames.deferred.borrow_mut();
        let earlier = deferred.iter_mut().find(|each| each.base == write.base && each.slot == write.slot);
        match earlier {
            Some(earlier) => earlier.new = write.new,
            None => deferred.push(write),
        }
        self.state().breaker.set(Breaker::FINALIZERS);
    }

    /// Do writes wait?
    #[inline]
    pub fn has_deferred(&self) -> bool {
        !self.frames.deferred.borrow().is_empty()
    }

    /// The writes to frames of the innermost driver, which has left the upper tier.
    pub fn take_deferred(&self) -> Vec<Deferred> {
        let driver = self.frames.driver.get();
        self.frames.deferred.borrow_mut().extract_if(.., |each| each.base >= driver).collect()
    }

    /// What a slot is to hold for which a write waits.
    pub fn deferred_value(&self, base: usize, slot: i32) -> Option<Option<Obj>> {
        let deferred = self.frames.deferred.borrow();
        deferred.iter().find(|each| each.base == base && each.slot == slot).map(|each| each.new.clone())
    }
}
