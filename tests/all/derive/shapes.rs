//! Types of every shape are `Trace` and can be rebranded.
#![allow(dead_code, reason = "some are only compiled")]
#![allow(explicit_outlives_requirements, reason = "the derive must understand them")]

use std::collections::BTreeMap;
use std::fmt::Display;
use std::hash::Hash;
use std::marker::PhantomData;

use gc::implement::RebrandWord;
use gc::{AtBrand, Gc, GcCell, Heap, Leaf, Rebrand, Root, Trace, Word};

use super::{assert_edges, gc};

/// Compiles for types at a brand, whose brand can be replaced.
fn rootable<'gc, T: AtBrand<'gc>>() {}

#[derive(Trace)]
struct Pair<A, B>(A, B);
#[derive(Trace)]
struct Defaults<'gc, T = u8, const N: usize = 3> {
    many: [Gc<'gc, T>; N],
    value: T,
}
#[derive(Trace)]
struct Bounded<'a, T: 'a + Send + Sync>
where
    T: Trace<'a>,
    T: Rebrand,
{
    value: T,
    this: Option<Gc<'a, Bounded<'a, T>>>,
}
#[derive(Trace)]
struct Index<'gc, #[trace(static)] K: Ord + Display, V>
where
    K: Hash,
{
    entries: BTreeMap<K, Gc<'gc, V>>,
    #[trace(static)]
    show: Option<fn(&K) -> String>,
}
#[derive(Trace)]
#[trace(bound = "T: Word<'gc>")]
struct Slot<T>(GcCell<T>, u8);
#[derive(Trace)]
struct Slots<'gc, T: Word<'gc>>(GcCell<T>, Gc<'gc, u8>);
#[derive(Trace)]
#[trace(no_rebrand)]
struct Sorted<'gc, T: Ord>(Vec<T>, Gc<'gc, u8>);
#[derive(Trace)]
struct Unsized<'gc, T: ?Sized>(Gc<'gc, T>);
#[derive(Trace)]
struct Kept<#[trace(static)] T>(#[trace(static)] T);
#[derive(Trace)]
enum List<'gc, T> {
    Empty,
    Cons { head: T, tail: Gc<'gc, List<'gc, T>> },
    Owned(T, Box<Self>),
}
#[derive(Trace)]
struct Function<'gc, #[trace(static)] P, T> {
    with_kept: fn(P) -> P,
    with_parameter: fn(T) -> u8,
    value: Gc<'gc, T>,
}
#[derive(Trace)]
struct Id<'gc, #[trace(static)] C> {
    of: Gc<'gc, u8>,
    kind: PhantomData<C>,
    kinds: [(PhantomData<(C, u8)>, u8); 2],
}
#[derive(Trace)]
enum Expr<'gc, #[trace(static)] C, T, #[trace(static)] D> {
    Literal(T, std::marker::PhantomData<fn(C) -> D>),
    Not(Gc<'gc, Expr<'gc, C, T, D>>),
    Both(Vec<Expr<'gc, C, T, D>>, GcCell<Option<Gc<'gc, Expr<'gc, C, T, D>>>>),
    Of(Gc<'gc, Expr<'gc, C, u8, D>>),
}
/// Its parameters change places, so that each must be what the other must be.
#[derive(Trace)]
struct Flip<'gc, #[trace(static)] A, #[trace(static)] B> {
    other: Option<Gc<'gc, Flip<'gc, B, A>>>,
    value: A,
}

#[test]
fn derived_types_are_rootable() {
    fn at<'gc>(_: &'gc ()) {
        rootable::<'gc, Pair<Gc<'gc, u8>, String>>();
        rootable::<'gc, Defaults<'gc>>();
        rootable::<'gc, Defaults<'gc, Gc<'gc, u8>, 0>>();
        rootable::<'gc, Bounded<'gc, Option<Gc<'gc, u8>>>>();
        rootable::<'gc, Index<'gc, String, Pair<u8, Gc<'gc, u8>>>>();
        rootable::<'gc, Slot<Option<Gc<'gc, u8>>>>();
        rootable::<'gc, Slots<'gc, Gc<'gc, u8>>>();
        rootable::<'gc, Unsized<'gc, str>>();
        rootable::<'gc, Unsized<'gc, [Gc<'gc, u8>]>>();
        rootable::<'gc, Kept<std::process::ExitStatus>>();
        rootable::<'gc, List<'gc, Gc<'gc, u8>>>();
        rootable::<'gc, Function<'gc, String, Gc<'gc, u8>>>();
        rootable::<'gc, Flip<'gc, u8, String>>();
    }
    at(&());
}

