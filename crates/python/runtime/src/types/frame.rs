//! Frame objects: pictures of frames.

use pv_object::{CodeRef, Frame, Obj};

/// A picture of a frame: its code, namespaces and where it stands.
pub fn create(code: CodeRef, globals: Obj, locals: Obj, pc: u32) -> Obj {
    let frame = Frame::create(code.to_obj(), globals);
    let view = frame.expect::<Frame>();
    view.locals.set(locals);
    view.pc.set(pc);
    frame
}
