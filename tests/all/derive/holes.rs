//! Programs that once lost an edge, or would have.

use std::marker::PhantomData;

use gc::{Gc, Trace};

use super::{assert_edges, gc};

trait Carries {
    type Carried;
}

impl<'gc> Carries for PhantomData<fn(&'gc ()) -> &'gc ()> {
    type Carried = Gc<'gc, u8>;
}

/// The argument holds nothing, yet by its lifetime decides that the type holds a `Gc`.
#[derive(Trace)]
#[trace(no_rebrand, bound = "T::Carried: Trace<'gc>")]
struct ByArgument<T: Carries>(T::Carried);

#[test]
fn a_type_that_mentions_a_brand_is_no_leaf() {
    type Argument = PhantomData<fn(&'static ()) -> &'static ()>;
    const { assert!(!<ByArgument<Argument> as Trace<'static>>::LEAF) };
    assert_edges(&ByArgument::<Argument>(gc(0x10_0000)), 1);
    assert_edges(&vec![ByArgument::<Argument>(gc(0x10_0000))], 1);
}

/// One pointer by its values, though nothing says `repr(transparent)`.
#[derive(Trace)]
struct Alone<'gc>((), Gc<'gc, u8>, [u64; 0]);

/// A pointer beside something in which `Option` could hide its `None`.
#[derive(Trace)]
struct NotAlone<'gc>(Gc<'gc, u8>, bool);

/// A pointer that may be null itself: `None` of it is another word.
#[derive(Trace)]
struct Nullable<'gc>(Option<Gc<'gc, u8>>);

/// A pointer that is not there: the word, in which `Option` finds its `None`, is another.
#[derive(Trace)]
struct Absent<'gc>([Gc<'gc, u8>; 0], #[trace(static)] &'static u8);

#[test]
fn only_a_lone_pointer_has_null_for_none() {
    const { assert!(<Alone<'static> as Trace<'static>>::POINTER) };
    const { assert!(!<NotAlone<'static> as Trace<'static>>::POINTER) };
    const { assert!(!<Nullable<'static> as Trace<'static>>::POINTER) };
    const { assert!(!<Absent<'static> as Trace<'static>>::POINTER) };
    assert_edges(&Some(Absent([], &7)), 0);
    const { assert!(<Option<Alone<'static>> as Trace<'static>>::MASK.count() == 1) };
    const { assert!(<Option<NotAlone<'static>> as Trace<'static>>::MASK.is_empty()) };
    assert_edges(&Some(Alone((), gc(0x10_0000), [])), 1);
    assert_edges(&None::<Alone<'static>>, 0);
    assert_edges(&Some(NotAlone(gc(0x10_0000), true)), 1);
    assert_edges(&None::<NotAlone<'static>>, 0);
    assert_edges(&Some(Nullable(Some(gc(0x10_0000)))), 1);
    assert_edges(&Some(Nullable(None)), 0);
    assert_edges(&None::<Nullable<'static>>, 0);
}

/// `None` of an enum must not be read as a word of a variant.
#[derive(Trace)]
#[repr(u8)]
enum Tagged<'gc> {
    Number(u64),
    Pointer(Gc<'gc, u8>),
}

#[test]
fn numbers_that_look_like_addresses_are_no_edges() {
    assert_edges(&Tagged::Number(0x10_0000), 0);
    assert_edges(&Tagged::Pointer(gc(0x10_0000)), 1);
    assert_edges(&[Tagged::Number(0x10_0000), Tagged::Pointer(gc(0x20_0000))], 1);
    assert_edges(&Some(Tagged::Number(0x10_0000)), 0);
}

/// A leaf by its argument whose field has a tail of its own: the leaf wins.
#[derive(Trace)]
struct LeafWithTail<T>(T, Option<PhantomData<u8>>);

#[test]
fn a_leaf_has_no_tail() {
    const { assert!(<LeafWithTail<u8> as Trace<'static>>::LEAF) };
    const { assert!(!<LeafWithTail<u8> as Trace<'static>>::TAIL) };
    assert_edges(&LeafWithTail(1_u8, Some(PhantomData)), 0);
    assert_edges(&LeafWithTail(gc::<u8>(0x10_0000), None), 1);
}
