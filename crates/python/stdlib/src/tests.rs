use pv_object::{Heap, List, Module, Obj};
use pv_runtime::types::dict;
use pv_runtime::{Args, Exc, PyResult, Thread, Vm, attr, protocol, text};

use super::MODULES;

fn thread() -> Box<Thread> {
    let vm = Vm::new();
    super::install(&vm);
    Thread::new(vm)
}

/// Loads a native module as import does.
fn load(cx: &Thread, name: &str) -> Obj {
    let row = MODULES.iter().find(|row| row.name == name).expect("a native module");
    let module = Module::create();
    dict::set_str(&cx.vm().modules, &text::intern(name), module.clone());
    assert!((row.init)(cx, &module).is_ok(), "{name}");
    module
}

fn call(cx: &Thread, module: &Obj, name: &str, args: &[Obj]) -> PyResult {
    let function = dict::get_str(&module.expect::<Module>().dict(), &text::intern(name)).expect("a name of the module");
    protocol::call(cx, &function, &Args::new(args))
}

fn show(cx: &Thread, result: PyResult) -> String {
    let shown = result.and_then(|value| protocol::repr(cx, &value));
    match shown {
        Ok(shown) => text::to_string(&shown),
        Err(raised) => {
            let error = cx.take_exception(raised);
            let message = protocol::str(cx, &error).map(|message| text::to_string(&message)).unwrap_or_default();
            format!("{}: {message}", cx.type_name(&error))
        }
    }
}

fn ints(values: &[i64]) -> Obj {
    List::create(values.iter().copied().map(Obj::int).collect())
}

fn items(cx: &Thread, iterator: PyResult) -> String {
    show(cx, iterator.and_then(|iterator| protocol::collect(cx, &iterator)).map(List::create))
}

#[test]
fn every_module_loads() {
    let cx = thread();
    for row in MODULES {
        load(&cx, row.name);
    }
    assert!(MODULES.is_sorted_by_key(|row| row.name));
    assert!(std::ptr::eq(Heap::current(), cx.vm().heap));
}

#[test]
fn math() {
    let cx = thread();
    let math = load(&cx, "math");
    let eval = |name: &str, args: &[Obj]| show(&cx, call(&cx, &math, name, args));
    assert_eq!(eval("sqrt", &[Obj::int(2)]), "1.4142135623730951");
    assert_eq!(eval("sqrt", &[Obj::int(-1)]), "ValueError: expected a nonnegative input, got -1.0");
    assert_eq!(eval("log", &[Obj::float(0.0)]), "ValueError: expected a positive input, got 0.0");
    assert_eq!(eval("factorial", &[Obj::int(25)]), "15511210043330985984000000");
    assert_eq!(eval("comb", &[Obj::int(50), Obj::int(25)]), "126410606437752");
    assert_eq!(eval("perm", &[Obj::int(10), Obj::int(3)]), "720");
    assert_eq!(eval("isqrt", &[Obj::int(99)]), "9");
    assert_eq!(eval("gcd", &[Obj::int(12), Obj::int(-18)]), "6");
    assert_eq!(eval("lcm", &[Obj::int(4), Obj::int(6)]), "12");
    assert_eq!(eval("floor", &[Obj::float(-2.5)]), "-3");
    assert_eq!(eval("exp", &[Obj::int(1000)]), "OverflowError: math range error");
    assert_eq!(eval("pow", &[Obj::int(0), Obj::int(-1)]), "ValueError: math domain error");
    assert_eq!(eval("hypot", &[Obj::int(3), Obj::int(4)]), "5.0");
    assert_eq!(eval("sumprod", &[ints(&[1, 2]), ints(&[3, 4])]), "11");
    assert_eq!(eval("nextafter", &[Obj::float(1.0), Obj::float(2.0)]), "1.0000000000000002");
    assert_eq!(eval("frexp", &[Obj::float(5.0)]), "(0.625, 3)");
    assert_eq!(eval("modf", &[Obj::float(-2.5)]), "(-0.5, -2.0)");
    assert_eq!(eval("ldexp", &[Obj::float(0.5), Obj::int(4)]), "8.0");
    assert_eq!(eval("ulp", &[Obj::float(1.0)]), "2.220446049250313e-16");
}

