//! What is `Send` and `Sync`, how types vary, and how large they are: the table in the documentation of the
//! crate, checked by the compiler.

use std::cell::Cell;
use std::panic::UnwindSafe;
use std::sync::Arc;

use gc::{
    BorrowError, ByAddress, Gc, GcCell, GcOnce, GcRefCell, GcRwLock, GcSlice, GcStr, GcVec, Heap, Mutation,
    Mutator, ReadGuard, Ref, RefMut, Root, Stats, Tagged, Trace, WeakGc, WeakHeap, WriteGuard,
};

/// Asserts that types implement a trait.
macro_rules! are {
    ($Trait:path: $($T:ty),+ $(,)?) => {
        const _: fn() = || {
            fn is<T: ?Sized + $Trait>() {}
            $(is::<$T>();)+
        };
    };
}

/// Asserts that types do not implement a trait: if one did, there would be two candidates for `which`, and its
/// parameter could not be inferred.
macro_rules! are_not {
    ($Trait:path: $($T:ty),+ $(,)?) => {$(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn which() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Implements;
            impl<T: ?Sized + $Trait> Ambiguous<Implements> for T {}
            <$T as Ambiguous<_>>::which();
        };
    )+};
}

/// Not `Sync`, but `Send`.
type Unsync = Cell<u8>;
/// Neither.
type Unsent = *mut u8;

/// Any type with an edge.
#[derive(Trace)]
struct Node<'gc> {
    _next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
}
type N = Node<'static>;
type Edge = Gc<'static, N>;
type Dyn = dyn core::fmt::Debug;
type DynSync = dyn core::fmt::Debug + Send + Sync;

