//! `_socket`: pairs of connected sockets, which event loops wake themselves with. Addresses are not there yet.

use std::cell::Cell;
use std::os::fd::OwnedFd;

use pv_object::{Bytes, Obj, Payload, Tuple};
use pv_runtime::descriptors::Descriptor;
use pv_runtime::types::new_derived_type;
use pv_runtime::{Args, Exc, PyResult, Slots, Thread, TypeTable, getsets, natives, text};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, Shutdown, SocketFlags, SocketType};

use crate::posix::os_error;
use crate::support::{
    Parameters, absent, bytes_like, class, constant, create, functions, machine_int, module_item, optional_int, real,
    state,
};

/// A socket; its descriptor is the program's table's.
struct Socket {
    /// -1 when it is closed.
    fd: Cell<i32>,
    family: Cell<i32>,
    kind: Cell<i32>,
    proto: Cell<i32>,
    /// Does reading wait?
    blocking: Cell<bool>,
}

impl Payload for Socket {}

fn fault(cx: &Thread, error: rustix::io::Errno) -> pv_runtime::Raised {
    os_error(cx, &error.into(), None)
}

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    let cell = Cell::new;
    Ok(create(
        class,
        Socket { fd: cell(-1), family: cell(0), kind: cell(0), proto: cell(0), blocking: Cell::new(true) },
    ))
}

static INIT: Parameters = Parameters::new("socket", "(family=-1, type=-1, proto=-1, fileno=None)");

fn init_socket(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<()> {
    let bound = INIT.bind(cx, args)?;
    let number = |place: usize, default: i64| {
        let given = optional_int(cx, bound[place].as_ref(), -1)?;
        Ok(if given == -1 { default } else { given } as i32)
    };
    let socket = state::<Socket>(cx, this)?;
    socket.family.set(number(0, i64::from(AddressFamily::INET.as_raw()))?);
    socket.kind.set(number(1, i64::from(SocketType::STREAM.as_raw()))?);
    socket.proto.set(number(2, 0)?);
    if !absent(bound[3].as_ref()) {
        socket.fd.set(number(3, -1)?);
        return Ok(());
    }
    let (family, kind) = (socket.family.get() as u16, socket.kind.get() as u32);
    let (family, kind) = (AddressFamily::from_raw(family), SocketType::from_raw(kind));
    let opened =
        rustix::net::socket_with(family, kind, SocketFlags::CLOEXEC, None).map_err(|error| fault(cx, error))?;
    socket.fd.set(cx.vm().descriptors.insert(opened));
    Ok(())
}

fn descriptor(cx: &Thread, this: &Obj) -> PyResult<Descriptor> {
    let found = cx.vm().descriptors.get(state::<Socket>(cx, this)?.fd.get());
    found.map_err(|error| os_error(cx, &error, None))
}

/// Calls the system; a signal that comes in between is served first.
fn system<T>(cx: &Thread, mut call: impl FnMut() -> rustix::io::Result<T>) -> PyResult<T> {
    loop {
        match call() {
            Ok(value) => return Ok(value),
            Err(rustix::io::Errno::INTR) => cx.run_pending()?,
            Err(error) => return Err(fault(cx, error)),
        }
    }
}

fn recv(cx: &Thread, this: &Obj, wanted: &Obj, flags: Option<&Obj>) -> PyResult {
    let descriptor = descriptor(cx, this)?;
    let Ok(wanted) = usize::try_from(machine_int(cx, wanted)?) else {
        return Err(cx.value_error("negative buffersize in recv"));
    };
    let flags = RecvFlags::from_bits_retain(optional_int(cx, flags, 0)? as u32);
    let mut data = vec![0; wanted];
    let (count, _) = system(cx, || rustix::net::recv(&descriptor, &mut data[..], flags))?;
    Ok(Bytes::create(&data[..count]))
}

fn send(cx: &Thread, this: &Obj, data: &Obj, flags: Option<&Obj>) -> PyResult {
    let (descriptor, data) = (descriptor(cx, this)?, bytes_like(cx, data)?);
    let flags = SendFlags::from_bits_retain(optional_int(cx, flags, 0)? as u32) | SendFlags::NOSIGNAL;
    system(cx, || rustix::net::send(&descriptor, &data, flags)).map(Obj::usize)
}

fn send_all(cx: &Thread, this: &Obj, data: &Obj, flags: Option<&Obj>) -> PyResult {
    let (descriptor, data) = (descriptor(cx, this)?, bytes_like(cx, data)?);
    let flags = SendFlags::from_bits_retain(optional_int(cx, flags, 0)? as u32) | SendFlags::NOSIGNAL;
    let mut sent = 0;
    while sent < data.len() {
        sent += system(cx, || rustix::net::send(&descriptor, &data[sent..], flags))?;
    }
    Ok(Obj::none())
}

fn shutdown(cx: &Thread, this: &Obj, how: &Obj) -> PyResult {
    let how = match machine_int(cx, how)? {
        0 => Shutdown::Read,
        1 => Shutdown::Write,
        2 => Shutdown::Both,
        _ => return Err(fault(cx, rustix::io::Errno::INVAL)),
    };
    let descriptor = descriptor(cx, this)?;
    system(cx, || rustix::net::shutdown(&descriptor, how)).map(|()| Obj::none())
}

fn set_blocking(cx: &Thread, this: &Obj, blocking: &Obj) -> PyResult {
    let blocking = pv_runtime::protocol::truth(cx, blocking)?;
    let descriptor = descriptor(cx, this)?;
    system(cx, || rustix::io::ioctl_fionbio(&descriptor, !blocking))?;
    state::<Socket>(cx, this)?.blocking.set(blocking);
    Ok(Obj::none())
}

fn get_blocking(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(state::<Socket>(cx, this)?.blocking.get()))
}

