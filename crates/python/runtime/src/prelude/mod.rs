//! The prelude: what built-ins do with a generator's items, as loops in Python, so that bytecodes run them and traces run through them.
//!
//! Role: [`function`] gives the interpreter a function to run in the place of a built-in. Terms: a *loop* is one of `loops.py`'s
//! functions. Invariants: its code is hidden (tracebacks and frames do not show it), it sees no namespace of the program, and it does
//! exactly what the built-in does for a generator. Every generator function has copies of its own of the loops that consume it, made
//! when they are first wanted and held by its code object: counters and traces belong to code, and a trace is as good as what it runs
//! stays the same.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use pv_bytecode::{CodeUnit, Const, Mode, Options};
use pv_object::{Code, Kind, List, Obj};

use crate::code;
use crate::error::{Exc, PyResult};
use crate::native::{Flavor, new_native};
use crate::text;
use crate::thread::Thread;
use crate::types::{dict, function as functions, list};
use crate::vm::Vm;

const SOURCE: &str = include_str!("loops.py");

macro_rules! loops {
    ($($(#[$doc:meta])* $variant:ident $name:literal;)*) => {
        /// The loops.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Loop {
            $($(#[$doc])* $variant,)*
        }

        impl Loop {
            /// All of them, in order.
            pub const ALL: &[Loop] = &[$(Loop::$variant,)*];

            /// The function's name in `loops.py`.
            fn name(self) -> &'static str {
                match self {
                    $(Loop::$variant => $name,)*
                }
            }
        }
    };
}

loops! {
    /// `all(items)`.
    All "all";
    /// `any(items)`.
    Any "any";
    /// `list.extend(target, items)`.
    Extend "extend";
    /// `str.join(separator, items)`.
    Join "join";
    /// `frozenset(items)`.
    FrozenSet "make_frozenset";
    /// `list(items)`.
    List "make_list";
    /// `set(items)`.
    Set "make_set";
    /// `tuple(items)`.
    Tuple "make_tuple";
    /// `max(items)`.
    Max "max";
    /// `max(items, key=key)`.
    MaxBy "max_by";
    /// `min(items)`.
    Min "min";
    /// `min(items, key=key)`.
    MinBy "min_by";
    /// `list.sort(target, key=key)`.
    SortBy "sort_by";
    /// `sorted(items)`.
    Sorted "sorted";
    /// `sorted(items, key=key)`.
    SortedBy "sorted_by";
    /// `sum(items, total)`.
    Sum "sum";
    /// The same where no traces are made: tests for floats cost more as bytecodes than a nested driver does.
    SumOfInts "sum_of_ints";
}

/// The compiled prelude of a virtual machine.
struct Compiled {
    units: Vec<Rc<CodeUnit>>,
    namespace: Obj,
}

/// Where a virtual machine keeps its prelude, compiled when it is first wanted.
#[derive(Default)]
pub struct Prelude(OnceCell<Compiled>);

/// The copies that a code object holds, by loop.
#[derive(Default)]
pub struct Copies(RefCell<Vec<Option<Obj>>>);

/// The loop, as a function, for generators that run `code`.
pub fn function(vm: &Vm, which: Loop, code: &Code) -> Obj {
    let copies = &code::payload(code).consumers;
    let known = copies.0.borrow().get(which as usize).cloned().flatten();
    known.unwrap_or_else(|| {
        let made = copy(vm, which);
        let mut copies = copies.0.borrow_mut();
        copies.resize(Loop::ALL.len(), None);
        copies[which as usize] = Some(made.clone());
        made
    })
}

fn copy(vm: &Vm, which: Loop) -> Obj {
    let compiled = vm.prelude.0.get_or_init(|| compile(vm));
    let code = code::new_code(&compiled.units[which as usize]);
    code::payload(code.expect::<Code>()).hidden.set(true);
    functions::new(&code, &compiled.namespace)
}

fn compile(vm: &Vm) -> Compiled {
    let unit = pv_bytecode::parse(SOURCE, Mode::Exec, "<prelude>")
        .and_then(|ast| pv_bytecode::compile(&ast, Options::default()))
        .unwrap_or_else(|error| panic!("the prelude, line {}: {}", error.line, error.message))
        .unit;
    let find = |which: &Loop| {
        let mut units = unit.consts.iter().filter_map(|constant| match constant {
            Const::Code(unit) => Some(unit),
            _ => None,
        });
        let found = units.find(|unit| &*unit.name == which.name());
        found.unwrap_or_else(|| panic!("the prelude has no {}", which.name())).clone()
    };
    Compiled { units: Loop::ALL.iter().map(find).collect(), namespace: namespace(vm) }
}

/// Sorts a list that nobody else sees by a list of keys.
fn order(cx: &Thread, list: &Obj, keys: &Obj) -> PyResult {
    let mut items = list.expect::<List>().take_all();
    let result = list::sort_by_keys(cx, &mut items, Some(keys.expect::<List>().to_vec()), false);
    list.expect::<List>().extend(items);
    result.map(|()| Obj::none())
}

/// Moves the items of a list into a new one.
fn detach(_: &Thread, list: &Obj) -> PyResult {
    Ok(List::create(list.expect::<List>().lend_all()))
}

/// Moves the items back. If that is asked for, it is an error that there are others.
fn attach(cx: &Thread, list: &Obj, items: &Obj, checked: &Obj) -> PyResult {
    let meddled = list.expect::<List>().restore(items.expect::<List>().take_all());
    if meddled && checked.is_true() { Err(list::modified(cx)) } else { Ok(Obj::none()) }
}

/// Goes on with a sum once something else than an int has been added.
fn sum_on(cx: &Thread, items: &Obj, total: &Obj) -> PyResult {
    crate::builtins::sum_on(cx, items, total.clone())
}

crate::natives! { static NATIVES:
    "attach" "(list, items, checked, /)" F3(attach) "";
    "detach" "(list, /)" F1(detach) "";
    "order" "(list, keys, /)" F2(order) "";
    "sum_on" "(items, total, /)" F2(sum_on) "";
}

/// All that the loops see: what these names mean whatever a program does to `builtins`.
fn namespace(vm: &Vm) -> Obj {
    let names = dict::new_cells();
    let set = |name: &str, value: Obj| dict::set_str(&names, &text::intern(name), value);
    for kind in [Kind::Bool, Kind::Float, Kind::FrozenSet, Kind::Int, Kind::List, Kind::Tuple, Kind::Type] {
        set(kind.name(), vm.type_of_kind(kind).clone());
    }
    set("BaseException", vm.exception(Exc::BaseException).clone());
    set("ValueError", vm.exception(Exc::ValueError).clone());
    for name in ["abs", "isinstance", "iter"] {
        set(name, crate::builtins::new_function(vm, name));
    }
    for def in NATIVES {
        set(def.name, new_native(vm, def, Flavor::Function, None));
    }
    set("infinity", Obj::float(f64::INFINITY));
    names
}
