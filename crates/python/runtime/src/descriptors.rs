//! The open file descriptors of a program, by number.
//!
//! Python names descriptors by plain numbers, Rust owns them: whoever opens one for the program hands it over to this table, and
//! every operation by number looks it up here. Numbers that the table does not know are not open (`EBADF`); the process's
//! three standard descriptors are always there and stay open.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::rc::Rc;

/// See the module's header.
#[derive(Default)]
pub struct Descriptors {
    open: RefCell<HashMap<i32, Rc<OwnedFd>>>,
}

/// A descriptor that stays open while this lives.
pub enum Descriptor {
    /// Standard input.
    Input(io::Stdin),
    /// Standard output.
    Output(io::Stdout),
    /// Standard error.
    Error(io::Stderr),
    /// One of the table's.
    Own(Rc<OwnedFd>),
}

impl AsFd for Descriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Descriptor::Input(stream) => stream.as_fd(),
            Descriptor::Output(stream) => stream.as_fd(),
            Descriptor::Error(stream) => stream.as_fd(),
            Descriptor::Own(fd) => fd.as_fd(),
        }
    }
}

impl Descriptors {
    /// Takes an open descriptor over; its number.
    pub fn insert(&self, descriptor: OwnedFd) -> i32 {
        let number = descriptor.as_raw_fd();
        self.open.borrow_mut().insert(number, Rc::new(descriptor));
        number
    }

    /// The descriptor of this number.
    pub fn get(&self, number: i32) -> io::Result<Descriptor> {
        if let Some(own) = self.open.borrow().get(&number) {
            return Ok(Descriptor::Own(Rc::clone(own)));
        }
        match number {
            0 => Ok(Descriptor::Input(io::stdin())),
            1 => Ok(Descriptor::Output(io::stdout())),
            2 => Ok(Descriptor::Error(io::stderr())),
            _ => Err(closed()),
        }
    }

    /// Closes the descriptor of this number.
    pub fn close(&self, number: i32) -> io::Result<()> {
        match self.open.borrow_mut().remove(&number) {
            Some(own) => {
                drop(own);
                Ok(())
            }
            None if (0..=2).contains(&number) => Ok(()),
            None => Err(closed()),
        }
    }
}

/// `EBADF`.
fn closed() -> io::Error {
    io::Error::from_raw_os_error(9)
}
