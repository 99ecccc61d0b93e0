//! What the derives emit triggers no lint of the compiler.
//! What the derives emit triggers no lint.

#![deny(warnings, unused, future_incompatible, nonstandard_style, rust_2018_idioms, let_underscore)]
#![deny(missing_docs, missing_debug_implementations, missing_copy_implementations, unreachable_pub)]
#![deny(single_use_lifetimes, elided_lifetimes_in_paths, explicit_outlives_requirements, unused_lifetimes)]
#![deny(non_local_definitions, unused_qualifications, unused_import_braces, unused_results)]
#![deny(trivial_casts, trivial_numeric_casts, variant_size_differences, keyword_idents, redundant_lifetimes)]
#![deny(unsafe_op_in_unsafe_fn, unnameable_types, macro_use_extern_crate, meta_variable_misuse)]

use gc::{Gc, GcCell, Heap, Trace, Word};

/// A list.
#[derive(Debug, Trace)]
pub struct Node<'gc, T> {
    /// A value.
    pub value: T,
    /// The next.
    pub next: GcCell<Option<Gc<'gc, Self>>>,
    /// A callback.
    pub call: fn(&Gc<'gc, u8>) -> bool,
}

/// A value.
#[derive(Clone, Copy, Debug, Trace, Word)]
pub enum Value<'gc> {
    /// Nothing.
    Nil,
    /// A number.
    Int(i32),
    /// A pointer.
    Text(Gc<'gc, String>),
}

/// Of documented layout.
#[derive(Debug, Trace)]
#[repr(u8)]
pub enum Shape<'gc, T> {
    /// Nothing.
    Empty = 3,
    /// A pointer.
    Line {
        /// From.
        from: Gc<'gc, T>,
        /// To.
        to: u64,
    },
}

/// Holds no pointer.
#[derive(Debug, Trace)]
pub struct Plain<const N: usize> {
    /// Text.
    pub text: [String; N],
    /// A child.
    pub child: Option<std::process::Child>,
}

/// No value.
#[derive(Clone, Copy, Debug, Trace)]
pub enum Never {}

/// A foreign value.
#[derive(Debug, Trace)]
#[trace(static)]
pub struct Foreign<T>(pub T);

/// With a parameter that stays.
#[derive(Debug, Trace)]
pub struct Map<'gc, #[trace(static)] K: Ord, V>
where
    K: Clone,
{
    /// Keys.
    pub keys: Vec<K>,
    /// Values.
    pub values: Vec<Gc<'gc, V>>,
    /// Not traced.
    #[trace(static)]
    pub log: std::sync::Mutex<K>,
}

/// A word.
#[derive(Clone, Copy, Debug, Trace, Word)]
#[trace(bound = "T: Word<'gc>")]
pub struct Wrapper<T>(pub T);

/// Of old.
#[derive(Debug, Trace)]
pub struct Old<'gc> {
    /// Of old.
    #[deprecated]
    pub field: Gc<'gc, u8>,
    /// Now.
    pub other: Gc<'gc, u8>,
}

/// Names that are no style.
#[derive(Debug, Trace)]
#[allow(non_camel_case_types, non_snake_case)]
pub struct not_camel<'gc, T> {
    /// A field.
    pub Field: Gc<'gc, T>,
}

/// Whose objects are stored.
pub trait Figure<'gc, T: Ord>: gc::DynTrace<'gc> + 'gc {
    /// With a method.
    fn area(&self, of: T) -> Gc<'gc, u64>;
}
gc::dyn_trace!(dyn Figure<'gc, u8>);
gc::dyn_trace!(for<T> dyn Figure<'gc, Vec<T>> where T: Ord);

/// Whose objects hold no `Gc`.
pub trait Plugin<T>: for<'gc> gc::DynTrace<'gc> {
    /// With a method.
    fn name(&self) -> T;
}
gc::dyn_trace!(dyn Plugin<u8>);
gc::dyn_trace!(for<T> dyn Plugin<Vec<T>>);

/// Of a size that is known when it is made.
#[derive(Debug, Trace)]
pub struct Tail<'gc, T: ?Sized> {
    /// The first.
    pub first: Gc<'gc, u8>,
    /// The last.
    pub last: T,
}

fn main() {
    fn inside() -> usize {
        /// In a function.
        #[derive(Debug, Trace)]
        struct Local<'gc>(Gc<'gc, u8>);
        Heap::new().mutate(|mc| usize::from(*Local(Gc::new(mc, 0)).0))
    }
    std::process::exit(i32::try_from(inside()).unwrap_or(1));
}
