//! A module in which the real traits stand beside another of everything that a derive could take for real: types derived
//! by it are as any other.
#![allow(dead_code, unused_imports)]
use gc::implement::{DropKind, DropWalk, Mask};
use gc::{Gc, GcCell, Heap, Trace, Word};

mod fake {
    pub use gc::{Rebrand, Trace, Word};

    pub struct Mask;
    pub mod __private {
        pub use gc::__private::{
            Copy, DropKind, DropWalk, Fields, Mask, Packing, Send, Shape, Sync, Tracer, bool,
        };
        pub use gc::__private::{Rebrand, RebrandDst, RebrandWord};

        pub trait Packed<'gc>: Sized {
            const EDGE: bool = false;
            fn pack(self) -> *mut () {
                std::ptr::null_mut()
            }
        }
        impl<T> Packed<'_> for T {}
        pub type PhantomData<T> = (T,);
        pub struct Derived<T>(T);
        pub struct Probe<T>(T);
        impl<T> Probe<T> {
            pub const HAS_DROP: bool = false;
            pub fn drop_kind(_: &mut DropWalk) -> DropKind {
                DropKind::None
            }
        }
        pub trait ProbeOtherwise {}
        pub trait TypesHoldingGcMustNotImplDrop {}
        pub fn packed_word(_: usize, _: bool, _: *mut ()) -> *mut () {
            std::ptr::null_mut()
        }
        #[macro_export]
        macro_rules! zero {
            ($($any:tt)*) => {
                0
            };
        }
        pub use zero as offset_of;
    }
}

#[derive(Trace)]
#[trace(crate = "fake")]
#[repr(C)]
struct Node<'gc> {
    key: u64,
    next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
}
const _: () = assert!(<Node<'static> as Trace<'static>>::MASK.equals(Mask::from_words([0b10, 0, 0, 0])));

#[derive(Trace)]
#[trace(crate = "fake")]
struct Plain(Vec<u8>, std::process::ExitStatus);
impl Drop for Plain {
    fn drop(&mut self) {}
}

#[derive(Trace)]
#[trace(crate = "fake")]
struct OfPlain(Plain);

#[derive(Trace)]
#[trace(crate = "fake")]
struct OfVec(Vec<u8>);

#[derive(Clone, Copy, Trace, Word)]
#[trace(crate = "fake")]
enum Value<'gc> {
    Node(Gc<'gc, Node<'gc>>),
    Int(i32),
}
const _: () = assert!(<GcCell<Value<'static>> as Trace<'static>>::MASK.equals(Mask::WORD));

fn main() {
    assert_eq!(Plain::drop_kind(&mut DropWalk::default()), DropKind::User);
    assert_eq!(OfPlain::drop_kind(&mut DropWalk::default()), DropKind::User);
    assert_eq!(OfVec::drop_kind(&mut DropWalk::default()), DropKind::Library);

    let heap = Heap::new();
    let root = heap.mutate(|mc| {
        let node = Gc::new(mc, Node { key: 7, next: GcCell::new(None) });
        mc.root(Gc::new(mc, GcCell::new(Value::Node(node))))
    });
    assert_eq!(heap.collect().unwrap().live_objects, 2);
    heap.mutate(|mc| assert!(matches!(root.get(mc).get(), Value::Node(node) if node.key == 7)));
}
