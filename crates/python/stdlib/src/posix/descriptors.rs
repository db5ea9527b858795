//! Files by their descriptors' numbers, and the entries of folders.

use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirEntryExt;

use pv_object::{Bytes, Obj, Payload, Tuple};
use pv_runtime::descriptors::Descriptor;
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, getsets, natives, protocol, text};
use rustix::fs::{Mode, OFlags, SeekFrom};
use rustix::io::FdFlags;

use super::{os_error, os_text, path};
use crate::support::{Parameters, bytes_like, class, create, functions, itself, machine_int, module_item, state};

/// The open descriptor of a number.
fn descriptor(cx: &Thread, number: &Obj) -> PyResult<Descriptor> {
    let number = machine_int(cx, number)?;
    let found = cx.vm().descriptors.get(i32::try_from(number).unwrap_or(-1));
    found.map_err(|error| os_error(cx, &error, None))
}

/// Calls the system, again when a signal came in between.
fn system<T>(cx: &Thread, call: impl FnMut() -> rustix::io::Result<T>) -> PyResult<T> {
    rustix::io::retry_on_intr(call).map_err(|error| os_error(cx, &error.into(), None))
}

static OPEN: Parameters = Parameters::new("open", "(path, flags, mode=511, *, dir_fd=None)");

fn open(cx: &Thread, args: &Args<'_>) -> PyResult {
    let bound = OPEN.bind(cx, args)?;
    if bound[3].as_ref().is_some_and(|value| !value.is_none()) {
        return Err(cx.not_implemented("os.open with dir_fd is not supported yet"));
    }
    let name = bound[0].clone().unwrap_or_else(Obj::none);
    let flags = bound[1].as_ref().map_or(Ok(0), |flags| machine_int(cx, flags))?;
    let mode = bound[2].as_ref().map_or(Ok(0o777), |mode| machine_int(cx, mode))?;
    let place = path(cx, &name)?;
    let flags = OFlags::from_bits_retain(flags as u32) | OFlags::CLOEXEC;
    let opened = rustix::io::retry_on_intr(|| rustix::fs::open(&place, flags, Mode::from_raw_mode(mode as u32)));
    match opened {
        Ok(descriptor) => Ok(Obj::small(cx.vm().descriptors.insert(descriptor))),
        Err(error) => Err(os_error(cx, &error.into(), Some(&name))),
    }
}

fn close(cx: &Thread, number: &Obj) -> PyResult {
    let number = i32::try_from(machine_int(cx, number)?).unwrap_or(-1);
    match cx.vm().descriptors.close(number) {
        Ok(()) => Ok(Obj::none()),
        Err(error) => Err(os_error(cx, &error, None)),
    }
}

fn read(cx: &Thread, number: &Obj, wanted: &Obj) -> PyResult {
    let descriptor = descriptor(cx, number)?;
    let Ok(wanted) = usize::try_from(machine_int(cx, wanted)?) else {
        return Err(os_error(cx, &std::io::Error::from_raw_os_error(22), None));
    };
    let mut data = vec![0; wanted];
    let count = system(cx, || rustix::io::read(&descriptor, &mut data))?;
    Ok(Bytes::create(&data[..count]))
}

fn write(cx: &Thread, number: &Obj, data: &Obj) -> PyResult {
    let (descriptor, data) = (descriptor(cx, number)?, bytes_like(cx, data)?);
    system(cx, || rustix::io::write(&descriptor, &data)).map(Obj::usize)
}

fn seek(cx: &Thread, number: &Obj, offset: &Obj, whence: &Obj) -> PyResult {
    let (descriptor, offset) = (descriptor(cx, number)?, machine_int(cx, offset)?);
    let place = match (machine_int(cx, whence)?, u64::try_from(offset)) {
        (0, Ok(offset)) => SeekFrom::Start(offset),
        (1, _) => SeekFrom::Current(offset),
        (2, _) => SeekFrom::End(offset),
        _ => return Err(os_error(cx, &std::io::Error::from_raw_os_error(22), None)),
    };
    system(cx, || rustix::fs::seek(&descriptor, place)).map(|place| Obj::usize(place as usize))
}

