//! Files and folders.

use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use pv_object::{Bytes, List, Obj};
use pv_runtime::{Args, PyResult, Thread, natives, protocol};

use super::{os_error, os_text, path};
use crate::support::record::record;
use crate::support::{Parameters, machine_int, module_item};

static STAT: Parameters = Parameters::new("stat", "(path, *, dir_fd=None, follow_symlinks=True)");

pub(super) fn stat_record(cx: &Thread, data: &Metadata) -> PyResult {
    let class = module_item(cx, "posix", "stat_result")?;
    let seconds = |seconds: i64, nanos: i64| Obj::float(seconds as f64 + nanos as f64 * 1e-9);
    let nanos = |seconds: i64, nanos: i64| Obj::int(seconds * 1_000_000_000 + nanos);
    let unsigned = |value: u64| Obj::usize(value as usize);
    Ok(record(
        &class,
        vec![
            unsigned(u64::from(data.mode())),
            unsigned(data.ino()),
            unsigned(data.dev()),
            unsigned(data.nlink()),
            unsigned(u64::from(data.uid())),
            unsigned(u64::from(data.gid())),
            unsigned(data.size()),
            Obj::int(data.atime()),
            Obj::int(data.mtime()),
            Obj::int(data.ctime()),
            seconds(data.atime(), data.atime_nsec()),
            seconds(data.mtime(), data.mtime_nsec()),
            seconds(data.ctime(), data.ctime_nsec()),
            nanos(data.atime(), data.atime_nsec()),
            nanos(data.mtime(), data.mtime_nsec()),
            nanos(data.ctime(), data.ctime_nsec()),
            unsigned(data.blksize()),
            unsigned(data.blocks()),
            unsigned(data.rdev()),
        ],
    ))
}

fn stat(cx: &Thread, args: &Args<'_>) -> PyResult {
    let bound = STAT.bind(cx, args)?;
    let target = bound[0].clone().unwrap_or_else(Obj::none);
    let follow = bound[2].as_ref().map_or(Ok(true), |follow| protocol::truth(cx, follow))?;
    let place = path(cx, &target)?;
    let data = if follow { fs::metadata(place) } else { fs::symlink_metadata(place) };
    match data {
        Ok(data) => stat_record(cx, &data),
        Err(error) => Err(os_error(cx, &error, Some(&target))),
    }
}

fn lstat(cx: &Thread, target: &Obj) -> PyResult {
    match fs::symlink_metadata(path(cx, target)?) {
        Ok(data) => stat_record(cx, &data),
        Err(error) => Err(os_error(cx, &error, Some(target))),
    }
}

/// The result of an operation on a path that gives nothing back.
fn done(cx: &Thread, result: std::io::Result<()>, target: &Obj) -> PyResult {
    match result {
        Ok(()) => Ok(Obj::none()),
        Err(error) => Err(os_error(cx, &error, Some(target))),
    }
}

fn getcwd(cx: &Thread) -> PyResult {
    match std::env::current_dir() {
        Ok(folder) => Ok(os_text(folder.as_os_str())),
        Err(error) => Err(os_error(cx, &error, None)),
    }
}

fn getcwdb(cx: &Thread) -> PyResult {
    match std::env::current_dir() {
        Ok(folder) => Ok(Bytes::create(folder.as_os_str().as_bytes())),
        Err(error) => Err(os_error(cx, &error, None)),
    }
}

fn chdir(cx: &Thread, target: &Obj) -> PyResult {
    done(cx, std::env::set_current_dir(path(cx, target)?), target)
}

fn listdir(cx: &Thread, target: Option<&Obj>) -> PyResult {
    let here = pv_runtime::text::new(".");
    let target = target.filter(|target| !target.is_none()).unwrap_or(&here);
    let in_bytes = target.downcast::<Bytes>().is_some();
    let listed = fs::read_dir(path(cx, target)?).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<std::io::Result<Vec<_>>>()
    });
    match listed {
        Ok(names) => {
            let show =
                |name: std::ffi::OsString| if in_bytes { Bytes::create(name.as_bytes()) } else { os_text(&name) };
            Ok(List::create(names.into_iter().map(show).collect()))
        }
        Err(error) => Err(os_error(cx, &error, Some(target))),
    }
}

fn mkdir(cx: &Thread, target: &Obj, mode: Option<&Obj>) -> PyResult {
    let place = path(cx, target)?;
    let mode = mode.map_or(Ok(0o777), |mode| machine_int(cx, mode))? as u32;
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    done(cx, builder.create(place), target)
}

fn rmdir(cx: &Thread, target: &Obj) -> PyResult {
    done(cx, fs::remove_dir(path(cx, target)?), target)
}

fn remove(cx: &Thread, target: &Obj) -> PyResult {
    done(cx, fs::remove_file(path(cx, target)?), target)
}

fn rename(cx: &Thread, from: &Obj, to: &Obj) -> PyResult {
    done(cx, fs::rename(path(cx, from)?, path(cx, to)?), from)
}

fn symlink(cx: &Thread, from: &Obj, to: &Obj) -> PyResult {
    done(cx, std::os::unix::fs::symlink(path(cx, from)?, path(cx, to)?), to)
}

fn readlink(cx: &Thread, target: &Obj) -> PyResult {
    match fs::read_link(path(cx, target)?) {
        Ok(found) => Ok(os_text(found.as_os_str())),
        Err(error) => Err(os_error(cx, &error, Some(target))),
    }
}

fn chmod(cx: &Thread, target: &Obj, mode: &Obj) -> PyResult {
    let permissions = fs::Permissions::from_mode(machine_int(cx, mode)? as u32);
    done(cx, fs::set_permissions(path(cx, target)?, permissions), target)
}

fn access(cx: &Thread, target: &Obj, mode: &Obj) -> PyResult {
    let wanted = rustix::fs::Access::from_bits_truncate(machine_int(cx, mode)? as u32);
    Ok(Obj::bool(rustix::fs::access(path(cx, target)?, wanted).is_ok()))
}

natives! { pub(super) static FUNCTIONS:
    "access" "(path, mode)" F2(access) "May the path be used in this way?";
    "chdir" "(path)" F1(chdir) "Changes the working folder.";
    "chmod" "(path, mode)" F2(chmod) "Changes access rights.";
    "getcwd" "()" F0(getcwd) "The working folder.";
    "getcwdb" "()" F0(getcwdb) "The working folder, as bytes.";
    "listdir" "(path=None)" O1(listdir) "The names in a folder.";
    "lstat" "(path)" F1(lstat) "What is known of a path, not following a link.";
    "mkdir" "(path, mode=511)" O2(mkdir) "Makes a folder.";
    "readlink" "(path)" F1(readlink) "Where a link points.";
    "remove" "(path)" F1(remove) "Removes a file.";
    "rename" "(src, dst)" F2(rename) "Renames a file or folder.";
    "replace" "(src, dst)" F2(rename) "Renames a file or folder, overwriting.";
    "rmdir" "(path)" F1(rmdir) "Removes an empty folder.";
    "stat" "(path, *, dir_fd=None, follow_symlinks=True)" Raw(stat) "What is known of a path.";
    "symlink" "(src, dst)" F2(symlink) "Makes a link.";
    "unlink" "(path)" F1(remove) "Removes a file.";
}
