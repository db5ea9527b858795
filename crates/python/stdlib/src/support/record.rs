//! Tuples whose items have names too: `time.struct_time`, `os.stat_result` and the like.
//!
//! A class gets its name, the names of its shown fields and `n_fields` as attributes; values are tuples of its shape.

use pv_object::{Kind, Obj, StrBuilder, Tuple, Type};
use pv_runtime::types::new_derived_type;
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, attr, getsets, protocol, text};

use super::constant;

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let Some(sequence) = args.positional().first() else {
        return Err(cx.type_error(format_args!(
            "{}() missing required argument 'sequence' (pos 1)",
            class.expect::<Type>().name_string()
        )));
    };
    let items = protocol::collect(cx, sequence)?;
    let wanted = attr::get_str(cx, class, "n_fields")?.as_i64().unwrap_or(0) as usize;
    if items.len() < wanted {
        let (name, got) = (class.expect::<Type>().name_string(), items.len());
        return Err(cx.type_error(format_args!("{name}() takes an at least {wanted}-sequence ({got}-sequence given)")));
    }
    Ok(Tuple::with_shape(items, class.expect::<Type>().root_shape()))
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let class = cx.type_of(this);
    let names = attr::get_str(cx, class, "__match_args__")?;
    let module = attr::get_str(cx, class, "__module__")?;
    let mut out = StrBuilder::new();
    out.push_obj(module.expect());
    out.push_str(".");
    out.push_str(&cx.type_name(this));
    out.push_str("(");
    for (index, (name, value)) in names.expect::<Tuple>().items().iter().zip(this.expect::<Tuple>().items()).enumerate()
    {
        if index > 0 {
            out.push_str(", ");
        }
        out.push_obj(name.expect());
        out.push_str("=");
        out.push_obj(protocol::repr(cx, value)?.expect());
    }
    out.push_str(")");
    Ok(out.finish())
}

fn field<const INDEX: usize>(cx: &Thread, this: &Obj) -> PyResult {
    this.expect::<Tuple>().get(INDEX).ok_or_else(|| cx.index_error("tuple index out of range"))
}

getsets! { static STAT_FIELDS:
    "st_mode" field::<0> => "protection bits";
    "st_ino" field::<1> => "inode";
    "st_dev" field::<2> => "device";
    "st_nlink" field::<3> => "number of hard links";
    "st_uid" field::<4> => "user ID of owner";
    "st_gid" field::<5> => "group ID of owner";
    "st_size" field::<6> => "total size, in bytes";
    "st_atime" field::<10> => "time of last access";
    "st_mtime" field::<11> => "time of last modification";
    "st_ctime" field::<12> => "time of last change";
    "st_atime_ns" field::<13> => "time of last access in nanoseconds";
    "st_mtime_ns" field::<14> => "time of last modification in nanoseconds";
    "st_ctime_ns" field::<15> => "time of last change in nanoseconds";
    "st_blksize" field::<16> => "blocksize for filesystem I/O";
    "st_blocks" field::<17> => "number of blocks allocated";
    "st_rdev" field::<18> => "device type (if inode device)";
}

getsets! { static TIME_FIELDS:
    "tm_year" field::<0> => "year, for example, 1993";
    "tm_mon" field::<1> => "month of year, range [1, 12]";
    "tm_mday" field::<2> => "day of month, range [1, 31]";
    "tm_hour" field::<3> => "hours, range [0, 23]";
    "tm_min" field::<4> => "minutes, range [0, 59]";
    "tm_sec" field::<5> => "seconds, range [0, 61])";
    "tm_wday" field::<6> => "day of week, range [0, 6], Monday is 0";
    "tm_yday" field::<7> => "day of year, range [1, 366]";
    "tm_isdst" field::<8> => "1 if summer time is in effect, 0 if not, and -1 if unknown";
}

getsets! { static TERMINAL_FIELDS:
    "columns" field::<0> => "width of the terminal window in characters";
    "lines" field::<1> => "height of the terminal window in characters";
}

const SLOTS: Slots = Slots { new: Some(new), repr: Some(repr), ..Slots::NONE };

/// `os.stat_result`.
pub static STAT: TypeTable = TypeTable { getsets: STAT_FIELDS, slots: SLOTS, ..TypeTable::NONE };
/// `time.struct_time`.
pub static TIME: TypeTable = TypeTable { getsets: TIME_FIELDS, slots: SLOTS, ..TypeTable::NONE };
/// `os.terminal_size`.
pub static TERMINAL: TypeTable = TypeTable { getsets: TERMINAL_FIELDS, slots: SLOTS, ..TypeTable::NONE };

/// Adds a class of records to a namespace; its shown fields are the first `shown` of the table.
pub fn record_class(cx: &Thread, namespace: &Obj, module: &str, name: &str, table: &'static TypeTable, shown: usize) {
    let base = cx.vm().type_of_kind(Kind::Tuple);
    let class = new_derived_type(cx.vm(), module, name, base, table);
    let ty = class.expect::<Type>();
    let names: Vec<Obj> = table.getsets.iter().take(shown).map(|field| text::intern(field.name)).collect();
    ty.set_attr(&text::intern("n_fields"), Obj::usize(names.len()));
    ty.set_attr(&text::intern("n_sequence_fields"), Obj::usize(names.len()));
    ty.set_attr(&text::intern("n_unnamed_fields"), Obj::small(0));
    ty.set_attr(&text::intern("__match_args__"), Tuple::create(names));
    constant(namespace, name, class);
}

/// A record of a class.
pub fn record(class: &Obj, items: Vec<Obj>) -> Obj {
    Tuple::with_shape(items, class.expect::<Type>().root_shape())
}