fn truncate(cx: &Thread, number: &Obj, length: &Obj) -> PyResult {
    let (descriptor, length) = (descriptor(cx, number)?, machine_int(cx, length)?);
    system(cx, || rustix::fs::ftruncate(&descriptor, length.max(0) as u64))?;
    Ok(Obj::none())
}

fn duplicate(cx: &Thread, number: &Obj, _: Option<&Obj>) -> PyResult {
    let descriptor = descriptor(cx, number)?;
    match descriptor.as_fd().try_clone_to_owned() {
        Ok(copy) => Ok(Obj::small(cx.vm().descriptors.insert(copy))),
        Err(error) => Err(os_error(cx, &error, None)),
    }
}

fn is_inheritable(cx: &Thread, number: &Obj) -> PyResult {
    match rustix::io::fcntl_getfd(descriptor(cx, number)?.as_fd()) {
        Ok(flags) => Ok(Obj::bool(!flags.contains(FdFlags::CLOEXEC))),
        Err(error) => Err(os_error(cx, &error.into(), None)),
    }
}

fn set_inheritable(cx: &Thread, number: &Obj, inheritable: &Obj) -> PyResult {
    let flags = if protocol::truth(cx, inheritable)? { FdFlags::empty() } else { FdFlags::CLOEXEC };
    match rustix::io::fcntl_setfd(descriptor(cx, number)?.as_fd(), flags) {
        Ok(()) => Ok(Obj::none()),
        Err(error) => Err(os_error(cx, &error.into(), None)),
    }
}

fn fstat(cx: &Thread, number: &Obj) -> PyResult {
    let descriptor = descriptor(cx, number)?;
    let about = descriptor.as_fd().try_clone_to_owned().and_then(|copy| std::fs::File::from(copy).metadata());
    match about {
        Ok(about) => super::files::stat_record(cx, &about),
        Err(error) => Err(os_error(cx, &error, None)),
    }
}

fn isatty(cx: &Thread, number: &Obj) -> PyResult {
    let number = i32::try_from(machine_int(cx, number)?).unwrap_or(-1);
    let found = cx.vm().descriptors.get(number);
    Ok(Obj::bool(found.is_ok_and(rustix::termios::isatty)))
}

/// An entry of a folder.
struct Entry {
    folder: Obj,
    entry: std::fs::DirEntry,
}

impl Payload for Entry {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.folder);
    }
}

impl Entry {
    /// Is it of the kind, links followed unless `follow_symlinks` is false?
    fn is(&self, cx: &Thread, args: &Args<'_>, kind: fn(&std::fs::FileType) -> bool) -> PyResult {
        let follow = args.keyword("follow_symlinks").map_or(Ok(true), |follow| protocol::truth(cx, follow))?;
        let found = match follow {
            true => std::fs::metadata(self.entry.path()).map(|about| about.file_type()),
            false => self.entry.file_type(),
        };
        Ok(Obj::bool(found.is_ok_and(|found| kind(&found))))
    }

    /// A name or path, of the kind that the folder was given as.
    fn shown(&self, value: &std::ffi::OsStr) -> Obj {
        match self.folder.downcast::<Bytes>() {
            Some(_) => Bytes::create(value.as_bytes()),
            None => os_text(value),
        }
    }
}

fn entry<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a Entry> {
    state(cx, this)
}

fn entry_name(cx: &Thread, this: &Obj) -> PyResult {
    let entry = entry(cx, this)?;
    Ok(entry.shown(&entry.entry.file_name()))
}

fn entry_path(cx: &Thread, this: &Obj) -> PyResult {
    let view = entry(cx, this)?;
    let folder = path(cx, &view.folder)?;
    Ok(view.shown(folder.join(view.entry.file_name()).as_os_str()))
}

fn is_dir(cx: &Thread, args: &Args<'_>) -> PyResult {
    entry(cx, &args.values()[0])?.is(cx, args, std::fs::FileType::is_dir)
}

fn is_file(cx: &Thread, args: &Args<'_>) -> PyResult {
    entry(cx, &args.values()[0])?.is(cx, args, std::fs::FileType::is_file)
}

fn is_symlink(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(entry(cx, this)?.entry.file_type().is_ok_and(|found| found.is_symlink())))
}

fn is_junction(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::bool(false))
}

fn entry_inode(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::usize(entry(cx, this)?.entry.ino() as usize))
}