fn set_timeout(cx: &Thread, this: &Obj, timeout: &Obj) -> PyResult {
    if timeout.is_none() {
        return set_blocking(cx, this, &Obj::bool(true));
    }
    match real(cx, timeout)? {
        0.0 => set_blocking(cx, this, &Obj::bool(false)),
        amount if amount < 0.0 => Err(cx.value_error("Timeout value out of range")),
        _ => Err(cx.not_implemented("timeouts of sockets are not supported yet")),
    }
}

fn get_timeout(cx: &Thread, this: &Obj) -> PyResult {
    Ok(if state::<Socket>(cx, this)?.blocking.get() { Obj::none() } else { Obj::float(0.0) })
}

fn fileno(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::small(state::<Socket>(cx, this)?.fd.get()))
}

fn detach(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::small(state::<Socket>(cx, this)?.fd.replace(-1)))
}

fn close_socket(cx: &Thread, this: &Obj) -> PyResult {
    match state::<Socket>(cx, this)?.fd.replace(-1) {
        -1 => Ok(Obj::none()),
        number => close_number(cx, number),
    }
}

fn close_number(cx: &Thread, number: i32) -> PyResult {
    let closed = cx.vm().descriptors.close(number);
    closed.map(|()| Obj::none()).map_err(|error| os_error(cx, &error, None))
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let socket = state::<Socket>(cx, this)?;
    let (fd, family, kind, proto) = (socket.fd.get(), socket.family.get(), socket.kind.get(), socket.proto.get());
    Ok(text::new(&format!("<socket object, fd={fd}, family={family}, type={kind}, proto={proto}>")))
}

fn family(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::small(state::<Socket>(cx, this)?.family.get()))
}

fn kind(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::small(state::<Socket>(cx, this)?.kind.get()))
}

fn proto(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::small(state::<Socket>(cx, this)?.proto.get()))
}

natives! { static METHODS:
    "close" "(self, /)" F1(close_socket) "Close the socket.  It cannot be used after this call.";
    "detach" "(self, /)" F1(detach) "Close the socket object without closing the underlying file descriptor.";
    "fileno" "(self, /)" F1(fileno) "Return the integer file descriptor of the socket.";
    "getblocking" "(self, /)" F1(get_blocking) "Returns True if socket is in blocking mode, or False if it is in non-blocking mode.";
    "gettimeout" "(self, /)" F1(get_timeout) "Returns the timeout in seconds (float) associated with socket operations.";
    "recv" "(self, buffersize, flags=0, /)" O3(recv) "Receive up to buffersize bytes from the socket.";
    "send" "(self, data, flags=0, /)" O3(send) "Send a data string to the socket.";
    "sendall" "(self, data, flags=0, /)" O3(send_all) "Send a data string to the socket, all of it.";
    "setblocking" "(self, flag, /)" F2(set_blocking) "Set the socket to blocking (flag is true) or non-blocking (false).";
    "settimeout" "(self, timeout, /)" F2(set_timeout) "Set a timeout on socket operations.";
    "shutdown" "(self, flag, /)" F2(shutdown) "Shut down the reading side of the socket, the writing side, or both.";
}

getsets! { static GETSETS:
    "family" family => "the socket family";
    "proto" proto => "the socket protocol";
    "type" kind => "the socket type";
}

