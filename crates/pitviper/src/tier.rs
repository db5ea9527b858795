//! The tier of a Python thread: none, or the JIT.

use std::rc::Rc;

use pv_events::{Event, Stats};
use pv_interp::{PythonLanguage, TierSource};
use pv_jit::{Config, ConfigError, Dumps, Jit};
use pv_machine::{HotCounter, NoTier, Tier, TierAction, Watcher};
use pv_object::{CodeRef, Heap};
use pv_runtime::Thread;

/// Either tier behind one type, so that drivers are instantiated once.
pub(crate) enum AnyTier {
    /// The interpreter alone.
    None(NoTier),
    /// The JIT.
    Jit(Rc<Jit<PythonLanguage>>),
}

impl AnyTier {
    /// The JIT when there is a configuration for it.
    pub(crate) fn new(config: Option<Config>) -> Result<AnyTier, ConfigError> {
        Ok(match config {
            None => AnyTier::None(NoTier),
            Some(config) => AnyTier::Jit(Rc::new(Jit::new(config)?)),
        })
    }

    /// Hands the JIT's events to `observer`. To be called before the tier is shared.
    pub(crate) fn observe(&mut self, dumps: Dumps, observer: Box<dyn FnMut(&Event)>) {
        if let AnyTier::Jit(jit) = self {
            Rc::get_mut(jit).expect("the tier is not shared yet").observe(dumps, observer);
        }
    }

    /// Lets the heap withdraw compiled code that embeds an object which dies.
    pub(crate) fn watch(&self, heap: &Heap) {
        if let AnyTier::Jit(jit) = self {
            let jit = Rc::downgrade(jit);
            heap.set_death_hook(Rc::new(move |object| {
                if let Some(jit) = jit.upgrade() {
                    jit.changed(object.addr() as u64);
                }
            }));
        }
    }

    /// The JIT's figures so far.
    pub(crate) fn stats(&self) -> Option<Stats> {
        match self {
            AnyTier::None(_) => None,
            AnyTier::Jit(jit) => Some(jit.stats()),
        }
    }
}

impl Tier<PythonLanguage> for AnyTier {
    #[inline]
    fn at_header(&self, cx: &Thread, code: CodeRef, header: u32, counter: &HotCounter) -> TierAction {
        match self {
            AnyTier::None(tier) => Tier::<PythonLanguage>::at_header(tier, cx, code, header, counter),
            AnyTier::Jit(_) if cx.is_observed() => TierAction::Continue,
            AnyTier::Jit(tier) => tier.at_header(cx, code, header, counter),
        }
    }

    #[inline]
    fn at_entry(&self, cx: &Thread, code: CodeRef, counter: &HotCounter) -> TierAction {
        match self {
            AnyTier::None(tier) => Tier::<PythonLanguage>::at_entry(tier, cx, code, counter),
            AnyTier::Jit(_) if cx.is_observed() => TierAction::Continue,
            AnyTier::Jit(tier) => tier.at_entry(cx, code, counter),
        }
    }
}

/// Finds the tier that [`crate::Interpreter`] put into the thread.
pub(crate) struct Extension;

impl TierSource for Extension {
    type Tier = AnyTier;

    #[inline]
    fn tier(cx: &Thread) -> &AnyTier {
        cx.extension::<AnyTier>().expect("an interpreter's thread carries its tier")
    }
}
