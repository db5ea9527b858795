//! The test language: register code over the toy heap.
//!
//! A frame is 24 slots: the function's number, return information, 22 registers. A call's window becomes the callee's
//! frame; its result goes to the window's first slot.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use pv_machine::{
    AliasClass, Cmp, Context, Counted, Direct, Effects, Field, FieldInfo, Flow, Helper, HotCounter, IntOp, Language,
    Machine, Mutability, NoTier, Own, Position, Repr, Slot, Target, Tier, TierAction, Typed, Watcher,
    toy::{CELL, FINAL, Toy},
};
use pv_word::Word;

/// One operation. Registers are numbered from 0.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    /// `a = constant`.
    Set(i32, i64),
    /// `a = b`, one more reference.
    Copy(i32, i32),
    /// `a = b + c`; raises unless both are small ints and the sum is one.
    Add(i32, i32, i32),
    /// `a = b + c` by a helper that may raise.
    CallAdd(i32, i32, i32),
    /// Goes to the third unless `a < b`.
    UnlessLess(i32, i32, u32),
    /// Goes to the third unless `a & b` is zero.
    UnlessZero(i32, i32, u32),
    /// Back edge to the loop that starts at the first, with this number.
    Back(u32, u32),
    /// Goes on at.
    Jump(u32),
    /// `a` = a new cell.
    New(i32),
    /// `a` = a new cell whose death is noted.
    NewFinal(i32),
    /// `a = b.value`.
    Load(i32, i32),
    /// `a.value = b`.
    Store(i32, i32),
    /// Calls a function with the window at register `b`, whose arguments stand from register `b + 2` on.
    Call(u32, i32),
    /// Returns `a`.
    Return(i32),
    /// Raises.
    Raise,
    /// `a` = a number that seldom changes, read as a constant.
    Seldom(i32),
    /// Adds one to that number.
    Change,
    /// Ends the program.
    Halt,
}

/// A function's code; an exception in it goes to `handler`, if it has one.
#[derive(Clone, Debug, Default)]
pub struct Function {
    /// Operations.
    pub ops: Vec<Op>,
    /// Where exceptions go.
    pub handler: Option<u32>,
}

/// A program; function 0 is its main.
pub struct Program {
    /// Functions.
    pub functions: Vec<Function>,
    loops: Vec<HotCounter>,
    entries: Vec<HotCounter>,
}

thread_local! {
    static PROGRAM: RefCell<Rc<Program>> = RefCell::new(Rc::new(Program::new(Vec::new())));
}

thread_local! {
    static SELDOM: Cell<i32> = const { Cell::new(0) };
    static WATCHER: RefCell<Option<Rc<dyn Watcher>>> = const { RefCell::new(None) };
}

/// The key under which traces rely on the number that seldom changes.
const SELDOM_KEY: u64 = 7;

/// Names who is told when the number changes.
pub fn watch(watcher: Option<Rc<dyn Watcher>>) {
    WATCHER.set(watcher);
}

impl Program {
    /// A program.
    pub fn new(functions: Vec<Function>) -> Program {
        let entries = functions.iter().map(|_| HotCounter::default()).collect();
        Program { functions, loops: (0..16).map(|_| HotCounter::default()).collect(), entries }
    }
}

fn program() -> Rc<Program> {
    PROGRAM.with_borrow(Rc::clone)
}

const HEADER: i32 = 2;
const SIZE: i32 = 24;

fn slot(register: i32) -> Slot {
    Slot(register + HEADER)
}

const VALUE: Field<Toy> = {
    static INFO: FieldInfo = FieldInfo {
        name: "test.value",
        offset: 16,
        repr: Repr::Word,
        alias: AliasClass(1),
        mutability: Mutability::Mutable,
    };
    // SAFETY: the toy's cells have a word there, and no other descriptor of it is used by these tests.
    unsafe { Field::new(&INFO) }
};

const KIND: Field<Toy> = {
    static INFO: FieldInfo = FieldInfo {
        name: "test.kind",
        offset: 8,
        repr: Repr::U32,
        alias: AliasClass(6),
        mutability: Mutability::Immutable,
    };
    // SAFETY: every object of the toy has its kind there, which never changes.
    unsafe { Field::new(&INFO) }
};

static ADD: Helper<Toy> =
    Helper::new("test.add", Effects { raises: true, elidable: false, ..Effects::PURE }, Target::W2(add));
static FAIL: Helper<Toy> =
    Helper::new("test.fail", Effects { raises: true, elidable: false, ..Effects::PURE }, Target::W0(fail));

extern "C" fn add(_: &Toy, a: Word, b: Word) -> Word {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => Word::from_i64(a + b).unwrap_or(Word::EMPTY),
        _ => Word::EMPTY,
    }
}

static CHANGE: Helper<Toy> = Helper::new("test.change", Effects::ANY, Target::W0(change));

extern "C" fn change(_: &Toy) -> Word {
    SELDOM.set(SELDOM.get() + 1);
    if let Some(watcher) = WATCHER.with_borrow(Clone::clone) {
        watcher.changed(SELDOM_KEY);
    }
    Word::ZERO
}