fn entry_stat(cx: &Thread, args: &Args<'_>) -> PyResult {
    let this = &args.values()[0];
    let follow = args.keyword("follow_symlinks").map_or(Ok(true), |follow| protocol::truth(cx, follow))?;
    let place = entry(cx, this)?.entry.path();
    match if follow { std::fs::metadata(place) } else { std::fs::symlink_metadata(place) } {
        Ok(about) => super::files::stat_record(cx, &about),
        Err(error) => Err(os_error(cx, &error, Some(&entry_path(cx, this)?))),
    }
}

fn entry_repr(cx: &Thread, this: &Obj) -> PyResult {
    let name = protocol::repr(cx, &entry_name(cx, this)?)?;
    Ok(text::new(&format!("<DirEntry {}>", text::to_string(&name))))
}

natives! { static ENTRY_METHODS:
    "__fspath__" "(self, /)" F1(entry_path) "Return the file system path representation of the entry.";
    "inode" "(self, /)" F1(entry_inode) "Return inode of the entry; cached per entry.";
    "is_dir" "" Raw(is_dir) "Return True if the entry is a directory; cached per entry.";
    "is_file" "" Raw(is_file) "Return True if the entry is a file; cached per entry.";
    "is_junction" "(self, /)" F1(is_junction) "Return True if the entry is a junction; cached per entry.";
    "is_symlink" "(self, /)" F1(is_symlink) "Return True if the entry is a symbolic link; cached per entry.";
    "stat" "" Raw(entry_stat) "Return stat_result object for the entry; cached per entry.";
}

getsets! { static ENTRY_GETSETS:
    "name" entry_name => "the entry's base filename, relative to scandir() \"path\" argument";
    "path" entry_path => "the entry's full path name";
}

static ENTRY: TypeTable = TypeTable {
    methods: ENTRY_METHODS,
    getsets: ENTRY_GETSETS,
    slots: Slots { repr: Some(entry_repr), ..Slots::NONE },
    ..TypeTable::NONE
};

/// What is left of a folder's entries.
struct Scan(std::cell::RefCell<std::vec::IntoIter<Obj>>);

impl Payload for Scan {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.0.borrow().as_slice().iter().for_each(visitor);
    }
}

fn scandir(cx: &Thread, target: Option<&Obj>) -> PyResult {
    let folder = target.filter(|target| !target.is_none()).cloned().unwrap_or_else(|| text::new("."));
    let listed = std::fs::read_dir(path(cx, &folder)?).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    match listed {
        Ok(entries) => {
            let class = module_item(cx, "posix", "DirEntry")?;
            let wrap = |entry| create(&class, Entry { folder: folder.clone(), entry });
            let entries: Vec<Obj> = entries.into_iter().map(wrap).collect();
            let class = module_item(cx, "posix", "ScandirIterator")?;
            Ok(create(&class, Scan(std::cell::RefCell::new(entries.into_iter()))))
        }
        Err(error) => Err(os_error(cx, &error, Some(&folder))),
    }
}

fn scan_next(cx: &Thread, this: &Obj) -> PyResult<Option<Obj>> {
    Ok(state::<Scan>(cx, this)?.0.borrow_mut().next())
}

fn scan_close(cx: &Thread, this: &Obj) -> PyResult {
    drop(state::<Scan>(cx, this)?.0.take());
    Ok(Obj::none())
}

fn scan_exit(cx: &Thread, args: &Args<'_>) -> PyResult {
    scan_close(cx, &args.values()[0])
}

natives! { static SCAN_METHODS:
    "__enter__" "(self, /)" F1(itself) "";
    "__exit__" "" Raw(scan_exit) "";
    "close" "(self, /)" F1(scan_close) "";
}

static SCAN: TypeTable = TypeTable {
    methods: SCAN_METHODS,
    slots: Slots { iter: Some(itself), next: Some(scan_next), ..Slots::NONE },
    ..TypeTable::NONE
};

static UTIME: Parameters =
    Parameters::new("utime", "(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True)");

/// Seconds and nanoseconds of a time in seconds or in nanoseconds.
fn moment(cx: &Thread, value: &Obj, in_nanos: bool) -> PyResult<std::time::SystemTime> {
    let since = match in_nanos {
        true => std::time::Duration::from_nanos(u64::try_from(machine_int(cx, value)?).unwrap_or(0)),
        false => std::time::Duration::try_from_secs_f64(crate::support::real(cx, value)?).unwrap_or_default(),
    };
    Ok(std::time::UNIX_EPOCH + since)
}

