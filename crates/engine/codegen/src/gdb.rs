//! Names for compiled code in gdb, by its JIT interface: an object file in memory for each trace, with one symbol.
//!
//! gdb stops at `__jit_debug_register_code` and reads `__jit_debug_descriptor`: both names and layouts are gdb's. The descriptor is
//! one of the process's few mutable globals.
//!
//! Invariants: the descriptor and the list that hangs on it are touched under `LOCK` only; an entry stays at its address while listed.

use std::cell::UnsafeCell;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[repr(C)]
struct Entry {
    next: *mut Entry,
    prev: *mut Entry,
    file: *const u8,
    size: u64,
}

#[repr(C)]
struct Descriptor {
    version: u32,
    action: u32,
    relevant: *mut Entry,
    first: *mut Entry,
}

const REGISTER: u32 = 1;
const UNREGISTER: u32 = 2;

/// A [`Descriptor`] that threads share under `LOCK`.
#[repr(transparent)]
pub struct Shared(UnsafeCell<Descriptor>);

// SAFETY: the contents are reached under `LOCK` only (gdb looks while the process stands still).
unsafe impl Sync for Shared {}

static LOCK: Mutex<()> = Mutex::new(());

/// What gdb reads.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static __jit_debug_descriptor: Shared =
    Shared(UnsafeCell::new(Descriptor { version: 1, action: 0, relevant: ptr::null_mut(), first: ptr::null_mut() }));

/// Where gdb stops.
#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C" fn __jit_debug_register_code() {
    // The body must not be optimised away, nor the stores before a call be moved past it.
    std::hint::black_box(&__jit_debug_descriptor);
}

/// A trace known to gdb, until it is dropped.
pub(crate) struct Registration {
    entry: *mut Entry,
    _file: Vec<u8>,
}

impl Registration {
    /// Tells gdb of a function.
    pub(crate) fn new(name: &str, addr: usize, len: usize) -> Self {
        let file = object_file(name, addr as u64, len as u64);
        let entry =
            Entry { next: ptr::null_mut(), prev: ptr::null_mut(), file: file.as_ptr(), size: file.len() as u64 };
        let entry = Box::into_raw(Box::new(entry));
        let guard = lock();
        // SAFETY: under the lock; `entry` is a fresh allocation, the list's entries are live.
        unsafe {
            let descriptor = &mut *__jit_debug_descriptor.0.get();
            (*entry).next = descriptor.first;
            if let Some(first) = descriptor.first.as_mut() {
                first.prev = entry;
            }
            descriptor.first = entry;
            tell(descriptor, entry, REGISTER);
        }
        drop(guard);
        Registration { entry, _file: file }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let _guard = lock();
        // SAFETY: under the lock; the entry was allocated in `new`, is listed, and is freed here once.
        unsafe {
            let descriptor = &mut *__jit_debug_descriptor.0.get();
            let (next, prev) = ((*self.entry).next, (*self.entry).prev);
            match prev.as_mut() {
                Some(prev) => prev.next = next,
                None => descriptor.first = next,
            }
            if let Some(next) = next.as_mut() {
                next.prev = prev;
            }
            tell(descriptor, self.entry, UNREGISTER);
            drop(Box::from_raw(self.entry));
        }
    }
}

fn lock() -> MutexGuard<'static, ()> {
    // The list is consistent between any two statements that could panic: none does.
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tell(descriptor: &mut Descriptor, entry: *mut Entry, action: u32) {
    descriptor.action = action;
    descriptor.relevant = entry;
    __jit_debug_register_code();
    descriptor.action = 0;
    descriptor.relevant = ptr::null_mut();
}

// -- The object file ------------------------------------------------------------------------------------------

const FILE_HEADER: u64 = 64;
const SECTION_HEADER: u64 = 64;
const SYMBOL: u64 = 24;
const SECTIONS: u64 = 5;
/// Names of the sections, and where each starts.
const NAMES: &[u8] = b"\0.text\0.symtab\0.strtab\0.shstrtab\0";
const NAME_OFFSETS: [u32; 5] = [0, 1, 7, 15, 23];

/// An ELF file that says: the code at `addr` is the function `name`. Its text section has no contents of its own.
fn object_file(name: &str, addr: u64, len: u64) -> Vec<u8> {
    let strings = [b"\0", name.as_bytes(), b"\0"].concat();
    let symbols_at = FILE_HEADER + SECTIONS * SECTION_HEADER;
    let strings_at = symbols_at + 2 * SYMBOL;
    let names_at = strings_at + strings.len() as u64;
    let mut file = file_header();
    // Type, flags, address, offset, size, link, info, alignment, entry size.
    let (progbits, symtab, strtab, nobits) = (0, 2, 3, 8);
    section(&mut file, 0, [progbits, 0, 0, 0, 0, 0, 0, 0, 0]);
    section(&mut file, 1, [nobits, 6, addr, 0, len, 0, 0, 16, 0]);
    section(&mut file, 2, [symtab, 0, 0, symbols_at, 2 * SYMBOL, 3, 1, 8, SYMBOL]);
    section(&mut file, 3, [strtab, 0, 0, strings_at, strings.len() as u64, 0, 0, 1, 0]);
    section(&mut file, 4, [strtab, 0, 0, names_at, NAMES.len() as u64, 0, 0, 1, 0]);
    file.extend([0; SYMBOL as usize]);
    // Name, then kind (global function), visibility, section.
    file.extend(1_u32.to_le_bytes());
    file.extend([0x12, 0, 1, 0]);
    file.extend([0_u64.to_le_bytes(), len.to_le_bytes()].concat());
    file.extend(strings);
    file.extend(NAMES);
    file
}

fn file_header() -> Vec<u8> {
    const X86_64: u16 = 62;
    const AARCH64: u16 = 183;
    let machine = if cfg!(target_arch = "aarch64") { AARCH64 } else { X86_64 };
    let mut header = b"\x7fELF\x02\x01\x01".to_vec();
    header.resize(16, 0);
    // Relocatable; machine; version.
    header.extend([1_u16.to_le_bytes(), machine.to_le_bytes()].concat());
    header.extend(1_u32.to_le_bytes());
    // Entry, program headers, section headers.
    for offset in [0, 0, FILE_HEADER] {
        header.extend(offset.to_le_bytes());
    }
    header.extend(0_u32.to_le_bytes());
    // Sizes and numbers: this header, program headers, section headers; the section with the names.
    for half in [FILE_HEADER as u16, 0, 0, SECTION_HEADER as u16, SECTIONS as u16, 4] {
        header.extend(half.to_le_bytes());
    }
    header
}

fn section(file: &mut Vec<u8>, index: usize, fields: [u64; 9]) {
    let [kind, flags, addr, offset, size, link, info, align, entry] = fields;
    for word in [NAME_OFFSETS[index], kind as u32] {
        file.extend(word.to_le_bytes());
    }
    for long in [flags, addr, offset, size] {
        file.extend(long.to_le_bytes());
    }
    for word in [link as u32, info as u32] {
        file.extend(word.to_le_bytes());
    }
    for long in [align, entry] {
        file.extend(long.to_le_bytes());
    }
}

#[cfg(test)]
mod tests;
