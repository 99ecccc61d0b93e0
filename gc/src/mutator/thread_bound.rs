//! That mutations and mutators belong to their thread, said by errors in the words of who sent one to another.
//!
//! A `PhantomData<*mut ()>` would forbid it just so, but the compiler would name that. So both are `Send` and `Sync` on a
//! condition that never holds, of which the error speaks.

use core::marker::PhantomData;

use super::mutation::Mutation;

/// Implemented by nothing.
#[diagnostic::on_unimplemented(
    message = "a mutation belongs to the thread that opened it",
    label = "another thread would use the mutation",
    note = "`mc.fork()` makes a `Seed`, which other threads enter: `seed.enter(|mc| ..)`; a `Gc` goes there as it is",
    note = "a task cannot keep a mutation: open one in the task, between two `.await`s, and keep a `Root`"
)]
pub trait MutationOfAnyThread {}

/// Implemented by nothing.
#[diagnostic::on_unimplemented(
    message = "a `Mutator` belongs to the thread that attached",
    label = "another thread would use the mutator",
    note = "send the `Heap`, or a clone of it, and call `heap.attach()` or `heap.mutate(..)` there",
    note = "a task that may change its thread cannot keep a mutator over an `.await`: use `heap.mutate(..)`"
)]
pub trait MutatorOfAnyThread {}

/// Whatever the lifetime, none of the above. (The compiler refuses a condition without a lifetime that does not hold.)
#[derive(Debug)]
pub struct OtherThread<'a>(PhantomData<&'a ()>);

// SAFETY: on no condition, as nothing implements the trait.
#[doc(hidden)]
unsafe impl Send for Mutation<'_> where for<'any> OtherThread<'any>: MutationOfAnyThread {}
// SAFETY: as above.
#[doc(hidden)]
unsafe impl Sync for Mutation<'_> where for<'any> OtherThread<'any>: MutationOfAnyThread {}
