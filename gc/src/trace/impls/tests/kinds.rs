//! Which types are leaves, what runs when they are dropped, and that brands are replaced in all of them.

use core::cmp::Reverse;
use core::marker::PhantomData;
use core::num::NonZero;
use core::ops::{Bound, ControlFlow, RangeInclusive};
use core::pin::Pin;
use core::task::Poll;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, RwLock, Weak};

use super::{Json, Key, Shape, UserDrop, edge, kind};
use crate::object::DropKind;
use crate::pointer::Gc;
use crate::trace::{AtBrand, Static, Trace};

#[test]
fn leaves_are_what_no_argument_makes_more() {
    type P<'gc> = Gc<'gc, u8>;
    fn leaf<'gc, T: ?Sized + Trace<'gc>>() -> bool {
        assert!(!(T::TAIL && T::LEAF));
        T::LEAF
    }
    assert!(leaf::<u64>() && leaf::<NonZero<u8>>() && leaf::<String>() && leaf::<str>() && leaf::<Json>());
    assert!(leaf::<Vec<u8>>() && leaf::<VecDeque<u8>>() && leaf::<Box<[u64]>>() && leaf::<[u8]>());
    assert!(leaf::<HashMap<String, Json>>() && leaf::<BTreeMap<u8, u8>>() && leaf::<Box<str>>());
    assert!(leaf::<(u8, String)>() && leaf::<[u8; 4]>() && leaf::<Option<u8>>() && leaf::<Result<u8, u8>>());
    assert!(leaf::<Arc<Mutex<u8>>>() && leaf::<Weak<str>>() && leaf::<&'static str>());
    assert!(leaf::<RwLock<u8>>() && leaf::<OnceLock<u8>>() && leaf::<Cow<'static, str>>());
    assert!(leaf::<Static<std::fs::File>>() && leaf::<Vec<Static<u8>>>());
    assert!(!leaf::<Vec<P<'_>>>() && !leaf::<Box<P<'_>>>() && !leaf::<[P<'_>]>() && !leaf::<[P<'_>; 1]>());
    assert!(!leaf::<HashMap<u8, P<'_>>>() && !leaf::<HashMap<P<'_>, u8>>() && !leaf::<HashSet<P<'_>>>());
    assert!(!leaf::<BTreeMap<P<'_>, u8>>() && !leaf::<Result<u8, P<'_>>>() && !leaf::<(u8, P<'_>)>());
    assert!(!leaf::<Box<dyn Shape<'_>>>() && !leaf::<Option<P<'_>>>() && !leaf::<VecDeque<P<'_>>>());
}

#[test]
fn drops_run_code_of_the_program_only_where_there_is_some() {
    use DropKind::{Library, None, User};
    for none in
        [kind::<u64>(), kind::<(u8, Gc<'_, u8>)>(), kind::<[Option<char>; 3]>(), kind::<&'static str>()]
    {
        assert_eq!(none, None);
    }
    assert_eq!([kind::<String>(), kind::<Box<u8>>(), kind::<Vec<Gc<'_, u8>>>()], [Library; 3]);
    assert_eq!([kind::<Json>(), kind::<Vec<Json>>(), kind::<HashMap<u8, Json>>()], [Library; 3]);
    assert_eq!([kind::<(u8, String)>(), kind::<Option<String>>(), kind::<[String; 2]>()], [Library; 3]);
    assert_eq!([kind::<Cow<'static, str>>(), kind::<Arc<str>>(), kind::<Weak<UserDrop>>()], [Library; 3]);
    assert_eq!([kind::<Vec<UserDrop>>(), kind::<Box<UserDrop>>(), kind::<(u8, UserDrop)>()], [User; 3]);
    assert_eq!([kind::<Option<UserDrop>>(), kind::<[UserDrop; 2]>(), kind::<[UserDrop]>()], [User; 3]);
    assert_eq!([kind::<Result<u8, UserDrop>>(), kind::<VecDeque<Vec<UserDrop>>>()], [User; 2]);
    assert_eq!([kind::<BTreeMap<u8, UserDrop>>(), kind::<BTreeSet<UserDrop>>()], [User; 2]);
    assert_eq!([kind::<Arc<UserDrop>>(), kind::<Mutex<UserDrop>>(), kind::<Static<UserDrop>>()], [User; 3]);
    assert_eq!([kind::<Box<dyn Shape<'_>>>(), kind::<Cow<'static, [UserDrop]>>()], [User; 2]);
    assert_eq!([kind::<Reverse<UserDrop>>(), kind::<RangeInclusive<UserDrop>>()], [User; 2]);
    // A hasher of the program with a `Drop` is dropped with its map.
    assert_eq!([kind::<HashMap<u8, u8, UserDrop>>(), kind::<HashSet<u8, UserDrop>>()], [User; 2]);
}

#[test]
fn brands_are_replaced_in_every_argument() {
    fn stands_at<'gc, T: ?Sized + AtBrand<'gc>>() {}
    fn check<'gc>(_: Gc<'gc, u8>) {
        stands_at::<'gc, Vec<Box<VecDeque<Gc<'gc, u8>>>>>();
        stands_at::<'gc, HashMap<Key<'gc>, BTreeMap<Key<'gc>, BTreeSet<Key<'gc>>>>>();
        stands_at::<'gc, (Key<'gc>, [Key<'gc>; 2], LinkedList<Key<'gc>>, BinaryHeap<Key<'gc>>)>();
        stands_at::<'gc, Result<Option<Key<'gc>>, Poll<Bound<ControlFlow<u8, Key<'gc>>>>>>();
        stands_at::<'gc, [Key<'gc>]>();
        stands_at::<'gc, Box<[Key<'gc>]>>();
        stands_at::<'gc, Pin<Box<dyn Shape<'gc>>>>();
        stands_at::<'gc, core::ops::Range<Reverse<Key<'gc>>>>();
        stands_at::<'gc, PhantomData<Key<'gc>>>();
        stands_at::<'gc, PhantomData<dyn Shape<'gc>>>();
        stands_at::<'gc, (Arc<str>, Cow<'static, str>, &'static str, Static<u8>)>();
        stands_at::<'gc, str>();
        stands_at::<'gc, std::path::Path>();
    }
    check(edge(0));
}
