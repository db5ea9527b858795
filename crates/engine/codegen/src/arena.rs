//! Code memory: private mappings, writable until their code is in place, executable afterwards.
//!
//! Invariants: a page is writable or executable, never both; a block owns whole pages, so that protecting one disturbs no running
//! code; blocks never move. Mappings are private, so that a fork's child keeps its own copy.

use std::ptr::NonNull;

use crate::error::CodegenError;

/// Bytes mapped at a time.
const CHUNK: usize = 1 << 20;
/// Unit of protection.
const PAGE: usize = 4096;

/// A run of pages in a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    addr: usize,
    len: usize,
}

/// Code in executable pages. Given back with [`Arena::free`]; a block that is merely dropped keeps its pages until the arena goes.
#[derive(Debug)]
pub struct CodeBlock {
    run: Run,
    len: usize,
}

impl CodeBlock {
    /// Address of the first instruction.
    pub fn addr(&self) -> usize {
        self.run.addr
    }

    /// The code.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `place` initialised these bytes of pages that stay mapped as long as the arena, which outlives its blocks by
        // contract, and which nothing writes to while they are executable.
        unsafe { std::slice::from_raw_parts(self.run.addr as *const u8, self.len) }
    }
}

/// Mapped code memory.
#[derive(Debug, Default)]
pub struct Arena {
    chunks: Vec<Run>,
    /// Free runs, by address; neighbours are joined.
    free: Vec<Run>,
    used: usize,
    code: usize,
}

impl Arena {
    /// An arena without memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes of code in place.
    pub fn code_bytes(&self) -> usize {
        self.code
    }

    /// Bytes of pages in use.
    pub fn used_bytes(&self) -> usize {
        self.used
    }

    /// Bytes mapped from the system.
    pub fn mapped_bytes(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.len).sum()
    }

    /// Puts code into fresh pages and makes them executable.
    pub fn place(&mut self, code: &[u8]) -> Result<CodeBlock, CodegenError> {
        let len = code.len().max(1).next_multiple_of(PAGE);
        let run = match self.take(len) {
            Some(run) => run,
            None => {
                self.map(len)?;
                self.take(len).ok_or_else(|| CodegenError::Limit("code memory".to_string()))?
            }
        };
        // SAFETY: the run was free, so it is mapped writable and nobody's code.
        unsafe { std::ptr::copy_nonoverlapping(code.as_ptr(), run.addr as *mut u8, code.len()) };
        if !protect(run, libc::PROT_READ | libc::PROT_EXEC) {
            self.give_back(run);
            return Err(CodegenError::Limit("the system refuses executable memory".to_string()));
        }
        self.used += run.len;
        self.code += code.len();
        Ok(CodeBlock { run, len: code.len() })
    }

    /// Takes a block's pages back.
    ///
    /// # Safety
    /// No thread runs the code or will jump to it again; the block is this arena's.
    pub unsafe fn free(&mut self, block: CodeBlock) {
        self.used -= block.run.len;
        self.code -= block.len;
        // Pages that cannot be made writable again are given up rather than reused.
        if protect(block.run, libc::PROT_READ | libc::PROT_WRITE) {
            self.give_back(block.run);
        }
    }

    fn take(&mut self, len: usize) -> Option<Run> {
        let index = self.free.iter().position(|run| run.len >= len)?;
        let run = &mut self.free[index];
        let taken = Run { addr: run.addr, len };
        run.addr += len;
        run.len -= len;
        if run.len == 0 {
            self.free.remove(index);
        }
        Some(taken)
    }

    fn give_back(&mut self, run: Run) {
        let index = self.free.partition_point(|other| other.addr < run.addr);
        self.free.insert(index, run);
        let right = self.free.get(index + 1).copied().filter(|right| run.addr + run.len == right.addr);
        if let Some(right) = right {
            self.free[index].len += right.len;
            self.free.remove(index + 1);
        }
        if index > 0 && self.free[index - 1].addr + self.free[index - 1].len == run.addr {
            self.free[index - 1].len += self.free[index].len;
            self.free.remove(index);
        }
    }

    fn map(&mut self, len: usize) -> Result<(), CodegenError> {
        let len = len.next_multiple_of(CHUNK);
        // SAFETY: a fresh private anonymous mapping; it aliases nothing.
        let addr = unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            libc::mmap(std::ptr::null_mut(), len, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0)
        };
        match NonNull::new(addr).filter(|_| addr != libc::MAP_FAILED) {
            Some(addr) => {
                let chunk = Run { addr: addr.as_ptr() as usize, len };
                self.chunks.push(chunk);
                self.give_back(chunk);
                Ok(())
            }
            None => Err(CodegenError::Limit("code memory".to_string())),
        }
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        for chunk in &self.chunks {
            // SAFETY: mapped in `map` with this length; by contract no code of the arena runs any more.
            unsafe { libc::munmap(chunk.addr as *mut libc::c_void, chunk.len) };
        }
    }
}

fn protect(run: Run, protection: i32) -> bool {
    // SAFETY: the run lies within a chunk of the arena; changing its protection is the arena's business alone.
    unsafe { libc::mprotect(run.addr as *mut libc::c_void, run.len, protection) == 0 }
}
