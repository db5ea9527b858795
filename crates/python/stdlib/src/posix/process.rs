//! Child processes: starting them (`_posixsubprocess.fork_exec`), waiting for them, what became of them.

use std::ffi::OsString;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use pv_object::{Bytes, Dict, Obj, Tuple};
use pv_runtime::types::dict;
use pv_runtime::{Args, PyResult, Thread, natives, protocol};
use rustix::io::FdFlags;
use rustix::process::{Pid, Signal, WaitOptions};

use super::{os_error, path};
use crate::support::{Parameters, absent, constant, functions, machine_int, module_item};

/// Where `posix` keeps what [`putenv`] set: the environment of child processes.
const ENVIRONMENT: &str = "_child_environment";

fn putenv(cx: &Thread, name: &Obj, value: &Obj) -> PyResult {
    let environment = module_item(cx, "posix", ENVIRONMENT)?;
    protocol::set_item(cx, &environment, &bytes(cx, name)?, &bytes(cx, value)?)?;
    Ok(Obj::none())
}

fn unsetenv(cx: &Thread, name: &Obj) -> PyResult {
    let environment = module_item(cx, "posix", ENVIRONMENT)?;
    dict::remove(cx, &environment, &bytes(cx, name)?)?;
    Ok(Obj::none())
}

/// A string of the system's as bytes.
fn bytes(cx: &Thread, value: &Obj) -> PyResult {
    Ok(Bytes::create(&word(cx, value)?.into_vec()))
}

fn word(cx: &Thread, value: &Obj) -> PyResult<OsString> {
    path(cx, value).map(std::path::PathBuf::into_os_string)
}

static FORK_EXEC: Parameters = Parameters::new(
    "fork_exec",
    "(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, \
     errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, \
     preexec_fn, /)",
);

/// The arguments of `fork_exec`, by their places in the signature.
struct Request<'a>(&'a [Option<Obj>]);

impl Request<'_> {
    fn get(&self, place: usize) -> Obj {
        self.0[place].clone().unwrap_or_else(Obj::none)
    }

    fn number(&self, cx: &Thread, place: usize) -> PyResult<Option<i64>> {
        match self.get(place) {
            value if value.is_none() => Ok(None),
            value => machine_int(cx, &value).map(|number| Some(number).filter(|number| *number >= 0)),
        }
    }

    /// What cannot be done without running code between the halves of starting a process.
    fn refuse(&self, cx: &Thread) -> PyResult<()> {
        let missing = [(18, "extra_groups"), (21, "preexec_fn")];
        let asked = missing.into_iter().find(|(place, _)| !absent(self.0[*place].as_ref()));
        let session = protocol::truth(cx, &self.get(15))?.then_some((15, "start_new_session"));
        let umask = self.number(cx, 20)?.map(|_| (20, "umask"));
        match asked.or(session).or(umask) {
            None => Ok(()),
            Some((_, name)) => Err(cx.not_implemented(format_args!("{name} of a child process is not supported yet"))),
        }
    }

    /// A standard stream of the child; `None` to inherit ours.
    fn stream(&self, cx: &Thread, place: usize) -> PyResult<Option<Stdio>> {
        let Some(number) = self.number(cx, place)? else { return Ok(None) };
        let copied = cx.vm().descriptors.get(number as i32).and_then(|found| found.as_fd().try_clone_to_owned());
        copied.map(|copy| Some(Stdio::from(copy))).map_err(|error| os_error(cx, &error, None))
    }

    fn command(&self, cx: &Thread, executable: &Obj) -> PyResult<Command> {
        let words = protocol::collect(cx, &self.get(0))?;
        let mut command = Command::new(path(cx, executable)?);
        let mut words = words.iter();
        if let Some(first) = words.next() {
            command.arg0(word(cx, first)?);
        }
        for value in words {
            command.arg(word(cx, value)?);
        }
        if !self.get(4).is_none() {
            command.current_dir(path(cx, &self.get(4))?);
        }
        self.set_environment(cx, &mut command)?;
        for (place, set) in [
            (6, Command::stdin as fn(&mut Command, Stdio) -> &mut Command),
            (9, Command::stdout),
            (11, Command::stderr),
        ] {
            if let Some(stream) = self.stream(cx, place)? {
                set(&mut command, stream);
            }
        }
        if let Some(group) = self.number(cx, 16)? {
            command.process_group(group as i32);
        }
        if let Some(group) = self.number(cx, 17)? {
            command.gid(group as u32);
        }
        if let Some(user) = self.number(cx, 19)? {
            command.uid(user as u32);
        }
        Ok(command)
    }

    fn set_environment(&self, cx: &Thread, command: &mut Command) -> PyResult<()> {
        command.env_clear();
        if self.get(5).is_none() {
            let environment = module_item(cx, "posix", ENVIRONMENT)?;
            for (name, value) in dict::items(&environment) {
                command.env(word(cx, &name)?, word(cx, &value)?);
            }
            return Ok(());
        }
        for entry in protocol::collect(cx, &self.get(5))? {
            let mut name = word(cx, &entry)?.into_vec();
            let Some(end) = name.iter().skip(1).position(|byte| *byte == b'=') else { continue };
            let value = name.split_off(end + 2);
            name.pop();
            command.env(OsString::from_vec(name), OsString::from_vec(value));
        }
        Ok(())
    }
}

