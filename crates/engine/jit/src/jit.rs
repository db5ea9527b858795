//! `Jit`: the tier as drivers see it, and as those see it who set it up and look into it.

use std::cell::{Cell, RefCell};

use pv_codegen::Compiler;
use pv_events::{Event, Position, Stats, TraceStats};
use pv_ir::{EntryKind, TraceId};
use pv_machine::{Context, Direct, HotCounter, Language, Machine, Slot, Tier, TierAction, Watcher};

use crate::config::{Config, ConfigError};
use crate::graph::{Found, Graph, Site};
use crate::pipeline::name_of_key;

type Code<L> = <<L as Language>::Cx as Context>::Code;

/// What compiled traces are described with in the log; each costs time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dumps {
    /// Bytecodes and exits with source positions.
    pub positions: bool,
    /// IR at every stage.
    pub ir: bool,
    /// Cranelift's input.
    pub clif: bool,
    /// Machine code, disassembled.
    pub assembly: bool,
}

impl Dumps {
    /// Everything.
    pub const ALL: Dumps = Dumps { positions: true, ir: true, clif: true, assembly: true };
}

/// Counters behind [`Stats`].
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) recordings: Cell<u64>,
    pub(crate) aborts: Cell<u64>,
    pub(crate) invalidated: Cell<u64>,
    pub(crate) blacklisted: Cell<u64>,
    pub(crate) ops_recorded: Cell<u64>,
    pub(crate) ops_compiled: Cell<u64>,
    pub(crate) entries: Cell<u64>,
    /// Guards that `chaos-guard` has counted.
    pub(crate) guards: Cell<u64>,
}

pub(crate) fn bump(cell: &Cell<u64>, by: u64) {
    cell.set(cell.get() + by);
}

type Observer = Box<dyn FnMut(&Event)>;

/// The upper tier for a language.
pub struct Jit<L: Language> {
    pub(crate) config: Config,
    pub(crate) optimizer: pv_opt::OptConfig,
    pub(crate) dumps: Dumps,
    pub(crate) graph: Graph<Code<L>>,
    pub(crate) recording: Cell<bool>,
    /// Keys that changed while the recording in progress may already have relied on them.
    pub(crate) gone: RefCell<Vec<u64>>,
    pub(crate) counts: Counts,
    observer: RefCell<Option<Observer>>,
    /// Made when first needed; declared after the graph, whose code lies in its memory.
    pub(crate) compiler: RefCell<Option<Compiler>>,
}

