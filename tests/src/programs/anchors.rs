//! What a program holds outside of mutations for each type of objects: roots, weak roots, pins; and the finalizers that
//! it sets.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use gc::{AllocError, Cleanup, Gc, Heap, Mutation, Pinned, RetainingPath, Root, WeakRoot};

use crate::programs::bond::Pact;
use crate::programs::callbacks::{CleanupCode, FinalizerCode};
use crate::programs::canary::Canary;
use crate::programs::handle::Handle;
use crate::programs::objects::{
    Aligned, Cell, Choice, Deep, Early, Flock, Holder, Late, Leaf, Link, Locked, Many, Mourned, Named, Node,
    Once, Part, Row, Speech, Steps, Typed, Variant, Vector, Wide,
};
use crate::programs::shelf::Shelf;
use crate::programs::sight::Watcher;
use crate::programs::voice::{Herald, Voice};

/// A number that two weak pointers of any types have in common exactly when they are equal.
fn identity(weak: impl std::hash::Hash) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(weak)
}

/// What outlives mutations, for each pointer, and back.
macro_rules! anchors {
    (links { $($Name:ident $T:ty,)* } others { $($Other:ident $U:ty,)* }) => {
        /// A root of any object, or of a part of one.
        #[derive(Clone, Debug)]
        pub(crate) enum AnyRoot {
            $($Name(Root<$T>),)*
            $($Other(Root<$U>),)*
        }

        /// A weak root of any object, or of a part of one.
        #[derive(Clone, Debug)]
        pub(crate) enum AnyWeak {
            $($Name(WeakRoot<$T>),)*
            $($Other(WeakRoot<$U>),)*
        }

        /// A pin of any object, or of a part of one.
        #[derive(Debug)]
        pub(crate) enum AnyPin {
            $($Name(Pinned<$T>),)*
            $($Other(Pinned<$U>),)*
        }

        impl<'gc> Handle<'gc> {
            /// A root; none of nothing.
            pub(crate) fn root(self, mc: &Mutation<'gc>) -> Option<AnyRoot> {
                Some(match self {
                    Self::Link(Link::Nil) => return None,
                    $(Self::Link(Link::$Name(gc)) => AnyRoot::$Name(mc.root(gc)),)*
                    $(Self::$Other(gc) => AnyRoot::$Other(mc.root(gc)),)*
                })
            }

            /// A weak root, if there is room for the handle; none of nothing.
            pub(crate) fn weak(self, mc: &Mutation<'gc>) -> Option<Result<AnyWeak, AllocError>> {
                Some(match self {
                    Self::Link(Link::Nil) => return None,
                    $(Self::Link(Link::$Name(gc)) => {
                        Gc::try_downgrade(gc, mc).map(|weak| AnyWeak::$Name(mc.weak_root(weak)))
                    })*
                    $(Self::$Other(gc) => {
                        Gc::try_downgrade(gc, mc).map(|weak| AnyWeak::$Other(mc.weak_root(weak)))
                    })*
                })
            }

            /// A pin; none of nothing.
            pub(crate) fn pin(self, mc: &Mutation<'gc>) -> Option<AnyPin> {
                Some(match self {
                    Self::Link(Link::Nil) => return None,
                    $(Self::Link(Link::$Name(gc)) => AnyPin::$Name(mc.pin(gc)),)*
                    $(Self::$Other(gc) => AnyPin::$Other(mc.pin(gc)),)*
                })
            }

            /// Sets a finalizer, in one of the two ways that there are; false if it was refused.
            pub(crate) fn set_finalizer(self, mc: &Mutation<'gc>, mut code: FinalizerCode) -> bool {
                match (self, code.is_short()) {
                    (Self::Link(Link::Nil), _) => false,
                    $((Self::Link(Link::$Name(gc)), true) => mc.set_finalizer_in(gc, move |mc, gc| {
                        let keep = code.look(mc, Handle::Link(Link::$Name(gc)));
                        code.end(keep.then(|| AnyRoot::$Name(mc.root(gc))));
                    }).is_ok(),
                    (Self::Link(Link::$Name(gc)), false) => mc.set_finalizer(gc, move |object| {
                        let keep = object.mutate(|mc, gc| code.look(mc, Handle::Link(Link::$Name(gc))));
                        code.end(keep.then(|| AnyRoot::$Name(object.into_root())));
                    }).is_ok(),)*
                    $((Self::$Other(gc), true) => mc.set_finalizer_in(gc, move |mc, gc| {
                        let keep = code.look(mc, Handle::$Other(gc));
                        code.end(keep.then(|| AnyRoot::$Other(mc.root(gc))));
                    }).is_ok(),
                    (Self::$Other(gc), false) => mc.set_finalizer(gc, move |object| {
                        let keep = object.mutate(|mc, gc| code.look(mc, Handle::$Other(gc)));
                        code.end(keep.then(|| AnyRoot::$Other(object.into_root())));
                    }).is_ok(),)*
                }
            }

            /// Clears the finalizer; whether there was one.
            pub(crate) fn clear_finalizer(self, mc: &Mutation<'gc>) -> bool {
                match self {
                    Self::Link(Link::Nil) => false,
                    $(Self::Link(Link::$Name(gc)) => mc.clear_finalizer(gc),)*
                    $(Self::$Other(gc) => mc.clear_finalizer(gc),)*
                }
            }

            /// Adds a cleanup; none of nothing.
            pub(crate) fn add_cleanup(self, mc: &Mutation<'gc>, code: CleanupCode) -> Option<Cleanup> {
                Some(match self {
                    Self::Link(Link::Nil) => return None,
                    $(Self::Link(Link::$Name(gc)) => mc.add_cleanup(gc, code, CleanupCode::run),)*
                    $(Self::$Other(gc) => mc.add_cleanup(gc, code, CleanupCode::run),)*
                })
            }

            /// The address.
            pub(crate) fn address(self) -> usize {
                match self {
                    Self::Link(Link::Nil) => 0,
                    $(Self::Link(Link::$Name(gc)) => Gc::as_ptr(gc).addr(),)*
                    $(Self::$Other(gc) => Gc::as_ptr(gc).cast::<u8>().addr(),)*
                }
            }
        }

        impl AnyRoot {
            /// The object.
            pub(crate) fn get<'gc>(&self, mc: &Mutation<'gc>) -> Handle<'gc> {
                match self {
                    $(Self::$Name(root) => Handle::Link(Link::$Name(root.get(mc))),)*
                    $(Self::$Other(root) => Handle::$Other(root.get(mc)),)*
                }
            }
        }

        impl AnyWeak {
            /// The object, if it is alive.
            pub(crate) fn get<'gc>(&self, mc: &Mutation<'gc>) -> Option<Handle<'gc>> {
                match self {
                    $(Self::$Name(weak) => weak.get(mc).map(|gc| Handle::Link(Link::$Name(gc))),)*
                    $(Self::$Other(weak) => weak.get(mc).map(Handle::$Other),)*
                }
            }

            /// Some of the paths to the object.
            pub(crate) fn paths(&self, heap: &Heap) -> Vec<RetainingPath> {
                const MOST: usize = 3;
                let paths = match self {
                    $(Self::$Name(weak) => heap.retaining_paths(weak, MOST),)*
                    $(Self::$Other(weak) => heap.retaining_paths(weak, MOST),)*
                };
                paths.expect("of this heap, and outside of mutations")
            }

            /// See the function of this name.
            pub(crate) fn identity(&self, mc: &Mutation<'_>) -> u64 {
                match self {
                    $(Self::$Name(weak) => identity(weak.weak(mc)),)*
                    $(Self::$Other(weak) => identity(weak.weak(mc)),)*
                }
            }

            /// Whether both are equal, if they are of one type.
            pub(crate) fn equals(&self, other: &Self, mc: &Mutation<'_>) -> Option<bool> {
                match (self, other) {
                    $((Self::$Name(weak), Self::$Name(other)) => Some(weak.weak(mc) == other.weak(mc)),)*
                    $((Self::$Other(weak), Self::$Other(other)) => Some(weak.weak(mc) == other.weak(mc)),)*
                    _ => None,
                }
            }
        }

        impl AnyPin {
            /// The object.
            pub(crate) fn get<'gc>(&self, mc: &Mutation<'gc>) -> Handle<'gc> {
                match self {
                    $(Self::$Name(pin) => Handle::Link(Link::$Name(pin.get(mc))),)*
                    $(Self::$Other(pin) => Handle::$Other(pin.get(mc)),)*
                }
            }

            /// The address, and how often the object is pinned.
            pub(crate) fn address_and_count(&self) -> (usize, u64) {
                match self {
                    $(Self::$Name(pin) => (pin.as_ptr().addr(), pin.count()),)*
                    $(Self::$Other(pin) => (pin.as_ptr().cast::<u8>().addr(), pin.count()),)*
                }
            }
        }
    };
}

anchors! {
    links {
    Leaf Leaf, Wide Wide, Node Node<'static>, Typed Typed<'static>, Many Many<'static>, Vector Vector<'static>,
    Locked Locked<'static>, Once Once<'static>, Variant Variant<'static>, Choice Choice<'static>,
    Early Early<'static>, Late Late<'static>, Aligned Aligned<'static>, Named Named<'static>, Mourned Mourned,
    Holder Holder<'static>, Row Row<'static>, Steps Steps<'static>, Flock Flock<'static>,
    Speech Speech<'static>, Herald Herald<'static>, Deep Deep<'static>, Watcher Watcher<'static>,
    Pact Pact<'static>, Shelf Shelf<'static>,
    Part Part<'static>, Byte u8,
    } others {
    Cells [Cell<'static>], Flight [Aligned<'static>], Birds [Canary], Text str, Voice dyn Voice<'static>,
    }
}
