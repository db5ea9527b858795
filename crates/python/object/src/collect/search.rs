//! The search: copies of counts, internal references subtracted, what stays positive is alive with all that it reaches.
//!
//! While it runs the header of each candidate holds, in the place of its count, its number in the search (from 1, so that it reads as
//! alive); the counts come back before it ends. Nothing here takes or gives up a reference.

use pv_word::Word;

use crate::header::{Flags, Header};
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::{List, Tuple};
use crate::obj::{Obj, header_of};
use crate::shape::Instance;

/// The candidates by their fate, each in the order in which they were given.
pub(super) struct Found {
    pub(super) alive: Vec<usize>,
    pub(super) dead: Vec<usize>,
}

struct Node {
    block: usize,
    count: u32,
    /// References from elsewhere than the candidates, and [`LEAF`]; [`REACHED`] once the object is known to be alive.
    outside: u32,
}

const REACHED: u32 = 1 << 31;
/// The object owns no candidate: there is nothing to look for in it again. Counts are smaller by far.
const LEAF: u32 = 1 << 30;

struct Search {
    nodes: Vec<Node>,
    /// Do instances keep their classes alive here? Else no class may die.
    classes: bool,
}

/// Searches these objects, to each of which the caller holds `held` references. `classes` says whether all instances of the classes
/// among them are either among them or have their class named by `named_classes`.
pub(super) fn search(blocks: &[usize], classes: bool, held: u32, named_classes: impl FnOnce() -> Vec<Word>) -> Found {
    let mut search = Search { nodes: Vec::with_capacity(blocks.len()), classes };
    blocks.iter().for_each(|block| search.enrol(*block, held));
    search.subtract();
    let mut reached: Vec<usize> = Vec::new();
    for number in 0..search.nodes.len() {
        if search.nodes[number].outside & !LEAF != 0 {
            search.reach_number(number, &mut reached);
        }
    }
    for class in named_classes() {
        search.reach(class, &mut reached);
    }
    search.spread(&mut reached);
    search.finish()
}

fn header(block: usize) -> &'static Header {
    match header_of(Word::from_addr(block)) {
        Some(header) => header,
        None => unreachable!("a candidate is a heap object"),
    }
}

impl Search {
    fn enrol(&mut self, block: usize, held: u32) {
        let header = header(block);
        if header.is_immortal() || header.flags() & Flags::COLLECTING != 0 {
            return;
        }
        let count = header.count();
        debug_assert!(count > held, "an object without references is collected");
        let rooted = !self.classes && header.kind() == Kind::Type;
        self.nodes.push(Node { block, count, outside: count - held + u32::from(rooted) });
        header.set_flags(Flags::COLLECTING);
        header.set_count(self.nodes.len() as u32);
    }

    /// The number of an object in this search.
    #[inline(always)]
    fn number_of(object: &Obj) -> Option<usize> {
        let header = object.header()?;
        (header.flags() & Flags::COLLECTING != 0).then(|| header.count() as usize - 1)
    }

    /// Calls `f` with the number of each candidate that an object owns. The commonest layouts are visited without a call for each word.
    #[inline(always)]
    fn for_each_owned(object: &Obj, mut f: impl FnMut(usize)) {
        let mut visitor = |child: &Obj| {
            if let Some(number) = Search::number_of(child) {
                f(number);
            }
        };
        match object.kind() {
            Kind::Instance => object.expect::<Instance>().visit(&mut visitor),
            Kind::List if object.is_exact() => object.expect::<List>().visit(&mut visitor),
            Kind::Tuple if object.is_exact() => object.expect::<Tuple>().visit(&mut visitor),
            _ => Heap::visit(object, &mut visitor),
        }
    }

    fn subtract(&mut self) {
        for number in 0..self.nodes.len() {
            let word = Word::from_addr(self.nodes[number].block);
            let mut leaf = true;
            Search::for_each_owned(Obj::of(&word), |owned| {
                leaf = false;
                let outside = &mut self.nodes[owned].outside;
                debug_assert!(*outside & !LEAF > 0, "an object is owned more often than it is counted");
                *outside -= u32::from(*outside & !LEAF != 0);
            });
            if leaf {
                self.nodes[number].outside |= LEAF;
            }
        }
    }

    fn reach(&mut self, object: Word, reached: &mut Vec<usize>) {
        if let Some(number) = Search::number_of(Obj::of(&object)) {
            self.reach_number(number, reached);
        }
    }

    #[inline(always)]
    fn reach_number(&mut self, number: usize, reached: &mut Vec<usize>) {
        let node = &mut self.nodes[number];
        if node.outside & REACHED == 0 {
            let leaf = node.outside & LEAF != 0;
            node.outside = REACHED;
            if self.classes || !leaf {
                reached.push(number);
            }
        }
    }

    fn spread(&mut self, reached: &mut Vec<usize>) {
        while let Some(number) = reached.pop() {
            let word = Word::from_addr(self.nodes[number].block);
            let object = Obj::of(&word);
            Search::for_each_owned(object, |owned| self.reach_number(owned, reached));
            if self.classes {
                self.reach(header(word.addr()).shape().type_word(), reached);
            }
        }
    }

    fn finish(self) -> Found {
        let mut found = Found { alive: Vec::with_capacity(self.nodes.len()), dead: Vec::new() };
        for node in self.nodes {
            let header = header(node.block);
            header.set_count(node.count);
            header.clear_flags(Flags::COLLECTING);
            let fate = if node.outside & REACHED != 0 { &mut found.alive } else { &mut found.dead };
            fate.push(node.block);
        }
        found
    }
}