extern "C" fn fail(_: &Toy) -> Word {
    Word::EMPTY
}

/// The language.
pub struct Test;

fn next<M: Machine<Cx = Toy>>(m: &mut M) -> Flow {
    let pc = m.pc() + 1;
    m.set_pc(pc);
    if m.boundary() { Flow::Boundary } else { Flow::Next }
}

fn fail_here<M: Machine<Cx = Toy>>(m: &mut M) -> Flow {
    let failed = m.call(&FAIL, &[]);
    m.release(failed);
    Test::unwind(m)
}

fn cell<M: Machine<Cx = Toy>>(m: &mut M, register: i32) -> Option<Typed<M::Val, Toy>> {
    let value = m.get(slot(register));
    if !m.is_ptr(value) || m.is(value, Word::EMPTY) {
        return None;
    }
    // SAFETY: every object of the toy has the fields read here.
    Some(unsafe { Typed::assume(value) })
}

fn new_cell<M: Machine<Cx = Toy>>(m: &mut M, register: i32, kind: u64) -> Flow {
    // SAFETY: 48 bytes and this header are a cell, whose other words may be empty.
    let cell = unsafe { m.allocate(48, [1, kind]) };
    m.put(slot(register), cell);
    next(m)
}

fn call<M: Machine<Cx = Toy>>(m: &mut M, function: u32, window: i32) -> Flow {
    let base = window + HEADER;
    if !m.has_room(base + SIZE) {
        return fail_here(m);
    }
    let (callee, info) = (m.word(Word::small(function as i32)), (m.pc() as i32 + 1) << 8 | base);
    let (info, empty) = (m.word(Word::small(info)), m.word(Word::EMPTY));
    m.put(Slot(base), Own::new(callee));
    m.put(Slot(base + 1), Own::new(info));
    // Two arguments stand in registers 0 and 1.
    for register in 2..SIZE - HEADER {
        m.init(Slot(base + HEADER + register), Own::new(empty));
    }
    m.switch_frame(base, function, 0);
    Flow::Entered
}

/// Pops a frame whose slots have been released.
fn pop<M: Machine<Cx = Toy>>(m: &mut M, info: i32) {
    let base = info & 0xff;
    let caller = m.known_frame(-base).unwrap_or_else(|| {
        let caller = m.get(Slot(-base));
        m.promote(caller).untag_int() as u32
    });
    m.switch_frame(-base, caller, (info >> 8) as u32);
}

fn sweep<M: Machine<Cx = Toy>>(m: &mut M) {
    for register in 0..SIZE - HEADER {
        let value = m.take(slot(register));
        m.release(value);
    }
}

impl Language for Test {
    type Cx = Toy;

    fn step<M: Machine<Cx = Toy>>(m: &mut M) -> Flow {
        let op = program().functions[m.code() as usize].ops[m.pc() as usize];
        match op {
            Op::Set(a, value) => {
                let value = m.word(Word::from_i64(value).expect("small"));
                m.put(slot(a), Own::new(value));
                next(m)
            }
            Op::Copy(a, b) => {
                let value = m.get(slot(b));
                let value = m.own(value);
                m.put(slot(a), value);
                next(m)
            }
            Op::Add(a, b, c) => {
                let (x, y) = (m.get(slot(b)), m.get(slot(c)));
                let sum = if m.both_ints(x, y) { m.tagged(IntOp::Add, x, y) } else { None };
                match sum {
                    Some(sum) => {
                        m.put(slot(a), Own::new(sum));
                        next(m)
                    }
                    None => fail_here(m),
                }
            }
            Op::CallAdd(a, b, c) => {
                let (x, y) = (m.get(slot(b)), m.get(slot(c)));
                let sum = m.call(&ADD, &[x, y]);
                if m.raised(&sum) {
                    m.release(sum);
                    return Test::unwind(m);
                }
                m.put(slot(a), sum);
                next(m)
            }
            Op::UnlessLess(a, b, target) => {
                let (x, y) = (m.get(slot(a)), m.get(slot(b)));
                if !m.both_ints(x, y) {
                    return fail_here(m);
                }
                let less = m.cmp_words(Cmp::Lt, x, y);
                let pc = m.pc();
                m.branch(less, pc + 1, target);
                Flow::Next
            }
            Op::UnlessZero(a, b, target) => {
                let (x, y) = (m.get(slot(a)), m.get(slot(b)));
                if !m.both_ints(x, y) {
                    return fail_here(m);
                }
                let Some(bits) = m.tagged(IntOp::And, x, y) else { return fail_here(m) };
                let zero = m.word(Word::ZERO);
                let is_zero = m.cmp_words(Cmp::Eq, bits, zero);
                let pc = m.pc();
                m.branch(is_zero, pc + 1, target);
                Flow::Next
            }
            Op::Back(target, number) => {
                m.set_pc(target);
                Flow::Header(number)
            }
            Op::Jump(target) => {
                m.set_pc(target);
                Flow::Next
            }
            Op::New(a) => new_cell(m, a, CELL),
            Op::NewFinal(a) => new_cell(m, a, FINAL),
            Op::Load(a, b) => {
                let Some(object) = cell(m, b) else { return fail_here(m) };
                let kind = m.load_int(object, &KIND);
                m.promote_int(kind);
                let value = m.load(object, &VALUE);
                let value = m.own(value);
                m.put(slot(a), value);
                next(m)
            }
            Op::Store(a, b) => {
                let Some(object) = cell(m, a) else { return fail_here(m) };
                let value = m.get(slot(b));
                let value = m.own(value);
                let old = m.replace(object, &VALUE, value);
                m.release(old);
                next(m)
            }
            Op::Call(function, window) => call(m, function, window),
            Op::Return(a) => {
                let info = m.get(Slot(1));
                let info = m.promote(info).untag_int() as i32;
                let value = m.take(slot(a));
                sweep(m);
                m.init(Slot(0), value);
                pop(m, info);
                if m.boundary() { Flow::Boundary } else { Flow::Left }
            }
            Op::Raise => fail_here(m),
            Op::Seldom(a) => {
                m.assume(SELDOM_KEY);
                let value = m.word(Word::small(SELDOM.get()));
                m.put(slot(a), Own::new(value));
                next(m)
            }
            Op::Change => {
                let done = m.call(&CHANGE, &[]);
                if m.raised(&done) {
                    m.release(done);
                    return Test::unwind(m);
                }
                m.release(done);
                next(m)
            }
            Op::Halt => Flow::Done,
        }
    }

