//! Hundreds of types that know each other, as in a syntax tree: the compiler must be able to answer what the derive and
//! the heap ask about them. It gives up a hundred types deep (E0275), so no question may follow the `Gc`s from type to
//! type. That this file compiles is the test.

use gc::{Gc, GcCell, GcRefCell, Heap, Mutation, Trace, WeakGc};

/// A struct and an enum, and what a program does with them.
macro_rules! pair {
    ($name:ident: $next:ident, $far:ident) => {
        pub(crate) mod $name {
            use super::*;

            #[derive(Trace)]
            pub(crate) struct Node<'gc, T> {
                value: T,
                next: Option<Gc<'gc, super::$next::Node<'gc, T>>>,
                far: GcCell<Option<Gc<'gc, $far::$name::Node<'gc, T>>>>,
                sums: GcRefCell<Vec<Gc<'gc, super::$next::Sum<'gc>>>>,
                weak: WeakGc<'gc, Sum<'gc>>,
            }

            #[derive(Trace)]
            pub(crate) enum Sum<'gc> {
                Leaf(String),
                Node(Gc<'gc, Node<'gc, u8>>),
                Both {
                    near: Gc<'gc, super::$next::Sum<'gc>>,
                    far: Box<Option<Gc<'gc, $far::$name::Sum<'gc>>>>,
                },
            }

            pub(crate) fn make<'gc>(mc: &Mutation<'gc>) -> impl Send + Sync + use<'gc> {
                let sum = Gc::new(mc, Sum::Leaf(String::new()));
                let node = Node {
                    value: 1,
                    next: None,
                    far: GcCell::new(None),
                    sums: GcRefCell::new(vec![]),
                    weak: Gc::downgrade(sum, mc),
                };
                let near = Gc::new(mc, super::$next::Sum::Leaf(String::new()));
                let both = Gc::new(mc, Sum::Both { near, far: Box::new(None) });
                let sum = Gc::new(mc, Sum::Node(Gc::new(mc, node)));
                (mc.root(sum), mc.root(both), sum)
            }
        }
    };
}

/// Ten pairs in a module, the last of which knows the first of the next module.
macro_rules! ten {
    ($($module:ident: $next:ident, $far:ident;)*) => {
        $(mod $module {
            use super::*;
            use super::$next::n0 as n10;

            pair!(n0: n1, $far);
            pair!(n1: n2, $far);
            pair!(n2: n3, $far);
            pair!(n3: n4, $far);
            pair!(n4: n5, $far);
            pair!(n5: n6, $far);
            pair!(n6: n7, $far);
            pair!(n7: n8, $far);
            pair!(n8: n9, $far);
            pair!(n9: n10, $far);

            pub(crate) fn make(mc: &Mutation<'_>) {
                let _ = (n0::make(mc), n1::make(mc), n2::make(mc), n3::make(mc), n4::make(mc));
                let _ = (n5::make(mc), n6::make(mc), n7::make(mc), n8::make(mc), n9::make(mc));
            }
        })*

        fn make_all(mc: &Mutation<'_>) {
            $($module::make(mc);)*
        }
    };
}
// A ring of two hundred types, with chords.
ten! {
    t0: t1, t7;
    t1: t2, t4;
    t2: t3, t9;
    t3: t4, t1;
    t4: t5, t3;
    t5: t6, t0;
    t6: t7, t2;
    t7: t8, t5;
    t8: t9, t6;
    t9: t0, t8;
}

/// Types each of which knows all.
macro_rules! clique {
    (@each $all:tt $($name:ident)*) => { $(clique!(@one $name $all);)* };
    (@one $name:ident ($($of:ident)*)) => {
        #[derive(Trace)]
        #[expect(non_snake_case, reason = "a field has the name of its type")]
        struct $name<'gc> {
            $($of: Option<Gc<'gc, $of<'gc>>>,)*
        }
    };
    ($($name:ident)*) => {
        clique!(@each ($($name)*) $($name)*);

        fn make_clique(mc: &Mutation<'_>) {
            /// Whether a pointer is `Send` is asked of all that it leads to.
            fn look_anywhere(look: impl FnOnce() + Send) {
                look();
            }
            $(
                let none: Gc<'_, GcCell<Option<Gc<'_, $name<'_>>>>> = Gc::new(mc, GcCell::new(None));
                let look = move || assert!(none.get().is_none());
                look_anywhere(look);
            )*
        }
    };
}
clique!(A B C D E F G H I J K L M N O P Q R S U V W X Y Z);

#[test]
fn many_types_that_know_each_other_compile() {
    let heap = Heap::new();
    heap.mutate(|mc| {
        make_all(mc);
        make_clique(mc);
    });
    heap.collect().expect("nobody is inside");
}
