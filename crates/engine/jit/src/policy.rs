//! Recording: where it starts, what it may do, where it ends, and what happens after it was given up.

use std::rc::Rc;
use std::time::Instant;

use pv_events::{Attempt, Event, Start};
use pv_ir::{EntryKind, SnapRef, TraceId};
use pv_machine::{Context, Flow, HotCounter, Language, TierAction};
use pv_record::{Abort, Hooks, Limits, Place, Recorded, Recording, Stack};

use crate::graph::Node;
use crate::jit::{Jit, bump};

type Code<L> = <<L as Language>::Cx as Context>::Code;

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
    raising: bool,
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
    Hooks { describe: L::describe, frame_size: L::frame_size, code_name: |cx, code| L::position(cx, code, 0).function }
}

impl<L: Language> Jit<L> {
    /// Records the loop or function of a site, at which the state stands.
    pub(crate) fn record_site(&self, cx: &L::Cx, site: u32, counter: &HotCounter) -> TierAction {
        let id = self.graph.next_id();
        let (kind, code, pc) = {
            let site = &self.graph.sites.borrow()[site as usize];
            (site.kind, site.code, site.pc)
        };
        let plan = Plan { id, kind, root: id, frames: vec![(0, code)], pc, from: None, raising: false };
        if !self.within_budget() {
            counter.arm(self.config.blacklist);
            return TierAction::Continue;
        }
        let take = self.record(cx, &plan);
        let flow = take.flow;
        let outcome = self.compile(cx, &plan, take);
        let mut sites = self.graph.sites.borrow_mut();
        let site = &mut sites[site as usize];
        match outcome {
            Ok(_) => {
                site.trace = Some(id);
                site.aborts = 0;
                counter.arm(1);
            }
            Err(_) => {
                site.aborts += 1;
                let blacklist = site.aborts >= self.config.abort_limit;
                if blacklist {
                    site.aborts = 0;
                }
                let wait = self.config.hot_loop.max(1).saturating_mul(1 << site.aborts.min(16));
                let wait = if blacklist { self.config.blacklist } else { wait };
                counter.arm(wait.max(1));
                drop(sites);
                if blacklist {
                    self.blacklisted(cx, &plan, wait);
                }
            }
        }
        TierAction::Ended(flow)
    }

    /// Records a bridge from a hot exit, through which the state has just left.
    pub(crate) fn record_bridge(&self, cx: &L::Cx, node: &Rc<Node<Code<L>>>, snapshot: SnapRef) -> TierAction {
        let exit = node.exit(snapshot);
        let root = self.graph.node(node.root);
        let raising = node.raises(snapshot);
        self.tell(|| Event::ExitHot { trace: node.id.0, exit: snapshot.0, taken: exit.taken.get() });
        if !self.within_budget() || root.bridges.get() >= self.config.max_bridges {
            exit.hot_at.set(exit.taken.get() + u64::from(self.config.blacklist));
            return if raising { TierAction::ResumeRaising } else { TierAction::Resume };
        }
        let shot = node.trace.snapshot(snapshot);
        let plan = Plan {
            id: self.graph.next_id(),
            kind: EntryKind::Bridge,
            root: node.root,
            frames: node.frames(snapshot),
            pc: shot.pc,
            from: Some((node.id, snapshot)),
            raising,
        };
        let take = self.record(cx, &plan);
        let flow = take.flow;
        match self.compile(cx, &plan, take) {
            Ok(bridge) => {
                node.grow(snapshot, &self.graph.node(bridge));
                root.bridges.set(root.bridges.get() + 1);
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

    fn within_budget(&self) -> bool {
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
        let mut callers: Vec<Code<L>> = plan.frames.iter().map(|frame| frame.1).collect();
        m.begin_step();
        let mut flow = if plan.raising { L::unwind(m) } else { L::resume(m) };
        let mut first = true;
        loop {
            m.end_step();
            if m.aborted().is_some() {
                return (flow, String::new());
            }
            let end = match flow {
                Flow::Header(_) => self.at_recorded_header(m, plan, &mut unrolled),
                Flow::Entered => self.at_recorded_call(m, &mut callers),
                Flow::Left => {
                    callers.pop();
                    self.at_recorded_return(m, plan, first)
                }
                Flow::Next => None,
                Flow::Boundary => {
                    m.abort(Abort::Boundary);
                    None
                }
                Flow::Done => self.at_recorded_end(m, plan, first, Abort::Finished),
                Flow::Raised => self.at_recorded_end(m, plan, first, Abort::RaisedOut),
            };
            if end.is_some() || m.aborted().is_some() {
                return (flow, end.unwrap_or_default());
            }
            first = false;
            m.begin_step();
            flow = L::step(m);
        }
    }

    fn at_recorded_header(&self, m: &mut Recording<'_, L::Cx>, plan: &Plan<L>, unrolled: &mut u32) -> Option<String> {
        let place = m.place();
        if plan.kind == EntryKind::Header && place == m.root() {
            m.close_loop();
            return Some("loop".to_owned());
        }
        if let Some(trace) = self.graph.trace_at(EntryKind::Header, place.code, place.pc) {
            m.link(trace);
            return Some(format!("link {trace}"));
        }
        *unrolled += 1;
        if *unrolled > self.config.unroll_limit {
            m.abort(Abort::InnerLoop);
        }
        None
    }

    fn at_recorded_call(&self, m: &mut Recording<'_, L::Cx>, callers: &mut Vec<Code<L>>) -> Option<String> {
        let place = m.place();
        callers.push(place.code);
        let times = callers.iter().filter(|&&code| code == place.code).count();
        if times <= self.config.recursion_limit as usize + 1 {
            return None;
        }
        match self.graph.trace_at(EntryKind::Entry, place.code, place.pc) {
            Some(trace) => {
                m.link(trace);
                Some(format!("link {trace}"))
            }
            None => {
                m.abort(Abort::Recursion);
                None
            }
        }
    }

    fn at_recorded_return(&self, m: &mut Recording<'_, L::Cx>, plan: &Plan<L>, first: bool) -> Option<String> {
        if m.place().depth >= 0 || plan.kind == EntryKind::Bridge {
            return None;
        }
        match plan.kind {
            EntryKind::Entry if !first => {
                m.exit_before_step();
                Some("exit".to_owned())
            }
            _ => {
                m.abort(Abort::LeftFrame);
                None
            }
        }
    }

    fn at_recorded_end(
        &self,
        m: &mut Recording<'_, L::Cx>,
        plan: &Plan<L>,
        first: bool,
        reason: Abort,
    ) -> Option<String> {
        if plan.kind == EntryKind::Header || first {
            m.abort(reason);
            return None;
        }
        m.exit_before_step();
        Some("exit".to_owned())
    }
}
