//! Snapshots of the recording, translated.
//!
//! What changes on the way: values are the new trace's; slots whose homes hold the value anyway are left out; a lazy float is
//! listed as its double and a lazy object as a virtual one; mentions of a value with pending counts acquire them, and counts that are
//! owed are dropped (see `count`).

use pv_ir::{DelayedStore, Op, SlotVal, SnapRef, Snapshot, ValueRef, VirtualDesc, VirtualRef};
use smallvec::SmallVec;

use super::Door;
use super::lazy::Lazy;
use crate::config::Pass;
use crate::hash::FastMap;

/// The translation made last, reused while nothing has changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Translated {
    raw: SnapRef,
    version: u32,
    out: SnapRef,
}

/// One use of the recording's snapshot.
struct Mentions {
    slots: SmallVec<[(i32, SlotVal); 6]>,
    stores: Vec<DelayedStore>,
}

impl Door<'_> {
    /// The snapshot of a guard or an end.
    pub(crate) fn exit_snapshot(&mut self, raw: SnapRef) -> SnapRef {
        if let Some(last) = self.state.translated
            && (last.raw, last.version) == (raw, self.state.version)
        {
            return last.out;
        }
        let mut mentions = self.translated_values(raw);
        self.trim(&mut mentions.slots);
        self.settle_virtuals(&mentions);
        self.settle_excess(&mentions);
        let out = self.write(raw, mentions);
        self.state.translated = Some(Translated { raw, version: self.state.version, out });
        out
    }

    /// The snapshot of a call: every value is real, and so is every count.
    pub(crate) fn safepoint(&mut self, raw: SnapRef) -> SnapRef {
        let mut mentions = self.translated_values(raw);
        for &(_, value) in &mentions.slots {
            if let SlotVal::Value(value) | SlotVal::Acquire(value) = value {
                self.force(value);
            }
        }
        self.settle_all();
        self.trim(&mut mentions.slots);
        for &(slot, value) in &mentions.slots {
            if let SlotVal::Value(value) = value {
                self.state.home.insert(slot, value);
            }
        }
        // What is called may lay frames out above the current one. Slots of that one which are not mentioned are clean.
        let snapshot = self.raw.snapshot(raw);
        let mentioned = |slot: i32| snapshot.slots.binary_search_by_key(&slot, |&(at, _)| at).is_ok();
        self.state.home.retain(|&slot, _| slot < snapshot.base || mentioned(slot));
        self.state.version += 1;
        let mut snapshot = self.frame_of(raw);
        snapshot.slots = mentions.slots;
        self.push_snapshot(raw, snapshot)
    }

    /// The recording's mentions, as values of the new trace.
    fn translated_values(&mut self, raw: SnapRef) -> Mentions {
        let source = self.raw;
        let snapshot = source.snapshot(raw);
        let slots = snapshot.slots.iter().map(|&(slot, value)| (slot, self.translate_slot(value))).collect();
        let stores = snapshot
            .stores
            .iter()
            .map(|store| DelayedStore {
                object: self.translate(store.object),
                place: store.place,
                value: self.translate_slot(store.value),
            })
            .collect();
        Mentions { slots, stores }
    }

    fn translate_slot(&mut self, value: SlotVal) -> SlotVal {
        match value {
            SlotVal::Value(value) => SlotVal::Value(self.translate(value)),
            SlotVal::Acquire(value) => {
                let value = self.translate(value);
                self.force(value);
                SlotVal::Acquire(value)
            }
            SlotVal::Virtual(object) => SlotVal::Virtual(self.translate_virtual(object)),
        }
    }

    /// A virtual object of the recording itself (a bridge may start with some).
    fn translate_virtual(&mut self, object: VirtualRef) -> VirtualRef {
        let source = self.raw;
        let object = source.virtual_desc(object);
        let kind = self.translate(object.kind);
        let fields = object.fields.iter().map(|&(place, value)| (place, self.translate_slot(value))).collect();
        self.out.push_virtual(VirtualDesc { size: object.size, header: object.header, kind, fields })
    }

    /// Leaves out what the home slots hold.
    fn trim(&mut self, slots: &mut SmallVec<[(i32, SlotVal); 6]>) {
        if !self.runs(Pass::Trim) {
            return;
        }
        let before = slots.len();
        slots.retain(|&mut (slot, value)| {
            let home = self.state.home.get(&slot).map(|&home| self.resolve(home));
            !matches!((home, value), (Some(home), SlotVal::Value(value)) if home == value)
        });
        (slots.len()..before).for_each(|_| self.stats.hit(Pass::Trim));
    }

    /// How often the mentions name each lazy object, those that it holds included; objects come in order of discovery.
    fn count_objects(&self, mentions: &Mentions) -> Vec<(ValueRef, i32)> {
        let mut found: Vec<(ValueRef, i32)> = Vec::new();
        let mut index: FastMap<ValueRef, usize> = FastMap::default();
        let mut work: Vec<ValueRef> = mentions.values().collect();
        work.reverse();
        while let Some(value) = work.pop() {
            let Some(Lazy::Object { cells, .. }) = self.state.lazies.get(&value) else { continue };
            if let Some(&at) = index.get(&value) {
                found[at].1 += 1;
            } else {
                index.insert(value, found.len());
                found.push((value, 1));
                work.extend(cells.iter().map(|&(_, content)| self.resolve(content)));
            }
        }
        found
    }

    /// Objects that the mentions do not own exactly as often as the trace does are made real.
    fn settle_virtuals(&mut self, mentions: &Mentions) {
        if self.state.lazies.is_empty() {
            return;
        }
        for store in &mentions.stores {
            self.force(store.object);
        }
        loop {
            let wrong = self.count_objects(mentions).into_iter().find(|&(object, mentioned)| {
                matches!(self.state.lazies.get(&object), Some(Lazy::Object { references, .. }) if *references != mentioned)
            });
            match wrong {
                Some((object, _)) => self.force(object),
                None => return,
            }
        }
    }

    /// All words that will own a count after leaving: mentions, and what mentioned virtual objects hold.
    fn owning_values(&self, mentions: &Mentions) -> Vec<ValueRef> {
        let mut all: Vec<ValueRef> = mentions.values().collect();
        for (object, _) in self.count_objects(mentions) {
            if let Some(Lazy::Object { cells, .. }) = self.state.lazies.get(&object) {
                all.extend(cells.iter().map(|&(_, content)| self.resolve(content)));
            }
        }
        all
    }

    /// Pending counts for which there is no mention become real.
    fn settle_excess(&mut self, mentions: &Mentions) {
        if self.state.pending.is_empty() {
            return;
        }
        let owning = self.owning_values(mentions);
        for value in self.state.pending.clone() {
            let mentioned = owning.iter().filter(|&&other| self.holder(other) == value).count() as i32;
            let excess = self.state.counts[value.index()].pending - mentioned;
            if excess > 0 {
                self.settle(value, excess);
            }
        }
    }

    fn frame_of(&self, raw: SnapRef) -> Snapshot {
        let raw = self.raw.snapshot(raw);
        Snapshot { base: raw.base, depth: raw.depth, ..Snapshot::new(raw.kind, raw.pc, raw.code, raw.label.clone()) }
    }

    fn write(&mut self, raw: SnapRef, mentions: Mentions) -> SnapRef {
        let mut writer = Writer { pending: FastMap::default(), objects: FastMap::default() };
        for &value in &self.state.pending {
            if !self.is_uncounted(value) {
                writer.pending.insert(value, self.state.counts[value.index()].pending);
            }
        }
        let mut snapshot = self.frame_of(raw);
        snapshot.slots = mentions.slots.iter().map(|&(slot, value)| (slot, writer.slot_value(self, value))).collect();
        snapshot.stores = mentions
            .stores
            .iter()
            .map(|store| DelayedStore { value: writer.slot_value(self, store.value), ..*store })
            .collect();
        snapshot.drops = self.owed().collect();
        self.push_snapshot(raw, snapshot)
    }

    fn push_snapshot(&mut self, raw: SnapRef, snapshot: Snapshot) -> SnapRef {
        self.origins.push(raw);
        self.out.push_snapshot(snapshot)
    }
}