/// A type that is only named needs no `Trace`.
#[test]
fn markers_are_any_types() {
    struct Marker;
    fn at<'gc>(_: &'gc ()) {
        rootable::<'gc, Id<'gc, Marker>>();
        rootable::<'gc, Expr<'gc, Marker, Gc<'gc, u8>, Marker>>();
    }
    at(&());
    let literal = || Expr::<Marker, _, Marker>::Literal(gc::<u8>(0x10_0000), PhantomData);
    assert_edges(&literal(), 1);
    assert_edges(&Expr::<Marker, u8, Marker>::Not(gc(0x10_0000)), 1);
    assert_edges(&Expr::Both(vec![literal()], GcCell::new(Some(gc(0x20_0000)))), 2);
    assert_edges(&Id::<Marker> { of: gc(0x10_0000), kind: PhantomData, kinds: [(PhantomData, 0); 2] }, 1);
}

#[derive(Trace)]
struct Plain<'gc, #[trace(static)] T: Leaf + Ord> {
    sorted: Vec<T>,
    next: Option<Gc<'gc, Plain<'gc, T>>>,
}

/// One bound is enough for code over plain data.
#[test]
fn leaves_have_all_that_plain_data_has() {
    fn keep<T: Leaf + Ord>(heap: &Heap, sorted: Vec<T>) -> Root<Plain<'static, T>> {
        fn is_shared<T: Send + Sync + 'static>(_: &T) {}
        is_shared(&sorted);
        heap.mutate(|mc| mc.root(Gc::new(mc, Plain { sorted, next: None })))
    }
    fn pair<T: Leaf>(heap: &Heap, one: T, other: T) -> Root<(T, Gc<'static, T>)> {
        heap.mutate(|mc| mc.root(Gc::new(mc, (one, Gc::new(mc, other)))))
    }
    let heap = Heap::new();
    let (plain, pair) = (keep(&heap, vec!["a", "b"]), pair(&heap, String::from("c"), String::new()));
    heap.mutate(|mc| assert_eq!((plain.get(mc).sorted[1], &*pair.get(mc).0), ("b", "c")));
}

/// Code that knows a type by `Rebrand` alone can go to another brand and back.
fn there_and_back<'a, T: Rebrand>(_: &'a ()) -> &'static str {
    std::any::type_name::<<T::At<'a> as Rebrand>::Static>()
}

fn word_there_and_back<'a, T: RebrandWord>(_: &'a ()) -> &'static str {
    std::any::type_name::<<T::WordAt<'a> as RebrandWord>::WordStatic>()
}

#[test]
fn rebranding_twice_is_rebranding_once() {
    assert_eq!(there_and_back::<Pair<Gc<'_, u8>, u8>>(&()), std::any::type_name::<Pair<Gc<'_, u8>, u8>>());
    assert_eq!(there_and_back::<Slot<Gc<'_, u8>>>(&()), std::any::type_name::<Slot<Gc<'_, u8>>>());
    assert_eq!(word_there_and_back::<Gc<'_, u8>>(&()), std::any::type_name::<Gc<'_, u8>>());
}

#[test]
fn edges_are_found() {
    assert_edges(&Pair(gc::<u8>(0x10_0000), gc::<u8>(0x20_0000)), 2);
    assert_edges(&Defaults::<u8, 3> { many: [gc(0x10_0000); 3], value: 0 }, 3);
    assert_edges(&Bounded { value: gc::<u8>(0x10_0000), this: Some(gc(0x20_0000)) }, 2);
    let entries = (0..4_usize).map(|i| (i, gc::<u8>(0x10_0000 + i))).collect();
    assert_edges(&Index { entries, show: None }, 4);
    assert_edges(&Slot(GcCell::new(Some(gc::<u8>(0x10_0000))), 0), 1);
    assert_edges(&Slots(GcCell::new(gc::<u8>(0x10_0000)), gc(0x20_0000)), 2);
    assert_edges(&Sorted(vec![1, 2], gc(0x20_0000)), 1);
    assert_edges(&List::Cons { head: gc::<u8>(0x10_0000), tail: gc(0x20_0000) }, 2);
    assert_edges(
        &List::Owned(gc::<u8>(0x10_0000), Box::new(List::Owned(gc(0x30_0000), Box::new(List::Empty)))),
        2,
    );
    let function = Function { with_kept: |n: u8| n, with_parameter: |_: u8| 0, value: gc(0x10_0000) };
    assert_edges(&function, 1);
}

/// Deeper than any stack.
#[test]
fn nesting_is_no_recursion() {
    let mut list = List::Empty;
    for i in 0..100_000 {
        list = List::Owned(gc::<u8>(0x10_0000 + i), Box::new(list));
    }
    // SAFETY: there is no cell in the list.
    assert_eq!(unsafe { gc::__private::edges_of_trace(&list) }.len(), 100_000);
    // The drop glue of such a value is recursive.
    std::mem::forget(list);
}
