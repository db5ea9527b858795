//! stub
pub(crate) struct Array;
impl pv_object::Payload for Array {}
impl Array { pub(crate) fn to_bytes(&self) -> Vec<u8> { Vec::new() } }