are!(Send: Heap, WeakHeap, Stats, BorrowError, gc::CollectError, gc::AllocError, gc::HeapBuilder);
are!(Sync: Heap, WeakHeap, Stats, BorrowError, gc::CollectError, gc::AllocError, gc::HeapBuilder);
are!(Send: gc::WeakValueMap<'static, String, N>, gc::Cache<'static, Edge, N>);
are!(Send: gc::Ephemeron<'static, N, Edge>, gc::WeakMap<'static, N, Edge>, gc::WeakSet<'static, N>, gc::Interner<'static, N>);
are!(Sync: gc::WeakValueMap<'static, String, N>, gc::Cache<'static, Edge, N>);
are!(Sync: gc::Ephemeron<'static, N, Edge>, gc::WeakMap<'static, N, Edge>, gc::WeakSet<'static, N>, gc::Interner<'static, N>);
are_not!(Sync: gc::Ephemeron<'static, N, Unsync>, gc::Ephemeron<'static, N, Unsent>);
are_not!(Send: gc::Ephemeron<'static, N, Unsent>, gc::WeakValueMap<'static, Unsent, N>, gc::Cache<'static, Unsent, N>);
are_not!(Sync: gc::WeakValueMap<'static, Unsync, N>, gc::Cache<'static, Unsync, N>);
are!(Send: gc::Seed<'static>);
are!(Sync: gc::Seed<'static>);
are_not!(Send: Mutation<'static>, Mutator);
are_not!(Sync: Mutation<'static>, Mutator);

are!(Send: Edge, ByAddress<'static, N>, WeakGc<'static, N>, Gc<'static, str>, Gc<'static, [N]>);
are!(Sync: Edge, ByAddress<'static, N>, WeakGc<'static, N>, Gc<'static, str>, Gc<'static, [N]>);
// Whatever the target, which is not asked: there is no `Gc` whose target cannot be in the heap, and none of these can.
are!(Send: Gc<'static, Unsync>, Gc<'static, Unsent>, Gc<'static, Dyn>, ByAddress<'static, Unsent>);
are!(Sync: WeakGc<'static, Unsync>, WeakGc<'static, Unsent>, Gc<'static, Dyn>, ByAddress<'static, Unsent>);
are!(Send: GcSlice<'static, N>, GcStr<'static>, GcSlice<'static, Unsent>);
are!(Sync: GcSlice<'static, N>, GcStr<'static>, GcSlice<'static, Unsync>);
are!(Send: GcVec<'static, N>, GcVec<'static, Edge>);
are!(Sync: GcVec<'static, N>, GcVec<'static, Edge>);
are_not!(Trace<'static>: GcVec<'static, Unsync>, GcVec<'static, std::rc::Rc<u8>>, GcRefCell<[Unsync]>, GcRwLock<[Unsync]>);
are_not!(Trace<'static>: GcSlice<'static, Unsync>, GcSlice<'static, std::rc::Rc<u8>>);
are_not!(Trace<'static>: Unsync, Unsent, Dyn, DynSync, std::rc::Rc<u8>);
are_not!(Trace<'static>: Gc<'static, Unsync>, WeakGc<'static, Unsent>, ByAddress<'static, Dyn>);

are!(Send: gc::Pinned<N>, gc::Pinned<[N]>);
are!(Sync: gc::Pinned<N>, gc::Pinned<[N]>);
are_not!(Send: gc::Pinned<Unsync>, gc::Pinned<Unsent>);
are_not!(Sync: gc::Pinned<Unsync>, gc::Pinned<Unsent>);
are!(Send: Root<N>, Root<str>, Root<[N]>, Root<DynSync>);
are!(Sync: Root<N>, Root<str>, Root<[N]>, Root<DynSync>);
are_not!(Send: Root<Unsync>, Root<Unsent>, Root<Dyn>);
are_not!(Sync: Root<Unsync>, Root<Unsent>, Root<Dyn>);

are!(Send: GcRefCell<[N]>, GcRwLock<[N]>);
are!(Sync: GcRefCell<[N]>, GcRwLock<[N]>);
are_not!(Sync: GcRefCell<[Unsync]>, GcRwLock<[Unsync]>, GcRefCell<Dyn>, GcRwLock<Dyn>);
are_not!(Send: GcRefCell<[Unsent]>, GcRwLock<[Unsent]>);
are!(Send: Tagged<u64>, Tagged<Edge>);
are!(Sync: Tagged<u64>, Tagged<Edge>);
are_not!(Send: Tagged<Unsent>);
are_not!(Sync: Tagged<Unsync>);
are!(Send: GcCell<u64>, GcCell<Edge>, GcOnce<N>, GcOnce<String>, GcRefCell<N>, GcRwLock<Vec<N>>);
are!(Sync: GcCell<u64>, GcCell<Edge>, GcOnce<N>, GcOnce<String>, GcRefCell<N>, GcRwLock<Vec<N>>);
are_not!(Sync: GcCell<Unsync>, GcOnce<Unsync>, GcRefCell<Unsync>, GcRwLock<Unsync>);
are_not!(Sync: GcCell<Unsent>, GcOnce<Unsent>, GcRefCell<Unsent>, GcRwLock<Unsent>);
are_not!(Send: GcCell<Unsent>, GcOnce<Unsent>, GcRefCell<Unsent>, GcRwLock<Unsent>);

are_not!(Send: Ref<'static, N>, RefMut<'static, N>, ReadGuard<'static, N>, WriteGuard<'static, N>);
are_not!(Send: Ref<'static, str>, RefMut<'static, [N]>, ReadGuard<'static, u8>, WriteGuard<'static, str>);
are_not!(Sync: Ref<'static, N>, RefMut<'static, N>, ReadGuard<'static, N>, WriteGuard<'static, N>);

are!(UnwindSafe: Heap, WeakHeap, gc::HeapBuilder, Mutator, &'static Mutation<'static>, gc::Seed<'static>);
are!(UnwindSafe: &'static Heap, &'static Mutator, Edge, &'static Edge, WeakGc<'static, N>, Root<N>, &'static Root<N>);
are!(Send: gc::RootByAddress<N>);
are!(Sync: gc::RootByAddress<N>);
are!(UnwindSafe: GcVec<'static, N>, &'static GcVec<'static, Edge>);
are!(UnwindSafe: GcSlice<'static, N>, &'static GcSlice<'static, N>, GcStr<'static>);
are!(UnwindSafe: gc::WeakRoot<N>, gc::RootByAddress<N>, gc::Pinned<N>, ByAddress<'static, N>, gc::CollectError, gc::AllocError, Stats);

/// `Mutation` must not be cloned or made out of nothing, and roots are no `Copy`.
mod no_way_around {
    use super::*;

    are_not!(Clone: Mutation<'static>, Mutator);
    are_not!(Default: Mutation<'static>, Mutator);
    // Two would have one memory.
    are_not!(Clone: GcVec<'static, u8>);
    are_not!(Copy: GcVec<'static, u8>, Root<N>, GcCell<Edge>, Ref<'static, N>);
    are_not!(Clone: GcCell<Edge>, GcRefCell<u8>, GcRwLock<u8>, GcOnce<u8>, RefMut<'static, u8>);
    are!(Copy: Edge, Gc<'static, str>, GcStr<'static>, GcSlice<'static, String>, ByAddress<'static, N>);
    // Contents could only be compared with a mutation.
    are_not!(PartialEq: GcRefCell<u8>, GcRwLock<u8>, GcCell<u8>);
    are_not!(core::ops::DerefMut: GcStr<'static>, GcSlice<'static, u8>);
    are_not!(core::ops::DerefMut: Edge, Root<N>, ReadGuard<'static, u8>, Ref<'static, u8>);
}

/// What is covariant can be given where a shorter lifetime is asked for. (That the others cannot is a matter of
/// programs that do not compile.)
mod covariant {
    use super::{ByAddress, Gc, GcSlice, GcVec, ReadGuard, Ref};

    fn _contents<'short>(
        a: Ref<'short, &'static str>,
        b: ReadGuard<'short, &'static str>,
    ) -> (Ref<'short, &'short str>, ReadGuard<'short, &'short str>) {
        (a, b)
    }

    fn _gc<'gc, 'short>(long: Gc<'gc, &'static str>) -> Gc<'gc, &'short str> {
        long
    }
    fn _slice<'gc, 'short>(long: GcSlice<'gc, &'static str>) -> GcSlice<'gc, &'short str> {
        long
    }
    fn _vec<'gc, 'short>(long: GcVec<'gc, &'static str>) -> GcVec<'gc, &'short str> {
        long
    }
    fn _by_address<'gc, 'short>(long: ByAddress<'gc, &'static str>) -> ByAddress<'gc, &'short str> {
        long
    }
    fn _guards<'short, 'long: 'short>(
        a: Ref<'long, u8>,
        b: ReadGuard<'long, u8>,
    ) -> (Ref<'short, u8>, ReadGuard<'short, u8>) {
        (a, b)
    }
}

const WORD: usize = size_of::<usize>();
const _: () = {
    assert!(size_of::<Edge>() == WORD);
    assert!(size_of::<Option<Edge>>() == WORD);
    assert!(size_of::<GcCell<Edge>>() == WORD);
    assert!(size_of::<GcCell<Option<Edge>>>() == WORD);
    assert!(size_of::<GcCell<u8>>() == WORD);
    assert!(size_of::<ByAddress<'static, N>>() == WORD);
    assert!(size_of::<Root<N>>() == WORD);
    assert!(size_of::<Option<Root<N>>>() == WORD);
    assert!(size_of::<Root<str>>() == 2 * WORD);
    assert!(size_of::<Root<DynSync>>() == 2 * WORD);
    assert!(size_of::<Gc<'static, str>>() == 2 * WORD);
    assert!(size_of::<GcStr<'static>>() == WORD && size_of::<GcSlice<'static, N>>() == WORD);
    assert!(size_of::<GcCell<Option<GcStr<'static>>>>() == WORD);
    assert!(size_of::<Option<Gc<'static, DynSync>>>() == 2 * WORD);
    assert!(size_of::<GcRefCell<u64>>() == 2 * WORD);
    assert!(size_of::<GcRwLock<u32>>() == 12 && size_of::<GcRwLock<u64>>() == 16);
    assert!(size_of::<Heap>() == WORD);
};

/// The negative assertions can tell: each of these types is what the other macro says it is.
#[test]
fn the_macros_tell_types_apart() {
    are!(Send: Unsync, Arc<u8>);
    are_not!(Sync: Unsync);
    are_not!(Send: Unsent, std::rc::Rc<u8>);
}
