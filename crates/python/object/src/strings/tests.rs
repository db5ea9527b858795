//! Strings of all widths: building, cutting, comparing, searching, appending, interning.

use proptest::prelude::*;

use super::*;

/// Code points of all widths, lone surrogates included.
fn points() -> impl Strategy<Value = Vec<u32>> {
    let point = prop_oneof![
        8 => 97..100_u32,
        2 => 0xe0..0xe3_u32,
        1 => 0x3b1..0x3b4_u32,
        1 => 0xd800..0xd802_u32,
        1 => 0x1_f600..0x1_f602_u32,
    ];
    proptest::collection::vec(point, 0..40)
}

fn build(points: &[u32]) -> Obj {
    points.iter().copied().collect::<StrBuilder>().finish()
}

fn read(obj: &Obj) -> Vec<u32> {
    obj.expect::<Str>().text().iter().collect()
}

fn width_of(points: &[u32]) -> usize {
    match points.iter().max() {
        Some(0x1_0000..) => 4,
        Some(0x100..) => 2,
        _ => 1,
    }
}

fn model_find(hay: &[u32], needle: &[u32], start: usize, end: usize) -> Option<usize> {
    let fits = |index: &usize| index + needle.len() <= end.min(hay.len()) && hay[*index..].starts_with(needle);
    (start..=hay.len()).find(fits)
}

proptest! {
    #[test]
    fn strings_behave_as_vectors_of_code_points(a in points(), b in points(), start in 0..20_usize, len in 0..20_usize) {
        let heap = Heap::new();
        let (x, y) = (build(&a), build(&b));
        let (s, t) = (x.expect::<Str>(), y.expect::<Str>());
        prop_assert_eq!(read(&x), a.clone());
        prop_assert_eq!(s.text().width(), width_of(&a));
        prop_assert_eq!(s.is_ascii(), a.iter().all(|c| *c < 128));
        let both: Vec<u32> = a.iter().chain(&b).copied().collect();
        let joined = s.concat(t);
        prop_assert_eq!(read(&joined), both.clone());
        prop_assert_eq!(joined.expect::<Str>().text().width(), width_of(&both));
        let (from, to) = (start.min(a.len()), (start + len).min(a.len()));
        let cut = s.slice(start, start + len);
        prop_assert_eq!(read(&cut), &a[from..to]);
        prop_assert_eq!(cut.expect::<Str>().text().width(), width_of(&a[from..to]));
        prop_assert_eq!(s.text().cmp(&t.text()), a.cmp(&b));
        prop_assert_eq!(s.same_text(t), a == b);
        prop_assert_eq!(joined.expect::<Str>().find(t, start, both.len()), model_find(&both, &b, start, both.len()));
        let last = (start..=both.len()).rev().find(|index| both[*index..].starts_with(&b));
        prop_assert_eq!(joined.expect::<Str>().rfind(t, start, both.len()), last);
        prop_assert_eq!(joined.expect::<Str>().hash(), build(&both).expect::<Str>().hash());
        prop_assert!(heap.intern_obj(joined).same(&heap.intern_obj(build(&both))));
    }

    #[test]
    fn appending_is_concatenation(parts in proptest::collection::vec(points(), 0..30)) {
        let heap = Heap::new();
        let before = heap.live_objects();
        let mut text = Obj::str("");
        let mut model = Vec::new();
        for part in &parts {
            let shared = (model.len() % 5 == 0).then(|| text.clone());
            let right = build(part);
            text = Str::append(text, right.expect());
            if let Some(shared) = shared {
                prop_assert_eq!(read(&shared), model.clone());
            }
            model.extend(part);
            prop_assert_eq!(read(&text), model.clone());
            prop_assert_eq!(text.expect::<Str>().text().width(), width_of(&model));
            prop_assert_eq!(text.expect::<Str>().hash(), build(&model).expect::<Str>().hash());
        }
        drop(text);
        // One-character strings and the empty one are kept.
        prop_assert!(heap.live_objects() <= before + 7);
    }
}

#[test]
fn appending_to_what_nobody_else_has_keeps_its_place() {
    Heap::new();
    let part = Obj::str("0123456789");
    let mut text = Str::append(part.expect::<Str>().repeat(4), part.expect());
    let mut places = std::collections::HashSet::new();
    for _ in 0..10_000 {
        text = Str::append(text, part.expect());
        places.insert(text.word());
    }
    assert_eq!(places.len(), 1);
    assert_eq!(text.expect::<Str>().len(), 100_050);
}

#[test]
fn searching_counts_and_replaces() {
    Heap::new();
    let replace = |text: &str, old: &str, new: &str, limit| {
        let [text, old, new] = [text, old, new].map(Obj::str);
        text.expect::<Str>().replace(old.expect(), new.expect(), limit).expect::<Str>().to_string_lossy()
    };
    assert_eq!(replace("abc", "", "-", usize::MAX), "-a-b-c-");
    assert_eq!(replace("aaaa", "aa", "b", usize::MAX), "bb");
    assert_eq!(replace("aaaa", "a", "é→", 2), "é→é→aa");
    assert_eq!(replace("naïve", "ï", "i", usize::MAX), "naive");
    let count = |text: &str, needle: &str| {
        let (text, needle) = (Obj::str(text), Obj::str(needle));
        text.expect::<Str>().count(needle.expect(), 0, usize::MAX)
    };
    assert_eq!(
        [count("aaaa", "aa"), count("abc", ""), count("", ""), count("αβα", "α"), count("abc", "α")],
        [2, 4, 1, 2, 0]
    );
}

#[test]
fn surrogates_have_no_utf8() {
    Heap::new();
    let obj = build(&[0x61, 0xd800]);
    assert_eq!(obj.expect::<Str>().to_utf8(), None);
    assert_eq!(obj.expect::<Str>().to_string_lossy(), "a\u{fffd}");
    assert_eq!(Obj::str("aé€😀").expect::<Str>().to_utf8().as_deref(), Some("aé€😀"));
    assert!(Obj::str("aé€😀").expect::<Str>().is("aé€😀"));
}

#[test]
fn small_strings_are_shared_and_interned_ones_die() {
    let heap = Heap::new();
    assert!(Obj::char(0xe9).same(&Obj::str("é")) && Obj::str("").same(&Obj::str("")));
    let before = heap.live_objects();
    let name = heap.intern("an interned name");
    assert!(name.same(&heap.intern("an interned name")));
    drop(name);
    assert_eq!(heap.live_objects(), before);
    assert!(heap.intern("an interned name").expect::<Str>().is("an interned name"));
}