fn fork_exec(cx: &Thread, args: &Args<'_>) -> PyResult {
    let bound = FORK_EXEC.bind(cx, args)?;
    let request = Request(&bound);
    request.refuse(cx)?;
    let mut error = std::io::Error::from_raw_os_error(2);
    let kept = inherit(cx, &request)?;
    let mut started = None;
    for executable in protocol::collect(cx, &request.get(1))? {
        match request.command(cx, &executable)?.spawn() {
            Ok(child) => {
                started = Some(child.id());
                break;
            }
            Err(found) if matches!(found.raw_os_error(), Some(2 | 20)) => {}
            Err(found) => error = found,
        }
    }
    for descriptor in kept {
        rustix::io::fcntl_setfd(&descriptor, FdFlags::CLOEXEC).map_err(|error| os_error(cx, &error.into(), None))?;
    }
    match started {
        Some(id) => Ok(Obj::int(i64::from(id))),
        None => {
            let folder = request.get(4);
            let gone = !folder.is_none() && !path(cx, &folder)?.is_dir();
            let first = if gone { Some(folder) } else { protocol::collect(cx, &request.get(0))?.into_iter().next() };
            Err(os_error(cx, &error, first.as_ref()))
        }
    }
}

/// Lets child processes inherit the descriptors that are asked for: those that were not inherited before. Not among them is the pipe for
/// errors between the halves of starting a process: the parent waits until nobody can write to it any more.
fn inherit(cx: &Thread, request: &Request<'_>) -> PyResult<Vec<pv_runtime::descriptors::Descriptor>> {
    let mut kept = Vec::new();
    let errors = request.number(cx, 13)?;
    for number in protocol::collect(cx, &request.get(3))? {
        let number = machine_int(cx, &number)?;
        if Some(number) == errors {
            continue;
        }
        let number = number as i32;
        let failed = |error: rustix::io::Errno| os_error(cx, &error.into(), None);
        let descriptor = cx.vm().descriptors.get(number).map_err(|error| os_error(cx, &error, None))?;
        let flags = rustix::io::fcntl_getfd(&descriptor).map_err(failed)?;
        if flags.contains(FdFlags::CLOEXEC) {
            rustix::io::fcntl_setfd(&descriptor, flags - FdFlags::CLOEXEC).map_err(failed)?;
            kept.push(descriptor);
        }
    }
    Ok(kept)
}

fn waitpid(cx: &Thread, pid: &Obj, options: &Obj) -> PyResult {
    let (pid, options) = (machine_int(cx, pid)? as i32, machine_int(cx, options)? as u32);
    let options = WaitOptions::from_bits_retain(options);
    let wait = || match pid {
        -1 => rustix::process::wait(options),
        0 => rustix::process::waitpid(None, options),
        pid if pid < 0 => rustix::process::waitpgid(Pid::from_raw(-pid).unwrap_or(Pid::INIT), options),
        pid => rustix::process::waitpid(Pid::from_raw(pid), options),
    };
    match rustix::io::retry_on_intr(wait) {
        Ok(found) => {
            let (pid, status) = found.map_or((0, 0), |(pid, status)| (pid.as_raw_nonzero().get(), status.as_raw()));
            Ok(Tuple::create(vec![Obj::small(pid), Obj::small(status)]))
        }
        Err(error) => Err(os_error(cx, &error.into(), None)),
    }
}