#[test]
fn itertools() {
    let cx = thread();
    let itertools = load(&cx, "itertools");
    let eval = |name: &str, args: &[Obj]| items(&cx, call(&cx, &itertools, name, args));
    let abc = ints(&[1, 2, 3]);
    let two = Obj::int(2);
    assert_eq!(eval("chain", &[abc.clone(), abc.clone()]), "[1, 2, 3, 1, 2, 3]");
    assert_eq!(eval("permutations", &[abc.clone(), two.clone()]), "[(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)]");
    assert_eq!(eval("permutations", &[ints(&[1, 2])]), "[(1, 2), (2, 1)]");
    assert_eq!(eval("combinations", &[abc.clone(), two.clone()]), "[(1, 2), (1, 3), (2, 3)]");
    assert_eq!(eval("combinations", &[abc.clone(), Obj::int(4)]), "[]");
    assert_eq!(eval("combinations_with_replacement", &[ints(&[1, 2]), two.clone()]), "[(1, 1), (1, 2), (2, 2)]");
    assert_eq!(eval("product", &[ints(&[1, 2]), ints(&[3, 4])]), "[(1, 3), (1, 4), (2, 3), (2, 4)]");
    assert_eq!(eval("product", &[]), "[()]");
    assert_eq!(eval("accumulate", std::slice::from_ref(&abc)), "[1, 3, 6]");
    assert_eq!(eval("pairwise", std::slice::from_ref(&abc)), "[(1, 2), (2, 3)]");
    assert_eq!(eval("batched", &[abc.clone(), two.clone()]), "[(1, 2), (3,)]");
    assert_eq!(eval("islice", &[abc.clone(), Obj::int(1), Obj::none()]), "[2, 3]");
    assert_eq!(
        eval("islice", &[abc.clone(), Obj::int(-1)]),
        "ValueError: Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."
    );
    assert_eq!(eval("repeat", &[two.clone(), two.clone()]), "[2, 2]");
    assert_eq!(eval("zip_longest", &[abc.clone(), ints(&[9])]), "[(1, 9), (2, None), (3, None)]");
    assert_eq!(eval("compress", &[abc.clone(), ints(&[1, 0, 1])]), "[1, 3]");
    let tees = call(&cx, &itertools, "tee", &[abc]).and_then(|tees| protocol::collect(&cx, &tees));
    let tees = tees.unwrap_or_default();
    assert_eq!(items(&cx, Ok(tees[0].clone())), "[1, 2, 3]");
    assert_eq!(items(&cx, Ok(tees[1].clone())), "[1, 2, 3]");
}

#[test]
fn collections() {
    let cx = thread();
    let module = load(&cx, "_collections");
    let deque = call(&cx, &module, "deque", &[ints(&[1, 2, 3]), Obj::int(3)]).unwrap_or_else(|_| Obj::none());
    let run = |name: &str, args: &[Obj]| show(&cx, protocol::call_method(&cx, &deque, name, args));
    assert_eq!(run("append", &[Obj::int(4)]), "None");
    assert_eq!(show(&cx, Ok(deque.clone())), "deque([2, 3, 4], maxlen=3)");
    assert_eq!(run("rotate", &[Obj::int(1)]), "None");
    assert_eq!(run("popleft", &[]), "4");
    assert_eq!(run("index", &[Obj::int(9)]), "ValueError: 9 is not in deque");
    assert_eq!(items(&cx, Ok(deque.clone())), "[2, 3]");
    let list = cx.vm().type_of_kind(pv_object::Kind::List).clone();
    let default = call(&cx, &module, "defaultdict", &[list]).unwrap_or_else(|_| Obj::none());
    assert_eq!(show(&cx, protocol::get_item(&cx, &default, &Obj::int(1))), "[]");
    assert_eq!(show(&cx, Ok(default)), "defaultdict(<class 'list'>, {1: []})");
    let ordered = call(&cx, &module, "OrderedDict", &[]).unwrap_or_else(|_| Obj::none());
    for key in [1, 2] {
        assert!(protocol::set_item(&cx, &ordered, &Obj::int(key), &Obj::int(-key)).is_ok());
    }
    assert!(protocol::call_method(&cx, &ordered, "move_to_end", &[Obj::int(1)]).is_ok());
    assert_eq!(show(&cx, Ok(ordered.clone())), "OrderedDict({2: -2, 1: -1})");
    assert_eq!(show(&cx, protocol::call_method0(&cx, &ordered, "popitem")), "(1, -1)");
}

