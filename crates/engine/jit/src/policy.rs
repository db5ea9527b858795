//! Recording: where it starts, what it may do, where it ends, and what happens after it was given up.

use std::rc::Rc;
use std::time::Instant;

use pv_events::{Attempt, Event, Start};
use pv_ir::{EntryKind, SnapRef, TraceId};
use pv_machine::{Breaker, Context, Direct, Flow, HotCounter, Language, Machine, Slot, TierAction};
use pv_record::{Abort, Hooks, Limits, Place, Recorded, Recording, Stack};

use crate::graph::{Found, Node, Site};
use crate::jit::{Jit, bump};

type Code<L> = <<L as Language>::Cx as Context>::Code;

/// How many recordings of one place may be given up in the hope that the next one goes better.
const PATIENCE: u32 = 2;

/// What a recording is to become.
pub(crate) struct Plan<L: Language> {
    pub(crate) id: TraceId,
    pub(crate) kind: EntryKind,
    /// The loop or entry trace it belongs to; itself if it is one.
    pub(crate) root: TraceId,
    /// The frames known at its start.
    pub(crate) frames: Stack<Code<L>>,
    pub(crate) pc: u32,
    /// The exit it starts from.
    pub(crate) from: Option<(TraceId, SnapRef)>,
    /// Starts where a trace was cut, relies on nothing but the current frame, and may be entered from elsewhere too.
    pub(crate) shared: bool,
    raising: bool,
    /// Rather gives up than leaves its frame or an inner loop behind: another try may go better.
    patient: bool,
}

impl<L: Language> Plan<L> {
    /// The code of the frame it starts in.
    pub(crate) fn code(&self) -> Code<L> {
        self.frames[self.frames.len() - 1].1
    }
}

/// A recording that has ended.
pub(crate) struct Take<L: Language> {
    pub(crate) recorded: Result<Recorded<Code<L>>, Abort>,
    pub(crate) end: String,
    pub(crate) place: Place<Code<L>>,
    pub(crate) microseconds: f64,
    flow: Flow,
}

fn hooks<L: Language>() -> Hooks<L::Cx> {
    Hooks {
        describe: L::describe,
        describe_address: L::describe_address,
        frame_size: L::frame_size,
        code_name: |cx, code| L::position(cx, code, 0).function,
    }
}

impl<L: Language> Jit<L> {
    /// Records the loop or function of a site, at which the state stands.
    pub(crate) fn record_site(&self, cx: &L::Cx, site: u32, counter: &HotCounter) -> TierAction {
        if !self.within_budget() {
            counter.arm(self.config.blacklist);
            return TierAction::Continue;
        }
        let (flow, outcome) = self.record_version(cx, site);
        counter.arm(outcome.err().unwrap_or(1));
        TierAction::Ended(flow)
    }

    /// Records one more trace of a site, at which the state stands: how the last step ended, and the trace, or how many passes to wait.
    fn record_version(&self, cx: &L::Cx, site: u32) -> (Flow, Result<TraceId, u32>) {
        let id = self.graph.next_id();
        let (kind, code, pc, aborts) = {
            let site = &self.graph.sites.borrow()[site as usize];
            (site.kind, site.code, site.pc, site.aborts)
        };
        let frames = vec![(0, code)];
        let patient = aborts < PATIENCE;
        let plan = Plan { id, kind, root: id, frames, pc, from: None, shared: false, raising: false, patient };
        let mut take = self.record(cx, &plan);
        let flow = take.flow;
        let fingerprint = take.recorded.as_ref().ok().map(|recorded| recorded.trace.fingerprint());
        let known = fingerprint.and_then(|fingerprint| self.graph.same_recording(site, fingerprint));
        if known.is_some() {
            take.recorded = Err(Abort::Known);
        }
        let outcome = self.compile(cx, &plan, take).or(known.ok_or(()));
        let mut sites = self.graph.sites.borrow_mut();
        let site = &mut sites[site as usize];
        site.misfits = 0;
        match outcome {
            Ok(trace) => {
                if known.is_none() {
                    site.traces.push(id);
                }
                site.aborts = 0;
                (flow, Ok(trace))
            }
            Err(_) => {
                site.aborts += 1;
                let blacklist = site.aborts >= self.config.abort_limit;
                if blacklist {
                    site.aborts = 0;
                }
                let wait = self.config.hot_loop.max(1).saturating_mul(1 << site.aborts.min(16));
                let wait = if blacklist { self.config.blacklist } else { wait }.max(1);
                drop(sites);
                if blacklist {
                    self.blacklisted(cx, &plan, wait);
                }
                (flow, Err(wait))
            }
        }
    }