fn kill(cx: &Thread, pid: &Obj, signal: &Obj) -> PyResult {
    let (pid, number) = (machine_int(cx, pid)? as i32, machine_int(cx, signal)? as i32);
    let Some(target) = Pid::from_raw(pid.saturating_abs()) else {
        return Err(cx.not_implemented("os.kill of one's own process group is not supported yet"));
    };
    let done = match (number, Signal::from_named_raw(number)) {
        (0, _) => rustix::process::test_kill_process(target),
        (_, None) => Err(rustix::io::Errno::INVAL),
        (_, Some(signal)) if pid < 0 => rustix::process::kill_process_group(target, signal),
        (_, Some(signal)) => rustix::process::kill_process(target, signal),
    };
    done.map(|()| Obj::none()).map_err(|error| os_error(cx, &error.into(), None))
}

/// A function of a process's status.
fn status(cx: &Thread, value: &Obj, ask: fn(i64) -> Obj) -> PyResult {
    machine_int(cx, value).map(ask)
}

fn if_exited(cx: &Thread, value: &Obj) -> PyResult {
    status(cx, value, |status| Obj::bool(status & 0x7f == 0))
}

fn exit_status(cx: &Thread, value: &Obj) -> PyResult {
    status(cx, value, |status| Obj::int(status >> 8 & 0xff))
}

fn if_signaled(cx: &Thread, value: &Obj) -> PyResult {
    status(cx, value, |status| Obj::bool(!matches!(status & 0x7f, 0 | 0x7f)))
}

fn term_signal(cx: &Thread, value: &Obj) -> PyResult {
    status(cx, value, |status| Obj::int(status & 0x7f))
}

fn if_stopped(cx: &Thread, value: &Obj) -> PyResult {
    status(cx, value, |status| Obj::bool(status & 0xff == 0x7f))
}

fn core_dumped(cx: &Thread, value: &Obj) -> PyResult {
    status(cx, value, |status| Obj::bool(status & 0x80 != 0))
}

fn to_exit_code(cx: &Thread, value: &Obj) -> PyResult {
    let status = machine_int(cx, value)?;
    match status & 0x7f {
        0 => Ok(Obj::int(status >> 8 & 0xff)),
        0x7f => Err(cx.value_error(format_args!("process stopped by delivery of signal {}", status >> 8 & 0xff))),
        signal => Ok(Obj::int(-signal)),
    }
}

natives! { static FUNCTIONS:
    "WCOREDUMP" "(status, /)" F1(core_dumped) "Return True if the process returning status was dumped to a core file.";
    "WEXITSTATUS" "(status)" F1(exit_status) "Return the process return code from status.";
    "WIFEXITED" "(status)" F1(if_exited) "Return True if the process returning status exited via the exit() system call.";
    "WIFSIGNALED" "(status)" F1(if_signaled) "Return True if the process returning status was terminated by a signal.";
    "WIFSTOPPED" "(status)" F1(if_stopped) "Return True if the process returning status was stopped.";
    "WSTOPSIG" "(status)" F1(exit_status) "Return the signal that stopped the process that provided the status value.";
    "WTERMSIG" "(status)" F1(term_signal) "Return the signal that terminated the process that provided the status value.";
    "kill" "(pid, signal, /)" F2(kill) "Kill a process with a signal.";
    "putenv" "(name, value, /)" F2(putenv) "Change or add an environment variable.";
    "unsetenv" "(name, /)" F1(unsetenv) "Delete an environment variable.";
    "waitpid" "(pid, options, /)" F2(waitpid) "Wait for completion of a given child process.";
    "waitstatus_to_exitcode" "(status)" F1(to_exit_code) "Convert a wait status to an exit code.";
}

natives! { static START:
    "fork_exec" "" Raw(fork_exec) "Spawn a fresh new child process.";
}

pub(super) fn add(cx: &Thread, namespace: &Obj, environment: &Obj) -> PyResult<()> {
    functions(cx, namespace, "posix", FUNCTIONS);
    let copy = Dict::create();
    for (name, value) in dict::items(environment) {
        dict::set(cx, &copy, &name, value)?;
    }
    constant(namespace, ENVIRONMENT, copy);
    Ok(())
}

/// Fills `_posixsubprocess`.
pub(crate) fn init_starting(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_posixsubprocess", START);
    Ok(())
}