#[test]
fn arrays() {
    let cx = thread();
    let module = load(&cx, "array");
    let make = |letter: &str, values: &[i64]| call(&cx, &module, "array", &[text::new(letter), ints(values)]);
    let array = make("i", &[1, 2, 3]).unwrap_or_else(|_| Obj::none());
    assert_eq!(show(&cx, Ok(array.clone())), "array('i', [1, 2, 3])");
    assert!(protocol::set_item(&cx, &array, &Obj::int(-1), &Obj::int(7)).is_ok());
    assert_eq!(show(&cx, protocol::get_item(&cx, &array, &Obj::int(2))), "7");
    assert_eq!(show(&cx, protocol::get_item(&cx, &array, &Obj::int(3))), "IndexError: array index out of range");
    assert_eq!(show(&cx, make("b", &[200])), "OverflowError: signed char is greater than maximum");
    assert_eq!(show(&cx, make("d", &[1])), "array('d', [1.0])");
    assert_eq!(items(&cx, Ok(array)), "[1, 2, 7]");
}

#[test]
fn random_numbers() {
    let cx = thread();
    let module = load(&cx, "_random");
    let random = call(&cx, &module, "Random", &[Obj::int(12345)]).unwrap_or_else(|_| Obj::none());
    let bits = protocol::call_method1(&cx, &random, "getrandbits", &Obj::int(32));
    assert_eq!(show(&cx, bits), "1789368711");
    let state = protocol::call_method0(&cx, &random, "getstate").unwrap_or_else(|_| Obj::none());
    let first = show(&cx, protocol::call_method0(&cx, &random, "random"));
    assert!(protocol::call_method1(&cx, &random, "setstate", &state).is_ok());
    assert_eq!(show(&cx, protocol::call_method0(&cx, &random, "random")), first);
}

#[test]
fn files_of_the_system() {
    let cx = thread();
    let posix = load(&cx, "posix");
    let missing = text::new("/no/such/place");
    let error = call(&cx, &posix, "stat", &[missing]);
    let error = error.err().map(|raised| cx.take_exception(raised)).expect("an error");
    assert!(cx.is_exception(&error, Exc::FileNotFoundError));
    let root = call(&cx, &posix, "stat", &[text::new("/")]).unwrap_or_else(|_| Obj::none());
    let mode = attr::get_str(&cx, &root, "st_mode").ok().and_then(|mode| mode.as_i64()).unwrap_or(0);
    assert_eq!(mode & 0o170_000, 0o040_000);
}

#[test]
fn calendar() {
    let cx = thread();
    let time = load(&cx, "time");
    let moment = call(&cx, &time, "gmtime", &[Obj::int(951_827_696)]).unwrap_or_else(|_| Obj::none());
    assert_eq!(
        show(&cx, Ok(moment.clone())),
        "time.struct_time(tm_year=2000, tm_mon=2, tm_mday=29, tm_hour=12, tm_min=34, tm_sec=56, tm_wday=1, tm_yday=60, tm_isdst=0)"
    );
    assert_eq!(show(&cx, call(&cx, &time, "mktime", std::slice::from_ref(&moment))), "951827696.0");
    let pattern = text::new("%Y-%m-%d %H:%M:%S %j %U %W %G-%V %a %B %p");
    assert_eq!(
        show(&cx, call(&cx, &time, "strftime", &[pattern, moment])),
        "'2000-02-29 12:34:56 060 09 09 2000-09 Tue February PM'"
    );
}

#[test]
fn hashes() {
    let cx = thread();
    let module = load(&cx, "_sha2");
    let hash = call(&cx, &module, "sha224", &[pv_object::Bytes::create(b"abc")]).unwrap_or_else(|_| Obj::none());
    let digest = protocol::call_method0(&cx, &hash, "hexdigest");
    assert_eq!(show(&cx, digest), "'23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7'");
}

#[test]
fn text_in_memory() {
    let cx = thread();
    let module = load(&cx, "_io");
    let stream = call(&cx, &module, "StringIO", &[text::new("one\ntwo")]).unwrap_or_else(|_| Obj::none());
    let run = |name: &str, args: &[Obj]| show(&cx, protocol::call_method(&cx, &stream, name, args));
    assert_eq!(run("readline", &[]), "'one\\n'");
    assert_eq!(run("write", &[text::new("TWO!")]), "4");
    assert_eq!(run("getvalue", &[]), "'one\\nTWO!'");
    assert_eq!(run("close", &[]), "None");
    assert_eq!(run("read", &[]), "ValueError: I/O operation on closed file.");
}