    /// Goes on from a hot exit, through which the state has just left. Where a trace was cut one may have come up since; where the
    /// header of a loop or the entry of a function lies, one is given time to.
    pub(crate) fn at_hot_exit(&self, cx: &L::Cx, node: &Rc<Node<Code<L>>>, snapshot: SnapRef) -> TierAction {
        if node.open == Some(snapshot) {
            let shot = node.trace.snapshot(snapshot);
            let code = node.code(shot.code);
            let root = self.graph.current(node.root);
            if let Some(site) = self.graph.own_loop(root, code, shot.pc).filter(|_| node.root != node.id) {
                return self.record_version_at_exit(cx, site, node, snapshot);
            }
            let frame = Direct::new(cx, code);
            match self.graph.trace_from(code, shot.pc, &|slot| frame.copy().get(Slot(slot))) {
                Found::Trace(trace) => {
                    node.grow(snapshot, &self.graph.node(trace));
                    return TierAction::Resume;
                }
                Found::Misfit(site) => return self.record_version_at_exit(cx, site, node, snapshot),
                Found::Nothing => {}
            }
            let exit = node.exit(snapshot);
            let patience = u64::from(self.config.hot_exit.max(1)) * 20;
            if exit.taken.get() < patience && self.graph.has_site(code, shot.pc) {
                exit.hot_at.set(exit.taken.get() + u64::from(self.config.hot_exit.max(1)));
                return TierAction::Resume;
            }
        }
        self.record_bridge(cx, node, snapshot)
    }

    /// A trace was cut at the header of a loop, or the entry of a function, that has versions for other values only; or a bridge of a
    /// loop came back to its header.
    fn record_version_at_exit(&self, cx: &L::Cx, site: u32, node: &Rc<Node<Code<L>>>, snapshot: SnapRef) -> TierAction {
        let exit = node.exit(snapshot);
        if !self.within_budget() {
            exit.hot_at.set(exit.taken.get() + u64::from(self.config.blacklist));
            return TierAction::Resume;
        }
        let (flow, outcome) = self.record_version(cx, site);
        match outcome {
            Ok(version) => node.grow(snapshot, &self.graph.node(version)),
            Err(wait) => exit.hot_at.set(exit.taken.get() + u64::from(wait)),
        }
        TierAction::Ended(flow)
    }

    /// Records a bridge from a hot exit, through which the state has just left.
    fn record_bridge(&self, cx: &L::Cx, node: &Rc<Node<Code<L>>>, snapshot: SnapRef) -> TierAction {
        let exit = node.exit(snapshot);
        let root = self.graph.node(self.graph.current(node.root));
        let raising = node.raises(snapshot);
        self.tell(|| Event::ExitHot { trace: node.id.0, exit: snapshot.0, taken: exit.taken.get() });
        if !self.within_budget() || root.bridges.get() >= self.config.max_bridges {
            exit.hot_at.set(exit.taken.get() + u64::from(self.config.blacklist));
            return if raising { TierAction::ResumeRaising } else { TierAction::Resume };
        }
        let shot = node.trace.snapshot(snapshot);
        let (id, frames) = (self.graph.next_id(), node.frames(snapshot));
        let shared = node.open == Some(snapshot) && frames.len() == 1;
        let plan = Plan {
            id,
            kind: EntryKind::Bridge,
            root: if shared { id } else { root.id },
            frames,
            pc: shot.pc,
            from: Some((node.id, snapshot)),
            shared,
            raising,
            patient: exit.aborts.get() < PATIENCE,
        };
        let take = self.record(cx, &plan);
        let flow = take.flow;
        match self.compile(cx, &plan, take) {
            Ok(bridge) => {
                let bridge_node = self.graph.node(bridge);
                node.grow(snapshot, &bridge_node);
                root.bridges.set(root.bridges.get() + 1);
                self.at_return(cx, &bridge_node);
                if shared {
                    let site = Site::new(plan.code(), plan.pc, plan.kind, vec![bridge]);
                    self.graph.add_site(site, cx.watch_code(plan.code()));
                }
            }
            Err(_) => {
                let aborts = exit.aborts.get() + 1;
                let blacklist = aborts >= self.config.abort_limit;
                exit.aborts.set(if blacklist { 0 } else { aborts });
                let wait = self.config.hot_exit.max(1).saturating_mul(1 << aborts.min(16));
                let wait = if blacklist { self.config.blacklist } else { wait };
                exit.hot_at.set(exit.taken.get() + u64::from(wait));
                if blacklist {
                    self.blacklisted(cx, &plan, wait);
                }
            }
        }
        TierAction::Ended(flow)
    }

