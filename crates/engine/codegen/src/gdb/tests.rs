//! The list that gdb walks, and the files on it.

use super::*;

/// Names of the functions registered now whose names start with `prefix`.
fn listed(prefix: &str) -> Vec<String> {
    let _guard = lock();
    let mut names = Vec::new();
    // SAFETY: under the lock the list is consistent and its files are alive.
    unsafe {
        let mut entry = (*__jit_debug_descriptor.0.get()).first;
        while let Some(listed) = entry.as_ref() {
            let file = std::slice::from_raw_parts(listed.file, listed.size as usize);
            names.push(symbol(file));
            entry = listed.next;
        }
    }
    names.retain(|name| name.starts_with(prefix));
    names
}

fn long(file: &[u8], at: usize) -> usize {
    u64::from_le_bytes(file[at..at + 8].try_into().unwrap()) as usize
}

/// The name of a file's only symbol, found as a debugger finds it: through the section headers.
fn symbol(file: &[u8]) -> String {
    let header = |section: usize| long(file, 40) + section * SECTION_HEADER as usize;
    let (symbols, strings) = (long(file, header(2) + 24), long(file, header(3) + 24));
    let second = symbols + SYMBOL as usize;
    let name = strings + u32::from_le_bytes(file[second..second + 4].try_into().unwrap()) as usize;
    let end = file[name..].iter().position(|byte| *byte == 0).unwrap();
    String::from_utf8(file[name..name + end].to_vec()).unwrap()
}

#[test]
fn registrations_come_and_go_in_any_order() {
    let [a, b, c] = ["gdbtest a", "gdbtest b", "gdbtest c"].map(|name| Registration::new(name, 0x1000, 16));
    assert_eq!(listed("gdbtest"), ["gdbtest c", "gdbtest b", "gdbtest a"]);
    drop(b);
    assert_eq!(listed("gdbtest"), ["gdbtest c", "gdbtest a"]);
    drop(c);
    drop(a);
    assert!(listed("gdbtest").is_empty());
}

#[test]
fn the_text_section_is_the_code() {
    let file = object_file("f", 0x1234_5678, 99);
    let text = long(&file, 40) + SECTION_HEADER as usize;
    assert_eq!((long(&file, text + 16), long(&file, text + 32)), (0x1234_5678, 99));
    assert_eq!(file.len(), long(&file, long(&file, 40) + 4 * 64 + 24) + NAMES.len());
    for (index, name) in [".text", ".symtab", ".strtab", ".shstrtab"].iter().enumerate() {
        let start = NAME_OFFSETS[index + 1] as usize;
        assert_eq!(&NAMES[start..start + name.len()], name.as_bytes());
    }
}
