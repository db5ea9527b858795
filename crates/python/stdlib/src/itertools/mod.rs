//! `itertools`: iterators over iterators.
//!
//! [`simple`] ones hold a source and a little state, [`combine`] has the combinatoric ones, [`split`] those that share a source
//! among several iterators.
//! Invariant: no borrow of an iterator's state is held while a source is stepped or a function called.

mod combine;
mod count;
mod simple;
mod split;

use pv_object::Obj;
use pv_runtime::{PyResult, Thread, TypeTable};

use crate::support::class;

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    let classes: [(&str, &'static TypeTable); 22] = [
        ("accumulate", &simple::ACCUMULATE),
        ("batched", &simple::BATCHED),
        ("chain", &simple::CHAIN),
        ("combinations", &combine::COMBINATIONS),
        ("combinations_with_replacement", &combine::WITH_REPLACEMENT),
        ("compress", &simple::COMPRESS),
        ("count", &count::COUNT),
        ("cycle", &simple::CYCLE),
        ("dropwhile", &simple::DROP_WHILE),
        ("filterfalse", &simple::FILTER_FALSE),
        ("groupby", &split::GROUP_BY),
        ("_grouper", &split::GROUPER),
        ("islice", &simple::SLICE),
        ("pairwise", &simple::PAIRWISE),
        ("permutations", &combine::PERMUTATIONS),
        ("product", &combine::PRODUCT),
        ("repeat", &count::REPEAT),
        ("starmap", &simple::STAR_MAP),
        ("takewhile", &simple::TAKE_WHILE),
        ("_tee", &split::TEE),
        ("zip_longest", &simple::ZIP_LONGEST),
        ("_tee_dataobject", &split::TEE_DATA),
    ];
    for (name, table) in classes {
        class(cx, namespace, "itertools", name, table);
    }
    crate::support::functions(cx, namespace, "itertools", split::FUNCTIONS);
    Ok(())
}