    pub(crate) fn within_budget(&self) -> bool {
        self.graph.next_id().0 <= self.config.max_traces
            && self.counts.ops_compiled.get() < u64::from(self.config.max_ops)
            && self.counts.recordings.get() < u64::from(self.config.fuel)
    }

    fn blacklisted(&self, cx: &L::Cx, plan: &Plan<L>, expires: u32) {
        bump(&self.counts.blacklisted, 1);
        self.tell(|| Event::Blacklisted { at: self.position(cx, plan.code(), plan.pc, 0), expires });
    }

    /// What the recording is about, for the log.
    pub(crate) fn attempt(&self, cx: &L::Cx, plan: &Plan<L>) -> Attempt {
        let at = self.position(cx, plan.code(), plan.pc, 0);
        let start = match (plan.kind, plan.from) {
            (EntryKind::Header, _) => Start::Header { at },
            (EntryKind::Bridge, Some((TraceId(trace), SnapRef(exit)))) => Start::Bridge { at, trace, exit },
            (EntryKind::Entry | EntryKind::Bridge, _) => Start::Entry { at },
        };
        Attempt { trace: plan.id.0, start }
    }

    /// Executes and records until the policy ends it. The state is real afterwards, whatever became of the recording.
    fn record(&self, cx: &L::Cx, plan: &Plan<L>) -> Take<L> {
        bump(&self.counts.recordings, 1);
        self.tell(|| Event::TraceStarted(self.attempt(cx, plan)));
        let began = Instant::now();
        let limits = Limits { instructions: self.config.trace_limit as usize, depth: self.config.inline_limit as i32 };
        let name = if self.observed() { L::position(cx, plan.code(), 0).function } else { String::new() };
        let mut m = Recording::start(cx, plan.frames.clone(), plan.kind, plan.id, name, hooks::<L>(), limits);
        if plan.kind == EntryKind::Entry {
            m.assume_empty(L::empty_at_entry(plan.code()));
        }
        self.gone.borrow_mut().clear();
        self.recording.set(true);
        let (flow, end) = self.steps(&mut m, plan);
        self.recording.set(false);
        m.sync();
        let place = m.place();
        let recorded = m.finish();
        Take { recorded, end, place, microseconds: began.elapsed().as_secs_f64() * 1e6, flow }
    }

    /// Steps until the recording has its end or is given up; how the last step ended, and what the end is.
    fn steps(&self, m: &mut Recording<'_, L::Cx>, plan: &Plan<L>) -> (Flow, String) {
        let mut unrolled = 0;
        m.begin_step();
        if plan.kind == EntryKind::Header {
            m.test_ahead(L::at_header);
        }
        let mut flow = if plan.raising { L::unwind(m) } else { L::resume(m) };
        let mut first = true;
        loop {
            m.end_step();
            if m.cx().state().breaker.bits() & Breaker::OBSERVED != 0 {
                m.abort(Abort::Boundary);
            }
            if m.aborted().is_some() {
                return (flow, String::new());
            }
            let end = match flow {
                Flow::Done => self.at_recorded_end(m, plan, first, Abort::Finished),
                Flow::Raised => self.at_recorded_end(m, plan, first, Abort::RaisedOut),
                Flow::Boundary => {
                    m.abort(Abort::Boundary);
                    None
                }
                _ if m.has_surfaced() => self.at_unknown_frame(m, plan),
                Flow::Header(_) => self.at_recorded_header(m, plan, &mut unrolled),
                Flow::Entered => self.at_recorded_call(m, plan),
                Flow::Left | Flow::Next => None,
            };
            if end.is_some() || m.aborted().is_some() {
                return (flow, end.unwrap_or_default());
            }
            if m.is_full() {
                return (flow, self.cut(m));
            }
            first = false;
            m.begin_step();
            flow = L::step(m);
        }
    }

    /// Ends with a trace that starts where the recording stands.
    fn link(&self, m: &mut Recording<'_, L::Cx>, trace: TraceId) -> String {
        m.link(trace);
        format!("link {trace}")
    }

    /// Ends where it stands: a trace that starts there is joined on later.
    fn cut(&self, m: &mut Recording<'_, L::Cx>) -> String {
        m.cut();
        "cut".to_owned()
    }

