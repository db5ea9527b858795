//! The constants and names of a unit, each once.

use std::collections::HashMap;
use std::rc::Rc;

use crate::unit::Const;

/// Constants and names with their indices.
#[derive(Default)]
pub(crate) struct Pool {
    names: Vec<Rc<str>>,
    name_index: HashMap<Rc<str>, u32>,
    consts: Vec<Const>,
    const_index: HashMap<Vec<u8>, u32>,
}

impl Pool {
    /// Index of a name.
    pub(crate) fn name(&mut self, name: &str) -> u32 {
        if let Some(index) = self.name_index.get(name) {
            return *index;
        }
        let (name, index): (Rc<str>, _) = (name.into(), self.names.len() as u32);
        self.names.push(name.clone());
        self.name_index.insert(name, index);
        index
    }

    /// Index of a constant; equal constants of one type share theirs.
    pub(crate) fn constant(&mut self, constant: Const) -> u32 {
        let mut key = Vec::new();
        let next = self.consts.len() as u32;
        if !write_key(&constant, &mut key) {
            self.consts.push(constant);
            return next;
        }
        let index = *self.const_index.entry(key).or_insert(next);
        if index == next {
            self.consts.push(constant);
        }
        index
    }

    pub(crate) fn into_parts(self) -> (Vec<Rc<str>>, Vec<Const>) {
        (self.names, self.consts)
    }
}

/// Writes bytes that tell constants apart; false for code, which is never shared.
fn write_key(constant: &Const, key: &mut Vec<u8>) -> bool {
    let mut tagged = |tag: u8, bytes: &[u8]| {
        key.push(tag);
        key.extend((bytes.len() as u64).to_le_bytes());
        key.extend(bytes);
        true
    };
    match constant {
        Const::None => tagged(0, &[]),
        Const::Bool(value) => tagged(1, &[u8::from(*value)]),
        Const::Ellipsis => tagged(2, &[]),
        Const::Int(value) => tagged(3, &value.to_le_bytes()),
        Const::BigInt(digits) => tagged(4, digits.as_bytes()),
        Const::Float(value) => tagged(5, &value.to_bits().to_le_bytes()),
        Const::Complex(re, im) => tagged(6, &[re.to_bits().to_le_bytes(), im.to_bits().to_le_bytes()].concat()),
        Const::Str(text) => tagged(7, text.as_bytes()),
        Const::Bytes(bytes) => tagged(8, bytes),
        Const::Tuple(items) => {
            tagged(9, &(items.len() as u64).to_le_bytes()) && items.iter().all(|i| write_key(i, key))
        }
        Const::FrozenSet(items) => {
            tagged(10, &(items.len() as u64).to_le_bytes()) && items.iter().all(|i| write_key(i, key))
        }
        Const::Slice(parts) => tagged(11, &[]) && parts.iter().all(|i| write_key(i, key)),
        Const::Code(_) => false,
    }
}