impl<L: Language> Jit<L> {
    /// A tier that has compiled nothing yet.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Jit {
            optimizer: config.optimizer()?,
            graph: Graph::new(config.max_versions),
            compiler: RefCell::new(None),
            config,
            dumps: Dumps::default(),
            recording: Cell::new(false),
            gone: RefCell::default(),
            counts: Counts::default(),
            observer: RefCell::new(None),
        })
    }

    /// Hands every event to `observer`, with the given details.
    pub fn observe(&mut self, dumps: Dumps, observer: impl FnMut(&Event) + 'static) {
        self.dumps = dumps;
        *self.observer.get_mut() = Some(Box::new(observer));
    }

    /// Tells the observer, if there is one, making the event only then. An event made by the observer itself is lost.
    pub(crate) fn tell(&self, event: impl FnOnce() -> Event) {
        if let Ok(mut observer) = self.observer.try_borrow_mut()
            && let Some(observer) = observer.as_mut()
        {
            observer(&event());
        }
    }

    /// Is anyone listening?
    pub(crate) fn observed(&self) -> bool {
        self.observer.try_borrow().is_ok_and(|observer| observer.is_some())
    }

    /// A position for the log.
    pub(crate) fn position(&self, cx: &L::Cx, code: Code<L>, pc: u32, depth: i32) -> Position {
        let pc = pc & 0x00ff_ffff;
        let found = L::position(cx, code, pc);
        let pv_machine::Position { file, function, line, bytecode } = found;
        Position { file, function, line, pc, bytecode, depth }
    }

    /// Withdraws every trace that relies on `key`.
    pub fn invalidate(&self, key: u64) {
        if self.recording.get() {
            self.gone.borrow_mut().push(key);
        }
        for TraceId(trace) in self.graph.invalidate(key) {
            bump(&self.counts.invalidated, 1);
            self.tell(|| Event::Invalidated { trace, what: name_of_key(&self.graph.node(TraceId(trace)).trace, key) });
        }
    }

    /// Figures so far.
    pub fn stats(&self) -> Stats {
        let counts = &self.counts;
        let mut stats = Stats {
            recordings: counts.recordings.get(),
            aborts: counts.aborts.get(),
            invalidated: counts.invalidated.get(),
            blacklisted: counts.blacklisted.get(),
            ops_recorded: counts.ops_recorded.get(),
            ops_compiled: counts.ops_compiled.get(),
            ..Stats::default()
        };
        for node in self.graph.nodes() {
            let bridge = node.trace.kind == EntryKind::Bridge;
            *(if bridge { &mut stats.bridges } else { &mut stats.traces }) += 1;
            let metadata_bytes = node.metadata_bytes();
            stats.metadata_bytes += metadata_bytes;
            stats.per_trace.push(TraceStats {
                trace: node.id.0,
                entries: node.entries.get(),
                exits: node.exits.iter().map(|exit| exit.taken.get()).collect(),
                code_bytes: node.code_bytes(),
                metadata_bytes,
            });
            stats.code_bytes += node.code_bytes();
        }
        stats
    }

    fn at(&self, cx: &L::Cx, code: Code<L>, kind: EntryKind, hot: u32, counter: &HotCounter) -> TierAction {
        let pc = cx.state().pc.get();
        let Some(site) = counter.link().checked_sub(1) else {
            let site = self.graph.add_site(Site::new(code, pc, kind, Vec::new()), cx.watch_code(code));
            counter.set_link(site + 1);
            counter.arm(hot);
            if hot > 1 || self.recording.get() {
                return TierAction::Continue;
            }
            return self.record_site(cx, site, counter);
        };
        let frame = Direct::new(cx, code);
        match self.graph.version(site, &|slot| frame.copy().get(Slot(slot))) {
            Found::Trace(trace) => self.run(cx, trace),
            _ if self.recording.get() => TierAction::Continue,
            Found::Nothing => self.record_site(cx, site, counter),
            Found::Misfit(_) => self.at_misfit(cx, site, counter),
        }
    }

    /// No version suits what the frame holds: the oldest runs until a new one is worth it.
    fn at_misfit(&self, cx: &L::Cx, site: u32, counter: &HotCounter) -> TierAction {
        let oldest = {
            let site = &mut self.graph.sites.borrow_mut()[site as usize];
            site.misfits += 1;
            (site.misfits < self.config.hot_exit.max(1)).then(|| site.traces[0])
        };
        match oldest {
            Some(oldest) => self.run(cx, oldest),
            None => self.record_site(cx, site, counter),
        }
    }
}

impl<L: Language> Tier<L> for Jit<L> {
    fn at_header(&self, cx: &L::Cx, code: Code<L>, _: u32, counter: &HotCounter) -> TierAction {
        self.at(cx, code, EntryKind::Header, self.config.hot_loop.max(1), counter)
    }

    fn at_entry(&self, cx: &L::Cx, code: Code<L>, counter: &HotCounter) -> TierAction {
        if self.config.hot_entry == 0 {
            counter.arm(u32::MAX);
            return TierAction::Continue;
        }
        self.at(cx, code, EntryKind::Entry, self.config.hot_entry, counter)
    }
}

impl<L: Language> Watcher for Jit<L> {
    fn changed(&self, key: u64) {
        self.invalidate(key);
    }
}