    fn at_recorded_header(&self, m: &mut Recording<'_, L::Cx>, plan: &Plan<L>, unrolled: &mut u32) -> Option<String> {
        let place = m.place();
        let found = self.graph.trace_at(EntryKind::Header, place.code, place.pc, &|slot| m.word_at(slot));
        if plan.kind == EntryKind::Header && place == m.root() {
            let site = self.graph.site_at(plan.kind, place.code, place.pc);
            if m.is_stable() || !site.is_some_and(|site| self.graph.has_room(site)) {
                m.close_loop();
                return Some("loop".to_owned());
            }
            return match found {
                Found::Trace(trace) => Some(self.link(m, trace)),
                Found::Misfit(_) | Found::Nothing => Some(self.cut(m)),
            };
        }
        match found {
            // Values of other kinds have led out of the loop, and may do so again: the next trip may be worth a version.
            Found::Trace(_) if self.comes_back(m, plan) => return Some(self.cut(m)),
            Found::Trace(trace) => return Some(self.link(m, trace)),
            Found::Misfit(_) => return Some(self.cut(m)),
            Found::Nothing => {}
        }
        *unrolled += 1;
        if *unrolled <= self.config.unroll_limit {
            return None;
        }
        self.give_up_or_cut(m, plan, Abort::InnerLoop)
    }

    /// Has a bridge, grown from a test of values and not from a branch, come back to the header of its loop, of which there may be one
    /// more version?
    fn comes_back(&self, m: &Recording<'_, L::Cx>, plan: &Plan<L>) -> bool {
        let Some((parent, exit)) = plan.from.filter(|_| plan.root != plan.id && m.frames().len() == 1) else {
            return false;
        };
        let place = m.place();
        self.graph.own_loop(plan.root, place.code, place.pc).is_some()
            && self.graph.node(parent).retries(exit, m.executed(1))
    }

    /// A call is inlined, unless the function stands on the inlined stack already and has a trace.
    fn at_recorded_call(&self, m: &mut Recording<'_, L::Cx>, plan: &Plan<L>) -> Option<String> {
        let (place, root) = (m.place(), m.root());
        let times = m.frames().iter().filter(|frame| frame.1 == place.code).count();
        if times > 1 && place.pc != 0 {
            return Some(self.at_resumed_recursion(m));
        }
        let own = plan.kind == EntryKind::Entry && (place.code, place.pc) == (root.code, root.pc);
        let found = if own {
            Found::Trace(plan.id)
        } else {
            self.graph.trace_at(EntryKind::Entry, place.code, place.pc, &|slot| m.word_at(slot))
        };
        match found {
            Found::Trace(trace) if times > 1 => Some(self.link(m, trace)),
            Found::Misfit(_) if times > 1 => Some(self.cut(m)),
            _ if times <= self.config.recursion_limit as usize + 1 => None,
            _ => self.give_up_or_cut(m, plan, Abort::Recursion),
        }
    }

    /// Goes on in the middle of a frame whose code stands on the inlined stack already. Where such a frame stands, and where those above
    /// it do, differs from time to time, so that inlining would make a trace for every combination: what follows is a trace of its own.
    fn at_resumed_recursion(&self, m: &mut Recording<'_, L::Cx>) -> String {
        let place = m.place();
        let found = self.graph.trace_from(place.code, place.pc, &|slot| m.word_at(slot));
        if let Found::Trace(trace) = found {
            return self.link(m, trace);
        }
        m.forget_callers();
        self.cut(m)
    }

    /// Returned or raised to a frame that the trace knew nothing of: others come there as well, so that what follows is a trace
    /// of its own.
    fn at_unknown_frame(&self, m: &mut Recording<'_, L::Cx>, plan: &Plan<L>) -> Option<String> {
        let place = m.place();
        match self.graph.trace_from(place.code, place.pc, &|slot| m.word_at(slot)) {
            Found::Trace(trace) => return Some(self.link(m, trace)),
            Found::Misfit(_) => return Some(self.cut(m)),
            Found::Nothing => {}
        }
        if plan.kind == EntryKind::Header {
            return self.give_up_or_cut(m, plan, Abort::LeftFrame);
        }
        Some(self.cut(m))
    }

    fn give_up_or_cut(&self, m: &mut Recording<'_, L::Cx>, plan: &Plan<L>, reason: Abort) -> Option<String> {
        if !plan.patient {
            return Some(self.cut(m));
        }
        m.abort(reason);
        None
    }

    /// The driver's first frame is left, which is the interpreter's business.
    fn at_recorded_end(
        &self,
        m: &mut Recording<'_, L::Cx>,
        plan: &Plan<L>,
        first: bool,
        reason: Abort,
    ) -> Option<String> {
        if first || (plan.kind == EntryKind::Header && plan.patient) {
            m.abort(reason);
            return None;
        }
        m.exit_before_step();
        Some("exit".to_owned())
    }
}
