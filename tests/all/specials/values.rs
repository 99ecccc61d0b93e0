//! Finalizers and cleanups of objects that are at hand in a value of one word.

use std::sync::{Arc, Mutex};

use gc::{Gc, GcCell, GcSlice, GcStr, Heap, Mutation, Root, Trace, WeakGc, Word};

/// More than 15 variants, so that low bits of addresses tell some of them apart.
#[derive(Clone, Copy, Trace, Word)]
enum Value<'gc> {
    Nothing,
    Number(u32),
    Text(GcStr<'gc>),
    List(GcSlice<'gc, GcCell<Value<'gc>>>),
    Perhaps(Option<Gc<'gc, u64>>),
    V5,
    V6,
    V7,
    V8,
    V9,
    V10,
    V11,
    V12,
    V13,
    V14,
    V15,
    V16,
    Late(GcStr<'gc>),
    V18,
    Other(Gc<'gc, u64>),
    Weak(WeakGc<'gc, u64>),
}

impl Value<'_> {
    /// What it says, without the address.
    fn text(self) -> String {
        match self {
            Self::Text(text) => format!("text {text}"),
            Self::Late(text) => format!("late {text}"),
            Self::List(list) => format!("list of {}", list.len()),
            Self::Perhaps(Some(number)) => format!("perhaps {number}"),
            Self::Other(number) => format!("other {number}"),
            Self::Weak(_) => String::from("weak"),
            _ => String::from("no object"),
        }
    }
}

/// All kinds of values that point to an object.
fn objects<'gc>(mc: &Mutation<'gc>) -> [Value<'gc>; 5] {
    [
        Value::Text(GcStr::new(mc, "one")),
        Value::Late(GcStr::new(mc, "two")),
        Value::List(GcSlice::from_iter(mc, [Value::Nothing, Value::Number(7)].map(GcCell::new))),
        Value::Perhaps(Some(Gc::new(mc, 3))),
        Value::Other(Gc::new(mc, 4)),
    ]
}

fn heap() -> Heap {
    Heap::builder().run_by_hand(true).automatic(false).build()
}

/// A cycle, and what has been told by the callbacks that it has made due.
fn cycle(heap: &Heap, told: &Mutex<Vec<String>>) -> Vec<String> {
    heap.collect().unwrap();
    heap.verify();
    heap.run_pending().unwrap();
    let mut told = std::mem::take(&mut *told.lock().unwrap());
    told.sort_unstable();
    told
}

/// It gets the value, of the same variant, with the object intact, once.
#[test]
fn a_finalizer_gets_the_value() {
    let (heap, told) = (heap(), Arc::new(Mutex::new(Vec::new())));
    let finalizer = || {
        let told = Arc::clone(&told);
        move |value: Value<'_>| told.lock().unwrap().push(value.text())
    };
    let kept: Root<GcCell<Value<'static>>> = heap.mutate(|mc| {
        for value in objects(mc) {
            let tell = finalizer();
            assert!(mc.set_finalizer_of(value, move |_, value| tell(value)).unwrap());
            assert!(mc.set_finalizer_of(value, |_, _| unreachable!("it has one")).is_err());
        }
        for none in [Value::Nothing, Value::Number(u32::MAX), Value::Perhaps(None), Value::V18] {
            assert!(!mc.set_finalizer_of(none, |_, _| unreachable!("there is no object")).unwrap());
        }
        let kept = objects(mc)[1];
        let tell = finalizer();
        assert!(mc.set_finalizer_of(kept, move |_, value| tell(value)).unwrap());
        mc.root(Gc::new(mc, GcCell::new(kept)))
    });
    assert_eq!(cycle(&heap, &told), ["late two", "list of 2", "other 4", "perhaps 3", "text one"]);
    assert_eq!(cycle(&heap, &told), [""; 0]);
    heap.mutate(|mc| assert_eq!(kept.get(mc).get().text(), "late two"));
    drop(kept);
    assert_eq!(cycle(&heap, &told), ["late two"]);
    heap.collect().unwrap();
    assert_eq!(heap.stats().objects(), 0);
}