static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(new), init: Some(init_socket), repr: Some(repr), ..Slots::NONE },
    doc: "Open a socket of the given type.",
    ..TypeTable::NONE
};

static PAIR: Parameters = Parameters::new("socketpair", "(family=1, type=1, proto=0, /)");

fn socketpair(cx: &Thread, args: &Args<'_>) -> PyResult {
    let bound = PAIR.bind(cx, args)?;
    let family = optional_int(cx, bound[0].as_ref(), i64::from(AddressFamily::UNIX.as_raw()))?;
    let kind = optional_int(cx, bound[1].as_ref(), i64::from(SocketType::STREAM.as_raw()))?;
    let (first, second) = system(cx, || {
        let (family, kind) = (AddressFamily::from_raw(family as u16), SocketType::from_raw(kind as u32));
        rustix::net::socketpair(family, kind, SocketFlags::CLOEXEC, None)
    })?;
    let class = module_item(cx, "_socket", "socket")?;
    let wrap = |end: OwnedFd| {
        let socket = Socket {
            fd: Cell::new(cx.vm().descriptors.insert(end)),
            family: Cell::new(family as i32),
            kind: Cell::new(kind as i32),
            proto: Cell::new(0),
            blocking: Cell::new(true),
        };
        create(&class, socket)
    };
    Ok(Tuple::create(vec![wrap(first), wrap(second)]))
}

fn close(cx: &Thread, number: &Obj) -> PyResult {
    close_number(cx, machine_int(cx, number)? as i32)
}

fn get_default_timeout(_: &Thread) -> PyResult {
    Ok(Obj::none())
}

/// As the kernel tells it.
fn host_name(cx: &Thread) -> PyResult {
    match std::fs::read_to_string("/proc/sys/kernel/hostname") {
        Ok(name) => Ok(text::new(name.trim_end())),
        Err(error) => Err(os_error(cx, &error, None)),
    }
}

natives! { static FUNCTIONS:
    "gethostname" "()" F0(host_name) "Return the current host name.";
    "close" "(fd, /)" F1(close) "Close an integer socket file descriptor.";
    "getdefaulttimeout" "()" F0(get_default_timeout) "Returns the default timeout in seconds (float) for new socket objects.";
    "socketpair" "" Raw(socketpair) "Create a pair of socket objects from the sockets returned by the platform socketpair() function.";
}

/// Constants of the system (Linux).
const CONSTANTS: &[(&str, i32)] = &[
    ("AF_UNSPEC", 0),
    ("AF_UNIX", 1),
    ("AF_INET", 2),
    ("AF_INET6", 10),
    ("SOCK_STREAM", 1),
    ("SOCK_DGRAM", 2),
    ("SOCK_RAW", 3),
    ("SOCK_NONBLOCK", 0o4000),
    ("SOCK_CLOEXEC", 0o2_000_000),
    ("SOL_SOCKET", 1),
    ("SO_REUSEADDR", 2),
    ("SO_TYPE", 3),
    ("SO_ERROR", 4),
    ("SO_BROADCAST", 6),
    ("SO_KEEPALIVE", 9),
    ("SO_REUSEPORT", 15),
    ("SOMAXCONN", 4096),
    ("IPPROTO_IP", 0),
    ("IPPROTO_TCP", 6),
    ("IPPROTO_UDP", 17),
    ("IPPROTO_IPV6", 41),
    ("IPV6_V6ONLY", 26),
    ("TCP_NODELAY", 1),
    ("SHUT_RD", 0),
    ("SHUT_WR", 1),
    ("SHUT_RDWR", 2),
    ("MSG_PEEK", 2),
    ("AI_PASSIVE", 1),
    ("NI_NUMERICHOST", 1),
    ("NI_NUMERICSERV", 2),
];

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_socket", FUNCTIONS);
    let socket = class(cx, namespace, "_socket", "socket", &TABLE);
    constant(namespace, "SocketType", socket);
    CONSTANTS.iter().for_each(|(name, value)| constant(namespace, name, Obj::small(*value)));
    constant(namespace, "has_ipv6", Obj::bool(true));
    let error = cx.vm().exception(Exc::OSError).clone();
    for name in ["gaierror", "herror"] {
        constant(namespace, name, new_derived_type(cx.vm(), "socket", name, &error, &TypeTable::NONE));
    }
    constant(namespace, "error", error);
    constant(namespace, "timeout", cx.vm().exception(Exc::TimeoutError).clone());
    Ok(())
}
