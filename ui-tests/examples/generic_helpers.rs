//! Generic functions ask for `T: Trace<'gc>` and no more; those that make roots for `AtBrand`.
use gc::implement::RebrandDst;
use gc::{AtBrand, Gc, GcRefCell, Heap, Mutation, Root, Trace};

fn pair<'gc, T: Trace<'gc>>(mc: &Mutation<'gc>, a: T, b: T) -> Gc<'gc, (T, T)> {
    Gc::new(mc, (a, b))
}

fn first<'gc, A: Trace<'gc>, B: Trace<'gc>>(pair: Gc<'gc, (A, B)>) -> Gc<'gc, A> {
    Gc::project(pair, |pair| &pair.0)
}

fn keep<'gc, T: ?Sized + AtBrand<'gc>>(mc: &Mutation<'gc>, gc: Gc<'gc, T>) -> Root<T::Static> {
    mc.root(gc)
}

fn list<'gc, T>(mc: &Mutation<'gc>, items: impl IntoIterator<Item = T>) -> Gc<'gc, GcRefCell<Vec<T>>>
where
    T: Trace<'gc>,
{
    Gc::new(mc, GcRefCell::new(items.into_iter().collect()))
}

fn with<R, T: RebrandDst + ?Sized>(
    heap: &Heap,
    root: &Root<T>,
    read: impl for<'gc> FnOnce(&'gc T::At<'gc>) -> R,
) -> R {
    heap.mutate(|mc| read(Gc::as_ref(root.get(mc))))
}

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| {
        let numbers = pair(mc, 1_u8, 2);
        let one = first(numbers);
        list(mc, [one, one]).borrow_mut(mc).push(one);
        keep(mc, pair(mc, one, first(numbers)))
    });
    let text: Root<str> = heap.mutate(|mc| keep(mc, Gc::str(mc, "text")));
    assert_eq!(with(&heap, &root, |pair| *pair.0 + *pair.1), 2);
    assert_eq!(with(&heap, &text, str::len), 4);
}
