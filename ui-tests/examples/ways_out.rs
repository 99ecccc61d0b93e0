//! What the messages of programs in `fail/` say to write instead.
use gc::{Gc, GcCell, GcRefCell, GcRwLock, Heap, Trace};

/// For `GcCell<Option<Gc<'gc, str>>>`.
#[derive(Trace)]
struct Names<'gc> {
    of_one_word: GcCell<Option<Gc<'gc, Box<str>>>>,
    borrowed: GcRefCell<Option<Gc<'gc, str>>>,
    locked: GcRwLock<Option<Gc<'gc, str>>>,
    bytes: GcCell<Gc<'gc, Box<[u8]>>>,
}

/// For `&'gc str`.
#[derive(Trace)]
struct Texts<'gc> {
    literal: &'static str,
    owned: String,
    shared: Gc<'gc, str>,
}

/// For a `Box` instead of the `Gc`: at an argument that grows a type may point to itself.
#[derive(Trace)]
struct Nest<'gc, T> {
    value: T,
    inner: GcCell<Option<Gc<'gc, Nest<'gc, Vec<T>>>>>,
}

/// For a `RefCell` that is shared by the program's word.
#[derive(Trace)]
struct Guarded {
    #[trace(static)]
    names: std::cell::RefCell<String>,
}

// SAFETY: this program has one thread.
unsafe impl Sync for Guarded {}

fn main() {
    Heap::new().mutate(|mc| {
        let names = Gc::new(
            mc,
            Names {
                of_one_word: GcCell::new(None),
                borrowed: GcRefCell::new(None),
                locked: GcRwLock::new(None),
                bytes: GcCell::new(Gc::new(mc, Box::from([1, 2]))),
            },
        );
        names.of_one_word.set(mc, Some(Gc::new(mc, "one".into())));
        *names.borrowed.borrow_mut(mc) = Some(Gc::str(mc, "two"));
        *names.locked.write(mc) = Some(Gc::str(mc, "three"));
        assert_eq!(names.of_one_word.get().unwrap().len() + names.bytes.get().len(), 5);

        let texts = Texts { literal: "a", owned: "bc".into(), shared: Gc::str(mc, "def") };
        let texts = Gc::new(mc, texts);
        assert_eq!(texts.literal.len() + texts.owned.len() + texts.shared.len(), 6);

        let inner = Gc::new(mc, Nest { value: vec![1, 2], inner: GcCell::new(None) });
        let outer = Gc::new(mc, Nest { value: 3, inner: GcCell::new(Some(inner)) });
        assert_eq!(outer.inner.get().unwrap().value[1] + outer.value, 5);

        let guarded = Gc::new(mc, Guarded { names: "ghij".to_owned().into() });
        assert_eq!(guarded.names.borrow().len(), 4);
    });
}
