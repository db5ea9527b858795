//! The addresses and facts of a language's context that compiled code embeds.

use pv_machine::{Context, Helper};

/// What code generation knows of a context. The context must outlive the code.
pub struct Env<'a> {
    pub(crate) box_float: usize,
    pub(crate) dealloc: usize,
    pub(crate) alloc: usize,
    pub(crate) truths: [u64; 2],
    pub(crate) depth_limit: u32,
    /// Address of the head of the free list for a size, if there is one.
    pub(crate) free_list: Box<dyn Fn(usize) -> Option<usize> + 'a>,
}

impl<'a> Env<'a> {
    /// The facts of `cx`, as of now: depth limit and free lists are embedded in the code.
    pub fn of<Cx: Context>(cx: &'a Cx) -> Self {
        fn address<Cx>(helper: &'static Helper<Cx>) -> usize {
            helper.info.addr.0 as usize
        }
        Env {
            box_float: address(Cx::box_float()),
            dealloc: address(Cx::dealloc()),
            alloc: address(Cx::alloc()),
            truths: [false, true].map(|truth| cx.bool_word(truth).0),
            depth_limit: cx.depth_limit(),
            free_list: Box::new(move |size| cx.free_list(size).map(|head| std::ptr::from_ref(head) as usize)),
        }
    }
}
