//! The derive macros of the `gc` crate.
//!
//! A derive runs in steps, one per file: read attributes (`attr`), make a `model` of the input, `check`
//! the rules, `expand`. Expansion cannot fail. When a rule is broken, all errors are reported together with
//! an implementation that does nothing (`fallback`), so that one mistake is one error and not twenty.
#![forbid(unsafe_code)]

mod anchor;
mod attr;
mod bounds;
mod check;
mod closures;
mod errors;
mod expand;
mod fallback;
mod field_types;
mod markers;
mod model;
mod pointers;
mod recursion;
mod syntax;
mod word;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use crate::errors::Errors;
use crate::model::Input;

/// Makes a type fit for the garbage-collected heap: implements the traits `Trace` and `Rebrand`.
///
/// For structs of every shape and enums, generic or not. A type that can hold a `Gc` has one lifetime, the
/// brand, and no `Drop` of its own. A type with neither lifetime nor type parameter cannot hold one, so its
/// fields may be of any types that are `Send + Sync`, and it may have a `Drop`.
///
/// ```
/// use gc::implement::Mask;
/// use gc::{Gc, GcCell, Trace};
///
/// #[derive(Trace)]
/// #[repr(C)]
/// struct Node<'gc, T> {
///     value: T,
///     next: GcCell<Option<Gc<'gc, Node<'gc, T>>>>,
/// }
///
/// // Which words of a value are edges is known at compile time.
/// const MASK: Mask = <Node<'static, u64> as Trace<'static>>::MASK;
/// const _: () = assert!(MASK.equals(Mask::from_words([0b10, 0, 0, 0])));
///
/// // Foreign types and a `Drop` are no matter where no `Gc` can be.
/// #[derive(Trace)]
/// struct Job {
///     child: std::process::Child,
///     done: Box<dyn Fn() + Send + Sync>,
/// }
///
/// impl Drop for Job {
///     fn drop(&mut self) {
///         (self.done)();
///     }
/// }
/// ```
///
/// A field of a bare `fn(..)` type is not traced, whatever it mentions, unless it names a type parameter.
///
/// # Attributes
///
/// On the type:
///
/// - `#[trace(static)]`: it holds no `Gc`; all type parameters must be `'static`, fields are not looked at.
/// - `#[trace(bound = "..")]` adds predicates to the implementation of `Trace`; it never removes one. The
///   brand of a type without a lifetime is called `'gc`. With `T: Word<'gc>` the parameter stays rootable, as
///   it is then asked to be a word at every brand.
/// - `#[trace(no_rebrand)]`: implements no `Rebrand`. Such a type cannot be rooted, nor can one that has it as a
///   type argument; it can lie inside other types. Its parameters may have any bounds.
/// - `#[trace(crate = "..")]`: the path of this crate, if it is not `::gc`.
///
/// On a field:
///
/// - `#[trace(static)]`: it is `'static`, and not traced. For foreign types that are not `Trace`.
///
/// On a type parameter:
///
/// - `#[trace(static)]`: it is `'static + Send + Sync`, and stays as it is when the brand is replaced. Only such
///   parameters may have trait bounds in the declaration of the type; bounds of others belong on `impl` blocks. It must
///   be `Trace` if a field may hold a value of it, so not for a marker (`PhantomData<K>`, or the type itself at `K`).
///
/// ```
/// use gc::{Gc, GcCell, Trace};
///
/// #[derive(Trace)]
/// struct Table<'gc, #[trace(static)] K: Ord, V> {
///     rows: Vec<(K, Gc<'gc, V>)>,
///     #[trace(static)]
///     log: std::sync::Mutex<Vec<String>>,
/// }
///
/// #[derive(Trace)]
/// #[trace(bound = "T: gc::Word<'gc>")]
/// struct Counted<T> {
///     value: GcCell<T>,
///     writes: GcCell<u64>,
/// }
/// ```
///
/// # Types without a size
///
/// The last field of a struct may be a type parameter `T: ?Sized`. The value is made with a type that has a size, and
/// [unsized](https://doc.rust-lang.org/reference/type-coercions.html#unsized-coercions) in the heap:
///
/// ```
/// use gc::{Gc, Heap, Root, Trace};
///
/// #[derive(Trace)]
/// struct Message<'gc, T: ?Sized> {
///     sender: Gc<'gc, String>,
///     body: T,
/// }
///
/// let heap = Heap::new();
/// let root: Root<Message<'static, [u8]>> = heap.mutate(|mc| {
///     let sender = Gc::new(mc, String::from("Ada"));
///     let message = Gc::new(mc, Message { sender, body: [1, 2, 3] });
///     mc.root(Gc::unsize::<Message<'_, [u8]>>(message, |message| message))
/// });
/// heap.mutate(|mc| assert_eq!(root.get(mc).body.len(), 3));
/// ```
///
/// Where the edges of such a type lie is found by a function, whatever `T` is. It can be rooted, but not be the argument
/// of another type that is: that needs `Rebrand`, which types without a size cannot have.
///
/// # Enums
///
/// The layout of an enum is the compiler's secret, so its edges are found by a function. With `#[repr(C)]`,
/// `#[repr(u8)]` or another integer, or both, the layout is documented, and each variant has a mask. (A variant
/// that holds a type without values must then be empty but for such types.)
#[proc_macro_derive(Trace, attributes(trace))]
pub fn derive_trace(input: TokenStream) -> TokenStream {
    let original = parse_macro_input!(input as DeriveInput);
    let mut errors = Errors::new();
    let mut input = Input::new(&original, &mut errors);
    recursion::check(&input, &mut errors);
    check::check(&original, &input, &mut errors);
    if errors.is_empty() {
        errors.finish();
        return expand::expand(&mut input).into();
    }
    let fallback = errors.allow_fallback().then(|| fallback::trace(&original, &input));
    let mut tokens = errors.finish();
    tokens.extend(fallback);
    tokens.into()
}

/// Packs a type into one word, so that a `GcCell` can hold it: implements the trait `Word`. Needs `Trace` and
/// `Copy` beside it (on a type with type parameters a `Copy` by hand, as the derived one asks for parameters that
/// are `Copy`, which they need not be behind a `Gc`).
///
/// For a struct around one field that is a word, and for enums whose variants hold at most one `Gc` or `WeakGc`,
/// `Option` of these, integer of up to 32 bits, `f32`, `char` or `bool`. `PhantomData` may stand beside it. What does
/// not fit is a compile error, never cut off.
///
/// ```
/// use gc::implement::Mask;
/// use gc::{Gc, GcCell, Trace, Word};
///
/// #[derive(Trace, Word, Clone, Copy, Debug, PartialEq)]
/// enum Token {
///     End,
///     Letter(char),
///     Number(i32),
/// }
///
/// let cell = GcCell::new(Token::Number(-7));
/// assert_eq!(cell.get(), Token::Number(-7));
///
/// #[derive(Trace, Word, Clone, Copy)]
/// enum Value<'gc> {
///     Nil,
///     Int(i32),
///     Pair(Gc<'gc, (Value<'gc>, Value<'gc>)>),
/// }
///
/// // A cell of a packed word is one word, and that word is in the mask.
/// type Cell = GcCell<Value<'static>>;
/// const _: () = assert!(size_of::<Cell>() == 8);
/// const _: () = assert!(<Cell as Trace<'static>>::MASK.equals(Mask::WORD));
/// ```
#[proc_macro_derive(Word, attributes(trace))]
pub fn derive_word(input: TokenStream) -> TokenStream {
    let original = parse_macro_input!(input as DeriveInput);
    word::derive(&original).into()
}
