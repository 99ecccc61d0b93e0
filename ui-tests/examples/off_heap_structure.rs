//! A generic structure outside of the heap whose contents are inside.
use gc::{Gc, GcCell, Heap, Mutation, Rebrand, Root, Trace};

#[derive(Trace)]
struct Head<'gc, T> {
    top: GcCell<Option<Gc<'gc, Item<'gc, T>>>>,
}
#[derive(Trace)]
struct Item<'gc, T> {
    value: T,
    below: Option<Gc<'gc, Item<'gc, T>>>,
}

struct Stack<T: Rebrand + 'static> {
    heap: Heap,
    root: Root<Head<'static, T>>,
}

impl<T: Rebrand<Static = T> + Trace<'static>> Stack<T> {
    fn new(heap: &Heap) -> Self {
        let root = heap.mutate(|mc| Root::new(mc, Gc::new(mc, Head { top: GcCell::new(None) })));
        Self { heap: heap.clone(), root }
    }

    fn push(&self, make: impl for<'gc> FnOnce(&'gc Mutation<'gc>) -> T::At<'gc>) {
        self.heap.mutate(|mc| {
            let head = self.root.get(mc);
            let item = Item { value: make(mc), below: head.top.get() };
            head.top.set(mc, Some(Gc::new(mc, item)));
        });
    }

    fn pop<R>(&self, read: impl for<'gc> FnOnce(&'gc T::At<'gc>) -> R) -> Option<R> {
        self.heap.mutate(|mc| {
            let head = self.root.get(mc);
            let top = head.top.get()?;
            head.top.set(mc, top.below);
            Some(read(&Gc::as_ref(top).value))
        })
    }
}

fn main() {
    let heap = Heap::new();
    let stack: Stack<Gc<'static, String>> = Stack::new(&heap);
    stack.push(|mc| Gc::new(mc, String::from("a")));
    stack.push(|mc| Gc::new(mc, String::from("b")));
    heap.collect().unwrap();
    assert_eq!(stack.pop(|text| text.to_string()).as_deref(), Some("b"));
    assert_eq!(stack.pop(|text| text.to_string()).as_deref(), Some("a"));
    assert_eq!(stack.pop(|_| ()), None);
}