impl Mentions {
    /// Values listed plainly.
    fn values(&self) -> impl Iterator<Item = ValueRef> + '_ {
        let slots = self.slots.iter().map(|&(_, value)| value);
        slots.chain(self.stores.iter().map(|store| store.value)).filter_map(|value| match value {
            SlotVal::Value(value) => Some(value),
            SlotVal::Acquire(_) | SlotVal::Virtual(_) => None,
        })
    }
}

/// Turns mentions into what the snapshot lists.
struct Writer {
    pending: FastMap<ValueRef, i32>,
    objects: FastMap<ValueRef, VirtualRef>,
}

impl Writer {
    fn slot_value(&mut self, door: &mut Door<'_>, value: SlotVal) -> SlotVal {
        match value {
            SlotVal::Value(value) => self.value(door, value),
            other => other,
        }
    }

    fn value(&mut self, door: &mut Door<'_>, value: ValueRef) -> SlotVal {
        let value = door.resolve(value);
        if let Some(float) = door.unboxed(value) {
            return SlotVal::Value(float);
        }
        if door.is_virtual(value) {
            return SlotVal::Virtual(self.object(door, value));
        }
        if let Some(counts) = self.pending.get_mut(&door.holder(value)).filter(|counts| **counts > 0) {
            *counts -= 1;
            return SlotVal::Acquire(value);
        }
        // A truth value's word is made by the exit.
        match door.operand(value, Op::BoolWord) {
            Some(truth) if door.runs(Pass::Boxes) => SlotVal::Value(truth),
            _ => SlotVal::Value(value),
        }
    }

    fn object(&mut self, door: &mut Door<'_>, value: ValueRef) -> VirtualRef {
        if let Some(&known) = self.objects.get(&value) {
            return known;
        }
        let (header, kind) = match door.out.inst(value) {
            Some(inst) => match inst.imm {
                pv_ir::Imm::New { header, .. } => (header, inst.args[0]),
                _ => (1, inst.args[0]),
            },
            None => (1, value),
        };
        let Some(Lazy::Object { size, cells, .. }) = door.state.lazies.get(&value) else {
            unreachable!("only virtual objects come here");
        };
        let (size, cells) = (*size, cells.clone());
        let object = door.out.push_virtual(VirtualDesc { size, header, kind, fields: Vec::new() });
        self.objects.insert(value, object);
        let fields = cells.into_iter().map(|(place, content)| (place, self.value(door, content))).collect();
        door.out.virtuals[object.index()].fields = fields;
        object
    }
}
