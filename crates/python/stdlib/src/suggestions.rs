//! `_suggestions`: which of some names was probably meant, for the library.

use pv_object::{List, Obj, Str};
use pv_runtime::algorithm::suggest::suggest;
use pv_runtime::{PyResult, Thread, natives, text};

fn generate(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(candidates), Some(name)] = args else { return Err(cx.type_error("two arguments are needed")) };
    let Some(name) = name.downcast::<Str>() else {
        let found = cx.type_name(name);
        return Err(cx.type_error(format_args!("_generate_suggestions() argument 2 must be str, not {found}")));
    };
    let Some(list) = candidates.downcast::<List>() else { return Err(cx.type_error("candidates must be a list")) };
    let string = |item: Obj| Some(item.downcast::<Str>()?.to_string_lossy().to_string());
    let Some(candidates) = list.to_vec().into_iter().map(string).collect::<Option<Vec<String>>>() else {
        return Err(cx.type_error("all elements in 'candidates' must be strings"));
    };
    let near = suggest(&name.to_string_lossy(), candidates.iter().map(String::as_str));
    Ok(near.map_or_else(Obj::none, text::new))
}

natives! { static FUNCTIONS:
    "_generate_suggestions" "(candidates, item, /)" Bound(generate) "The candidate that was probably meant by item, or None.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    crate::support::functions(cx, namespace, "_suggestions", FUNCTIONS);
    Ok(())
}