    fn unwind<M: Machine<Cx = Toy>>(m: &mut M) -> Flow {
        loop {
            if let Some(handler) = program().functions[m.code() as usize].handler {
                m.set_pc(handler);
                return if m.boundary() { Flow::Boundary } else { Flow::Next };
            }
            let info = m.get(Slot(1));
            let info = m.promote(info).untag_int() as i32;
            if info < 0 {
                return Flow::Raised;
            }
            sweep(m);
            let empty = m.word(Word::EMPTY);
            m.init(Slot(0), Own::new(empty));
            pop(m, info);
        }
    }

    fn frame_code(_: &Toy, slot0: Word) -> u32 {
        slot0.untag_int() as u32
    }
    fn live_slots(_: u32, _: u32) -> Vec<Slot> {
        (0..SIZE).map(Slot).collect()
    }
    fn frame_size(_: u32) -> u32 {
        SIZE as u32
    }
    fn position(_: &Toy, code: u32, pc: u32) -> Position {
        let op = program().functions.get(code as usize).and_then(|function| function.ops.get(pc as usize).copied());
        let bytecode = op.map_or_else(String::new, |op| format!("{op:?}"));
        Position { file: "test".to_owned(), function: format!("f{code}"), line: pc + 1, bytecode }
    }
    fn describe(_: &Toy, word: Word) -> Option<String> {
        word.is_object().then(|| "object".to_owned())
    }
}

/// Runs the program and describes everything it leaves behind.
pub fn run<T: Tier<Test>>(functions: &[Function], tier: &T) -> String {
    PROGRAM.set(Rc::new(Program::new(functions.to_vec())));
    SELDOM.set(0);
    let program = program();
    let toy = Toy::new(2000);
    toy.slot(0).set(Word::ZERO);
    toy.slot(1).set(Word::small(-1));
    let raised = drive(&toy, &program, tier);
    assert_eq!(Counted::OFFSET, 0);
    format!("raised {raised}\n{}", toy.dump(SIZE as usize))
}

/// Runs the program on the interpreter alone.
pub fn interpret(functions: &[Function]) -> String {
    run(functions, &NoTier)
}

fn drive<T: Tier<Test>>(toy: &Toy, program: &Program, tier: &T) -> bool {
    let mut m = Direct::new(toy, 0);
    let mut flow = Flow::Next;
    let mut served = 0;
    loop {
        let action = match flow {
            Flow::Header(number) => {
                let counter = &program.loops[number as usize];
                counter.hit().then(|| {
                    m.sync();
                    tier.at_header(toy, m.code(), number, counter)
                })
            }
            Flow::Entered => {
                let counter = &program.entries[m.code() as usize];
                counter.hit().then(|| {
                    m.sync();
                    tier.at_entry(toy, m.code(), counter)
                })
            }
            Flow::Boundary => {
                served += 1;
                toy.log.borrow_mut().push(format!("served {served}"));
                toy.state().breaker.clear(u32::MAX);
                None
            }
            Flow::Done | Flow::Raised => {
                m.sync();
                return flow == Flow::Raised;
            }
            Flow::Next | Flow::Left => None,
        };
        if matches!(action, None | Some(TierAction::Continue)) {
            flow = Test::step(&mut m);
            continue;
        }
        m.reload(0);
        let code = Test::frame_code(toy, m.get(Slot(0)));
        m.reload(code);
        flow = match action {
            Some(TierAction::ResumeRaising) => Test::unwind(&mut m),
            Some(TierAction::Ended(ended)) => ended,
            _ => Test::resume(&mut m),
        };
    }
}
