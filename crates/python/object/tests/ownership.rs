//! Every layout shows what it owns, once per reference, and gives it up when cleared or dropped.

use std::cell::RefCell;
use std::rc::Rc;

use pv_object::*;

/// A payload that owns objects.
struct Owner(RefCell<Vec<Obj>>);

impl Payload for Owner {
    fn visit(&self, visitor: Visitor<'_>) {
        self.0.borrow().iter().for_each(visitor);
    }
    fn clear(&self) {
        let old = self.0.take();
        drop(old);
    }
}

/// Makes one object of a layout around the children given.
type Make = fn(&mut dyn FnMut() -> Obj) -> Obj;

fn shape(kind: Kind) -> ShapeRef {
    Heap::current().shape_of(kind)
}

fn instance(child: &mut dyn FnMut() -> Obj, attrs: usize) -> Obj {
    let heap = Heap::current();
    let object = shape(Kind::Instance).type_obj().clone();
    let flags = TypeFlags::HEAP | TypeFlags::HAS_DICT;
    let spec = TypeSpec { name: "C".into(), bases: vec![object], kind: None, flags, slots: 0, metatype: None };
    let ty = Type::create(spec).expect("a plain class");
    let obj = Instance::create(ty.expect::<Type>().root_shape());
    (0..attrs).for_each(|n| assert!(obj.expect::<Instance>().set_attr(&heap.intern(&format!("a{n}")), child())));
    obj
}

fn set_of(set: Obj, child: &mut dyn FnMut() -> Obj) -> Obj {
    (0..20).for_each(|hash| set.set_table().expect("a set").insert_absent(child(), hash));
    set
}

