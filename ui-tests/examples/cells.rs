//! Every cell in an object, used from a shared pointer.
use gc::{Gc, GcCell, GcOnce, GcRefCell, GcRwLock, Heap, Mutation, Trace};

#[derive(Trace)]
struct Account<'gc> {
    id: u64,
    parent: GcCell<Option<Gc<'gc, Account<'gc>>>>,
    history: GcRefCell<Vec<Gc<'gc, str>>>,
    shared: GcRwLock<Vec<Gc<'gc, Account<'gc>>>>,
    name: GcOnce<String>,
}

fn account<'gc>(mc: &Mutation<'gc>, id: u64) -> Gc<'gc, Account<'gc>> {
    Gc::new(
        mc,
        Account {
            id,
            parent: GcCell::new(None),
            history: GcRefCell::default(),
            shared: GcRwLock::default(),
            name: GcOnce::new(),
        },
    )
}

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| {
        let (a, b) = (account(mc, 1), account(mc, 2));
        a.parent.set(mc, Some(b));
        b.parent.set(mc, Some(a));
        a.history.borrow_mut(mc).push(Gc::str(mc, "opened"));
        b.shared.write(mc).extend([a, b]);
        let name: &str = Gc::as_ref(a).name.get_or_init(mc, || "first".into());
        assert_eq!((name, a.name.set(mc, "second".into())), ("first", Err("second".into())));
        mc.root(a)
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let a = root.get(mc);
        let b = a.parent.get().unwrap();
        assert_eq!((a.id, b.id, &*a.history.borrow(mc)[0]), (1, 2, "opened"));
        assert!(b.shared.read(mc).iter().any(|other| Gc::ptr_eq(*other, a)));
        let text: Option<&'static str> = Some("a cell outside of the heap");
        let outside = GcRefCell::new(text);
        *outside.borrow_mut(mc) = None;
    });
}