fn utime(cx: &Thread, args: &Args<'_>) -> PyResult {
    let bound = UTIME.bind(cx, args)?;
    let given = |place: usize| bound[place].as_ref().filter(|value| !value.is_none());
    let target = bound[0].clone().unwrap_or_else(Obj::none);
    let (accessed, modified) = match given(1).map(|pair| (pair, false)).or(given(2).map(|pair| (pair, true))) {
        None => (std::time::SystemTime::now(), std::time::SystemTime::now()),
        Some((pair, in_nanos)) => match pair.downcast::<Tuple>().map(|pair| pair.items().to_vec()).as_deref() {
            Some([accessed, modified]) => (moment(cx, accessed, in_nanos)?, moment(cx, modified, in_nanos)?),
            _ => return Err(cx.type_error("utime: 'times' must be either a tuple of two ints or None")),
        },
    };
    let times = std::fs::FileTimes::new().set_accessed(accessed).set_modified(modified);
    let done = std::fs::File::options().read(true).open(path(cx, &target)?).and_then(|file| file.set_times(times));
    match done {
        Ok(()) => Ok(Obj::none()),
        Err(error) => Err(os_error(cx, &error, Some(&target))),
    }
}

fn pipe(cx: &Thread) -> PyResult {
    let (reader, writer) = match std::io::pipe() {
        Ok(ends) => ends,
        Err(error) => return Err(os_error(cx, &error, None)),
    };
    let number = |end: std::os::fd::OwnedFd| Obj::small(cx.vm().descriptors.insert(end));
    Ok(Tuple::create(vec![number(reader.into()), number(writer.into())]))
}

fn umask(cx: &Thread, mask: &Obj) -> PyResult {
    let old = rustix::process::umask(Mode::from_raw_mode(machine_int(cx, mask)? as u32));
    Ok(Obj::int(i64::from(old.as_raw_mode())))
}

fn link(cx: &Thread, from: &Obj, to: &Obj) -> PyResult {
    match std::fs::hard_link(path(cx, from)?, path(cx, to)?) {
        Ok(()) => Ok(Obj::none()),
        Err(error) => Err(os_error(cx, &error, Some(from))),
    }
}

natives! { static FUNCTIONS:
    "close" "(fd)" F1(close) "Close a file descriptor.";
    "dup" "(fd, inheritable=False, /)" O2(duplicate) "Return a duplicate of a file descriptor.";
    "fstat" "(fd)" F1(fstat) "Perform a stat system call on the given file descriptor.";
    "ftruncate" "(fd, length, /)" F2(truncate) "Truncate a file, specified by file descriptor, to a specific length.";
    "get_inheritable" "(fd, /)" F1(is_inheritable) "Get the close-on-exec flag of the specified file descriptor.";
    "isatty" "(fd, /)" F1(isatty) "Return True if the fd is connected to a terminal.";
    "link" "(src, dst)" F2(link) "Create a hard link to a file.";
    "lseek" "(fd, position, whence, /)" F3(seek) "Set the position of a file descriptor.  Return the new position.";
    "open" "" Raw(open) "Open a file for low level IO.  Returns a file descriptor (integer).";
    "pipe" "()" F0(pipe) "Create a pipe.";
    "read" "(fd, length, /)" F2(read) "Read from a file descriptor.  Returns a bytes object.";
    "scandir" "(path=None)" O1(scandir) "Return an iterator of DirEntry objects for given path.";
    "set_inheritable" "(fd, inheritable, /)" F2(set_inheritable) "Set the inheritable flag of the specified file descriptor.";
    "umask" "(mask, /)" F1(umask) "Set the current numeric umask and return the previous umask.";
    "utime" "" Raw(utime) "Set the access and modified time of path.";
    "write" "(fd, data, /)" F2(write) "Write a bytes object to a file descriptor.";
}

pub(super) fn add(cx: &Thread, namespace: &Obj) {
    functions(cx, namespace, "posix", FUNCTIONS);
    class(cx, namespace, "posix", "DirEntry", &ENTRY);
    class(cx, namespace, "posix", "ScandirIterator", &SCAN);
}