/// It may store the value, which lives on then; a pointer of one word is a value, too.
#[test]
fn a_finalizer_may_keep_the_value() {
    let heap = heap();
    let lost: Root<GcCell<Value<'static>>> =
        heap.mutate(|mc| mc.root(Gc::new(mc, GcCell::new(Value::Nothing))));
    heap.mutate(|mc| {
        let lost = lost.clone();
        let text = GcStr::new(mc, "given back");
        mc.set_finalizer_of(text, move |mc, text| lost.get(mc).set(mc, Value::Late(text))).unwrap();
    });
    for _ in 0..3 {
        heap.collect().unwrap();
        heap.run_pending().unwrap();
        heap.verify();
        heap.mutate(|mc| assert_eq!(lost.get(mc).get().text(), "late given back"));
    }
}

/// The finalizer of a value and that of the pointer in it are of one object, so there is one of them.
#[test]
fn a_value_and_the_pointer_in_it_have_one_finalizer() {
    heap().mutate(|mc| {
        let number = Gc::new(mc, 7);
        for value in [Value::Other(number), Value::Perhaps(Some(number))] {
            mc.set_finalizer(number, |_| ()).unwrap();
            assert!(mc.set_finalizer_of(value, |_, _| ()).is_err());
            assert!(mc.clear_finalizer(number));
            assert!(mc.set_finalizer_of(value, |_, _| ()).unwrap());
            assert!(mc.set_finalizer(number, |_| ()).is_err() && mc.clear_finalizer(number));
            assert_eq!(value.object_address(), Some(Gc::as_ptr(number).addr()));
        }
        let text = GcStr::new(mc, "text");
        let address = Gc::as_ptr(GcStr::as_thin(text)).addr();
        let values =
            [Value::Text(text).object_address(), Value::Late(text).object_address(), text.object_address()];
        assert_eq!(values, [Some(address); 3]);
    });
}

#[test]
fn cleanups_of_values() {
    let (heap, told) = (heap(), Arc::new(Mutex::new(Vec::new())));
    heap.mutate(|mc| {
        for value in objects(mc) {
            let argument = (value.text(), Arc::clone(&told));
            assert!(
                mc.add_cleanup_of(value, argument, |(text, told)| told.lock().unwrap().push(text)).is_some()
            );
            let stopped = mc.add_cleanup_of(value, (), |()| unreachable!("it is stopped")).unwrap();
            assert!(stopped.stop());
        }
        assert!(mc.add_cleanup_of(Value::Nothing, (), |()| unreachable!("there is no object")).is_none());
        assert!(mc.add_cleanup_of(7_u64, (), |()| unreachable!("there is no object")).is_none());
    });
    assert_eq!(cycle(&heap, &told), ["late two", "list of 2", "other 4", "perhaps 3", "text one"]);
    assert_eq!(heap.stats().objects(), 0);
}

/// A weak pointer is no object; its handle is one, which ends after its target when nobody has the weak pointer.
#[test]
fn of_a_weak_pointer_it_is_the_handle() {
    let (heap, told) = (heap(), Arc::new(Mutex::new(Vec::new())));
    let target = heap.mutate(|mc| {
        let target = Gc::new(mc, 7_u64);
        let tell = Arc::clone(&told);
        let weak = Value::Weak(Gc::downgrade(target, mc));
        let is_set = mc.set_finalizer_of(weak, move |mc, value| {
            let Value::Weak(weak) = value else { panic!("it was a weak pointer") };
            tell.lock().unwrap().push(format!("{:?}", weak.upgrade(mc)));
        });
        assert!(is_set.unwrap());
        mc.root(target)
    });
    assert_eq!(cycle(&heap, &told), [""; 0], "the target keeps it");
    drop(target);
    let mut all = cycle(&heap, &told);
    all.extend(cycle(&heap, &told));
    assert_eq!(all, ["None"]);
    cycle(&heap, &told);
    assert_eq!(heap.stats().objects(), 0);
}

/// A struct of one field is packed as its field is, also where lower bits of the address say which variant it is.
#[test]
fn a_value_in_a_struct_is_the_value() {
    #[derive(Clone, Copy, Trace, Word)]
    struct One<'gc>(Value<'gc>);

    let heap = heap();
    heap.mutate(|mc| {
        for value in objects(mc) {
            assert!(value.object_address().is_some());
            assert_eq!(One(value).object_address(), value.object_address(), "{}", value.text());
            assert!(mc.set_finalizer_of(One(value), |_, _| ()).unwrap());
            assert!(mc.set_finalizer_of(value, |_, _| ()).is_err(), "{}: it has one", value.text());
        }
    });
}
