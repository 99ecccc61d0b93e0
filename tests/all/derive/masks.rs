//! Masks of derived types.
#![forbid(unsafe_code)]
#![warn(clippy::pedantic, clippy::nursery)]
use gc::{Gc, GcCell, Mask, Trace};

#[derive(Trace)]
#[repr(C)]
struct Node<'gc> {
    key: u64,
    left: Option<Gc<'gc, Node<'gc>>>,
    right: GcCell<Option<Gc<'gc, Node<'gc>>>>,
    f: fn(&Gc<'gc, u8>),
}
#[derive(Trace)]
struct Pair<A, B>(A, B);
#[derive(Trace)]
struct Unit;
#[derive(Trace)]
enum E<'gc, T: 'gc> {
    A,
    B(T),
    C { x: Gc<'gc, T> },
}
#[derive(Trace)]
#[repr(u8)]
enum R<'gc, T> {
    A(u8, Gc<'gc, T>) = 3,
    B(u64, Gc<'gc, T>, T),
    C { x: Gc<'gc, u8>, y: Gc<'gc, T> },
}
#[derive(Trace)]
#[repr(C)]
enum S<'gc> {
    A(Gc<'gc, u8>),
    B(u8),
}
#[derive(Trace)]
struct W<'gc, T: ?Sized>(Gc<'gc, T>, ());
#[derive(Trace)]
#[trace(bound = "T: gc::Word<'gc>")]
struct CellOf<T>(GcCell<T>);
#[derive(Trace)]
struct Map<'gc, #[trace(static)] K: Ord, V = u8> {
    k: K,
    v: Gc<'gc, V>,
    #[trace(static)]
    t: std::sync::Mutex<u8>,
    #[trace(static)]
    kk: Option<K>,
}
#[derive(Trace)]
struct Job {
    child: std::process::Child,
    f: Box<dyn Fn() + Send + Sync>,
}
#[derive(Trace)]
enum Never {}
#[derive(Trace)]
enum NeverOf<T> {
    A(T, Never),
}

const fn mask<'gc, T: Trace<'gc>>() -> [u64; 4] {
    assert!(T::MASK.fits());
    T::MASK.words()
}
const _: () = assert!(<Node<'static> as Trace<'static>>::MASK.equals(Mask::from_words([0b110, 0, 0, 0])));
const _: () = assert!(mask::<R<'static, u8>>()[0] == 0);
const _: () = assert!(mask::<R<'static, u64>>()[0] == 0);
#[test]
fn prints() {
    println!("{:?}", <R<'static, u64> as Trace<'static>>::VARIANTS);
    println!("{:?}", <S<'static> as Trace<'static>>::VARIANTS);
}
#[derive(Trace, gc::Word, Clone, Copy)]
enum Value<'gc> {
    Nil,
    Int(i32),
    Obj(Gc<'gc, Node<'gc>>),
    Opt(Option<Gc<'gc, u8>>),
    Ch { c: char, p: std::marker::PhantomData<&'gc u8> },
}
#[derive(Trace, gc::Word, Clone, Copy)]
struct Ref<'gc>(Gc<'gc, Node<'gc>>);
#[derive(Trace, gc::Word)]
struct Ref2<'gc, T>(Gc<'gc, T>, std::marker::PhantomData<T>);
impl<T> Clone for Ref2<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Ref2<'_, T> {}