/// Rows: what it is, how many children it takes, how it is made.
const LAYOUTS: &[(&str, usize, Make)] = &[
    ("tuple", 2, |c| Tuple::pair(c(), c())),
    ("list", 3, |c| List::create(vec![c(), c(), c()])),
    ("dict", 20, |c| {
        let dict = Dict::create();
        for hash in 0..10 {
            dict.expect::<Dict>().insert_absent(c(), hash, c());
        }
        dict
    }),
    ("set", 20, |c| set_of(Set::create(), c)),
    ("frozenset", 20, |c| set_of(FrozenSet::create(), c)),
    ("slice", 3, |c| Slice::create(c(), c(), c())),
    ("cell", 1, |c| CellObj::create(Some(c()))),
    ("global cell", 1, |c| GlobalCell::create(c())),
    ("function", 14, |c| {
        let obj = Function::create(c(), c(), c(), c());
        let f = obj.expect::<Function>();
        let rest = [
            &f.closure,
            &f.defaults,
            &f.kwdefaults,
            &f.module,
            &f.doc,
            &f.annotations,
            &f.annotate,
            &f.type_params,
            &f.dict,
            &f.builtins,
        ];
        rest.into_iter().for_each(|held| held.set(c()));
        obj
    }),
    ("code", 2, |c| {
        let spec = CodeSpec { constants: vec![c()], names: vec![c()], ..CodeSpec::default() };
        Code::create(spec, Rc::new(Owner(RefCell::default())))
    }),
    ("bound method", 2, |c| BoundMethod::create(c(), c())),
    ("native function", 3, |c| {
        let function = NativeFunction::create(c(), Some(c()), Rc::new(Owner(RefCell::default())), None);
        function.expect::<NativeFunction>().receiver.set(c());
        function
    }),
    ("property", 5, |c| {
        let obj = Property::create(shape(Kind::Property));
        let p = obj.expect::<Property>();
        [&p.getter, &p.setter, &p.deleter, &p.doc, &p.name].into_iter().for_each(|held| held.set(c()));
        obj
    }),
    ("static method", 2, |c| {
        let obj = StaticMethod::create(c(), shape(Kind::StaticMethod));
        obj.expect::<StaticMethod>().dict.set(c());
        obj
    }),
    ("class method", 2, |c| {
        let obj = ClassMethod::create(c(), shape(Kind::ClassMethod));
        obj.expect::<ClassMethod>().dict.set(c());
        obj
    }),
    ("member", 2, |c| Member::create(c(), c(), 0)),
    ("getset", 2, |c| GetSet::create(Some(c()), c(), Rc::new(Owner(RefCell::default())))),
    ("super", 3, |c| Super::create(Some(c()), Some(c()), Some(c()), shape(Kind::Super))),
    ("mapping proxy", 1, |c| MappingProxy::create(c())),
    ("instance", 3, |c| instance(c, 3)),
    ("instance with a dict", 1, |c| {
        let obj = instance(&mut Obj::none, 3);
        obj.expect::<Instance>().set_dict(c());
        obj
    }),
    ("exception", 5, |c| {
        let obj = Exception::create(Vec::new(), shape(Kind::Exception));
        let e = obj.expect::<Exception>();
        [&e.args, &e.traceback, &e.context, &e.cause, &e.value].into_iter().for_each(|held| held.set(c()));
        obj
    }),
    ("traceback", 3, |c| Traceback::create(Some(c()), Some(c()), c(), 0, 0)),
    ("frame", 7, |c| {
        let obj = Frame::create(c(), c());
        let f = obj.expect::<Frame>();
        f.back.set(c());
        f.function.set(c());
        f.keep_overwritten(c());
        f.set_slots(vec![Some(c()), None]);
        f.set_payload(Some(Box::new(Owner(RefCell::new(vec![c()])))));
        obj
    }),
    ("generator", 6, |c| {
        let obj = Generator::create(c(), c(), c(), 3, None);
        let g = obj.expect::<Generator>();
        [&g.extra, &g.slots()[0], &g.slots()[2]].into_iter().for_each(|held| held.set(c()));
        obj
    }),
    ("list iterator", 1, |c| ListIter::create(c())),
    ("tuple iterator", 1, |c| TupleIter::create(c())),
    ("str iterator", 1, |c| StrIter::create(c())),
    ("bytes iterator", 1, |c| BytesIter::create(c())),
    ("sequence iterator", 1, |c| SeqIter::create(c())),
    ("callable iterator", 2, |c| CallIter::create(c(), c())),
    ("long range iterator", 3, |c| LongRangeIter::create(c(), c(), c())),
    ("range", 4, |c| Range::create(c(), c(), c(), c())),
    ("reversed", 1, |c| Reversed::create(c(), 0, shape(Kind::Reversed))),
    ("enumerate", 2, |c| Enumerate::create(c(), c(), shape(Kind::Enumerate))),
    ("zip", 1, |c| Zip::create(c(), true, shape(Kind::Zip))),
    ("map", 2, |c| Map::create(c(), c(), false, shape(Kind::Map))),
    ("filter", 2, |c| Filter::create(c(), c(), shape(Kind::Filter))),
    ("native", 2, |c| Native::create(Box::new(Owner(RefCell::new(vec![c(), c()]))), shape(Kind::Native))),
    ("weak reference", 1, |c| WeakRef::create(&shape(Kind::Int).type_obj().clone(), Some(c()), shape(Kind::WeakRef))),
];

/// Kinds whose clearing leaves to others what cannot close a cycle by itself.
const KEEP_SOME: [&str; 7] = ["tuple", "code", "native function", "getset", "frame", "generator", "member"];

fn children_of(make: Make) -> (Obj, Vec<Obj>) {
    let mut children = Vec::new();
    let object = make(&mut || {
        let child = List::create(Vec::new());
        children.push(child.clone());
        child
    });
    (object, children)
}

#[test]
fn every_layout_shows_what_it_owns() {
    Heap::new();
    for (name, count, make) in LAYOUTS {
        let (object, children) = children_of(*make);
        assert_eq!(children.len(), *count, "{name}");
        let mut seen = Vec::new();
        Heap::visit(&object, &mut |child| seen.push(child.word()));
        for child in &children {
            let times = seen.iter().filter(|word| **word == child.word()).count();
            assert_eq!((times, child.ref_count()), (1, 2), "{name}");
        }
    }
}

#[test]
fn every_layout_gives_up_what_it_owns() {
    Heap::new();
    for (name, _, make) in LAYOUTS {
        let (object, children) = children_of(*make);
        Heap::clear(&object);
        let left = children.iter().filter(|child| child.ref_count() != 1).count();
        assert!(left == 0 || KEEP_SOME.contains(name), "{name} keeps {left}");
        drop(object);
        assert!(children.iter().all(|child| child.ref_count() == 1), "{name}");
    }
}
